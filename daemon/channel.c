// SPDX-License-Identifier: MIT
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <sys/uio.h>
#include <unistd.h>

#include "channel.h"
#include "cleanup.h"
#include "request.h"
#include "slot.h"

/* The kernel queues INIT when the channel comes to be: whoever has to wait for it has the wrong descriptor. */
#define INIT_TIMEOUT_MS 1000

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

/* Replies and notifications. That nobody waits for one any more is no error worth libfuse's message. */
static ssize_t send_reply(int fd, struct iovec *iov, int count, void *userdata)
{
	ssize_t sent = writev(fd, iov, count);

	(void)userdata;
	if (sent < 0 && (errno == ENODEV || errno == EPIPE))
		errno = ENOENT;
	return sent;
}

static const struct fuse_custom_io channel_io = {
	.read = no_read,
	.writev = send_reply,
};

int channel_init(struct channel *c, int fd)
{
	int err;

	c->fd = fd;
	c->session = c->kind == CHANNEL_CUSE ? cuse_serve_session(c) : fuse_serve_session(c);
	if (!c->session) {
		close(fd);
		return -ENOMEM;
	}
	err = fuse_session_custom_io(c->session, &channel_io, fd);
	if (err) {
		fuse_session_destroy(c->session);
		close(fd);
	}
	return err;
}

int channel_handshake(struct channel *c, struct slot *slot)
{
	struct pollfd p = {.fd = c->fd, .events = POLLIN};
	ssize_t length;

	if (poll(&p, 1, INIT_TIMEOUT_MS) != 1) {
		log_error(c->served->log, "the channel has been used before: no INIT request comes");
		return -EPROTO;
	}
	length = channel_receive(c, slot_buffer(slot), channel_buffer_size(c->kind));
	if (length < 0)
		return (int)length;
	channel_run(c, slot_buffer(slot), (size_t)length);
	if (!c->is_ready) {
		log_error(c->served->log, "the kernel and libfuse do not agree on a protocol");
		return -EPROTO;
	}
	return 0;
}

void channel_close(struct channel *c)
{
	if (c->fd < 0)
		return;
	fuse_session_destroy(c->session); /* closes the descriptor, too */
	c->session = NULL;
	c->fd = -1;
}

ssize_t channel_receive(const struct channel *c, void *buffer, size_t size)
{
	ssize_t length = read(c->fd, buffer, size);

	if (length > 0)
		return length;
	if (length == 0)
		return -ENODEV; /* the end of a socket, where a test plays the kernel */
	/* ENOENT: the request was taken back while it was being read */
	return errno == ENOENT ? -EAGAIN : -errno;
}

/* Answers a request that libfuse must not see. */
static void refuse(const struct channel *c, const struct fuse_in_header *header, int err)
{
	struct fuse_out_header out = {
		.len = sizeof(out),
		.error = err,
		.unique = header->unique,
	};
	struct iovec iov = {.iov_base = &out, .iov_len = sizeof(out)};

	(void)send_reply(c->fd, &iov, 1, NULL);
}

void channel_run(struct channel *c, void *buffer, size_t length)
{
	struct fuse_buf buf = {.mem = buffer, .size = length};
	const struct fuse_in_header *header = buffer;
	int err = request_check(buffer, length);

	if (err == 0)
		fuse_session_process_buf(c->session, &buf);
	else if (err == -EBADMSG)
		log_warning(c->served->log, "dropped a malformed request of %zu bytes", length);
	else
		refuse(c, header, err);
	if (err == -EIO)
		log_warning(c->served->log, "refused a malformed request, opcode %u", header->opcode);
}
