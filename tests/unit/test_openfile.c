// SPDX-License-Identifier: MIT
/* Handles of open files: which are good, which are found out. test_position.c has their positions.
 */
#include "openfile.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "memory.h"

struct table {
	struct memory memory;
	struct openfiles files;
};

static int setup(void **state)
{
	struct table *t = calloc(1, sizeof(*t));

	if (!t)
		return -1;
	memory_open(&t->memory, 1);
	*state = t;
	return openfiles_init(&t->files, &t->memory.arena);
}

static int teardown(void **state)
{
	struct table *t = *state;

	openfiles_destroy(&t->files);
	memory_close(&t->memory);
	free(t);
	return 0;
}

static uint64_t open_file(struct table *t, uint32_t instance, uint32_t flags)
{
	struct txn txn = {.kind = TXN_OPEN, .instance = instance, .file.flags = flags};

	assert_int_equal(openfile_reserve(&t->files, &txn.file.fh), 0);
	openfile_apply_open(&t->memory.arena, &txn);
	return txn.file.fh;
}

static void close_file(struct table *t, uint64_t fh)
{
	const struct txn txn = {.kind = TXN_CLOSE, .file.fh = fh};

	openfile_apply_close(&t->memory.arena, &txn);
	openfile_forget(&t->files, fh);
}

static void handle_of_an_open_file_is_good(void **state)
{
	struct table *t = *state;
	uint64_t one = open_file(t, 0, O_RDWR);
	uint64_t two = open_file(t, 0, O_RDWR);

	assert_non_null(openfile_get(&t->files, one, 0));
	assert_non_null(openfile_get(&t->files, two, 0));
	assert_ptr_not_equal(openfile_get(&t->files, one, 0), openfile_get(&t->files, two, 0));
}

static void handle_is_good_for_its_own_instance_only(void **state)
{
	struct table *t = *state;
	uint64_t fh = open_file(t, 1, O_RDWR);

	assert_null(openfile_get(&t->files, fh, 0));
	assert_non_null(openfile_get(&t->files, fh, 1));
}

static void reserved_handle_is_not_open_yet(void **state)
{
	struct table *t = *state;
	uint64_t fh;

	assert_int_equal(openfile_reserve(&t->files, &fh), 0);
	assert_null(openfile_get(&t->files, fh, 0));
}

static void handle_of_a_closed_file_is_found_out(void **state)
{
	struct table *t = *state;
	uint64_t fh = open_file(t, 0, O_RDWR);

	close_file(t, fh);
	assert_null(openfile_get(&t->files, fh, 0));
}

static void stale_handle_is_found_out_when_its_entry_is_used_again(void **state)
{
	struct table *t = *state;
	uint64_t stale[3 * MEMORY_FILES];

	for (size_t i = 0; i < COUNT(stale); i++) {
		stale[i] = open_file(t, 0, O_RDWR);
		assert_non_null(openfile_get(&t->files, stale[i], 0));
		for (size_t k = 0; k < i; k++)
			assert_null(openfile_get(&t->files, stale[k], 0));
		close_file(t, stale[i]);
	}
}

static void invented_handles_are_found_out(void **state)
{
	struct table *t = *state;
	uint64_t fh = open_file(t, 0, O_RDWR);
	const uint64_t invented[] = {
		0,
		1,
		UINT64_MAX,
		UINT64_MAX - 1,
		MEMORY_FILES,
		fh + 1,
		fh + MEMORY_FILES,
		fh ^ UINT64_C(1) << 31,
		fh ^ UINT64_C(1) << 32,
		fh ^ UINT64_C(1) << 33,
		fh ^ UINT64_C(1) << 63,
		(fh & ~(uint64_t)UINT32_MAX) | UINT32_MAX,
	};

	for (size_t i = 0; i < COUNT(invented); i++)
		assert_null(openfile_get(&t->files, invented[i], 0));
}

static void more_files_than_there_is_room_for_give_enfile(void **state)
{
	struct table *t = *state;
	uint64_t fh[MEMORY_FILES], none;

	for (size_t i = 0; i < MEMORY_FILES; i++)
		fh[i] = open_file(t, 0, O_RDWR);
	assert_int_equal(openfile_reserve(&t->files, &none), -ENFILE);
	close_file(t, fh[3]);
	assert_int_equal(openfile_reserve(&t->files, &none), 0);
	assert_int_equal(openfile_reserve(&t->files, &none), -ENFILE);
}

