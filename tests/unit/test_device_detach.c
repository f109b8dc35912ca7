// SPDX-License-Identifier: MIT
/* QOTDIOCDETACH: when it is refused, and when the device goes. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "fixture.h"

static void detach_needs_write_access(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(fixture_request_detach(f, fixture_open(f, O_RDONLY)), -EACCES);
	fixture_open(f, O_RDONLY); /* is still possible */
	assert_int_equal(fixture_request_detach(f, fixture_open(f, O_WRONLY)), 0);
}

static void changed_device_is_busy(void **state)
{
	struct fixture *f = *state;
	uint64_t fh = fixture_open(f, O_RDWR);

	assert_int_equal(fixture_write(f, fh, 0, "x", 1), 1);
	assert_int_equal(fixture_request_detach(f, fh), -EBUSY);
	fixture_expect(f, "xnyone who hates children and animals can't be all bad.\n",
		       FIXTURE_INITIAL);
	assert_int_equal(fixture_close(f, fh), 0);
	assert_int_equal(f->gone[0], 0);
	assert_false(qotd_is_leaving(f->q));
}

static void discarded_device_is_not_busy(void **state)
{
	struct fixture *f = *state;
	uint64_t fh = fixture_open(f, O_RDWR);

	assert_int_equal(fixture_resize(f, fh, 64), 0);
	assert_int_equal(fixture_request_detach(f, fh), -EBUSY);
	assert_int_equal(fixture_discard(f, fh), 0);
	assert_int_equal(fixture_request_detach(f, fh), 0);
}

static void device_that_is_detached_cannot_be_opened(void **state)
{
	struct fixture *f = *state;
	uint64_t none;

	assert_int_equal(fixture_request_detach(f, fixture_open(f, O_RDWR)), 0);
	assert_int_equal(fixture_try_open(f, f->q, &none), -ENXIO);
}

static void refused_opens_use_up_no_entries(void **state)
{
	struct fixture *f = *state;
	uint64_t fh;

	assert_int_equal(fixture_request_detach(f, fixture_open(f, O_RDWR)), 0);
	for (int i = 0; i < 2 * MEMORY_FILES; i++)
		assert_int_equal(fixture_try_open(f, f->q, &fh), -ENXIO);
	assert_int_equal(fixture_try_open(f, &f->devices[1], &fh), 0);
}

static void device_that_is_detached_serves_those_who_have_it_open(void **state)
{
	struct fixture *f = *state;
	uint64_t fh = fixture_open(f, O_RDWR);
	char content[6];

	assert_int_equal(fixture_request_detach(f, fh), 0);
	assert_int_equal(fixture_read(f, fh, 0, content, 6), 6);
	assert_memory_equal(content, "Anyone", 6);
}

static void device_goes_with_its_last_user_once(void **state)
{
	struct fixture *f = *state;
	uint64_t one = fixture_open(f, O_RDWR), two = fixture_open(f, O_RDONLY);

	assert_int_equal(fixture_request_detach(f, one), 0);
	assert_int_equal(fixture_close(f, one), 0);
	assert_int_equal(f->gone[0], 0);
	assert_false(qotd_is_leaving(f->q));
	assert_int_equal(fixture_close(f, two), 0);
	assert_int_equal(f->gone[0], 1);
	assert_true(qotd_is_leaving(f->q));
	assert_int_equal(f->gone[1], 0);
}

static void closing_without_detach_leaves_the_device(void **state)
{
	struct fixture *f = *state;

	for (int i = 0; i < 3; i++)
		assert_int_equal(fixture_close(f, fixture_open(f, O_RDWR)), 0);
	assert_int_equal(f->gone[0], 0);
	assert_false(qotd_is_leaving(f->q));
}

static void detach_can_be_asked_for_twice(void **state)
{
	struct fixture *f = *state;
	uint64_t one = fixture_open(f, O_RDWR), two = fixture_open(f, O_RDWR);

	assert_int_equal(fixture_request_detach(f, one), 0);
	assert_int_equal(fixture_request_detach(f, two), 0);
	assert_int_equal(fixture_close(f, one), 0);
	assert_int_equal(fixture_close(f, two), 0);
	assert_int_equal(f->gone[0], 1);
}

static void detach_is_no_change_of_the_content(void **state)
{
	struct fixture *f = *state;
	uint64_t fh = fixture_open(f, O_RDWR);

	assert_int_equal(fixture_request_detach(f, fh), 0);
	assert_int_equal(fixture_info(f, fh).flags, 0);
	assert_int_equal(fixture_info(f, fh).changes, 0);
}

static void detach_leaves_other_instances_alone(void **state)
{
	struct fixture *f = *state;
	uint64_t fh;

	assert_int_equal(fixture_request_detach(f, fixture_open(f, O_RDWR)), 0);
	assert_int_equal(fixture_try_open(f, &f->devices[1], &fh), 0);
	f->q = &f->devices[1];
	assert_int_equal(fixture_close(f, fh), 0);
	assert_int_equal(f->gone[1], 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DEVICE_TEST(detach_needs_write_access),
		DEVICE_TEST(changed_device_is_busy),
		DEVICE_TEST(discarded_device_is_not_busy),
		DEVICE_TEST(device_that_is_detached_cannot_be_opened),
		DEVICE_TEST(refused_opens_use_up_no_entries),
		DEVICE_TEST(device_that_is_detached_serves_those_who_have_it_open),
		DEVICE_TEST(device_goes_with_its_last_user_once),
		DEVICE_TEST(closing_without_detach_leaves_the_device),
		DEVICE_TEST(detach_can_be_asked_for_twice),
		DEVICE_TEST(detach_is_no_change_of_the_content),
		DEVICE_TEST(detach_leaves_other_instances_alone),
	};

	return cmocka_run_group_tests_name("device: detaching", tests, NULL, NULL);
}
