// SPDX-License-Identifier: MIT
#include <errno.h>

#include "device_apply.h"
#include "recovery.h"

/* A plan with what it works on, mapped. */
struct work {
	const struct arena *arena;
	struct txn *txn;
	struct qotd_state *state;
	void *pages;	  /* of the instance, or the old ones of TXN_REPLACE */
	void *new_pages;  /* of TXN_REPLACE */
	const void *data; /* of TXN_WRITE */
};

static bool is_planned(const struct txn *t)
{
	return atomic_load_explicit(&t->state, memory_order_acquire) == TXN_PLANNED;
}

static bool touches_file(const struct txn *t)
{
	return t->kind == TXN_OPEN || t->kind == TXN_CLOSE || t->kind == TXN_READ ||
	       t->kind == TXN_SEEK || (t->kind == TXN_WRITE && t->has_file);
}

/* The memory whose content the plan reads or changes. */
static const struct arena_range *memory_of(const struct txn *t, const struct qotd_state *s)
{
	return t->kind == TXN_REPLACE ? &t->device.old_memory : &s->memory;
}

static bool needs_memory(const struct txn *t)
{
	return t->kind == TXN_WRITE || t->kind == TXN_REPLACE || t->kind == TXN_RESET;
}

/* Whether all that the plan names exists: nothing is believed of what a dead process has left behind. */
static bool is_valid(const struct arena *a, struct slot *slot, const struct qotd_config *config)
{
	const struct txn *t = &slot->txn;
	const struct qotd_state *s;

	if (t->kind < TXN_OPEN || t->kind > TXN_DETACH ||
	    t->instance >= recovery_count_instances(a))
		return false;
	if (touches_file(t) && !openfile_txn_is_valid(a, t))
		return false;
	s = arena_entry(a, ARENA_INSTANCES, t->instance);
	if (needs_memory(t) && !arena_range_is_valid(a, memory_of(t, s)))
		return false;
	if (t->kind == TXN_WRITE)
		return t->length <= s->memory.length && t->start <= s->memory.length - t->length &&
		       SLOT_WRITE_HEADER + t->length <= slot_header(slot)->len;
	if (t->kind == TXN_REPLACE)
		return arena_range_is_valid(a, &t->device.memory) && t->device.size > 0 &&
		       (!t->device.discard || config->quote_length <= t->device.size) &&
		       t->device.size <= t->device.memory.length &&
		       t->device.old_size <= t->device.old_memory.length;
	return t->kind != TXN_RESET ||
	       (s->size <= s->memory.length && config->quote_length <= s->size);
}

static int map_work(struct work *w)
{
	const struct txn *t = w->txn;
	int err = 0;

	if (needs_memory(t))
		err = arena_map(w->arena, memory_of(t, w->state), &w->pages);
	if (!err && t->kind == TXN_REPLACE)
		err = arena_map(w->arena, &t->device.memory, &w->new_pages);
	return err;
}

static void unmap_work(struct work *w, const struct arena_range *memory)
{
	if (w->pages)
		arena_unmap(w->arena, memory, w->pages);
	if (w->new_pages)
		arena_unmap(w->arena, &w->txn->device.memory, w->new_pages);
}

static void carry_out(const struct work *w, const struct qotd_config *config)
{
	const struct txn *t = w->txn;

	switch ((enum txn_kind)t->kind) {
	case TXN_OPEN:
		openfile_apply_open(w->arena, t);
		break;
	case TXN_CLOSE:
		openfile_apply_close(w->arena, t);
		break;
	case TXN_READ:
	case TXN_SEEK:
		openfile_apply_move(w->arena, t);
		break;
	case TXN_WRITE:
		qotd_apply_write(w->state, w->pages, t, w->data);
		if (t->has_file)
			openfile_apply_move(w->arena, t);
		break;
	case TXN_REPLACE:
		qotd_apply_replace(w->state, config, w->new_pages, w->pages, t);
		break;
	case TXN_RESET:
		qotd_apply_reset(w->state, config, w->pages, t);
		break;
	case TXN_DETACH:
		qotd_apply_detach(w->state, t);
		break;
	case TXN_FAILURE: /* never planned */
		break;
	}
}

