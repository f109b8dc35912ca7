// SPDX-License-Identifier: MIT
/* What umem_alloc() gives without sleeping, what it refuses, and what umem_free() takes back. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>

#include <cmocka.h>

#include "umem_fixture.h"

static int take(struct umem_client *c, size_t size, struct umem_cookie *cookie)
{
	int err = umem_alloc(c, size, UMEM_NOSLEEP, NULL, cookie);

	if (!err)
		umem_settle(c);
	return err;
}

static void memory_starts_on_a_page(void **state)
{
	struct umem_fixture *f = *state;
	struct umem_cookie one, two;

	memory_take(&f->memory, &f->a, 1, &one);
	memory_take(&f->memory, &f->a, 3, &two);
	assert_int_equal((uintptr_t)one.addr % f->memory.page, 0);
	assert_int_equal((uintptr_t)two.addr % f->memory.page, 0);
	umem_free(&f->a, &one);
	umem_free(&f->a, &two);
}

static void memory_is_zeroed_also_where_there_was_other_content(void **state)
{
	struct umem_fixture *f = *state;
	struct umem_cookie pages;

	for (int round = 0; round < 3; round++) {
		memory_take(&f->memory, &f->a, MOST_PAGES, &pages);
		assert_true(is_filled(pages.addr, MOST_PAGES * f->memory.page, 0));
		memset(pages.addr, 0xff, MOST_PAGES * f->memory.page);
		umem_free(&f->a, &pages);
	}
}

static void memory_is_there_before_it_is_touched(void **state)
{
	struct umem_fixture *f = *state;
	unsigned char resident[4] = {0};
	struct umem_cookie pages;

	memory_take(&f->memory, &f->a, 4, &pages);
	assert_int_equal(mincore(pages.addr, 4 * f->memory.page, resident), 0);
	for (int i = 0; i < 4; i++)
		assert_int_equal(resident[i] & 1, 1);
	umem_free(&f->a, &pages);
}

static void sizes_round_up_to_whole_pages(void **state)
{
	struct umem_fixture *f = *state;
	const size_t page = f->memory.page;
	const struct {
		size_t size, length;
	} samples[] = {{1, page}, {page - 1, page}, {page, page}, {page + 1, 2 * page}};

	for (size_t i = 0; i < COUNT(samples); i++) {
		struct umem_cookie pages;

		assert_int_equal(take(&f->a, samples[i].size, &pages), 0);
		assert_int_equal(pages.range.length, samples[i].length);
		assert_int_equal(memory_used(&f->memory), samples[i].length);
		umem_free(&f->a, &pages);
	}
}

static void limit_rounds_down_to_whole_pages(void **state)
{
	struct umem_fixture *f = *state;
	struct umem_stats stats;
	struct umem other;

	umem_init(&other, &f->memory.umem.source, 3 * f->memory.page - 1);
	umem_get_stats(&other, &stats);
	assert_int_equal(stats.limit, 2 * f->memory.page);
	umem_destroy(&other);
}

static void all_clients_draw_on_one_limit(void **state)
{
	struct umem_fixture *f = *state;
	struct umem_cookie of_a, of_b, of_c;

	memory_take(&f->memory, &f->a, 5, &of_a);
	memory_take(&f->memory, &f->b, 2, &of_b);
	assert_int_equal(take(&f->c, 2 * f->memory.page, &of_c), -EAGAIN);
	assert_int_equal(take(&f->c, f->memory.page, &of_c), 0);
	assert_int_equal(memory_used(&f->memory), LIMIT_PAGES * f->memory.page);
	umem_free(&f->a, &of_a);
	umem_free(&f->b, &of_b);
	umem_free(&f->c, &of_c);
}

static void nosleep_fails_at_once_and_changes_nothing(void **state)
{
	struct umem_fixture *f = *state;
	struct umem_cookie pages, none;

	memory_take(&f->memory, &f->a, 6, &pages);
	assert_int_equal(take(&f->b, 3 * f->memory.page, &none), -EAGAIN);
	assert_int_equal(memory_used(&f->memory), 6 * f->memory.page);
	assert_int_equal(f->memory.committed, 6 * f->memory.page);
	assert_int_equal(memory_sleepers(&f->memory), 0);
	umem_free(&f->a, &pages);
}

static void sizes_that_overflow_are_refused(void **state)
{
	struct umem_fixture *f = *state;
	const size_t page = f->memory.page;
	const size_t sizes[] = {
		SIZE_MAX,     SIZE_MAX - 1,	SIZE_MAX - (page - 1), SIZE_MAX - page,
		SIZE_MAX / 2, SIZE_MAX / 2 + 1, LIMIT_PAGES * page + 1};

	f->memory.fail = 1;
	for (size_t i = 0; i < COUNT(sizes); i++) {
		struct umem_cookie none;
		struct waiter w;

		waiter_init(&w, &f->a);
		assert_int_equal(take(&f->a, sizes[i], &none), -ENOMEM);
		assert_int_equal(umem_alloc(&f->a, sizes[i], UMEM_SLEEP, &w.sleeper, &none),
				 -ENOMEM);
		assert_int_equal(memory_used(&f->memory), 0);
	}
	assert_int_equal(f->memory.fail, 1); /* nobody has asked the system */
}

