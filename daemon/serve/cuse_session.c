// SPDX-License-Identifier: MIT
/*
 * The character device: one session of libfuse for each instance. It sees INIT only: all other requests are the
 * driver's (dispatch.h).
 */
#include <cuse_lowlevel.h>
#include <limits.h>
#include <stdio.h>

#include "channel.h"

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

static const struct cuse_lowlevel_ops operations = {
	.init = cuse_init,
	.init_done = cuse_init_done,
};

struct fuse_session *cuse_serve_session(struct channel *c)
{
	char name[NAME_MAX + 1], device[NAME_MAX + 16];
	const char *info[] = {device};
	struct cuse_info ci = {
		.dev_info_argc = 1,
		.dev_info_argv = info,
		.flags = c->served->unrestricted_ioctl ? CUSE_UNRESTRICTED_IOCTL : 0,
	};
	char *argv[] = {(char *)(uintptr_t)c->served->program, NULL};
	struct fuse_args args = FUSE_ARGS_INIT(1, argv);
	struct fuse_session *session;

	channel_device_name(c->served, c->instance, name, sizeof(name));
	snprintf(device, sizeof(device), "DEVNAME=%s", name);
	session = cuse_lowlevel_new(&args, &ci, &operations, c);
	fuse_opt_free_args(&args);
	return session;
}
