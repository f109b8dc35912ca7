// SPDX-License-Identifier: MIT
/*
 * The devices as files of a FUSE mount: one session of libfuse for all instances. It sees INIT and what concerns
 * names and attributes: what clients do with an open file is the driver's (dispatch.h).
 */
#include <limits.h>
#include <string.h>

#include "channel.h"
#include "fuse_names.h"

static void fuse_init(void *userdata, struct fuse_conn_info *conn)
{
	struct channel *c = userdata;

	(void)conn;
	c->is_ready = true;
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
};

struct fuse_session *fuse_serve_session(struct channel *c)
{
	char *argv[] = {(char *)(uintptr_t)c->served->program, NULL};
	struct fuse_args args = FUSE_ARGS_INIT(1, argv);
	struct fuse_session *session = fuse_session_new(&args, &operations, sizeof(operations), c);

	fuse_opt_free_args(&args);
	return session;
}

void fuse_say_resized(struct channel *c, uint32_t instance)
{
	/* A negative offset means the attributes only. Not looked up yet is no error. */
	(void)fuse_lowlevel_notify_inval_inode(c->session, FUSE_FIRST_INODE + instance, -1, 0);
}

void fuse_say_gone(struct channel *c, uint32_t instance)
{
	char name[NAME_MAX + 1];

	channel_device_name(c->served, instance, name, sizeof(name));
	(void)fuse_lowlevel_notify_inval_entry(c->session, FUSE_ROOT_ID, name, strlen(name));
}
