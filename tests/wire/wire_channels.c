// SPDX-License-Identifier: MIT
/* Several channels and many requests in one daemon: its workers, and how it sees that they work. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "client.h"
#include "deadline.h"

#define MANY 64

static const struct bench_options three = {.kind = CHANNEL_CUSE, .instances = 3};

static void instances_do_not_see_each_other(void **state)
{
	struct bench *b = bench_start(state, &three);
	struct client c[3];
	char text[8];

	for (uint32_t i = 0; i < 3; i++) {
		c[i] = client_of(b, i, O_RDWR);
		assert_int_equal(client_info(&c[i]).instance, i);
	}
	assert_int_equal(client_write(&c[1], 0, "changed", 7), 7);
	assert_int_equal(client_resize(&c[1], 300), 0);
	for (uint32_t i = 0; i < 3; i++) {
		assert_int_equal(client_seek(&c[i], 0), 0);
		assert_int_equal(client_read(&c[i], 0, text, 7), 7);
		assert_memory_equal(text, i == 1 ? "changed" : "On the ", 7);
		assert_int_equal(client_size(&c[i]), i == 1 ? 300 : 128);
		assert_int_equal(client_info(&c[i]).flags, i == 1 ? QOTD_INFO_CHANGED : 0);
	}
}

static void a_poll_is_not_woken_by_another_instance(void **state)
{
	struct bench *b = bench_start(state, &three);
	struct client zero = client_of(b, 0, O_RDWR), one = client_of(b, 1, O_RDWR);

	assert_true(client_poll(&zero, 1) > 0);
	assert_int_equal(client_write(&one, 0, "x", 1), 1);
	assert_int_equal(client_size(&zero), 128);
	assert_false(kernel_has_notice(zero.kernel));
	assert_false(kernel_has_notice(one.kernel));
}

static void requests_of_all_channels_are_answered_side_by_side(void **state)
{
	struct bench *b = bench_start(state, &three);
	uint64_t uniques[3][50];
	struct client c[3];
	char byte;

	for (uint32_t i = 0; i < 3; i++)
		c[i] = client_of(b, i, O_RDWR);
	for (unsigned n = 0; n < 50; n++)
		for (uint32_t i = 0; i < 3; i++)
			uniques[i][n] = client_send_read(&c[i], 0, 1);
	for (uint32_t i = 3; i-- > 0;)
		for (unsigned n = 50; n-- > 0;)
			assert_int_equal(client_end_read(&c[i], uniques[i][n], &byte, 1), 1);
}

/* The kernel has aborted one connection: the daemon cannot serve what it promised, and its main
 * thread decides. */
static void the_end_of_one_channel_is_noticed(void **state)
{
	struct bench *b = bench_start(state, &three);

	kernel_hang_up(&b->kernels[1]);
	assert_false(bench_handle_notice(b));
	assert_true(b->server.lost);
}

static void the_end_of_the_only_channel_is_noticed(void **state)
{
	struct bench *b = bench_start(state, *state);

	kernel_hang_up(&b->kernels[0]);
	assert_false(bench_handle_notice(b));
	assert_true(b->server.lost);
}

/* What the daemon has in hand when the kernel goes is of no more interest, and no reason to
 * stumble. */
static void a_kernel_may_go_with_requests_in_flight(void **state)
{
	struct bench *b = bench_start(state, *state);
	struct client c = client_of(b, 0, O_RDWR);

	for (int i = 0; i < 200; i++)
		client_send_read(&c, 0, 128);
	assert_true(client_poll(&c, 1) > 0);
	for (int i = 0; i < 200; i++)
		client_send_write(&c, 0, "x", 1);
	kernel_hang_up(&b->kernels[0]);
	assert_false(bench_handle_notice(b));
}

