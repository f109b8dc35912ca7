// SPDX-License-Identifier: MIT
/* Open files: what the kernel is told about them, and handles that are none. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

#include "client.h"

#ifndef FOPEN_PARALLEL_DIRECT_WRITES
#define FOPEN_PARALLEL_DIRECT_WRITES (1 << 6)
#endif

static void fuse_files_bypass_the_page_cache_and_are_written_in_parallel(void **state)
{
	struct bench *b = bench_start(state, &fuse);
	struct client c = client_of(b, 0, O_RDWR), append = client_of(b, 0, O_WRONLY | O_APPEND);

	assert_int_equal(c.open_flags,
			 FOPEN_DIRECT_IO | FOPEN_NOFLUSH | FOPEN_PARALLEL_DIRECT_WRITES);
	assert_int_equal(append.open_flags, c.open_flags);
}

static void the_character_device_needs_no_open_flags(void **state)
{
	struct bench *b = bench_start(state, &cuse);

	assert_int_equal(client_of(b, 0, O_RDWR).open_flags, 0);
}

/* All that takes a handle must find out that this one is not open. */
static void expect_bad_handle(const struct client *c)
{
	struct client copy = *c;
	struct qotd_info info;
	uint64_t size = 1;
	char byte = 0;

	assert_int_equal(client_read(c, 0, &byte, 1), -EBADF);
	assert_int_equal(client_write(c, 0, &byte, 1), -EBADF);
	assert_int_equal(client_poll(c, 0), -EBADF);
	assert_int_equal(client_poll(c, 77), -EBADF);
	assert_int_equal(client_ioctl(c, QOTDIOCGSZ, &size), -EBADF);
	assert_int_equal(client_ioctl(c, QOTDIOCSSZ, &size), -EBADF);
	assert_int_equal(client_ioctl(c, QOTDIOCSPOS, &size), -EBADF);
	assert_int_equal(client_ioctl(c, QOTDIOCDISCARD, NULL), -EBADF);
	assert_int_equal(client_ioctl(c, QOTDIOCDETACH, NULL), -EBADF);
	assert_int_equal(client_ioctl(c, QOTDIOCGINFO, &info), -EBADF);
	assert_int_equal(client_close(&copy), -EBADF);
}

static void a_closed_handle_is_bad(void **state)
{
	struct bench *b = bench_start(state, *state);
	struct client c = client_of(b, 0, O_RDWR);

	assert_int_equal(client_close(&c), 0);
	expect_bad_handle(&c);
}

static void a_stale_handle_is_bad_when_its_place_is_taken_again(void **state)
{
	struct bench *b = bench_start(state, *state);
	struct client stale = client_of(b, 0, O_RDWR), fresh;

	assert_int_equal(client_close(&stale), 0);
	fresh = client_of(b, 0, O_RDWR);
	assert_int_not_equal(fresh.fh, stale.fh);
	expect_bad_handle(&stale);
	assert_int_equal(client_size(&fresh), 128);
}

static void a_forged_handle_is_bad(void **state)
{
	struct bench *b = bench_start(state, *state);
	struct client good = client_of(b, 0, O_RDWR), forged = good;
	const uint64_t handles[] = {
		0,
		1,
		UINT32_MAX,
		UINT64_MAX,
		good.fh + 1,
		good.fh ^ UINT64_C(1) << 32, /* the generation of a closed one */
		good.fh + (UINT64_C(2) << 32),
		good.fh | UINT64_C(1) << 31, /* an index that the table does not have */
	};

	for (size_t i = 0; i < COUNT(handles); i++) {
		forged.fh = handles[i];
		expect_bad_handle(&forged);
	}
	assert_int_equal(client_size(&good), 128);
}

static void a_handle_of_another_instance_is_bad(void **state)
{
	const struct bench_options *o = *state;
	struct bench *b = bench_start(state, o);
	struct client zero = client_of(b, 0, O_RDWR), one = client_of(b, 1, O_RDWR), foreign = one;

	foreign.fh = zero.fh;
	expect_bad_handle(&foreign);
	assert_int_equal(client_size(&zero), 128);
}

static void a_file_that_does_not_exist_is_bad(void **state)
{
	struct bench *b = bench_start(state, &fuse);
	struct client c = client_of(b, 0, O_RDWR);

	c.nodeid += 1;
	expect_bad_handle(&c);
	c.nodeid = FUSE_ROOT_ID;
	expect_bad_handle(&c);
	c.nodeid = UINT64_MAX;
	expect_bad_handle(&c);
}

/* The access mode of open(2) is the kernel's to check for read and write; any is accepted. */
static void any_access_mode_opens(void **state)
{
	struct bench *b = bench_start(state, *state);
	const int flags[] = {O_RDONLY, O_WRONLY, O_RDWR,
			     O_RDWR | O_APPEND | O_TRUNC | O_NONBLOCK | O_SYNC};

	for (size_t i = 0; i < COUNT(flags); i++) {
		struct client c = client_of(b, 0, flags[i]);

		assert_int_equal(client_close(&c), 0);
	}
}

static void a_thousand_files_may_be_open(void **state)
{
	struct bench *b = bench_start(state, *state);
	static struct client c[1000];
	char text[2];

	for (size_t i = 0; i < COUNT(c); i++)
		c[i] = client_of(b, 0, O_RDONLY);
	for (size_t i = 0; i < COUNT(c); i++) {
		assert_int_equal(client_read(&c[i], 0, text, 2), 2);
		assert_memory_equal(text, "On", 2);
		assert_int_equal(client_close(&c[i]), 0);
	}
}

static const struct bench_options cuse_pair = {.kind = CHANNEL_CUSE, .instances = 2};
static const struct bench_options fuse_pair = {.kind = CHANNEL_FUSE, .instances = 2};

int main(void)
{
	const struct CMUnitTest tests[] = {
		bench_test(fuse_files_bypass_the_page_cache_and_are_written_in_parallel),
		bench_test(the_character_device_needs_no_open_flags),
		bench_test_with(a_closed_handle_is_bad, cuse),
		bench_test_with(a_closed_handle_is_bad, fuse),
		bench_test_with(a_stale_handle_is_bad_when_its_place_is_taken_again, cuse),
		bench_test_with(a_stale_handle_is_bad_when_its_place_is_taken_again, fuse),
		bench_test_with(a_forged_handle_is_bad, cuse),
		bench_test_with(a_forged_handle_is_bad, fuse),
		bench_test_with(a_handle_of_another_instance_is_bad, cuse_pair),
		bench_test_with(a_handle_of_another_instance_is_bad, fuse_pair),
		bench_test(a_file_that_does_not_exist_is_bad),
		bench_test_with(any_access_mode_opens, cuse),
		bench_test_with(any_access_mode_opens, fuse),
		bench_test_with(a_thousand_files_may_be_open, cuse),
		bench_test_with(a_thousand_files_may_be_open, fuse),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
