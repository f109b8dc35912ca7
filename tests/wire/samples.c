// SPDX-License-Identifier: MIT
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>

#include "samples.h"

/* The part of a request behind the header, written to `body`. Returns its length. */
typedef size_t fill_body(const struct client *c, unsigned char *body);

static size_t put(unsigned char *body, const void *fixed, size_t fixed_size, const char *tail,
		  size_t tail_size)
{
	memcpy(body, fixed, fixed_size);
	memcpy(body + fixed_size, tail, tail_size);
	return fixed_size + tail_size;
}

#define PUT(body, fixed)	      put(body, &(fixed), sizeof(fixed), "", 0)
#define PUT_WITH(body, fixed, string) put(body, &(fixed), sizeof(fixed), string, sizeof(string))

static size_t nothing(const struct client *c, unsigned char *body)
{
	(void)c;
	(void)body;
	return 0;
}

static size_t name(const struct client *c, unsigned char *body)
{
	(void)c;
	return put(body, "", 0, "qotd", sizeof("qotd"));
}

static size_t forget(const struct client *c, unsigned char *body)
{
	const struct fuse_forget_in in = {.nlookup = 1};

	(void)c;
	return PUT(body, in);
}

static size_t batch_forget(const struct client *c, unsigned char *body)
{
	const struct {
		struct fuse_batch_forget_in in;
		struct fuse_forget_one one[2];
	} batch = {.in.count = 2, .one = {{.nodeid = c->nodeid, .nlookup = 1}, {.nodeid = 99}}};

	return PUT(body, batch);
}

static size_t getattr(const struct client *c, unsigned char *body)
{
	const struct fuse_getattr_in in = {.getattr_flags = FUSE_GETATTR_FH, .fh = c->fh};

	return PUT(body, in);
}

static size_t setattr(const struct client *c, unsigned char *body)
{
	const struct fuse_setattr_in in = {.valid = FATTR_MTIME | FATTR_FH, .fh = c->fh};

	return PUT(body, in);
}

static size_t mknod_name(const struct client *c, unsigned char *body)
{
	const struct fuse_mknod_in in = {.mode = S_IFREG | 0600};

	(void)c;
	return PUT_WITH(body, in, "new");
}

static size_t create_name(const struct client *c, unsigned char *body)
{
	const struct fuse_create_in in = {.flags = O_RDWR | O_CREAT, .mode = S_IFREG | 0600};

	(void)c;
	return PUT_WITH(body, in, "new");
}

static size_t open_file(const struct client *c, unsigned char *body)
{
	const struct fuse_open_in in = {.flags = O_RDWR};

	(void)c;
	return PUT(body, in);
}

static size_t read_file(const struct client *c, unsigned char *body)
{
	const struct fuse_read_in in = {.fh = c->fh, .size = 4};

	return PUT(body, in);
}

static size_t write_file(const struct client *c, unsigned char *body)
{
	const struct fuse_write_in in = {.fh = c->fh, .size = sizeof("data")};

	return PUT_WITH(body, in, "data");
}

/* Of a handle that is not open: the file is still needed. */
static size_t release(const struct client *c, unsigned char *body)
{
	const struct fuse_release_in in = {.fh = UINT64_MAX};

	(void)c;
	return PUT(body, in);
}

static size_t interrupt(const struct client *c, unsigned char *body)
{
	const struct fuse_interrupt_in in = {.unique = UINT64_MAX - 1};

	(void)c;
	return PUT(body, in);
}

static size_t set_size(const struct client *c, unsigned char *body)
{
	const struct fuse_ioctl_in in = {.fh = c->fh, .cmd = QOTDIOCSSZ, .in_size = 8};

	return put(body, &in, sizeof(in), "\310\0\0\0\0\0\0", 8); /* 200 */
}

static size_t get_info(const struct client *c, unsigned char *body)
{
	const struct fuse_ioctl_in in = {
		.fh = c->fh, .cmd = QOTDIOCGINFO, .out_size = sizeof(struct qotd_info)};

	return PUT(body, in);
}

static size_t poll_file(const struct client *c, unsigned char *body)
{
	const struct fuse_poll_in in = {
		.fh = c->fh, .kh = 7, .flags = FUSE_POLL_SCHEDULE_NOTIFY, .events = POLLPRI};

	return PUT(body, in);
}

static size_t fuse_init(const struct client *c, unsigned char *body)
{
	const struct fuse_init_in in = {.major = FUSE_KERNEL_VERSION,
					.minor = FUSE_KERNEL_MINOR_VERSION};

	(void)c;
	return PUT(body, in);
}

static size_t cuse_init(const struct client *c, unsigned char *body)
{
	const struct cuse_init_in in = {.major = FUSE_KERNEL_VERSION,
					.minor = FUSE_KERNEL_MINOR_VERSION};

	(void)c;
	return PUT(body, in);
}

static const struct {
	const char *name;
	uint32_t opcode;
	bool is_on_root;
	fill_body *fill;
} samples[] = {
	{"LOOKUP", FUSE_LOOKUP, true, name},
	{"FORGET", FUSE_FORGET, false, forget},
	{"GETATTR", FUSE_GETATTR, false, getattr},
	{"SETATTR", FUSE_SETATTR, false, setattr},
	{"UNLINK", FUSE_UNLINK, true, name},
	{"MKNOD", FUSE_MKNOD, true, mknod_name},
	{"CREATE", FUSE_CREATE, true, create_name},
	{"OPEN", FUSE_OPEN, false, open_file},
	{"READ", FUSE_READ, false, read_file},
	{"WRITE", FUSE_WRITE, false, write_file},
	{"STATFS", FUSE_STATFS, true, nothing},
	{"RELEASE", FUSE_RELEASE, false, release},
	{"INIT", FUSE_INIT, false, fuse_init},
	{"OPENDIR", FUSE_OPENDIR, true, open_file},
	{"READDIR", FUSE_READDIR, true, read_file},
	{"RELEASEDIR", FUSE_RELEASEDIR, true, release},
	{"INTERRUPT", FUSE_INTERRUPT, false, interrupt},
	{"DESTROY", FUSE_DESTROY, false, nothing},
	{"IOCTL with data", FUSE_IOCTL, false, set_size},
	{"IOCTL", FUSE_IOCTL, false, get_info},
	{"POLL", FUSE_POLL, false, poll_file},
	{"BATCH_FORGET", FUSE_BATCH_FORGET, false, batch_forget},
	{"CUSE_INIT", CUSE_INIT, false, cuse_init},
};

const unsigned sample_count = COUNT(samples);

const char *sample_name(unsigned index)
{
	return samples[index].name;
}

size_t sample_build(unsigned index, const struct client *c, void *bytes)
{
	struct fuse_in_header header = {
		.opcode = samples[index].opcode,
		.unique = kernel_new_unique(c->kernel),
		.nodeid = samples[index].is_on_root ? FUSE_ROOT_ID : c->nodeid,
		.pid = c->pid,
	};

	if (header.opcode == FUSE_INTERRUPT)
		header.unique |= KERNEL_INTERRUPT_BIT;
	header.len = (uint32_t)(sizeof(header) +
				samples[index].fill(c, (unsigned char *)bytes + sizeof(header)));
	memcpy(bytes, &header, sizeof(header));
	return header.len;
}

bool sample_is_answered(const void *bytes, size_t length)
{
	struct fuse_in_header header;

	if (length < sizeof(header))
		return false;
	memcpy(&header, bytes, sizeof(header));
	return header.opcode != FUSE_FORGET && header.opcode != FUSE_BATCH_FORGET &&
	       header.opcode != FUSE_INTERRUPT;
}