static void sixty_four_instances_have_as_many_threads_as_one(void **state)
{
	const struct bench_options many = {.kind = CHANNEL_CUSE, .instances = MANY};
	unsigned threads;
	struct bench *b;
	void *one = NULL;

	bench_start(&one, &cuse);
	threads = bench_count("task");
	bench_end(&one);

	b = bench_start(state, &many);
	bench_wait_threads(threads);
	for (uint32_t i = 0; i < MANY; i++)
		client_expect_served(b, i);
	assert_int_equal(bench_count("task"), threads);
}

/* Reads in flight, as many as fit into `uniques`; and their answers. */
static void send_burst(const struct client *c, uint64_t uniques[], unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		uniques[i] = client_send_read(c, 0, 128);
}

static void take_burst(const struct client *c, const uint64_t uniques[], unsigned count)
{
	char text[128];

	for (unsigned i = 0; i < count; i++)
		assert_true(client_end_read(c, uniques[i], text, sizeof(text)) >= 0);
}

static void workers_are_healthy_under_load(void **state)
{
	struct bench *b = bench_start(state, *state);
	struct client c = client_of(b, 0, O_RDWR);
	uint64_t uniques[32];

	for (int round = 0; round < 5; round++) {
		int64_t deadline = deadline_in(200);

		send_burst(&c, uniques, COUNT(uniques));
		assert_true(pool_is_healthy(&b->server.pool));
		take_burst(&c, uniques, COUNT(uniques));
		while (!deadline_is_over(deadline)) {
			send_burst(&c, uniques, COUNT(uniques));
			take_burst(&c, uniques, COUNT(uniques));
		}
	}
}

static void workers_without_work_are_healthy(void **state)
{
	struct bench *b = bench_start(state, *state);

	client_expect_served(b, 0);
	bench_wait_idle(b);
	assert_true(pool_is_healthy(&b->server.pool));
	assert_true(pool_is_healthy(&b->server.pool));
}

/* Answers that nobody takes: sooner or later a worker is stuck with one. */
static void a_stuck_worker_is_noticed(void **state)
{
	const struct bench_options o = {.kind = CHANNEL_FUSE, .max_size = CUSE_MAX_TRANSFER};
	struct bench *b = bench_start(state, &o);
	struct client c = client_of(b, 0, O_RDWR);
	int64_t deadline = deadline_in(KERNEL_TIMEOUT_MS);
	static char data[CUSE_MAX_TRANSFER];
	uint64_t uniques[400];

	assert_int_equal(client_resize(&c, o.max_size), 0);
	for (unsigned i = 0; i < COUNT(uniques); i++)
		uniques[i] = client_send_read(&c, 0, sizeof(data));
	while (pool_is_healthy(&b->server.pool)) {
		if (deadline_is_over(deadline))
			fail_msg("the pool says that all is well");
		nanosleep(&(struct timespec){.tv_nsec = 50 * 1000 * 1000}, NULL);
	}
	for (unsigned i = 0; i < COUNT(uniques); i++)
		assert_int_equal(client_end_read(&c, uniques[i], data, sizeof(data)), sizeof(data));
	bench_wait_idle(b);
	assert_true(pool_is_healthy(&b->server.pool));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		bench_test(instances_do_not_see_each_other),
		bench_test(a_poll_is_not_woken_by_another_instance),
		bench_test(requests_of_all_channels_are_answered_side_by_side),
		bench_test(the_end_of_one_channel_is_noticed),
		bench_test_with(the_end_of_the_only_channel_is_noticed, cuse),
		bench_test_with(the_end_of_the_only_channel_is_noticed, fuse),
		bench_test_with(a_kernel_may_go_with_requests_in_flight, cuse),
		bench_test_with(a_kernel_may_go_with_requests_in_flight, fuse),
		bench_test(sixty_four_instances_have_as_many_threads_as_one),
		bench_test_with(workers_are_healthy_under_load, cuse),
		bench_test_with(workers_are_healthy_under_load, fuse),
		bench_test_with(workers_without_work_are_healthy, cuse),
		bench_test_with(workers_without_work_are_healthy, fuse),
		bench_test(a_stuck_worker_is_noticed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
