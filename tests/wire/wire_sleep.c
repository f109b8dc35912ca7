// SPDX-License-Identifier: MIT
/* Requests that wait for memory: no worker waits with them, and they are woken in their order. */
#include <errno.h>
#include <fcntl.h>

#include "scarce.h"

#define SLEEPERS 40
#define READS	 50

/* Sleeping resizes, each to a size of its own. */
static void send_sleepers(const struct scarce *s, uint64_t uniques[SLEEPERS])
{
	for (unsigned i = 0; i < SLEEPERS; i++)
		uniques[i] = scarce_send_sleeper(s, i, i + 1);
}

static void expect_reads_answered(const struct scarce *s)
{
	uint64_t reads[READS];
	char text[2];

	for (unsigned i = 0; i < READS; i++)
		reads[i] = client_send_read(i % 2 ? &s->client : &s->hog, 0, 2);
	for (unsigned i = 0; i < READS; i++)
		assert_int_equal(client_end_read(i % 2 ? &s->client : &s->hog, reads[i], text, 2),
				 2);
}

static void reads_are_answered_while_40_resizes_sleep(void **state)
{
	struct scarce s = scarce_start(state, *(const enum channel_kind *)*state);
	uint64_t uniques[SLEEPERS];

	send_sleepers(&s, uniques);
	expect_reads_answered(&s);
	for (unsigned i = 0; i < SLEEPERS; i++)
		assert_false(kernel_is_answered(s.client.kernel, uniques[i]));
	assert_int_equal(client_size(&s.client), 128);
	bench_wait_idle(s.bench);
	assert_true(pool_is_healthy(&s.bench->server.pool));
	assert_true(pool_is_healthy(&s.bench->server.pool));
	scarce_release(&s);
	for (unsigned i = 0; i < SLEEPERS; i++)
		assert_int_equal(kernel_result(s.client.kernel, uniques[i]), 0);
	assert_int_equal(client_info(&s.client).sleepers, 0);
}

/* Nothing else is asked meanwhile: so one worker does it all, and the answers show the order. */
static void sleepers_are_woken_first_come_first_served(void **state)
{
	struct scarce s = scarce_start(state, *(const enum channel_kind *)*state);
	uint64_t uniques[SLEEPERS];

	send_sleepers(&s, uniques);
	bench_wait_idle(s.bench);
	scarce_release(&s);
	for (unsigned i = 0; i < SLEEPERS; i++) {
		assert_int_equal(kernel_next_answered(s.client.kernel), uniques[i]);
		assert_int_equal(kernel_result(s.client.kernel, uniques[i]), 0);
	}
	assert_int_equal(client_size(&s.client), SCARCE_WISH - (SLEEPERS - 1));
}

static void a_woken_resize_keeps_what_was_written_meanwhile(void **state)
{
	struct scarce s = scarce_start(state, *(const enum channel_kind *)*state);
	uint64_t unique = scarce_send_sleeper(&s, 0, 1);
	char text[8];

	assert_int_equal(client_write(&s.client, 0, "written", 7), 7);
	scarce_release(&s);
	assert_int_equal(kernel_result(s.client.kernel, unique), 0);
	assert_int_equal(client_seek(&s.client, 0), 0);
	assert_int_equal(client_read(&s.client, 0, text, 7), 7);
	assert_memory_equal(text, "written", 7);
	assert_int_equal(client_size(&s.client), SCARCE_WISH);
}

static void a_nonblocking_client_does_not_sleep(void **state)
{
	struct scarce s = scarce_start(state, *(const enum channel_kind *)*state);
	struct client c = client_of(s.bench, 0, O_RDWR | O_NONBLOCK);

	assert_int_equal(client_resize(&c, SCARCE_WISH), -EAGAIN);
	assert_int_equal(client_info(&c).sleepers, 0);
	assert_int_equal(client_size(&c), 128);
	scarce_release(&s);
	assert_int_equal(client_resize(&c, SCARCE_WISH), 0);
}

