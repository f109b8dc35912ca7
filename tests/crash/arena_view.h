/* SPDX-License-Identifier: MIT */
/*
 * What the arena of a running daemon says, read from outside and without a request: how many files are
 * open, how many requests are unanswered. It stays readable while its processes die and come, also when one
 * of them begins it anew: it is read, and not mapped.
 */
#ifndef CRASH_ARENA_VIEW_H
#define CRASH_ARENA_VIEW_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "arena.h"

struct arena_view {
	int fd; /* 0: closed */
	struct arena_header header;
};

/* Opens the arena that a process holds. False when there is none yet. */
bool arena_view_open(struct arena_view *v, pid_t pid);
void arena_view_close(struct arena_view *v);

/* How many processes have come to serve from it. */
uint64_t arena_view_starts(const struct arena_view *v);

/* Open files, of all devices. */
unsigned arena_view_open_files(const struct arena_view *v);

/* Requests in the slots of workers, and those that sleep. */
unsigned arena_view_running(const struct arena_view *v);
unsigned arena_view_parked(const struct arena_view *v);

/* Devices that have not gone. */
unsigned arena_view_attached(const struct arena_view *v);

/* Open files that somebody has polled. */
unsigned arena_view_polled(const struct arena_view *v);

#endif
