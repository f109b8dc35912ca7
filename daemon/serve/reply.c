// SPDX-License-Identifier: MIT
#include <linux/fuse.h>
#include <string.h>

#include "channel.h"
#include "reply.h"

/* Headers before Linux 6.2 do not have it; kernels before ignore it. */
#ifndef FOPEN_PARALLEL_DIRECT_WRITES
#define FOPEN_PARALLEL_DIRECT_WRITES (1 << 6)
#endif

/* No cache in front of the device; no FLUSH, which has nothing to say; writers side by side. */
#define FILE_OPEN_FLAGS (FOPEN_DIRECT_IO | FOPEN_NOFLUSH | FOPEN_PARALLEL_DIRECT_WRITES)

static void reply(const struct request *r, int result, const void *body, size_t size)
{
	channel_answer(r->channel, slot_header(r->slot)->unique, result, body, size);
}

void reply_result(const struct request *r, int result)
{
	reply(r, result, NULL, 0);
}

void reply_open(const struct request *r, uint64_t fh)
{
	const struct fuse_open_out out = {
		.fh = fh,
		.open_flags = r->channel->kind == CHANNEL_FUSE ? FILE_OPEN_FLAGS : 0,
	};

	reply(r, 0, &out, sizeof(out));
}

void reply_read(const struct request *r, const void *data, size_t length)
{
	reply(r, 0, data, length);
}

void reply_write(const struct request *r, size_t written)
{
	const struct fuse_write_out out = {.size = (uint32_t)written};

	reply(r, 0, &out, sizeof(out));
}

void reply_ioctl(const struct request *r, const void *out, size_t out_size)
{
	struct {
		struct fuse_ioctl_out head;
		char out[REPLY_IOCTL_MAX];
	} body;

	body.head = (struct fuse_ioctl_out){0};
	if (out_size > 0)
		memcpy(body.out, out, out_size);
	reply(r, 0, &body, sizeof(body.head) + out_size);
}

void reply_ioctl_retry(const struct request *r, uint64_t address, size_t in_size, size_t out_size)
{
	struct {
		struct fuse_ioctl_out head;
		struct fuse_ioctl_iovec iov[2];
	} out = {
		.head = {.flags = FUSE_IOCTL_RETRY,
			 .in_iovs = in_size > 0,
			 .out_iovs = out_size > 0},
	};
	unsigned count = 0;

	if (in_size > 0)
		out.iov[count++] = (struct fuse_ioctl_iovec){.base = address, .len = in_size};
	if (out_size > 0)
		out.iov[count++] = (struct fuse_ioctl_iovec){.base = address, .len = out_size};
	reply(r, 0, &out, sizeof(out.head) + count * sizeof(*out.iov));
}

void reply_poll(const struct request *r, unsigned events)
{
	const struct fuse_poll_out out = {.revents = events};

	reply(r, 0, &out, sizeof(out));
}
