/* SPDX-License-Identifier: MIT */
/*
 * The floor: what the kernel's protocol costs at least. It reads requests from the descriptor and
 * answers them from RAM, without libfuse, without locks, and without anything of the daemon's.
 */
#ifndef FLOOR_H
#define FLOOR_H

#include <linux/fuse.h>
#include <stdbool.h>
#include <stddef.h>

/* The largest read or write in one request. */
#define FLOOR_MAX_TRANSFER (1u << 20)

struct floor {
	int fd;		    /* of /dev/fuse or /dev/cuse */
	const char *device; /* on CUSE, the name of the device */
	char *content;
	size_t size;
};

/* Answers one request that has been read as a whole. Ends the process when the kernel is not content. */
void floor_answer(const struct floor *f, const struct fuse_in_header *request);

#endif
