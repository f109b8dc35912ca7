/* SPDX-License-Identifier: MIT */
/*
 * A thread that blocks in poll or epoll_wait until the device says POLLPRI.
 *
 * waiter_start() returns when the thread sleeps, so that what comes next has to wake it;
 * waiter_finish() joins it and gives the events that it got, 0 when it timed out.
 */
#ifndef WAITER_H
#define WAITER_H

#include "tap.h"

#include <pthread.h>
#include <stdatomic.h>

/* Far longer than a wake-up takes, even where the whole machine is emulated. */
#define WAITER_TIMEOUT_MS 20000

struct waiter {
	int (*wait)(int fd, int timeout_ms); /* blocks, and returns the events */
	int fd;
	pthread_t thread;
	atomic_int tid;
	int events;
};

void waiter_start(struct test *t, struct waiter *waiter);
int waiter_finish(struct test *t, struct waiter *waiter);

/* The events of poll(2) for POLLPRI. */
int wait_by_poll(int fd, int timeout_ms);

/* The events of epoll_wait(2); `fd` is the epoll descriptor. */
int wait_by_epoll(int fd, int timeout_ms);

#endif
