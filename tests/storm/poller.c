/* SPDX-License-Identifier: MIT */
/*
 * One thread waits in poll(2) for the other one's next change. The next change comes only after the last one
 * has been seen, so an event that is lost leaves both waiting.
 */
#include "client.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <string.h>
#include <sys/ioctl.h>

#define QUOTATION_START "On the w"
#define PAUSE_MAX_NS	1500000

struct pair {
	struct client *c;
	_Atomic uint64_t made; /* changes that have begun */
	_Atomic uint64_t seen; /* changes that the poller knows of */
	uint64_t random;
};

/* Each third change is a discard, so that the content is the quotation's. */
static uint64_t content_after(uint64_t change)
{
	uint64_t content = change;

	if (change % 3 == 0)
		memcpy(&content, QUOTATION_START, sizeof(content));
	return content;
}

static void make_change(struct client *c, int fd, uint64_t change)
{
	uint64_t content = content_after(change);

	if (change % 3 != 0)
		write_at(c, fd, 0, &content, sizeof(content));
	else if (ioctl(fd, QOTDIOCDISCARD) < 0)
		fail_call(c, "QOTDIOCDISCARD");
}

static void *change(void *arg)
{
	struct pair *p = arg;
	int fd = open_device(p->c, DEVICE_POLLED, O_WRONLY);

	while (!storm->stop) {
		if (p->seen == p->made) {
			sleep_ns(random_below(&p->random, PAUSE_MAX_NS));
			make_change(p->c, fd, ++p->made);
		}
		sleep_ns(20000);
	}
	close_device(p->c, fd);
	return NULL;
}

static void wait_for_event(struct pair *p, int fd)
{
	struct pollfd pollfd = {.fd = fd, .events = POLLPRI};
	/* Shortly before somebody else calls it a hang. */
	int timeout_ms = (int)storm->hang_seconds * 700;
	int events;

	do
		events = poll(&pollfd, 1, storm->stop ? 10 : timeout_ms);
	while (events < 0 && errno == EINTR && !storm->stop);
	if (events < 0 && errno != EINTR)
		fail_call(p->c, "poll");
	if (events > 0 && pollfd.revents != POLLPRI)
		fail(p->c, ERROR, "poll gave the events %#x", (unsigned int)pollfd.revents);
	if (events == 0 && !storm->stop)
		fail(p->c, LOST, "poll did not return for change %llu",
		     (unsigned long long)p->seen + 1);
}

/* An event may come once more for what has been seen; what is read must be the last change or the next one. */
static bool sees_change(struct pair *p, int fd)
{
	uint64_t content = 0, seen = p->seen, right = content_after(seen);

	read_at(p->c, fd, 0, &content, sizeof(content));
	if (content == content_after(seen + 1) && p->made == seen + 1)
		return true;
	if (content != right)
		fail(p->c, LOST, "after change %llu there is %llx instead of %llx",
		     (unsigned long long)seen, (unsigned long long)content,
		     (unsigned long long)right);
	return false;
}

void run_poller(struct client *c)
{
	struct pair p = {.c = c, .random = c->random};
	int fd = open_device(c, DEVICE_POLLED, O_RDWR);
	pthread_t changer;

	/* As after change 0. */
	if (ioctl(fd, QOTDIOCDISCARD) < 0)
		fail_call(c, "QOTDIOCDISCARD");
	sees_change(&p, fd);
	pthread_create(&changer, NULL, change, &p);
	while (go_on(c, "waiting for an event")) {
		wait_for_event(&p, fd);
		if (sees_change(&p, fd)) {
			p.seen++;
			c->count++;
		}
	}
	pthread_join(changer, NULL);
}
