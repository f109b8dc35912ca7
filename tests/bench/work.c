// SPDX-License-Identifier: MIT
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "qotd_ioctl.h"
#include "work.h"

#define KIB 1024u
#define MIB (1024u * KIB)

/* The targets of the project. */
#define PATH_TARGETS .speed = 0.95, .cpu = 1.10

const struct work fuse_works[] = {
	{"read 128 B", OP_READ, 128, 1, true, PATH_TARGETS},
	{"read 4 KiB", OP_READ, 4 * KIB, 1, true, PATH_TARGETS},
	{"read 128 KiB", OP_READ, 128 * KIB, 1, true, PATH_TARGETS},
	{"read 1 MiB", OP_READ, MIB, 1, true, PATH_TARGETS},
	{"write 128 B", OP_WRITE, 128, 1, true, PATH_TARGETS},
	{"write 4 KiB", OP_WRITE, 4 * KIB, 1, true, PATH_TARGETS},
	{"write 128 KiB", OP_WRITE, 128 * KIB, 1, true, PATH_TARGETS},
	{"write 1 MiB", OP_WRITE, MIB, 1, true, PATH_TARGETS},
	{"ioctl", OP_IOCTL, 0, 1, true, PATH_TARGETS},
	{"open+read+close", OP_OPEN_READ_CLOSE, 128, 1, true, .speed = 1.15, .cpu = 1.10},
	{"1 reader, 4 KiB", OP_READ, 4 * KIB, 1, false, .speed = 0},
	{"1 writer, 4 KiB", OP_WRITE, 4 * KIB, 1, false, .speed = 0},
	{"2 readers, 4 KiB", OP_READ, 4 * KIB, 2, false, .speed = 1.4},
	{"2 writers, 4 KiB", OP_WRITE, 4 * KIB, 2, false, .speed = 1.4},
	{"8 readers, 4 KiB", OP_READ, 4 * KIB, 8, false, .against = FLOOR_ALL},
	{"8 writers, 4 KiB", OP_WRITE, 4 * KIB, 8, false, .speed = 0.95, .p99 = 1.5,
	 .against = FLOOR_ALL},
	{0},
};

const struct work cuse_works[] = {
	{"read 128 B", OP_READ, 128, 1, true, .speed = 0.95},
	{"read 4 KiB", OP_READ, 4 * KIB, 1, true, .speed = 0.95},
	{"read 128 KiB", OP_READ, 128 * KIB, 1, true, .speed = 0.95},
	{"write 128 B", OP_WRITE, 128, 1, true, .speed = 0.95},
	{"write 4 KiB", OP_WRITE, 4 * KIB, 1, true, .speed = 0.95},
	{"write 128 KiB", OP_WRITE, 128 * KIB, 1, true, .speed = 0.95},
	{"ioctl", OP_IOCTL, 0, 1, true, .speed = 0.95},
	{"open+close", OP_OPEN_CLOSE, 0, 1, true, .speed = 0.95},
	{0},
};

bool work_suits(const struct work *w, const struct contender *c)
{
	if (w->pinned && c->role == FLOOR_ALL)
		return false;
	return w->operation != OP_IOCTL || c->get_size;
}

/* On CUSE the kernel passes no offset, and a daemon that keeps the position itself comes to the end. */
static bool at_end(const struct client *c, ssize_t result)
{
	uint64_t start = 0;

	if (!c->contender->has_position || !(result == 0 || (result < 0 && errno == ENOSPC)))
		return false;
	if (ioctl(c->fd, QOTDIOCSPOS, &start) < 0)
		err(EXIT_FAILURE, "%s: cannot go back to the start", c->contender->name);
	return true;
}

static int open_file(const struct client *c)
{
	int fd = open(c->contender->path, O_RDWR | O_CLOEXEC);

	if (fd < 0)
		err(EXIT_FAILURE, "%s", c->contender->path);
	return fd;
}

static bool transfer(const struct client *c)
{
	const struct work *w = c->work;
	ssize_t n;

	if (w->operation == OP_WRITE)
		n = pwrite(c->fd, c->buffer, w->size, c->offset);
	else
		n = pread(c->fd, c->buffer, w->size, c->offset);
	if (n == (ssize_t)w->size)
		return true;
	if (!at_end(c, n))
		err(EXIT_FAILURE, "%s: %s", c->contender->name, w->name);
	return false;
}

bool work_once(struct client *c)
{
	uint64_t size[2]; /* the answer of whatever version of the ioctl */

	switch (c->work->operation) {
	case OP_READ:
	case OP_WRITE:
		return transfer(c);
	case OP_IOCTL:
		if (ioctl(c->fd, c->contender->get_size, size) < 0)
			err(EXIT_FAILURE, "%s: ioctl", c->contender->name);
		return true;
	case OP_OPEN_READ_CLOSE:
	case OP_OPEN_CLOSE:
		c->fd = open_file(c);
		if (c->work->operation == OP_OPEN_READ_CLOSE)
			transfer(c);
		close(c->fd);
		c->fd = -1;
		return true;
	}
	return true;
}
