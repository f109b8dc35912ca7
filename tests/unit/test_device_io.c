// SPDX-License-Identifier: MIT
/* Reading, writing and seeking, and what GSZ and GINFO tell of it. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "fixture.h"

static void read_gives_at_most_what_is_there(void **state)
{
	struct fixture *f = *state;
	uint64_t fh = fixture_open(f, O_RDONLY);
	char buffer[2 * FIXTURE_INITIAL];

	assert_int_equal(fixture_read(f, fh, 0, buffer, 10), 10);
	assert_memory_equal(buffer, FIXTURE_QUOTE, 10);
	assert_int_equal(fixture_read(f, fh, 100, buffer, 100), FIXTURE_INITIAL - 100);
	assert_int_equal(fixture_read(f, fh, 0, buffer, sizeof(buffer)), FIXTURE_INITIAL);
}

static void read_at_the_end_gives_nothing(void **state)
{
	struct fixture *f = *state;
	char byte;

	assert_int_equal(fixture_read(f, fixture_open(f, O_RDONLY), FIXTURE_INITIAL, &byte, 1), 0);
}

static void read_past_the_end_is_invalid(void **state)
{
	struct fixture *f = *state;
	uint64_t fh = fixture_open(f, O_RDONLY);
	char byte;

	assert_int_equal(fixture_read(f, fh, FIXTURE_INITIAL + 1, &byte, 1), -EINVAL);
	assert_int_equal(fixture_read(f, fh, INT64_MAX, &byte, 1), -EINVAL);
	assert_int_equal(fixture_read(f, fh, UINT64_MAX, &byte, 1), -EINVAL);
}

static void failed_read_holds_no_lock(void **state)
{
	struct fixture *f = *state;
	uint64_t fh = fixture_open(f, O_RDWR);
	char byte;

	assert_int_equal(fixture_read(f, fh, FIXTURE_INITIAL + 1, &byte, 1), -EINVAL);
	assert_int_equal(pthread_rwlock_trywrlock(&f->q->lock), 0);
	pthread_rwlock_unlock(&f->q->lock);
}

static void read_does_not_count_as_a_change(void **state)
{
	struct fixture *f = *state;
	uint64_t fh = fixture_open(f, O_RDONLY);
	char byte;

	assert_int_equal(fixture_read(f, fh, 0, &byte, 1), 1);
	assert_int_equal(fixture_info(f, fh).flags, 0);
	assert_int_equal(fixture_info(f, fh).changes, 0);
}

static void write_is_read_back(void **state)
{
	struct fixture *f = *state;
	uint64_t fh = fixture_open(f, O_WRONLY);

	assert_int_equal(fixture_write(f, fh, 0, "Nobody", 6), 6);
	fixture_expect(f, "Nobody who hates children and animals can't be all bad.\n",
		       FIXTURE_INITIAL);
}

static void write_touches_only_its_bytes(void **state)
{
	struct fixture *f = *state;
	uint64_t fh = fixture_open(f, O_RDWR);
	char content[FIXTURE_INITIAL];

	assert_int_equal(fixture_write(f, fh, 0, "aaaaaaaaaa", 10), 10);
	assert_int_equal(fixture_write(f, fh, 4, "bb", 2), 2);
	assert_int_equal(fixture_read(f, fh, 0, content, 10), 10);
	assert_memory_equal(content, "aaaabbaaaa", 10);
	assert_int_equal(fixture_write(f, fh, FIXTURE_INITIAL - 1, "z", 1), 1);
	assert_int_equal(fixture_read(f, fh, FIXTURE_INITIAL - 2, content, 2), 2);
	assert_memory_equal(content, "\0z", 2);
}

static void write_is_short_at_the_end(void **state)
{
	struct fixture *f = *state;
	uint64_t fh = fixture_open(f, O_RDWR);
	char content[8];

	assert_int_equal(fixture_write(f, fh, FIXTURE_INITIAL - 4, "abcdefgh", 8), 4);
	assert_int_equal(fixture_read(f, fh, FIXTURE_INITIAL - 4, content, 8), 4);
	assert_memory_equal(content, "abcd", 4);
}

static void write_past_what_fits_never_shows(void **state)
{
	struct fixture *f = *state;
	uint64_t fh = fixture_open(f, O_RDWR);
	char content[4];

	assert_int_equal(fixture_write(f, fh, FIXTURE_INITIAL - 4, "abcdefgh", 8), 4);
	assert_int_equal(fixture_resize(f, fh, FIXTURE_INITIAL + 4), 0);
	assert_int_equal(fixture_read(f, fh, FIXTURE_INITIAL, content, 4), 4);
	assert_true(is_filled(content, 4, 0));
}

static void write_at_the_end_has_no_space(void **state)
{
	struct fixture *f = *state;
	uint64_t fh = fixture_open(f, O_RDWR);

	assert_int_equal(fixture_write(f, fh, FIXTURE_INITIAL, "x", 1), -ENOSPC);
	assert_int_equal(fixture_info(f, fh).flags, 0);
	assert_int_equal(fixture_info(f, fh).changes, 0);
}

static void write_past_the_end_is_invalid(void **state)
{
	struct fixture *f = *state;
	uint64_t fh = fixture_open(f, O_RDWR);

	assert_int_equal(fixture_write(f, fh, FIXTURE_INITIAL + 1, "x", 1), -EINVAL);
	assert_int_equal(fixture_write(f, fh, UINT64_MAX, "x", 1), -EINVAL);
	assert_int_equal(fixture_info(f, fh).flags, 0);
}

static void write_of_nothing_gives_0_and_changes_nothing(void **state)
{
	const uint64_t offsets[] = {0, FIXTURE_INITIAL, FIXTURE_INITIAL + 1};
	struct fixture *f = *state;
	uint64_t fh = fixture_open(f, O_RDWR);

	for (size_t i = 0; i < COUNT(offsets); i++)
		assert_int_equal(fixture_write(f, fh, offsets[i], "", 0), 0);
	assert_int_equal(fixture_info(f, fh).flags, 0);
	assert_int_equal(fixture_info(f, fh).changes, 0);
}

static void write_sets_changed_and_counts(void **state)
{
	struct fixture *f = *state;
	uint64_t fh = fixture_open(f, O_RDWR);

	for (unsigned i = 1; i <= 3; i++) {
		assert_int_equal(fixture_write(f, fh, 0, "x", 1), 1);
		assert_int_equal(fixture_info(f, fh).flags, QOTD_INFO_CHANGED);
		assert_int_equal(fixture_info(f, fh).changes, i);
	}
}

/* Even what was there before: nobody compares. */
static void write_of_the_same_content_is_a_change(void **state)
{
	struct fixture *f = *state;
	uint64_t fh = fixture_open(f, O_RDWR);

	assert_int_equal(fixture_write(f, fh, 0, FIXTURE_QUOTE, 8), 8);
	assert_int_equal(fixture_info(f, fh).flags, QOTD_INFO_CHANGED);
}

