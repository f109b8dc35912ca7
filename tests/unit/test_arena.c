// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>

#include <cmocka.h>

#include "arena.h"
#include "arena_fixture.h"
#include "memory.h"

#define MIB (1u << 20)

static void fresh_arena_is_zeroed(void **state)
{
	struct arena *a = *state;

	for (int i = 0; i < ARENA_SECTIONS; i++)
		assert_true(is_filled(
			arena_entry(a, (enum arena_section)i, 0),
			arena_fixture_tables[i].entry_size * arena_fixture_tables[i].count, 0));
}

static void fresh_arena_takes_next_to_no_memory(void **state)
{
	assert_in_range(arena_bytes_taken(*state), 1, 2 * ((struct arena *)*state)->page_size);
}

static void section_has_the_entries_it_was_made_with(void **state)
{
	for (int i = 0; i < ARENA_SECTIONS; i++)
		assert_int_equal(arena_count(*state, (enum arena_section)i),
				 arena_fixture_tables[i].count);
}

static void entries_lie_one_behind_the_other(void **state)
{
	for (int i = 0; i < ARENA_SECTIONS; i++) {
		const char *first = arena_entry(*state, (enum arena_section)i, 0);

		for (uint64_t k = 0; k < arena_fixture_tables[i].count; k++)
			assert_ptr_equal(arena_entry(*state, (enum arena_section)i, k),
					 first + k * arena_fixture_tables[i].entry_size);
	}
}

static void sections_start_on_pages_and_do_not_overlap(void **state)
{
	struct arena *a = *state;
	const char *end = (char *)a->header + sizeof(*a->header);

	for (int i = 0; i < ARENA_SECTIONS; i++) {
		const char *first = arena_entry(a, (enum arena_section)i, 0);

		assert_int_equal((uintptr_t)first % a->page_size, 0);
		assert_true(first >= end);
		end = first + arena_fixture_tables[i].entry_size * arena_fixture_tables[i].count;
	}
	assert_true(end <= (char *)a->header + a->header->fixed_size);
}

static void header_says_where_the_tables_are(void **state)
{
	struct arena *a = *state;

	assert_int_equal(a->header->version, ARENA_VERSION);
	assert_int_equal(a->header->sections, ARENA_SECTIONS);
	for (int i = 0; i < ARENA_SECTIONS; i++) {
		assert_int_equal(a->header->table[i].entry_size,
				 arena_fixture_tables[i].entry_size);
		assert_ptr_equal((char *)a->header + a->header->table[i].offset,
				 arena_entry(a, (enum arena_section)i, 0));
	}
}

/* What the next process relies on. */
static void content_is_found_through_the_descriptor(void **state)
{
	struct arena *a = *state;
	struct arena_range range;
	const char *again;
	void *addr;

	assert_int_equal(arena_commit(a, a->page_size, &range, &addr), 0);
	strcpy(addr, "a quotation");
	again = mmap(NULL, a->page_size, PROT_READ, MAP_SHARED, a->fd, (off_t)range.offset);
	assert_true(again != MAP_FAILED);
	assert_string_equal(again, "a quotation");
	munmap((void *)(uintptr_t)again, a->page_size);
	arena_release(a, &range, addr);
}

static void ranges_never_overlap_nor_come_again(void **state)
{
	struct arena *a = *state;
	uint64_t end = a->header->fixed_size;

	for (size_t i = 0; i < 200; i++) {
		size_t length = (1 + i % 5) * a->page_size;
		struct arena_range range;
		void *addr;

		assert_int_equal(arena_commit(a, length, &range, &addr), 0);
		assert_int_equal(range.length, length);
		assert_true(range.offset >= end);
		end = range.offset + range.length;
		arena_release(a, &range, addr);
	}
}

static void ranges_are_zeroed_also_after_others_were_released(void **state)
{
	struct arena *a = *state;

	for (int i = 0; i < 20; i++) {
		struct arena_range range;
		void *addr;

		assert_int_equal(arena_commit(a, 3 * a->page_size, &range, &addr), 0);
		assert_true(is_filled(addr, range.length, 0));
		memset(addr, 0xff, range.length);
		arena_release(a, &range, addr);
	}
}

