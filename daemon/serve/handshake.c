// SPDX-License-Identifier: MIT
/*
 * INIT: how the kernel and libfuse come to terms, once in the life of a channel.
 *
 * A process that takes a channel over has a fresh libfuse session, which must hear INIT before anything
 * else. So the arena keeps the request, and the reply that the kernel got: the request is repeated, and the
 * new reply compared with the old one instead of sent.
 */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "channel.h"
#include "request.h"

/* The kernel queues INIT when the channel comes to be: whoever has to wait for it has the wrong descriptor. */
#define INIT_TIMEOUT_MS 1000

static bool is_init(const struct channel *c, const struct fuse_in_header *header)
{
	return header->opcode == (c->kind == CHANNEL_CUSE ? CUSE_INIT : FUSE_INIT);
}

/* Reads INIT into the arena. */
static int take_init(struct channel *c, struct slot *slot)
{
	struct pollfd p = {.fd = c->fd, .events = POLLIN};
	struct channel_state *state = c->state;
	ssize_t length;

	if (!slot_is_occupied(slot)) {
		length = poll(&p, 1, INIT_TIMEOUT_MS) == 1
				 ? channel_receive(c, slot, channel_buffer_size(c->kind))
				 : -EPROTO;
		if (length < 0 && length != -EPROTO)
			return (int)length;
		if (length >= 0 && slot_header(slot)->len != (uint64_t)length)
			slot_header(slot)->len = 0; /* no request at all */
	}
	if (!slot_is_occupied(slot) || !is_init(c, slot_header(slot)) ||
	    slot_header(slot)->len > CHANNEL_INIT_MAX) {
		log_error(c->served->log,
			  "this channel has been in use before, but its state is lost: stop "
			  "the service and start it again");
		if (slot_is_occupied(slot))
			channel_answer(c, slot_header(slot)->unique, -EIO, NULL, 0);
		slot_clear(slot);
		return -EPROTO;
	}
	crash_point("init: taken, not kept");
	memcpy(state->request, slot_buffer(slot), slot_header(slot)->len);
	state->request_length = slot_header(slot)->len;
	crash_point("init: kept, not answered");
	return 0;
}

ssize_t channel_send_init_reply(struct channel *c, const struct iovec *iov, int count)
{
	struct channel_state *state = c->state;
	char reply[CHANNEL_INIT_MAX];
	size_t length = 0;

	for (int i = 0; i < count; i++) {
		if (iov[i].iov_len > sizeof(reply) - length) {
			errno = EMSGSIZE;
			return -1;
		}
		memcpy(reply + length, iov[i].iov_base, iov[i].iov_len);
		length += iov[i].iov_len;
	}
	if (state->reply_length == 0) {
		memcpy(state->reply, reply, length);
		state->reply_length = (uint32_t)length;
	} else if (state->reply_length != length || memcmp(state->reply, reply, length) != 0) {
		c->differs = true;
		return (ssize_t)length;
	}
	crash_point("init: reply kept, not sent");
	if (!state->is_answered && write(c->fd, reply, length) < 0 && errno != ENOENT)
		return -1;
	crash_point("init: reply sent, not noted");
	state->is_answered = true;
	return (ssize_t)length;
}

int channel_handshake(struct channel *c, struct slot *slot)
{
	struct channel_state *state = c->state;
	int err = state->request_length ? 0 : take_init(c, slot);
	struct fuse_buf buf = {.mem = state->request, .size = state->request_length};

	if (err)
		return err;
	if (state->request_length > CHANNEL_INIT_MAX || state->reply_length > CHANNEL_INIT_MAX)
		return -EPROTO;
	if (request_check(state->request, state->request_length) == 0)
		fuse_session_process_buf(c->session, &buf);
	if (slot_is_occupied(slot) && slot->channel == c->index)
		slot_clear(slot);
	if (c->differs)
		log_error(c->served->log,
			  "this version would not agree with the kernel on what the version "
			  "before it did: stop the service and start it again");
	else if (!c->is_ready)
		log_error(c->served->log, "the kernel and libfuse do not agree on a protocol");
	if (c->differs || !c->is_ready)
		return -EPROTO;
	c->is_serving = true;
	return 0;
}
