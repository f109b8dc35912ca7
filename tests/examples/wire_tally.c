// SPDX-License-Identifier: MIT
/* The example device on CUSE, with the test in the kernel's place. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "client.h"
#include "serve.h"
#include "tally_ioctl.h"

struct stage {
	struct kernel kernel;
	struct log log;
	struct service service;
	struct tally_server server;
};

/* A signal shall still end the test. */
static void start_service(struct service *service)
{
	sigset_t mask;

	pthread_sigmask(SIG_SETMASK, NULL, &mask);
	assert_int_equal(service_init(service), 0);
	pthread_sigmask(SIG_SETMASK, &mask, NULL);
}

static int start(void **state)
{
	struct stage *s = calloc(1, sizeof(*s));
	uint64_t init;
	int fd;

	assert_non_null(s);
	*state = s;
	s->log.max_level = LOG_ERR;
	start_service(&s->service);
	fd = kernel_create(&s->kernel, KERNEL_CUSE);
	init = kernel_send_init(&s->kernel, FUSE_KERNEL_VERSION);
	assert_int_equal(tally_server_start(&s->server, CHANNEL_CUSE, fd, &s->log, &s->service), 0);
	assert_int_equal(kernel_result(&s->kernel, init), 0);
	return 0;
}

/* Each request has got its one answer. */
static int end(void **state)
{
	struct stage *s = *state;

	tally_server_stop(&s->server);
	service_destroy(&s->service);
	if (s->kernel.fd >= 0) {
		kernel_wait_end(&s->kernel);
		assert_int_equal(kernel_count_pending(&s->kernel), 0);
		assert_int_equal(s->kernel.surplus, 0);
	}
	kernel_destroy(&s->kernel);
	free(s);
	return 0;
}

static int try_open(struct stage *s, int flags, struct client *c)
{
	const struct fuse_open_in in = {.flags = (uint32_t)flags};
	struct fuse_open_out out = {0};
	uint64_t unique = kernel_send(
		&s->kernel,
		&(struct message){.opcode = FUSE_OPEN, .body = &in, .body_size = sizeof(in)});
	struct packet *p = kernel_answer(&s->kernel, unique);
	int err = p->header.error;

	if (!err)
		memcpy(&out, p->payload, sizeof(out));
	free(p);
	*c = (struct client){.kernel = &s->kernel, .fh = out.fh, .flags = in.flags};
	return err;
}

static struct client open_tally(void **state, int flags)
{
	struct client c;

	assert_int_equal(try_open(*state, flags, &c), 0);
	return c;
}

static void expect_read(const struct client *c, uint32_t size, const char *text)
{
	char got[64] = "";

	assert_in_range(size, 1, sizeof(got) - 1);
	assert_int_equal(client_read(c, 0, got, size), strlen(text));
	assert_string_equal(got, text);
}

static ssize_t write_text(const struct client *c, const char *text)
{
	return client_write(c, 0, text, (uint32_t)strlen(text));
}

static int64_t get(const struct client *c)
{
	int64_t value = 0;

	assert_int_equal(client_ioctl(c, TALLYIOCGET, &value), 0);
	return value;
}

static void reads_come_to_an_end(void **state)
{
	struct client c = open_tally(state, O_RDONLY);

	expect_read(&c, 63, "0\n");
	expect_read(&c, 63, "");
	expect_read(&c, 63, "");
}

static void a_text_read_in_pieces_is_of_one_moment(void **state)
{
	struct client reader = open_tally(state, O_RDONLY), writer = open_tally(state, O_WRONLY);

	assert_int_equal(write_text(&writer, "12345\n"), 6);
	expect_read(&reader, 2, "12");
	assert_int_equal(write_text(&writer, "9\n"), 2);
	expect_read(&reader, 63, "345\n");
}

static void a_write_sets_the_count_wherever_the_file_stands(void **state)
{
	struct client c = open_tally(state, O_RDWR);

	assert_int_equal(write_text(&c, "7"), 1);
	assert_int_equal(write_text(&c, "-9223372036854775808\n"), 21);
	assert_int_equal(get(&c), INT64_MIN);
	expect_read(&c, 63, "-9223372036854775808\n");
}

static void what_is_no_count_is_refused(void **state)
{
	static const char *const wrong[] = {
		"x", "1x", "\n", "1\n\n", "9223372036854775808", "-9223372036854775809\n"};
	struct client c = open_tally(state, O_RDWR);

	assert_int_equal(write_text(&c, "5"), 1);
	for (size_t i = 0; i < COUNT(wrong); i++)
		assert_int_equal(write_text(&c, wrong[i]), -EINVAL);
	assert_int_equal(client_write(&c, 0, "1\0x", 3), -EINVAL);
	assert_int_equal(get(&c), 5);
}

