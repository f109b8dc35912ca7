// SPDX-License-Identifier: MIT
#include <err.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "memory.h"
#include "qotd_ioctl.h"
#include "series.h"

#define SMALL (UINT64_C(64) << 20)
#define LARGE (UINT64_C(128) << 20)

#define MAX_ROUNDS 100

static void set_size(int fd, uint64_t size)
{
	if (ioctl(fd, QOTDIOCSSZ, &size) < 0)
		err(EXIT_FAILURE, "cannot set the size");
}

static double grow_device(int fd)
{
	uint64_t begin;

	set_size(fd, SMALL);
	begin = now();
	set_size(fd, LARGE);
	return (double)(now() - begin);
}

/* To the compiler, somebody looks at the memory here: it may not leave out what fills it. */
static void use(void *memory)
{
	__asm__ volatile("" : : "r"(memory) : "memory");
}

static double grow_heap(void)
{
	char *p = malloc(SMALL);
	uint64_t begin;
	double ns;

	if (!p)
		err(EXIT_FAILURE, "malloc");
	memset(p, 1, SMALL);
	use(p);
	begin = now();
	p = realloc(p, LARGE);
	if (!p)
		err(EXIT_FAILURE, "realloc");
	memset(p + SMALL, 0, LARGE - SMALL);
	use(p);
	ns = (double)(now() - begin);
	free(p);
	return ns;
}

static struct memory_figure compare(const char *device, unsigned rounds)
{
	double ours[MAX_ROUNDS], theirs[MAX_ROUNDS], ratios[MAX_ROUNDS];
	int fd = open(device, O_RDWR | O_CLOEXEC);

	if (fd < 0)
		err(EXIT_FAILURE, "%s", device);
	for (unsigned r = 0; r < rounds; r++) {
		ours[r] = grow_device(fd);
		theirs[r] = grow_heap();
		ratios[r] = theirs[r] / ours[r];
	}
	close(fd);
	return (struct memory_figure){
		.what = "64 to 128 MiB",
		.rival = "realloc+memset",
		.ours = median(ours, rounds),
		.rivals = median(theirs, rounds),
		.ratio = median(ratios, rounds),
		.target = 1.5,
	};
}

struct memory_figure resize_measure(const struct contest *a, unsigned rounds)
{
	struct contender c = {.name = "qotd-cuse", .role = SUBJECT};
	char dir_option[sizeof(c.dir) + 8], max_size[] = "--max-size=128M",
					    memory[] = "--memory=256M";
	struct memory_figure figure;

	snprintf(c.dir, sizeof(c.dir), "%s/resize", a->work);
	snprintf(c.path, sizeof(c.path), "%s/qotd", c.dir);
	snprintf(dir_option, sizeof(dir_option), "--fuse=%s", c.dir);
	c.argv[0] = (char *)(uintptr_t)a->qotd_cuse;
	c.argv[1] = dir_option;
	c.argv[2] = max_size;
	c.argv[3] = memory;
	pin_self(-1);
	contender_launch(&c);
	figure = compare(c.path, rounds < MAX_ROUNDS ? rounds : MAX_ROUNDS);
	contender_stop(&c);
	return figure;
}
