// SPDX-License-Identifier: MIT
/*
 * Requests that come again because the process died between carrying them out and answering: their
 * record is done. The answer is the same, and nothing happens a second time, though others may have
 * come between.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "fixture.h"

/* Asserts that the device and its memory are as they were at an earlier look. */
static void expect_same(struct fixture *f, uint64_t fh, const struct qotd_info *before)
{
	struct qotd_info now = fixture_info(f, fh);

	assert_memory_equal(&now, before, sizeof(now));
}

static void open_gives_the_same_file(void **state)
{
	struct fixture *f = *state;
	uint64_t fh = fixture_open(f, O_RDWR), again = 0;

	assert_int_equal(qotd_open(f->q, &f->txn, O_RDWR, POSITION_CLIENT, &again), 0);
	assert_int_equal(again, fh);
	for (int i = 1; i < MEMORY_FILES; i++) /* and no entry is lost */
		fixture_open(f, O_RDONLY);
}

static void close_does_not_close_another_file(void **state)
{
	struct fixture *f = *state;
	uint64_t fh = fixture_open(f, O_RDWR), other;
	struct txn closed;

	assert_int_equal(fixture_close(f, fh), 0);
	closed = f->txn;
	other = fixture_open(f, O_RDWR); /* in the same entry */
	assert_int_equal(qotd_close(f->q, &closed, fh), 0);
	fixture_info(f, other);
}

static void write_is_not_done_over_a_later_one(void **state)
{
	struct fixture *f = *state;
	uint64_t fh = fixture_open_mode(f, O_RDWR, POSITION_CALL);
	const struct qotd_io io = {.fh = fh, .size = 6, .pid = 1, .replay = true};
	struct qotd_info before;
	struct txn first;
	size_t written = 0;

	assert_int_equal(fixture_write(f, fh, 0, "first!", 6), 6);
	first = f->txn;
	assert_int_equal(fixture_seek(f, fh, 0), 0);
	assert_int_equal(fixture_write(f, fh, 0, "second", 6), 6);
	before = fixture_info(f, fh);
	assert_int_equal(qotd_write(f->q, &first, &io, "first!", &written), 0);
	assert_int_equal(written, 6);
	expect_same(f, fh, &before);
	assert_int_equal(fixture_write(f, fh, 0, "!", 1), 1);
	fixture_expect(f, "second!who hates children and animals can't be all bad.\n",
		       FIXTURE_INITIAL);
}

static void short_write_stays_short(void **state)
{
	struct fixture *f = *state;
	uint64_t fh = fixture_open(f, O_RDWR);
	const struct qotd_io io = {.fh = fh, .offset = 126, .size = 6, .pid = 1, .replay = true};
	size_t written = 0;

	assert_int_equal(fixture_write(f, fh, 126, "abcdef", 6), 2);
	assert_int_equal(qotd_write(f->q, &f->txn, &io, "abcdef", &written), 0);
	assert_int_equal(written, 2);
}

static void read_gives_the_same_place_and_moves_no_further(void **state)
{
	struct fixture *f = *state;
	uint64_t fh = fixture_open_mode(f, O_RDWR, POSITION_CALL);
	const struct qotd_io io = {.fh = fh, .size = 3, .pid = 1, .replay = true};
	struct qotd_span span;
	char content[3];

	assert_int_equal(fixture_read(f, fh, 0, content, 3), 3);
	assert_int_equal(fixture_read(f, fh, 0, content, 3), 3);
	assert_int_equal(qotd_read_begin(f->q, &f->txn, &io, &span), 0);
	assert_int_equal(span.length, 3);
	assert_memory_equal(span.data, "one", 3);
	qotd_read_end(f->q);
	assert_int_equal(fixture_read(f, fh, 0, content, 3), 3);
	assert_memory_equal(content, " wh", 3);
}

static void read_of_what_is_gone_meanwhile_gives_what_is_left(void **state)
{
	const struct {
		uint64_t size, length;
	} samples[] = {{11, 1}, {10, 0}, {4, 0}};
	struct fixture *f = *state;

	for (size_t i = 0; i < COUNT(samples); i++) {
		uint64_t fh = fixture_open_mode(f, O_RDWR, POSITION_CALL);
		const struct qotd_io io = {.fh = fh, .size = 5, .pid = 1, .replay = true};
		struct qotd_span span;
		struct txn txn;
		char content[5];

		assert_int_equal(fixture_resize(f, fh, 64), 0);
		assert_int_equal(fixture_seek(f, fh, 10), 0);
		assert_int_equal(fixture_read(f, fh, 0, content, 5), 5);
		txn = f->txn;
		assert_int_equal(fixture_resize(f, fh, samples[i].size), 0);
		assert_int_equal(qotd_read_begin(f->q, &txn, &io, &span), 0);
		assert_int_equal(span.length, samples[i].length);
		qotd_read_end(f->q);
	}
}

static void seek_is_not_done_over_a_later_read(void **state)
{
	struct fixture *f = *state;
	uint64_t fh = fixture_open_mode(f, O_RDWR, POSITION_CALL);
	struct txn sought;
	char content[3];

	assert_int_equal(fixture_seek(f, fh, 3), 0);
	sought = f->txn;
	assert_int_equal(fixture_read(f, fh, 0, content, 3), 3);
	assert_int_equal(qotd_seek(f->q, &sought, fh, 3), 0);
	assert_int_equal(fixture_read(f, fh, 0, content, 3), 3);
	assert_memory_equal(content, " wh", 3);
}

