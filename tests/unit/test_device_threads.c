// SPDX-License-Identifier: MIT
/*
 * Readers, writers, resizers and pollers of one device at once. Each write fills its range with one
 * letter, so that a torn one shows; a size changes while nobody looks. The asserts of cmocka are
 * for the main thread.
 */
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fixture.h"

#define ROUNDS 2000
#define RECORD 96

struct job {
	struct fixture *f;
	pthread_t thread;
	uint64_t fh;
	enum position_mode mode;
	unsigned number;
	unsigned wrong; /* what should never happen */
};

static void run_together(void *(*const what[])(void *), const enum position_mode *modes,
			 struct fixture *f, unsigned count)
{
	struct job jobs[8];

	assert_in_range(count, 1, COUNT(jobs));
	for (unsigned i = 0; i < count; i++) {
		jobs[i] = (struct job){.f = f, .mode = modes[i], .number = i};
		jobs[i].fh = fixture_open_mode(f, O_RDWR, modes[i]);
	}
	for (unsigned i = 0; i < count; i++)
		assert_int_equal(pthread_create(&jobs[i].thread, NULL, what[i], &jobs[i]), 0);
	for (unsigned i = 0; i < count; i++)
		pthread_join(jobs[i].thread, NULL);
	for (unsigned i = 0; i < count; i++) {
		assert_int_equal(jobs[i].wrong, 0);
		assert_int_equal(fixture_close(f, jobs[i].fh), 0);
	}
}

/* The record of a request that nobody has begun. */
static struct txn *fresh(struct txn *txn)
{
	*txn = (struct txn){.state = TXN_NONE};
	return txn;
}

static struct qotd_io io_at_0(const struct job *j)
{
	return (struct qotd_io){.fh = j->fh, .size = RECORD, .pid = j->number + 1};
}

/* A record is all zeros (never written) or all one letter, as far as the size lets us see. */
static void *read_records(void *arg)
{
	struct job *j = arg;
	const struct qotd_io io = io_at_0(j);
	struct txn txn;

	for (int i = 0; i < ROUNDS; i++) {
		struct qotd_span span;

		if (j->mode != POSITION_CLIENT && qotd_seek(j->f->q, fresh(&txn), j->fh, 0) < 0)
			j->wrong++;
		if (qotd_read_begin(j->f->q, fresh(&txn), &io, &span) < 0) {
			j->wrong++;
			continue;
		}
		if (span.length == 0 || span.length > RECORD ||
		    !is_filled(span.data, span.length, *(const unsigned char *)span.data))
			j->wrong++;
		qotd_read_end(j->f->q);
	}
	return NULL;
}

static void *write_records(void *arg)
{
	struct job *j = arg;
	const struct qotd_io io = io_at_0(j);
	struct txn txn;
	char record[RECORD];

	for (int i = 0; i < ROUNDS; i++) {
		size_t written;

		memset(record, 'a' + i % 26, sizeof(record));
		if (j->mode != POSITION_CLIENT && qotd_seek(j->f->q, fresh(&txn), j->fh, 0) < 0)
			j->wrong++;
		if (qotd_write(j->f->q, fresh(&txn), &io, record, &written) < 0 || written == 0)
			j->wrong++;
	}
	return NULL;
}

/* Never smaller than a record, so that growing brings no zeros into it. */
static void *resize(void *arg)
{
	struct job *j = arg;
	const uint64_t page = j->f->memory.page;
	const uint64_t sizes[] = {RECORD, 2 * page, RECORD + 1, page};
	struct txn txn;

	for (int i = 0; i < ROUNDS / 4; i++) {
		int err =
			qotd_replace(j->f->q, fresh(&txn), j->fh, QOTD_RESIZE, sizes[i % 4], NULL);

		if (err && err != -EAGAIN && err != -ENOMEM)
			j->wrong++;
	}
	return NULL;
}

static void *poll_device(void *arg)
{
	struct job *j = arg;
	struct txn txn;

	for (int i = 0; i < ROUNDS / 2; i++) {
		uint64_t fh;
		short events;

		if (qotd_open(j->f->q, fresh(&txn), O_RDONLY, POSITION_CALL, &fh) < 0 ||
		    qotd_poll(j->f->q, fh, 1, &events) < 0 ||
		    qotd_close(j->f->q, fresh(&txn), fh) < 0)
			j->wrong++;
	}
	return NULL;
}

static void *look(void *arg)
{
	struct job *j = arg;

	for (int i = 0; i < ROUNDS; i++) {
		struct qotd_info info;
		uint64_t size, allocated;

		if (qotd_get_info(j->f->q, j->fh, &info) < 0 || info.size > info.allocated)
			j->wrong++;
		if (qotd_get_size(j->f->q, j->fh, &size) < 0 || size < RECORD)
			j->wrong++;
		qotd_get_extent(j->f->q, &size, &allocated);
		if (size > allocated)
			j->wrong++;
	}
	return NULL;
}

