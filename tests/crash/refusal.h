/* SPDX-License-Identifier: MIT */
/* Ways in which an arena can be damaged. */
#ifndef CRASH_REFUSAL_H
#define CRASH_REFUSAL_H

#include <stddef.h>

struct arena_header;

struct damage {
	const char *name;
	void (*make)(struct arena_header *header); /* the arena, mapped */
};

extern const struct damage damages[];
extern const size_t damage_count;

/* Makes it in the file of an arena. */
void damage(int fd, const struct damage *d);

#endif
