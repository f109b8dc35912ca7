// SPDX-License-Identifier: MIT
/* The life of an instance: attach, also without memory, open and close, detach. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "fixture.h"

static void attached_device_has_quote_and_initial_size(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(fixture_attach(f, 0), 0);
	assert_true(qotd_is_attached(f->q));
	fixture_expect(f, FIXTURE_QUOTE, FIXTURE_INITIAL);
}

static void attached_device_is_unchanged(void **state)
{
	struct fixture *f = *state;
	struct qotd_info info;

	assert_int_equal(fixture_attach(f, 0), 0);
	info = fixture_info(f, fixture_open(f, O_RDONLY));
	assert_int_equal(info.flags, 0);
	assert_int_equal(info.changes, 0);
}

static void attach_takes_whole_pages(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(fixture_attach(f, 0), 0);
	assert_int_equal(memory_used(&f->memory), f->memory.page);
	assert_int_equal(f->memory.committed, f->memory.page);
}

static void attach_without_memory_fails_and_leaves_nothing_behind(void **state)
{
	struct fixture *f = *state;
	const struct qotd_state untouched = {0};

	f->memory.fail = 1;
	assert_int_equal(fixture_attach(f, 0), -ENOMEM);
	assert_false(qotd_is_attached(f->q));
	qotd_detach(f->q);
	assert_int_equal(memory_used(&f->memory), 0);
	assert_int_equal(f->memory.committed, 0);
	assert_memory_equal(arena_entry(&f->memory.arena, ARENA_INSTANCES, 0), &untouched,
			    sizeof(untouched));
}

static void attach_does_not_sleep_when_others_hold_all_memory(void **state)
{
	struct fixture *f = *state;
	struct umem_cookie pages;
	struct umem_client hog;

	fixture_leave_pages(f, 0, &hog, &pages);
	assert_int_equal(fixture_attach(f, 0), -ENOMEM);
	assert_int_equal(memory_sleepers(&f->memory), 0);
	fixture_free_hog(&hog, &pages);
}

static void attach_larger_than_all_memory_fails(void **state)
{
	struct fixture *f = *state;

	f->config.initial_size = FIXTURE_PAGES * f->memory.page + 1;
	assert_int_equal(fixture_attach(f, 0), -ENOMEM);
}

static void failed_attach_can_be_tried_again(void **state)
{
	struct fixture *f = *state;

	f->memory.fail = 1;
	assert_int_equal(fixture_attach(f, 0), -ENOMEM);
	qotd_detach(f->q);
	assert_int_equal(fixture_attach(f, 0), 0);
	fixture_expect(f, FIXTURE_QUOTE, FIXTURE_INITIAL);
}

static void detach_accepts_what_was_never_attached(void **state)
{
	struct fixture *f = *state;

	qotd_detach(f->q);
	assert_false(qotd_is_attached(f->q));
	assert_false(qotd_is_leaving(f->q));
}

static void detach_can_be_repeated(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(fixture_attach(f, 0), 0);
	qotd_detach(f->q);
	qotd_detach(f->q);
	assert_false(qotd_is_attached(f->q));
	assert_int_equal(memory_used(&f->memory), 0);
}

static void detach_gives_all_memory_back(void **state)
{
	struct fixture *f = *state;
	uint64_t fh;

	assert_int_equal(fixture_attach(f, 0), 0);
	fh = fixture_open(f, O_RDWR);
	assert_int_equal(fixture_resize(f, fh, 3 * f->memory.page), 0);
	fixture_close(f, fh);
	qotd_detach(f->q);
	assert_int_equal(f->memory.committed, 0);
	assert_int_equal(memory_used(&f->memory), 0);
}

static void detached_device_can_be_attached_anew(void **state)
{
	struct fixture *f = *state;
	uint64_t fh;

	assert_int_equal(fixture_attach(f, 0), 0);
	fh = fixture_open(f, O_RDWR);
	assert_int_equal(fixture_write(f, fh, 0, "changed", 7), 7);
	fixture_close(f, fh);
	qotd_detach(f->q);
	memset(f->q, 0, sizeof(*f->q));
	assert_int_equal(fixture_attach(f, 0), 0);
	fixture_expect(f, FIXTURE_QUOTE, FIXTURE_INITIAL);
	assert_int_equal(fixture_info(f, fixture_open(f, O_RDONLY)).flags, 0);
}

static void quote_may_fill_the_device(void **state)
{
	struct fixture *f = *state;

	f->config.initial_size = f->config.quote_length;
	assert_int_equal(fixture_attach(f, 0), 0);
	fixture_expect(f, FIXTURE_QUOTE, strlen(FIXTURE_QUOTE));
}

static void more_open_files_than_there_is_room_for_give_enfile(void **state)
{
	struct fixture *f = *state;
	uint64_t fh = 0, none = 77;

	assert_int_equal(fixture_attach(f, 0), 0);
	for (int i = 0; i < MEMORY_FILES; i++)
		fh = fixture_open(f, O_RDONLY);
	assert_int_equal(fixture_try_open(f, f->q, &none), -ENFILE);
	assert_int_equal(fixture_close(f, fh), 0);
	fixture_open(f, O_RDONLY);
}

/* Whoever comes with a handle that is not open gets EBADF, and nothing happens. */
static void every_operation_refuses_a_closed_file(void **state)
{
	struct fixture *f = *state;
	struct qotd_info info;
	uint64_t fh, size;
	short events;
	char byte;

	assert_int_equal(fixture_attach(f, 0), 0);
	fh = fixture_open(f, O_RDWR);
	assert_int_equal(fixture_close(f, fh), 0);
	assert_int_equal(fixture_read(f, fh, 0, &byte, 1), -EBADF);
	assert_int_equal(fixture_write(f, fh, 0, "x", 1), -EBADF);
	assert_int_equal(fixture_resize(f, fh, 64), -EBADF);
	assert_int_equal(fixture_discard(f, fh), -EBADF);
	assert_int_equal(fixture_seek(f, fh, 0), -EBADF);
	assert_int_equal(qotd_get_size(f->q, fh, &size), -EBADF);
	assert_int_equal(qotd_get_info(f->q, fh, &info), -EBADF);
	assert_int_equal(fixture_request_detach(f, fh), -EBADF);
	assert_int_equal(qotd_poll(f->q, fh, 0, &events), -EBADF);
	assert_int_equal(fixture_close(f, fh), -EBADF);
	assert_false(qotd_is_nonblocking(f->q, fh));
	fixture_expect(f, FIXTURE_QUOTE, FIXTURE_INITIAL);
}

