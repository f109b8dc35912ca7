// SPDX-License-Identifier: MIT
/* Where a read or write starts: the three position modes, seeking, and calls that come in several
 * requests. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "fixture.h"

/* The device's content names each byte's position, and requests take 4 of them. */
#define CONTENT "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
#define CHUNK	4

/* The request that reads from a position gives this text, as the members of an array. */
#define TEXT_AT(i) CONTENT[i], CONTENT[(i) + 1], CONTENT[(i) + 2], CONTENT[(i) + 3], '\0'

static int setup(void **state)
{
	int err = fixture_setup(state);
	struct fixture *f = *state;
	uint64_t fh;

	if (err)
		return err;
	fh = fixture_open(f, O_RDWR);
	assert_int_equal(fixture_write(f, fh, 0, CONTENT, 62), 62);
	return fixture_close(f, fh);
}

/* One request of 4 bytes reads `text`. */
static void expect_read(struct fixture *f, uint64_t fh, uint32_t pid, uint64_t offset,
			const char *text)
{
	const struct qotd_io io = {.fh = fh, .offset = offset, .size = CHUNK, .pid = pid};
	char got[CHUNK + 1] = "";

	assert_int_equal(fixture_read_io(f, &io, got), CHUNK);
	assert_string_equal(got, text);
}

static void position_of_the_client_is_the_offset(void **state)
{
	struct fixture *f = *state;
	uint64_t fh = fixture_open_mode(f, O_RDWR, POSITION_CLIENT);

	expect_read(f, fh, 1, 8, "ijkl");
	expect_read(f, fh, 1, 0, "abcd");
	expect_read(f, fh, 1, 0, "abcd");
	expect_read(f, fh, 2, 20, "uvwx");
}

static void position_of_the_device_moves_whatever_the_offset(void **state)
{
	struct fixture *f = *state;
	uint64_t fh = fixture_open_mode(f, O_RDWR, POSITION_DEVICE);

	expect_read(f, fh, 1, 0, "abcd");
	expect_read(f, fh, 1, 0, "efgh");
	expect_read(f, fh, 2, 1000000, "ijkl");
	expect_read(f, fh, 1, 8, "mnop");
}

static void calls_go_on_where_the_last_one_ended(void **state)
{
	struct fixture *f = *state;
	uint64_t fh = fixture_open_mode(f, O_RDWR, POSITION_CALL);

	expect_read(f, fh, 1, 0, "abcd");
	expect_read(f, fh, 1, 0, "efgh");
	expect_read(f, fh, 2, 0, "ijkl");
}

static void requests_of_one_call_count_from_its_beginning(void **state)
{
	struct fixture *f = *state;
	uint64_t fh = fixture_open_mode(f, O_RDWR, POSITION_CALL);

	expect_read(f, fh, 1, 0, "abcd");
	expect_read(f, fh, 1, 4, "efgh");
	expect_read(f, fh, 1, 8, "ijkl");
	expect_read(f, fh, 1, 0, "mnop");
	expect_read(f, fh, 1, 4, "qrst");
}

/* The kernel reads ahead in no order of its own. */
static void requests_of_one_call_may_come_out_of_order(void **state)
{
	struct fixture *f = *state;
	uint64_t fh = fixture_open_mode(f, O_RDWR, POSITION_CALL);

	expect_read(f, fh, 1, 0, "abcd");
	expect_read(f, fh, 1, 8, "ijkl");
	expect_read(f, fh, 1, 4, "efgh");
}

static void threads_side_by_side_go_on_in_their_own_calls(void **state)
{
	struct fixture *f = *state;
	uint64_t fh = fixture_open_mode(f, O_RDWR, POSITION_CALL);

	for (uint32_t i = 0; i < OPENFILE_CALLS; i++)
		expect_read(f, fh, 11 + i, 0, (char[]){TEXT_AT(4 * i)});
	for (uint32_t i = 0; i < OPENFILE_CALLS; i++)
		expect_read(f, fh, 11 + i, 8, (char[]){TEXT_AT(4 * i + 8)});
	expect_read(f, fh, 11, 4, "efgh");
}

