/* SPDX-License-Identifier: MIT */
/* Rows `read` and `write`: what is transferred, and what happens at the end and past it. */
#include "client.h"
#include "contract.h"

#include "cleanup.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/uio.h>

static void short_read_at_the_end(struct test *t)
{
	cleanup_close int fd = open_device(t, O_RDONLY);
	char got[INITIAL_SIZE];

	CHECK_EQ(t, read(fd, got, 100), 100);
	CHECK_EQ(t, read(fd, got, 100), INITIAL_SIZE - 100);
	CHECK_EQ(t, read(fd, got, 100), 0);
	CHECK_EQ(t, read(fd, got, 100), 0);
}

static void short_write_at_the_end(struct test *t)
{
	cleanup_close int fd = open_device(t, O_WRONLY);
	char data[INITIAL_SIZE];

	memset(data, 'w', sizeof(data));
	CHECK_EQ(t, write(fd, data, 100), 100);
	CHECK_EQ(t, write(fd, data, 100), INITIAL_SIZE - 100);
	CHECK(t, holds_only(t, 0, INITIAL_SIZE, 'w'));
	CHECK_EQ(t, get_info(t).size, INITIAL_SIZE);
}

static void no_space_at_the_end(struct test *t)
{
	cleanup_close int fd = open_device(t, O_WRONLY);

	set_position(t, fd, INITIAL_SIZE);
	CHECK_ERRNO(t, write(fd, "x", 1), ENOSPC);
	CHECK_ERRNO(t, write(fd, "x", 1), ENOSPC);
}

static void no_space_changes_nothing(struct test *t)
{
	cleanup_close int fd = open_device(t, O_WRONLY);
	uint64_t changes = get_info(t).changes;

	set_position(t, fd, INITIAL_SIZE);
	CHECK_ERRNO(t, write(fd, "x", 1), ENOSPC);
	CHECK(t, is_fresh(t));
	CHECK(t, !is_changed(t));
	CHECK_EQ(t, get_info(t).changes, changes);
}

static void past_the_end(struct test *t)
{
	cleanup_close int fd = open_device(t, O_RDWR);
	char got[100];

	CHECK_EQ(t, read(fd, got, sizeof(got)), sizeof(got));
	resize(t, 99);
	CHECK_ERRNO(t, read(fd, got, 1), EINVAL);
	CHECK_ERRNO(t, write(fd, "x", 1), EINVAL);
	CHECK_EQ(t, get_info(t).size, 99);
}

static void past_the_end_is_cured_by_growing(struct test *t)
{
	cleanup_close int fd = open_device(t, O_RDWR);
	char got[100];

	CHECK_EQ(t, read(fd, got, sizeof(got)), sizeof(got));
	resize(t, 50);
	CHECK_ERRNO(t, read(fd, got, 1), EINVAL);
	resize(t, 103);
	CHECK_EQ(t, read(fd, got, sizeof(got)), 3);
}

static void end_after_a_shrink(struct test *t)
{
	cleanup_close int fd = open_device(t, O_RDWR);
	char got[100];

	CHECK_EQ(t, read(fd, got, sizeof(got)), sizeof(got));
	resize(t, sizeof(got));
	CHECK_EQ(t, read(fd, got, 1), 0);
	CHECK_ERRNO(t, write(fd, "x", 1), ENOSPC);
}

static void zero_length(struct test *t)
{
	cleanup_close int fd = open_device(t, O_RDWR);
	char byte;

	CHECK_EQ(t, read(fd, &byte, 0), 0);
	CHECK_EQ(t, write(fd, "x", 0), 0);
	set_position(t, fd, INITIAL_SIZE);
	CHECK_EQ(t, read(fd, &byte, 0), 0);
	CHECK_EQ(t, write(fd, "x", 0), 0);
	CHECK(t, is_fresh(t));
	CHECK(t, !is_changed(t));
}

static void write_replaces_just_its_bytes(struct test *t)
{
	char expected[INITIAL_SIZE] = QUOTATION;

	memcpy(&expected[22], "beyond", 6);
	put(t, 22, "beyond", 6);
	CHECK(t, holds(t, 0, expected, INITIAL_SIZE));
}

static void binary_content(struct test *t)
{
	unsigned char data[INITIAL_SIZE];

	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (unsigned char)(255 - i);
	put(t, 0, data, sizeof(data));
	CHECK(t, holds(t, 0, data, sizeof(data)));
}

static void vectors(struct test *t)
{
	cleanup_close int fd = open_device(t, O_RDWR);
	struct iovec out[] = {
		{(void *)(uintptr_t) "one", 3}, {NULL, 0}, {(void *)(uintptr_t) "four", 4}};
	char a[2], b[5];
	struct iovec in[] = {{a, sizeof(a)}, {b, sizeof(b)}};

	CHECK_EQ(t, writev(fd, out, 3), 7);
	set_position(t, fd, 0);
	CHECK_EQ(t, readv(fd, in, 2), 7);
	CHECK(t, !memcmp(a, "on", 2));
	CHECK(t, !memcmp(b, "efour", 5));
}

static void short_vectors(struct test *t)
{
	cleanup_close int fd = open_device(t, O_RDWR);
	char a[4] = "abcd", b[4] = "efgh";
	struct iovec both[] = {{a, sizeof(a)}, {b, sizeof(b)}};

	set_position(t, fd, INITIAL_SIZE - 6);
	CHECK_EQ(t, writev(fd, both, 2), 6);
	CHECK_ERRNO(t, writev(fd, both, 2), ENOSPC);
	set_position(t, fd, INITIAL_SIZE - 6);
	CHECK_EQ(t, readv(fd, both, 2), 6);
	CHECK(t, !memcmp(a, "abcd", 4));
	CHECK(t, !memcmp(b, "efgh", 4));
	CHECK_EQ(t, readv(fd, both, 2), 0);
	CHECK(t, holds(t, INITIAL_SIZE - 6, "abcdef", 6));
}

static void bad_buffers(struct test *t)
{
	cleanup_close int fd = open_device(t, O_RDWR);
	char got[2];

	CHECK_ERRNO(t, read(fd, bad_pointer(), 10), EFAULT);
	CHECK_ERRNO(t, write(fd, bad_pointer(), 10), EFAULT);
	CHECK_EQ(t, read(fd, got, 2), 2);
	CHECK(t, !memcmp(got, "On", 2));
	CHECK(t, !is_changed(t));
}

static const struct tap_point points[] = {
	{"read: short at the end, then 0", short_read_at_the_end, 0},
	{"write: short at the end, the size stays", short_write_at_the_end, 0},
	{"write: ENOSPC at the end", no_space_at_the_end, 0},
	{"write: ENOSPC leaves content and CHANGED alone", no_space_changes_nothing, 0},
	{"read and write: EINVAL past the end, as a shrink may leave it", past_the_end, 0},
	{"read: a position past the end is good again when the device grows",
	 past_the_end_is_cured_by_growing, 0},
	{"read and write: 0 and ENOSPC when a shrink puts the end at the position",
	 end_after_a_shrink, 0},
	{"read and write: length 0 gives 0 and changes nothing", zero_length, 0},
	{"write: replaces its bytes and no others", write_replaces_just_its_bytes, 0},
	{"write: any byte value comes back", binary_content, 0},
	{"writev and readv: one run of bytes", vectors, 0},
	{"writev and readv: short at the end", short_vectors, 0},
	{"read and write: EFAULT, position and content stay", bad_buffers, 0},
};

const struct tap_group read_write_points = TAP_GROUP(points);
