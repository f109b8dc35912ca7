/* SPDX-License-Identifier: MIT */
/* The mount that serves the devices as files where the kernel has no CUSE. */
#ifndef MOUNT_H
#define MOUNT_H

#include "log.h"

struct fuse_session;

struct mount {
	struct fuse_session *session; /* libfuse's, for nothing but mounting; NULL: no mount */
	int lock;		      /* the directory below the mount, locked: one daemon for each */
};

/*
 * Mounts FUSE on a directory, as an ordinary user through fusermount3. A mount that a daemon left behind
 * when it died is taken off first. Returns the descriptor of the channel, for the caller to close; or -errno
 * after a message: -EBUSY when another daemon serves the directory.
 */
int mount_make(struct mount *m, const char *dir, const struct log *log);

/* Takes the mount off: clients that still use its files get ENOTCONN. Does nothing without a mount. */
void mount_undo(struct mount *m);

#endif
