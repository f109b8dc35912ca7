// SPDX-License-Identifier: MIT
#include <errno.h>
#include <stdio.h>
#include <string.h>
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
static void touch_pages(const struct iovec *iov, int count)
{
	const size_t step = 4096;

	for (int i = 0; i < count; i++) {
		const volatile char *base = iov[i].iov_base;

		for (size_t at = 0; at < iov[i].iov_len; at += step)
			(void)base[at];
		if (iov[i].iov_len > 0)
			(void)base[iov[i].iov_len - 1];
	}
}

/*
 * Replies and notifications. ENOENT means that the request has been answered already, by a process that
 * died just then, or that its client is gone: no error. That nobody listens any more is no news either.
 */
static ssize_t send_to_kernel(int fd, const struct iovec *iov, int count)
{
	ssize_t sent;

	touch_pages(iov, count);
	crash_point("reply: not sent");
	sent = writev(fd, iov, count);
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

ssize_t channel_receive(const struct channel *c, struct slot *slot, size_t size)
{
	ssize_t length;

	slot->channel = c->index;
	length = read(c->fd, slot_buffer(slot), size);
	if (length > 0)
		return length;
	if (length == 0)
		return -ENODEV; /* the end of a socket, where a test plays the kernel */
	/* ENOENT: the request was taken back while it was being read */
	return errno == ENOENT ? -EAGAIN : -errno;
}

#define MAX_BODY_PARTS 2

/* A message past libfuse. */
static void send_message(const struct channel *c, uint64_t unique, int error,
			 const struct iovec *body, int count)
{
	struct fuse_out_header out = {.len = sizeof(out), .error = error, .unique = unique};
	struct iovec iov[1 + MAX_BODY_PARTS] = {{.iov_base = &out, .iov_len = sizeof(out)}};

	for (int i = 0; i < count; i++) {
		iov[1 + i] = body[i];
		out.len += (uint32_t)body[i].iov_len;
	}
	(void)send_to_kernel(c->fd, iov, 1 + count);
}

void channel_answer(const struct channel *c, uint64_t unique, int err, const void *body,
		    size_t size)
{
	const struct iovec part = {.iov_base = (void *)(uintptr_t)body, .iov_len = size};

	send_message(c, unique, err, &part, size ? 1 : 0);
}

void channel_answer_iov(const struct channel *c, uint64_t unique, const struct iovec *body,
			int count)
{
	send_message(c, unique, 0, body, count);
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