static void seek_to_the_end_but_not_past_it(void **state)
{
	struct fixture *f = *state;
	uint64_t fh = fixture_open_mode(f, O_RDWR, POSITION_CALL);
	char byte;

	assert_int_equal(fixture_seek(f, fh, FIXTURE_INITIAL), 0);
	assert_int_equal(fixture_read(f, fh, 0, &byte, 1), 0);
	assert_int_equal(fixture_seek(f, fh, 26), 0);
	assert_int_equal(fixture_seek(f, fh, FIXTURE_INITIAL + 1), -EINVAL);
	assert_int_equal(fixture_seek(f, fh, UINT64_MAX), -EINVAL);
	assert_int_equal(fixture_read(f, fh, 0, &byte, 1), 1);
	assert_int_equal(byte, FIXTURE_QUOTE[26]);
}

static void get_size_needs_read_access(void **state)
{
	struct fixture *f = *state;
	uint64_t size = 0;

	assert_int_equal(qotd_get_size(f->q, fixture_open(f, O_WRONLY), &size), -EACCES);
	assert_int_equal(qotd_get_size(f->q, fixture_open(f, O_RDONLY), &size), 0);
	assert_int_equal(size, FIXTURE_INITIAL);
	assert_int_equal(qotd_get_size(f->q, fixture_open(f, O_RDWR), &size), 0);
}

