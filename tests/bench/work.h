/* SPDX-License-Identifier: MIT */
/* The works: what clients do with the contents, over and over. */
#ifndef WORK_H
#define WORK_H

#include <stdbool.h>
#include <stddef.h>

#include "contender.h"

enum operation { OP_READ, OP_WRITE, OP_IOCTL, OP_OPEN_READ_CLOSE, OP_OPEN_CLOSE };

struct work {
	const char *name;
	enum operation operation;
	size_t size; /* bytes to read or write */
	unsigned clients;
	bool pinned; /* clients and server on one CPU: path length. Otherwise on all: concurrency. */
	/* What the daemon must reach, as ratio to the floor with one thread or with all; 0: no target. */
	double speed, cpu, p99;
	enum role against;
};

/* One client: its open file, or -1 if its work opens one each time. */
struct client {
	const struct work *work;
	const struct contender *contender;
	int fd;
	long offset;
	char *buffer;
};

extern const struct work fuse_works[], cuse_works[]; /* the last one has no name */

/* Whether a contender can do it. */
bool work_suits(const struct work *w, const struct contender *c);

/* Does it once. False when the position has come to the end, and was put back: that does not count. */
bool work_once(struct client *c);

#endif
