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

#include "file_ops.h"
#include "slot.h"

/* The tutorial's own numbers. Their argument is a size_t of the client. */
#define LEGACY_BASE    (('q' << 24) | ('t' << 16) | ('d' << 8))
#define LEGACY_GSZ     (LEGACY_BASE | 1u)
#define LEGACY_SSZ     (LEGACY_BASE | 2u)
#define LEGACY_DISCARD (LEGACY_BASE | 3u)

/* From this size on, getting memory takes long enough that others should not wait for it. */
#define LONG_WORK_BYTES (1u << 20)

struct ioctl {
	unsigned int cmd;
	size_t in_size; /* bytes of argument; at most one way has any */
	size_t out_size;
	void (*run)(fuse_req_t req, struct qotd *q, uint64_t fh, const struct ioctl_call *call);
};

static void reply(fuse_req_t req, int err, const void *out, size_t out_size)
{
	if (err)
		fuse_reply_err(req, -err);
	else
		fuse_reply_ioctl(req, 0, out, out_size);
}

/*
 * New memory for the device: at once if possible; else parked, unless the client does not want to wait.
 */
static void replace(fuse_req_t req, struct qotd *q, uint64_t fh, enum qotd_replacement what,
		    uint64_t size)
{
	const struct channel *c = fuse_req_userdata(req);
	const struct served *s = c->served;
	bool takes_long = size >= LONG_WORK_BYTES;
	int err;

	if (takes_long)
		s->long_work(s->long_work_ctx, true);
	err = qotd_replace(q, &slot_current()->txn, fh, what, size, NULL);
	if (err == -EAGAIN && !qotd_is_nonblocking(q, fh))
		parking_replace(s->parking, req, q, fh, what, size);
	else
		reply(req, err, NULL, 0);
	if (takes_long)
		s->long_work(s->long_work_ctx, false);
}

static void get_size(fuse_req_t req, struct qotd *q, uint64_t fh, const struct ioctl_call *call)
{
	uint64_t size = 0;
	int err = qotd_get_size(q, fh, &size);

	(void)call;
	reply(req, err, &size, sizeof(size));
}

static uint64_t u64_argument(const struct ioctl_call *call)
{
	uint64_t value;

	memcpy(&value, call->in, sizeof(value));
	return value;
}

static void set_size(fuse_req_t req, struct qotd *q, uint64_t fh, const struct ioctl_call *call)
{
	replace(req, q, fh, QOTD_RESIZE, u64_argument(call));
}

static void discard(fuse_req_t req, struct qotd *q, uint64_t fh, const struct ioctl_call *call)
{
	(void)call;
	replace(req, q, fh, QOTD_DISCARD, q->config->initial_size);
}

static void set_position(fuse_req_t req, struct qotd *q, uint64_t fh, const struct ioctl_call *call)
{
	reply(req, qotd_seek(q, &slot_current()->txn, fh, u64_argument(call)), NULL, 0);
}

static void get_info(fuse_req_t req, struct qotd *q, uint64_t fh, const struct ioctl_call *call)
{
	struct qotd_info info;
	int err = qotd_get_info(q, fh, &info);

	(void)call;
	reply(req, err, &info, sizeof(info));
}

static void detach(fuse_req_t req, struct qotd *q, uint64_t fh, const struct ioctl_call *call)
{
	(void)call;
	reply(req, qotd_request_detach(q, &slot_current()->txn, fh), NULL, 0);
}

/* A 32-bit client on a 64-bit kernel has a size_t of 4 bytes. */
static size_t client_size_t(const struct ioctl_call *call)
{
	return call->flags & FUSE_IOCTL_COMPAT ? sizeof(uint32_t) : sizeof(uint64_t);
}

static void legacy_get_size(fuse_req_t req, struct qotd *q, uint64_t fh,
			    const struct ioctl_call *call)
{
	uint64_t size = 0;
	int err = qotd_get_size(q, fh, &size);
	uint32_t small = (uint32_t)size;

	if (client_size_t(call) == sizeof(size))
		reply(req, err, &size, sizeof(size));
	else
		reply(req, !err && size > UINT32_MAX ? -EOVERFLOW : err, &small, sizeof(small));
}

static void legacy_set_size(fuse_req_t req, struct qotd *q, uint64_t fh,
			    const struct ioctl_call *call)
{
	uint32_t small;

	if (client_size_t(call) == sizeof(uint64_t)) {
		set_size(req, q, fh, call);
		return;
	}
	memcpy(&small, call->in, sizeof(small));
	replace(req, q, fh, QOTD_RESIZE, small);
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
static bool find_ioctl(const struct ioctl_call *call, bool with_legacy, struct ioctl *found)
{
	for (size_t i = 0; i < COUNT(ioctls); i++) {
		if (ioctls[i].cmd == call->cmd) {
			*found = ioctls[i];
			return true;
		}
	}
	for (size_t i = 0; with_legacy && i < COUNT(legacy_ioctls); i++) {
		if (legacy_ioctls[i].cmd == call->cmd) {
			*found = legacy_ioctls[i];
			found->in_size = found->in_size ? client_size_t(call) : 0;
			found->out_size = found->out_size ? client_size_t(call) : 0;
			return true;
		}
	}
	return false;
}

/* Asks the kernel to send an unrestricted request again, with the argument. */
static void ask_for_argument(fuse_req_t req, const struct ioctl *ioctl, void *arg)
{
	struct iovec in = {.iov_base = arg, .iov_len = ioctl->in_size};
	struct iovec out = {.iov_base = arg, .iov_len = ioctl->out_size};

	fuse_reply_ioctl_retry(req, &in, in.iov_len ? 1 : 0, &out, out.iov_len ? 1 : 0);
}

void file_ioctl(fuse_req_t req, struct qotd *q, const struct fuse_file_info *fi,
		const struct ioctl_call *call)
{
	const struct channel *c = fuse_req_userdata(req);
	struct ioctl ioctl;

	if (!find_ioctl(call, c->served->legacy_ioctl, &ioctl))
		fuse_reply_err(req, ENOTTY);
	else if (call->in_size >= ioctl.in_size && call->out_size >= ioctl.out_size)
		ioctl.run(req, q, fi->fh, call);
	else if (call->flags & FUSE_IOCTL_UNRESTRICTED)
		ask_for_argument(req, &ioctl, call->arg);
	else
		fuse_reply_err(req, EINVAL);
}
