/* SPDX-License-Identifier: MIT */
/*
 * Cleanup that belongs to the declaration: a variable marked with one of these releases what it holds
 * when it goes out of scope, on every path. steal_fd() and steal_ptr() hand the ownership on.
 */
#ifndef CLEANUP_H
#define CLEANUP_H

#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#define cleanup(f) __attribute__((cleanup(f)))

static inline void cleanup_free_p(void *p)
{
	free(*(void **)p);
}

static inline void cleanup_close_p(const int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static inline void cleanup_unlock_p(pthread_mutex_t **m)
{
	if (*m)
		pthread_mutex_unlock(*m);
}

static inline pthread_mutex_t *cleanup_lock(pthread_mutex_t *m)
{
	pthread_mutex_lock(m);
	return m;
}

#define cleanup_free  cleanup(cleanup_free_p)
#define cleanup_close cleanup(cleanup_close_p)

/* Holds mutex `m` until the end of the scope. */
#define LOCK_SCOPE(m)                                                                    \
	cleanup(cleanup_unlock_p) __attribute__((unused)) pthread_mutex_t *lock_scope_ = \
		cleanup_lock(m)

static inline int steal_fd(int *fd)
{
	int taken = *fd;

	*fd = -1;
	return taken;
}

#define steal_ptr(p)                            \
	({                                      \
		__typeof__(*(p)) taken_ = *(p); \
		*(p) = NULL;                    \
		taken_;                         \
	})

#endif
