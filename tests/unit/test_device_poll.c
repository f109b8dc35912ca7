// SPDX-License-Identifier: MIT
/* poll(2): what it tells, whom a change wakes. */
#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "fixture.h"

#define NO_NEWS (POLLIN | POLLOUT)
#define NEWS	(POLLIN | POLLOUT | POLLPRI)

/* Writes through a file of its own. */
static void change(struct fixture *f)
{
	uint64_t fh = fixture_open(f, O_WRONLY);

	assert_int_equal(fixture_write(f, fh, 0, "x", 1), 1);
	assert_int_equal(fixture_close(f, fh), 0);
}

static void read_from(struct fixture *f, uint64_t fh, uint64_t offset)
{
	char byte;

	assert_int_equal(fixture_read(f, fh, offset, &byte, 1), 1);
}

static void device_is_always_readable_and_writable(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(fixture_poll(f, fixture_open(f, O_RDONLY), 0), NO_NEWS);
	assert_int_equal(fixture_poll(f, fixture_open(f, O_WRONLY), 0), NO_NEWS);
}

static void open_file_has_news_after_a_change(void **state)
{
	struct fixture *f = *state;
	uint64_t fh = fixture_open(f, O_RDONLY);

	change(f);
	assert_int_equal(fixture_poll(f, fh, 0), NEWS);
	assert_int_equal(fixture_poll(f, fh, 0), NEWS);
}

static void file_opened_after_a_change_has_no_news(void **state)
{
	struct fixture *f = *state;

	change(f);
	assert_int_equal(fixture_poll(f, fixture_open(f, O_RDONLY), 0), NO_NEWS);
}

static void reading_from_the_beginning_takes_the_news(void **state)
{
	struct fixture *f = *state;
	uint64_t fh = fixture_open(f, O_RDONLY), other = fixture_open(f, O_RDONLY);

	change(f);
	read_from(f, fh, 0);
	assert_int_equal(fixture_poll(f, fh, 0), NO_NEWS);
	assert_int_equal(fixture_poll(f, other, 0), NEWS);
	change(f);
	assert_int_equal(fixture_poll(f, fh, 0), NEWS);
}

static void reading_from_elsewhere_leaves_the_news(void **state)
{
	struct fixture *f = *state;
	uint64_t fh = fixture_open(f, O_RDONLY);

	change(f);
	read_from(f, fh, 1);
	assert_int_equal(fixture_poll(f, fh, 0), NEWS);
}

static void reading_nothing_leaves_the_news(void **state)
{
	struct fixture *f = *state;
	uint64_t fh = fixture_open(f, O_RDONLY);
	char byte;

	change(f);
	assert_int_equal(fixture_read(f, fh, 0, &byte, 0), 0);
	assert_int_equal(fixture_poll(f, fh, 0), NEWS);
}

/* What counts is the position, not the offset in the request. */
static void position_0_of_a_device_file_takes_the_news(void **state)
{
	struct fixture *f = *state;
	uint64_t fh = fixture_open_mode(f, O_RDONLY, POSITION_CALL);

	read_from(f, fh, 0);
	change(f);
	read_from(f, fh, 0); /* at position 1 */
	assert_int_equal(fixture_poll(f, fh, 0), NEWS);
	assert_int_equal(fixture_seek(f, fh, 0), 0);
	assert_int_equal(fixture_poll(f, fh, 0), NEWS);
	read_from(f, fh, 0);
	assert_int_equal(fixture_poll(f, fh, 0), NO_NEWS);
}

static void replayed_read_leaves_the_news(void **state)
{
	struct fixture *f = *state;
	uint64_t fh = fixture_open(f, O_RDONLY);
	const struct qotd_io io = {.fh = fh, .size = 1, .pid = 1, .replay = true};
	char byte;

	change(f);
	assert_int_equal(fixture_read_io(f, &io, &byte), 1);
	assert_int_equal(fixture_poll(f, fh, 0), NEWS);
}

static void own_write_is_news_too(void **state)
{
	struct fixture *f = *state;
	uint64_t fh = fixture_open(f, O_RDWR);

	assert_int_equal(fixture_write(f, fh, 0, "x", 1), 1);
	assert_int_equal(fixture_poll(f, fh, 0), NEWS);
}

static void write_wakes_every_file_that_waits_once(void **state)
{
	struct fixture *f = *state;

	fixture_poll(f, fixture_open(f, O_RDONLY), 1);
	fixture_poll(f, fixture_open(f, O_RDONLY), 2);
	assert_int_equal(f->woken[1], 0);
	change(f);
	assert_int_equal(f->woken[1], 1);
	assert_int_equal(f->woken[2], 1);
	change(f);
	assert_int_equal(f->woken[1], 1);
	assert_int_equal(f->woken[2], 1);
}

static void resize_and_both_ways_of_discard_wake(void **state)
{
	struct fixture *f = *state;
	uint64_t fh = fixture_open(f, O_RDWR);

	fixture_poll(f, fh, 1);
	assert_int_equal(fixture_resize(f, fh, 64), 0);
	assert_int_equal(f->woken[1], 1);
	fixture_poll(f, fh, 2);
	assert_int_equal(fixture_discard(f, fh), 0);
	assert_int_equal(f->woken[2], 1);
	change(f);
	fixture_poll(f, fh, 3);
	assert_int_equal(fixture_discard(f, fh), 0);
	assert_int_equal(f->woken[3], 1);
}

