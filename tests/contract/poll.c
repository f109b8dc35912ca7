/* SPDX-License-Identifier: MIT */
/* Row `poll`, by poll(2): always readable and writable; POLLPRI tells of a change. */
#include "client.h"
#include "contract.h"
#include "waiter.h"

#include "cleanup.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>

#define ALL_EVENTS (POLLIN | POLLOUT | POLLPRI)

/* The events that are there now. */
static int events_now(int fd)
{
	struct pollfd pollfd = {.fd = fd, .events = ALL_EVENTS};

	return poll(&pollfd, 1, 0) < 0 ? -1 : pollfd.revents;
}

/* A descriptor that has read the content and knows of all changes so far. */
static int open_and_read(struct test *t)
{
	int fd = open_device(t, O_RDWR);
	char got[8];

	if (read(fd, got, sizeof(got)) != sizeof(got))
		tap_fail(t, __FILE__, __LINE__, "the read failed");
	return fd;
}

static void always_ready(struct test *t)
{
	static const int modes[] = {O_RDONLY, O_WRONLY, O_RDWR};

	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		cleanup_close int fd = open_device(t, modes[i]);

		CHECK_EQ(t, events_now(fd) & (POLLIN | POLLOUT), POLLIN | POLLOUT);
		set_position(t, fd, INITIAL_SIZE);
		CHECK_EQ(t, events_now(fd) & (POLLIN | POLLOUT), POLLIN | POLLOUT);
	}
}

static void quiet_without_a_change(struct test *t)
{
	cleanup_close int fd = open_and_read(t);

	CHECK_EQ(t, events_now(fd), POLLIN | POLLOUT);
	CHECK(t, is_fresh(t));
	CHECK_EQ(t, events_now(fd), POLLIN | POLLOUT);
}

static void set_by_a_write(struct test *t)
{
	cleanup_close int fd = open_and_read(t);

	put(t, 0, "In", 2);
	CHECK_EQ(t, events_now(fd), ALL_EVENTS);
}

static void set_by_a_resize(struct test *t)
{
	cleanup_close int fd = open_and_read(t);

	resize(t, 1000);
	CHECK_EQ(t, events_now(fd), ALL_EVENTS);
}

static void set_by_a_discard(struct test *t)
{
	cleanup_close int fd = -1;

	put(t, 0, "In", 2);
	fd = open_and_read(t);
	discard(t);
	CHECK_EQ(t, events_now(fd), ALL_EVENTS);
}

static void set_by_its_own_write(struct test *t)
{
	cleanup_close int fd = open_and_read(t);

	CHECK_EQ(t, write(fd, "x", 1), 1);
	CHECK_EQ(t, events_now(fd), ALL_EVENTS);
}

static void set_without_a_read(struct test *t)
{
	cleanup_close int fd = open_device(t, O_RDONLY);

	put(t, 0, "In", 2);
	CHECK_EQ(t, events_now(fd), ALL_EVENTS);
}

static void stays_until_read(struct test *t)
{
	cleanup_close int fd = open_and_read(t);
	char got[8];

	put(t, 0, "In", 2);
	CHECK_EQ(t, events_now(fd), ALL_EVENTS);
	CHECK_EQ(t, events_now(fd), ALL_EVENTS);
	set_position(t, fd, 0);
	CHECK_EQ(t, events_now(fd), ALL_EVENTS);
	CHECK_EQ(t, read(fd, got, 1), 1);
	CHECK_EQ(t, events_now(fd), POLLIN | POLLOUT);
}

static void not_cleared_elsewhere(struct test *t)
{
	cleanup_close int fd = open_and_read(t);
	char got[8];

	put(t, 0, "In", 2);
	CHECK_EQ(t, read(fd, got, sizeof(got)), sizeof(got));
	CHECK_EQ(t, events_now(fd), ALL_EVENTS);
	set_position(t, fd, 1);
	CHECK_EQ(t, read(fd, got, sizeof(got)), sizeof(got));
	CHECK_EQ(t, events_now(fd), ALL_EVENTS);
}

static void not_cleared_by_a_write_at_zero(struct test *t)
{
	cleanup_close int fd = open_and_read(t);

	put(t, 0, "In", 2);
	set_position(t, fd, 0);
	CHECK_EQ(t, write(fd, "x", 1), 1);
	CHECK_EQ(t, events_now(fd), ALL_EVENTS);
}

static void each_open_has_its_own(struct test *t)
{
	cleanup_close int one = open_and_read(t);
	cleanup_close int other = open_and_read(t);
	char got[8];

	put(t, 0, "In", 2);
	set_position(t, one, 0);
	CHECK_EQ(t, read(one, got, 1), 1);
	CHECK_EQ(t, events_now(one), POLLIN | POLLOUT);
	CHECK_EQ(t, events_now(other), ALL_EVENTS);
}

