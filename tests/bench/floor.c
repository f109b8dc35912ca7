// SPDX-License-Identifier: MIT
/*
 * bench-floor --fuse=DIR|--cuse=NAME [--threads=N] [--size=BYTES]
 *
 * Serves the file DIR/qotd or the device /dev/NAME, until it is killed or unmounted.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <unistd.h>

#include "floor.h"

#define HEADER_ROOM 4096

/* The data of a WRITE request then begins on a page, like the content that it is copied to. */
#define BUFFER_OFFSET (4096 - sizeof(struct fuse_in_header) - sizeof(struct fuse_write_in))

static void *map_pages(size_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

	if (p == MAP_FAILED)
		err(EXIT_FAILURE, "mmap");
	return p;
}

static int mount_fuse(const char *dir)
{
	char options[128];
	int fd = open("/dev/fuse", O_RDWR | O_CLOEXEC);

	if (fd < 0)
		err(EXIT_FAILURE, "/dev/fuse");
	snprintf(options, sizeof(options), "fd=%d,rootmode=40000,user_id=0,group_id=0", fd);
	if (mount("bench-floor", dir, "fuse.bench-floor", MS_NOSUID | MS_NODEV, options) < 0)
		err(EXIT_FAILURE, "mount %s", dir);
	return fd;
}

static int open_cuse(void)
{
	int fd = open("/dev/cuse", O_RDWR | O_CLOEXEC);

	if (fd < 0)
		err(EXIT_FAILURE, "/dev/cuse");
	return fd;
}

static void *serve(void *arg)
{
	const struct floor *f = arg;
	const size_t room = FLOOR_MAX_TRANSFER + HEADER_ROOM;
	char *buffer = (char *)map_pages(BUFFER_OFFSET + room) + BUFFER_OFFSET;

	for (;;) {
		ssize_t length = read(f->fd, buffer, room);

		if (length > 0)
			floor_answer(f, (const void *)buffer);
		else if (errno == ENODEV)
			exit(EXIT_SUCCESS); /* unmounted */
		else if (errno != ENOENT && errno != EINTR && errno != EAGAIN)
			err(EXIT_FAILURE, "read");
	}
}

static void serve_with(struct floor *f, unsigned threads)
{
	pthread_t thread;

	while (--threads > 0)
		if (pthread_create(&thread, NULL, serve, f) != 0)
			errx(EXIT_FAILURE, "cannot start a thread");
	serve(f);
}

int main(int argc, char *argv[])
{
	static const struct option options[] = {
		{"fuse", required_argument, NULL, 'f'},
		{"cuse", required_argument, NULL, 'c'},
		{"threads", required_argument, NULL, 't'},
		{"size", required_argument, NULL, 's'},
		{0},
	};
	struct floor f = {.fd = -1, .size = FLOOR_MAX_TRANSFER};
	unsigned threads = 1;

	for (int c; (c = getopt_long(argc, argv, "", options, NULL)) != -1;) {
		if (c == 'f') {
			f.fd = mount_fuse(optarg);
		} else if (c == 'c') {
			f.device = optarg;
			f.fd = open_cuse();
		} else if (c == 't') {
			threads = (unsigned)strtoul(optarg, NULL, 10);
		} else if (c == 's') {
			f.size = strtoul(optarg, NULL, 10);
		} else {
			return EXIT_FAILURE;
		}
	}
	if (f.fd < 0 || threads == 0 || f.size == 0)
		errx(EXIT_FAILURE, "give --fuse=DIR or --cuse=NAME");
	f.content = map_pages(f.size);
	serve_with(&f, threads);
}
