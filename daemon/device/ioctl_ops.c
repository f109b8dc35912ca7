// SPDX-License-Identifier: MIT
/*
 * ioctl(2): from its number to a function of the device.
 *
 * Normally the kernel copies the argument itself, as the size in the number says (restricted ioctls). Only
 * with --legacy-ioctl, on CUSE, it passes the client's pointer on, and we ask for the argument: the numbers
 * of the tutorial do not say how large it is.
 */
#include <errno.h>
#include <string.h>

#include "channel.h"
#include "qotd_ops.h"
#include "reply.h"

/* The tutorial's own numbers. Their argument is a size_t of the client. */
#define LEGACY_BASE    (('q' << 24) | ('t' << 16) | ('d' << 8))
#define LEGACY_GSZ     (LEGACY_BASE | 1u)
#define LEGACY_SSZ     (LEGACY_BASE | 2u)
#define LEGACY_DISCARD (LEGACY_BASE | 3u)

/* From this size on, getting memory takes long enough that others should not wait for it. */
#define LONG_WORK_BYTES (1u << 20)

/* One call of a client. */
struct call {
	const struct request *r;
	struct qotd *q;
	const struct fuse_ioctl_in *in;
	const void *argument; /* in->in_size bytes */
};

_Static_assert(sizeof(struct qotd_info) <= REPLY_IOCTL_MAX, "the longest answer fits");

struct ioctl {
	unsigned int cmd;
	size_t in_size; /* bytes of argument; at most one way has any */
	size_t out_size;
	void (*run)(const struct call *c);
};

void qotd_finish_ioctl(const struct request *r, struct qotd *q, int err, const void *out,
		       size_t out_size)
{
	if (err) {
		qotd_finish(r, q, err);
		return;
	}
	qotd_count(r, q, 0);
	reply_ioctl(r, out, out_size);
}

static void finish(const struct call *c, int err, const void *out, size_t out_size)
{
	qotd_finish_ioctl(c->r, c->q, err, out, out_size);
}

/* New memory for the device: at once if possible; else parked, unless the client does not want to wait. */
static void replace(const struct call *c, enum qotd_replacement what, uint64_t size)
{
	const struct qotd_driver *d = qotd_driver_of(c->r);
	const struct parking_job job = {.q = c->q, .fh = c->in->fh, .what = what, .size = size};
	bool takes_long = size >= LONG_WORK_BYTES;

	if (takes_long)
		d->long_work(d->long_work_ctx, true);
	parking_replace(d->parking, c->r, &job);
	if (takes_long)
		d->long_work(d->long_work_ctx, false);
}

static void get_size(const struct call *c)
{
	uint64_t size = 0;
	int err = qotd_get_size(c->q, c->in->fh, &size);

	finish(c, err, &size, sizeof(size));
}

static uint64_t u64_argument(const struct call *c)
{
	uint64_t value;

	memcpy(&value, c->argument, sizeof(value));
	return value;
}

static void set_size(const struct call *c)
{
	replace(c, QOTD_RESIZE, u64_argument(c));
}

static void discard(const struct call *c)
{
	replace(c, QOTD_DISCARD, c->q->config->initial_size);
}

static void set_position(const struct call *c)
{
	finish(c, qotd_seek(c->q, &c->r->slot->txn, c->in->fh, u64_argument(c)), NULL, 0);
}

static void get_info(const struct call *c)
{
	struct qotd_info info;
	int err = qotd_get_info(c->q, c->in->fh, &info);

	finish(c, err, &info, sizeof(info));
}

static void detach(const struct call *c)
{
	finish(c, qotd_request_detach(c->q, &c->r->slot->txn, c->in->fh), NULL, 0);
}

/* A 32-bit client on a 64-bit kernel has a size_t of 4 bytes. */
static size_t client_size_t(const struct fuse_ioctl_in *in)
{
	return in->flags & FUSE_IOCTL_COMPAT ? sizeof(uint32_t) : sizeof(uint64_t);
}

static void legacy_get_size(const struct call *c)
{
	uint64_t size = 0;
	int err = qotd_get_size(c->q, c->in->fh, &size);
	uint32_t small = (uint32_t)size;

	if (client_size_t(c->in) == sizeof(size))
		finish(c, err, &size, sizeof(size));
	else
		finish(c, !err && size > UINT32_MAX ? -EOVERFLOW : err, &small, sizeof(small));
}

static void legacy_set_size(const struct call *c)
{
	uint32_t small;

	if (client_size_t(c->in) == sizeof(uint64_t)) {
		set_size(c);
		return;
	}
	memcpy(&small, c->argument, sizeof(small));
	replace(c, QOTD_RESIZE, small);
}

static const struct ioctl ioctls[] = {
	{QOTDIOCGSZ, 0, sizeof(uint64_t), get_size},
	{QOTDIOCSSZ, sizeof(uint64_t), 0, set_size},
	{QOTDIOCDISCARD, 0, 0, discard},
	{QOTDIOCSPOS, sizeof(uint64_t), 0, set_position},
	{QOTDIOCGINFO, 0, sizeof(struct qotd_info), get_info},
	{QOTDIOCDETACH, 0, 0, detach},
};

/* Argument sizes are of a 64-bit client here; find_ioctl() halves them for others. */
static const struct ioctl legacy_ioctls[] = {
	{LEGACY_GSZ, 0, sizeof(uint64_t), legacy_get_size},
	{LEGACY_SSZ, sizeof(uint64_t), 0, legacy_set_size},
	{LEGACY_DISCARD, 0, 0, discard},
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Looks a number up; false when there is no such operation. */
static bool find_ioctl(const struct fuse_ioctl_in *in, bool with_legacy, struct ioctl *found)
{
	for (size_t i = 0; i < COUNT(ioctls); i++) {
		if (ioctls[i].cmd == in->cmd) {
			*found = ioctls[i];
			return true;
		}
	}
	for (size_t i = 0; with_legacy && i < COUNT(legacy_ioctls); i++) {
		if (legacy_ioctls[i].cmd == in->cmd) {
			*found = legacy_ioctls[i];
			found->in_size = found->in_size ? client_size_t(in) : 0;
			found->out_size = found->out_size ? client_size_t(in) : 0;
			return true;
		}
	}
	return false;
}

void qotd_ioctl(const struct request *r, const struct fuse_ioctl_in *in, const void *argument)
{
	struct call c = {.r = r, .q = qotd_of(r), .in = in, .argument = argument};
	struct ioctl ioctl;

	if (!find_ioctl(in, qotd_driver_of(r)->legacy_ioctl, &ioctl))
		qotd_finish(r, c.q, -ENOTTY);
	else if (in->in_size >= ioctl.in_size && in->out_size >= ioctl.out_size)
		ioctl.run(&c);
	else if (in->flags & FUSE_IOCTL_UNRESTRICTED)
		reply_ioctl_retry(r, in->arg, ioctl.in_size, ioctl.out_size);
	else
		qotd_finish(r, c.q, -EINVAL);
}
