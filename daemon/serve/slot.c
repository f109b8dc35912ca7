// SPDX-License-Identifier: MIT
#include <errno.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>

#include "crash_point.h"
#include "slot.h"

uint64_t slot_size(size_t buffer_size)
{
	return (SLOT_BUFFER_OFFSET + buffer_size + 4095) / 4096 * 4096;
}

/*
 * The kernel copies requests in here even while the thread that reads is being killed, but only into pages that
 * are there. Where they cannot be locked, they are there at least until memory is short.
 */
bool slots_prepare(const struct arena *a, unsigned workers)
{
	size_t size = a->header->table[ARENA_SLOTS].entry_size;
	int err = 0;

	for (uint32_t i = 0; i < SLOT_COUNT; i++) {
		struct slot *slot = arena_entry(a, ARENA_SLOTS, i);

		if (i >= workers && i != SLOT_HANDSHAKE)
			continue;
		if (mlock(slot, size) < 0)
			err = errno;
		(void)madvise(slot, size, MADV_POPULATE_WRITE);
		if (slot->buffer_offset == 0)
			slot_init(slot, SLOT_BUFFER_OFFSET);
		if (!slot_is_occupied(slot))
			slot_forget_record(slot);
	}
	errno = err;
	return err == 0;
}

void slot_init(struct slot *s, uint32_t buffer_offset)
{
	*s = (struct slot){.buffer_offset = buffer_offset};
}

void *slot_buffer(struct slot *s)
{
	return (char *)s + s->buffer_offset;
}

struct fuse_in_header *slot_header(struct slot *s)
{
	return slot_buffer(s);
}

bool slot_is_occupied(struct slot *s)
{
	return slot_header(s)->len != 0;
}

/* The copy counts from the moment its length is there: that comes last. */
void slot_copy(struct slot *to, struct slot *from)
{
	uint32_t length = slot_header(from)->len;

	to->channel = from->channel;
	memcpy(slot_header(to) + 1, slot_header(from) + 1, length - sizeof(struct fuse_in_header));
	memcpy(&slot_header(to)->opcode, &slot_header(from)->opcode,
	       sizeof(struct fuse_in_header) - offsetof(struct fuse_in_header, opcode));
	atomic_signal_fence(memory_order_release);
	crash_point("slot: request copied, not counted yet");
	slot_header(to)->len = length;
	crash_point("slot: request in two slots");
}

void slot_forget_record(struct slot *s)
{
	atomic_store_explicit(&s->txn.state, TXN_NONE, memory_order_relaxed);
	s->attempts = 0;
	s->replay = false;
	s->is_parked = false;
}

/* First the request goes, then its record: without a request the record means nothing. */
void slot_clear(struct slot *s)
{
	crash_point("slot: answered, not cleared");
	slot_header(s)->len = 0;
	atomic_signal_fence(memory_order_release);
	crash_point("slot: cleared, record left");
	slot_forget_record(s);
}
