// SPDX-License-Identifier: MIT
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "request.h"

/* What follows the fixed part of a request. */
enum tail {
	TAIL_NONE,
	TAIL_NAME,  /* a string with its NUL */
	TAIL_WRITE, /* fuse_write_in.size bytes */
	TAIL_IOCTL, /* fuse_ioctl_in.in_size bytes */
	TAIL_BATCH, /* fuse_batch_forget_in.count entries */
};

struct shape {
	size_t fixed; /* bytes behind the header */
	enum tail tail;
	bool is_served;
	bool has_no_reply;
};

/* Kernels before 5.17 send no more than this of it. */
#define INIT_IN_SIZE offsetof(struct fuse_init_in, flags2)

/* Requests by opcode. What is missing here is not served. */
static const struct shape shapes[] = {
	[FUSE_LOOKUP] = {0, TAIL_NAME, true, false},
	[FUSE_FORGET] = {sizeof(struct fuse_forget_in), TAIL_NONE, true, true},
	[FUSE_GETATTR] = {sizeof(struct fuse_getattr_in), TAIL_NONE, true, false},
	[FUSE_SETATTR] = {sizeof(struct fuse_setattr_in), TAIL_NONE, true, false},
	[FUSE_UNLINK] = {0, TAIL_NAME, true, false},
	[FUSE_MKNOD] = {sizeof(struct fuse_mknod_in), TAIL_NAME, true, false},
	[FUSE_CREATE] = {sizeof(struct fuse_create_in), TAIL_NAME, true, false},
	[FUSE_OPEN] = {sizeof(struct fuse_open_in), TAIL_NONE, true, false},
	[FUSE_READ] = {sizeof(struct fuse_read_in), TAIL_NONE, true, false},
	[FUSE_WRITE] = {sizeof(struct fuse_write_in), TAIL_WRITE, true, false},
	[FUSE_STATFS] = {0, TAIL_NONE, true, false},
	[FUSE_RELEASE] = {sizeof(struct fuse_release_in), TAIL_NONE, true, false},
	[FUSE_INIT] = {INIT_IN_SIZE, TAIL_NONE, true, false},
	[FUSE_OPENDIR] = {sizeof(struct fuse_open_in), TAIL_NONE, true, false},
	[FUSE_READDIR] = {sizeof(struct fuse_read_in), TAIL_NONE, true, false},
	[FUSE_RELEASEDIR] = {sizeof(struct fuse_release_in), TAIL_NONE, true, false},
	[FUSE_INTERRUPT] = {sizeof(struct fuse_interrupt_in), TAIL_NONE, true, true},
	[FUSE_DESTROY] = {0, TAIL_NONE, true, false},
	[FUSE_IOCTL] = {sizeof(struct fuse_ioctl_in), TAIL_IOCTL, true, false},
	[FUSE_POLL] = {sizeof(struct fuse_poll_in), TAIL_NONE, true, false},
	[FUSE_BATCH_FORGET] = {sizeof(struct fuse_batch_forget_in), TAIL_BATCH, true, true},
};

static const struct shape cuse_init = {sizeof(struct cuse_init_in), TAIL_NONE, true, false};
static const struct shape unknown = {0};

static const struct shape *find_shape(uint32_t opcode)
{
	if (opcode == CUSE_INIT)
		return &cuse_init;
	return opcode < sizeof(shapes) / sizeof(shapes[0]) ? &shapes[opcode] : &unknown;
}

/* Whether the `length` bytes behind the fixed part, which is at `fixed`, are as announced there. */
static bool tail_is_whole(enum tail tail, const char *fixed, size_t fixed_size, size_t length)
{
	const char *rest = fixed + fixed_size;

	switch (tail) {
	case TAIL_NAME:
		return memchr(rest, '\0', length) != NULL;
	case TAIL_WRITE:
		return ((const struct fuse_write_in *)(const void *)fixed)->size <= length;
	case TAIL_IOCTL:
		return ((const struct fuse_ioctl_in *)(const void *)fixed)->in_size <= length;
	case TAIL_BATCH:
		return ((const struct fuse_batch_forget_in *)(const void *)fixed)->count <=
		       length / sizeof(struct fuse_forget_one);
	case TAIL_NONE:
		break;
	}
	return true;
}

int request_check(const void *buffer, size_t length)
{
	const struct fuse_in_header *header = buffer;
	const struct shape *shape;
	size_t body;

	if (length < sizeof(*header))
		return -EBADMSG;
	shape = find_shape(header->opcode);
	if (!shape->is_served)
		return -ENOSYS;
	body = length - sizeof(*header);
	if (header->len != length || body < shape->fixed ||
	    !tail_is_whole(shape->tail, (const char *)(header + 1), shape->fixed,
			   body - shape->fixed))
		return shape->has_no_reply ? -EBADMSG : -EIO;
	return 0;
}