static void get_info_needs_no_particular_access(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(fixture_info(f, fixture_open(f, O_RDONLY)).size, FIXTURE_INITIAL);
	assert_int_equal(fixture_info(f, fixture_open(f, O_WRONLY)).size, FIXTURE_INITIAL);
}

static void get_info_tells_all(void **state)
{
	struct fixture *f = *state;
	const uint64_t page = f->memory.page;
	struct qotd_info info;
	uint64_t fh;

	f->q = &f->devices[1];
	fh = fixture_open(f, O_RDWR);
	assert_int_equal(fixture_resize(f, fh, page + 1), 0);
	info = fixture_info(f, fh);
	assert_int_equal(info.abi_version, QOTD_ABI_VERSION);
	assert_int_equal(info.flags, QOTD_INFO_CHANGED);
	assert_int_equal(info.size, page + 1);
	assert_int_equal(info.max_size, FIXTURE_MAX);
	assert_int_equal(info.initial_size, FIXTURE_INITIAL);
	assert_int_equal(info.allocated, 2 * page);
	assert_int_equal(info.memory_limit, FIXTURE_PAGES * page);
	assert_int_equal(info.memory_used, 3 * page);
	assert_int_equal(info.changes, 1);
	assert_int_equal(info.sleepers, 0);
	assert_int_equal(info.instance, 1);
	assert_true(is_filled(info.reserved, sizeof(info.reserved), 0));
}

static void operations_are_counted_with_their_results(void **state)
{
	struct fixture *f = *state;
	uint64_t fh = fixture_open(f, O_RDWR);
	struct qotd_info before = fixture_info(f, fh), after;

	qotd_count_operation(f->q, 0, false);
	qotd_count_operation(f->q, -ENOSPC, false);
	qotd_count_operation(f->q, 0, true);
	qotd_count_bytes(f->q, 5, 0);
	qotd_count_bytes(f->q, 0, 7);
	after = fixture_info(f, fh);
	assert_int_equal(after.operations, before.operations + 3);
	assert_int_equal(after.errors, before.errors + 1);
	assert_int_equal(after.replays, before.replays + 1);
	assert_int_equal(after.bytes_read, before.bytes_read + 5);
	assert_int_equal(after.bytes_written, before.bytes_written + 7);
}

static void extent_is_size_and_whole_pages(void **state)
{
	struct fixture *f = *state;
	uint64_t size, allocated;

	qotd_get_extent(f->q, &size, &allocated);
	assert_int_equal(size, FIXTURE_INITIAL);
	assert_int_equal(allocated, f->memory.page);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DEVICE_TEST(read_gives_at_most_what_is_there),
		DEVICE_TEST(read_at_the_end_gives_nothing),
		DEVICE_TEST(read_past_the_end_is_invalid),
		DEVICE_TEST(failed_read_holds_no_lock),
		DEVICE_TEST(read_does_not_count_as_a_change),
		DEVICE_TEST(write_is_read_back),
		DEVICE_TEST(write_touches_only_its_bytes),
		DEVICE_TEST(write_is_short_at_the_end),
		DEVICE_TEST(write_past_what_fits_never_shows),
		DEVICE_TEST(write_at_the_end_has_no_space),
		DEVICE_TEST(write_past_the_end_is_invalid),
		DEVICE_TEST(write_of_nothing_gives_0_and_changes_nothing),
		DEVICE_TEST(write_sets_changed_and_counts),
		DEVICE_TEST(write_of_the_same_content_is_a_change),
		DEVICE_TEST(seek_to_the_end_but_not_past_it),
		DEVICE_TEST(get_size_needs_read_access),
		DEVICE_TEST(get_info_needs_no_particular_access),
		DEVICE_TEST(get_info_tells_all),
		DEVICE_TEST(operations_are_counted_with_their_results),
		DEVICE_TEST(extent_is_size_and_whole_pages),
	};

	return cmocka_run_group_tests_name("device: content", tests, NULL, NULL);
}
