/* SPDX-License-Identifier: MIT */
/*
 * Workers: the threads that read requests from the channels and run them.
 *
 * There is a fixed number of them for all channels. Only one waits for requests while the load is low: a
 * second one waiting would make the kernel alternate between them, and each would find its caches cold. A
 * worker calls a colleague from rest when it sees requests queue up, and before an operation that takes
 * long; one who finds the queue empty for a while goes to rest again.
 *
 * No worker ever blocks on anything but the channel, so that there is always one to serve the next request.
 */
#ifndef WORKER_H
#define WORKER_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "channel.h"

struct pool;

/* Each has cache lines of its own: it writes there twice for each request. */
#define WORKER_ALIGNMENT 64

struct worker {
	_Alignas(WORKER_ALIGNMENT) struct pool *pool;
	struct slot *slot; /* in the arena */
	pthread_t thread;
	unsigned until_look;  /* requests until it looks for a queue again */
	unsigned queues_seen; /* how much more often than not it has seen one */
	unsigned idle_looks;  /* how often in a row it has seen none */
	/* Counts up when a request is taken and when it is finished: odd while one is running. */
	_Atomic uint64_t beat;
	uint64_t seen_beat; /* pool_is_healthy()'s */
};

struct pool {
	struct arena *arena;
	struct channel *channels;
	uint32_t channel_count;
	const struct served *served;
	/* No more requests come, -ENODEV: the kernel has ended the connection. From a worker, maybe often. */
	void (*lost)(void *ctx, int err);
	void *ctx;

	struct worker *workers;
	unsigned count;
	size_t buffer_size;
	int epoll_fd; /* with several channels; else -1 */
	_Atomic bool stopping;

	pthread_mutex_t lock; /* guards the three below */
	pthread_cond_t call;  /* somebody is called from rest */
	unsigned awake;	      /* workers not at rest */
	unsigned busy_long;   /* of these, in an operation that takes long */
	unsigned called;      /* to be woken */
};

/* The signal that interrupts a worker's wait. The process must not use it otherwise. */
#define WORKER_KICK_SIGNAL SIGUSR1

/* How many workers this machine gets: a CPU each, but at least two, and SLOT_WORKERS at most. */
unsigned worker_count(void);

/*
 * Prepares a pool over channels that are ready; the members up to `ctx` are set. Takes the signal
 * WORKER_KICK_SIGNAL for itself. Returns 0 or -errno.
 */
int pool_init(struct pool *p);
void pool_destroy(struct pool *p);

/* Starts the workers, and ends them: each finishes the request that it has. Returns 0 or -errno. */
int pool_start(struct pool *p);
void pool_stop(struct pool *p);

/* Around an operation that takes long (the pool is the context). */
void pool_long_work(void *pool, bool begins);

/*
 * Whether requests make progress: false when a worker is still running the request that it was running at
 * the last call. For a watchdog that calls this at its own interval.
 */
bool pool_is_healthy(struct pool *p);

#endif
