// SPDX-License-Identifier: MIT
/* A limit that changes while memory is held and others wait for it; and who is told of what. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "umem_fixture.h"

static void set_limit(struct umem_fixture *f, unsigned pages)
{
	umem_set_limit(&f->memory.umem, pages * f->memory.page);
}

static uint64_t limit_of(struct umem_fixture *f)
{
	struct umem_stats stats;

	umem_get_stats(&f->memory.umem, &stats);
	return stats.limit;
}

static void stats_tell_the_new_limit_in_whole_pages(void **state)
{
	struct umem_fixture *f = *state;

	umem_set_limit(&f->memory.umem, 5 * f->memory.page - 1);
	assert_int_equal(limit_of(f), 4 * f->memory.page);
}

static void higher_limit_gives_more(void **state)
{
	struct umem_fixture *f = *state;
	struct umem_cookie pages, more;

	memory_take(&f->memory, &f->a, 6, &pages);
	assert_int_equal(umem_alloc(&f->b, 4 * f->memory.page, 0, NULL, &more), -EAGAIN);
	set_limit(f, 10);
	memory_take(&f->memory, &f->b, 4, &more);
	umem_free(&f->a, &pages);
	umem_free(&f->b, &more);
}

static void higher_limit_serves_the_sleepers_that_fit_in_their_order(void **state)
{
	struct umem_fixture *f = *state;
	struct umem_cookie pages;
	struct waiter first, second, third;

	memory_take(&f->memory, &f->a, 6, &pages);
	waiter_init(&first, &f->b);
	waiter_init(&second, &f->c);
	waiter_init(&third, &f->b);
	waiter_park(&first, &f->memory, 4, 0);
	waiter_park(&second, &f->memory, 4, 0);
	waiter_park(&third, &f->memory, 1, 0);
	set_limit(f, 11);
	assert_int_equal(first.woken, 1);
	assert_int_equal(second.woken, 0);
	assert_int_equal(third.woken, 0); /* it would fit, but is not first */
	assert_int_equal(waiter_finish(&first), 0);
	assert_int_equal(waiter_finish(&second), 0);
	assert_int_equal(waiter_finish(&third), 0);
	umem_free(&f->a, &pages);
}

static void lower_limit_takes_nothing_away(void **state)
{
	struct umem_fixture *f = *state;
	struct umem_cookie pages, none;

	memory_take(&f->memory, &f->a, 6, &pages);
	set_limit(f, 4);
	assert_int_equal(memory_used(&f->memory), 6 * f->memory.page);
	assert_true(is_filled(pages.addr, 6 * f->memory.page, 0));
	assert_int_equal(umem_alloc(&f->b, f->memory.page, 0, NULL, &none), -EAGAIN);
	assert_int_equal(umem_alloc(&f->b, f->memory.page, UMEM_PUSHPAGE, NULL, &none), -EAGAIN);
	umem_free(&f->a, &pages);
}

static void below_what_is_held_sleepers_wait_until_enough_is_freed(void **state)
{
	struct umem_fixture *f = *state;
	struct umem_cookie three, two;
	struct waiter w;

	memory_take(&f->memory, &f->a, 3, &three);
	memory_take(&f->memory, &f->b, 2, &two);
	set_limit(f, 4);
	waiter_init(&w, &f->c);
	waiter_park(&w, &f->memory, 2, 0);
	umem_free(&f->a, &three);
	assert_int_equal(waiter_finish(&w), 0);
	umem_free(&f->b, &two);
}

static void lower_limit_ends_the_sleeps_that_lost_all_hope_and_no_others(void **state)
{
	struct umem_fixture *f = *state;
	struct umem_cookie pages;
	struct waiter large, small;

	memory_take(&f->memory, &f->a, 6, &pages);
	waiter_init(&large, &f->b);
	waiter_init(&small, &f->c);
	waiter_park(&large, &f->memory, 5, 0);
	waiter_park(&small, &f->memory, 3, 0);
	set_limit(f, 6); /* 2 pages for the others leave 4 */
	assert_int_equal(waiter_finish(&large), -ENOMEM);
	assert_int_equal(small.woken, 0);
	umem_free(&f->a, &pages);
	assert_int_equal(waiter_finish(&small), 0);
}

