/* SPDX-License-Identifier: MIT */
/* Row `poll`, by epoll: level and edge triggered. */
#include "client.h"
#include "contract.h"
#include "waiter.h"

#include "cleanup.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/epoll.h>

/* An epoll descriptor that watches `fd` for these events. */
static int watch(struct test *t, int fd, uint32_t events)
{
	struct epoll_event event = {.events = events};
	int epoll = epoll_create1(EPOLL_CLOEXEC);

	if (epoll < 0 || epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) < 0)
		tap_fail(t, __FILE__, __LINE__, "epoll: %s", strerror(errno));
	return epoll;
}

static bool read_from_zero(struct test *t, int fd)
{
	char got[8];

	set_position(t, fd, 0);
	return read(fd, got, sizeof(got)) == sizeof(got);
}

static void always_ready(struct test *t)
{
	cleanup_close int fd = open_device(t, O_RDWR);
	cleanup_close int epoll = watch(t, fd, EPOLLIN | EPOLLOUT);

	CHECK_EQ(t, wait_by_epoll(epoll, 0), EPOLLIN | EPOLLOUT);
}

static void level(struct test *t)
{
	cleanup_close int fd = open_device(t, O_RDONLY);
	cleanup_close int epoll = watch(t, fd, EPOLLPRI);

	CHECK(t, read_from_zero(t, fd));
	CHECK_EQ(t, wait_by_epoll(epoll, 0), 0);
	put(t, 0, "In", 2);
	CHECK_EQ(t, wait_by_epoll(epoll, WAITER_TIMEOUT_MS), EPOLLPRI);
	CHECK_EQ(t, wait_by_epoll(epoll, 0), EPOLLPRI);
	CHECK(t, read_from_zero(t, fd));
	CHECK_EQ(t, wait_by_epoll(epoll, 0), 0);
}

static void edge(struct test *t)
{
	cleanup_close int fd = open_device(t, O_RDONLY);
	cleanup_close int epoll = -1;

	CHECK(t, read_from_zero(t, fd));
	epoll = watch(t, fd, EPOLLPRI | EPOLLET);
	CHECK_EQ(t, wait_by_epoll(epoll, 0), 0);
	for (int i = 0; i < 3; i++) {
		put(t, 0, "In", 2);
		CHECK_EQ(t, wait_by_epoll(epoll, WAITER_TIMEOUT_MS), EPOLLPRI);
		CHECK_EQ(t, wait_by_epoll(epoll, 0), 0);
		CHECK(t, read_from_zero(t, fd));
	}
}

static void blocked_is_woken(struct test *t)
{
	cleanup_close int fd = open_device(t, O_RDONLY);
	cleanup_close int epoll = watch(t, fd, EPOLLPRI);
	struct waiter waiter = {.wait = wait_by_epoll, .fd = epoll};

	CHECK(t, read_from_zero(t, fd));
	waiter_start(t, &waiter);
	put(t, 0, "In", 2);
	CHECK_EQ(t, waiter_finish(t, &waiter), EPOLLPRI);
}

static void closed_while_watched(struct test *t)
{
	cleanup_close int fd = open_device(t, O_RDONLY);
	cleanup_close int epoll = watch(t, fd, EPOLLPRI);

	CHECK(t, read_from_zero(t, fd));
	CHECK_EQ(t, wait_by_epoll(epoll, 0), 0);
	CHECK_EQ(t, close(steal_fd(&fd)), 0);
	put(t, 0, "In", 2);
	CHECK_EQ(t, wait_by_epoll(epoll, 0), 0);
	CHECK(t, is_changed(t));
}

static const struct tap_point points[] = {
	{"epoll: readable and writable always", always_ready, 0},
	{"epoll: EPOLLPRI stays until a read from position 0", level, 0},
	{"epoll: edge triggered, one event for each change", edge, 0},
	{"epoll: a blocked wait is woken by a write", blocked_is_woken, 0},
	{"epoll: closing the watched descriptor leaves the device well", closed_while_watched, 0},
};

const struct tap_group epoll_points = TAP_GROUP(points);
