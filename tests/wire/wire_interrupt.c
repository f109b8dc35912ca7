// SPDX-License-Identifier: MIT
/* A signal for a client that sleeps: FUSE_INTERRUPT, whenever it comes. */
#include <errno.h>
#include <fcntl.h>

#include "deadline.h"
#include "scarce.h"

/* What the sleeper wanted to change. */
static void expect_unchanged(const struct scarce *s)
{
	struct qotd_info info = client_info(&s->client);
	char text[2];

	assert_int_equal(info.size, 128);
	assert_int_equal(info.flags, 0);
	assert_int_equal(info.changes, 0);
	assert_int_equal(info.allocated, BENCH_PAGE);
	assert_int_equal(info.sleepers, 0);
	assert_int_equal(client_seek(&s->client, 0), 0);
	assert_int_equal(client_read(&s->client, 0, text, 2), 2);
	assert_memory_equal(text, "On", 2);
}

static void an_interrupted_sleeper_changes_nothing(void **state)
{
	struct scarce s = scarce_start(state, *(const enum channel_kind *)*state);
	uint64_t unique = scarce_send_sleeper(&s, 0, 1);

	kernel_send_interrupt(s.client.kernel, unique);
	assert_int_equal(kernel_result(s.client.kernel, unique), -EINTR);
	expect_unchanged(&s);
	assert_int_equal(client_info(&s.client).sleeps, 1);
	/* Nothing is left that memory would wake. */
	scarce_release(&s);
	expect_unchanged(&s);
}

static void an_interrupt_ends_just_its_own_sleeper(void **state)
{
	struct scarce s = scarce_start(state, *(const enum channel_kind *)*state);
	uint64_t uniques[3];

	for (unsigned i = 0; i < 3; i++)
		uniques[i] = scarce_send_sleeper(&s, i, i + 1);
	kernel_send_interrupt(s.client.kernel, uniques[1]);
	assert_int_equal(kernel_result(s.client.kernel, uniques[1]), -EINTR);
	client_wait_sleepers(&s.client, 2);
	assert_false(kernel_is_answered(s.client.kernel, uniques[0]));
	assert_false(kernel_is_answered(s.client.kernel, uniques[2]));
	scarce_release(&s);
	assert_int_equal(kernel_result(s.client.kernel, uniques[0]), 0);
	assert_int_equal(kernel_result(s.client.kernel, uniques[2]), 0);
	assert_int_equal(client_size(&s.client), SCARCE_WISH - 2);
}

/* The head of the queue goes: whoever is behind it may fit. */
static void an_interrupt_makes_room_for_who_waits_behind(void **state)
{
	struct scarce s = scarce_start(state, *(const enum channel_kind *)*state);
	uint64_t first = scarce_send_sleeper(&s, 0, 1);
	uint64_t second = client_send_resize(&s.client, 2 * BENCH_PAGE);

	client_wait_sleepers(&s.client, 2);
	kernel_send_interrupt(s.client.kernel, first);
	assert_int_equal(kernel_result(s.client.kernel, first), -EINTR);
	assert_int_equal(kernel_result(s.client.kernel, second), 0);
	assert_int_equal(client_size(&s.client), 2 * BENCH_PAGE);
}

static void an_interrupt_may_come_before_its_request(void **state)
{
	struct scarce s = scarce_start(state, *(const enum channel_kind *)*state);
	const uint64_t size = SCARCE_WISH;
	struct kernel *k = s.client.kernel;

	for (int i = 0; i < 100; i++) {
		uint64_t unique = kernel_new_unique(k) + 2;

		kernel_send_interrupt(k, unique);
		assert_int_equal(client_send_resize(&s.client, size), unique);
		assert_int_equal(kernel_result(k, unique), -EINTR);
	}
	expect_unchanged(&s);
}

/* No wait, no reason to fail. */
static void an_early_interrupt_does_not_disturb_what_need_not_sleep(void **state)
{
	struct scarce s = scarce_start(state, *(const enum channel_kind *)*state);
	struct kernel *k = s.client.kernel;
	uint64_t unique = kernel_new_unique(k) + 2;

	kernel_send_interrupt(k, unique);
	assert_int_equal(client_send_resize(&s.client, 200), unique);
	assert_int_equal(kernel_result(k, unique), 0);
	assert_int_equal(client_size(&s.client), 200);
}

/* The interrupt finds no request: the daemon has the kernel look again, and there it is gone. */
static void an_interrupt_may_come_after_the_answer(void **state)
{
	struct scarce s = scarce_start(state, *(const enum channel_kind *)*state);
	struct kernel *k = s.client.kernel;

	for (unsigned i = 1; i <= 100; i++) {
		uint64_t unique = client_send_read(&s.client, 0, 0);

		assert_int_equal(kernel_result(k, unique), 0);
		kernel_send_interrupt(k, unique);
		assert_int_equal(kernel_result(k, client_send_read(&s.client, 0, 0)), 0);
	}
	kernel_wait_again(k, 100);
	expect_unchanged(&s);
}

/* Signal and memory at the same time: either comes first, but there is one answer, and it is true.
 */
static void an_interrupt_that_races_with_memory_gives_one_true_answer(void **state)
{
	struct scarce s = scarce_start(state, *(const enum channel_kind *)*state);
	struct kernel *k = s.client.kernel;

	for (unsigned i = 0; i < 50; i++) {
		uint64_t unique = scarce_send_sleeper(&s, i, 1), release;
		int result;

		release = client_send_resize(&s.hog, BENCH_PAGE);
		kernel_send_interrupt(k, unique);
		result = kernel_result(k, unique);
		assert_true(result == 0 || result == -EINTR);
		assert_int_equal(kernel_result(s.hog.kernel, release), 0);
		assert_int_equal(client_size(&s.client), result ? 128 : SCARCE_WISH - i);
		assert_int_equal(client_ioctl(&s.client, QOTDIOCDISCARD, NULL), 0);
		assert_int_equal(client_resize(&s.hog, SCARCE_HOG), 0);
	}
}

static const enum channel_kind on_cuse = CHANNEL_CUSE, on_fuse = CHANNEL_FUSE;

#define ON_BOTH(f) bench_test_with(f, on_cuse), bench_test_with(f, on_fuse)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_BOTH(an_interrupted_sleeper_changes_nothing),
		ON_BOTH(an_interrupt_ends_just_its_own_sleeper),
		ON_BOTH(an_interrupt_makes_room_for_who_waits_behind),
		ON_BOTH(an_interrupt_may_come_before_its_request),
		ON_BOTH(an_early_interrupt_does_not_disturb_what_need_not_sleep),
		ON_BOTH(an_interrupt_may_come_after_the_answer),
		ON_BOTH(an_interrupt_that_races_with_memory_gives_one_true_answer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
