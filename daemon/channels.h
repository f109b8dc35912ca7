/* SPDX-License-Identifier: MIT */
/*
 * Where a serving process gets its channels and its arena from.
 *
 *   by hand       It opens /dev/cuse, or mounts, itself; all ends with it.
 *   --supervise   The parent has done so, and passes the descriptors to each child.
 *   systemd       ExecStartPre= (--open-channels, for a moment as root) puts /dev/cuse into the descriptor
 *                 store of the service, the daemon itself its arena. They are passed to each new process, and
 *                 go when the service is stopped.
 *
 * Descriptors go by names: "cuse0", "cuse1", ... for the instances, "fuse", "arena".
 */
#ifndef CHANNELS_H
#define CHANNELS_H

#include "channel.h"
#include "mount.h"
#include "options.h"

struct channels {
	enum channel_kind kind;
	int *fds; /* one for each instance (CUSE), or one (FUSE) */
	uint32_t instances;
	int arena_fd;	 /* -1: nobody holds an arena for us */
	bool are_new;	 /* opened by this process */
	bool are_stored; /* the service manager holds them */
	bool supervised; /* a parent of --supervise holds them */
	struct mount mount;
};

/*
 * Gets hold of what is to be served. Gives up root for --user. Returns 0, or -errno after a message. In both
 * cases channels_close() ends it; the descriptors in it are the caller's to close.
 */
int channels_open(struct channels *ch, const struct options *o, const struct log *log);

/* Takes the mount off, if nobody else is going to. */
void channels_close(struct channels *ch);

/* --open-channels. Returns the exit status. */
int channels_store(const struct options *o, const struct log *log);

/* --supervise, in the parent. Returns the exit status. */
int channels_supervise(const struct options *o, char *argv[], const struct log *log);

#endif
