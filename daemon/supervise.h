/* SPDX-License-Identifier: MIT */
/*
 * --supervise: what systemd's socket unit and descriptor store do, without systemd.
 *
 * A small parent opens the channels and an empty arena, and holds them. The serving child gets them as a
 * service gets its descriptors from systemd. When a signal kills the child, the parent starts another one,
 * which goes on where the dead one stopped.
 */
#ifndef SUPERVISE_H
#define SUPERVISE_H

#include <stdbool.h>

#include "log.h"

/* Set for the serving child: the path of its mount, or nothing on CUSE; and its parent. */
#define SUPERVISED_ENV "QOTD_CUSE_SUPERVISED"
#define SUPERVISOR_ENV "QOTD_CUSE_SUPERVISOR"

/* A descriptor to hold, with the name it is passed under. */
struct held_fd {
	char name[16];
	int fd;
};

/* In the child: whether there is no parent any more that takes care of things. */
bool supervise_parent_is_dead(void);

/*
 * Runs this program again as the serving child, with `argv` and these descriptors, for as long as it dies by
 * signals. SIGTERM and SIGINT end it; SIGHUP replaces the child (after an upgrade of the program). If the
 * parent itself is killed, the child stops. Returns the exit status.
 */
int supervise(char *argv[], const struct held_fd *fds, unsigned count, int arena_fd,
	      const char *mount_path, const struct log *log);

#endif