static int finish_plan(const struct arena *a, struct slot *slot, const struct qotd_config *config)
{
	struct work w = {
		.arena = a,
		.txn = &slot->txn,
		.state = arena_entry(a, ARENA_INSTANCES, slot->txn.instance),
		.data = (char *)slot_buffer(slot) + SLOT_WRITE_HEADER,
	};
	struct arena_range memory = *memory_of(w.txn, w.state);
	int err = map_work(&w);

	if (!err) {
		carry_out(&w, config);
		txn_done(w.txn);
	}
	unmap_work(&w, &memory);
	return err;
}

/* Calls visit() for each slot with a request. */
static int visit_slots(const struct arena *a, int (*visit)(void *ctx, struct slot *s), void *ctx)
{
	static const enum arena_section sections[] = {ARENA_SLOTS, ARENA_PARKED};
	int err = 0;

	for (int i = 0; i < 2; i++) {
		uint32_t untouched = 0;

		for (uint64_t n = 0;
		     n < arena_count(a, sections[i]) && untouched < INDEX_POOL_MAX_GAP; n++) {
			struct slot *s = arena_entry(a, sections[i], n);

			untouched = s->buffer_offset ? 0 : untouched + 1;
			if (s->buffer_offset && slot_is_occupied(s))
				err = visit(ctx, s);
			if (err)
				return err;
		}
	}
	return 0;
}

struct finishing {
	const struct arena *arena;
	uint32_t channels;
	const struct qotd_config *config;
};

static bool offset_is_valid(const struct slot *s)
{
	return s->buffer_offset == SLOT_BUFFER_OFFSET || s->buffer_offset == SLOT_PARKED_OFFSET;
}

/* Whether the request is no longer than what fits where it lies. */
static bool length_is_valid(const struct arena *a, struct slot *s)
{
	uint64_t capacity = s->buffer_offset == SLOT_PARKED_OFFSET
				    ? SLOT_PARKED_CAPACITY
				    : a->header->table[ARENA_SLOTS].entry_size - SLOT_BUFFER_OFFSET;

	return slot_header(s)->len >= sizeof(struct fuse_in_header) &&
	       slot_header(s)->len <= capacity;
}

static int check_slot(void *ctx, struct slot *s)
{
	const struct finishing *f = ctx;

	if (!offset_is_valid(s) || !length_is_valid(f->arena, s) || s->channel >= f->channels)
		return -EPROTO;
	return is_planned(&s->txn) && !is_valid(f->arena, s, f->config) ? -EPROTO : 0;
}

/* Leaves a device that can be used, whatever has been done of the plan. */
static void drop_plan(const struct arena *a, struct txn *t)
{
	struct qotd_state *s = arena_entry(a, ARENA_INSTANCES, t->instance);

	if (t->kind == TXN_REPLACE) {
		s->memory = t->device.old_memory;
		s->size = t->device.old_size;
	} else if (t->kind == TXN_WRITE) {
		s->changes = t->device.changes;
		s->flags = t->device.flags;
	}
	atomic_store_explicit(&t->state, TXN_NONE, memory_order_release);
}

static int finish_slot(void *ctx, struct slot *s)
{
	const struct finishing *f = ctx;

	if (!is_planned(&s->txn))
		return 0;
	/* It has killed the daemon too often: recovery_replay() will refuse it. */
	if (s->attempts >= SLOT_MAX_ATTEMPTS) {
		drop_plan(f->arena, &s->txn);
		return 0;
	}
	s->attempts++;
	return finish_plan(f->arena, s, f->config);
}

int recovery_finish_plans(const struct arena *a, uint32_t channels,
			  const struct qotd_config *config)
{
	struct finishing f = {.arena = a, .channels = channels, .config = config};
	int err = visit_slots(a, check_slot, &f);

	return err ? err : visit_slots(a, finish_slot, &f);
}
