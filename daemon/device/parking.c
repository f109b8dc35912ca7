// SPDX-License-Identifier: MIT
#include <errno.h>
#include <stdlib.h>

#include "cleanup.h"
#include "parking.h"
#include "qotd_ops.h"
#include "reply.h"

/* A place for one sleeping request. */
struct parked {
	struct qotd_sleeper sleeper; /* first: wake() gets its address */
	TAILQ_ENTRY(parked) link;    /* in parking.ready */
	struct parking *parking;
	struct request request; /* in a slot of its own */
	struct interruptible interruptible;
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
	pthread_mutex_init(&p->interrupt_lock, NULL);
	TAILQ_INIT(&p->ready);
	index_pool_restore(&p->pool, is_occupied, is_untouched, p);
	return 0;
}

void parking_destroy(struct parking *p)
{
	pthread_mutex_destroy(&p->interrupt_lock);
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

static struct interruptible *find_interruptible(struct parking *p, const struct channel *c,
						uint64_t unique)
{
	struct interruptible *i;

	LIST_FOREACH (i, &p->interruptibles[unique / 2 % PARKING_BUCKETS], link)
		if (i->unique == unique && i->channel == c)
			return i;
	return NULL;
}

bool parking_interrupt(struct parking *p, const struct channel *c, uint64_t unique)
{
	LOCK_SCOPE(&p->interrupt_lock);
	struct interruptible *i = find_interruptible(p, c, unique);

	if (!i)
		return false;
	i->interrupted = true;
	if (i->sleeper)
		umem_interrupt(i->sleeper, -EINTR);
	return true;
}

/* From here on, a signal for the client finds the request. Locked. */
static void expect_interrupt(struct parking *p, struct interruptible *i)
{
	LIST_INSERT_HEAD(&p->interruptibles[i->unique / 2 % PARKING_BUCKETS], i, link);
}

static void take_in_hand(struct parking *p, const struct request *r, struct interruptible *i)
{
	LOCK_SCOPE(&p->interrupt_lock);

	*i = (struct interruptible){.channel = r->channel, .unique = slot_header(r->slot)->unique};
	expect_interrupt(p, i);
}

/* No interrupt is on its way to it any more, and none will come. */
static void ignore_interrupts(struct parking *p, struct interruptible *i)
{
	LOCK_SCOPE(&p->interrupt_lock);

	LIST_REMOVE(i, link);
}

/* The signal goes to the sleeper from now on. It may have come already: then nothing will sleep. */
static void pass_on_interrupts(struct parking *p, struct interruptible *in_hand,
			       struct parked *parked)
{
	LOCK_SCOPE(&p->interrupt_lock);

	LIST_REMOVE(in_hand, link);
	parked->interruptible = *in_hand;
	parked->interruptible.sleeper = &parked->sleeper.memory;
	expect_interrupt(p, &parked->interruptible);
	if (in_hand->interrupted)
		umem_interrupt(&parked->sleeper.memory, -EINTR);
}

/* Answers a parked request and frees its place. */
static void answer(struct parked *parked, int err)
{
	crash_point("parked: done, not answered");
	qotd_finish_ioctl(&parked->request, parked->sleeper.q, err, NULL, 0);
	ignore_interrupts(parked->parking, &parked->interruptible);
	parking_free_slot(parked->parking, parked->request.slot);
}

/*
 * A place for a request, with a copy of it. A request that a dead process had parked keeps the one that it
 * has. NULL: too many sleep already, or it is larger than any request that sleeps can be.
 */
static struct parked *enter(struct parking *p, const struct request *r)
{
	struct slot *slot = r->slot;
	uint32_t index;

	if (is_parked_slot(p, slot)) {
		/* What its record says is the result of a try that could not wait. */
		atomic_store(&slot->txn.state, TXN_NONE);
		index = slot_index(p, slot);
	} else {
		if (slot_header(slot)->len > SLOT_PARKED_CAPACITY ||
		    !index_pool_take(&p->pool, &index))
			return NULL;
		slot = slot_at(p, index);
		slot_init(slot, SLOT_PARKED_OFFSET);
		slot->ticket = p->next_ticket++;
		slot_copy(slot, r->slot);
		/* From here on it is answered from its new place, by whatever thread. */
		slot_clear(r->slot);
	}
	p->places[index] = (struct parked){.parking = p, .request = *r};
	p->places[index].request.slot = slot;
	return &p->places[index];
}

/* Sleeps with a place of its own, or is over and leaves it. False: there is no place. */
static bool park(struct parking *p, const struct request *r, const struct parking_job *job,
		 struct interruptible *in_hand)
{
	struct parked *parked = enter(p, r);
	struct slot *slot;
	int err;

	if (!parked)
		return false;
	slot = parked->request.slot;
	qotd_sleeper_init(&parked->sleeper, job->q, wake);
	pass_on_interrupts(p, in_hand, parked);

	/* It sleeps, rather than runs: the daemon's next death is not its fault. */
	slot->is_parked = true;
	slot->attempts = 0;
	err = qotd_replace(job->q, &slot->txn, job->fh, job->what, job->size, &parked->sleeper);
	if (err != -EINPROGRESS)
		answer(parked, err);
	return true;
}

void parking_replace(struct parking *p, const struct request *r, const struct parking_job *job)
{
	struct interruptible in_hand;
	int err;

	take_in_hand(p, r, &in_hand);
	err = qotd_replace(job->q, &r->slot->txn, job->fh, job->what, job->size, NULL);
	if (err == -EAGAIN && !qotd_is_nonblocking(job->q, job->fh)) {
		if (park(p, r, job, &in_hand))
			return;
		err = -ENOMEM;
	}
	qotd_finish_ioctl(r, job->q, err, NULL, 0);
	ignore_interrupts(p, &in_hand);
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

/* What becomes ready while somebody else completes is that worker's: it looks again at its end. */
static void complete_ready(struct parking *p)
{
	struct parked *parked;

	while (p->ready_count > 0 && pthread_mutex_trylock(&p->completing) == 0) {
		while ((parked = take_ready(p))) {
			parked->request.slot->attempts++;
			answer(parked, qotd_resume(&parked->sleeper, &parked->request.slot->txn));
		}
		pthread_mutex_unlock(&p->completing);
	}
}

void parking_run_ready(struct parking *p)
{
	if (p->ready_count > 0)
		complete_ready(p);
}
