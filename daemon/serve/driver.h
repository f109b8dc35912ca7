/* SPDX-License-Identifier: MIT */
/*
 * A driver: all that the layers which serve requests (channel, dispatch, worker) know of a device.
 *
 * Its entry points are those of cb_ops(9S). They are called for the requests of clients, by any worker, several
 * at a time; the arguments are the kernel's own (fuse(4), <linux/fuse.h>), checked to be whole. Each entry
 * point answers its request exactly once with a function of reply.h. One that has to wait does not: it copies
 * the request to another slot (slot_copy()), clears this one, and answers later from there.
 *
 * Entry points must not block: the worker is needed for the next request.
 */
#ifndef DRIVER_H
#define DRIVER_H

#include <linux/fuse.h>
#include <stdbool.h>
#include <stdint.h>

#include "slot.h"

struct channel;

/* One request of a client. */
struct request {
	const struct channel *channel; /* where it came from, and where the answer goes */
	struct slot *slot;	       /* where it lies */
	uint32_t instance;	       /* the device that it is for */
};

/* For statvfs(3), where the devices are files. */
struct driver_space {
	uint64_t limit, used; /* bytes */
};

/* `ctx` is the driver's own, as given to the channels (struct served). What is marked so may be NULL. */
struct driver_ops {
	void (*open)(const struct request *r, const struct fuse_open_in *in);
	void (*release)(const struct request *r, const struct fuse_release_in *in);
	void (*read)(const struct request *r, const struct fuse_read_in *in);
	void (*write)(const struct request *r, const struct fuse_write_in *in, const void *data);
	/* `argument` has in->in_size bytes. May be NULL: -ENOTTY. */
	void (*ioctl)(const struct request *r, const struct fuse_ioctl_in *in,
		      const void *argument);
	/* May be NULL: always ready. */
	void (*poll)(const struct request *r, const struct fuse_poll_in *in);

	/*
	 * The client of a request has got a signal. False: no such request waits. If it is still unanswered,
	 * the kernel will ask again. May be NULL: nothing ever waits.
	 */
	bool (*interrupt)(void *ctx, const struct channel *c, uint64_t unique);

	/* Called after each request, by its worker: completes what has been waiting, if it can go on now. May be NULL. */
	void (*run_ready)(void *ctx);

	/* Where devices are files: size and memory in bytes. False: the instance is not there (any more). */
	bool (*get_extent)(void *ctx, uint32_t instance, uint64_t *size, uint64_t *allocated);
	void (*get_space)(void *ctx, struct driver_space *space);
};

#endif
