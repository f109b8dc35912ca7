/* SPDX-License-Identifier: MIT */
/* The directory of the FUSE mount: which files there are, what their attributes say. */
#ifndef FUSE_NAMES_H
#define FUSE_NAMES_H

#include <fuse_lowlevel.h>

/* Operations of libfuse. */
void fuse_lookup(fuse_req_t req, fuse_ino_t parent, const char *name);
void fuse_getattr(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi);
void fuse_setattr(fuse_req_t req, fuse_ino_t ino, struct stat *attr, int to_set,
		  struct fuse_file_info *fi);
void fuse_readdir(fuse_req_t req, fuse_ino_t ino, size_t size, off_t off,
		  struct fuse_file_info *fi);
void fuse_statfs(fuse_req_t req, fuse_ino_t ino);
void fuse_unlink(fuse_req_t req, fuse_ino_t parent, const char *name);
void fuse_mknod(fuse_req_t req, fuse_ino_t parent, const char *name, mode_t mode, dev_t rdev);
void fuse_create(fuse_req_t req, fuse_ino_t parent, const char *name, mode_t mode,
		 struct fuse_file_info *fi);

#endif
