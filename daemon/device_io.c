// SPDX-License-Identifier: MIT
/* What clients do with the content: read, write, seek, poll. */
#include <errno.h>
#include <poll.h>
#include <string.h>

#include "cleanup.h"
#include "device.h"

static uint64_t min_u64(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* Holds the position of a file until the end of the scope, if the device is the one who keeps it. */
static pthread_mutex_t *lock_position(struct qotd *q, const struct openfile *f, uint64_t fh)
{
	return f->mode == POSITION_CLIENT ? NULL : cleanup_lock(openfile_lock(q->files, fh));
}

/* Where a request starts, and how much of it there is before the end. The device's lock is held. */
static int find_range(const struct qotd *q, const struct openfile *f, const struct qotd_io *io,
		      uint64_t *start, uint64_t *length)
{
	*start = openfile_start(f, io);
	if (*start > q->state->size)
		return -EINVAL;
	*length = min_u64(io->size, q->state->size - *start);
	return 0;
}

static int begin_read(struct qotd *q, struct txn *t, struct openfile *f, const struct qotd_io *io,
		      struct qotd_span *span)
{
	cleanup(cleanup_unlock_p) pthread_mutex_t *position = lock_position(q, f, io->fh);
	uint64_t start, length;
	int err = find_range(q, f, io, &start, &length);

	if (err)
		return err;
	if (position && length > 0) {
		*t = (struct txn){.kind = TXN_READ, .instance = q->instance};
		t->start = start;
		t->length = length;
		openfile_plan_move(f, io, start, length, t);
		txn_plan(t);
		openfile_apply_move(f, t);
		txn_done(t);
	}
	/* A repeated read may give newer data than its client got: only that client's own read counts. */
	if (start == 0 && !io->replay)
		f->seen = q->state->changes;
	*span = (struct qotd_span){.data = (char *)q->pages.addr + start, .length = length};
	return 0;
}

int qotd_read_begin(struct qotd *q, struct txn *t, const struct qotd_io *io, struct qotd_span *span)
{
	struct openfile *f = openfile_get(q->files, io->fh, q->instance);
	int err;

	if (!f)
		return -EBADF;
	pthread_rwlock_rdlock(&q->lock);
	err = begin_read(q, t, f, io, span);
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
	cleanup(cleanup_unlock_p) pthread_mutex_t *position = lock_position(q, f, io->fh);
	uint64_t start, length;
	int err = find_range(q, f, io, &start, &length);

	if (err)
		return err;
	if (length == 0)
		return -ENOSPC;
	*t = (struct txn){.kind = TXN_WRITE, .instance = q->instance, .has_file = position != NULL};
	t->start = start;
	t->length = length;
	t->device.changes = q->state->changes + 1;
	t->device.flags = q->state->flags | QOTD_CHANGED;
	if (t->has_file)
		openfile_plan_move(f, io, start, length, t);
	txn_plan(t);
	memcpy((char *)q->pages.addr + start, data, length);
	q->state->changes = t->device.changes;
	q->state->flags = t->device.flags;
	if (t->has_file)
		openfile_apply_move(f, t);
	txn_done(t);
	return 0;
}

int qotd_write(struct qotd *q, struct txn *t, const struct qotd_io *io, const void *data,
	       size_t *written)
{
	struct openfile *f = openfile_get(q->files, io->fh, q->instance);
	int err;

	*written = 0;
	if (!f)
		return -EBADF;
	if (io->size == 0)
		return 0;
	pthread_rwlock_wrlock(&q->lock);
	err = write_locked(q, t, f, io, data);
	pthread_rwlock_unlock(&q->lock);
	if (err)
		return err;
	*written = t->length;
	qotd_wake_pollers(q);
	return 0;
}

int qotd_seek(struct qotd *q, struct txn *t, uint64_t fh, uint64_t position)
{
	struct openfile *f = openfile_get(q->files, fh, q->instance);
	int err = 0;

	if (!f)
		return -EBADF;
	pthread_rwlock_rdlock(&q->lock);
	pthread_mutex_lock(openfile_lock(q->files, fh));
	if (position > q->state->size) {
		err = -EINVAL;
	} else {
		*t = (struct txn){.kind = TXN_SEEK, .instance = q->instance};
		t->file = (struct txn_file){
			.fh = fh,
			.position = position,
			.call_slot = OPENFILE_NO_CALL,
			.mode = f->mode == POSITION_CLIENT ? POSITION_DEVICE : f->mode,
		};
		txn_plan(t);
		openfile_apply_move(f, t);
		txn_done(t);
	}
	pthread_mutex_unlock(openfile_lock(q->files, fh));
	pthread_rwlock_unlock(&q->lock);
	return err;
}

/* Keeps the handle that a file's poll(2) waits with; the one it had before is stale and is returned. */
static void *arm(struct qotd *q, uint64_t fh, void *handle)
{
	struct poller *p = openfile_poller(q->files, fh);
	LOCK_SCOPE(&q->poll_lock);
	void *stale = p->handle;

	p->handle = handle;
	if (!stale) {
		TAILQ_INSERT_TAIL(&q->pollers, p, link);
		q->armed++;
	}
	return stale;
}

/* Arms first and looks then: a change in between is either seen here, or finds the handle. */
int qotd_poll(struct qotd *q, uint64_t fh, void *handle, short *events)
{
	const struct openfile *f = openfile_get(q->files, fh, q->instance);
	void *stale = f && handle ? arm(q, fh, handle) : handle;

	if (stale)
		q->callbacks->poll_free(stale);
	if (!f)
		return -EBADF;
	pthread_rwlock_rdlock(&q->lock);
	*events = POLLIN | POLLOUT | (f->seen == q->state->changes ? 0 : POLLPRI);
	pthread_rwlock_unlock(&q->lock);
	return 0;
}

/* Takes one armed handle, or NULL. */
static void *take_armed(struct qotd *q)
{
	LOCK_SCOPE(&q->poll_lock);
	struct poller *p = TAILQ_FIRST(&q->pollers);

	if (!p)
		return NULL;
	TAILQ_REMOVE(&q->pollers, p, link);
	q->armed--;
	return steal_ptr(&p->handle);
}

void qotd_wake_pollers(struct qotd *q)
{
	void *handle;

	while (q->armed > 0 && (handle = take_armed(q)))
		q->callbacks->poll_wake(handle);
}

void qotd_drop_pollers(struct qotd *q)
{
	void *handle;

	while ((handle = take_armed(q)))
		q->callbacks->poll_free(handle);
}
