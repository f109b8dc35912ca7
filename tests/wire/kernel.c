// SPDX-License-Identifier: MIT
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "deadline.h"
#include "kernel.h"
#include "wire.h"

/* Room for the largest message, and for many small ones that wait to be read. */
#define SOCKET_BUFFER  (8 << 20)
#define LARGEST_ANSWER (2 << 20)

/* An unprivileged process gets what the system allows, which is less. */
static void widen(int fd)
{
	int size = SOCKET_BUFFER;

	if (setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(size)) < 0)
		setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
}

int kernel_create(struct kernel *k, enum kernel_kind kind)
{
	int fds[2], room;
	socklen_t size = sizeof(room);

	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds), 0);
	widen(fds[0]);
	widen(fds[1]);
	assert_int_equal(getsockopt(fds[0], SOL_SOCKET, SO_SNDBUF, &room, &size), 0);
	*k = (struct kernel){
		.kind = kind,
		.fd = fds[0],
		.largest = (size_t)room - 32, /* what the system keeps for itself */
		.buffer = malloc(LARGEST_ANSWER),
	};
	assert_non_null(k->buffer);
	TAILQ_INIT(&k->pending);
	TAILQ_INIT(&k->answers);
	TAILQ_INIT(&k->notices);
	return fds[1];
}

void kernel_hang_up(struct kernel *k)
{
	if (k->fd >= 0)
		close(k->fd);
	k->fd = -1;
}

static void free_packets(struct packets *list)
{
	struct packet *p;

	while ((p = TAILQ_FIRST(list))) {
		TAILQ_REMOVE(list, p, link);
		free(p);
	}
}

void kernel_destroy(struct kernel *k)
{
	struct pending *p;

	kernel_hang_up(k);
	free_packets(&k->answers);
	free_packets(&k->notices);
	while ((p = TAILQ_FIRST(&k->pending))) {
		TAILQ_REMOVE(&k->pending, p, link);
		free(p);
	}
	free(k->buffer);
}

uint64_t kernel_new_unique(struct kernel *k)
{
	return k->last_unique += 2;
}

struct pending *kernel_pending(struct kernel *k, uint64_t unique)
{
	struct pending *p;

	TAILQ_FOREACH (p, &k->pending, link)
		if (p->unique == unique)
			return p;
	return NULL;
}

static void expect_answer(struct kernel *k, uint64_t unique, uint32_t opcode)
{
	struct pending *p = malloc(sizeof(*p));

	assert_non_null(p);
	*p = (struct pending){.unique = unique, .opcode = opcode};
	TAILQ_INSERT_TAIL(&k->pending, p, link);
}

/* The daemon could not find the request of an interrupt: it shall look again if there is one. */
static void repeat_interrupt(struct kernel *k, const struct packet *p)
{
	uint64_t target = p->header.unique & ~KERNEL_INTERRUPT_BIT;

	assert_int_equal(p->header.error, -EAGAIN);
	k->again++;
	if (kernel_pending(k, target))
		kernel_send_interrupt(k, target);
}

/* Puts what came where it belongs. */
static void sort(struct kernel *k, struct packet *p)
{
	struct pending *request = kernel_pending(k, p->header.unique);

	if (p->header.unique == 0) {
		TAILQ_INSERT_TAIL(&k->notices, p, link);
	} else if (request) {
		TAILQ_REMOVE(&k->pending, request, link);
		free(request);
		TAILQ_INSERT_TAIL(&k->answers, p, link);
	} else {
		if (p->header.unique & KERNEL_INTERRUPT_BIT)
			repeat_interrupt(k, p);
		else
			k->surplus++;
		free(p);
	}
}

static void take(struct kernel *k, size_t size)
{
	struct packet *p;

	if (size < sizeof(p->header))
		fail_msg("the daemon wrote %zu bytes: less than a header", size);
	p = malloc(sizeof(*p) + size);
	assert_non_null(p);
	memcpy(&p->header, k->buffer, sizeof(p->header));
	p->length = size - sizeof(p->header);
	memcpy(p->payload, (char *)k->buffer + sizeof(p->header), p->length);
	if (p->header.len != size)
		fail_msg("an answer of %zu bytes says that it has %u", size, p->header.len);
	sort(k, p);
}

bool kernel_receive(struct kernel *k, int timeout_ms)
{
	struct pollfd p = {.fd = k->fd, .events = POLLIN};
	ssize_t size;

	if (k->has_ended || poll(&p, 1, timeout_ms) != 1)
		return false;
	do
		size = recv(k->fd, k->buffer, LARGEST_ANSWER, MSG_DONTWAIT);
	while (size < 0 && errno == ECONNRESET); /* said once when requests are left unread */
	if (size < 0)
		fail_msg("cannot read the channel: %s", strerror(errno));
	k->has_ended = size == 0;
	if (size > 0)
		take(k, (size_t)size);
	return size > 0;
}

/* Sends, and takes answers while there is no room: a daemon that waits for room would never make
 * any. */
static void transmit(struct kernel *k, const struct iovec *iov, size_t count)
{
	struct msghdr message = {.msg_iov = (struct iovec *)(uintptr_t)iov, .msg_iovlen = count};
	struct pollfd p = {.fd = k->fd, .events = POLLIN | POLLOUT};
	int64_t deadline = deadline_in(KERNEL_TIMEOUT_MS);

	while (sendmsg(k->fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL) < 0) {
		if (errno != EAGAIN)
			fail_msg("cannot send a request: %s", strerror(errno));
		if (poll(&p, 1, deadline_left(deadline)) != 1)
			fail_msg("the daemon does not read its requests");
		if (p.revents & POLLIN)
			kernel_receive(k, 0);
	}
}

uint64_t kernel_send(struct kernel *k, const struct message *r)
{
	struct fuse_in_header header = {
		.len = (uint32_t)(sizeof(header) + r->body_size + r->tail_size),
		.opcode = r->opcode,
		.unique = r->unique ? r->unique : kernel_new_unique(k),
		.nodeid = r->nodeid,
		.pid = r->pid,
	};
	const struct iovec iov[] = {
		{.iov_base = &header, .iov_len = sizeof(header)},
		{.iov_base = (void *)(uintptr_t)r->body, .iov_len = r->body_size},
		{.iov_base = (void *)(uintptr_t)r->tail, .iov_len = r->tail_size},
	};

	if (r->opcode != FUSE_FORGET && r->opcode != FUSE_BATCH_FORGET &&
	    r->opcode != FUSE_INTERRUPT)
		expect_answer(k, header.unique, r->opcode);
	transmit(k, iov, 3);
	return header.unique;
}

void kernel_send_bytes(struct kernel *k, const void *bytes, size_t size, bool is_answered)
{
	const struct iovec iov = {.iov_base = (void *)(uintptr_t)bytes, .iov_len = size};
	struct fuse_in_header header;

	if (is_answered) {
		memcpy(&header, bytes, sizeof(header));
		expect_answer(k, header.unique, header.opcode);
	}
	transmit(k, &iov, 1);
}

void kernel_send_interrupt(struct kernel *k, uint64_t unique)
{
	const struct fuse_interrupt_in in = {.unique = unique};

	kernel_send(k, &(struct message){
			       .opcode = FUSE_INTERRUPT,
			       .unique = unique | KERNEL_INTERRUPT_BIT,
			       .body = &in,
			       .body_size = sizeof(in),
		       });
}