static void what_changes_nothing_wakes_nobody(void **state)
{
	struct fixture *f = *state;
	uint64_t fh = fixture_open(f, O_RDWR);

	fixture_poll(f, fh, 1);
	read_from(f, fh, 0);
	assert_int_equal(fixture_write(f, fh, FIXTURE_INITIAL, "x", 1), -ENOSPC);
	assert_int_equal(fixture_write(f, fh, 0, "", 0), 0);
	assert_int_equal(fixture_resize(f, fh, 0), -EINVAL);
	assert_int_equal(fixture_discard(f, fh), 0);
	assert_int_equal(fixture_seek(f, fh, 4), 0);
	assert_int_equal(f->woken[1], 0);
	assert_int_equal(fixture_close(f, fh), 0);
}

static void change_of_another_instance_wakes_nobody(void **state)
{
	struct fixture *f = *state;
	uint64_t fh = fixture_open(f, O_RDONLY);

	fixture_poll(f, fh, 1);
	f->q = &f->devices[1];
	change(f);
	f->q = &f->devices[0];
	assert_int_equal(f->woken[1], 0);
	assert_int_equal(fixture_poll(f, fh, 0), NO_NEWS);
}

static void second_poll_of_a_file_replaces_the_first(void **state)
{
	struct fixture *f = *state;
	uint64_t fh = fixture_open(f, O_RDONLY);

	fixture_poll(f, fh, 1);
	fixture_poll(f, fixture_open(f, O_RDONLY), 3);
	fixture_poll(f, fh, 2);
	change(f);
	assert_int_equal(f->woken[1], 0);
	assert_int_equal(f->woken[2], 1);
	assert_int_equal(f->woken[3], 1);
	fixture_poll(f, fh, 4);
	change(f);
	assert_int_equal(f->woken[4], 1);
}

static void poll_without_a_handle_keeps_the_one_there_is(void **state)
{
	struct fixture *f = *state;
	uint64_t fh = fixture_open(f, O_RDONLY);

	fixture_poll(f, fh, 1);
	fixture_poll(f, fh, 0);
	change(f);
	assert_int_equal(f->woken[1], 1);
}

static void closed_file_is_not_woken(void **state)
{
	struct fixture *f = *state;
	uint64_t fh = fixture_open(f, O_RDONLY);

	fixture_poll(f, fh, 1);
	assert_int_equal(fixture_close(f, fh), 0);
	change(f);
	assert_int_equal(f->woken[1], 0);
}

static void file_that_uses_an_old_entry_is_not_woken(void **state)
{
	struct fixture *f = *state;
	uint64_t fh = fixture_open(f, O_RDONLY);

	fixture_poll(f, fh, 1);
	assert_int_equal(fixture_close(f, fh), 0);
	fixture_open(f, O_RDONLY);
	change(f);
	assert_int_equal(f->woken[1], 0);
}

static void poll_of_a_closed_file_keeps_nothing(void **state)
{
	struct fixture *f = *state;
	uint64_t fh = fixture_open(f, O_RDONLY);
	short events;

	assert_int_equal(fixture_close(f, fh), 0);
	assert_int_equal(qotd_poll(f->q, fh, 1, &events), -EBADF);
	change(f);
	assert_int_equal(f->woken[1], 0);
}

static void detach_wakes_nobody(void **state)
{
	struct fixture *f = *state;

	fixture_poll(f, fixture_open(f, O_RDONLY), 1);
	qotd_detach(f->q);
	assert_int_equal(f->woken[1], 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DEVICE_TEST(device_is_always_readable_and_writable),
		DEVICE_TEST(open_file_has_news_after_a_change),
		DEVICE_TEST(file_opened_after_a_change_has_no_news),
		DEVICE_TEST(reading_from_the_beginning_takes_the_news),
		DEVICE_TEST(reading_from_elsewhere_leaves_the_news),
		DEVICE_TEST(reading_nothing_leaves_the_news),
		DEVICE_TEST(position_0_of_a_device_file_takes_the_news),
		DEVICE_TEST(replayed_read_leaves_the_news),
		DEVICE_TEST(own_write_is_news_too),
		DEVICE_TEST(write_wakes_every_file_that_waits_once),
		DEVICE_TEST(resize_and_both_ways_of_discard_wake),
		DEVICE_TEST(what_changes_nothing_wakes_nobody),
		DEVICE_TEST(change_of_another_instance_wakes_nobody),
		DEVICE_TEST(second_poll_of_a_file_replaces_the_first),
		DEVICE_TEST(poll_without_a_handle_keeps_the_one_there_is),
		DEVICE_TEST(closed_file_is_not_woken),
		DEVICE_TEST(file_that_uses_an_old_entry_is_not_woken),
		DEVICE_TEST(poll_of_a_closed_file_keeps_nothing),
		DEVICE_TEST(detach_wakes_nobody),
	};

	return cmocka_run_group_tests_name("device: polling", tests, NULL, NULL);
}
