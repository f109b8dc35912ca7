// SPDX-License-Identifier: MIT
#include <poll.h>

#include "cleanup.h"
#include "crew.h"

/* A worker looks whether requests queue up at every so many requests: often enough, for next to nothing. */
#define LOOK_INTERVAL 32

/*
 * It calls a colleague when it has seen a queue so much more often than none. One client alone makes a queue now and then:
 * it does not wait for what it closes to be released.
 */
#define QUEUES_TO_CALL 3

/* It goes to rest when it has seen so many times in a row that there was no queue, and nobody else busy. */
#define IDLE_LOOKS_TO_REST 8

/* Lets one more worker serve, if one is at rest. Locked. */
static void call_one(struct pool *p)
{
	if (p->awake + p->called < p->count) {
		p->called++;
		pthread_cond_signal(&p->call);
	}
}

/* Of a worker at rest: waits until called or told to stop. Locked. */
void crew_wait_for_call(struct pool *p)
{
	while (p->called == 0 && !p->stopping)
		pthread_cond_wait(&p->call, &p->lock);
	if (p->called > 0)
		p->called--;
	p->awake++;
}

static bool has_queue(const struct channel *c)
{
	struct pollfd p = {.fd = c->fd, .events = POLLIN};

	return poll(&p, 1, 0) == 1 && (p.revents & POLLIN);
}

/* Whether another worker has a request in hand just now: then they are not too many. */
static bool has_busy_colleague(const struct worker *w)
{
	const struct pool *p = w->pool;

	for (unsigned i = 0; i < p->count; i++)
		if (&p->workers[i] != w &&
		    atomic_load_explicit(&p->workers[i].beat, memory_order_relaxed) % 2 == 1)
			return true;
	return false;
}

void crew_adjust(struct worker *w, const struct channel *c)
{
	struct pool *p = w->pool;

	if (--w->until_look > 0)
		return;
	w->until_look = LOOK_INTERVAL;
	if (!has_queue(c)) {
		w->idle_looks = has_busy_colleague(w) ? 0 : w->idle_looks + 1;
		if (w->queues_seen > 0)
			w->queues_seen--;
		return;
	}
	w->idle_looks = 0;
	if (++w->queues_seen >= QUEUES_TO_CALL) {
		LOCK_SCOPE(&p->lock);

		w->queues_seen = 0;
		call_one(p);
	}
}

void crew_rest_if_superfluous(struct worker *w)
{
	struct pool *p = w->pool;

	if (w->idle_looks < IDLE_LOOKS_TO_REST)
		return;
	LOCK_SCOPE(&p->lock);
	w->idle_looks = 0;
	if (p->awake - p->busy_long > 1) {
		p->awake--;
		crew_wait_for_call(p);
	}
}

void pool_long_work(void *pool, bool begins)
{
	struct pool *p = pool;
	LOCK_SCOPE(&p->lock);

	if (!begins) {
		p->busy_long--;
		return;
	}
	p->busy_long++;
	if (p->awake + p->called <= p->busy_long)
		call_one(p);
}
