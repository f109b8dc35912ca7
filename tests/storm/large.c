/* SPDX-License-Identifier: MIT */
/* Calls of 1 MiB, which the kernel may split into several requests. */
#include "client.h"

#include <fcntl.h>
#include <unistd.h>

static unsigned char data[LARGE_SIZE];

void run_large(struct client *c)
{
	int fd = open_device(c, DEVICE_LARGE, O_WRONLY);
	int other = open_device(c, DEVICE_LARGE, O_RDONLY);
	int third = open_device(c, DEVICE_LARGE, O_RDONLY);

	for (uint32_t pass = 1; go_on(c, "writing 1 MiB"); pass++) {
		fill_pattern(data, LARGE_SIZE, 0, pass);
		write_at(c, fd, 0, data, LARGE_SIZE);
		proceed(c, "reading 1 MiB");
		read_at(c, other, 0, data, LARGE_SIZE);
		check_pattern(c, data, LARGE_SIZE, 0, pass);
		proceed(c, "pread of 1 MiB");
		if (storm->is_fuse) {
			if (pread(third, data, LARGE_SIZE, 0) != LARGE_SIZE)
				fail_call(c, "pread");
			check_pattern(c, data, LARGE_SIZE, 0, pass);
		}
		c->count++;
	}
}
