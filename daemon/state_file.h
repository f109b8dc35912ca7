/* SPDX-License-Identifier: MIT */
/*
 * --state-dir: what a clean stop saves of a changed device, and the next start brings back.
 *
 * One file for each device, NAME.state: a header with a SHA-256 digest, then the content. A new one is
 * written beside it, synced, and renamed over it: at any moment the old or the new one is there, whole.
 */
#ifndef STATE_FILE_H
#define STATE_FILE_H

#include <stddef.h>
#include <stdint.h>

#include "log.h"

struct state_dir {
	int fd; /* -1: there is none, and nothing is saved or found */
	const struct log *log;
};

/* Opens the directory, which must exist. NULL: none. Returns 0, or -errno after a message. */
int state_dir_open(struct state_dir *d, const char *path, const struct log *log);
void state_dir_close(struct state_dir *d);

/* Saves the content of a device. Waits for the disk. Returns 0, or -errno after a message. */
int state_save(const struct state_dir *d, const char *device, const void *content, uint64_t size);

/*
 * What is saved of a device, allocated: free(*content). Returns 0, -ENOENT, or -errno. A file that is
 * damaged, or has more than `max_size` bytes of content, is set aside under another name, with a message:
 * then -EBADMSG.
 */
int state_load(const struct state_dir *d, const char *device, uint64_t max_size, void **content,
	       uint64_t *size);

/* Sets a saved file aside that cannot be used, for a reason that is logged. */
void state_set_aside(const struct state_dir *d, const char *device, const char *reason);

/* Removes what is saved of a device, if anything is. */
void state_remove(const struct state_dir *d, const char *device);

#endif
