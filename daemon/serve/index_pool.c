// SPDX-License-Identifier: MIT
#include <errno.h>

#include "cleanup.h"
#include "index_pool.h"

int index_pool_init(struct index_pool *p, uint32_t count)
{
	*p = (struct index_pool){.free = calloc(count, sizeof(*p->free)), .count = count};
	if (!p->free)
		return -ENOMEM;
	pthread_mutex_init(&p->lock, NULL);
	return 0;
}

void index_pool_destroy(struct index_pool *p)
{
	pthread_mutex_destroy(&p->lock);
	free(p->free);
}

void index_pool_restore(struct index_pool *p, bool (*is_used)(void *ctx, uint32_t index),
			bool (*is_untouched)(void *ctx, uint32_t index), void *ctx)
{
	uint32_t gap = 0;

	for (uint32_t i = 0; i < p->count && gap < INDEX_POOL_MAX_GAP; i++) {
		gap = is_untouched(ctx, i) ? gap + 1 : 0;
		if (gap == 0)
			p->untouched = i + 1;
	}
	for (uint32_t i = 0; i < p->untouched; i++)
		if (!is_used(ctx, i))
			p->free[p->free_count++] = i;
}

bool index_pool_take(struct index_pool *p, uint32_t *index)
{
	LOCK_SCOPE(&p->lock);

	if (p->free_count > 0)
		*index = p->free[--p->free_count];
	else if (p->untouched < p->count)
		*index = p->untouched++;
	else
		return false;
	return true;
}

void index_pool_give(struct index_pool *p, uint32_t index)
{
	LOCK_SCOPE(&p->lock);

	p->free[p->free_count++] = index;
}
