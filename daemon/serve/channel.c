// SPDX-License-Identifier: MIT
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "channel.h"
#include "dispatch.h"
#include "request.h"

void channel_device_name(const struct served *s, uint32_t instance, char *name, size_t size)
{
	if (instance == 0)
		snprintf(name, size, "%s", s->name);
	else
		snprintf(name, size, "%s%u", s->name, instance);
}

size_t channel_buffer_size(enum channel_kind kind)
{
	return (kind == CHANNEL_CUSE ? CUSE_MAX_TRANSFER : FUSE_MAX_TRANSFER) + CHANNEL_HEADER_ROOM;
}

/* libfuse wants a read function, but it is the workers who read. */
static ssize_t no_read(int fd, void *buffer, size_t length, void *userdata)
{
	(void)fd;
	(void)buffer;
	(void)length;
	(void)userdata;
	errno = ENOTSUP;
	return -1;
}

/*
 * Has the pages of a reply in the page table. The thread may be being killed already: then the kernel
 * could not fetch a page any more, and would answer the client with EIO.
 */
static void touch_pages(const struct iovec *part)
{
	const size_t step = 4096;
	const volatile char *base = part->iov_base;

	if (part->iov_len == 0)
		return;
	for (size_t at = 0; at < part->iov_len; at += step)
		(void)base[at];
	(void)base[part->iov_len - 1];
}

/*
 * Replies and notifications, whose pages are there. ENOENT means that the request has been answered already, by a
 * process that died just then, or that its client is gone: no error. That nobody listens any more is no news
 * either.
 */
static ssize_t send_to_kernel(int fd, const struct iovec *iov, int count)
{
	ssize_t sent;

	crash_point("reply: not sent");
	sent = count == 1 ? syscall(SYS_write, fd, iov->iov_base, iov->iov_len)
			  : syscall(SYS_writev, fd, iov, count);
	crash_point("reply: sent");
	if (sent < 0 && (errno == ENODEV || errno == EPIPE))
		errno = ENOENT;
	return sent;
}

static ssize_t send_reply(int fd, struct iovec *iov, int count, void *userdata)
{
	struct channel *c = userdata;

	if (!c->is_serving)
		return channel_send_init_reply(c, iov, count);
	for (int i = 0; i < count; i++)
		touch_pages(&iov[i]);
	return send_to_kernel(fd, iov, count);
}

static const struct fuse_custom_io channel_io = {
	.read = no_read,
	.writev = send_reply,
};

int channel_init(struct channel *c, int fd)
{
	int err;

	c->fd = -1;
	c->session = c->kind == CHANNEL_CUSE ? cuse_serve_session(c) : fuse_serve_session(c);
	err = c->session ? fuse_session_custom_io(c->session, &channel_io, fd) : -ENOMEM;
	if (!err) {
		c->fd = fd;
		return 0;
	}
	if (c->session)
		fuse_session_destroy(c->session);
	c->session = NULL;
	close(fd);
	return err;
}

void channel_close(struct channel *c)
{
	if (c->fd < 0)
		return;
	fuse_session_destroy(c->session); /* closes the descriptor, too */
	c->session = NULL;
	c->fd = -1;
}

/*
 * read(2) and writev(2) are called past the C library here: there they are cancellation points, and to be one
 * takes more instructions than to unpack a request. Nobody cancels a worker.
 */
ssize_t channel_receive(const struct channel *c, struct slot *slot, size_t size)
{
	ssize_t length;

	slot->channel = c->index;
	length = syscall(SYS_read, c->fd, slot_buffer(slot), size);
	if (length > 0)
		return length;
	if (length == 0)
		return -ENODEV; /* the end of a socket, where a test plays the kernel */
	/* ENOENT: the request was taken back while it was being read */
	return errno == ENOENT ? -EAGAIN : -errno;
}

/* The kernel pins each piece of an answer, which takes longer than to copy a short one to its header. */
#define SHORT_BODY 4096

static void send_short(const struct channel *c, const struct fuse_out_header *out, const void *body,
		       size_t size)
{
	struct {
		struct fuse_out_header out;
		char body[SHORT_BODY];
	} whole;
	const struct iovec iov = {.iov_base = &whole, .iov_len = out->len};

	whole.out = *out; /* and no more of it than is sent */
	if (size > 0)
		memcpy(whole.body, body, size);
	(void)send_to_kernel(c->fd, &iov, 1);
}

void channel_answer(const struct channel *c, uint64_t unique, int err, const void *body,
		    size_t size)
{
	const struct fuse_out_header out = {
		.len = (uint32_t)(sizeof(out) + size),
		.error = err,
		.unique = unique,
	};
	const struct iovec iov[] = {
		{.iov_base = (void *)(uintptr_t)&out, .iov_len = sizeof(out)},
		{.iov_base = (void *)(uintptr_t)body, .iov_len = size},
	};

	if (size <= SHORT_BODY) {
		send_short(c, &out, body, size);
		return;
	}
	touch_pages(&iov[1]);
	(void)send_to_kernel(c->fd, iov, 2);
}

void channel_wake_poll(const struct channel *c, uint64_t handle)
{
	const struct fuse_notify_poll_wakeup_out out = {.kh = handle};

	channel_answer(c, 0, FUSE_NOTIFY_POLL, &out, sizeof(out));
}

/* In the kernel's <linux/fuse.h> only: the lowest bit of `unique` tells an interrupt from its request. */
#define INTERRUPT_BIT 1

void channel_ask_for_interrupt(const struct channel *c, uint64_t unique)
{
	channel_answer(c, unique | INTERRUPT_BIT, -EAGAIN, NULL, 0);
}

void channel_run(struct channel *c, struct slot *slot, size_t length)
{
	struct fuse_buf buf = {.mem = slot_buffer(slot), .size = length};
	const struct fuse_in_header *header = slot_header(slot);
	int err = request_check(header, length);

	if (err == 0) {
		if (!dispatch(c, slot))
			fuse_session_process_buf(c->session, &buf);
	} else if (err == -EBADMSG) {
		log_event(c->served->log, LOG_WARNING, "dropped a malformed request of %zu bytes",
			  "malformed bytes=%zu", length, length);
	} else {
		channel_answer(c, header->unique, err, NULL, 0);
	}
	if (err == -EIO)
		log_event(c->served->log, LOG_WARNING, "refused a malformed request, opcode %u",
			  "malformed opcode=%u", header->opcode, header->opcode);
}
