// SPDX-License-Identifier: MIT
#include <fcntl.h>

#include "channel.h"
#include "qotd_ops.h"
#include "reply.h"

struct qotd_driver *qotd_driver_of(const struct request *r)
{
	return r->channel->served->ctx;
}

struct qotd *qotd_of(const struct request *r)
{
	return &qotd_driver_of(r)->devices[r->instance];
}

void qotd_count(const struct request *r, struct qotd *q, int err)
{
	qotd_count_operation(q, err, r->slot->replay);
}

void qotd_finish(const struct request *r, struct qotd *q, int err)
{
	qotd_count(r, q, err);
	reply_result(r, err);
}

/*
 * Who keeps the position: on FUSE the kernel, but with O_APPEND it sends the file's size for the offset. On CUSE
 * it passes no position at all.
 */
static enum position_mode position_mode(enum channel_kind kind, uint32_t flags)
{
	if (kind == CHANNEL_CUSE)
		return POSITION_CALL;
	return flags & O_APPEND ? POSITION_DEVICE : POSITION_CLIENT;
}

static void open_file(const struct request *r, const struct fuse_open_in *in)
{
	struct qotd *q = qotd_of(r);
	enum position_mode mode = position_mode(r->channel->kind, in->flags);
	uint64_t fh;
	int err = qotd_open(q, &r->slot->txn, in->flags, mode, &fh);

	if (err) {
		qotd_finish(r, q, err);
		return;
	}
	qotd_count(r, q, 0);
	reply_open(r, fh);
}

static void release(const struct request *r, const struct fuse_release_in *in)
{
	struct qotd *q = qotd_of(r);

	qotd_finish(r, q, qotd_close(q, &r->slot->txn, in->fh));
}

static struct qotd_io make_io(const struct request *r, uint64_t fh, uint64_t offset, uint32_t size)
{
	return (struct qotd_io){
		.fh = fh,
		.offset = offset,
		.size = size,
		.pid = slot_header(r->slot)->pid,
		.replay = r->slot->replay,
	};
}

static void read_file(const struct request *r, const struct fuse_read_in *in)
{
	struct qotd *q = qotd_of(r);
	struct qotd_io io = make_io(r, in->fh, in->offset, in->size);
	struct qotd_span span;
	int err = qotd_read_begin(q, &r->slot->txn, &io, &span);

	if (err) {
		qotd_finish(r, q, err);
		return;
	}
	qotd_count(r, q, 0);
	qotd_count_bytes(q, span.length, 0);
	reply_read(r, span.data, span.length);
	qotd_read_end(q);
}

static void write_file(const struct request *r, const struct fuse_write_in *in, const void *data)
{
	struct qotd *q = qotd_of(r);
	struct qotd_io io = make_io(r, in->fh, in->offset, in->size);
	size_t written;
	int err = qotd_write(q, &r->slot->txn, &io, data, &written);

	if (err) {
		qotd_finish(r, q, err);
		return;
	}
	qotd_count(r, q, 0);
	qotd_count_bytes(q, 0, written);
	reply_write(r, written);
}

static void poll_file(const struct request *r, const struct fuse_poll_in *in)
{
	uint64_t handle = in->flags & FUSE_POLL_SCHEDULE_NOTIFY ? in->kh : 0;
	short events;
	int err = qotd_poll(qotd_of(r), in->fh, handle, &events);

	if (err)
		reply_result(r, err);
	else
		reply_poll(r, (unsigned)events);
}

static bool interrupt(void *ctx, const struct channel *c, uint64_t unique)
{
	struct qotd_driver *d = ctx;

	return parking_interrupt(d->parking, c, unique);
}

static void run_ready(void *ctx)
{
	struct qotd_driver *d = ctx;

	parking_run_ready(d->parking);
}

static bool get_extent(void *ctx, uint32_t instance, uint64_t *size, uint64_t *allocated)
{
	struct qotd_driver *d = ctx;
	struct qotd *q = &d->devices[instance];

	if (!qotd_is_attached(q))
		return false;
	qotd_get_extent(q, size, allocated);
	return true;
}

static void get_space(void *ctx, struct driver_space *space)
{
	struct qotd_driver *d = ctx;
	struct umem_stats stats;

	umem_get_stats(d->umem, &stats);
	*space = (struct driver_space){.limit = stats.limit, .used = stats.used};
}

const struct driver_ops qotd_ops = {
	.open = open_file,
	.release = release,
	.read = read_file,
	.write = write_file,
	.ioctl = qotd_ioctl,
	.poll = poll_file,
	.interrupt = interrupt,
	.run_ready = run_ready,
	.get_extent = get_extent,
	.get_space = get_space,
};
