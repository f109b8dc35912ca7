// SPDX-License-Identifier: MIT
#include <errno.h>
#include <stdlib.h>

#include "cleanup.h"
#include "parking.h"

/* A place for one sleeping request. */
struct parked {
	struct qotd_sleeper sleeper; /* first: wake() gets its address */
	TAILQ_ENTRY(parked) link;    /* in parking.ready */
	struct parking *parking;
	fuse_req_t req;
	struct slot *slot;
};

_Static_assert(offsetof(struct parked, sleeper) == 0,
	       "wake() gets the parked request by its sleeper");

static struct slot *slot_at(const struct parking *p, uint32_t index)
{
	return arena_entry(p->arena, ARENA_PARKED, index);
}

/* An entry that was never taken has no buffer yet. */
static bool is_untouched(void *ctx, uint32_t index)
{
	return slot_at(ctx, index)->buffer_offset == 0;
}

static bool is_occupied(void *ctx, uint32_t index)
{
	return slot_is_occupied(slot_at(ctx, index));
}

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
	index_pool_restore(&p->pool, is_occupied, is_untouched, p);
	return 0;
}

void parking_destroy(struct parking *p)
{
	pthread_mutex_destroy(&p->completing);
	pthread_mutex_destroy(&p->lock);
	index_pool_destroy(&p->pool);
	free(p->places);
}

static bool is_parked_slot(const struct parking *p, const struct slot *s)
{
	return s->buffer_offset == SLOT_PARKED_OFFSET &&
	       (const char *)s >= (const char *)slot_at(p, 0);
}

static uint32_t slot_index(const struct parking *p, const struct slot *s)
{
	return (uint32_t)(((const char *)s - (const char *)slot_at(p, 0)) / SLOT_PARKED_SIZE);
}

void parking_free_slot(struct parking *p, struct slot *s)
{
	slot_clear(s);
	index_pool_give(&p->pool, slot_index(p, s));
}

size_t parking_capacity(const struct parking *p)
{
	return p->pool.count;
}

static int compare_tickets(const void *a, const void *b)
{
	const struct slot *const *x = a, *const *y = b;

	return (*x)->ticket < (*y)->ticket ? -1 : (*x)->ticket > (*y)->ticket;
}

size_t parking_left_behind(struct parking *p, struct slot **slots, size_t max)
{
	size_t count = 0;

	for (uint32_t i = 0; i < p->pool.untouched && count < max; i++) {
		struct slot *s = slot_at(p, i);

		if (!slot_is_occupied(s))
			continue;
		slots[count++] = s;
		if (s->ticket >= p->next_ticket)
			p->next_ticket = s->ticket + 1;
	}
	qsort(slots, count, sizeof(*slots), compare_tickets);
	return count;
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

/*
 * Answers a request and frees its place. An interrupt may be on its way to the place in another thread:
 * taking the interrupt function away waits for it, and lets no more begin.
 */
static void answer(struct parked *parked, int err)
{
	fuse_req_interrupt_func(parked->req, NULL, NULL);
	crash_point("parked: done, not answered");
	if (err)
		fuse_reply_err(parked->req, -err);
	else
		fuse_reply_ioctl(parked->req, 0, NULL, 0);
	parking_free_slot(parked->parking, parked->slot);
}

/*
 * A place for the current request, with a copy of it. A request that a dead process had parked keeps the
 * one that it has. NULL: too many sleep already, or it is larger than any request that sleeps can be.
 */
static struct parked *enter(struct parking *p, fuse_req_t req)
{
	struct slot *current = slot_current();
	struct slot *slot = current;
	uint32_t index;

	if (is_parked_slot(p, current)) {
		/* What its record says is the result of a try that could not wait. */
		atomic_store(&current->txn.state, TXN_NONE);
		index = slot_index(p, current);
	} else {
		if (slot_header(current)->len > SLOT_PARKED_CAPACITY ||
		    !index_pool_take(&p->pool, &index))
			return NULL;
		slot = slot_at(p, index);
		slot_init(slot, SLOT_PARKED_OFFSET);
		slot->ticket = p->next_ticket++;
		slot_copy(slot, current);
		/* From here on it is answered from its new place, by whatever thread. */
		slot_clear(current);
	}
	p->places[index] = (struct parked){.parking = p, .req = req, .slot = slot};
	return &p->places[index];
}

void parking_replace(struct parking *p, fuse_req_t req, struct qotd *q, uint64_t fh,
		     enum qotd_replacement what, uint64_t size)
{
	struct parked *parked = enter(p, req);
	int err;

	if (!parked) {
		fuse_reply_err(req, ENOMEM);
		return;
	}
	qotd_sleeper_init(&parked->sleeper, q, wake);
	/* A signal may have come already: then on_interrupt() runs right here, and nothing will sleep. */
	fuse_req_interrupt_func(req, on_interrupt, parked);

	/* It sleeps, rather than runs: the daemon's next death is not its fault. */
	parked->slot->is_parked = true;
	parked->slot->attempts = 0;
	err = qotd_replace(q, &parked->slot->txn, fh, what, size, &parked->sleeper);
	if (err != -EINPROGRESS)
		answer(parked, err);
}

void parking_abandon(struct parking *p)
{
	for (uint32_t i = 0; i < p->pool.untouched; i++) {
		/* A start that failed has not come to what the last process left. */
		if (!slot_is_occupied(slot_at(p, i)) || !p->places[i].req)
			continue;
		fuse_req_interrupt_func(p->places[i].req, NULL, NULL);
		fuse_reply_none(p->places[i].req);
	}
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
		while ((parked = take_ready(p))) {
			parked->slot->attempts++;
			answer(parked, qotd_resume(&parked->sleeper, &parked->slot->txn));
		}
		pthread_mutex_unlock(&p->completing);
	}
}
