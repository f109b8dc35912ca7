// SPDX-License-Identifier: MIT
#include <linux/fuse.h>

#include "file_ops.h"
#include "slot.h"

void file_open(fuse_req_t req, struct qotd *q, const struct fuse_file_info *fi,
	       const struct open_manner *manner)
{
	/* By hand, because fuse_reply_open() does not know all FOPEN_ flags yet. */
	struct fuse_open_out out = {.open_flags = manner->open_flags};
	struct iovec iov = {.iov_base = &out, .iov_len = sizeof(out)};
	int err = qotd_open(q, &slot_current()->txn, (uint32_t)fi->flags, manner->mode, &out.fh);

	if (err)
		fuse_reply_err(req, -err);
	else
		fuse_reply_iov(req, &iov, 1);
}

void file_release(fuse_req_t req, struct qotd *q, const struct fuse_file_info *fi)
{
	fuse_reply_err(req, -qotd_close(q, &slot_current()->txn, fi->fh));
}

static struct qotd_io make_io(fuse_req_t req, size_t size, off_t offset,
			      const struct fuse_file_info *fi)
{
	return (struct qotd_io){
		.fh = fi->fh,
		.offset = (uint64_t)offset,
		.size = size,
		.pid = (uint32_t)fuse_req_ctx(req)->pid,
		.replay = slot_current()->replay,
	};
}

/* The reply is gathered straight from the device's pages. */
void file_read(fuse_req_t req, struct qotd *q, size_t size, off_t offset,
	       const struct fuse_file_info *fi)
{
	struct qotd_io io = make_io(req, size, offset, fi);
	struct qotd_span span;
	int err = qotd_read_begin(q, &slot_current()->txn, &io, &span);

	if (err) {
		fuse_reply_err(req, -err);
		return;
	}
	fuse_reply_buf(req, span.data, span.length);
	qotd_read_end(q);
}

void file_write(fuse_req_t req, struct qotd *q, const char *data, size_t size, off_t offset,
		const struct fuse_file_info *fi)
{
	struct qotd_io io = make_io(req, size, offset, fi);
	size_t written;
	int err = qotd_write(q, &slot_current()->txn, &io, data, &written);

	if (err)
		fuse_reply_err(req, -err);
	else
		fuse_reply_write(req, written);
}

/* The kernel's own handle is kept, not libfuse's: it means the same in the next process. */
void file_poll(fuse_req_t req, struct qotd *q, const struct fuse_file_info *fi,
	       struct fuse_pollhandle *handle)
{
	const struct fuse_poll_in *in = (const void *)(slot_header(slot_current()) + 1);
	uint64_t kernel_handle = handle ? in->kh : 0;
	short events;
	int err = qotd_poll(q, fi->fh, kernel_handle, &events);

	if (handle)
		fuse_pollhandle_destroy(handle);

	if (err)
		fuse_reply_err(req, -err);
	else
		fuse_reply_poll(req, (unsigned)events);
}
