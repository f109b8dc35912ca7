// SPDX-License-Identifier: MIT
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#include "crew.h"

unsigned worker_count(void)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);

	if (cpus < 2)
		return 2;
	return cpus > SLOT_WORKERS ? SLOT_WORKERS : (unsigned)cpus;
}

/* Waits for a channel with a request: the only one, whose read waits by itself, or one out of several. */
static struct channel *wait_for_channel(struct pool *p)
{
	struct epoll_event event;

	if (p->epoll_fd < 0)
		return &p->channels[0];
	if (epoll_wait(p->epoll_fd, &event, 1, -1) != 1)
		return NULL;
	return event.data.ptr;
}

static void serve(struct worker *w, struct channel *c, size_t length)
{
	const struct served *s = w->pool->served;

	crash_point("request: taken");
	w->slot->attempts = 1;
	channel_run(c, w->slot, length);
	slot_clear(w->slot);
	if (s->driver->run_ready)
		s->driver->run_ready(s->ctx);
}

/* Nobody else writes it: it need not be one indivisible step. */
static void beat(struct worker *w)
{
	uint64_t count = atomic_load_explicit(&w->beat, memory_order_relaxed);

	atomic_store_explicit(&w->beat, count + 1, memory_order_release);
}

static void *work(void *arg)
{
	struct worker *w = arg;
	struct pool *p = w->pool;

	pthread_mutex_lock(&p->lock);
	if (w != &p->workers[0])
		crew_wait_for_call(p);
	pthread_mutex_unlock(&p->lock);

	while (!p->stopping) {
		struct channel *c = wait_for_channel(p);
		ssize_t length = c ? channel_receive(c, w->slot, p->buffer_size) : -EINTR;

		if (length == -EAGAIN || length == -EINTR)
			continue;
		if (length < 0) {
			p->lost(p->ctx, (int)length);
			break;
		}
		beat(w);
		crew_adjust(w, c);
		serve(w, c, (size_t)length);
		beat(w);
		crew_rest_if_superfluous(w);
	}
	return NULL;
}

/* A wait must end when the worker is to stop. The handler has nothing to do: the interruption is all. */
static void on_kick(int signal)
{
	(void)signal;
}

static int set_blocking(int fd, bool blocking)
{
	int flags = fcntl(fd, F_GETFL);

	if (flags < 0)
		return -errno;
	flags = blocking ? flags & ~O_NONBLOCK : flags | O_NONBLOCK;
	return fcntl(fd, F_SETFL, flags) < 0 ? -errno : 0;
}

/* One channel is read with a wait in the read itself; several are waited for together. */
static int watch_channels(struct pool *p)
{
	bool alone = p->channel_count == 1;
	int err;

	p->epoll_fd = -1;
	if (!alone) {
		p->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
		if (p->epoll_fd < 0)
			return -errno;
	}
	for (uint32_t i = 0; i < p->channel_count; i++) {
		struct channel *c = &p->channels[i];
		struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};

		if (c->fd < 0)
			continue;
		err = set_blocking(c->fd, alone);
		if (err)
			return err;
		if (!alone && epoll_ctl(p->epoll_fd, EPOLL_CTL_ADD, c->fd, &event) < 0)
			return -errno;
	}
	return 0;
}

int pool_init(struct pool *p)
{
	struct sigaction kick = {.sa_handler = on_kick};

	p->count = worker_count();
	p->workers = aligned_alloc(WORKER_ALIGNMENT, p->count * sizeof(*p->workers));
	if (!p->workers)
		return -ENOMEM;
	for (unsigned i = 0; i < p->count; i++) {
		p->workers[i] = (struct worker){.pool = p, .until_look = 1};
#ifndef QOTD_TEST_PRIVATE_SLOTS /* a test shows that it would notice if slots did not outlive us */
		p->workers[i].slot = arena_entry(p->arena, ARENA_SLOTS, i);
#else
		p->workers[i].slot = calloc(1, slot_size(FUSE_MAX_TRANSFER + CHANNEL_HEADER_ROOM));
		slot_init(p->workers[i].slot, SLOT_BUFFER_OFFSET);
#endif
	}
	p->buffer_size = channel_buffer_size(p->channels[0].kind);
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->call, NULL);
	sigemptyset(&kick.sa_mask);
	sigaction(WORKER_KICK_SIGNAL, &kick, NULL); /* without SA_RESTART */
	return 0;
}

void pool_destroy(struct pool *p)
{
	pthread_cond_destroy(&p->call);
	pthread_mutex_destroy(&p->lock);
	free(p->workers);
}

int pool_start(struct pool *p)
{
	int err = watch_channels(p);

	p->stopping = false;
	p->awake = 1; /* all but the first begin at rest, even before their threads run */
	p->busy_long = p->called = 0;
	for (unsigned i = 0; !err && i < p->count; i++) {
		err = -pthread_create(&p->workers[i].thread, NULL, work, &p->workers[i]);
		if (err) {
			p->count = i;
			pool_stop(p);
		}
	}
	return err;
}

/*
 * Interrupts a worker until it has ended. Once would not do: a signal that comes just before the wait
 * begins is lost.
 */
static void join_worker(struct worker *w)
{
	struct timespec soon;

	do {
		pthread_kill(w->thread, WORKER_KICK_SIGNAL);
		clock_gettime(CLOCK_REALTIME, &soon);
		soon.tv_nsec += 10 * 1000 * 1000;
		if (soon.tv_nsec >= 1000 * 1000 * 1000) {
			soon.tv_nsec -= 1000 * 1000 * 1000;
			soon.tv_sec++;
		}
	} while (pthread_timedjoin_np(w->thread, NULL, &soon) == ETIMEDOUT);
}

void pool_stop(struct pool *p)
{
	pthread_mutex_lock(&p->lock);
	p->stopping = true;
	pthread_cond_broadcast(&p->call);
	pthread_mutex_unlock(&p->lock);
	for (unsigned i = 0; i < p->count; i++)
		join_worker(&p->workers[i]);
	if (p->epoll_fd >= 0)
		close(p->epoll_fd);
	p->epoll_fd = -1;
}

bool pool_is_healthy(struct pool *p)
{
	bool healthy = true;

	for (unsigned i = 0; i < p->count; i++) {
		struct worker *w = &p->workers[i];
		uint64_t beat = w->beat;

		if (beat % 2 == 1 && beat == w->seen_beat)
			healthy = false;
		w->seen_beat = beat;
	}
	return healthy;
}