/* Commits and releases a range, watching the file and the page arena_fixture_tables. */
static void check_committed(struct arena *a, size_t length)
{
	size_t pages = length / a->page_size;
	uint64_t before = arena_bytes_taken(a);
	struct arena_range range;
	unsigned char *resident = calloc(pages, 1);
	void *addr;

	assert_non_null(resident);
	assert_int_equal(arena_commit(a, length, &range, &addr), 0);
	assert_int_equal(arena_bytes_taken(a) - before, length);
	assert_int_equal(mincore(addr, length, resident), 0);
	for (size_t i = 0; i < pages; i++)
		assert_int_equal(resident[i] & 1, 1);
	free(resident);
	arena_release(a, &range, addr);
	assert_int_equal(arena_bytes_taken(a), before);
}

static void small_ranges_are_committed_and_given_back(void **state)
{
	struct arena *a = *state;

	check_committed(a, a->page_size);
	check_committed(a, 16 * a->page_size);
}

static void large_ranges_are_committed_and_given_back(void **state)
{
	check_committed(*state, 2 * MIB);
	check_committed(*state, 6 * MIB);
}

static void ranges_are_aligned(void **state)
{
	struct arena *a = *state;
	const size_t lengths[] = {a->page_size, 2 * MIB,      3 * a->page_size,
				  4 * MIB,	a->page_size, 2 * MIB + a->page_size};

	for (size_t i = 0; i < COUNT(lengths); i++) {
		size_t alignment = lengths[i] >= 2 * MIB ? 2 * MIB : a->page_size;
		struct arena_range range;
		void *addr;

		assert_int_equal(arena_commit(a, lengths[i], &range, &addr), 0);
		assert_int_equal(range.offset % alignment, 0);
		assert_int_equal((uintptr_t)addr % a->page_size, 0);
		arena_release(a, &range, addr);
	}
}

static void range_that_cannot_be_had_is_refused_and_costs_nothing(void **state)
{
	struct arena *a = *state;
	const size_t lengths[] = {SIZE_MAX - 8 * MIB + 1, (size_t)1 << 62, (size_t)1 << 47};
	struct arena_range first, last, none;
	void *addr, *last_addr;
	uint64_t before;

	assert_int_equal(arena_commit(a, a->page_size, &first, &addr), 0);
	before = arena_bytes_taken(a);
	for (size_t i = 0; i < COUNT(lengths); i++)
		assert_true(arena_commit(a, lengths[i], &none, &last_addr) < 0);
	assert_int_equal(arena_bytes_taken(a), before);
	assert_int_equal(arena_commit(a, a->page_size, &last, &last_addr), 0);
	assert_true(last.offset >= first.offset + first.length);
	arena_release(a, &first, addr);
	arena_release(a, &last, last_addr);
}

static void on_alarm(int signal)
{
	(void)signal;
}

/* fallocate(2) stops for a signal; memory that is there must be had nevertheless. */
static void signals_do_not_disturb_a_commit(void **state)
{
	const struct itimerval often = {.it_interval.tv_usec = 5000, .it_value.tv_usec = 5000};
	const struct itimerval never = {0};
	struct sigaction action = {.sa_handler = on_alarm}, before;
	int err = 0;

	sigaction(SIGALRM, &action, &before);
	setitimer(ITIMER_REAL, &often, NULL);
	for (int i = 0; i < 500 && !err; i++) {
		struct arena_range range;
		void *addr;

		err = arena_commit(*state, MIB, &range, &addr);
		if (!err)
			arena_release(*state, &range, addr);
	}
	setitimer(ITIMER_REAL, &never, NULL);
	sigaction(SIGALRM, &before, NULL);
	assert_int_equal(err, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ARENA_TEST(fresh_arena_is_zeroed),
		ARENA_TEST(fresh_arena_takes_next_to_no_memory),
		ARENA_TEST(section_has_the_entries_it_was_made_with),
		ARENA_TEST(entries_lie_one_behind_the_other),
		ARENA_TEST(sections_start_on_pages_and_do_not_overlap),
		ARENA_TEST(header_says_where_the_tables_are),
		ARENA_TEST(content_is_found_through_the_descriptor),
		ARENA_TEST(ranges_never_overlap_nor_come_again),
		ARENA_TEST(ranges_are_zeroed_also_after_others_were_released),
		ARENA_TEST(small_ranges_are_committed_and_given_back),
		ARENA_TEST(large_ranges_are_committed_and_given_back),
		ARENA_TEST(ranges_are_aligned),
		ARENA_TEST(signals_do_not_disturb_a_commit),
		ARENA_TEST(range_that_cannot_be_had_is_refused_and_costs_nothing),
	};

	return cmocka_run_group_tests_name("arena", tests, NULL, NULL);
}
