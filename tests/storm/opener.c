/* SPDX-License-Identifier: MIT */
/* Opens and closes. Each open file has a position of its own; none may be left open when all are closed. */
#include "client.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#define HELD	   16
#define PIECE	   97
#define GONE_TRIES 2000

struct held {
	int fd; /* 0: none */
	uint64_t position;
};

static void read_on(struct client *c, struct held *h)
{
	unsigned char buffer[PIECE];
	size_t got = read_some(c, h->fd, buffer, sizeof(buffer));

	if (got != sizeof(buffer))
		fail(c, DOUBLED, "a read of %zu bytes gave %zu", sizeof(buffer), got);
	check_pattern(c, buffer, got, h->position, 0);
	h->position += got;
}

/* Opened, used and closed at once; half of them by two descriptors. */
static void open_shortly(struct client *c)
{
	char text[20] = "";
	int fd = open_device(c, DEVICE_OPENED, O_RDWR);

	if (random_below(&c->random, 2) == 0)
		close_device(c, dup(fd));
	if (read_some(c, fd, text, sizeof(text) - 1) != sizeof(text) - 1 ||
	    strcmp(text, "On the whole, I'd r") != 0)
		fail(c, LOST, "a fresh open file does not begin at the beginning: '%s'", text);
	close_device(c, fd);
}

void run_opener(struct client *c)
{
	struct held held[HELD] = {0};

	while (go_on(c, "opening and closing")) {
		struct held *h = &held[random_below(&c->random, HELD)];
		int *fd = &h->fd;

		if (!*fd)
			*h = (struct held){.fd = open_device(c, DEVICE_PATTERN, O_RDONLY)};
		read_on(c, h);
		if (random_below(&c->random, 4) == 0) {
			close_device(c, *fd);
			*fd = 0;
		}
		open_shortly(c);
		c->count++;
	}
	for (unsigned int i = 0; i < HELD; i++)
		if (held[i].fd)
			close_device(c, held[i].fd);
}

bool opened_device_goes_away(char *why, size_t size)
{
	const char *path = storm->devices[DEVICE_OPENED];
	int fd = open(path, O_RDWR | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || ioctl(fd, QOTDIOCDETACH) < 0) {
		snprintf(why, size, "QOTDIOCDETACH: %s", strerrorname_np(errno));
		return false;
	}
	close(fd);
	/* The close is on its way to the daemon. */
	for (int i = 0; i < GONE_TRIES; i++) {
		if (stat(path, &st) < 0 && errno == ENOENT)
			return true;
		sleep_ns(5000000);
	}
	snprintf(why, size, "%s is detached and closed, but does not go away", path);
	return false;
}
