// SPDX-License-Identifier: MIT
/*
 * bench-loop-mt DIR BYTES: the peer. The file DIR/qotd from RAM, as anybody would serve it with
 * libfuse: its low-level interface, and its own multithreaded loop with the loop's defaults.
 */
#include <err.h>
#include <errno.h>
#include <fuse_lowlevel.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define FILE_NODE 2
#define FOREVER	  (24 * 60 * 60.0)

struct content {
	char *bytes;
	size_t size;
};

static struct stat make_stat(const struct content *c, fuse_ino_t ino)
{
	bool is_file = ino == FILE_NODE;

	return (struct stat){
		.st_ino = ino,
		.st_mode = is_file ? S_IFREG | 0666 : S_IFDIR | 0755,
		.st_nlink = 1,
		.st_size = is_file ? (off_t)c->size : 0,
	};
}

static void peer_init(void *userdata, struct fuse_conn_info *conn)
{
	(void)userdata;
	conn->max_write = 1 << 20;
}

static void peer_lookup(fuse_req_t req, fuse_ino_t parent, const char *name)
{
	struct fuse_entry_param entry = {
		.ino = FILE_NODE,
		.attr = make_stat(fuse_req_userdata(req), FILE_NODE),
		.attr_timeout = FOREVER,
		.entry_timeout = FOREVER,
	};

	if (parent == FUSE_ROOT_ID && strcmp(name, "qotd") == 0)
		fuse_reply_entry(req, &entry);
	else
		fuse_reply_err(req, ENOENT);
}

static void peer_getattr(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	struct stat st = make_stat(fuse_req_userdata(req), ino);

	(void)fi;
	fuse_reply_attr(req, &st, FOREVER);
}

static void peer_open(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	(void)ino;
	fi->direct_io = 1;
	fuse_reply_open(req, fi);
}

static size_t clamp(const struct content *c, off_t offset, size_t size)
{
	size_t start = (size_t)offset;

	if (start >= c->size)
		return 0;
	return size < c->size - start ? size : c->size - start;
}

static void peer_read(fuse_req_t req, fuse_ino_t ino, size_t size, off_t off,
		      struct fuse_file_info *fi)
{
	const struct content *c = fuse_req_userdata(req);

	(void)ino;
	(void)fi;
	fuse_reply_buf(req, c->bytes + off, clamp(c, off, size));
}

static void peer_write(fuse_req_t req, fuse_ino_t ino, const char *data, size_t size, off_t off,
		       struct fuse_file_info *fi)
{
	const struct content *c = fuse_req_userdata(req);
	size_t length = clamp(c, off, size);

	(void)ino;
	(void)fi;
	memcpy(c->bytes + off, data, length);
	fuse_reply_write(req, length);
}

static void peer_ioctl(fuse_req_t req, fuse_ino_t ino, unsigned int cmd, void *arg,
		       struct fuse_file_info *fi, unsigned int flags, const void *in_buf,
		       size_t in_size, size_t out_size)
{
	const struct content *c = fuse_req_userdata(req);
	uint64_t size = c->size;

	(void)ino, (void)cmd, (void)arg, (void)fi, (void)flags, (void)in_buf, (void)in_size;
	fuse_reply_ioctl(req, 0, &size, out_size < sizeof(size) ? out_size : sizeof(size));
}

static const struct fuse_lowlevel_ops operations = {
	.init = peer_init,
	.lookup = peer_lookup,
	.getattr = peer_getattr,
	.open = peer_open,
	.read = peer_read,
	.write = peer_write,
	.ioctl = peer_ioctl,
};

static int serve(const char *dir, struct content *c)
{
	char program[] = "bench-loop-mt";
	char *argv[] = {program, NULL};
	struct fuse_args args = FUSE_ARGS_INIT(1, argv);
	struct fuse_session *session = fuse_session_new(&args, &operations, sizeof(operations), c);
	struct fuse_loop_config *config = fuse_loop_cfg_create();
	int result;

	if (!session || !config || fuse_set_signal_handlers(session) < 0 ||
	    fuse_session_mount(session, dir) < 0)
		errx(EXIT_FAILURE, "cannot serve %s", dir);
	result = fuse_session_loop_mt(session, config);
	fuse_session_unmount(session);
	fuse_remove_signal_handlers(session);
	fuse_session_destroy(session);
	fuse_loop_cfg_destroy(config);
	return result;
}

int main(int argc, char *argv[])
{
	struct content c;

	if (argc != 3)
		errx(EXIT_FAILURE, "usage: bench-loop-mt DIR BYTES");
	c.size = strtoul(argv[2], NULL, 10);
	c.bytes = aligned_alloc(4096, c.size);
	if (!c.bytes)
		err(EXIT_FAILURE, "%zu bytes", c.size);
	memset(c.bytes, 0, c.size);
	return serve(argv[1], &c) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