static void not_set_by_a_failed_write(struct test *t)
{
	cleanup_close int fd = open_and_read(t);
	uint64_t no_size = 0;

	set_position(t, fd, INITIAL_SIZE);
	CHECK_ERRNO(t, write(fd, "x", 1), ENOSPC);
	CHECK_ERRNO(t, ioctl(fd, QOTDIOCSSZ, &no_size), EINVAL);
	CHECK_EQ(t, events_now(fd), POLLIN | POLLOUT);
}

static void times_out(struct test *t)
{
	cleanup_close int fd = open_and_read(t);

	CHECK_EQ(t, wait_by_poll(fd, 50), 0);
}

static void write_a_byte(struct test *t)
{
	put(t, 0, "I", 1);
}

static void grow(struct test *t)
{
	resize(t, 1000);
}

/* A blocked poll(POLLPRI) is woken by this change. */
static void is_woken(struct test *t, void (*change)(struct test *t))
{
	cleanup_close int fd = open_and_read(t);
	struct waiter waiter = {.wait = wait_by_poll, .fd = fd};

	waiter_start(t, &waiter);
	change(t);
	CHECK_EQ(t, waiter_finish(t, &waiter), POLLPRI);
}

static void woken_by_a_write(struct test *t)
{
	is_woken(t, write_a_byte);
}

static void woken_by_a_resize(struct test *t)
{
	is_woken(t, grow);
}

static void woken_by_a_discard(struct test *t)
{
	put(t, 0, "In", 2);
	is_woken(t, discard);
}

static void woken_again_and_again(struct test *t)
{
	cleanup_close int fd = open_and_read(t);
	char got[8];

	for (int i = 0; i < 5; i++) {
		struct waiter waiter = {.wait = wait_by_poll, .fd = fd};

		waiter_start(t, &waiter);
		put(t, 0, "In", 2);
		CHECK_EQ(t, waiter_finish(t, &waiter), POLLPRI);
		set_position(t, fd, 0);
		CHECK_EQ(t, read(fd, got, sizeof(got)), sizeof(got));
	}
}

static void all_are_woken(struct test *t)
{
	enum { WAITERS = 8 };
	struct waiter waiters[WAITERS] = {0};
	int woken = 0;

	for (int i = 0; i < WAITERS; i++) {
		/* The last two share a descriptor. */
		waiters[i].fd = i == WAITERS - 1 ? waiters[i - 1].fd : open_and_read(t);
		waiters[i].wait = wait_by_poll;
		waiter_start(t, &waiters[i]);
	}
	put(t, 0, "In", 2);
	for (int i = 0; i < WAITERS; i++)
		woken += waiter_finish(t, &waiters[i]) == POLLPRI;
	for (int i = 0; i < WAITERS - 1; i++)
		close(waiters[i].fd);
	CHECK_EQ(t, woken, WAITERS);
}

static const struct tap_point points[] = {
	{"poll: readable and writable always, at the end too", always_ready, 0},
	{"poll: no POLLPRI without a change", quiet_without_a_change, 0},
	{"poll: POLLPRI after a write by another descriptor", set_by_a_write, 0},
	{"poll: POLLPRI after a resize by another descriptor", set_by_a_resize, 0},
	{"poll: POLLPRI after a discard by another descriptor", set_by_a_discard, 0},
	{"poll: POLLPRI after a write by the same descriptor", set_by_its_own_write, 0},
	{"poll: POLLPRI for a descriptor that has never read", set_without_a_read, 0},
	{"poll: POLLPRI stays until a read from position 0", stays_until_read, 0},
	{"poll: POLLPRI is not cleared by a read elsewhere", not_cleared_elsewhere, 0},
	{"poll: POLLPRI is not cleared by a write at position 0", not_cleared_by_a_write_at_zero,
	 0},
	{"poll: POLLPRI is each open file's own", each_open_has_its_own, 0},
	{"poll: no POLLPRI after a write or resize that failed", not_set_by_a_failed_write, 0},
	{"poll: blocks while nothing changes", times_out, 0},
	{"poll: a blocked one is woken by a write", woken_by_a_write, 0},
	{"poll: a blocked one is woken by a resize", woken_by_a_resize, 0},
	{"poll: a blocked one is woken by a discard", woken_by_a_discard, 0},
	{"poll: blocked and woken, five times on one descriptor", woken_again_and_again, 0},
	{"poll: one write wakes all eight that are blocked", all_are_woken, 0},
};

const struct tap_group poll_points = TAP_GROUP(points);
