/* SPDX-License-Identifier: MIT */
/* Row `open`: every access mode, and the flags that change nothing. */
#include "client.h"
#include "contract.h"

#include "cleanup.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>

static void fresh_content(struct test *t)
{
	cleanup_close int fd = open_device(t, O_RDONLY);
	char expected[INITIAL_SIZE] = QUOTATION;
	char got[2 * INITIAL_SIZE];

	CHECK_EQ(t, read(fd, got, sizeof(got)), INITIAL_SIZE);
	CHECK(t, !memcmp(got, expected, INITIAL_SIZE));
	CHECK_EQ(t, read(fd, got, sizeof(got)), 0);
}

static void read_only(struct test *t)
{
	cleanup_close int fd = open_device(t, O_RDONLY);
	char byte;

	CHECK_EQ(t, read(fd, &byte, 1), 1);
	CHECK_EQ(t, byte, QUOTATION[0]);
	CHECK_ERRNO(t, write(fd, "x", 1), EBADF);
}

static void write_only(struct test *t)
{
	cleanup_close int fd = open_device(t, O_WRONLY);
	char byte;

	CHECK_EQ(t, write(fd, "In", 2), 2);
	CHECK_ERRNO(t, read(fd, &byte, 1), EBADF);
	CHECK(t, holds(t, 0, "In the whole", 12));
}

static void read_and_write(struct test *t)
{
	cleanup_close int fd = open_device(t, O_RDWR);
	char got[3];

	CHECK_EQ(t, read(fd, got, sizeof(got)), sizeof(got));
	CHECK_EQ(t, write(fd, "any", 3), 3);
	CHECK(t, holds(t, 0, "On any", 6));
}

/* Linux gives mode 3 a descriptor for ioctl alone, open neither for reading nor for writing. */
static void neither_read_nor_write(struct test *t)
{
	cleanup_close int fd = open_device(t, O_ACCMODE);
	struct qotd_info info;
	uint64_t size = 1;
	char byte;

	CHECK_ERRNO(t, read(fd, &byte, 1), EBADF);
	CHECK_ERRNO(t, write(fd, "x", 1), EBADF);
	CHECK_ERRNO(t, ioctl(fd, QOTDIOCGSZ, &size), EACCES);
	CHECK_ERRNO(t, ioctl(fd, QOTDIOCSSZ, &size), EACCES);
	CHECK_EQ(t, ioctl(fd, QOTDIOCGINFO, &info), 0);
}

static void append_starts_at_zero(struct test *t)
{
	cleanup_close int fd = open_device(t, O_WRONLY | O_APPEND);

	CHECK_EQ(t, write(fd, "In", 2), 2);
	CHECK(t, holds(t, 0, "In the whole", 12));
	CHECK_EQ(t, get_info(t).size, INITIAL_SIZE);
}

static void append_goes_on_from_its_position(struct test *t)
{
	cleanup_close int fd = open_device(t, O_RDWR | O_APPEND);
	char got[4];

	CHECK_EQ(t, write(fd, "In", 2), 2);
	CHECK_EQ(t, write(fd, "_all", 4), 4);
	CHECK_EQ(t, read(fd, got, sizeof(got)), sizeof(got));
	CHECK(t, !memcmp(got, &QUOTATION[6], sizeof(got)));
	CHECK(t, holds(t, 0, "In_all", 6));
}

static void append_ends_at_the_size(struct test *t)
{
	cleanup_close int fd = open_device(t, O_WRONLY | O_APPEND);
	char data[INITIAL_SIZE + 10];

	memset(data, 'a', sizeof(data));
	CHECK_EQ(t, write(fd, data, sizeof(data)), INITIAL_SIZE);
	CHECK_ERRNO(t, write(fd, data, 1), ENOSPC);
	CHECK_EQ(t, get_info(t).size, INITIAL_SIZE);
}

static void truncate_changes_nothing(struct test *t)
{
	static const int modes[] = {O_RDONLY, O_WRONLY, O_RDWR, O_WRONLY | O_CREAT,
				    O_WRONLY | O_APPEND};

	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		cleanup_close int fd = open_device(t, modes[i] | O_TRUNC);

		CHECK(t, fd >= 0);
		CHECK(t, is_fresh(t));
		CHECK(t, !is_changed(t));
	}
}

static void truncate_writes_from_zero(struct test *t)
{
	cleanup_close int fd = open_device(t, O_WRONLY | O_CREAT | O_TRUNC);

	CHECK_EQ(t, write(fd, "In", 2), 2);
	CHECK(t, holds(t, 0, "In the whole", 12));
	CHECK(t, holds_only(t, sizeof(QUOTATION) - 1, INITIAL_SIZE - sizeof(QUOTATION) + 1, 0));
}

static void nonblock_reads_and_writes(struct test *t)
{
	cleanup_close int fd = open_device(t, O_RDWR | O_NONBLOCK);
	uint64_t size = 2 * INITIAL_SIZE;
	char got[3];

	CHECK_EQ(t, read(fd, got, sizeof(got)), sizeof(got));
	CHECK_EQ(t, write(fd, "any", 3), 3);
	CHECK_EQ(t, ioctl(fd, QOTDIOCSSZ, &size), 0);
	CHECK(t, holds(t, 0, "On any", 6));
}

static const struct tap_point points[] = {
	{"a fresh device is the quotation, then zeros, 128 bytes in all", fresh_content, 0},
	{"open O_RDONLY reads; a write is EBADF", read_only, 0},
	{"open O_WRONLY writes; a read is EBADF", write_only, 0},
	{"open O_RDWR reads and writes", read_and_write, 0},
	{"open with access mode 3: neither read nor write nor size, only info",
	 neither_read_nor_write, 0},
	{"open O_APPEND: the first write overwrites from position 0", append_starts_at_zero, 0},
	{"open O_APPEND: reads and writes go on from the position",
	 append_goes_on_from_its_position, 0},
	{"open O_APPEND: short write, then ENOSPC, at the end", append_ends_at_the_size, 0},
	{"open O_TRUNC changes neither content nor size nor CHANGED", truncate_changes_nothing, 0},
	{"open O_TRUNC: a write overwrites from position 0 and leaves the rest",
	 truncate_writes_from_zero, 0},
	{"open O_NONBLOCK: read, write and resize as usual", nonblock_reads_and_writes, 0},
};

const struct tap_group open_points = TAP_GROUP(points);
