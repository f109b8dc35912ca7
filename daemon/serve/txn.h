/* SPDX-License-Identifier: MIT */
/*
 * The record of one request that changes state: plan, execute, done.
 *
 * An operation first writes down, in absolute values, what it is going to do (plan), then applies the plan
 * to the state in the arena (execute), then marks it done; only then is the request answered. Each step may
 * be the last one of a process. Because a plan holds results and no differences, applying it again gives
 * the same state, so whoever finds it in the arena can finish it; and what is done is never applied again. A
 * failure is written down, too, before the client hears of it: repeated later, the request might succeed.
 *
 * The lock of everything that a plan names is held from txn_plan() to txn_done().
 */
#ifndef TXN_H
#define TXN_H

#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "arena.h"
#include "crash_point.h"

enum txn_state { TXN_NONE, TXN_PLANNED, TXN_DONE };

enum txn_kind {
	TXN_OPEN = 1,
	TXN_CLOSE,
	TXN_READ, /* moves a position the device keeps; a read that moves none has no plan */
	TXN_WRITE,
	TXN_SEEK,
	TXN_REPLACE, /* new memory, size and content */
	TXN_RESET,   /* the initial content into the memory that is there */
	TXN_DETACH,
	TXN_FAILURE, /* nothing: the request has failed, and must not succeed when it is repeated */
};

/* What becomes of an open file. */
struct txn_file {
	uint64_t fh;
	uint64_t position;
	uint64_t call_base; /* with call_slot: see openfile.h */
	uint64_t seen;
	uint32_t pid;
	uint32_t call_slot;
	uint32_t call_clock;
	uint32_t reserved;
	uint32_t flags;
	uint32_t mode;
};

/* What becomes of the device. */
struct txn_device {
	uint64_t size;
	uint64_t changes;
	struct arena_range memory;
	struct arena_range old_memory;
	uint64_t old_size;
	uint32_t flags;
	uint32_t
		discard; /* TXN_REPLACE: fill with the initial quotation, not with the old content */
};

struct txn {
	_Atomic uint32_t state; /* enum txn_state */
	uint32_t kind;		/* enum txn_kind */
	uint32_t instance;
	uint32_t has_file;
	int32_t result; /* of what is done: 0, or -errno of TXN_FAILURE */
	uint32_t reserved;
	uint64_t start;	 /* of the content that is read or written */
	uint64_t length; /* of it: what the request is answered with */
	struct txn_file file;
	struct txn_device device;
};

/*
 * Begins a record. What it does not set means nothing until its kind of operation does: to clear all of it would take
 * longer than all else there is to write down.
 */
static inline void txn_begin(struct txn *t, enum txn_kind kind, uint32_t instance)
{
	atomic_store_explicit(&t->state, TXN_NONE, memory_order_relaxed);
	t->kind = kind;
	t->instance = instance;
	t->has_file = false;
	t->result = 0;
}

/* The plan is complete: from here on it will be carried out, by this process or the next one. */
static inline void txn_plan(struct txn *t)
{
	crash_point("txn: not planned yet");
	atomic_store_explicit(&t->state, TXN_PLANNED, memory_order_release);
	crash_point("txn: planned");
}

/* The plan has been carried out: only the answer is missing. */
static inline void txn_done(struct txn *t)
{
	crash_point("txn: executed, not done yet");
#ifndef QOTD_TEST_WITHOUT_DONE /* a test shows that it would notice if this were missing */
	atomic_store_explicit(&t->state, TXN_DONE, memory_order_release);
#else
	atomic_store_explicit(&t->state, TXN_NONE, memory_order_release);
#endif
	crash_point("txn: done, not answered");
}

/* Records that the request fails with `err`, -errno, and returns it. Success and -EINPROGRESS pass through. */
static inline int txn_end(struct txn *t, int err)
{
	if (err == 0 || err == -EINPROGRESS)
		return err;
	crash_point("txn: failed, not recorded");
	t->kind = TXN_FAILURE;
	t->result = err;
	txn_done(t);
	return err;
}

/* Whether the request of this record was carried out by a process that could not answer it any more. */
static inline bool txn_is_done(const struct txn *t)
{
	return atomic_load_explicit(&t->state, memory_order_acquire) == TXN_DONE;
}

#endif
