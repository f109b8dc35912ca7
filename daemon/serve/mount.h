/* SPDX-License-Identifier: MIT */
/* The mount that serves the devices as files where the kernel has no CUSE. */
#ifndef MOUNT_H
#define MOUNT_H

#include "log.h"

struct fuse_session;

struct mount {
	char *path;		      /* absolute; NULL: no mount */
	struct fuse_session *session; /* libfuse's, of the process that made it */
	int lock; /* the directory below the mount, locked: one daemon for each */
};

/*
 * Mounts FUSE on a directory, as an ordinary user through fusermount3. A mount that a daemon of the same
 * program left behind when it died is taken off first. Returns the descriptor of the channel, for the caller to
 * close; or -errno after a message: -EBUSY when another daemon of this program serves the directory.
 *
 * `program`, at most 32 letters, is what mount(8) shows as the source, and behind "fuse." as the type.
 */
int mount_make(struct mount *m, const char *program, const char *dir, const struct log *log);

/* Takes over a mount that another process made: at `path`, absolute. Does not look at it. */
int mount_adopt(struct mount *m, const char *path);

/* Takes the mount off: clients that still use its files get ENOTCONN. Does nothing without a mount. */
void mount_undo(struct mount *m);

/* Forgets the mount, and leaves it to another process. */
void mount_leave(struct mount *m);

#endif
