// SPDX-License-Identifier: MIT
#include <errno.h>

#include "dispatch.h"
#include "reply.h"

/* The device that a request is for; false when there is none, or it is for the directory. */
static bool find_instance(const struct channel *c, const struct fuse_in_header *in,
			  uint32_t *instance)
{
	if (c->kind == CHANNEL_CUSE) {
		*instance = c->instance;
		return true;
	}
	*instance = (uint32_t)(in->nodeid - FUSE_FIRST_INODE);
	return in->nodeid >= FUSE_FIRST_INODE &&
	       in->nodeid - FUSE_FIRST_INODE < c->served->instances;
}

static void interrupt(const struct channel *c, const struct fuse_interrupt_in *in)
{
	const struct served *s = c->served;

	if (!s->driver->interrupt || !s->driver->interrupt(s->ctx, c, in->unique))
		channel_ask_for_interrupt(c, in->unique);
}

static void run(const struct request *r, const struct fuse_in_header *header)
{
	const struct driver_ops *ops = r->channel->served->driver;
	const void *in = header + 1;

	switch (header->opcode) {
	case FUSE_OPEN:
		ops->open(r, in);
		break;
	case FUSE_RELEASE:
		ops->release(r, in);
		break;
	case FUSE_READ:
		ops->read(r, in);
		break;
	case FUSE_WRITE:
		ops->write(r, in, (const struct fuse_write_in *)in + 1);
		break;
	case FUSE_IOCTL:
		if (ops->ioctl)
			ops->ioctl(r, in, (const struct fuse_ioctl_in *)in + 1);
		else
			reply_result(r, -ENOTTY);
		break;
	default: /* FUSE_POLL */
		if (ops->poll)
			ops->poll(r, in);
		else
			reply_result(r, -ENOSYS); /* always ready: the kernel will not ask again */
		break;
	}
}

/* What to say of a file that is no device: on FUSE, the directory can be asked, too. */
static int no_device(const struct fuse_in_header *header)
{
	const struct fuse_ioctl_in *ioctl = (const void *)(header + 1);

	return header->opcode == FUSE_IOCTL && (ioctl->flags & FUSE_IOCTL_DIR) ? -ENOTTY : -EBADF;
}

bool dispatch(const struct channel *c, struct slot *slot)
{
	const struct fuse_in_header *header = slot_header(slot);
	struct request r = {.channel = c, .slot = slot};

	switch (header->opcode) {
	case FUSE_INTERRUPT:
		interrupt(c, (const void *)(header + 1));
		return true;
	case FUSE_OPEN:
	case FUSE_RELEASE:
	case FUSE_READ:
	case FUSE_WRITE:
	case FUSE_IOCTL:
	case FUSE_POLL:
		break;
	default:
		return false;
	}
	if (find_instance(c, header, &r.instance))
		run(&r, header);
	else
		reply_result(&r, no_device(header));
	return true;
}
