/* SPDX-License-Identifier: MIT */
/*
 * legacy DEVICE: a program of the tutorial's, with its own header and a size_t argument, against a
 * daemon with --legacy-ioctl. legacy DEVICE refused: against a daemon without.
 *
 * A 32-bit build passes 4 bytes, a 64-bit build 8.
 */
#include "client.h"

#include "cleanup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>

/* Just what the tutorial's qotd.h says. */
#define QOTDIOC		 ('q' << 24 | 't' << 16 | 'd' << 8)
#define TUTORIAL_GSZ	 (QOTDIOC | 1)
#define TUTORIAL_SSZ	 (QOTDIOC | 2)
#define TUTORIAL_DISCARD (QOTDIOC | 3)
#define TUTORIAL_NONE	 (QOTDIOC | 4)

/* The numbers look like writes of at most this many bytes, which the kernel copies before it asks. */
#define SEEMING_ARGUMENT_SIZE _IOC_SIZEMASK

enum { ACCEPTED = 1, REFUSED = 2 };

static void gets_the_size(struct test *t)
{
	cleanup_close int fd = open_device(t, O_RDONLY);
	/* What lies around a 32-bit argument is not the daemon's. */
	size_t around[] = {SIZE_MAX, 0, SIZE_MAX};

	CHECK_EQ(t, ioctl(fd, TUTORIAL_GSZ, &around[1]), 0);
	CHECK_EQ(t, around[1], INITIAL_SIZE);
	CHECK(t, around[0] == SIZE_MAX && around[2] == SIZE_MAX);
}

static void sets_the_size(struct test *t)
{
	cleanup_close int fd = open_device(t, O_RDWR);
	size_t around[] = {SIZE_MAX, 5000, SIZE_MAX};

	CHECK_EQ(t, ioctl(fd, TUTORIAL_SSZ, &around[1]), 0);
	CHECK_EQ(t, get_info(t).size, 5000);
	around[1] = 0;
	CHECK_EQ(t, ioctl(fd, TUTORIAL_GSZ, &around[1]), 0);
	CHECK_EQ(t, around[1], 5000);
	CHECK(t, holds(t, 0, QUOTATION, sizeof(QUOTATION)));
	CHECK(t, is_changed(t));
}

static void discards(struct test *t)
{
	cleanup_close int fd = open_device(t, O_WRONLY);

	resize(t, 5000);
	fill(t, 'x');
	CHECK_EQ(t, ioctl(fd, TUTORIAL_DISCARD, 0), 0);
	CHECK(t, is_fresh(t));
	CHECK(t, !is_changed(t));
}

static void checks_access(struct test *t)
{
	cleanup_close int reader = open_device(t, O_RDONLY);
	cleanup_close int writer = open_device(t, O_WRONLY);
	size_t size = 64;

	CHECK_ERRNO(t, ioctl(writer, TUTORIAL_GSZ, &size), EACCES);
	CHECK_ERRNO(t, ioctl(reader, TUTORIAL_SSZ, &size), EACCES);
	CHECK_ERRNO(t, ioctl(reader, TUTORIAL_DISCARD, 0), EACCES);
	CHECK(t, is_fresh(t));
}

static void checks_sizes(struct test *t)
{
	cleanup_close int fd = open_device(t, O_WRONLY);
	const size_t sizes[] = {0, (size_t)get_info(t).max_size + 1, SIZE_MAX};

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		CHECK_ERRNO(t, ioctl(fd, TUTORIAL_SSZ, &sizes[i]), EINVAL);
	CHECK(t, is_fresh(t));
	CHECK(t, !is_changed(t));
}

static void checks_pointers(struct test *t)
{
	cleanup_close int fd = open_device(t, O_RDWR);

	CHECK_ERRNO(t, ioctl(fd, TUTORIAL_GSZ, bad_pointer()), EFAULT);
	CHECK_ERRNO(t, ioctl(fd, TUTORIAL_SSZ, bad_pointer()), EFAULT);
	CHECK_EQ(t, ioctl(fd, TUTORIAL_DISCARD, bad_pointer()), 0);
	CHECK(t, is_fresh(t));
}

static void knows_no_other_number(struct test *t)
{
	cleanup_close int fd = open_device(t, O_RDWR);
	char argument[SEEMING_ARGUMENT_SIZE] = {0};

	CHECK_ERRNO(t, ioctl(fd, TUTORIAL_NONE, argument), ENOTTY);
}

/* The unrestricted mode that the option turns on must leave the interface of today as it is. */
static void new_numbers_still_work(struct test *t)
{
	cleanup_close int fd = open_device(t, O_RDWR);
	uint64_t size = 0;

	CHECK_EQ(t, ioctl(fd, QOTDIOCGSZ, &size), 0);
	CHECK_EQ(t, size, INITIAL_SIZE);
	CHECK_ERRNO(t, ioctl(fd, QOTDIOCGSZ, bad_pointer()), EFAULT);
	CHECK_ERRNO(t, ioctl(fd, QOTDIOCGINFO, bad_pointer()), EFAULT);
	CHECK_ERRNO(t, ioctl(fd, QOTDIOCSSZ, bad_pointer()), EFAULT);
	CHECK_ERRNO(t, ioctl(fd, _IO(QOTD_IOC_MAGIC, 0x26)), ENOTTY);
}

static void is_refused(struct test *t)
{
	cleanup_close int fd = open_device(t, O_RDWR);
	char argument[SEEMING_ARGUMENT_SIZE] = {0};

	CHECK_ERRNO(t, ioctl(fd, TUTORIAL_GSZ, argument), ENOTTY);
	CHECK_ERRNO(t, ioctl(fd, TUTORIAL_SSZ, argument), ENOTTY);
	CHECK_ERRNO(t, ioctl(fd, TUTORIAL_DISCARD, argument), ENOTTY);
	CHECK(t, is_fresh(t));
}

static const struct tap_point points[] = {
	{"legacy: get-size writes a size_t and no more", gets_the_size, ACCEPTED},
	{"legacy: set-size", sets_the_size, ACCEPTED},
	{"legacy: discard", discards, ACCEPTED},
	{"legacy: EACCES without the access", checks_access, ACCEPTED},
	{"legacy: EINVAL for 0 and for more than the maximum", checks_sizes, ACCEPTED},
	{"legacy: EFAULT for a bad pointer", checks_pointers, ACCEPTED},
	{"legacy: ENOTTY for the next number", knows_no_other_number, ACCEPTED},
	{"legacy: the new numbers work beside the old ones", new_numbers_still_work, ACCEPTED},
	{"legacy: ENOTTY without the option", is_refused, REFUSED},
};

int main(int argc, char **argv)
{
	const struct target target = {.device_count = 1, .devices = &argv[1]};
	const struct tap_group group = TAP_GROUP(points);
	bool refused = argc == 3 && !strcmp(argv[2], "refused");

	if (argc != 2 && !refused) {
		fprintf(stderr, "usage: legacy DEVICE [refused]\n");
		return 2;
	}
	return tap_run(&target, refused ? REFUSED : ACCEPTED, discard, &group, 1);
}
