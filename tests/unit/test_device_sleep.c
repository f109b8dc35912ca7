// SPDX-License-Identifier: MIT
/* Resizes and discards that sleep for memory. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "fixture.h"

/* A device with one page, that a file may write; another client leaves just one more. */
struct scarcity {
	struct fixture *f;
	struct umem_client hog;
	struct umem_cookie pages;
	struct qotd_sleeper sleeper;
	uint64_t fh;
};

/* Guarded by umem's lock, or by there being one thread. */
static unsigned wakes;

static void count_wake(struct umem_sleeper *s)
{
	(void)s;
	wakes++;
}

static int setup(void **state)
{
	struct scarcity *s = calloc(1, sizeof(*s));
	void *fixture;

	if (!s || fixture_setup(&fixture) < 0)
		return -1;
	s->f = fixture;
	s->fh = fixture_open(s->f, O_RDWR);
	fixture_leave_pages(s->f, 1, &s->hog, &s->pages);
	wakes = 0;
	*state = s;
	return 0;
}

static int teardown(void **state)
{
	struct scarcity *s = *state;
	void *fixture = s->f;

	if (s->pages.addr)
		umem_free(&s->hog, &s->pages);
	umem_client_destroy(&s->hog);
	free(s);
	return fixture_teardown(&fixture);
}

static int replace(struct scarcity *s, enum qotd_replacement what, uint64_t size)
{
	qotd_sleeper_init(&s->sleeper, s->f->q, count_wake);
	return fixture_replace(s->f, s->fh, what, size, &s->sleeper);
}

static void park_resize(struct scarcity *s)
{
	assert_int_equal(replace(s, QOTD_RESIZE, 2 * s->f->memory.page), -EINPROGRESS);
	assert_int_equal(wakes, 0);
	assert_int_equal(memory_sleepers(&s->f->memory), 1);
}

static void expect_unchanged(struct scarcity *s)
{
	assert_int_equal(fixture_info(s->f, s->fh).flags, 0);
	assert_int_equal(fixture_info(s->f, s->fh).changes, 0);
	assert_int_equal(s->f->resized[0], 0);
	fixture_expect(s->f, FIXTURE_QUOTE, FIXTURE_INITIAL);
}

static void resize_with_enough_memory_does_not_sleep(void **state)
{
	struct scarcity *s = *state;

	assert_int_equal(replace(s, QOTD_RESIZE, 64), 0);
	assert_int_equal(wakes, 0);
	fixture_expect(s->f, FIXTURE_QUOTE, 64);
}

static void sleeping_resize_leaves_the_device_usable(void **state)
{
	struct scarcity *s = *state;

	park_resize(s);
	expect_unchanged(s);
	assert_int_equal(fixture_info(s->f, s->fh).sleepers, 1);
	assert_int_equal(fixture_write(s->f, s->fh, 0, "Nobody", 6), 6);
	umem_free(&s->hog, &s->pages);
	assert_int_equal(fixture_resume(s->f, &s->sleeper), 0);
}

static void woken_resize_is_completed_by_resume(void **state)
{
	struct scarcity *s = *state;

	park_resize(s);
	umem_free(&s->hog, &s->pages);
	assert_int_equal(wakes, 1);
	expect_unchanged(s);
	assert_int_equal(fixture_resume(s->f, &s->sleeper), 0);
	fixture_expect(s->f, FIXTURE_QUOTE, 2 * s->f->memory.page);
	assert_int_equal(fixture_info(s->f, s->fh).flags, QOTD_INFO_CHANGED);
	assert_int_equal(s->f->resized[0], 1);
}

/* The content is copied when the sleep is over, not when it begins. */
static void resize_keeps_what_was_written_while_it_slept(void **state)
{
	struct scarcity *s = *state;

	park_resize(s);
	assert_int_equal(fixture_write(s->f, s->fh, 0, "Nobody", 6), 6);
	umem_free(&s->hog, &s->pages);
	assert_int_equal(fixture_resume(s->f, &s->sleeper), 0);
	fixture_expect(s->f, "Nobody who hates children and animals can't be all bad.\n",
		       2 * s->f->memory.page);
}

static void interrupted_resize_gives_eintr_and_changes_nothing(void **state)
{
	struct scarcity *s = *state;

	park_resize(s);
	umem_interrupt(&s->sleeper.memory, -EINTR);
	assert_int_equal(wakes, 1);
	assert_int_equal(fixture_resume(s->f, &s->sleeper), -EINTR);
	expect_unchanged(s);
}

static void resize_interrupted_before_it_sleeps_does_not(void **state)
{
	struct scarcity *s = *state;
	struct fixture *f = s->f;

	qotd_sleeper_init(&s->sleeper, f->q, count_wake);
	umem_interrupt(&s->sleeper.memory, -EINTR);
	assert_int_equal(fixture_replace(f, s->fh, QOTD_RESIZE, 2 * f->memory.page, &s->sleeper),
			 -EINTR);
	assert_int_equal(wakes, 0);
	expect_unchanged(s);
}