static void what_can_never_be_had_fails_at_once(void **state)
{
	struct scarce s = scarce_start(state, *(const enum channel_kind *)*state);

	assert_int_equal(client_resize(&s.client, SCARCE_LIMIT), -ENOMEM);
	/* One page is the hog's smallest, one holds the content until it has moved. */
	assert_int_equal(client_resize(&s.client, SCARCE_LIMIT - 2 * BENCH_PAGE + 1), -ENOMEM);
	assert_int_equal(client_info(&s.client).sleepers, 0);
	assert_int_equal(client_size(&s.client), 128);
}

static void who_shrinks_does_not_queue_behind_sleepers(void **state)
{
	struct scarce s = scarce_start(state, *(const enum channel_kind *)*state);
	uint64_t unique = scarce_send_sleeper(&s, 0, 1);

	assert_int_equal(client_resize(&s.client, 64), 0);
	assert_int_equal(client_size(&s.client), 64);
	scarce_release(&s);
	assert_int_equal(kernel_result(s.client.kernel, unique), 0);
	assert_int_equal(client_size(&s.client), SCARCE_WISH);
}

static void sleepers_end_with_enodev_when_the_daemon_stops(void **state)
{
	struct scarce s = scarce_start(state, *(const enum channel_kind *)*state);
	uint64_t uniques[SLEEPERS];

	send_sleepers(&s, uniques);
	bench_stop(s.bench);
	for (unsigned i = 0; i < SLEEPERS; i++)
		assert_int_equal(kernel_result(s.client.kernel, uniques[i]), -ENODEV);
}

static void sleepers_end_with_enodev_when_their_device_detaches(void **state)
{
	struct scarce s = scarce_start(state, *(const enum channel_kind *)*state);
	uint64_t unique = scarce_send_sleeper(&s, 0, 1);

	assert_int_equal(client_ioctl(&s.client, QOTDIOCDETACH, NULL), 0);
	assert_int_equal(kernel_result(s.client.kernel, unique), -ENODEV);
}

static void a_sleeping_discard_is_woken(void **state)
{
	struct bench *b = bench_start(state, &(struct bench_options){
						     .kind = *(const enum channel_kind *)*state,
						     .instances = 2,
						     .memory = SCARCE_LIMIT,
						     .max_size = SCARCE_LIMIT,
						     .initial_size = 10 * BENCH_PAGE,
					     });
	struct client c = client_of(b, 0, O_RDWR), hog = client_of(b, 1, O_RDWR);
	uint64_t unique;

	assert_int_equal(client_resize(&c, 1), 0);
	assert_int_equal(client_resize(&hog, 1), 0);
	assert_int_equal(client_resize(&hog, 20 * BENCH_PAGE), 0);
	unique = client_send_ioctl(&c, QOTDIOCDISCARD, NULL);
	client_wait_sleepers(&c, 1);
	assert_false(kernel_is_answered(c.kernel, unique));
	assert_int_equal(client_resize(&hog, 1), 0);
	assert_int_equal(client_end_ioctl(&c, unique, QOTDIOCDISCARD, NULL), 0);
	assert_int_equal(client_size(&c), 10 * BENCH_PAGE);
	assert_int_equal(client_info(&c).flags, 0);
}

static const enum channel_kind on_cuse = CHANNEL_CUSE, on_fuse = CHANNEL_FUSE;

#define ON_BOTH(f) bench_test_with(f, on_cuse), bench_test_with(f, on_fuse)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_BOTH(reads_are_answered_while_40_resizes_sleep),
		ON_BOTH(sleepers_are_woken_first_come_first_served),
		ON_BOTH(a_woken_resize_keeps_what_was_written_meanwhile),
		ON_BOTH(a_nonblocking_client_does_not_sleep),
		ON_BOTH(what_can_never_be_had_fails_at_once),
		ON_BOTH(who_shrinks_does_not_queue_behind_sleepers),
		ON_BOTH(sleepers_end_with_enodev_when_the_daemon_stops),
		ON_BOTH(sleepers_end_with_enodev_when_their_device_detaches),
		ON_BOTH(a_sleeping_discard_is_woken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
