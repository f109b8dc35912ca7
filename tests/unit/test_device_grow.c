// SPDX-License-Identifier: MIT
/* Resizes that extend the memory of the device in place, and those that cannot. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fixture.h"

static int setup(void **state)
{
	struct fixture *f;

	if (fixture_setup(state) < 0)
		return -1;
	f = *state;
	f->memory.arena.has_huge_pages = false; /* with them, memory does not grow in place */
	return 0;
}

static uint64_t memory_offset(const struct fixture *f)
{
	return f->q->state->memory.offset;
}

static void growing_stays_in_place_and_keeps_the_content(void **state)
{
	struct fixture *f = *state;
	uint64_t fh = fixture_open(f, O_RDWR), before = memory_offset(f);

	assert_int_equal(fixture_resize(f, fh, 3 * f->memory.page), 0);
	assert_int_equal(memory_offset(f), before);
	fixture_expect(f, FIXTURE_QUOTE, 3 * f->memory.page);
	assert_int_equal(fixture_info(f, fh).allocated, 3 * f->memory.page);
	assert_int_equal(fixture_info(f, fh).flags, QOTD_INFO_CHANGED);
	assert_int_equal(f->resized[0], 1);
}

static void growing_over_its_room_goes_elsewhere(void **state)
{
	struct fixture *f = *state;
	uint64_t fh = fixture_open(f, O_RDWR), before = memory_offset(f);

	f->q->state->memory.room = f->q->pages.range.room = f->memory.page;
	assert_int_equal(fixture_resize(f, fh, 2 * f->memory.page), 0);
	assert_int_not_equal(memory_offset(f), before);
	fixture_expect(f, FIXTURE_QUOTE, 2 * f->memory.page);
}

/* What was cut off must not come back with the memory that is still there. */
static void shrinking_never_stays_in_place(void **state)
{
	struct fixture *f = *state;
	uint64_t fh = fixture_open(f, O_RDWR), before = memory_offset(f);

	assert_int_equal(fixture_resize(f, fh, 3), 0);
	assert_int_not_equal(memory_offset(f), before);
	assert_int_equal(fixture_resize(f, fh, 2 * f->memory.page), 0);
	fixture_expect(f, "Any", 2 * f->memory.page);
}

/* The contract counts the old memory until the new one is filled, wherever that is. */
static void growing_in_place_needs_as_much_memory_as_elsewhere(void **state)
{
	struct fixture *f = *state;
	uint64_t fh = fixture_open(f, O_RDWR);
	struct umem_client hog;
	struct umem_cookie pages;

	fixture_leave_pages(f, 2, &hog, &pages);
	assert_int_equal(fixture_resize(f, fh, 3 * f->memory.page), -EAGAIN);
	assert_int_equal(fixture_resize(f, fh, 2 * f->memory.page), 0);
	fixture_free_hog(&hog, &pages);
}

static void growing_in_place_gives_back_what_it_had_booked_twice(void **state)
{
	struct fixture *f = *state;
	uint64_t fh = fixture_open(f, O_RDWR), before = memory_used(&f->memory);

	assert_int_equal(fixture_resize(f, fh, 3 * f->memory.page), 0);
	assert_int_equal(memory_used(&f->memory), before + 2 * f->memory.page);
	assert_int_equal(fixture_resize(f, fh, 1), 0);
	assert_int_equal(memory_used(&f->memory), before);
}

static void growing_that_finds_no_memory_changes_nothing(void **state)
{
	struct fixture *f = *state;
	uint64_t fh = fixture_open(f, O_RDWR), used = memory_used(&f->memory);

	f->memory.fail = 1;
	assert_int_equal(fixture_resize(f, fh, 3 * f->memory.page), -ENOMEM);
	fixture_expect(f, FIXTURE_QUOTE, FIXTURE_INITIAL);
	assert_int_equal(memory_used(&f->memory), used);
	assert_int_equal(fixture_info(f, fh).changes, 0);
	assert_int_equal(fixture_resize(f, fh, 3 * f->memory.page), 0);
	fixture_expect(f, FIXTURE_QUOTE, 3 * f->memory.page);
}

static void ignore(struct umem_sleeper *s)
{
	(void)s;
}

/* A resize to two pages that sleeps until the memory of `hog` is freed. */
struct sleep {
	uint64_t fh;
	struct qotd_sleeper sleeper;
	struct umem_client hog;
	struct umem_cookie pages;
};

static void fall_asleep(struct fixture *f, struct sleep *s)
{
	s->fh = fixture_open(f, O_RDWR);
	fixture_leave_pages(f, 1, &s->hog, &s->pages);
	qotd_sleeper_init(&s->sleeper, f->q, ignore);
	assert_int_equal(fixture_replace(f, s->fh, QOTD_RESIZE, 2 * f->memory.page, &s->sleeper),
			 -EINPROGRESS);
}

static int wake_up(struct fixture *f, struct sleep *s)
{
	fixture_free_hog(&s->hog, &s->pages);
	return fixture_resume(f, &s->sleeper);
}

static void sleeper_grows_in_place_when_it_is_woken(void **state)
{
	struct fixture *f = *state;
	uint64_t before = memory_offset(f);
	struct sleep s;

	fall_asleep(f, &s);
	assert_int_equal(wake_up(f, &s), 0);
	assert_int_equal(memory_offset(f), before);
	fixture_expect(f, FIXTURE_QUOTE, 2 * f->memory.page);
	assert_int_equal(fixture_info(f, s.fh).sleeps, 1);
}

/* Between going to sleep and waking up, the memory has become another one. */
static void sleeper_grows_what_is_there_when_it_is_woken(void **state)
{
	struct fixture *f = *state;
	uint64_t before = memory_offset(f);
	struct sleep s;

	fall_asleep(f, &s);
	assert_int_equal(fixture_resize(f, s.fh, 6), 0);
	assert_int_equal(wake_up(f, &s), 0);
	assert_int_not_equal(memory_offset(f), before);
	fixture_expect(f, "Anyone", 2 * f->memory.page);
}

#define GROW_TEST(f) cmocka_unit_test_setup_teardown(f, setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		GROW_TEST(growing_stays_in_place_and_keeps_the_content),
		GROW_TEST(growing_over_its_room_goes_elsewhere),
		GROW_TEST(shrinking_never_stays_in_place),
		GROW_TEST(growing_in_place_needs_as_much_memory_as_elsewhere),
		GROW_TEST(growing_in_place_gives_back_what_it_had_booked_twice),
		GROW_TEST(growing_that_finds_no_memory_changes_nothing),
		GROW_TEST(sleeper_grows_in_place_when_it_is_woken),
		GROW_TEST(sleeper_grows_what_is_there_when_it_is_woken),
	};

	return cmocka_run_group_tests_name("device: growing in place", tests, NULL, NULL);
}
