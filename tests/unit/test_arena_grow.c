// SPDX-License-Identifier: MIT
/* Ranges that grow in place, into the room that each has behind it. */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmocka.h>

#include "arena.h"
#include "arena_fixture.h"
#include "memory.h"

#define MIB (UINT64_C(1) << 20)

static int setup(void **state)
{
	struct arena *a;

	if (arena_fixture_setup(state) < 0)
		return -1;
	a = *state;
	a->has_huge_pages = false; /* whatever this system has: with them, ranges do not grow */
	return 0;
}

static void range_keeps_its_content_and_gets_zeros(void **state)
{
	struct arena *a = *state;
	const size_t lengths[] = {a->page_size, 2 * MIB, 40 * MIB};

	for (size_t i = 0; i < COUNT(lengths); i++) {
		const size_t length = lengths[i];
		uint64_t before = arena_bytes_taken(a);
		struct arena_range range;
		void *addr;

		assert_int_equal(arena_commit(a, length, &range, &addr), 0);
		const uint64_t offset = range.offset;
		memset(addr, 'x', length);
		assert_int_equal(arena_grow(a, 2 * length, &range, &addr), 0);
		assert_int_equal(range.offset, offset);
		assert_int_equal(range.length, 2 * length);
		assert_true(arena_range_is_valid(a, &range));
		assert_true(is_filled(addr, length, 'x'));
		assert_true(is_filled((char *)addr + length, length, 0));
		assert_int_equal(arena_bytes_taken(a) - before, 2 * length);
		arena_release(a, &range, addr);
		assert_int_equal(arena_bytes_taken(a), before);
	}
}

static void range_that_has_grown_is_found_by_the_next_process(void **state)
{
	struct arena *a = *state;
	struct arena_range range;
	void *addr, *again;

	assert_int_equal(arena_commit(a, a->page_size, &range, &addr), 0);
	assert_int_equal(arena_grow(a, 3 * a->page_size, &range, &addr), 0);
	((char *)addr)[3 * a->page_size - 1] = 'z';
	assert_int_equal(arena_map(a, &range, &again), 0);
	assert_int_equal(((char *)again)[3 * a->page_size - 1], 'z');
	arena_unmap(a, &range, again);
	arena_release(a, &range, addr);
}

static void range_can_grow_within_its_room(void **state)
{
	struct arena *a = *state;
	struct arena_range range;
	void *addr;

	assert_int_equal(arena_commit(a, a->page_size, &range, &addr), 0);
	assert_true(range.room >= 2 * a->page_size);
	assert_false(arena_can_grow(a, &range, range.length));
	assert_true(arena_can_grow(a, &range, range.length + 1));
	assert_true(arena_can_grow(a, &range, range.room));
	assert_false(arena_can_grow(a, &range, range.room + 1));
	arena_release(a, &range, addr);
}

static void room_is_nobody_elses(void **state)
{
	struct arena *a = *state;
	struct arena_range ranges[3];
	void *addr[COUNT(ranges)];

	for (size_t i = 0; i < COUNT(ranges); i++)
		assert_int_equal(arena_commit(a, a->page_size, &ranges[i], &addr[i]), 0);
	for (size_t i = 0; i < COUNT(ranges); i++) {
		assert_int_equal(arena_grow(a, ranges[i].room, &ranges[i], &addr[i]), 0);
		memset(addr[i], 'a' + (int)i, ranges[i].length);
	}
	for (size_t i = 0; i < COUNT(ranges); i++) {
		assert_true(is_filled(addr[i], ranges[i].length, (unsigned char)('a' + i)));
		arena_release(a, &ranges[i], addr[i]);
	}
}

/* A file that must not get longer gives no pages behind its end. Restores the limit. */
static int grow_without_pages(const struct arena *a, struct arena_range *range, void **addr)
{
	struct rlimit before, limit;
	void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
	int err;

	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	limit = before;
	limit.rlim_cur = range->offset + range->length;
	assert_int_equal(ftruncate(a->fd, (off_t)limit.rlim_cur), 0);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	err = arena_grow(a, 64 * MIB, range, addr);
	setrlimit(RLIMIT_FSIZE, &before);
	signal(SIGXFSZ, handler);
	return err;
}

static void range_that_cannot_grow_is_as_before(void **state)
{
	struct arena *a = *state;
	uint64_t before;
	struct arena_range range, tried;
	void *addr;

	assert_int_equal(arena_commit(a, 8 * MIB, &range, &addr), 0);
	memset(addr, 'x', range.length);
	before = arena_bytes_taken(a);
	tried = range;
	assert_true(grow_without_pages(a, &tried, &addr) < 0);
	assert_memory_equal(&tried, &range, sizeof(range));
	assert_true(is_filled(addr, range.length, 'x'));
	assert_int_equal(arena_bytes_taken(a), before);
	arena_release(a, &range, addr);
}

static void huge_pages_are_not_given_up_for_growing(void **state)
{
	struct arena *a = *state;
	struct arena_range range;
	void *addr;

	assert_int_equal(arena_commit(a, a->page_size, &range, &addr), 0);
	a->has_huge_pages = true;
	assert_false(arena_can_grow(a, &range, 2 * a->page_size));
	arena_release(a, &range, addr);
}

#define GROW_TEST(f) cmocka_unit_test_setup_teardown(f, setup, arena_fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		GROW_TEST(range_keeps_its_content_and_gets_zeros),
		GROW_TEST(range_that_has_grown_is_found_by_the_next_process),
		GROW_TEST(range_can_grow_within_its_room),
		GROW_TEST(room_is_nobody_elses),
		GROW_TEST(range_that_cannot_grow_is_as_before),
		GROW_TEST(huge_pages_are_not_given_up_for_growing),
	};

	return cmocka_run_group_tests_name("arena: growing", tests, NULL, NULL);
}
