// SPDX-License-Identifier: MIT
/*
 * The life of an instance: attach, open, close, detach.
 *
 *   attach      The channel has created the node. Take memory (NOSLEEP), fill in the quotation.
 *   open/close  Any number, by the kernel on behalf of clients.
 *   detach      On request: QOTDIOCDETACH refuses new opens; the last close says so with gone().
 *               Or because the service stops. Gives the memory back.
 *
 * device_io.c has what clients do with the content, device_memory.c what changes its size, device_info.c what
 * there is to know about it.
 */
#include <errno.h>
#include <string.h>

#include "cleanup.h"
#include "device_apply.h"

_Static_assert(sizeof(struct qotd_state) == 2 * 64, "two cache lines");

/* Writers must not starve while readers come and go. */
static int init_locks(struct qotd *q)
{
	pthread_rwlockattr_t attr;
	int err = pthread_rwlockattr_init(&attr);

	if (err)
		return -err;
	pthread_rwlockattr_setkind_np(&attr, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
	err = pthread_rwlock_init(&q->lock, &attr);
	pthread_rwlockattr_destroy(&attr);
	if (err)
		return -err;
	pthread_mutex_init(&q->poll_lock, NULL);
	TAILQ_INIT(&q->pollers);
	return 0;
}

/* What qotd_attach() and qotd_adopt() have in common. */
static int init_soft_state(struct qotd *q, uint32_t instance, const struct qotd_parent *parent)
{
	int err;

	q->instance = instance;
	q->config = parent->config;
	q->callbacks = parent->callbacks;
	q->files = parent->files;
	q->state = arena_entry(q->files->arena, ARENA_INSTANCES, instance);

	err = init_locks(q);
	if (err)
		return err;
	q->progress |= QOTD_DID_LOCKS;

	umem_client_init(parent->umem, &q->memory);
	q->progress |= QOTD_DID_CLIENT;
	return 0;
}

int qotd_attach(struct qotd *q, uint32_t instance, const struct qotd_parent *parent,
		const struct qotd_saved *saved)
{
	const struct qotd_config *config = parent->config;
	uint64_t size = saved ? saved->size : config->initial_size;
	int err = init_soft_state(q, instance, parent);

	if (err)
		return err;
	err = umem_alloc(&q->memory, size, UMEM_NOSLEEP, NULL, &q->pages);
	if (err)
		return err == -EAGAIN ? -ENOMEM : err;
	umem_settle(&q->memory);
	q->progress |= QOTD_DID_ALLOC;

	if (saved)
		memcpy(q->pages.addr, saved->content, size);
	else
		memcpy(q->pages.addr, config->quote, config->quote_length);
	crash_point("attach: memory filled, not attached");
	*q->state = (struct qotd_state){.size = size, .memory = q->pages.range};
	crash_point("attach: state filled in, not attached");
	q->state->flags = QOTD_ATTACHED | (saved ? QOTD_CHANGED : 0);
	return 0;
}

bool qotd_state_is_valid(const struct arena *a, const struct qotd_state *s)
{
	return s->size > 0 && s->size <= s->memory.length && arena_range_is_valid(a, &s->memory);
}

int qotd_adopt(struct qotd *q, uint32_t instance, const struct qotd_parent *parent)
{
	const struct arena *a = parent->files->arena;
	int err = init_soft_state(q, instance, parent);

	if (err)
		return err;
	if (!(q->state->flags & QOTD_ATTACHED))
		return q->state->flags & QOTD_DETACHING ? -ENXIO : -ENODATA;
	if (!qotd_state_is_valid(a, q->state))
		return -EPROTO;
	q->pages.range = q->state->memory;
	err = arena_map(a, &q->pages.range, &q->pages.addr);
	if (err)
		return err;
	umem_adopt(&q->memory, q->pages.range.length);
	q->progress |= QOTD_DID_ALLOC;
	q->state->counters.restarts++;
	return 0;
}

static void undo_soft_state(struct qotd *q)
{
	if (q->progress & QOTD_DID_CLIENT)
		umem_client_destroy(&q->memory);
	if (q->progress & QOTD_DID_LOCKS) {
		pthread_mutex_destroy(&q->poll_lock);
		pthread_rwlock_destroy(&q->lock);
	}
	q->progress = 0;
}

void qotd_leave(struct qotd *q)
{
	if (q->progress & QOTD_DID_ALLOC)
		umem_abandon(&q->memory, &q->pages);
	undo_soft_state(q);
}

void qotd_detach(struct qotd *q)
{
	if (q->progress & QOTD_DID_ALLOC) {
		q->state->flags &= ~QOTD_ATTACHED;
		umem_free(&q->memory, &q->pages);
	}
	undo_soft_state(q);
}

int qotd_open(struct qotd *q, struct txn *t, uint32_t flags, enum position_mode mode, uint64_t *fh)
{
	int err = 0;

	if (txn_is_done(t)) {
		*fh = t->file.fh;
		return t->result;
	}
	if (!qotd_is_attached(q))
		return txn_end(t, -ENXIO);
	txn_begin(t, TXN_OPEN, q->instance);
	t->file = (struct txn_file){.flags = flags, .mode = mode};
	pthread_rwlock_rdlock(&q->lock);
	if (q->state->flags & QOTD_DETACHING)
		err = -ENXIO;
	else
		err = openfile_reserve(q->files, &t->file.fh);
	if (!err) {
		t->file.seen = q->state->changes;
		txn_plan(t);
		pthread_mutex_lock(openfile_lock(q->files, t->file.fh));
		openfile_apply_open(q->files->arena, t);
		pthread_mutex_unlock(openfile_lock(q->files, t->file.fh));
		q->users++;
		txn_done(t);
		*fh = t->file.fh;
	}
	pthread_rwlock_unlock(&q->lock);
	return txn_end(t, err);
}

/* Nobody polls a file that closes. */
static void disarm(struct qotd *q, uint64_t fh)
{
	struct poller *p = openfile_poller(q->files, fh);
	LOCK_SCOPE(&q->poll_lock);

	if (!p->armed)
		return;
	TAILQ_REMOVE(&q->pollers, p, link);
	p->armed = false;
	q->armed--;
}

int qotd_close(struct qotd *q, struct txn *t, uint64_t fh)
{
	bool is_last;

	if (txn_is_done(t))
		return 0;
	if (!openfile_get(q->files, fh, q->instance))
		return -EBADF;
	disarm(q, fh);

	pthread_rwlock_rdlock(&q->lock);
	txn_begin(t, TXN_CLOSE, q->instance);
	t->file.fh = fh;
	txn_plan(t);
	openfile_apply_close(q->files->arena, t);
	txn_done(t);
	openfile_forget(q->files, fh);
	is_last = --q->users == 0 && (q->state->flags & QOTD_DETACHING);
	pthread_rwlock_unlock(&q->lock);
	if (is_last)
		q->callbacks->gone(q->callbacks->ctx, q->instance);
	return 0;
}

int qotd_request_detach(struct qotd *q, struct txn *t, uint64_t fh)
{
	const struct openfile *f = openfile_get(q->files, fh, q->instance);
	int err = 0;

	if (txn_is_done(t))
		return t->result;
	if (!f)
		return -EBADF;
	if (!openfile_is_writable(f))
		return -EACCES;

	pthread_rwlock_wrlock(&q->lock);
	if (q->state->flags & QOTD_CHANGED) {
		err = -EBUSY;
	} else {
		txn_begin(t, TXN_DETACH, q->instance);
		t->device.flags = q->state->flags | QOTD_DETACHING;
		txn_plan(t);
		qotd_apply_detach(q->state, t);
		txn_done(t);
	}
	pthread_rwlock_unlock(&q->lock);
	if (err)
		return txn_end(t, err);
	umem_interrupt_all(&q->memory, -ENODEV);
	qotd_wake_pollers(q);
	return 0;
}
