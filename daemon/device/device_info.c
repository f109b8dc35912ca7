// SPDX-License-Identifier: MIT
/* What there is to know about an instance. */
#include <errno.h>

#include "device.h"

int qotd_get_size(struct qotd *q, uint64_t fh, uint64_t *size)
{
	const struct openfile *f = openfile_get(q->files, fh, q->instance);

	if (!f)
		return -EBADF;
	if (!openfile_is_readable(f))
		return -EACCES;
	pthread_rwlock_rdlock(&q->lock);
	*size = q->state->size;
	pthread_rwlock_unlock(&q->lock);
	return 0;
}

int qotd_get_info(struct qotd *q, uint64_t fh, struct qotd_info *info)
{
	const struct qotd_counters *counters;
	struct umem_stats stats;

	if (!openfile_get(q->files, fh, q->instance))
		return -EBADF;
	umem_get_stats(q->memory.umem, &stats);
	counters = &q->state->counters;
	*info = (struct qotd_info){
		.abi_version = QOTD_ABI_VERSION,
		.max_size = q->config->max_size,
		.initial_size = q->config->initial_size,
		.memory_limit = stats.limit,
		.memory_used = stats.used,
		.sleepers = stats.sleepers,
		.instance = q->instance,
		.operations = counters->operations,
		.errors = counters->errors,
		.bytes_read = counters->bytes_read,
		.bytes_written = counters->bytes_written,
		.sleeps = counters->sleeps,
		.replays = counters->replays,
		.restarts = counters->restarts,
	};
	pthread_rwlock_rdlock(&q->lock);
	info->flags = q->state->flags & QOTD_CHANGED ? QOTD_INFO_CHANGED : 0;
	info->size = q->state->size;
	info->allocated = q->pages.range.length;
	info->changes = q->state->changes;
	pthread_rwlock_unlock(&q->lock);
	return 0;
}

static void add(_Atomic uint64_t *counter, uint64_t n)
{
	atomic_fetch_add_explicit(counter, n, memory_order_relaxed);
}

void qotd_count_operation(struct qotd *q, int err, bool replay)
{
	struct qotd_counters *c = &q->state->counters;

	add(&c->operations, 1);
	if (err)
		add(&c->errors, 1);
	if (replay)
		add(&c->replays, 1);
}

void qotd_count_bytes(struct qotd *q, size_t read, size_t written)
{
	struct qotd_counters *c = &q->state->counters;

	if (read)
		add(&c->bytes_read, read);
	if (written)
		add(&c->bytes_written, written);
}

void qotd_get_extent(struct qotd *q, uint64_t *size, uint64_t *allocated)
{
	pthread_rwlock_rdlock(&q->lock);
	*size = q->state->size;
	*allocated = q->pages.range.length;
	pthread_rwlock_unlock(&q->lock);
}

bool qotd_is_changed(struct qotd *q)
{
	bool changed;

	pthread_rwlock_rdlock(&q->lock);
	changed = q->state->flags & QOTD_CHANGED;
	pthread_rwlock_unlock(&q->lock);
	return changed;
}

bool qotd_is_attached(const struct qotd *q)
{
	return q->progress & QOTD_DID_ALLOC;
}

bool qotd_is_detaching(struct qotd *q)
{
	bool detaching;

	pthread_rwlock_rdlock(&q->lock);
	detaching = q->state->flags & QOTD_DETACHING;
	pthread_rwlock_unlock(&q->lock);
	return detaching;
}

bool qotd_is_leaving(struct qotd *q)
{
	return qotd_is_attached(q) && qotd_is_detaching(q) && q->users == 0;
}

bool qotd_is_nonblocking(const struct qotd *q, uint64_t fh)
{
	const struct openfile *f = openfile_get(q->files, fh, q->instance);

	return f && openfile_is_nonblocking(f);
}
