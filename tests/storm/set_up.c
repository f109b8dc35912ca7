/* SPDX-License-Identifier: MIT */
/* The devices as the clients want to find them. */
#include "client.h"

#include <fcntl.h>
#include <stdlib.h>

#define PAGE	   4096
#define FREE_LEAST (1u << 20)

static void set_up_device(struct client *c, enum device device, uint64_t size)
{
	int fd = open_device(c, device, O_RDWR);
	unsigned char *zeros = calloc(1, size);

	set_size(c, fd, size);
	if (device == DEVICE_PATTERN)
		fill_pattern(zeros, size, 0, 0);
	write_at(c, fd, 0, zeros, size);
	close_device(c, fd);
	free(zeros);
}

/* Memory must become short, but not before the resizer and the sleepers have got something to share. */
static void check_memory(struct client *c)
{
	int fd = open_device(c, DEVICE_HOLDER_1, O_RDWR);
	struct qotd_info info = get_info(c, fd);
	uint64_t free_bytes = info.memory_limit - info.memory_used;

	if (free_bytes < FREE_LEAST || free_bytes / 2 + 2 * PAGE > info.max_size)
		fail(c, ERROR,
		     "%llu bytes are free: give the daemon another --memory or --max-size",
		     (unsigned long long)free_bytes);
	close_device(c, fd);
}

void run_set_up(struct client *c)
{
	proceed(c, "setting up");
	set_up_device(c, DEVICE_RECORDS, RECORD_WRITERS * RECORD_REGION);
	set_up_device(c, DEVICE_PATTERN, PATTERN_SIZE);
	set_up_device(c, DEVICE_STREAM, STREAM_SIZE);
	set_up_device(c, DEVICE_LARGE, LARGE_SIZE);
	for (enum device d = DEVICE_HOLDER_1; d <= DEVICE_SLEEPER_2; d++)
		set_up_device(c, d, PAGE);
	check_memory(c);
}
