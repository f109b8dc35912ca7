// SPDX-License-Identifier: MIT
/* tally-add DEVICE [N]: adds N, or 1, to the count and prints what it is now. */
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>

#include "tally_ioctl.h"

int main(int argc, char *argv[])
{
	__s64 value = argc == 3 ? strtoll(argv[2], NULL, 10) : 1;
	int fd;

	if (argc != 2 && argc != 3) {
		fprintf(stderr, "usage: tally-add DEVICE [N]\n");
		return 2;
	}
	fd = open(argv[1], O_RDWR);
	if (fd < 0)
		err(1, "cannot open %s", argv[1]);
	if (ioctl(fd, TALLYIOCADD, &value) < 0)
		err(1, "cannot add to %s", argv[1]);
	printf("%lld\n", value);
	return 0;
}
