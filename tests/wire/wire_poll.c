// SPDX-License-Identifier: MIT
/* poll(2): always readable and writable, POLLPRI for new content, one wake-up call for each time it
 * is armed. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "client.h"

#define QUIET (POLLIN | POLLOUT)
#define NEWS  (POLLIN | POLLOUT | POLLPRI)

/* The next notification must be the wake-up call for a handle. */
static void expect_wake(struct kernel *k, uint64_t kernel_handle)
{
	struct packet *p = kernel_notice(k, FUSE_NOTIFY_POLL);
	struct fuse_notify_poll_wakeup_out out;

	assert_int_equal(p->length, sizeof(out));
	memcpy(&out, p->payload, sizeof(out));
	assert_int_equal(out.kh, kernel_handle);
	free(p);
}

/* On FUSE, a new size is said to the kernel, too. */
static void take_resize_notice(const struct bench *b, struct kernel *k)
{
	if (b->setup.kind == CHANNEL_FUSE)
		free(kernel_notice(k, FUSE_NOTIFY_INVAL_INODE));
}

static void write_something(const struct client *c)
{
	assert_int_equal(client_seek(c, 0), 0);
	assert_int_equal(client_write(c, 0, "x", 1), 1);
}

static void news_until_a_read_from_the_beginning(void **state)
{
	struct bench *b = bench_start(state, *state);
	struct client c = client_of(b, 0, O_RDONLY), writer = client_of(b, 0, O_RDWR);
	char text[4];

	assert_int_equal(client_poll(&c, 0), QUIET);
	write_something(&writer);
	assert_int_equal(client_poll(&c, 0), NEWS);
	assert_int_equal(client_poll(&c, 0), NEWS);
	assert_int_equal(client_seek(&c, 1), 0);
	assert_int_equal(client_read(&c, 1, text, 1), 1);
	assert_int_equal(client_poll(&c, 0), NEWS);
	assert_int_equal(client_seek(&c, 0), 0);
	assert_int_equal(client_read(&c, 0, text, 1), 1);
	assert_int_equal(client_poll(&c, 0), QUIET);
}

static void news_of_each_kind_of_change(void **state)
{
	struct bench *b = bench_start(state, *state);
	struct client c = client_of(b, 0, O_RDWR);
	char byte;

	assert_int_equal(client_resize(&c, 100), 0);
	assert_int_equal(client_poll(&c, 0), NEWS);
	assert_int_equal(client_seek(&c, 0), 0);
	assert_int_equal(client_read(&c, 0, &byte, 1), 1);
	assert_int_equal(client_ioctl(&c, QOTDIOCDISCARD, NULL), 0);
	assert_int_equal(client_poll(&c, 0), NEWS);
}

static void an_armed_poll_is_woken_once(void **state)
{
	struct bench *b = bench_start(state, *state);
	struct client c = client_of(b, 0, O_RDONLY), writer = client_of(b, 0, O_RDWR);

	assert_int_equal(client_poll(&c, 0x1234567890), QUIET);
	assert_false(kernel_has_notice(c.kernel));
	write_something(&writer);
	expect_wake(c.kernel, 0x1234567890);
	write_something(&writer);
	assert_false(kernel_has_notice(c.kernel));
}

static void the_wake_comes_before_the_answer_to_the_write(void **state)
{
	struct bench *b = bench_start(state, *state);
	struct client c = client_of(b, 0, O_RDONLY), writer = client_of(b, 0, O_RDWR);

	assert_int_equal(client_poll(&c, 5), QUIET);
	assert_int_equal(client_write(&writer, 0, "x", 1), 1);
	/* Taken with the answer: there was nothing to wait for. */
	assert_false(TAILQ_EMPTY(&c.kernel->notices));
	expect_wake(c.kernel, 5);
}

static void a_poll_that_is_not_armed_is_not_woken(void **state)
{
	struct bench *b = bench_start(state, *state);
	struct client c = client_of(b, 0, O_RDONLY), writer = client_of(b, 0, O_RDWR);

	assert_int_equal(client_poll(&c, 0), QUIET);
	write_something(&writer);
	assert_int_equal(client_poll(&c, 0), NEWS);
	assert_false(kernel_has_notice(c.kernel));
}

static void what_changes_nothing_wakes_nobody(void **state)
{
	struct bench *b = bench_start(state, *state);
	struct client c = client_of(b, 0, O_RDONLY), writer = client_of(b, 0, O_RDWR);

	assert_int_equal(client_poll(&c, 5), QUIET);
	assert_int_equal(client_ioctl(&writer, QOTDIOCDISCARD, NULL), 0);
	assert_int_equal(client_resize(&writer, 0), -EINVAL);
	assert_int_equal(client_seek(&writer, 128), 0);
	assert_int_equal(client_write(&writer, 128, "x", 1), -ENOSPC);
	assert_int_equal(client_write(&writer, 0, "", 0), 0);
	assert_int_equal(client_poll(&c, 0), QUIET);
	assert_false(kernel_has_notice(c.kernel));
}

