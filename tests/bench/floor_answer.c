// SPDX-License-Identifier: MIT
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "floor.h"

#define FILE_NAME "qotd"
#define FILE_NODE 2

/* Headers before Linux 6.2 do not have it; kernels before ignore it. */
#ifndef FOPEN_PARALLEL_DIRECT_WRITES
#define FOPEN_PARALLEL_DIRECT_WRITES (1 << 6)
#endif

#define FOREVER (24 * 60 * 60)

static void send_reply(const struct floor *f, const struct iovec *iov, int count)
{
	/* ENOENT: the client is gone. */
	if (writev(f->fd, iov, count) < 0 && errno != ENOENT)
		err(EXIT_FAILURE, "reply");
}

static void reply(const struct floor *f, const struct fuse_in_header *in, int error,
		  const void *body, size_t size)
{
	struct fuse_out_header out = {
		.len = (uint32_t)(sizeof(out) + size),
		.error = error,
		.unique = in->unique,
	};
	struct iovec iov[] = {
		{.iov_base = &out, .iov_len = sizeof(out)},
		{.iov_base = (void *)(uintptr_t)body, .iov_len = size},
	};

	send_reply(f, iov, size ? 2 : 1);
}

static const void *body_of(const struct fuse_in_header *in)
{
	return in + 1;
}

static struct fuse_attr make_attr(const struct floor *f, uint64_t node)
{
	bool is_file = node == FILE_NODE;

	return (struct fuse_attr){
		.ino = node,
		.size = is_file ? f->size : 0,
		.mode = is_file ? S_IFREG | 0666 : S_IFDIR | 0755,
		.nlink = 1,
	};
}

static void answer_init(const struct floor *f, const struct fuse_in_header *in)
{
	const struct fuse_init_in *want = body_of(in);
	struct fuse_init_out out = {
		.major = FUSE_KERNEL_VERSION,
		.minor = FUSE_KERNEL_MINOR_VERSION,
		.flags = want->flags & (FUSE_ASYNC_READ | FUSE_BIG_WRITES | FUSE_MAX_PAGES),
		.max_write = FLOOR_MAX_TRANSFER,
		.max_pages = FLOOR_MAX_TRANSFER / 4096,
		.time_gran = 1,
	};

	reply(f, in, 0, &out, sizeof(out));
}

static void answer_cuse_init(const struct floor *f, const struct fuse_in_header *in)
{
	struct {
		struct cuse_init_out out;
		char info[128];
	} init = {.out = {
			  .major = FUSE_KERNEL_VERSION,
			  .minor = FUSE_KERNEL_MINOR_VERSION,
			  .max_read = FLOOR_MAX_TRANSFER,
			  .max_write = FLOOR_MAX_TRANSFER,
		  }};
	int length = snprintf(init.info, sizeof(init.info), "DEVNAME=%s", f->device);

	reply(f, in, 0, &init, sizeof(init.out) + (size_t)length + 1);
}

static void answer_lookup(const struct floor *f, const struct fuse_in_header *in)
{
	struct fuse_entry_out out = {
		.nodeid = FILE_NODE,
		.entry_valid = FOREVER,
		.attr_valid = FOREVER,
		.attr = make_attr(f, FILE_NODE),
	};

	if (strcmp(body_of(in), FILE_NAME) == 0)
		reply(f, in, 0, &out, sizeof(out));
	else
		reply(f, in, -ENOENT, NULL, 0);
}

static void answer_getattr(const struct floor *f, const struct fuse_in_header *in)
{
	struct fuse_attr_out out = {.attr_valid = FOREVER, .attr = make_attr(f, in->nodeid)};

	reply(f, in, 0, &out, sizeof(out));
}

static void answer_open(const struct floor *f, const struct fuse_in_header *in)
{
	struct fuse_open_out out = {.open_flags = FOPEN_DIRECT_IO | FOPEN_PARALLEL_DIRECT_WRITES};

	reply(f, in, 0, &out, sizeof(out));
}

static size_t clamp(const struct floor *f, uint64_t offset, uint32_t size)
{
	if (offset >= f->size)
		return 0;
	return size < f->size - offset ? size : f->size - offset;
}

/*
 * On CUSE the kernel passes no position. A device that has one goes through all of its content, and so must the floor: one
 * page over and over would always be in the caches.
 */
static uint64_t start_of(const struct floor *f, uint64_t offset, uint32_t size)
{
	static _Thread_local uint64_t position;

	if (!f->device)
		return offset;
	if (position + size > f->size)
		position = 0;
	position += size;
	return position - size;
}

static void answer_read(const struct floor *f, const struct fuse_in_header *in)
{
	const struct fuse_read_in *want = body_of(in);
	uint64_t start = start_of(f, want->offset, want->size);

	reply(f, in, 0, f->content + start, clamp(f, start, want->size));
}

static void answer_write(const struct floor *f, const struct fuse_in_header *in)
{
	const struct fuse_write_in *want = body_of(in);
	uint64_t start = start_of(f, want->offset, want->size);
	struct fuse_write_out out = {.size = (uint32_t)clamp(f, start, want->size)};

	memcpy(f->content + start, want + 1, out.size);
	reply(f, in, 0, &out, sizeof(out));
}

/* Any ioctl is a question for the size. */
static void answer_ioctl(const struct floor *f, const struct fuse_in_header *in)
{
	struct {
		struct fuse_ioctl_out out;
		uint64_t size;
	} answer = {.size = f->size};

	reply(f, in, 0, &answer, sizeof(answer));
}

static void answer_with_nothing(const struct floor *f, const struct fuse_in_header *in)
{
	reply(f, in, 0, NULL, 0);
}

static void do_not_answer(const struct floor *f, const struct fuse_in_header *in)
{
	(void)f;
	(void)in;
}

typedef void answer_fn(const struct floor *f, const struct fuse_in_header *in);

static answer_fn *const answers[] = {
	[FUSE_INIT] = answer_init,
	[FUSE_LOOKUP] = answer_lookup,
	[FUSE_GETATTR] = answer_getattr,
	[FUSE_OPEN] = answer_open,
	[FUSE_READ] = answer_read,
	[FUSE_WRITE] = answer_write,
	[FUSE_IOCTL] = answer_ioctl,
	[FUSE_FLUSH] = answer_with_nothing,
	[FUSE_RELEASE] = answer_with_nothing,
	[FUSE_FORGET] = do_not_answer,
	[FUSE_BATCH_FORGET] = do_not_answer,
	[FUSE_INTERRUPT] = do_not_answer,
};

void floor_answer(const struct floor *f, const struct fuse_in_header *in)
{
	if (in->opcode == CUSE_INIT)
		answer_cuse_init(f, in);
	else if (in->opcode < sizeof(answers) / sizeof(answers[0]) && answers[in->opcode])
		answers[in->opcode](f, in);
	else
		reply(f, in, -ENOSYS, NULL, 0);
}
