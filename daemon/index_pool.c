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
