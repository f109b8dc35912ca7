// SPDX-License-Identifier: MIT
/* The character device: one session for each instance. */
#include <cuse_lowlevel.h>
#include <limits.h>
#include <stdio.h>

#include "channel.h"
#include "file_ops.h"

/* The kernel passes no file position on CUSE: every open file has its own here. */
static const struct open_manner manner = {.mode = POSITION_CALL};

static struct qotd *device_of(fuse_req_t req)
{
	const struct channel *c = fuse_req_userdata(req);

	return &c->served->devices[c->instance];
}

/* What the kernel will not use anyway it still wants room for in every read of the channel. */
static void cuse_init(void *userdata, struct fuse_conn_info *conn)
{
	(void)userdata;
	conn->max_write = CUSE_MAX_TRANSFER;
}

static void cuse_init_done(void *userdata)
{
	struct channel *c = userdata;

	c->is_ready = true;
}

static void cuse_open_device(fuse_req_t req, struct fuse_file_info *fi)
{
	file_open(req, device_of(req), fi, &manner);
}

static void cuse_release(fuse_req_t req, struct fuse_file_info *fi)
{
	file_release(req, device_of(req), fi);
}

static void cuse_read(fuse_req_t req, size_t size, off_t off, struct fuse_file_info *fi)
{
	file_read(req, device_of(req), size, off, fi);
}

static void cuse_write(fuse_req_t req, const char *buf, size_t size, off_t off,
		       struct fuse_file_info *fi)
{
	file_write(req, device_of(req), buf, size, off, fi);
}

static void cuse_ioctl(fuse_req_t req, int cmd, void *arg, struct fuse_file_info *fi,
		       unsigned int flags, const void *in_buf, size_t in_bufsz, size_t out_bufsz)
{
	struct ioctl_call call = {(unsigned int)cmd, arg, flags, in_buf, in_bufsz, out_bufsz};

	file_ioctl(req, device_of(req), fi, &call);
}

static void cuse_poll(fuse_req_t req, struct fuse_file_info *fi, struct fuse_pollhandle *ph)
{
	file_poll(req, device_of(req), fi, ph);
}

static const struct cuse_lowlevel_ops operations = {
	.init = cuse_init,
	.init_done = cuse_init_done,
	.open = cuse_open_device,
	.release = cuse_release,
	.read = cuse_read,
	.write = cuse_write,
	.ioctl = cuse_ioctl,
	.poll = cuse_poll,
};

struct fuse_session *cuse_serve_session(struct channel *c)
{
	char name[NAME_MAX + 1], device[NAME_MAX + 16];
	const char *info[] = {device};
	struct cuse_info ci = {
		.dev_info_argc = 1,
		.dev_info_argv = info,
		.flags = c->served->legacy_ioctl ? CUSE_UNRESTRICTED_IOCTL : 0,
	};
	char program[] = "qotd-cuse";
	char *argv[] = {program, NULL};
	struct fuse_args args = FUSE_ARGS_INIT(1, argv);
	struct fuse_session *session;

	channel_device_name(c->served, c->instance, name, sizeof(name));
	snprintf(device, sizeof(device), "DEVNAME=%s", name);
	session = cuse_lowlevel_new(&args, &ci, &operations, c);
	fuse_opt_free_args(&args);
	return session;
}
