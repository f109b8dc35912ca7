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

/* An operation that replaces the memory, and how it gets the new one. */
struct replacement {
	enum qotd_replacement what;
	uint64_t size;
	int flags;		      /* UMEM_* */
	struct umem_sleeper *sleeper; /* NULL: it does not sleep */
	bool is_resumed;	      /* its sleep is over */
};

/* Swaps new memory in, which is zeroed. Locked. */
static void swap_memory(struct qotd *q, struct txn *t, const struct umem_cookie *new_pages,
			const struct replacement *r)
{
	struct qotd_state *s = q->state;

	txn_begin(t, TXN_REPLACE, q->instance);
	t->device = (struct txn_device){
		.size = r->size,
		.changes = s->changes + 1,
		.memory = new_pages->range,
		.old_memory = q->pages.range,
		.old_size = s->size,
		.flags = r->what == QOTD_DISCARD ? s->flags & ~QOTD_CHANGED
						 : s->flags | QOTD_CHANGED,
		.discard = r->what == QOTD_DISCARD,
	};
	txn_plan(t);
	qotd_apply_replace(s, q->config, new_pages->addr, q->pages.addr, t);
	q->pages = *new_pages;
	txn_done(t);
}

/* Frees what was replaced, and says what has happened. */
static void finish_swap(struct qotd *q, const struct txn *t, struct umem_cookie *old_pages,
			bool in_place, const struct replacement *r)
{
	crash_point("replace: done, old memory not freed");
	if (in_place)
		umem_outgrow(&q->memory, old_pages->range.length);
	else
		umem_free(&q->memory, old_pages);
	umem_settle(&q->memory);
	q->callbacks->resized(q->callbacks->ctx, q->instance, t->device.old_size, r->size);
	if (r->what == QOTD_DISCARD)
		q->callbacks->discarded(q->callbacks->ctx, q->instance);
	qotd_wake_pollers(q);
}

static int get_new_pages(struct qotd *q, const struct replacement *r, struct umem_cookie *pages)
{
	return r->is_resumed ? umem_resume(r->sleeper, pages)
			     : umem_alloc(&q->memory, r->size, r->flags, r->sleeper, pages);
}

static int grow_pages(struct qotd *q, const struct replacement *r, struct umem_cookie *pages)
{
	return r->is_resumed ? umem_resume_grow(r->sleeper, pages)
			     : umem_grow(&q->memory, r->size, r->flags, r->sleeper, pages);
}

/* More of the memory that is there: nothing is copied, and nothing freed. False: that cannot be. */
static bool replace_in_place(struct qotd *q, struct txn *t, const struct replacement *r, int *err)
{
	struct umem_cookie old_pages, pages;
	bool in_place;

	pthread_rwlock_wrlock(&q->lock);
	old_pages = pages = q->pages;
	in_place = r->what == QOTD_RESIZE && arena_can_grow(q->files->arena, &pages.range, r->size);
	if (in_place) {
		*err = grow_pages(q, r, &pages);
		q->pages.addr = pages.addr;
		if (!*err)
			swap_memory(q, t, &pages, r);
	}
	pthread_rwlock_unlock(&q->lock);
	if (in_place && !*err)
		finish_swap(q, t, &old_pages, true, r);
	return in_place;
}

/* Gets the memory, or parks, and swaps it in. */
static int replace(struct qotd *q, struct txn *t, const struct replacement *r)
{
	struct umem_cookie old_pages, pages;
	int err;

	if (replace_in_place(q, t, r, &err))
		return err;
	err = get_new_pages(q, r, &pages);
	if (err)
		return err;
	pthread_rwlock_wrlock(&q->lock);
	old_pages = q->pages;
	swap_memory(q, t, &pages, r);
	pthread_rwlock_unlock(&q->lock);
	finish_swap(q, t, &old_pages, false, r);
	return 0;
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

int qotd_replace(struct qotd *q, struct txn *t, uint64_t fh, enum qotd_replacement what,
		 uint64_t size, struct qotd_sleeper *s)
{
	struct replacement r = {.what = what, .sleeper = s ? &s->memory : NULL};
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
	if (err)
		return txn_end(t, err);
	r.size = size;
	r.flags = (s ? UMEM_SLEEP : UMEM_NOSLEEP) | (would_shrink(q, size) ? UMEM_PUSHPAGE : 0);
	if (s) {
		s->what = what;
		s->size = size;
	}
	return txn_end(t, replace(q, t, &r));
}

int qotd_resume(struct qotd_sleeper *s, struct txn *t)
{
	const struct replacement r = {
		.what = s->what, .size = s->size, .sleeper = &s->memory, .is_resumed = true};

	s->q->state->counters.sleeps++;
	return txn_end(t, replace(s->q, t, &r));
}
