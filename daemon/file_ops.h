/* SPDX-License-Identifier: MIT */
/*
 * Operations on an open device, the same for CUSE and FUSE: each unpacks its request, calls one function of
 * the device, and replies once.
 */
#ifndef FILE_OPS_H
#define FILE_OPS_H

#include <fuse_lowlevel.h>

#include "channel.h"

/* How a kind of channel opens files. */
struct open_manner {
	enum position_mode mode;
	uint32_t open_flags; /* FOPEN_* for the kernel */
};

void file_open(fuse_req_t req, struct qotd *q, const struct fuse_file_info *fi,
	       const struct open_manner *manner);
void file_release(fuse_req_t req, struct qotd *q, const struct fuse_file_info *fi);

void file_read(fuse_req_t req, struct qotd *q, size_t size, off_t offset,
	       const struct fuse_file_info *fi);
void file_write(fuse_req_t req, struct qotd *q, const char *data, size_t size, off_t offset,
		const struct fuse_file_info *fi);

void file_poll(fuse_req_t req, struct qotd *q, const struct fuse_file_info *fi,
	       struct fuse_pollhandle *handle);

/* What an ioctl(2) brings. */
struct ioctl_call {
	unsigned int cmd;
	void *arg;	    /* the client's pointer */
	unsigned int flags; /* FUSE_IOCTL_* */
	const void *in;
	size_t in_size;
	size_t out_size;
};

void file_ioctl(fuse_req_t req, struct qotd *q, const struct fuse_file_info *fi,
		const struct ioctl_call *call);

#endif
