// SPDX-License-Identifier: MIT
/*
 * What gives the device new memory: QOTDIOCSSZ and QOTDIOCDISCARD.
 *
 * In the tutorial's order: get the new memory, which may sleep; fill it; only then let the old memory go. So
 * a failure or a signal leaves the device as it was.
 */
#include <errno.h>

#include "device_apply.h"

_Static_assert(offsetof(struct qotd_sleeper, memory) == 0,
	       "wake() gets the sleeper by its first member");

/* Swaps new memory in and frees what it replaces. New memory is zeroed. */
static void swap_memory(struct qotd *q, struct txn *t, struct umem_cookie *new_pages,
			enum qotd_replacement what, uint64_t size)
{
	struct umem_cookie old_pages;
	struct qotd_state *s = q->state;

	pthread_rwlock_wrlock(&q->lock);
	txn_begin(t, TXN_REPLACE, q->instance);
	t->device = (struct txn_device){
		.size = size,
		.changes = s->changes + 1,
		.memory = new_pages->range,
		.old_memory = q->pages.range,
		.old_size = s->size,
		.flags = what == QOTD_DISCARD ? s->flags & ~QOTD_CHANGED : s->flags | QOTD_CHANGED,
		.discard = what == QOTD_DISCARD,
	};
	txn_plan(t);
	qotd_apply_replace(s, q->config, new_pages->addr, q->pages.addr, t);
	old_pages = q->pages;
	q->pages = *new_pages;
	txn_done(t);
	pthread_rwlock_unlock(&q->lock);

	crash_point("replace: done, old memory not freed");
	umem_free(&q->memory, &old_pages);
	umem_settle(&q->memory);
	q->callbacks->resized(q->callbacks->ctx, q->instance);
	if (what == QOTD_DISCARD)
		q->callbacks->discarded(q->callbacks->ctx, q->instance);
	qotd_wake_pollers(q);
}

/* Brings the initial content back into memory of the right size; false when the size is another. */
static bool reset_in_place(struct qotd *q, struct txn *t)
{
	struct qotd_state *s = q->state;
	bool fits, changed;

	pthread_rwlock_wrlock(&q->lock);
	fits = s->size == q->config->initial_size;
	changed = s->flags & QOTD_CHANGED;
	if (fits && changed) {
		txn_begin(t, TXN_RESET, q->instance);
		t->device.changes = s->changes + 1;
		t->device.flags = s->flags & ~QOTD_CHANGED;
		txn_plan(t);
		qotd_apply_reset(s, q->config, q->pages.addr, t);
		txn_done(t);
	}
	pthread_rwlock_unlock(&q->lock);
	if (fits && changed) {
		q->callbacks->discarded(q->callbacks->ctx, q->instance);
		qotd_wake_pollers(q);
	}
	return fits;
}

static bool would_shrink(struct qotd *q, uint64_t size)
{
	bool shrinks;

	pthread_rwlock_rdlock(&q->lock);
	shrinks = size < q->state->size;
	pthread_rwlock_unlock(&q->lock);
	return shrinks;
}

void qotd_sleeper_init(struct qotd_sleeper *s, struct qotd *q, void (*wake)(struct umem_sleeper *s))
{
	*s = (struct qotd_sleeper){.q = q};
	umem_sleeper_init(&s->memory, &q->memory, wake);
}

/* The checks that come before any memory is asked for. */
static int check_replace(struct qotd *q, uint64_t fh, uint64_t size)
{
	const struct openfile *f = openfile_get(q->files, fh, q->instance);

	if (!f)
		return -EBADF;
	if (!openfile_is_writable(f))
		return -EACCES;
	return size == 0 || size > q->config->max_size ? -EINVAL : 0;
}

/* Gets the memory, or parks, and swaps it in. */
static int replace(struct qotd *q, struct txn *t, enum qotd_replacement what, uint64_t size,
		   struct qotd_sleeper *s)
{
	struct umem_cookie pages;
	int flags = s ? UMEM_SLEEP : UMEM_NOSLEEP;
	int err;

	if (would_shrink(q, size))
		flags |= UMEM_PUSHPAGE;
	if (s) {
		s->what = what;
		s->size = size;
	}
	err = umem_alloc(&q->memory, size, flags, s ? &s->memory : NULL, &pages);
	if (!err)
		swap_memory(q, t, &pages, what, size);
	return err;
}

int qotd_replace(struct qotd *q, struct txn *t, uint64_t fh, enum qotd_replacement what,
		 uint64_t size, struct qotd_sleeper *s)
{
	int err;

	if (txn_is_done(t))
		return t->result;
	if (what == QOTD_DISCARD)
		size = q->config->initial_size;
	err = check_replace(q, fh, size);
	if (!err && what == QOTD_DISCARD && reset_in_place(q, t))
		return 0;
	/* What is about to go away is not worth waiting for. */
	if (!err && s && qotd_is_detaching(q))
		err = -ENODEV;
	return txn_end(t, err ? err : replace(q, t, what, size, s));
}

int qotd_resume(struct qotd_sleeper *s, struct txn *t)
{
	struct umem_cookie pages;
	int err = umem_resume(&s->memory, &pages);

	s->q->state->counters.sleeps++;
	if (!err)
		swap_memory(s->q, t, &pages, s->what, s->size);
	return txn_end(t, err);
}
