// SPDX-License-Identifier: MIT
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "parking.h"

/* A place for one sleeping request. */
struct parked {
	struct qotd_sleeper sleeper; /* first: wake() gets its address */
	TAILQ_ENTRY(parked) link;    /* in parking.ready */
	struct parking *parking;
	fuse_req_t req;
	struct slot *slot;
	uint32_t index;
};

_Static_assert(offsetof(struct parked, sleeper) == 0, "wake() gets the parked request by its sleeper");

int parking_init(struct parking *p, struct arena *arena)
{
	uint32_t count = (uint32_t)arena_count(arena, ARENA_PARKED);

	*p = (struct parking){.arena = arena, .places = calloc(count, sizeof(*p->places))};
	if (!p->places || index_pool_init(&p->pool, count) < 0) {
		free(p->places);
		return -ENOMEM;
	}
	pthread_mutex_init(&p->lock, NULL);
	pthread_mutex_init(&p->completing, NULL);
	TAILQ_INIT(&p->ready);
	return 0;
}

void parking_destroy(struct parking *p)
{
	pthread_mutex_destroy(&p->completing);
	pthread_mutex_destroy(&p->lock);
	index_pool_destroy(&p->pool);
	free(p->places);
}

/* The sleep is over. Called with umem's lock held: only passes the request on. */
static void wake(struct umem_sleeper *s)
{
	struct parked *parked = (struct parked *)s;
	struct parking *p = parked->parking;
	LOCK_SCOPE(&p->lock);

	TAILQ_INSERT_TAIL(&p->ready, parked, link);
	p->ready_count++;
}

/* FUSE_INTERRUPT: the client has got a signal. The answer comes from parking_run_ready(). */
static void on_interrupt(fuse_req_t req, void *data)
{
	struct parked *parked = data;

	(void)req;
	umem_interrupt(&parked->sleeper.memory, -EINTR);
}

/* Copies the current request into a parked slot. */
static struct slot *copy_request(struct parking *p, uint32_t index, struct slot *from)
{
	struct slot *to = arena_entry(p->arena, ARENA_PARKED, index);

	*to = (struct slot){.channel = from->channel, .length = from->length};
	if (to->length <= SLOT_PARKED_BUFFER)
		memcpy(slot_parked_buffer(to), slot_buffer(from), to->length);
	return to;
}

/*
 * Answers a request and frees its place. An interrupt may be on its way to the place in another thread:
 * taking the interrupt function away waits for it, and lets no more begin.
 */
static void answer(struct parked *parked, int err)
{
	fuse_req_interrupt_func(parked->req, NULL, NULL);
	if (err)
		fuse_reply_err(parked->req, -err);
	else
		fuse_reply_ioctl(parked->req, 0, NULL, 0);
	parked->slot->length = 0;
	index_pool_give(&parked->parking->pool, parked->index);
}

void parking_replace(struct parking *p, fuse_req_t req, struct qotd *q, uint64_t fh,
		     enum qotd_replacement what, uint64_t size)
{
	struct parked *parked;
	uint32_t index;
	int err;

	if (!index_pool_take(&p->pool, &index)) {
		fuse_reply_err(req, ENOMEM);
		return;
	}
	parked = &p->places[index];
	*parked = (struct parked){.parking = p, .req = req, .index = index};
	parked->slot = copy_request(p, index, slot_current());
	qotd_sleeper_init(&parked->sleeper, q, wake);
	/* A signal may have come already: then on_interrupt() runs right here, and nothing will sleep. */
	fuse_req_interrupt_func(req, on_interrupt, parked);

	err = qotd_replace(q, &parked->slot->txn, fh, what, size, &parked->sleeper);
	if (err != -EINPROGRESS)
		answer(parked, err);
}

static struct parked *take_ready(struct parking *p)
{
	LOCK_SCOPE(&p->lock);
	struct parked *parked = TAILQ_FIRST(&p->ready);

	if (parked) {
		TAILQ_REMOVE(&p->ready, parked, link);
		p->ready_count--;
	}
	return parked;
}

void parking_run_ready(struct parking *p)
{
	struct parked *parked;

	/* What becomes ready while somebody else completes is that worker's: it looks again at its end. */
	while (p->ready_count > 0 && pthread_mutex_trylock(&p->completing) == 0) {
		while ((parked = take_ready(p)))
			answer(parked, qotd_resume(&parked->sleeper, &parked->slot->txn));
		pthread_mutex_unlock(&p->completing);
	}
}