static void free_gives_the_pages_back_and_clears_the_cookie(void **state)
{
	struct umem_fixture *f = *state;
	struct umem_cookie pages;

	memory_take(&f->memory, &f->a, 3, &pages);
	assert_int_equal(f->memory.committed, 3 * f->memory.page);
	umem_free(&f->a, &pages);
	assert_int_equal(f->memory.committed, 0);
	assert_int_equal(memory_used(&f->memory), 0);
	assert_null(pages.addr);
	assert_int_equal(pages.range.length, 0);
}

static void freed_memory_can_be_had_again(void **state)
{
	struct umem_fixture *f = *state;

	for (int round = 0; round < 100; round++) {
		struct umem_cookie pages;

		memory_take(&f->memory, round % 2 ? &f->a : &f->b, MOST_PAGES, &pages);
		umem_free(round % 2 ? &f->a : &f->b, &pages);
	}
}

static void system_without_memory_gives_enomem_and_books_nothing(void **state)
{
	struct umem_fixture *f = *state;
	struct umem_cookie pages;

	f->memory.fail = 1;
	assert_int_equal(take(&f->a, MOST_PAGES * f->memory.page, &pages), -ENOMEM);
	assert_int_equal(memory_used(&f->memory), 0);
	memory_take(&f->memory, &f->a, MOST_PAGES, &pages);
	umem_free(&f->a, &pages);
}

static void stats_tell_limit_use_and_sleepers(void **state)
{
	struct umem_fixture *f = *state;
	struct umem_cookie pages;
	struct umem_stats stats;
	struct waiter w;

	memory_take(&f->memory, &f->a, 5, &pages);
	waiter_init(&w, &f->b);
	waiter_park(&w, &f->memory, 4, 0);
	umem_get_stats(&f->memory.umem, &stats);
	assert_int_equal(stats.limit, LIMIT_PAGES * f->memory.page);
	assert_int_equal(stats.used, 5 * f->memory.page);
	assert_int_equal(stats.sleepers, 1);
	umem_free(&f->a, &pages);
	umem_get_stats(&f->memory.umem, &stats);
	assert_int_equal(stats.used, 4 * f->memory.page); /* booked for the one that was woken */
	assert_int_equal(stats.sleepers, 0);
	assert_int_equal(waiter_finish(&w), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		UMEM_TEST(memory_starts_on_a_page),
		UMEM_TEST(memory_is_zeroed_also_where_there_was_other_content),
		UMEM_TEST(memory_is_there_before_it_is_touched),
		UMEM_TEST(sizes_round_up_to_whole_pages),
		UMEM_TEST(limit_rounds_down_to_whole_pages),
		UMEM_TEST(all_clients_draw_on_one_limit),
		UMEM_TEST(nosleep_fails_at_once_and_changes_nothing),
		UMEM_TEST(sizes_that_overflow_are_refused),
		UMEM_TEST(free_gives_the_pages_back_and_clears_the_cookie),
		UMEM_TEST(freed_memory_can_be_had_again),
		UMEM_TEST(system_without_memory_gives_enomem_and_books_nothing),
		UMEM_TEST(stats_tell_limit_use_and_sleepers),
	};

	return cmocka_run_group_tests_name("umem: allocating", tests, NULL, NULL);
}
