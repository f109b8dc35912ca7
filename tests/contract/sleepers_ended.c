/* SPDX-License-Identifier: MIT */
/* Sleeping resizes that are interrupted or killed, and resizes that are refused a sleep. */
#include "client.h"
#include "sleepers.h"

#include "cleanup.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>

/* Whether the ASKER is as it was when `before` was taken: all of its info up to what counts operations. */
static bool is_as_before(struct test *t, const struct qotd_info *before)
{
	struct qotd_info now = get_info(t);

	return !memcmp(&now, before, offsetof(struct qotd_info, operations)) && is_fresh(t);
}

static void a_signal_interrupts(struct test *t)
{
	struct qotd_info before;
	struct sleeper sleeper;

	take_all_memory(t);
	before = get_info(t);
	sleeper = sleeper_start(t, ASKER, 2 * PAGE, 1);
	sleeper_interrupt(sleeper);
	CHECK_EQ(t, sleeper_result(sleeper), EINTR);
	CHECK(t, is_as_before(t, &before));
}

static void an_interrupt_leaves_the_others(struct test *t)
{
	struct sleeper crowd[CROWD];
	int interrupted = 0;

	crowd_in(t, crowd);
	sleeper_interrupt(crowd[0]);
	sleeper_interrupt(crowd[CROWD / 2]);
	await_sleepers(t, CROWD - 2);
	discard_nth(t, HOG);
	for (int i = 0; i < CROWD; i++) {
		int result = sleeper_result(crowd[i]);

		CHECK_EQ(t, result, i == 0 || i == CROWD / 2 ? EINTR : 0);
		interrupted += result == EINTR;
	}
	CHECK_EQ(t, interrupted, 2);
	CHECK_EQ(t, get_info(t).size, PAGE + CROWD);
}

/* The second fits as soon as the first, which does not, gives up its place. */
static void an_interrupt_lets_the_next_through(struct test *t)
{
	struct sleeper first, second;

	resize_nth(t, HOG, 40 * PAGE);
	first = sleeper_start(t, ASKER, 30 * PAGE, 1);
	second = sleeper_start(t, OTHER_ASKER, 10 * PAGE, 2);
	sleeper_interrupt(first);
	CHECK_EQ(t, sleeper_result(first), EINTR);
	CHECK_EQ(t, sleeper_result(second), 0);
	CHECK_EQ(t, get_info_of(t, OTHER_ASKER).size, 10 * PAGE);
}

static void a_kill_ends_it(struct test *t)
{
	struct qotd_info before;
	struct sleeper sleeper;
	long long start;

	take_all_memory(t);
	before = get_info(t);
	sleeper = sleeper_start(t, ASKER, 2 * PAGE, 1);
	start = milliseconds_now();
	sleeper_kill(sleeper);
	CHECK_EQ(t, sleeper_result(sleeper), 128 + SIGKILL);
	CHECK(t, milliseconds_now() - start < 1000);
	CHECK_EQ(t, get_info(t).sleepers, 0);
	CHECK(t, is_as_before(t, &before));
}

static void nonblock_does_not_sleep(struct test *t)
{
	cleanup_close int fd = open_nth(t, ASKER, O_RDWR | O_NONBLOCK);
	struct qotd_info before;
	uint64_t size = 2 * PAGE;

	take_all_memory(t);
	before = get_info(t);
	CHECK_ERRNO(t, ioctl(fd, QOTDIOCSSZ, &size), EAGAIN);
	CHECK(t, is_as_before(t, &before));
	discard_nth(t, HOG);
	CHECK_EQ(t, ioctl(fd, QOTDIOCSSZ, &size), 0);
}

static void impossible_is_refused_at_once(struct test *t)
{
	cleanup_close int fd = open_nth(t, ASKER, O_RDWR);
	cleanup_close int nonblock = open_nth(t, ASKER, O_RDWR | O_NONBLOCK);
	uint64_t size = LARGEST * PAGE + 1;

	CHECK_ERRNO(t, ioctl(fd, QOTDIOCSSZ, &size), ENOMEM);
	CHECK_ERRNO(t, ioctl(nonblock, QOTDIOCSSZ, &size), ENOMEM);
	take_all_memory(t);
	CHECK_ERRNO(t, ioctl(fd, QOTDIOCSSZ, &size), ENOMEM);
	CHECK(t, is_fresh(t));
	CHECK(t, !is_changed(t));
}

static void impossible_counts_what_is_held(struct test *t)
{
	const uint64_t held = 31;
	const uint64_t just_right = (LARGEST + 1 - held) * PAGE;
	const uint64_t too_much = just_right + 1;
	cleanup_close int fd = open_nth(t, ASKER, O_RDWR);

	resize_nth(t, ASKER, held * PAGE);
	CHECK_ERRNO(t, ioctl(fd, QOTDIOCSSZ, &too_much), ENOMEM);
	CHECK_EQ(t, get_info(t).size, held * PAGE);
	CHECK_EQ(t, ioctl(fd, QOTDIOCSSZ, &just_right), 0);
}

static const struct tap_point points[] = {
	{"a signal ends a sleeping resize with EINTR, the device is as before", a_signal_interrupts,
	 0},
	{"an interrupted sleeper leaves the others in their order", an_interrupt_leaves_the_others,
	 0},
	{"an interrupted sleeper lets the next one through", an_interrupt_lets_the_next_through, 0},
	{"a killed sleeper dies at once, the device is as before", a_kill_ends_it, 0},
	{"O_NONBLOCK: EAGAIN when memory is short, the device is as before",
	 nonblock_does_not_sleep, 0},
	{"ENOMEM at once when there can never be enough", impossible_is_refused_at_once, 0},
	{"ENOMEM counts the pages that the device holds itself", impossible_counts_what_is_held, 0},
};

const struct tap_group ended_points = TAP_GROUP(points);