static void resize_and_discard_are_not_done_over_later_ones(void **state)
{
	struct fixture *f = *state;
	uint64_t fh = fixture_open(f, O_RDWR);
	struct txn resized, swapped, reset;
	struct qotd_info before;

	assert_int_equal(fixture_resize(f, fh, 300), 0);
	resized = f->txn;
	assert_int_equal(fixture_discard(f, fh), 0);
	swapped = f->txn;
	assert_int_equal(fixture_write(f, fh, 0, "x", 1), 1);
	assert_int_equal(fixture_discard(f, fh), 0);
	reset = f->txn;
	assert_int_equal(fixture_resize(f, fh, 64), 0);
	before = fixture_info(f, fh);
	assert_int_equal(qotd_replace(f->q, &resized, fh, QOTD_RESIZE, 300, NULL), 0);
	assert_int_equal(qotd_replace(f->q, &swapped, fh, QOTD_DISCARD, 0, NULL), 0);
	assert_int_equal(qotd_replace(f->q, &reset, fh, QOTD_DISCARD, 0, NULL), 0);
	expect_same(f, fh, &before);
}

static void detach_is_answered_again(void **state)
{
	struct fixture *f = *state;
	uint64_t fh = fixture_open(f, O_RDWR);
	struct txn detached;

	assert_int_equal(fixture_request_detach(f, fh), 0);
	detached = f->txn;
	assert_int_equal(fixture_write(f, fh, 0, "x", 1), 1); /* a second one would give EBUSY */
	assert_int_equal(qotd_request_detach(f->q, &detached, fh), 0);
}

/* What has failed must not succeed when it is repeated: its client may have been told. */
static void failed_transfers_fail_again(void **state)
{
	struct fixture *f = *state;
	uint64_t fh = fixture_open_mode(f, O_RDWR, POSITION_CALL);
	const struct qotd_io io = {.fh = fh, .size = 1, .pid = 1, .replay = true};
	struct txn write_failed, read_failed;
	struct qotd_span span;
	size_t written;
	char byte;

	assert_int_equal(fixture_seek(f, fh, FIXTURE_INITIAL), 0);
	assert_int_equal(fixture_write(f, fh, 0, "x", 1), -ENOSPC);
	write_failed = f->txn;
	assert_int_equal(fixture_resize(f, fh, 64), 0);
	assert_int_equal(fixture_read(f, fh, 0, &byte, 1), -EINVAL);
	read_failed = f->txn;
	assert_int_equal(fixture_resize(f, fh, 200), 0);
	assert_int_equal(qotd_write(f->q, &write_failed, &io, "x", &written), -ENOSPC);
	assert_int_equal(qotd_read_begin(f->q, &read_failed, &io, &span), -EINVAL);
	fixture_expect(f, FIXTURE_QUOTE, 200);
}

static void failed_resize_fails_again(void **state)
{
	struct fixture *f = *state;
	uint64_t fh = fixture_open(f, O_RDWR);
	struct umem_cookie pages;
	struct umem_client hog;
	struct txn failed;

	fixture_leave_pages(f, 0, &hog, &pages);
	assert_int_equal(fixture_resize(f, fh, 64), -EAGAIN);
	failed = f->txn;
	fixture_free_hog(&hog, &pages);
	assert_int_equal(qotd_replace(f->q, &failed, fh, QOTD_RESIZE, 64, NULL), -EAGAIN);
	fixture_expect(f, FIXTURE_QUOTE, FIXTURE_INITIAL);
}

static void refused_open_seek_and_detach_are_refused_again(void **state)
{
	struct fixture *f = *state;
	uint64_t fh[MEMORY_FILES], none;
	struct txn open_failed, seek_failed, detach_failed;

	for (int i = 0; i < MEMORY_FILES; i++)
		fh[i] = fixture_open(f, O_RDWR);
	assert_int_equal(fixture_try_open(f, f->q, &none), -ENFILE);
	open_failed = f->txn;
	assert_int_equal(fixture_seek(f, fh[0], 200), -EINVAL);
	seek_failed = f->txn;
	assert_int_equal(fixture_resize(f, fh[0], 200), 0);
	assert_int_equal(fixture_request_detach(f, fh[0]), -EBUSY);
	detach_failed = f->txn;
	assert_int_equal(fixture_discard(f, fh[0]), 0);
	assert_int_equal(fixture_close(f, fh[1]), 0);
	assert_int_equal(qotd_open(f->q, &open_failed, O_RDWR, POSITION_CALL, &none), -ENFILE);
	assert_int_equal(qotd_seek(f->q, &seek_failed, fh[0], 0), -EINVAL);
	assert_int_equal(qotd_request_detach(f->q, &detach_failed, fh[0]), -EBUSY);
	fixture_open(f, O_RDONLY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DEVICE_TEST(open_gives_the_same_file),
		DEVICE_TEST(close_does_not_close_another_file),
		DEVICE_TEST(write_is_not_done_over_a_later_one),
		DEVICE_TEST(short_write_stays_short),
		DEVICE_TEST(read_gives_the_same_place_and_moves_no_further),
		DEVICE_TEST(read_of_what_is_gone_meanwhile_gives_what_is_left),
		DEVICE_TEST(seek_is_not_done_over_a_later_read),
		DEVICE_TEST(resize_and_discard_are_not_done_over_later_ones),
		DEVICE_TEST(detach_is_answered_again),
		DEVICE_TEST(failed_transfers_fail_again),
		DEVICE_TEST(failed_resize_fails_again),
		DEVICE_TEST(refused_open_seek_and_detach_are_refused_again),
	};

	return cmocka_run_group_tests_name("device: replaying", tests, NULL, NULL);
}
