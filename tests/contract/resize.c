/* SPDX-License-Identifier: MIT */
/* Row `QOTDIOCSSZ`: limits, kept content, and zeros for everything else. */
#include "client.h"
#include "contract.h"

#include "cleanup.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>

#define KIB 1024

static void refused_sizes(struct test *t)
{
	cleanup_close int fd = open_device(t, O_WRONLY);
	uint64_t max = get_info(t).max_size;
	const uint64_t sizes[] = {0, max + 1, 1ULL << 40, 1ULL << 63, UINT64_MAX};

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		CHECK_ERRNO(t, ioctl(fd, QOTDIOCSSZ, &sizes[i]), EINVAL);
	CHECK(t, is_fresh(t));
	CHECK(t, !is_changed(t));
}

static void smallest_and_largest(struct test *t)
{
	uint64_t max = get_info(t).max_size;

	resize(t, 1);
	CHECK_EQ(t, get_info(t).size, 1);
	CHECK(t, holds(t, 0, "O", 1));
	resize(t, max);
	CHECK_EQ(t, get_info(t).size, max);
	CHECK(t, holds(t, 0, "O\0", 2));
}

static void growing_keeps_and_adds_zeros(struct test *t)
{
	static const size_t sizes[] = {129, 4095, 4096, 4097, 64 * KIB, 1024 * KIB + 1};

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		resize(t, sizes[i]);
		CHECK_EQ(t, get_info(t).size, sizes[i]);
		CHECK(t, holds(t, 0, QUOTATION, sizeof(QUOTATION)));
		CHECK(t, holds_only(t, INITIAL_SIZE, sizes[i] - INITIAL_SIZE, 0));
	}
}

static void growing_keeps_every_byte(struct test *t)
{
	cleanup_free char *data = malloc(256 * KIB);

	CHECK(t, data != NULL);
	fill_words(data, 256 * KIB, 0);
	resize(t, 256 * KIB);
	put(t, 0, data, 256 * KIB);
	resize(t, 1024 * KIB);
	CHECK(t, holds(t, 0, data, 256 * KIB));
	CHECK(t, holds_only(t, 256 * KIB, 768 * KIB, 0));
}

static void shrinking_keeps_what_fits(struct test *t)
{
	cleanup_free char *data = malloc(64 * KIB);

	CHECK(t, data != NULL);
	fill_words(data, 64 * KIB, 0);
	resize(t, 64 * KIB);
	put(t, 0, data, 64 * KIB);
	resize(t, 5000);
	CHECK_EQ(t, get_info(t).size, 5000);
	CHECK(t, holds(t, 0, data, 5000));
}

static void no_stale_byte(struct test *t)
{
	static const size_t sizes[] = {1, 100, 4000, 4096, 4097, 60 * KIB};

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		resize(t, 64 * KIB);
		fill(t, 0xaa);
		resize(t, sizes[i]);
		resize(t, 64 * KIB);
		CHECK(t, holds_only(t, 0, sizes[i], 0xaa));
		CHECK(t, holds_only(t, sizes[i], 64 * KIB - sizes[i], 0));
	}
}

static void no_stale_byte_after_a_discard(struct test *t)
{
	resize(t, 64 * KIB);
	fill(t, 0xaa);
	discard(t);
	resize(t, 64 * KIB);
	CHECK(t, holds_only(t, INITIAL_SIZE, 64 * KIB - INITIAL_SIZE, 0));
	discard(t);
	fill(t, 0xaa);
	discard(t);
	CHECK(t, is_fresh(t));
}

/* The positions belong to the open files, not to the memory. */
static void positions_stay(struct test *t)
{
	cleanup_close int fd = open_device(t, O_RDONLY);
	char got[4];

	CHECK_EQ(t, read(fd, got, sizeof(got)), sizeof(got));
	resize(t, 8000);
	CHECK_EQ(t, read(fd, got, sizeof(got)), sizeof(got));
	CHECK(t, !memcmp(got, &QUOTATION[4], sizeof(got)));
}

static void new_space_is_writable(struct test *t)
{
	cleanup_close int fd = open_device(t, O_WRONLY);

	set_position(t, fd, INITIAL_SIZE);
	CHECK_ERRNO(t, write(fd, "x", 1), ENOSPC);
	resize(t, INITIAL_SIZE + 3);
	CHECK_EQ(t, write(fd, "wxyz", 4), 3);
	CHECK(t, holds(t, INITIAL_SIZE, "wxy", 3));
}

static void many_resizes(struct test *t)
{
	uint64_t used = get_info(t).memory_used;

	put(t, 0, "In", 2);
	for (size_t i = 0; i < 500; i++)
		resize(t, 100 + (i * 7919) % (256 * KIB));
	resize(t, INITIAL_SIZE);
	CHECK(t, holds(t, 0, "In the whole", 12));
	CHECK_EQ(t, get_info(t).memory_used, used);
}

static const struct tap_point points[] = {
	{"QOTDIOCSSZ: EINVAL for 0 and for more than the maximum", refused_sizes, 0},
	{"QOTDIOCSSZ: 1 byte and the maximum are sizes", smallest_and_largest, 0},
	{"QOTDIOCSSZ: growing adds zeros", growing_keeps_and_adds_zeros, 0},
	{"QOTDIOCSSZ: growing keeps every byte", growing_keeps_every_byte, 0},
	{"QOTDIOCSSZ: shrinking keeps what fits", shrinking_keeps_what_fits, 0},
	{"QOTDIOCSSZ: no stale byte after shrink and grow", no_stale_byte, 0},
	{"QOTDIOCSSZ: no stale byte after discard and grow", no_stale_byte_after_a_discard, 0},
	{"QOTDIOCSSZ: positions stay", positions_stay, 0},
	{"QOTDIOCSSZ: new space is writable at once", new_space_is_writable, 0},
	{"QOTDIOCSSZ: 500 resizes lose neither content nor memory", many_resizes, 0},
};

const struct tap_group resize_points = TAP_GROUP(points);