static void add_gives_the_sum(void **state)
{
	struct client c = open_tally(state, O_RDWR);
	int64_t value = 40;

	assert_int_equal(client_ioctl(&c, TALLYIOCADD, &value), 0);
	assert_int_equal(value, 40);
	value = -42;
	assert_int_equal(client_ioctl(&c, TALLYIOCADD, &value), 0);
	assert_int_equal(value, -2);
}

static void a_sum_that_does_not_fit_changes_nothing(void **state)
{
	struct client c = open_tally(state, O_RDWR);
	int64_t value = 1;

	assert_int_equal(write_text(&c, "9223372036854775807"), 19);
	assert_int_equal(client_ioctl(&c, TALLYIOCADD, &value), -EOVERFLOW);
	assert_int_equal(get(&c), INT64_MAX);
}

static void ioctls_need_the_right_to_do_it(void **state)
{
	struct client reader = open_tally(state, O_RDONLY), writer = open_tally(state, O_WRONLY);
	int64_t value = 1;

	assert_int_equal(client_ioctl(&reader, TALLYIOCADD, &value), -EACCES);
	assert_int_equal(client_ioctl(&writer, TALLYIOCGET, &value), -EACCES);
	assert_int_equal(client_ioctl(&writer, TALLYIOCADD, &value), 0);
	assert_int_equal(get(&reader), 1);
}

static void other_ioctls_are_not_there(void **state)
{
	struct client c = open_tally(state, O_RDWR);
	int64_t value = 1;

	assert_int_equal(client_ioctl(&c, _IOWR(TALLY_IOC_MAGIC, 2, __s64), &value), -ENOTTY);
	assert_int_equal(client_ioctl(&c, _IO(TALLY_IOC_MAGIC, 0), NULL), -ENOTTY);
}

static void a_change_wakes_who_polls(void **state)
{
	struct stage *s = *state;
	struct client watcher = open_tally(state, O_RDONLY), writer = open_tally(state, O_WRONLY);
	struct fuse_notify_poll_wakeup_out out;
	struct packet *p;

	assert_int_equal(client_poll(&watcher, 77) & POLLPRI, 0);
	assert_int_equal(write_text(&writer, "1"), 1);
	p = kernel_notice(&s->kernel, FUSE_NOTIFY_POLL);
	memcpy(&out, p->payload, sizeof(out));
	assert_int_equal(out.kh, 77);
	free(p);
	assert_int_equal(client_poll(&watcher, 0) & POLLPRI, POLLPRI);
	expect_read(&watcher, 63, "1\n");
	assert_int_equal(client_poll(&watcher, 0) & POLLPRI, 0);
}

static void who_has_closed_is_not_woken(void **state)
{
	struct stage *s = *state;
	struct client watcher = open_tally(state, O_RDONLY), writer = open_tally(state, O_WRONLY);

	client_poll(&watcher, 77);
	assert_int_equal(client_close(&watcher), 0);
	assert_int_equal(write_text(&writer, "1"), 1);
	assert_false(kernel_has_notice(&s->kernel));
}

static void a_closed_file_makes_room_for_another(void **state)
{
	struct client files[TALLY_MAX_OPEN], one_more;

	for (int i = 0; i < TALLY_MAX_OPEN; i++)
		files[i] = open_tally(state, O_RDONLY);
	assert_int_equal(try_open(*state, O_RDONLY, &one_more), -ENFILE);
	assert_int_equal(client_close(&files[100]), 0);
	one_more = open_tally(state, O_RDONLY);
	expect_read(&one_more, 63, "0\n");
}

static void an_interrupt_that_comes_too_late_is_sent_back(void **state)
{
	struct stage *s = *state;
	struct client c = open_tally(state, O_RDONLY);

	kernel_send_interrupt(&s->kernel, client_send_ioctl(&c, _IO(TALLY_IOC_MAGIC, 9), NULL));
	kernel_wait_again(&s->kernel, 1);
}

static void the_end_of_the_connection_is_noticed(void **state)
{
	struct stage *s = *state;

	kernel_hang_up(&s->kernel);
	assert_int_equal(service_wait(&s->service), SERVICE_NOTICE);
	assert_int_equal(s->server.lost, -ENODEV);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, start, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(reads_come_to_an_end),
		TEST(a_text_read_in_pieces_is_of_one_moment),
		TEST(a_write_sets_the_count_wherever_the_file_stands),
		TEST(what_is_no_count_is_refused),
		TEST(add_gives_the_sum),
		TEST(a_sum_that_does_not_fit_changes_nothing),
		TEST(ioctls_need_the_right_to_do_it),
		TEST(other_ioctls_are_not_there),
		TEST(a_change_wakes_who_polls),
		TEST(who_has_closed_is_not_woken),
		TEST(a_closed_file_makes_room_for_another),
		TEST(an_interrupt_that_comes_too_late_is_sent_back),
		TEST(the_end_of_the_connection_is_noticed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
