/* SPDX-License-Identifier: MIT */
/*
 * await-sleepers DEVICE N: waits until N operations of the daemon wait for memory. No event tells,
 * so the daemon is asked again and again; after 20 seconds the exit status is 1.
 */
#include "qotd_ioctl.h"

#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <time.h>

#define ASK_PERIOD_NS 1000000
#define ASK_TIMES     20000

int main(int argc, char **argv)
{
	const struct timespec period = {.tv_nsec = ASK_PERIOD_NS};
	struct qotd_info info = {0};
	int fd;

	if (argc != 3) {
		fprintf(stderr, "usage: await-sleepers DEVICE N\n");
		return 2;
	}
	fd = open(argv[1], O_RDONLY);
	if (fd < 0)
		err(1, "%s", argv[1]);
	for (int i = 0; i < ASK_TIMES; i++) {
		if (ioctl(fd, QOTDIOCGINFO, &info) < 0)
			err(1, "QOTDIOCGINFO");
		if (info.sleepers == strtoul(argv[2], NULL, 10))
			return 0;
		nanosleep(&period, NULL);
	}
	errx(1, "%u sleepers, not %s", info.sleepers, argv[2]);
}
