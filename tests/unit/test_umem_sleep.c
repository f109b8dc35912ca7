// SPDX-License-Identifier: MIT
/* Sleepers of umem: who parks, who is woken, and in which order. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "umem_fixture.h"

static void sleep_does_not_park_when_there_is_memory(void **state)
{
	struct umem_fixture *f = *state;
	struct umem_cookie pages;
	struct waiter w;

	waiter_init(&w, &f->a);
	assert_int_equal(umem_alloc(&f->a, f->memory.page, UMEM_SLEEP, &w.sleeper, &pages), 0);
	assert_int_equal(w.woken, 0);
	umem_settle(&f->a);
	umem_free(&f->a, &pages);
}

static void sleep_parks_when_memory_is_short(void **state)
{
	struct umem_fixture *f = *state;
	struct umem_cookie pages;
	struct waiter w;

	memory_take(&f->memory, &f->a, 6, &pages);
	waiter_init(&w, &f->b);
	waiter_park(&w, &f->memory, 3, 0);
	assert_int_equal(memory_sleepers(&f->memory), 1);
	assert_int_equal(memory_used(&f->memory), 6 * f->memory.page);
	umem_free(&f->a, &pages);
	assert_int_equal(waiter_finish(&w), 0);
}

static void sleeper_is_woken_only_when_all_it_wants_is_free(void **state)
{
	struct umem_fixture *f = *state;
	struct umem_cookie first, second;
	struct waiter w;

	memory_take(&f->memory, &f->a, 2, &first);
	memory_take(&f->memory, &f->a, 4, &second);
	waiter_init(&w, &f->b);
	waiter_park(&w, &f->memory, 5, 0);
	umem_free(&f->a, &first);
	assert_int_equal(w.woken, 0);
	umem_free(&f->a, &second);
	assert_int_equal(waiter_finish(&w), 0);
}

static void woken_sleeper_gets_zeroed_pages(void **state)
{
	struct umem_fixture *f = *state;
	struct umem_cookie pages;
	struct waiter w;

	memory_take(&f->memory, &f->a, 6, &pages);
	waiter_init(&w, &f->b);
	waiter_park(&w, &f->memory, 3, 0);
	umem_free(&f->a, &pages);
	assert_int_equal(umem_resume(&w.sleeper, &pages), 0);
	assert_int_equal(pages.range.length, 3 * f->memory.page);
	assert_true(is_filled(pages.addr, 3 * f->memory.page, 0));
	umem_settle(&f->b);
	umem_free(&f->b, &pages);
}

static void memory_of_a_woken_sleeper_is_taken_before_it_resumes(void **state)
{
	struct umem_fixture *f = *state;
	struct umem_cookie pages, none;
	struct waiter w;

	memory_take(&f->memory, &f->a, 6, &pages);
	waiter_init(&w, &f->b);
	waiter_park(&w, &f->memory, 5, 0);
	umem_free(&f->a, &pages);
	assert_int_equal(umem_alloc(&f->c, 4 * f->memory.page, UMEM_NOSLEEP, NULL, &none), -EAGAIN);
	assert_int_equal(waiter_finish(&w), 0);
}

static void sleepers_are_served_first_come_first_served(void **state)
{
	struct umem_fixture *f = *state;
	struct waiter first, second, third;
	struct umem_cookie pages;

	memory_take(&f->memory, &f->a, 6, &pages);
	waiter_init(&first, &f->b);
	waiter_init(&second, &f->c);
	waiter_init(&third, &f->b);
	waiter_park(&first, &f->memory, 6, 0);
	waiter_park(&second, &f->memory, 6, 0);
	waiter_park(&third, &f->memory, 6, 0);
	umem_free(&f->a, &pages);
	assert_int_equal(second.woken + third.woken, 0);
	assert_int_equal(waiter_finish(&first), 0);
	assert_int_equal(third.woken, 0);
	assert_int_equal(waiter_finish(&second), 0);
	assert_int_equal(waiter_finish(&third), 0);
}

static void one_free_wakes_all_who_fit(void **state)
{
	struct umem_fixture *f = *state;
	struct waiter first, second, third;
	struct umem_cookie pages;

	memory_take(&f->memory, &f->a, 6, &pages);
	waiter_init(&first, &f->b);
	waiter_init(&second, &f->c);
	waiter_init(&third, &f->b);
	waiter_park(&first, &f->memory, 3, 0);
	waiter_park(&second, &f->memory, 5, 0);
	waiter_park(&third, &f->memory, 1, 0);
	umem_free(&f->a, &pages);
	assert_int_equal(first.woken + second.woken, 2);
	assert_int_equal(third.woken, 0);
	assert_int_equal(waiter_finish(&first), 0);
	assert_int_equal(waiter_finish(&second), 0);
	assert_int_equal(waiter_finish(&third), 0);
}

static void later_sleeper_that_fits_does_not_overtake(void **state)
{
	struct umem_fixture *f = *state;
	struct waiter large, small;
	struct umem_cookie pages;

	memory_take(&f->memory, &f->a, 6, &pages);
	waiter_init(&large, &f->b);
	waiter_init(&small, &f->c);
	waiter_park(&large, &f->memory, 5, 0);
	waiter_park(&small, &f->memory, 1, 0);
	assert_int_equal(memory_sleepers(&f->memory), 2);
	umem_free(&f->a, &pages);
	assert_int_equal(waiter_finish(&large), 0);
	assert_int_equal(waiter_finish(&small), 0);
}

static void nosleep_that_fits_does_not_overtake(void **state)
{
	struct umem_fixture *f = *state;
	struct umem_cookie pages, none;
	struct waiter w;

	memory_take(&f->memory, &f->a, 6, &pages);
	waiter_init(&w, &f->b);
	waiter_park(&w, &f->memory, 5, 0);
	assert_int_equal(umem_alloc(&f->c, f->memory.page, UMEM_NOSLEEP, NULL, &none), -EAGAIN);
	umem_free(&f->a, &pages);
	assert_int_equal(waiter_finish(&w), 0);
}

static void failed_resume_gives_enomem_and_wakes_the_next(void **state)
{
	struct umem_fixture *f = *state;
	struct umem_cookie pages;
	struct waiter first, second;

	memory_take(&f->memory, &f->a, 6, &pages);
	waiter_init(&first, &f->b);
	waiter_init(&second, &f->c);
	waiter_park(&first, &f->memory, 5, 0);
	waiter_park(&second, &f->memory, 5, 0);
	umem_free(&f->a, &pages);
	f->memory.fail = 1;
	assert_int_equal(second.woken, 0);
	assert_int_equal(waiter_finish(&first), -ENOMEM);
	assert_int_equal(waiter_finish(&second), 0);
	assert_int_equal(memory_used(&f->memory), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		UMEM_TEST(sleep_does_not_park_when_there_is_memory),
		UMEM_TEST(sleep_parks_when_memory_is_short),
		UMEM_TEST(sleeper_is_woken_only_when_all_it_wants_is_free),
		UMEM_TEST(woken_sleeper_gets_zeroed_pages),
		UMEM_TEST(memory_of_a_woken_sleeper_is_taken_before_it_resumes),
		UMEM_TEST(sleepers_are_served_first_come_first_served),
		UMEM_TEST(one_free_wakes_all_who_fit),
		UMEM_TEST(later_sleeper_that_fits_does_not_overtake),
		UMEM_TEST(nosleep_that_fits_does_not_overtake),
		UMEM_TEST(failed_resume_gives_enomem_and_wakes_the_next),
	};

	return cmocka_run_group_tests_name("umem: sleeping", tests, NULL, NULL);
}