static void a_woken_poll_can_be_armed_again(void **state)
{
	struct bench *b = bench_start(state, *state);
	struct client c = client_of(b, 0, O_RDONLY), writer = client_of(b, 0, O_RDWR);

	for (uint64_t handle = 1; handle <= 20; handle++) {
		assert_true(client_poll(&c, handle) & POLLIN);
		write_something(&writer);
		expect_wake(c.kernel, handle);
	}
	assert_false(kernel_has_notice(c.kernel));
}

static void arming_twice_gives_one_wake_with_the_newer_handle(void **state)
{
	struct bench *b = bench_start(state, *state);
	struct client c = client_of(b, 0, O_RDONLY), writer = client_of(b, 0, O_RDWR);

	assert_int_equal(client_poll(&c, 1), QUIET);
	assert_int_equal(client_poll(&c, 2), QUIET);
	write_something(&writer);
	expect_wake(c.kernel, 2);
	assert_false(kernel_has_notice(c.kernel));
}

static void every_armed_file_is_woken(void **state)
{
	struct bench *b = bench_start(state, *state);
	struct client writer = client_of(b, 0, O_RDWR), c[10];

	for (uint64_t i = 0; i < COUNT(c); i++) {
		c[i] = client_of(b, 0, O_RDONLY);
		assert_int_equal(client_poll(&c[i], i + 1), QUIET);
	}
	write_something(&writer);
	for (uint64_t i = 0; i < COUNT(c); i++)
		expect_wake(writer.kernel, i + 1);
	assert_false(kernel_has_notice(writer.kernel));
}

static void a_resize_and_a_discard_wake(void **state)
{
	struct bench *b = bench_start(state, *state);
	struct client c = client_of(b, 0, O_RDONLY), writer = client_of(b, 0, O_RDWR);

	assert_int_equal(client_poll(&c, 1), QUIET);
	assert_int_equal(client_resize(&writer, 200), 0);
	take_resize_notice(b, c.kernel);
	expect_wake(c.kernel, 1);
	assert_int_equal(client_poll(&c, 2), NEWS);
	assert_int_equal(client_ioctl(&writer, QOTDIOCDISCARD, NULL), 0);
	take_resize_notice(b, c.kernel);
	expect_wake(c.kernel, 2);
	/* In place, without a new size. */
	write_something(&writer);
	assert_int_equal(client_poll(&c, 3), NEWS);
	assert_int_equal(client_ioctl(&writer, QOTDIOCDISCARD, NULL), 0);
	expect_wake(c.kernel, 3);
	assert_false(kernel_has_notice(c.kernel));
}

static void a_closed_file_is_not_woken(void **state)
{
	struct bench *b = bench_start(state, *state);
	struct client c = client_of(b, 0, O_RDONLY), writer = client_of(b, 0, O_RDWR), next;

	assert_int_equal(client_poll(&c, 1), QUIET);
	assert_int_equal(client_close(&c), 0);
	next = client_of(b, 0, O_RDONLY);
	write_something(&writer);
	assert_int_equal(client_poll(&next, 0), NEWS);
	assert_false(kernel_has_notice(writer.kernel));
}

static void polls_that_are_armed_when_the_daemon_stops_are_dropped(void **state)
{
	struct bench *b = bench_start(state, *state);
	struct client c = client_of(b, 0, O_RDONLY);

	assert_int_equal(client_poll(&c, 1), QUIET);
	bench_stop(b);
	assert_false(kernel_has_notice(c.kernel));
}

#define ON_BOTH(f) bench_test_with(f, cuse), bench_test_with(f, fuse)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_BOTH(news_until_a_read_from_the_beginning),
		ON_BOTH(news_of_each_kind_of_change),
		ON_BOTH(an_armed_poll_is_woken_once),
		ON_BOTH(the_wake_comes_before_the_answer_to_the_write),
		ON_BOTH(a_poll_that_is_not_armed_is_not_woken),
		ON_BOTH(what_changes_nothing_wakes_nobody),
		ON_BOTH(a_woken_poll_can_be_armed_again),
		ON_BOTH(arming_twice_gives_one_wake_with_the_newer_handle),
		ON_BOTH(every_armed_file_is_woken),
		ON_BOTH(a_resize_and_a_discard_wake),
		ON_BOTH(a_closed_file_is_not_woken),
		ON_BOTH(polls_that_are_armed_when_the_daemon_stops_are_dropped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
