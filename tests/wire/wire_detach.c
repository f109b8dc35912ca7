// SPDX-License-Identifier: MIT
/* QOTDIOCDETACH: no more opens; with the last close the device goes, and nothing else with it. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "client.h"

/* Detaches an instance and closes it, to where the main thread takes it away. Returns what that
 * says. */
static bool detach(struct bench *b, uint32_t instance)
{
	struct client c = client_of(b, instance, O_RDWR);

	assert_int_equal(client_ioctl(&c, QOTDIOCDETACH, NULL), 0);
	assert_int_equal(client_close(&c), 0);
	return bench_handle_notice(b);
}

static void the_last_close_of_the_only_device_ends_the_service(void **state)
{
	struct bench *b = bench_start(state, *state);

	assert_false(detach(b, 0));
	assert_false(b->server.lost);
}

static void a_detached_device_is_used_up_to_its_last_close(void **state)
{
	struct bench *b = bench_start(state, *state);
	struct client c = client_of(b, 0, O_RDWR), other = client_of(b, 0, O_RDONLY), late;
	char text[2];

	assert_int_equal(client_ioctl(&c, QOTDIOCDETACH, NULL), 0);
	assert_int_equal(client_open(&late, b, 0, O_RDONLY), -ENXIO);
	assert_int_equal(client_close(&c), 0);
	assert_int_equal(client_open(&late, b, 0, O_RDONLY), -ENXIO);
	assert_int_equal(client_read(&other, 0, text, 2), 2);
	assert_memory_equal(text, "On", 2);
	assert_int_equal(client_close(&other), 0);
	assert_false(bench_handle_notice(b));
}

static void a_detach_hangs_up_on_who_polls(void **state)
{
	struct bench *b = bench_start(state, *state);
	struct client c = client_of(b, 0, O_RDWR), watcher = client_of(b, 0, O_RDONLY);
	struct packet *p;

	assert_int_equal(client_poll(&watcher, 7) & POLLHUP, 0);
	assert_int_equal(client_ioctl(&c, QOTDIOCDETACH, NULL), 0);
	p = kernel_notice(watcher.kernel, FUSE_NOTIFY_POLL);
	assert_int_equal(((struct fuse_notify_poll_wakeup_out *)(void *)p->payload)->kh, 7);
	free(p);
	assert_int_equal(client_poll(&watcher, 0) & POLLHUP, POLLHUP);
}

static void the_channel_of_a_detached_device_is_closed(void **state)
{
	const struct bench_options o = {.kind = CHANNEL_CUSE, .instances = 3};
	struct bench *b = bench_start(state, &o);
	struct client zero = client_of(b, 0, O_RDWR), two = client_of(b, 2, O_RDWR);
	char text[2];

	assert_true(detach(b, 1));
	kernel_wait_end(&b->kernels[1]);
	/* The others are as they were: the same open files, and new ones. */
	assert_int_equal(client_read(&zero, 0, text, 2), 2);
	assert_int_equal(client_read(&two, 0, text, 2), 2);
	client_expect_served(b, 0);
	client_expect_served(b, 2);
	assert_int_equal(client_close(&zero), 0);
	assert_int_equal(client_close(&two), 0);
	assert_true(detach(b, 2));
	assert_false(detach(b, 0));
}

static void the_name_of_a_detached_file_is_taken_back(void **state)
{
	const struct bench_options o = {.kind = CHANNEL_FUSE, .instances = 2};
	struct bench *b = bench_start(state, &o);
	struct fuse_notify_inval_entry_out out;
	struct client late;
	struct packet *p;

	assert_true(detach(b, 1));
	p = kernel_notice(&b->kernels[0], FUSE_NOTIFY_INVAL_ENTRY);
	assert_int_equal(p->length, sizeof(out) + sizeof("qotd1"));
	memcpy(&out, p->payload, sizeof(out));
	assert_int_equal(out.parent, FUSE_ROOT_ID);
	assert_int_equal(out.namelen, strlen("qotd1"));
	assert_string_equal((char *)p->payload + sizeof(out), "qotd1");
	free(p);
	assert_int_equal(client_open(&late, b, 1, O_RDONLY), -ENOENT);
	client_expect_served(b, 0);
}

