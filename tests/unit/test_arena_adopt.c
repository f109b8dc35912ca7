// SPDX-License-Identifier: MIT
/* An arena that one process leaves behind and the next one takes over, and files that are none. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "arena.h"
#include "arena_fixture.h"
#include "memory.h"

/* The process ends, and another one finds the descriptor. */
static void hand_over(struct arena *a)
{
	int fd = a->fd;

	arena_unmap_fixed(a);
	assert_int_equal(arena_adopt(a, fd, arena_fixture_tables), 0);
}

static void refuse(const struct arena *a, int error)
{
	struct arena other;

	assert_int_equal(arena_adopt(&other, a->fd, arena_fixture_tables), error);
}

static void entries_are_found_as_they_were_left(void **state)
{
	struct arena *a = *state;

	for (int i = 0; i < ARENA_SECTIONS; i++)
		memset(arena_entry(a, (enum arena_section)i, 1), i + 1,
		       arena_fixture_tables[i].entry_size);
	hand_over(a);
	for (int i = 0; i < ARENA_SECTIONS; i++) {
		const enum arena_section section = (enum arena_section)i;

		assert_true(is_filled(arena_entry(a, section, 0),
				      arena_fixture_tables[i].entry_size, 0));
		assert_true(is_filled(arena_entry(a, section, 1),
				      arena_fixture_tables[i].entry_size, (unsigned char)(i + 1)));
	}
}

static void ranges_can_be_mapped_again(void **state)
{
	struct arena *a = *state;
	struct arena_range range;
	void *addr;

	assert_int_equal(arena_commit(a, 2 * a->page_size, &range, &addr), 0);
	strcpy(addr, "a quotation");
	arena_unmap(a, &range, addr);
	hand_over(a);
	assert_true(arena_range_is_valid(a, &range));
	assert_int_equal(arena_map(a, &range, &addr), 0);
	assert_string_equal(addr, "a quotation");
	arena_release(a, &range, addr);
}

static void new_ranges_do_not_overlap_those_of_the_last_process(void **state)
{
	struct arena *a = *state;
	struct arena_range before, after;
	void *addr, *addr_after;

	assert_int_equal(arena_commit(a, 3 * a->page_size, &before, &addr), 0);
	hand_over(a);
	assert_int_equal(arena_commit(a, a->page_size, &after, &addr_after), 0);
	assert_true(after.offset >= before.offset + before.length);
	arena_release(a, &before, addr);
	arena_release(a, &after, addr_after);
}

static void ranges_that_were_never_handed_out_are_not_valid(void **state)
{
	struct arena *a = *state;
	const uint64_t page = a->page_size;
	struct arena_range good;
	void *addr;

	assert_int_equal(arena_commit(a, 4 * page, &good, &addr), 0);
	const uint64_t room = good.room;
	const struct arena_range bad[] = {
		{0, 0, room},
		{0, page, room}, /* the header */
		{good.offset, 0, room},
		{good.offset + 1, page, room},
		{good.offset, page + 1, room},
		{good.offset, room + page, room},
		{good.offset, 4 * page, 3 * page},
		{good.offset, 4 * page, room + page},
		{good.offset + page, 4 * page, room},
		{good.offset + room, page, page},
		{good.offset - page, page, room},
		{good.offset, UINT64_MAX - page + 1, room},
		{good.offset, UINT64_MAX - page + 1, UINT64_MAX - page + 1},
		{UINT64_MAX - page + 1, page, room},
	};
	assert_true(arena_range_is_valid(a, &good));
	for (size_t i = 0; i < COUNT(bad); i++)
		if (arena_range_is_valid(a, &bad[i]))
			fail_msg("number %zu is taken for a range", i);
	arena_release(a, &good, addr);
}

static void all_but_the_ranges_in_use_is_given_back(void **state)
{
	struct arena *a = *state;
	const uint64_t before = arena_bytes_taken(a);
	struct arena_range ranges[5];
	void *addr[5];

	for (size_t i = 0; i < COUNT(ranges); i++) {
		assert_int_equal(arena_commit(a, (i + 1) * a->page_size, &ranges[i], &addr[i]), 0);
		memset(addr[i], 'x', ranges[i].length);
	}
	arena_keep_only(a, (const struct arena_range[]){ranges[1], ranges[3]}, 2);
	assert_int_equal(arena_bytes_taken(a), before + (2 + 4) * a->page_size);
	assert_true(is_filled(addr[1], ranges[1].length, 'x'));
	assert_true(is_filled(addr[3], ranges[3].length, 'x'));
	arena_keep_only(a, NULL, 0);
	assert_int_equal(arena_bytes_taken(a), before);
	for (size_t i = 0; i < COUNT(ranges); i++)
		arena_release(a, &ranges[i], addr[i]);
}

static void empty_file_has_no_arena_yet(void **state)
{
	struct arena empty = {.fd = arena_open()};

	(void)state;
	refuse(&empty, -ENODATA);
	assert_int_equal(arena_starts(empty.fd), 0);
	close(empty.fd);
}

static void file_whose_maker_died_early_has_no_arena_yet(void **state)
{
	struct arena *a = *state;

	memset(a->header->magic, 0, sizeof(a->header->magic));
	refuse(a, -ENODATA);
}

static void other_versions_and_layouts_are_refused_and_left_alone(void **state)
{
	struct arena *a = *state;
	const struct arena_header good = *a->header;
	struct arena_header bad[8];

	for (size_t i = 0; i < COUNT(bad); i++)
		bad[i] = good;
	bad[0].magic[0] ^= 1;
	bad[1].version++;
	bad[2].sections--;
	bad[3].table[ARENA_FILES].entry_size += 64;
	bad[4].table[ARENA_PARKED].count--;
	bad[5].fixed_size += a->page_size;
	bad[6].next_offset = a->page_size;
	bad[7].next_offset = UINT64_MAX;
	for (size_t i = 0; i < COUNT(bad); i++) {
		*a->header = bad[i];
		refuse(a, -EPROTO);
		assert_memory_equal(a->header, &bad[i], sizeof(bad[i]));
	}
	*a->header = good;
}

static void short_file_is_refused(void **state)
{
	struct arena other = {.fd = arena_open()};

	(void)state;
	assert_int_equal(write(other.fd, "QOTDARN", 8), 8);
	refuse(&other, -EPROTO);
	close(other.fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ARENA_TEST(entries_are_found_as_they_were_left),
		ARENA_TEST(ranges_can_be_mapped_again),
		ARENA_TEST(new_ranges_do_not_overlap_those_of_the_last_process),
		ARENA_TEST(ranges_that_were_never_handed_out_are_not_valid),
		ARENA_TEST(all_but_the_ranges_in_use_is_given_back),
		cmocka_unit_test(empty_file_has_no_arena_yet),
		ARENA_TEST(file_whose_maker_died_early_has_no_arena_yet),
		ARENA_TEST(other_versions_and_layouts_are_refused_and_left_alone),
		cmocka_unit_test(short_file_is_refused),
	};

	return cmocka_run_group_tests_name("arena: taking over", tests, NULL, NULL);
}
