/* SPDX-License-Identifier: MIT */
/*
 * Request slots: where requests lie, in the arena, from the moment the kernel hands them over until they
 * are answered.
 *
 * Each worker reads into a slot of its own (ARENA_SLOTS). A request that sleeps is copied to a small slot
 * (ARENA_PARKED), so that its worker can go on. In both, the record of what the request changes (txn.h)
 * stands beside the request.
 */
#ifndef SLOT_H
#define SLOT_H

#include <stdalign.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arena.h"
#include "txn.h"

/*
 * The header of a WRITE request. Slots are placed so that the data behind it starts on a page, as the
 * pages do that it is copied to.
 */
#define SLOT_WRITE_HEADER 80

#define SLOT_PREFIX (4096 - SLOT_WRITE_HEADER)

struct slot {
	struct txn txn;
	uint32_t channel; /* the index of the channel that the request came from */
	uint32_t length;  /* of the request, bytes; 0: empty */
	bool replay;	  /* may have been answered once before */
};

/* Requests that can sleep are small: an ioctl with its argument. */
#define SLOT_PARKED_SIZE   512
#define SLOT_PARKED_BUFFER (SLOT_PARKED_SIZE - 320)

/* Bytes of a worker's slot whose buffer takes `buffer_size`. */
static inline uint64_t slot_size(size_t buffer_size)
{
	return (SLOT_PREFIX + buffer_size + 4095) / 4096 * 4096;
}

/* The request buffer of a worker's slot and of a parked one. */
static inline void *slot_buffer(struct slot *s)
{
	return (char *)s + SLOT_PREFIX;
}

static inline void *slot_parked_buffer(struct slot *s)
{
	return (char *)s + (SLOT_PARKED_SIZE - SLOT_PARKED_BUFFER);
}

_Static_assert(sizeof(struct slot) <= SLOT_PARKED_SIZE - SLOT_PARKED_BUFFER, "the header fits");

/*
 * The slot of the request that this thread is running. libfuse passes an operation nothing from which
 * it could be told.
 */
struct slot *slot_current(void);
void slot_set_current(struct slot *s);

#endif
