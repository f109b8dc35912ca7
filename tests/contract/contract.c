/* SPDX-License-Identifier: MIT */
/*
 * contract DEVICE cuse|fuse: goes through the contract of the device and prints TAP.
 *
 * The daemon must have been started with --max-size=4M or more, and nobody else may use the device.
 * Every point starts from a discarded device, and the last one leaves it so.
 */
#include "contract.h"
#include "client.h"

#include <stdio.h>
#include <string.h>

/* The large transfers need this size. */
#define NEEDED_MAX_SIZE (4 << 20)

static void the_device_is_left_fresh(struct test *t)
{
	CHECK(t, is_fresh(t));
	CHECK(t, !is_changed(t));
}

static void max_size_allows_large_transfers(struct test *t)
{
	CHECK(t, get_info(t).max_size >= NEEDED_MAX_SIZE);
}

static const struct tap_point first[] = {
	{"the daemon under test allows the sizes that the points need",
	 max_size_allows_large_transfers, 0},
};

static const struct tap_point last[] = {
	{"after all, a discard brings the fresh device back", the_device_is_left_fresh, 0},
};

int main(int argc, char **argv)
{
	struct target target = {.device_count = 1, .devices = &argv[1]};

	if (argc == 3 && !strcmp(argv[2], "cuse"))
		target.transport = CUSE;
	else if (argc == 3 && !strcmp(argv[2], "fuse"))
		target.transport = FUSE;
	else {
		fprintf(stderr, "usage: contract DEVICE cuse|fuse\n");
		return 2;
	}

	const struct tap_group groups[] = {
		TAP_GROUP(first), open_points,	     read_write_points, position_points,
		large_points,	  ioctl_points,	     resize_points,	poll_points,
		epoll_points,	  concurrent_points, TAP_GROUP(last),
	};

	return tap_run(&target, target.transport, discard, groups,
		       sizeof(groups) / sizeof(groups[0]));
}
