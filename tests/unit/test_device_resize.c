// SPDX-License-Identifier: MIT
/* QOTDIOCSSZ and QOTDIOCDISCARD as far as nobody has to sleep. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fixture.h"

static void resize_needs_write_access(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(fixture_resize(f, fixture_open(f, O_RDONLY), 64), -EACCES);
	assert_int_equal(fixture_resize(f, fixture_open(f, O_WRONLY), 64), 0);
	assert_int_equal(fixture_resize(f, fixture_open(f, O_RDWR), 65), 0);
}

static void resize_takes_1_to_the_maximum(void **state)
{
	struct fixture *f = *state;
	uint64_t fh = fixture_open(f, O_RDWR);

	f->config.max_size = 1000;
	assert_int_equal(fixture_resize(f, fh, 0), -EINVAL);
	assert_int_equal(fixture_resize(f, fh, 1001), -EINVAL);
	assert_int_equal(fixture_resize(f, fh, UINT64_MAX), -EINVAL);
	fixture_expect(f, FIXTURE_QUOTE, FIXTURE_INITIAL);
	assert_int_equal(fixture_info(f, fh).flags, 0);
	assert_int_equal(fixture_resize(f, fh, 1), 0);
	fixture_expect(f, "A", 1);
	assert_int_equal(fixture_resize(f, fh, 1000), 0);
	fixture_expect(f, "A", 1000);
}

static void growing_keeps_the_content_and_adds_zeros(void **state)
{
	struct fixture *f = *state;
	uint64_t fh = fixture_open(f, O_RDWR);

	assert_int_equal(fixture_resize(f, fh, 2 * f->memory.page + 5), 0);
	fixture_expect(f, FIXTURE_QUOTE, 2 * f->memory.page + 5);
}

static void shrinking_keeps_the_beginning(void **state)
{
	struct fixture *f = *state;
	uint64_t fh = fixture_open(f, O_RDWR);

	assert_int_equal(fixture_resize(f, fh, 6), 0);
	fixture_expect(f, "Anyone", 6);
}

static void no_byte_of_a_longer_content_shows_again(void **state)
{
	struct fixture *f = *state;
	uint64_t fh = fixture_open(f, O_RDWR);
	const uint64_t long_size = 2 * f->memory.page, short_sizes[] = {1, 64, f->memory.page + 1};
	char *full = malloc(long_size);

	assert_non_null(full);
	memset(full, 'x', long_size);
	for (size_t i = 0; i < COUNT(short_sizes); i++) {
		assert_int_equal(fixture_resize(f, fh, long_size), 0);
		assert_int_equal(fixture_write(f, fh, 0, full, long_size), long_size);
		assert_int_equal(fixture_resize(f, fh, short_sizes[i]), 0);
		assert_int_equal(fixture_resize(f, fh, long_size), 0);
		assert_int_equal(fixture_read(f, fh, 0, full, long_size), long_size);
		assert_true(is_filled(full, short_sizes[i], 'x'));
		assert_true(is_filled(full + short_sizes[i], long_size - short_sizes[i], 0));
		memset(full, 'x', long_size);
	}
	free(full);
}

static void resize_sets_changed_counts_and_says_so(void **state)
{
	struct fixture *f = *state;
	uint64_t fh = fixture_open(f, O_RDWR);

	assert_int_equal(fixture_resize(f, fh, 300), 0);
	assert_int_equal(fixture_info(f, fh).flags, QOTD_INFO_CHANGED);
	assert_int_equal(fixture_info(f, fh).changes, 1);
	assert_int_equal(f->resized[0], 1);
	assert_int_equal(f->resized_from, FIXTURE_INITIAL);
	assert_int_equal(f->resized_to, 300);
	assert_int_equal(f->resized[1], 0);
}

static void resize_frees_the_old_memory(void **state)
{
	struct fixture *f = *state;
	const uint64_t before = memory_used(&f->memory);
	uint64_t fh = fixture_open(f, O_RDWR);

	assert_int_equal(fixture_resize(f, fh, 3 * f->memory.page), 0);
	assert_int_equal(memory_used(&f->memory), before + 2 * f->memory.page);
	assert_int_equal(f->memory.committed, before + 2 * f->memory.page);
	assert_int_equal(fixture_resize(f, fh, 100), 0);
	assert_int_equal(memory_used(&f->memory), before);
	assert_int_equal(f->memory.committed, before);
}

static void resize_that_wants_too_much_fails_and_changes_nothing(void **state)
{
	struct fixture *f = *state;
	uint64_t fh = fixture_open(f, O_RDWR);

	/* Its own page and that of the other instance are kept. */
	assert_int_equal(fixture_resize(f, fh, (FIXTURE_PAGES - 2) * f->memory.page + 1), -ENOMEM);
	fixture_expect(f, FIXTURE_QUOTE, FIXTURE_INITIAL);
	assert_int_equal(fixture_info(f, fh).changes, 0);
	assert_int_equal(f->resized[0], 0);
	assert_int_equal(fixture_resize(f, fh, (FIXTURE_PAGES - 2) * f->memory.page), 0);
	assert_int_equal(fixture_resize(f, fh, f->memory.page + 1), -ENOMEM);
	assert_int_equal(fixture_resize(f, fh, f->memory.page), 0);
}

