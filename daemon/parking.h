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
	_Atomic uint64_t next_ticket;
	pthread_mutex_t lock; /* guards `ready`; taken inside umem's lock */
	TAILQ_HEAD(, parked) ready;
	_Atomic uint32_t ready_count; /* read without the lock */
	pthread_mutex_t
		completing; /* one worker completes at a time: what woke first is done first */
};

/* Opens the parked slots of an arena, which may be occupied already. Returns 0 or -ENOMEM. */
int parking_init(struct parking *p, struct arena *arena);

void parking_destroy(struct parking *p);

/* The parked slots that a dead process has left occupied, oldest ticket first. Returns how many. */
size_t parking_left_behind(struct parking *p, struct slot **slots, size_t max);

/* Frees a parked slot whose request has been answered without parking_replace(). */
void parking_free_slot(struct parking *p, struct slot *s);

/* The number of parked slots. */
size_t parking_capacity(const struct parking *p);

/* Lets go of all sleeping requests without an answer: they stay in the arena for the next process. */
void parking_abandon(struct parking *p);

/*
 * Runs an operation that may sleep, for the request that is in the current slot, and answers it: at once,
 * or when its sleep is over. -ENOMEM is the answer when too many requests sleep already.
 */
void parking_replace(struct parking *p, fuse_req_t req, struct qotd *q, uint64_t fh,
		     enum qotd_replacement what, uint64_t size);

/* Completes and answers the requests whose sleep is over. Cheap when there are none. */
void parking_run_ready(struct parking *p);

#endif