static void files_of_one_instance_are_not_those_of_another(void **state)
{
	struct fixture *f = *state;
	struct qotd_info info;
	uint64_t fh;

	assert_int_equal(fixture_attach(f, 0), 0);
	assert_int_equal(fixture_attach(f, 1), 0);
	fh = fixture_open(f, O_RDWR);
	assert_int_equal(qotd_get_info(&f->devices[1], fh, &info), -EBADF);
	f->q = &f->devices[1];
	assert_int_equal(fixture_close(f, fh), -EBADF);
	f->q = &f->devices[0];
	assert_int_equal(fixture_close(f, fh), 0);
}

static void instances_have_content_of_their_own(void **state)
{
	struct fixture *f = *state;
	uint64_t fh;

	assert_int_equal(fixture_attach(f, 0), 0);
	assert_int_equal(fixture_attach(f, 1), 0);
	fh = fixture_open(f, O_RDWR);
	assert_int_equal(fixture_write(f, fh, 0, "mine", 4), 4);
	assert_int_equal(fixture_resize(f, fh, 4), 0);
	f->q = &f->devices[1];
	fixture_expect(f, FIXTURE_QUOTE, FIXTURE_INITIAL);
}

#define BARE_TEST(f) cmocka_unit_test_setup_teardown(f, fixture_setup_detached, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		BARE_TEST(attached_device_has_quote_and_initial_size),
		BARE_TEST(attached_device_is_unchanged),
		BARE_TEST(attach_takes_whole_pages),
		BARE_TEST(attach_without_memory_fails_and_leaves_nothing_behind),
		BARE_TEST(attach_does_not_sleep_when_others_hold_all_memory),
		BARE_TEST(attach_larger_than_all_memory_fails),
		BARE_TEST(failed_attach_can_be_tried_again),
		BARE_TEST(detach_accepts_what_was_never_attached),
		BARE_TEST(detach_can_be_repeated),
		BARE_TEST(detach_gives_all_memory_back),
		BARE_TEST(detached_device_can_be_attached_anew),
		BARE_TEST(quote_may_fill_the_device),
		BARE_TEST(more_open_files_than_there_is_room_for_give_enfile),
		BARE_TEST(every_operation_refuses_a_closed_file),
		BARE_TEST(files_of_one_instance_are_not_those_of_another),
		BARE_TEST(instances_have_content_of_their_own),
	};

	return cmocka_run_group_tests_name("device: attaching", tests, NULL, NULL);
}
