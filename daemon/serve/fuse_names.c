// SPDX-License-Identifier: MIT
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "channel.h"
#include "fuse_names.h"

/* Names and attributes change only through us, and then we tell the kernel. */
#define FOREVER_SECONDS 86400.0

static const struct served *served_of(fuse_req_t req)
{
	const struct channel *c = fuse_req_userdata(req);

	return c->served;
}

static struct stat root_attributes(const struct served *s)
{
	return (struct stat){
		.st_ino = FUSE_ROOT_ID,
		.st_mode = S_IFDIR | 0555,
		.st_nlink = 2,
		.st_uid = geteuid(),
		.st_gid = getegid(),
		.st_mtim.tv_sec = s->started,
		.st_ctim.tv_sec = s->started,
		.st_atim.tv_sec = s->started,
	};
}

/* The attributes of an instance; false when it is not there. */
static bool file_attributes(const struct served *s, uint32_t instance, struct stat *st)
{
	uint64_t size, allocated;

	if (instance >= s->instances || !s->driver->get_extent(s->ctx, instance, &size, &allocated))
		return false;
	*st = root_attributes(s);
	st->st_ino = FUSE_FIRST_INODE + instance;
	st->st_mode = S_IFREG | 0664;
	st->st_nlink = 1;
	st->st_gid = s->group;
	st->st_size = (off_t)size;
	st->st_blocks = (blkcnt_t)(allocated / 512);
	return true;
}

/* False when there is no such file. */
static bool get_attributes(const struct served *s, fuse_ino_t ino, struct stat *st)
{
	if (ino != FUSE_ROOT_ID)
		return ino >= FUSE_FIRST_INODE && ino - FUSE_FIRST_INODE < s->instances &&
		       file_attributes(s, (uint32_t)(ino - FUSE_FIRST_INODE), st);
	*st = root_attributes(s);
	return true;
}

void fuse_lookup(fuse_req_t req, fuse_ino_t parent, const char *name)
{
	const struct served *s = served_of(req);
	struct fuse_entry_param entry = {
		.attr_timeout = FOREVER_SECONDS,
		.entry_timeout = FOREVER_SECONDS,
	};
	char device_name[NAME_MAX + 1];

	for (uint32_t i = 0; parent == FUSE_ROOT_ID && i < s->instances; i++) {
		channel_device_name(s, i, device_name, sizeof(device_name));
		if (strcmp(name, device_name) == 0 && file_attributes(s, i, &entry.attr)) {
			entry.ino = FUSE_FIRST_INODE + i;
			fuse_reply_entry(req, &entry);
			return;
		}
	}
	fuse_reply_err(req, ENOENT);
}

void fuse_getattr(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	struct stat st;

	(void)fi;
	if (get_attributes(served_of(req), ino, &st))
		fuse_reply_attr(req, &st, FOREVER_SECONDS);
	else
		fuse_reply_err(req, ENOENT);
}

/*
 * Time stamps are accepted and ignored, so that touch(1) works. A size is refused as a character device
 * does; O_TRUNC does not come here. Owner and mode are what the daemon was started with.
 */
void fuse_setattr(fuse_req_t req, fuse_ino_t ino, struct stat *attr, int to_set,
		  struct fuse_file_info *fi)
{
	(void)attr;
	if (to_set & FUSE_SET_ATTR_SIZE)
		fuse_reply_err(req, EINVAL);
	else if (to_set & (FUSE_SET_ATTR_MODE | FUSE_SET_ATTR_UID | FUSE_SET_ATTR_GID))
		fuse_reply_err(req, EPERM);
	else
		fuse_getattr(req, ino, fi);
}

/* One entry of the root directory: "." and "..", then the devices. */
struct entry {
	char name[NAME_MAX + 1];
	struct stat st;
};

/* Fills in the entry at position `index`; false when there is none, or no more. */
static bool get_entry(const struct served *s, uint64_t index, struct entry *e)
{
	if (index < 2) {
		strlcpy(e->name, index == 0 ? "." : "..", sizeof(e->name));
		e->st = root_attributes(s);
		return true;
	}
	channel_device_name(s, (uint32_t)index - 2, e->name, sizeof(e->name));
	return file_attributes(s, (uint32_t)index - 2, &e->st);
}

void fuse_readdir(fuse_req_t req, fuse_ino_t ino, size_t size, off_t off, struct fuse_file_info *fi)
{
	const struct served *s = served_of(req);
	char page[4096];
	size_t room = size < sizeof(page) ? size : sizeof(page);
	size_t used = 0;
	struct entry e;

	(void)fi;
	if (ino != FUSE_ROOT_ID || off < 0) {
		fuse_reply_err(req, ino != FUSE_ROOT_ID ? ENOTDIR : EINVAL);
		return;
	}
	for (uint64_t i = (uint64_t)off; i < s->instances + UINT64_C(2); i++) {
		size_t length;

		if (!get_entry(s, i, &e))
			continue;
		length = fuse_add_direntry(req, page + used, room - used, e.name, &e.st,
					   (off_t)i + 1);
		if (length > room - used)
			break;
		used += length;
	}
	fuse_reply_buf(req, page, used);
}

/* For df(1): the memory limit is the size of the file system. */
void fuse_statfs(fuse_req_t req, fuse_ino_t ino)
{
	const struct served *s = served_of(req);
	struct driver_space space;
	struct statvfs st = {.f_bsize = 4096, .f_frsize = 4096, .f_namemax = NAME_MAX};

	(void)ino;
	s->driver->get_space(s->ctx, &space);
	st.f_blocks = space.limit / st.f_frsize;
	st.f_bfree = st.f_bavail = (space.limit - space.used) / st.f_frsize;
	st.f_files = s->instances;
	fuse_reply_statfs(req, &st);
}

/* The files come with the daemon: nobody makes or removes any. */
void fuse_unlink(fuse_req_t req, fuse_ino_t parent, const char *name)
{
	(void)parent;
	(void)name;
	fuse_reply_err(req, EPERM);
}

void fuse_mknod(fuse_req_t req, fuse_ino_t parent, const char *name, mode_t mode, dev_t rdev)
{
	(void)parent;
	(void)name;
	(void)mode;
	(void)rdev;
	fuse_reply_err(req, EPERM);
}

void fuse_create(fuse_req_t req, fuse_ino_t parent, const char *name, mode_t mode,
		 struct fuse_file_info *fi)
{
	(void)parent;
	(void)name;
	(void)mode;
	(void)fi;
	fuse_reply_err(req, EPERM);
}
