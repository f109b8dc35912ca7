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
	struct umem_stats stats;

	if (!openfile_get(q->files, fh, q->instance))
		return -EBADF;
	umem_get_stats(q->memory.umem, &stats);
	*info = (struct qotd_info){
		.abi_version = QOTD_ABI_VERSION,
		.max_size = q->config->max_size,
		.initial_size = q->config->initial_size,
		.memory_limit = stats.limit,
		.memory_used = stats.used,
		.sleepers = stats.sleepers,
		.instance = q->instance,
	};
	pthread_rwlock_rdlock(&q->lock);
	info->flags = q->state->flags & QOTD_CHANGED ? QOTD_INFO_CHANGED : 0;
	info->size = q->state->size;
	info->allocated = q->pages.range.length;
	info->changes = q->state->changes;
	pthread_rwlock_unlock(&q->lock);
	return 0;
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
