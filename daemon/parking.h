/* SPDX-License-Identifier: MIT */
/*
 * Where requests wait for memory, so that no worker does.
 *
 * A request that has to sleep is copied into a parked slot of the arena; its worker goes on. When umem wakes
 * the sleeper, or an interrupt does, it becomes ready, and the next worker that is done with a request of
 * its own completes and answers it.
 */
#ifndef PARKING_H
#define PARKING_H

#include <fuse_lowlevel.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/queue.h>

#include "device.h"
#include "index_pool.h"
#include "slot.h"

struct parked;

struct parking {
	struct arena *arena;
	struct index_pool pool;
	struct parked *places; /* one per parked slot */
	pthread_mutex_t lock;  /* guards `ready`; taken inside umem's lock */
	TAILQ_HEAD(, parked) ready;
	_Atomic uint32_t ready_count; /* read without the lock */
	pthread_mutex_t completing;   /* one worker completes at a time: what woke first is done first */
};

/* Returns 0 or -ENOMEM. */
int parking_init(struct parking *p, struct arena *arena);

/* All places must be free. */
void parking_destroy(struct parking *p);

/*
 * Runs an operation that may sleep, for the request that is in the current slot, and answers it: at once,
 * or when its sleep is over. -ENOMEM is the answer when too many requests sleep already.
 */
void parking_replace(struct parking *p, fuse_req_t req, struct qotd *q, uint64_t fh,
		     enum qotd_replacement what, uint64_t size);

/* Completes and answers the requests whose sleep is over. Cheap when there are none. */
void parking_run_ready(struct parking *p);

#endif
