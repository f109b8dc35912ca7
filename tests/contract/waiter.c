/* SPDX-License-Identifier: MIT */
#include "waiter.h"

#include "client.h"

#include <poll.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

/* The thread waits for the daemon on its way, too, but not for so many samples. */
#define ASLEEP_SAMPLES	 20
#define SAMPLE_PERIOD_NS 1000000
#define MAX_SAMPLES	 20000

int wait_by_poll(int fd, int timeout_ms)
{
	struct pollfd pollfd = {.fd = fd, .events = POLLPRI};

	return poll(&pollfd, 1, timeout_ms) < 0 ? -1 : pollfd.revents;
}

int wait_by_epoll(int fd, int timeout_ms)
{
	struct epoll_event event = {0};

	return epoll_wait(fd, &event, 1, timeout_ms) < 0 ? -1 : (int)event.events;
}

/* The kernel looks once more when the time is up: what it finds then has not woken anybody. */
static void *wait_in_thread(void *arg)
{
	struct waiter *waiter = arg;
	long long start = milliseconds_now();
	int events;

	atomic_store(&waiter->tid, gettid());
	events = waiter->wait(waiter->fd, WAITER_TIMEOUT_MS);
	waiter->events = milliseconds_now() - start < WAITER_TIMEOUT_MS ? events : 0;
	return NULL;
}

static bool sleeps_now(int tid)
{
	char path[64], state = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/self/task/%d/stat", tid);
	file = fopen(path, "re");
	if (!file)
		return false;
	if (fscanf(file, "%*d (%*[^)]) %c", &state) != 1)
		state = 0;
	fclose(file);
	return state == 'S';
}

void waiter_start(struct test *t, struct waiter *waiter)
{
	const struct timespec period = {.tv_nsec = SAMPLE_PERIOD_NS};
	int asleep = 0;

	if (pthread_create(&waiter->thread, NULL, wait_in_thread, waiter)) {
		tap_fail(t, __FILE__, __LINE__, "no thread");
		return;
	}
	for (int i = 0; i < MAX_SAMPLES && asleep < ASLEEP_SAMPLES; i++) {
		int tid = atomic_load(&waiter->tid);

		asleep = tid && sleeps_now(tid) ? asleep + 1 : 0;
		nanosleep(&period, NULL);
	}
	if (asleep < ASLEEP_SAMPLES)
		tap_fail(t, __FILE__, __LINE__, "the waiter does not wait");
}

int waiter_finish(struct test *t, struct waiter *waiter)
{
	if (!waiter->thread)
		return -1;
	if (pthread_join(waiter->thread, NULL))
		tap_fail(t, __FILE__, __LINE__, "no thread to join");
	return waiter->events;
}