/* Fills the beginning, so that readers find a whole record from the start. */
static void write_first_record(struct fixture *f)
{
	uint64_t fh = fixture_open(f, O_WRONLY);
	char record[RECORD];

	memset(record, 'x', sizeof(record));
	assert_int_equal(fixture_write(f, fh, 0, record, sizeof(record)), RECORD);
	assert_int_equal(fixture_close(f, fh), 0);
}

static void readers_see_no_torn_record(void **state)
{
	void *(*const jobs[])(void *) = {read_records, read_records, write_records, write_records,
					 resize,       resize,	     look};
	const enum position_mode modes[COUNT(jobs)] = {0};

	write_first_record(*state);
	run_together(jobs, modes, *state, COUNT(jobs));
}

static void readers_see_no_torn_record_where_the_device_keeps_positions(void **state)
{
	void *(*const jobs[])(void *) = {read_records, read_records, write_records, write_records,
					 resize};
	const enum position_mode modes[] = {POSITION_CALL, POSITION_DEVICE, POSITION_CALL,
					    POSITION_DEVICE, POSITION_CALL};

	write_first_record(*state);
	run_together(jobs, modes, *state, COUNT(jobs));
}

static void no_poll_is_woken_twice(void **state)
{
	void *(*const jobs[])(void *) = {poll_device, poll_device, poll_device, write_records,
					 resize};
	const enum position_mode modes[COUNT(jobs)] = {0};
	struct fixture *f = *state;

	write_first_record(f);
	run_together(jobs, modes, f, COUNT(jobs));
	assert_in_range(f->woken[1], 0, 3 * (ROUNDS / 2));
}

static void *read_shared(void *arg)
{
	struct job *j = arg;
	const struct qotd_io io = {.fh = j->fh, .size = 1, .pid = j->number};
	struct txn txn;

	for (int i = 0; i < 100; i++) {
		struct qotd_span span;

		if (qotd_read_begin(j->f->q, fresh(&txn), &io, &span) < 0 || span.length != 1) {
			j->wrong++;
			continue;
		}
		j->f->woken[*(const unsigned char *)span.data % 2]++; /* any counter will do */
		qotd_read_end(j->f->q);
	}
	return NULL;
}

/* Threads that share an open file read every byte once between them. */
static void readers_of_one_file_share_the_position(void **state)
{
	struct fixture *f = *state;
	uint64_t fh = fixture_open_mode(f, O_RDWR, POSITION_CALL);
	struct job jobs[4];
	char bytes[4 * 100];
	char rest;

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (char)(i % 2);
	assert_int_equal(fixture_resize(f, fh, sizeof(bytes)), 0);
	assert_int_equal(fixture_write(f, fh, 0, bytes, sizeof(bytes)), sizeof(bytes));
	assert_int_equal(fixture_seek(f, fh, 0), 0);
	for (unsigned i = 0; i < COUNT(jobs); i++) {
		jobs[i] = (struct job){.f = f, .fh = fh, .number = i + 1};
		assert_int_equal(pthread_create(&jobs[i].thread, NULL, read_shared, &jobs[i]), 0);
	}
	for (unsigned i = 0; i < COUNT(jobs); i++) {
		pthread_join(jobs[i].thread, NULL);
		assert_int_equal(jobs[i].wrong, 0);
	}
	assert_int_equal(f->woken[0], sizeof(bytes) / 2);
	assert_int_equal(f->woken[1], sizeof(bytes) / 2);
	assert_int_equal(fixture_read(f, fh, 0, &rest, 1), 0);
}

/* The first seek takes the position over from the client; others may be reading. */
static void file_can_be_sought_while_others_read_it(void **state)
{
	struct fixture *f = *state;
	uint64_t fh = fixture_open_mode(f, O_RDWR, POSITION_CLIENT);
	struct job jobs[3];

	assert_int_equal(fixture_resize(f, fh, 1000), 0);
	for (unsigned i = 0; i < COUNT(jobs); i++) {
		jobs[i] = (struct job){.f = f, .fh = fh, .number = i + 1};
		assert_int_equal(pthread_create(&jobs[i].thread, NULL, read_shared, &jobs[i]), 0);
	}
	assert_int_equal(fixture_seek(f, fh, 0), 0);
	for (unsigned i = 0; i < COUNT(jobs); i++) {
		pthread_join(jobs[i].thread, NULL);
		assert_int_equal(jobs[i].wrong, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DEVICE_TEST(readers_see_no_torn_record),
		DEVICE_TEST(readers_see_no_torn_record_where_the_device_keeps_positions),
		DEVICE_TEST(no_poll_is_woken_twice),
		DEVICE_TEST(readers_of_one_file_share_the_position),
		DEVICE_TEST(file_can_be_sought_while_others_read_it),
	};

	return cmocka_run_group_tests_name("device: threads", tests, NULL, NULL);
}