static void reserved_handle_can_be_forgotten(void **state)
{
	struct table *t = *state;

	for (int i = 0; i < 3 * MEMORY_FILES; i++) {
		uint64_t fh;

		assert_int_equal(openfile_reserve(&t->files, &fh), 0);
		openfile_forget(&t->files, fh);
	}
}

static void access_mode_says_what_is_allowed(void **state)
{
	struct table *t = *state;
	const struct {
		uint32_t flags;
		bool readable, writable, nonblocking;
	} samples[] = {
		{O_RDONLY, true, false, false},
		{O_WRONLY, false, true, false},
		{O_RDWR, true, true, false},
		{O_RDONLY | O_NONBLOCK, true, false, true},
		{O_WRONLY | O_APPEND | O_TRUNC, false, true, false},
		{O_ACCMODE, false, false, false}, /* for ioctl only */
		{O_RDWR | O_NONBLOCK | O_CLOEXEC, true, true, true},
	};

	for (size_t i = 0; i < COUNT(samples); i++) {
		uint64_t fh = open_file(t, 0, samples[i].flags);
		const struct openfile *f = openfile_get(&t->files, fh, 0);

		assert_int_equal(openfile_is_readable(f), samples[i].readable);
		assert_int_equal(openfile_is_writable(f), samples[i].writable);
		assert_int_equal(openfile_is_nonblocking(f), samples[i].nonblocking);
	}
}

/* A handle names the same file to a process that has just taken over the arena. */
static void handle_does_not_depend_on_the_process(void **state)
{
	struct table *t = *state;
	uint64_t fh = open_file(t, 1, O_WRONLY);
	struct openfiles next;

	assert_int_equal(openfiles_init(&next, &t->memory.arena), 0);
	assert_ptr_equal(openfile_get(&next, fh, 1), openfile_get(&t->files, fh, 1));
	openfiles_destroy(&next);
}

static void entries_in_use_are_not_given_to_others_by_the_next_process(void **state)
{
	struct table *t = *state;
	uint64_t first = open_file(t, 0, O_RDWR), second = open_file(t, 0, O_RDWR), fh;
	struct openfiles next;

	close_file(t, first);
	assert_int_equal(openfiles_init(&next, &t->memory.arena), 0);
	for (int i = 0; i < MEMORY_FILES - 1; i++) {
		assert_int_equal(openfile_reserve(&next, &fh), 0);
		assert_int_not_equal((uint32_t)fh, (uint32_t)second);
		assert_int_not_equal(fh, first);
	}
	assert_int_equal(openfile_reserve(&next, &fh), -ENFILE);
	openfiles_destroy(&next);
}

static void collect(void *ctx, struct openfile *f, uint64_t fh)
{
	uint64_t *sum = ctx;

	assert_non_null(f);
	*sum += fh;
}

static void every_open_file_is_visited_once(void **state)
{
	struct table *t = *state;
	uint64_t first = open_file(t, 0, O_RDWR), second = open_file(t, 1, O_RDONLY);
	uint64_t third = open_file(t, 0, O_RDWR), sum = 0;

	close_file(t, second);
	openfiles_visit(&t->files, collect, &sum);
	assert_int_equal(sum, first + third);
}

#define TABLE_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TABLE_TEST(handle_of_an_open_file_is_good),
		TABLE_TEST(handle_is_good_for_its_own_instance_only),
		TABLE_TEST(reserved_handle_is_not_open_yet),
		TABLE_TEST(handle_of_a_closed_file_is_found_out),
		TABLE_TEST(stale_handle_is_found_out_when_its_entry_is_used_again),
		TABLE_TEST(invented_handles_are_found_out),
		TABLE_TEST(more_files_than_there_is_room_for_give_enfile),
		TABLE_TEST(reserved_handle_can_be_forgotten),
		TABLE_TEST(access_mode_says_what_is_allowed),
		TABLE_TEST(handle_does_not_depend_on_the_process),
		TABLE_TEST(entries_in_use_are_not_given_to_others_by_the_next_process),
		TABLE_TEST(every_open_file_is_visited_once),
	};

	return cmocka_run_group_tests_name("open files", tests, NULL, NULL);
}
