/* SPDX-License-Identifier: MIT */
/*
 * Request slots: where requests lie, in the arena, from the moment the kernel hands them over until they
 * are answered. They are the log from which the next process goes on when this one dies.
 *
 * Each worker reads into a slot of its own (ARENA_SLOTS). A request that sleeps is copied to a small slot
 * (ARENA_PARKED), so that its worker can go on. In both, the record of what the request changes (txn.h)
 * stands beside the request.
 *
 * The kernel itself marks a slot as occupied: the length in the header of the request that it copies in is
 * not 0. There is no moment at which a request is taken but not recorded, even if the thread that reads it
 * is being killed. For the same reason the buffer must be locked in memory: a thread that is being killed
 * gets no page faults resolved, and the kernel would answer the request with EIO.
 */
#ifndef SLOT_H
#define SLOT_H

#include <linux/fuse.h>
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

/* Where the request begins in a worker's slot, and in a parked one. */
#define SLOT_BUFFER_OFFSET (4096 - SLOT_WRITE_HEADER)
#define SLOT_PARKED_OFFSET 320
#define SLOT_PARKED_SIZE   512
#define SLOT_PARKED_CAPACITY \
	(SLOT_PARKED_SIZE - SLOT_PARKED_OFFSET) /* an ioctl with its argument */

/* At most so many workers: there is a slot for each, on whatever machine; and one for INIT. */
#define SLOT_WORKERS   8
#define SLOT_HANDSHAKE SLOT_WORKERS
#define SLOT_COUNT     (SLOT_WORKERS + 1)

/* How often a request may be running when the daemon dies before it is taken to be the cause. */
#define SLOT_MAX_ATTEMPTS 3

struct slot {
	struct txn txn;
	uint64_t ticket;	/* of a parked request: they go on in this order */
	uint32_t channel;	/* the index of the channel that the request came from */
	uint32_t buffer_offset; /* from the start of the slot */
	uint32_t attempts;	/* how often the request was begun */
	bool replay;		/* it may have been answered once before */
	bool is_parked;		/* it sleeps: whoever ends that answers it */
};

_Static_assert(sizeof(struct slot) <= SLOT_PARKED_OFFSET, "the header fits");

/* Bytes of a worker's slot whose buffer takes `buffer_size`. */
uint64_t slot_size(size_t buffer_size);

/*
 * Prepares the slots of so many workers, and of INIT, whether or not a dead process has left requests in them.
 * False, with errno set: they could not be locked in memory.
 */
bool slots_prepare(const struct arena *a, unsigned workers);

/* Makes an empty slot out of zeroes. */
void slot_init(struct slot *s, uint32_t buffer_offset);

/* The request, and its header. */
void *slot_buffer(struct slot *s);
struct fuse_in_header *slot_header(struct slot *s);

/* Whether there is a request that has not been answered, as far as the slot knows. */
bool slot_is_occupied(struct slot *s);

/* Copies the request of one slot, whose length must fit, into an empty one. */
void slot_copy(struct slot *to, struct slot *from);

/* The request has been answered, or lies in another slot. */
void slot_clear(struct slot *s);

/*
 * Forgets the record that a process has left in a slot without a request, if it died between the two steps
 * of slot_clear(): it would be taken for the record of the next request.
 */
void slot_forget_record(struct slot *s);

#endif
