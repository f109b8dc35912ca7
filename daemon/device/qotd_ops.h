/* SPDX-License-Identifier: MIT */
/*
 * The entry points of the Quote Of The Day driver. Each unpacks its request, calls one function of the device,
 * and replies once.
 */
#ifndef QOTD_OPS_H
#define QOTD_OPS_H

#include "device.h"
#include "driver.h"
#include "parking.h"
#include "umem.h"

/* The context of the entry points. Not changed while they are called. */
struct qotd_driver {
	struct qotd *devices;
	uint32_t device_count;
	struct umem *umem;
	struct parking *parking;
	bool legacy_ioctl; /* accept the tutorial's own ioctl numbers: CUSE, unrestricted */
	/* Around an operation that may take long: somebody else must serve requests meanwhile. */
	void (*long_work)(void *ctx, bool begins);
	void *long_work_ctx;
};

extern const struct driver_ops qotd_ops;

/* The driver, and the device, of a request. */
struct qotd_driver *qotd_driver_of(const struct request *r);
struct qotd *qotd_of(const struct request *r);

/* Counts an operation and its result, 0 or -errno. */
void qotd_count(const struct request *r, struct qotd *q, int err);

/* The same, and answers with the result. */
void qotd_finish(const struct request *r, struct qotd *q, int err);

/* The same for an ioctl(2), which gets `out` when it has succeeded. */
void qotd_finish_ioctl(const struct request *r, struct qotd *q, int err, const void *out,
		       size_t out_size);

/* The entry point for ioctl(2): ioctl_ops.c. */
void qotd_ioctl(const struct request *r, const struct fuse_ioctl_in *in, const void *argument);

#endif
