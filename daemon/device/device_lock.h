/* SPDX-License-Identifier: MIT */
/*
 * The lock of a device, for reading and writing its content. It is held for about a microsecond: a worker that went
 * to sleep for it at once would be away for ten times as long. So it tries a while first.
 */
#ifndef DEVICE_LOCK_H
#define DEVICE_LOCK_H

#include "device.h"

#define DEVICE_LOCK_TRIES 100

static inline void relax(void)
{
#if defined(__x86_64__) || defined(__i386__)
	__builtin_ia32_pause();
#endif
}

static inline void device_lock_shared(struct qotd *q)
{
	for (int i = 0; i < DEVICE_LOCK_TRIES; i++) {
		if (pthread_rwlock_tryrdlock(&q->lock) == 0)
			return;
		relax();
	}
	pthread_rwlock_rdlock(&q->lock);
}

static inline void device_lock_exclusive(struct qotd *q)
{
	for (int i = 0; i < DEVICE_LOCK_TRIES; i++) {
		if (pthread_rwlock_trywrlock(&q->lock) == 0)
			return;
		relax();
	}
	pthread_rwlock_wrlock(&q->lock);
}

#endif