static void nosleep_resize_fails_and_leaves_the_device_as_it_was(void **state)
{
	struct fixture *f = *state;
	uint64_t fh = fixture_open(f, O_RDWR);
	struct umem_cookie pages;
	struct umem_client hog;

	fixture_leave_pages(f, 1, &hog, &pages);
	assert_int_equal(fixture_resize(f, fh, f->memory.page + 1), -EAGAIN);
	fixture_expect(f, FIXTURE_QUOTE, FIXTURE_INITIAL);
	assert_int_equal(fixture_info(f, fh).flags, 0);
	assert_int_equal(fixture_info(f, fh).changes, 0);
	assert_int_equal(f->resized[0], 0);
	fixture_free_hog(&hog, &pages);
}

static void resize_without_memory_in_the_system_leaves_the_device_as_it_was(void **state)
{
	struct fixture *f = *state;
	const uint64_t before = memory_used(&f->memory);
	uint64_t fh = fixture_open(f, O_RDWR);

	f->memory.fail = 1;
	assert_int_equal(fixture_resize(f, fh, 64), -ENOMEM);
	fixture_expect(f, FIXTURE_QUOTE, FIXTURE_INITIAL);
	assert_int_equal(fixture_info(f, fh).changes, 0);
	assert_int_equal(memory_used(&f->memory), before);
}

static void nonblocking_is_known_from_open(void **state)
{
	struct fixture *f = *state;

	assert_true(qotd_is_nonblocking(f->q, fixture_open(f, O_RDWR | O_NONBLOCK)));
	assert_false(qotd_is_nonblocking(f->q, fixture_open(f, O_RDWR)));
}

static void discard_needs_write_access(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(fixture_discard(f, fixture_open(f, O_RDONLY)), -EACCES);
	assert_int_equal(fixture_discard(f, fixture_open(f, O_WRONLY)), 0);
}

static void discard_brings_the_quote_back_without_new_memory(void **state)
{
	struct fixture *f = *state;
	uint64_t fh = fixture_open(f, O_RDWR);
	char full[FIXTURE_INITIAL];

	memset(full, 'x', sizeof(full));
	assert_int_equal(fixture_write(f, fh, 0, full, sizeof(full)), sizeof(full));
	f->memory.fail = 1; /* whoever asked for memory would fail */
	assert_int_equal(fixture_discard(f, fh), 0);
	assert_int_equal(f->memory.fail, 1);
	fixture_expect(f, FIXTURE_QUOTE, FIXTURE_INITIAL);
	assert_int_equal(fixture_info(f, fh).flags, 0);
	assert_int_equal(fixture_info(f, fh).changes, 2);
}

static void discard_brings_quote_and_size_back(void **state)
{
	struct fixture *f = *state;
	const uint64_t sizes[] = {1, 2 * f->memory.page};
	uint64_t fh = fixture_open(f, O_RDWR);

	for (size_t i = 0; i < COUNT(sizes); i++) {
		assert_int_equal(fixture_resize(f, fh, sizes[i]), 0);
		assert_int_equal(fixture_write(f, fh, sizes[i] - 1, "x", 1), 1);
		assert_int_equal(fixture_discard(f, fh), 0);
		fixture_expect(f, FIXTURE_QUOTE, FIXTURE_INITIAL);
		assert_int_equal(fixture_info(f, fh).flags, 0);
		assert_int_equal(fixture_info(f, fh).changes, 3 * (i + 1));
		assert_int_equal(fixture_info(f, fh).allocated, f->memory.page);
	}
	assert_int_equal(f->resized[0], 4);
}

static void discard_of_an_unchanged_device_is_no_change(void **state)
{
	struct fixture *f = *state;
	uint64_t fh = fixture_open(f, O_RDWR);

	assert_int_equal(fixture_discard(f, fh), 0);
	assert_int_equal(fixture_info(f, fh).changes, 0);
	fixture_expect(f, FIXTURE_QUOTE, FIXTURE_INITIAL);
}

static void nosleep_discard_fails_and_leaves_the_device_as_it_was(void **state)
{
	struct fixture *f = *state;
	uint64_t fh = fixture_open(f, O_RDWR);
	struct umem_cookie pages;
	struct umem_client hog;

	assert_int_equal(fixture_resize(f, fh, 6), 0);
	fixture_leave_pages(f, 0, &hog, &pages);
	assert_int_equal(fixture_discard(f, fh), -EAGAIN);
	fixture_expect(f, "Anyone", 6);
	assert_int_equal(fixture_info(f, fh).flags, QOTD_INFO_CHANGED);
	fixture_free_hog(&hog, &pages);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DEVICE_TEST(resize_needs_write_access),
		DEVICE_TEST(resize_takes_1_to_the_maximum),
		DEVICE_TEST(growing_keeps_the_content_and_adds_zeros),
		DEVICE_TEST(shrinking_keeps_the_beginning),
		DEVICE_TEST(no_byte_of_a_longer_content_shows_again),
		DEVICE_TEST(resize_sets_changed_counts_and_says_so),
		DEVICE_TEST(resize_frees_the_old_memory),
		DEVICE_TEST(resize_that_wants_too_much_fails_and_changes_nothing),
		DEVICE_TEST(nosleep_resize_fails_and_leaves_the_device_as_it_was),
		DEVICE_TEST(resize_without_memory_in_the_system_leaves_the_device_as_it_was),
		DEVICE_TEST(nonblocking_is_known_from_open),
		DEVICE_TEST(discard_needs_write_access),
		DEVICE_TEST(discard_brings_the_quote_back_without_new_memory),
		DEVICE_TEST(discard_brings_quote_and_size_back),
		DEVICE_TEST(discard_of_an_unchanged_device_is_no_change),
		DEVICE_TEST(nosleep_discard_fails_and_leaves_the_device_as_it_was),
	};

	return cmocka_run_group_tests_name("device: resizing", tests, NULL, NULL);
}