static void hopeless_sleeper_that_ends_lets_the_next_one_go(void **state)
{
	struct umem_fixture *f = *state;
	struct umem_cookie pages;
	struct waiter large, small;

	memory_take(&f->memory, &f->a, 3, &pages);
	waiter_init(&large, &f->b);
	waiter_init(&small, &f->c);
	waiter_park(&large, &f->memory, 6, 0);
	waiter_park(&small, &f->memory, 2, 0);
	set_limit(f, 7);
	assert_int_equal(waiter_finish(&large), -ENOMEM);
	assert_int_equal(waiter_finish(&small), 0);
	umem_free(&f->a, &pages);
}

static void what_never_fits_under_the_new_limit_fails_at_once(void **state)
{
	struct umem_fixture *f = *state;
	struct umem_cookie none;
	struct waiter w;

	set_limit(f, 4);
	waiter_init(&w, &f->a);
	assert_int_equal(umem_alloc(&f->a, 3 * f->memory.page, UMEM_SLEEP, &w.sleeper, &none),
			 -ENOMEM);
}

/* --- who is told --- */

static void count(void *ctx)
{
	++*(unsigned *)ctx;
}

/* Whether anything was told since the last time. */
static bool was_told(unsigned *told)
{
	bool any = *told > 0;

	*told = 0;
	return any;
}

static void watcher_is_told_of_use_sleepers_and_limit(void **state)
{
	struct umem_fixture *f = *state;
	struct umem_cookie pages;
	struct waiter w;
	unsigned told = 0;

	umem_watch(&f->memory.umem, count, &told);
	memory_take(&f->memory, &f->a, 6, &pages);
	assert_true(was_told(&told));
	waiter_init(&w, &f->b);
	waiter_park(&w, &f->memory, 4, 0);
	assert_true(was_told(&told));
	umem_interrupt(&w.sleeper, -EINTR);
	assert_true(was_told(&told));
	assert_int_equal(waiter_finish(&w), -EINTR);
	umem_free(&f->a, &pages);
	assert_true(was_told(&told));
	set_limit(f, 9);
	assert_true(was_told(&told));
}

static void watcher_is_not_told_of_what_changes_nothing(void **state)
{
	struct umem_fixture *f = *state;
	struct umem_cookie pages, none;
	unsigned told = 0;

	memory_take(&f->memory, &f->a, 6, &pages);
	umem_watch(&f->memory.umem, count, &told);
	assert_int_equal(umem_alloc(&f->b, 4 * f->memory.page, 0, NULL, &none), -EAGAIN);
	limit_of(f);
	assert_false(was_told(&told));
	umem_free(&f->a, &pages);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		UMEM_TEST(stats_tell_the_new_limit_in_whole_pages),
		UMEM_TEST(higher_limit_gives_more),
		UMEM_TEST(higher_limit_serves_the_sleepers_that_fit_in_their_order),
		UMEM_TEST(lower_limit_takes_nothing_away),
		UMEM_TEST(below_what_is_held_sleepers_wait_until_enough_is_freed),
		UMEM_TEST(lower_limit_ends_the_sleeps_that_lost_all_hope_and_no_others),
		UMEM_TEST(hopeless_sleeper_that_ends_lets_the_next_one_go),
		UMEM_TEST(what_never_fits_under_the_new_limit_fails_at_once),
		UMEM_TEST(watcher_is_told_of_use_sleepers_and_limit),
		UMEM_TEST(watcher_is_not_told_of_what_changes_nothing),
	};

	return cmocka_run_group_tests_name("umem: changing the limit", tests, NULL, NULL);
}