static void a_detached_devices_memory_is_given_back(void **state)
{
	struct bench_options o = *(const struct bench_options *)*state;
	struct bench *b = bench_start(state, &o);
	struct client c = client_of(b, 0, O_RDWR);

	assert_int_equal(client_info(&c).memory_used, 2 * BENCH_PAGE);
	assert_true(detach(b, 1));
	assert_int_equal(client_info(&c).memory_used, BENCH_PAGE);
}

/* 16 pages each, 40 together: the 20 that the sleeper wants are there when the other device has
 * gone. */
static void a_detach_wakes_who_waits_for_its_memory(void **state)
{
	const struct bench_options o = {
		.kind = *(const enum channel_kind *)*state,
		.instances = 2,
		.initial_size = 16 * BENCH_PAGE,
		.max_size = 32 * BENCH_PAGE,
		.memory = 40 * BENCH_PAGE,
	};
	struct bench *b = bench_start(state, &o);
	struct client c = client_of(b, 0, O_RDWR);
	uint64_t unique = client_send_resize(&c, 20 * BENCH_PAGE);

	client_wait_sleepers(&c, 1);
	bench_wait_idle(b);
	assert_true(detach(b, 1));
	/* Nothing else is asked meanwhile. */
	assert_int_equal(kernel_result(c.kernel, unique), 0);
	assert_int_equal(client_size(&c), 20 * BENCH_PAGE);
}

static void sleepers_of_others_go_on_sleeping(void **state)
{
	const struct bench_options o = {
		.kind = *(const enum channel_kind *)*state,
		.instances = 3,
		.max_size = 32 * BENCH_PAGE,
		.memory = 25 * BENCH_PAGE,
	};
	struct bench *b = bench_start(state, &o);
	struct client c = client_of(b, 0, O_RDWR), hog = client_of(b, 1, O_RDWR);
	uint64_t unique;

	assert_int_equal(client_resize(&hog, 20 * BENCH_PAGE), 0);
	unique = client_send_resize(&c, 12 * BENCH_PAGE);
	client_wait_sleepers(&c, 1);
	assert_true(detach(b, 2));
	assert_int_equal(client_info(&c).sleepers, 1);
	assert_false(kernel_is_answered(c.kernel, unique));
	kernel_send_interrupt(c.kernel, unique);
	assert_int_equal(kernel_result(c.kernel, unique), -EINTR);
}

static const struct bench_options cuse_pair = {.kind = CHANNEL_CUSE, .instances = 2};
static const struct bench_options fuse_pair = {.kind = CHANNEL_FUSE, .instances = 2};
static const enum channel_kind on_cuse = CHANNEL_CUSE, on_fuse = CHANNEL_FUSE;

int main(void)
{
	const struct CMUnitTest tests[] = {
		bench_test_with(the_last_close_of_the_only_device_ends_the_service, cuse),
		bench_test_with(the_last_close_of_the_only_device_ends_the_service, fuse),
		bench_test_with(a_detached_device_is_used_up_to_its_last_close, cuse),
		bench_test_with(a_detached_device_is_used_up_to_its_last_close, fuse),
		bench_test_with(a_detach_hangs_up_on_who_polls, cuse),
		bench_test_with(a_detach_hangs_up_on_who_polls, fuse),
		bench_test(the_channel_of_a_detached_device_is_closed),
		bench_test(the_name_of_a_detached_file_is_taken_back),
		bench_test_with(a_detached_devices_memory_is_given_back, cuse_pair),
		bench_test_with(a_detached_devices_memory_is_given_back, fuse_pair),
		bench_test_with(a_detach_wakes_who_waits_for_its_memory, on_cuse),
		bench_test_with(a_detach_wakes_who_waits_for_its_memory, on_fuse),
		bench_test_with(sleepers_of_others_go_on_sleeping, on_cuse),
		bench_test_with(sleepers_of_others_go_on_sleeping, on_fuse),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