/* A thread's next call takes the place of its last one, not that of another thread's. */
static void thread_with_many_calls_does_not_push_others_out(void **state)
{
	struct fixture *f = *state;
	uint64_t fh = fixture_open_mode(f, O_RDWR, POSITION_CALL);

	expect_read(f, fh, 11, 0, "abcd");
	expect_read(f, fh, 12, 0, "efgh");
	for (int i = 0; i < 3 * OPENFILE_CALLS; i++) {
		assert_int_equal(fixture_seek(f, fh, 0), 0);
		expect_read(f, fh, 11, 0, "abcd");
	}
	for (uint32_t i = 2; i < OPENFILE_CALLS; i++)
		expect_read(f, fh, 11 + i, 0, (char[]){TEXT_AT(4 * i - 4)});
	expect_read(f, fh, 12, 4, "ijkl");
	expect_read(f, fh, 13, 4, "ijkl");
}

/* Who goes on with a call stays; the one that has been silent longest goes. */
static void long_call_is_not_pushed_out_by_short_ones(void **state)
{
	struct fixture *f = *state;
	uint64_t fh = fixture_open_mode(f, O_RDWR, POSITION_CALL);

	expect_read(f, fh, 11, 0, "abcd");
	for (uint32_t i = 0; i < 3 * OPENFILE_CALLS; i++) {
		assert_int_equal(fixture_seek(f, fh, 0), 0);
		expect_read(f, fh, 100 + i, 0, "abcd");
		expect_read(f, fh, 11, 4, "efgh");
	}
}

static void thread_pushed_out_by_more_goes_on_at_the_common_position(void **state)
{
	struct fixture *f = *state;
	uint64_t fh = fixture_open_mode(f, O_RDWR, POSITION_CALL);

	for (uint32_t i = 0; i <= OPENFILE_CALLS; i++)
		expect_read(f, fh, 11 + i, 0, (char[]){TEXT_AT(4 * i)});
	expect_read(f, fh, 11, 8, (char[]){TEXT_AT(4 * OPENFILE_CALLS + 4)}); /* the oldest one */
	expect_read(f, fh, 12, 4, "ijkl");				      /* still its own */
}

static void reads_and_writes_share_the_position(void **state)
{
	const enum position_mode modes[] = {POSITION_CALL, POSITION_DEVICE};
	struct fixture *f = *state;

	for (size_t i = 0; i < COUNT(modes); i++) {
		uint64_t fh = fixture_open_mode(f, O_RDWR, modes[i]);

		expect_read(f, fh, 1, 0, "abcd");
		assert_int_equal(fixture_write(f, fh, 0, "efgh", 4), 4);
		expect_read(f, fh, 1, 0, "ijkl");
		fixture_close(f, fh);
	}
}

static void position_advances_by_what_was_transferred(void **state)
{
	struct fixture *f = *state;
	uint64_t fh = fixture_open_mode(f, O_RDWR, POSITION_CALL);
	char rest[FIXTURE_INITIAL];

	expect_read(f, fh, 1, 0, "abcd");
	assert_int_equal(fixture_read(f, fh, 0, rest, sizeof(rest)), FIXTURE_INITIAL - 4);
	assert_int_equal(fixture_read(f, fh, 0, rest, sizeof(rest)), 0);
	assert_int_equal(fixture_write(f, fh, 0, "x", 1), -ENOSPC);
}

static void failed_transfer_leaves_the_position(void **state)
{
	struct fixture *f = *state;
	uint64_t fh = fixture_open_mode(f, O_RDWR, POSITION_CALL);
	char byte;

	assert_int_equal(fixture_seek(f, fh, 64), 0);
	assert_int_equal(fixture_resize(f, fh, 32), 0);
	assert_int_equal(fixture_read(f, fh, 0, &byte, 1), -EINVAL);
	assert_int_equal(fixture_write(f, fh, 0, "x", 1), -EINVAL);
	assert_int_equal(fixture_resize(f, fh, 128), 0);
	assert_int_equal(fixture_write(f, fh, 0, "x", 1), 1);
	assert_int_equal(fixture_seek(f, fh, 64), 0);
	assert_int_equal(fixture_read(f, fh, 0, &byte, 1), 1);
	assert_int_equal(byte, 'x');
}

