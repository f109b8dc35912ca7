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

#include <pthread.h>
#include <stdatomic.h>
#include <sys/queue.h>

#include "device.h"
#include "driver.h"
#include "index_pool.h"

struct parked;

/* A request that a signal for its client may end. */
struct interruptible {
	LIST_ENTRY(interruptible) link;
	const struct channel *channel;
	uint64_t unique;
	struct umem_sleeper *sleeper; /* NULL while its worker has it in hand */
	bool interrupted;	      /* in hand, and the signal has come */
};

#define PARKING_BUCKETS 256

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
	pthread_mutex_t interrupt_lock; /* guards the interruptibles; umem's lock is taken inside */
	LIST_HEAD(, interruptible) interruptibles[PARKING_BUCKETS]; /* by `unique` */
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

/* What an operation that needs new memory is to do. */
struct parking_job {
	struct qotd *q;
	uint64_t fh;
	enum qotd_replacement what;
	uint64_t size;
};

/*
 * Runs such an operation and answers its request: at once, or when its sleep is over. A file that is open with
 * O_NONBLOCK does not sleep: -EAGAIN. -ENOMEM is the answer, too, when too many requests sleep already.
 */
void parking_replace(struct parking *p, const struct request *r, const struct parking_job *job);

/*
 * Ends the sleep of a request with -EINTR; one that is about to sleep will not. parking_run_ready() answers it.
 * False: there is no such request.
 */
bool parking_interrupt(struct parking *p, const struct channel *c, uint64_t unique);

/* Completes and answers the requests whose sleep is over. Cheap when there are none. */
void parking_run_ready(struct parking *p);

#endif
