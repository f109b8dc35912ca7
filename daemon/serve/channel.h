/* SPDX-License-Identifier: MIT */
/*
 * A channel: the descriptor over which the kernel sends requests, and libfuse's session for it.
 *
 *   CUSE  /dev/cuse, one channel for each instance. The kernel makes the device node when it gets our
 *         answer to INIT, and removes it when the last descriptor of the channel is closed.
 *   FUSE  /dev/fuse, one channel for all instances, which are files in the root of one mount.
 *
 * Requests are read into slots of the arena by the workers. Those of clients go straight to the driver
 * (dispatch.h); libfuse gets INIT, and on FUSE what concerns names and attributes. It never touches the
 * descriptor itself: its replies pass through the channel's own writev.
 */
#ifndef CHANNEL_H
#define CHANNEL_H

#include <fuse_lowlevel.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/uio.h>

#include "driver.h"
#include "log.h"
#include "slot.h"

enum channel_kind { CHANNEL_CUSE, CHANNEL_FUSE };

/* The largest read or write in one request. The kernel sends no more on CUSE, whatever is negotiated. */
#define CUSE_MAX_TRANSFER (128u << 10)
#define FUSE_MAX_TRANSFER (1u << 20)

/* The kernel wants this much room in a read of the channel besides max_write. */
#define CHANNEL_HEADER_ROOM 4096u

/* Whom channels serve. Shared by all of them; not changed while they do. */
struct served {
	const struct driver_ops *driver;
	void *ctx; /* the driver's */
	uint32_t instances;
	const char *name;    /* of instance 0 */
	const char *program; /* its name, for libfuse */
	bool unrestricted_ioctl; /* CUSE: the numbers of ioctls do not say how large their arguments are */
	time_t started;		 /* FUSE: the time stamp of the files */
	gid_t group;		 /* FUSE: the group that may write */
	const struct log *log;
};

/* On FUSE, the inode of instance 0; the others follow. */
#define FUSE_FIRST_INODE (FUSE_ROOT_ID + 1)

/*
 * In the arena: how the kernel and the first process have come to terms. The kernel says INIT only once;
 * later processes repeat it to their libfuse and keep the answer to themselves.
 */
#define CHANNEL_INIT_MAX 480

struct channel_state {
	uint32_t request_length; /* 0: INIT has not come yet */
	uint32_t reply_length;	 /* 0: not answered yet */
	uint32_t is_answered;	 /* the kernel has got the reply for sure */
	uint32_t reserved[13];
	char request[CHANNEL_INIT_MAX];
	char reply[CHANNEL_INIT_MAX];
};

struct channel {
	enum channel_kind kind;
	uint32_t index;	   /* among the channels */
	uint32_t instance; /* CUSE: the one that it serves */
	int fd;		   /* -1: closed */
	bool is_ready;	   /* libfuse has heard INIT */
	bool differs;	   /* the reply to a repeated INIT is not what the kernel was told */
	bool is_serving;   /* INIT is over */
	struct channel_state *state;
	struct fuse_session *session;
	struct served *served;
};

/* The name of an instance: NAME for 0, NAME<n> for the others. Needs room for the name and 11 more. */
void channel_device_name(const struct served *s, uint32_t instance, char *name, size_t size);

/* Bytes a request buffer needs for a kind of channel. */
size_t channel_buffer_size(enum channel_kind kind);

/*
 * Opens /dev/cuse. Returns the descriptor, or -errno after a message that says what to do.
 */
int cuse_open(const struct log *log);

/*
 * After the handshake, whether the kernel has made the device node: it does not say so in any reply.
 * Returns 0, or -EEXIST after a message: the name is taken.
 */
int cuse_check_node(const struct channel *c);

/* Whether a descriptor is the kernel's, and not a socket where a test plays the kernel. */
bool cuse_is_device(int fd);

/* Whether the kernel has CUSE, as far as can be seen. */
bool cuse_is_loaded(void);

/* Whether it has made the device of an instance; true also when there is no way to know. */
bool cuse_node_exists(const struct served *s, uint32_t instance);

/*
 * Makes the session for a channel whose kind, index, instance, served and state are set, on a descriptor that
 * becomes the channel's: it is closed with it, and on failure. Returns 0 or -errno.
 */
int channel_init(struct channel *c, int fd);

/*
 * Reads and answers INIT; or repeats it, if a process before this one has answered it. Needs an empty slot.
 * Returns 0, or -errno after a message: -EPROTO when the channel is not what the arena says.
 */
int channel_handshake(struct channel *c, struct slot *slot);

/* What libfuse replies to INIT: keeps it, and sends it if the kernel does not have it. Like writev(2). */
ssize_t channel_send_init_reply(struct channel *c, const struct iovec *iov, int count);

/* Ends the session and closes the descriptor. No worker may use the channel. */
void channel_close(struct channel *c);

/*
 * Reads one request into an empty slot with room for `size` bytes. Returns its length, -EAGAIN or -EINTR
 * (nothing there), or -ENODEV: the kernel has ended the connection (unmounted, or aborted).
 */
ssize_t channel_receive(const struct channel *c, struct slot *slot, size_t size);

/* Runs a request of `length` bytes in a slot: on return it is answered, or parked. */
void channel_run(struct channel *c, struct slot *slot, size_t length);

/* Tells the kernel that who polls with this handle shall look again. */
void channel_wake_poll(const struct channel *c, uint64_t handle);

/*
 * Tells the kernel to send the interrupt of a request again, if it has one: the process that got it is
 * dead.
 */
void channel_ask_for_interrupt(const struct channel *c, uint64_t unique);

/* Answers a request past libfuse: with -errno, or with 0 and what belongs to it. See reply.h. */
void channel_answer(const struct channel *c, uint64_t unique, int err, const void *body,
		    size_t size);

/* The two kinds of session, with their operations. */
struct fuse_session *cuse_serve_session(struct channel *c);
struct fuse_session *fuse_serve_session(struct channel *c);

/*
 * On FUSE, tell the kernel that it knows something outdated: the size of a file, or the name of a device
 * that is gone. The latter waits for lookups in progress: not from a worker.
 */
void fuse_say_resized(struct channel *c, uint32_t instance);
void fuse_say_gone(struct channel *c, uint32_t instance);

#endif
