// SPDX-License-Identifier: MIT
/* The devices as files of a FUSE mount: one session for all instances. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/fuse.h>
#include <string.h>

#include "channel.h"
#include "file_ops.h"
#include "fuse_names.h"

/* Headers before Linux 6.2 do not have it; kernels before ignore it. */
#ifndef FOPEN_PARALLEL_DIRECT_WRITES
#define FOPEN_PARALLEL_DIRECT_WRITES (1 << 6)
#endif

#define OPEN_FLAGS (FOPEN_DIRECT_IO | FOPEN_NOFLUSH | FOPEN_PARALLEL_DIRECT_WRITES)

static const struct open_manner manner = {.mode = POSITION_CLIENT, .open_flags = OPEN_FLAGS};

/* With O_APPEND the kernel sends the file size for the offset: the position is ours to keep. */
static const struct open_manner append_manner = {.mode = POSITION_DEVICE, .open_flags = OPEN_FLAGS};

/* The device of an inode; replies and returns NULL when there is none. */
static struct qotd *device_of(fuse_req_t req, fuse_ino_t ino)
{
	const struct channel *c = fuse_req_userdata(req);
	struct qotd *q = fuse_device(c->served, ino);

	if (!q)
		fuse_reply_err(req, EBADF);
	return q;
}

static void fuse_init(void *userdata, struct fuse_conn_info *conn)
{
	struct channel *c = userdata;

	(void)conn;
	c->is_ready = true;
}

static void fuse_open_file(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	struct qotd *q = device_of(req, ino);

	if (q)
		file_open(req, q, fi, fi->flags & O_APPEND ? &append_manner : &manner);
}

static void fuse_release(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	struct qotd *q = device_of(req, ino);

	if (q)
		file_release(req, q, fi);
}

static void fuse_read(fuse_req_t req, fuse_ino_t ino, size_t size, off_t off,
		      struct fuse_file_info *fi)
{
	struct qotd *q = device_of(req, ino);

	if (q)
		file_read(req, q, size, off, fi);
}

static void fuse_write(fuse_req_t req, fuse_ino_t ino, const char *buf, size_t size, off_t off,
		       struct fuse_file_info *fi)
{
	struct qotd *q = device_of(req, ino);

	if (q)
		file_write(req, q, buf, size, off, fi);
}

static void fuse_ioctl(fuse_req_t req, fuse_ino_t ino, unsigned int cmd, void *arg,
		       struct fuse_file_info *fi, unsigned int flags, const void *in_buf,
		       size_t in_bufsz, size_t out_bufsz)
{
	struct ioctl_call call = {cmd, arg, flags, in_buf, in_bufsz, out_bufsz};
	struct qotd *q;

	if (flags & FUSE_IOCTL_DIR) {
		fuse_reply_err(req, ENOTTY);
		return;
	}
	q = device_of(req, ino);
	if (q)
		file_ioctl(req, q, fi, &call);
}

static void fuse_poll(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi,
		      struct fuse_pollhandle *ph)
{
	struct qotd *q = device_of(req, ino);

	if (q)
		file_poll(req, q, fi, ph);
	else if (ph)
		fuse_pollhandle_destroy(ph);
}

static const struct fuse_lowlevel_ops operations = {
	.init = fuse_init,
	.lookup = fuse_lookup,
	.getattr = fuse_getattr,
	.setattr = fuse_setattr,
	.mknod = fuse_mknod,
	.create = fuse_create,
	.unlink = fuse_unlink,
	.readdir = fuse_readdir,
	.statfs = fuse_statfs,
	.open = fuse_open_file,
	.release = fuse_release,
	.read = fuse_read,
	.write = fuse_write,
	.ioctl = fuse_ioctl,
	.poll = fuse_poll,
};

struct fuse_session *fuse_serve_session(struct channel *c)
{
	char program[] = "qotd-cuse";
	char *argv[] = {program, NULL};
	struct fuse_args args = FUSE_ARGS_INIT(1, argv);

	struct fuse_session *session = fuse_session_new(&args, &operations, sizeof(operations), c);

	fuse_opt_free_args(&args);
	return session;
}

void fuse_say_resized(struct channel *c, uint32_t instance)
{
	/* A negative offset means the attributes only. Not looked up yet is no error. */
	(void)fuse_lowlevel_notify_inval_inode(c->session, fuse_inode(instance), -1, 0);
}

void fuse_say_gone(struct channel *c, uint32_t instance)
{
	char name[NAME_MAX + 1];

	channel_device_name(c->served, instance, name, sizeof(name));
	(void)fuse_lowlevel_notify_inval_entry(c->session, FUSE_ROOT_ID, name, strlen(name));
}
