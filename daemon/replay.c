// SPDX-License-Identifier: MIT
/* The second half of recovery: the requests that lie in the slots. */
#include <errno.h>
#include <stdlib.h>

#include "cleanup.h"
#include "recovery.h"

static struct channel *channel_of(struct server *s, const struct slot *slot)
{
	return &s->channels[slot->channel];
}

/* Runs a request again. What it has done already stands in its record: then it is only answered. */
static void run_again(struct server *s, struct slot *slot)
{
	const struct fuse_in_header *header = slot_header(slot);
	struct channel *c = channel_of(s, slot);

	if (slot->attempts >= SLOT_MAX_ATTEMPTS && !txn_is_done(&slot->txn)) {
		log_event(s->setup->log, LOG_ERR,
			  "refused a request that has ended the daemon %u times: opcode %u",
			  "refused what=request attempts=%u opcode=%u", slot->attempts,
			  header->opcode, slot->attempts, header->opcode);
		channel_answer(c, header->unique, -EIO, NULL, 0);
		return;
	}
	slot->attempts++;
	slot->replay = true;
	slot->is_parked = false;
	channel_run(c, slot, header->len);
}

/* A parked request sleeps again in its place, or is over and leaves it. */
static void replay_parked(struct server *s, struct slot *slot)
{
	uint64_t unique = slot_header(slot)->unique;

	run_again(s, slot);
	if (!slot_is_occupied(slot))
		return;
	if (slot->is_parked)
		channel_ask_for_interrupt(channel_of(s, slot), unique);
	else
		parking_free_slot(&s->parking, slot);
}

/* Whether a request has been copied to a parked slot, but not been taken out of its worker's yet. */
static bool is_parked_too(struct slot *const *parked, size_t count, struct slot *slot)
{
	for (size_t i = 0; i < count; i++)
		if (parked[i]->channel == slot->channel &&
		    slot_header(parked[i])->unique == slot_header(slot)->unique)
			return true;
	return false;
}

static void count_user(void *ctx, struct openfile *f, uint64_t fh)
{
	struct server *s = ctx;

	(void)fh;
	if (f->instance < s->driver.device_count)
		s->driver.devices[f->instance].users++;
}

/* It may have been about to be woken. If there was no reason to, it goes to sleep again. */
static void wake_poll(void *ctx, struct openfile *f, uint64_t fh)
{
	struct server *s = ctx;

	(void)fh;
	if (f->poll_handle && f->instance < s->driver.device_count)
		channel_wake_poll(server_channel(s, f->instance), f->poll_handle);
}

unsigned recovery_replay(struct server *s)
{
	size_t max = parking_capacity(&s->parking);
	cleanup_free struct slot **parked = calloc(max, sizeof(struct slot *));
	size_t count = parked ? parking_left_behind(&s->parking, parked, max) : 0;
	unsigned workers = 0;
	uint64_t done = 0, unique;

	openfiles_visit(&s->files, count_user, s);
	for (uint64_t i = 0; i < arena_count(&s->arena, ARENA_SLOTS); i++) {
		struct slot *slot = arena_entry(&s->arena, ARENA_SLOTS, i);

		if (slot_is_occupied(slot) && is_parked_too(parked, count, slot))
			slot_clear(slot);
	}
	for (done = 0; done < count; done++)
		replay_parked(s, parked[done]);
	for (uint64_t i = 0; i < arena_count(&s->arena, ARENA_SLOTS); i++) {
		struct slot *slot = arena_entry(&s->arena, ARENA_SLOTS, i);

		if (!slot_is_occupied(slot))
			continue;
		unique = slot_header(slot)->unique;
		run_again(s, slot);
		/* It may sleep now, and have got its interrupt before. */
		channel_ask_for_interrupt(channel_of(s, slot), unique);
		slot_clear(slot);
		workers++;
	}
	parking_run_ready(&s->parking);
	openfiles_visit(&s->files, wake_poll, s);
	for (uint32_t i = 0; s->setup->kind == CHANNEL_FUSE && i < s->driver.device_count; i++)
		fuse_say_resized(&s->channels[0], i);
	return (unsigned)count + workers;
}