static void resize_that_wakes_to_a_system_without_memory_changes_nothing(void **state)
{
	struct scarcity *s = *state;

	park_resize(s);
	umem_free(&s->hog, &s->pages);
	s->f->memory.fail = 1;
	assert_int_equal(fixture_resume(s->f, &s->sleeper), -ENOMEM);
	expect_unchanged(s);
}

static void hopeless_resize_does_not_sleep(void **state)
{
	struct scarcity *s = *state;

	assert_int_equal(replace(s, QOTD_RESIZE, (FIXTURE_PAGES - 2) * s->f->memory.page), -ENOMEM);
	assert_int_equal(memory_sleepers(&s->f->memory), 0);
	expect_unchanged(s);
}

static void sleeping_discard_is_completed_by_resume(void **state)
{
	struct scarcity *s = *state;
	struct umem_cookie last;

	assert_int_equal(fixture_resize(s->f, s->fh, 6), 0);
	memory_take(&s->f->memory, &s->hog, 1, &last);
	assert_int_equal(replace(s, QOTD_DISCARD, 0), -EINPROGRESS);
	fixture_expect(s->f, "Anyone", 6);
	umem_free(&s->hog, &last);
	assert_int_equal(wakes, 1);
	assert_int_equal(fixture_resume(s->f, &s->sleeper), 0);
	fixture_expect(s->f, FIXTURE_QUOTE, FIXTURE_INITIAL);
	assert_int_equal(fixture_info(s->f, s->fh).flags, 0);
}

static void shrinking_overtakes_a_sleeping_resize_and_wakes_it(void **state)
{
	struct scarcity *s = *state;
	struct qotd *other = &s->f->devices[1];
	const uint64_t page = s->f->memory.page;
	struct qotd_sleeper sleeper;
	uint64_t fh;

	/* The first device grows to 3 pages, and one is left. */
	umem_free(&s->hog, &s->pages);
	assert_int_equal(fixture_resize(s->f, s->fh, 3 * page), 0);
	memory_take(&s->f->memory, &s->hog, 3, &s->pages);
	assert_int_equal(fixture_try_open(s->f, other, &fh), 0);
	qotd_sleeper_init(&sleeper, other, count_wake);
	assert_int_equal(fixture_replace(s->f, fh, QOTD_RESIZE, 2 * page, &sleeper), -EINPROGRESS);
	assert_int_equal(fixture_resize(s->f, s->fh, 3 * page), -EAGAIN);
	assert_int_equal(fixture_resize(s->f, s->fh, page), 0);
	assert_int_equal(wakes, 1);
	assert_int_equal(fixture_resume(s->f, &sleeper), 0);
}

static void detach_ends_a_sleep_with_enodev(void **state)
{
	struct scarcity *s = *state;

	park_resize(s);
	assert_int_equal(fixture_request_detach(s->f, s->fh), 0);
	assert_int_equal(wakes, 1);
	assert_int_equal(fixture_resume(s->f, &s->sleeper), -ENODEV);
	assert_int_equal(fixture_info(s->f, s->fh).size, FIXTURE_INITIAL);
	assert_int_equal(fixture_info(s->f, s->fh).flags, 0);
}

static void nothing_sleeps_on_a_device_that_is_detached(void **state)
{
	struct scarcity *s = *state;

	assert_int_equal(fixture_request_detach(s->f, s->fh), 0);
	assert_int_equal(replace(s, QOTD_RESIZE, 2 * s->f->memory.page), -ENODEV);
	assert_int_equal(memory_sleepers(&s->f->memory), 0);
}

#define SLEEP_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		SLEEP_TEST(resize_with_enough_memory_does_not_sleep),
		SLEEP_TEST(sleeping_resize_leaves_the_device_usable),
		SLEEP_TEST(woken_resize_is_completed_by_resume),
		SLEEP_TEST(resize_keeps_what_was_written_while_it_slept),
		SLEEP_TEST(interrupted_resize_gives_eintr_and_changes_nothing),
		SLEEP_TEST(resize_interrupted_before_it_sleeps_does_not),
		SLEEP_TEST(resize_that_wakes_to_a_system_without_memory_changes_nothing),
		SLEEP_TEST(hopeless_resize_does_not_sleep),
		SLEEP_TEST(sleeping_discard_is_completed_by_resume),
		SLEEP_TEST(shrinking_overtakes_a_sleeping_resize_and_wakes_it),
		SLEEP_TEST(detach_ends_a_sleep_with_enodev),
		SLEEP_TEST(nothing_sleeps_on_a_device_that_is_detached),
	};

	return cmocka_run_group_tests_name("device: sleeping", tests, NULL, NULL);
}
