// SPDX-License-Identifier: MIT
/* What clients do with the content: read, write, seek, poll. */
#include <errno.h>
#include <poll.h>
#include <string.h>

#include "cleanup.h"
#include "device_apply.h"
#include "device_lock.h"

static uint64_t min_u64(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* Holds the position of a file until the end of the scope, if the device is the one who keeps it. */
static pthread_mutex_t *lock_position(struct qotd *q, enum position_mode mode, uint64_t fh)
{
	return mode == POSITION_CLIENT ? NULL : cleanup_lock(openfile_lock(q->files, fh));
}

/* Where a request starts, and how much of it there is before the end. The device's lock is held. */
static int find_range(const struct qotd *q, const struct openfile *f, enum position_mode mode,
		      const struct qotd_io *io, uint64_t *start, uint64_t *length)
{
	*start = openfile_start(f, mode, io);
	if (*start > q->state->size)
		return -EINVAL;
	*length = min_u64(io->size, q->state->size - *start);
	return 0;
}

static int begin_read(struct qotd *q, struct txn *t, struct openfile *f, const struct qotd_io *io,
		      struct qotd_span *span)
{
	enum position_mode mode = f->mode;
	cleanup(cleanup_unlock_p) pthread_mutex_t *position = lock_position(q, mode, io->fh);
	uint64_t start, length;
	int err = find_range(q, f, mode, io, &start, &length);

	if (err)
		return err;
	if (position) {
		txn_begin(t, TXN_READ, q->instance);
		t->start = start;
		t->length = length;
		openfile_plan_move(f, mode, io, start, length, t);
		txn_plan(t);
		openfile_apply_move(q->files->arena, t);
		txn_done(t);
	}
	/* A repeated read may give newer data than its client got: only that client's own read counts. */
	if (start == 0 && io->size > 0 && !io->replay)
		atomic_store_explicit(&f->seen, q->state->changes, memory_order_relaxed);
	*span = (struct qotd_span){.data = (char *)q->pages.addr + start, .length = length};
	return 0;
}

/* The position has been moved, but the data not delivered: it is read again, if it is still there. */
static void repeat_read(const struct qotd *q, const struct txn *t, struct qotd_span *span)
{
	uint64_t size = q->state->size;

	*span = (struct qotd_span){0};
	if (t->start < size) {
		span->data = (char *)q->pages.addr + t->start;
		span->length = min_u64(t->length, size - t->start);
	}
}

int qotd_read_begin(struct qotd *q, struct txn *t, const struct qotd_io *io, struct qotd_span *span)
{
	struct openfile *f = openfile_get(q->files, io->fh, q->instance);
	int err = 0;

	if (!f)
		return -EBADF;
	device_lock_shared(q);
	if (!txn_is_done(t))
		err = txn_end(t, begin_read(q, t, f, io, span));
	else if (t->result == 0)
		repeat_read(q, t, span);
	else
		err = t->result;
	if (err)
		pthread_rwlock_unlock(&q->lock);
	return err;
}

void qotd_read_end(struct qotd *q)
{
	pthread_rwlock_unlock(&q->lock);
}

static int write_locked(struct qotd *q, struct txn *t, struct openfile *f, const struct qotd_io *io,
			const void *data)
{
	enum position_mode mode = f->mode;
	cleanup(cleanup_unlock_p) pthread_mutex_t *position = lock_position(q, mode, io->fh);
	uint64_t start, length;
	int err = find_range(q, f, mode, io, &start, &length);

	if (err)
		return err;
	if (length == 0)
		return -ENOSPC;
	txn_begin(t, TXN_WRITE, q->instance);
	t->has_file = position != NULL;
	t->start = start;
	t->length = length;
	t->device.changes = q->state->changes + 1;
	t->device.flags = q->state->flags | QOTD_CHANGED;
	if (t->has_file)
		openfile_plan_move(f, mode, io, start, length, t);
	txn_plan(t);
	qotd_apply_write(q->state, q->pages.addr, t, data);
	if (t->has_file)
		openfile_apply_move(q->files->arena, t);
	txn_done(t);
	return 0;
}

int qotd_write(struct qotd *q, struct txn *t, const struct qotd_io *io, const void *data,
	       size_t *written)
{
	struct openfile *f = openfile_get(q->files, io->fh, q->instance);
	int err;

	*written = t->length;
	if (txn_is_done(t))
		return t->result;
	*written = 0;
	if (!f)
		return -EBADF;
	if (io->size == 0)
		return 0;
	device_lock_exclusive(q);
	err = write_locked(q, t, f, io, data);
	pthread_rwlock_unlock(&q->lock);
	if (err)
		return txn_end(t, err);
	*written = t->length;
	qotd_wake_pollers(q);
	return 0;
}

int qotd_seek(struct qotd *q, struct txn *t, uint64_t fh, uint64_t position)
{
	struct openfile *f = openfile_get(q->files, fh, q->instance);
	int err = 0;

	if (txn_is_done(t))
		return t->result;
	if (!f)
		return -EBADF;
	pthread_rwlock_rdlock(&q->lock);
	pthread_mutex_lock(openfile_lock(q->files, fh));
	if (position > q->state->size) {
		err = -EINVAL;
	} else {
		txn_begin(t, TXN_SEEK, q->instance);
		t->file = (struct txn_file){
			.fh = fh,
			.position = position,
			.call_slot = OPENFILE_NO_CALL,
			.call_clock = f->call_clock,
			.mode = f->mode == POSITION_CLIENT ? POSITION_DEVICE : f->mode,
		};
		txn_plan(t);
		openfile_apply_move(q->files->arena, t);
		txn_done(t);
	}
	pthread_mutex_unlock(openfile_lock(q->files, fh));
	pthread_rwlock_unlock(&q->lock);
	return txn_end(t, err);
}

static void arm(struct qotd *q, struct openfile *f, uint64_t fh, uint64_t handle)
{
	struct poller *p = openfile_poller(q->files, fh);
	LOCK_SCOPE(&q->poll_lock);

	f->poll_handle = handle;
	p->handle = handle;
	if (!p->armed) {
		p->armed = true;
		TAILQ_INSERT_TAIL(&q->pollers, p, link);
		q->armed++;
	}
}

/* Arms first and looks then: a change in between is either seen here, or finds the handle. */
int qotd_poll(struct qotd *q, uint64_t fh, uint64_t handle, short *events)
{
	struct openfile *f = openfile_get(q->files, fh, q->instance);

	if (!f)
		return -EBADF;
	if (handle)
		arm(q, f, fh, handle);
	pthread_rwlock_rdlock(&q->lock);
	*events = POLLIN | POLLOUT | (f->seen == q->state->changes ? 0 : POLLPRI) |
		  (q->state->flags & QOTD_DETACHING ? POLLHUP : 0);
	pthread_rwlock_unlock(&q->lock);
	return 0;
}

/* Takes the handle of one who polls; false when there is none. */
static bool take_armed(struct qotd *q, uint64_t *handle)
{
	LOCK_SCOPE(&q->poll_lock);
	struct poller *p = TAILQ_FIRST(&q->pollers);

	if (!p)
		return false;
	TAILQ_REMOVE(&q->pollers, p, link);
	p->armed = false;
	q->armed--;
	*handle = p->handle;
	return true;
}

void qotd_wake_pollers(struct qotd *q)
{
	uint64_t handle;

	crash_point("poll: changed, nobody told");
	while (q->armed > 0 && take_armed(q, &handle))
		q->callbacks->poll_wake(q->callbacks->ctx, q->instance, handle);
}