static void each_open_file_has_a_position_of_its_own(void **state)
{
	struct fixture *f = *state;
	uint64_t one = fixture_open_mode(f, O_RDWR, POSITION_CALL);
	uint64_t two = fixture_open_mode(f, O_RDWR, POSITION_CALL);

	expect_read(f, one, 1, 0, "abcd");
	expect_read(f, one, 1, 0, "efgh");
	expect_read(f, two, 1, 0, "abcd");
	expect_read(f, two, 1, 4, "efgh");
	expect_read(f, one, 1, 4, "ijkl");
}

static void file_that_uses_an_old_entry_starts_at_0(void **state)
{
	struct fixture *f = *state;

	for (int i = 0; i < 3; i++) {
		uint64_t fh = fixture_open_mode(f, O_RDWR, POSITION_CALL);

		expect_read(f, fh, 1, 0, "abcd");
		expect_read(f, fh, 1, 0, "efgh");
		fixture_close(f, fh);
	}
}

static void file_that_uses_an_old_entry_goes_on_in_no_old_call(void **state)
{
	struct fixture *f = *state;
	uint64_t fh = fixture_open_mode(f, O_RDWR, POSITION_CALL);

	expect_read(f, fh, 12, 0, "abcd");
	expect_read(f, fh, 11, 0, "efgh");
	fixture_close(f, fh);
	fh = fixture_open_mode(f, O_RDWR, POSITION_CALL);
	expect_read(f, fh, 12, 0, "abcd");
	expect_read(f, fh, 11, 8, "efgh");
}

static void seek_sets_the_position(void **state)
{
	const enum position_mode modes[] = {POSITION_CALL, POSITION_DEVICE};
	struct fixture *f = *state;

	for (size_t i = 0; i < COUNT(modes); i++) {
		uint64_t fh = fixture_open_mode(f, O_RDONLY, modes[i]);

		assert_int_equal(fixture_seek(f, fh, 26), 0);
		expect_read(f, fh, 1, 0, "ABCD");
		assert_int_equal(fixture_seek(f, fh, 0), 0);
		expect_read(f, fh, 1, 0, "abcd");
		fixture_close(f, fh);
	}
}

static void seek_makes_the_device_keep_the_position(void **state)
{
	struct fixture *f = *state;
	uint64_t fh = fixture_open_mode(f, O_RDWR, POSITION_CLIENT);

	assert_int_equal(fixture_seek(f, fh, 26), 0);
	expect_read(f, fh, 1, 0, "ABCD");
	expect_read(f, fh, 1, 50, "EFGH");
	assert_int_equal(fixture_write(f, fh, 0, "....", 4), 4);
	expect_read(f, fh, 1, 0, "MNOP");
}

#define POSITION_TEST(f) cmocka_unit_test_setup_teardown(f, setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		POSITION_TEST(position_of_the_client_is_the_offset),
		POSITION_TEST(position_of_the_device_moves_whatever_the_offset),
		POSITION_TEST(calls_go_on_where_the_last_one_ended),
		POSITION_TEST(requests_of_one_call_count_from_its_beginning),
		POSITION_TEST(requests_of_one_call_may_come_out_of_order),
		POSITION_TEST(threads_side_by_side_go_on_in_their_own_calls),
		POSITION_TEST(thread_with_many_calls_does_not_push_others_out),
		POSITION_TEST(long_call_is_not_pushed_out_by_short_ones),
		POSITION_TEST(thread_pushed_out_by_more_goes_on_at_the_common_position),
		POSITION_TEST(reads_and_writes_share_the_position),
		POSITION_TEST(position_advances_by_what_was_transferred),
		POSITION_TEST(failed_transfer_leaves_the_position),
		POSITION_TEST(each_open_file_has_a_position_of_its_own),
		POSITION_TEST(file_that_uses_an_old_entry_starts_at_0),
		POSITION_TEST(file_that_uses_an_old_entry_goes_on_in_no_old_call),
		POSITION_TEST(seek_sets_the_position),
		POSITION_TEST(seek_makes_the_device_keep_the_position),
	};

	return cmocka_run_group_tests_name("position", tests, NULL, NULL);
}
