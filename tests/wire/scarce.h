/* SPDX-License-Identifier: MIT */
/*
 * Two devices that together may have 25 pages. The hog, instance 1, holds 20 of them; instance 0
 * has one and can have 12 only when the hog shrinks. So a resize of instance 0 to 12 pages sleeps,
 * and of several of them one at a time gets its turn: what the one before left has to go first.
 */
#ifndef WIRE_SCARCE_H
#define WIRE_SCARCE_H

#include "client.h"

#define SCARCE_LIMIT (UINT64_C(25) * BENCH_PAGE)
#define SCARCE_HOG   (UINT64_C(20) * BENCH_PAGE)
#define SCARCE_WISH  (UINT64_C(12) * BENCH_PAGE)

struct scarce {
	struct bench *bench;
	struct client hog;
	struct client client; /* of instance 0 */
};

/* Starts such a bench. */
struct scarce scarce_start(void **state, enum channel_kind kind);

/* Lets the hog shrink to a page. */
void scarce_release(const struct scarce *s);

/* Sends a resize that sleeps, of instance 0 to SCARCE_WISH - `less` bytes, as the sleeper number
 * `count`. */
uint64_t scarce_send_sleeper(const struct scarce *s, uint64_t less, unsigned count);

#endif
