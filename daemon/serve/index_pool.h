/* SPDX-License-Identifier: MIT */
/*
 * Free entries of a table, by index. The last one given back is the first one taken, so that a table is
 * touched only as far as it was ever full. All functions take the pool's own lock.
 */
#ifndef INDEX_POOL_H
#define INDEX_POOL_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

struct index_pool {
	pthread_mutex_t lock; /* guards all below */
	uint32_t *free;	      /* a stack of entries given back */
	uint32_t free_count;
	uint32_t untouched; /* all entries from here on have never been taken */
	uint32_t count;
};

/* A pool of the indexes 0 to count - 1, all free. Returns 0 or -ENOMEM. */
int index_pool_init(struct index_pool *p, uint32_t count);

void index_pool_destroy(struct index_pool *p);

/*
 * The most indexes that threads can have taken without having written to the entries yet. More untouched
 * entries in a row mean that all behind them are untouched.
 */
#define INDEX_POOL_MAX_GAP 64

/* Fits a fresh pool to a table that is in use: whether an entry is, or was never written to at all. */
void index_pool_restore(struct index_pool *p, bool (*is_used)(void *ctx, uint32_t index),
			bool (*is_untouched)(void *ctx, uint32_t index), void *ctx);

/* Takes a free index; false when there is none. */
bool index_pool_take(struct index_pool *p, uint32_t *index);

/* Gives an index back that was taken. */
void index_pool_give(struct index_pool *p, uint32_t index);

#endif
