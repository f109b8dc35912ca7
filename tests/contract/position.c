/* SPDX-License-Identifier: MIT */
/* Row `position`: one for each open file description, and what can move it. */
#include "client.h"
#include "contract.h"

#include "cleanup.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>

/* Whether the next byte that a read of `fd` gives is the one at this position of a fresh device. */
static bool reads_from(int fd, size_t position)
{
	char got[4];

	return read(fd, got, sizeof(got)) == sizeof(got) &&
	       !memcmp(got, &QUOTATION[position], sizeof(got));
}

static void starts_at_zero_and_advances(struct test *t)
{
	cleanup_close int fd = open_device(t, O_RDONLY);

	CHECK(t, reads_from(fd, 0));
	CHECK(t, reads_from(fd, 4));
	CHECK(t, reads_from(fd, 8));
}

static void read_and_write_share_it(struct test *t)
{
	cleanup_close int fd = open_device(t, O_RDWR);

	CHECK(t, reads_from(fd, 0));
	CHECK_EQ(t, write(fd, "many", 4), 4);
	CHECK(t, reads_from(fd, 8));
	CHECK(t, holds(t, 0, "On tmany", 8));
}

static void each_open_has_its_own(struct test *t)
{
	cleanup_close int one = open_device(t, O_RDONLY);
	cleanup_close int other = open_device(t, O_RDONLY);

	CHECK(t, reads_from(one, 0));
	CHECK(t, reads_from(one, 4));
	CHECK(t, reads_from(other, 0));
	CHECK(t, reads_from(one, 8));
}

static void dup_shares_it(struct test *t)
{
	cleanup_close int fd = open_device(t, O_RDONLY);
	cleanup_close int copy = dup(fd);

	CHECK(t, reads_from(fd, 0));
	CHECK(t, reads_from(copy, 4));
	CHECK(t, reads_from(fd, 8));
}

static void dup_outlives_the_first(struct test *t)
{
	cleanup_close int fd = open_device(t, O_RDONLY);
	cleanup_close int copy = dup(fd);

	CHECK(t, reads_from(fd, 0));
	CHECK_EQ(t, close(steal_fd(&fd)), 0);
	CHECK(t, reads_from(copy, 4));
}

static void fork_shares_it(struct test *t)
{
	cleanup_close int fd = open_device(t, O_RDONLY);
	pid_t child;

	CHECK(t, reads_from(fd, 0));
	child = fork();
	if (child == 0)
		_exit(reads_from(fd, 4) ? 0 : 1);
	CHECK_EQ(t, wait_for_child(child), 0);
	CHECK(t, reads_from(fd, 8));
}

static void a_reused_descriptor_starts_over(struct test *t)
{
	for (int i = 0; i < 100; i++) {
		cleanup_close int fd = open_device(t, O_RDONLY);

		CHECK(t, reads_from(fd, 0));
	}
}

static void many_open_files(struct test *t)
{
	enum { FILES = 200 };
	int fds[FILES];
	bool right = true;

	for (int i = 0; i < FILES; i++) {
		fds[i] = open_device(t, O_RDONLY);
		set_position(t, fds[i], (uint64_t)i % 32);
	}
	for (int i = 0; i < FILES; i++) {
		right = right && reads_from(fds[i], (size_t)i % 32);
		close(fds[i]);
	}
	CHECK(t, right);
}

static void set_moves_reads_and_writes(struct test *t)
{
	cleanup_close int fd = open_device(t, O_RDWR);

	set_position(t, fd, 7);
	CHECK(t, reads_from(fd, 7));
	set_position(t, fd, 3);
	CHECK_EQ(t, write(fd, "any", 3), 3);
	CHECK(t, reads_from(fd, 6));
	CHECK(t, holds(t, 0, "On any whole", 12));
}

static void set_needs_no_access(struct test *t)
{
	static const int modes[] = {O_RDONLY, O_WRONLY, O_RDWR, O_RDWR | O_APPEND};

	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		cleanup_close int fd = open_device(t, modes[i]);
		uint64_t position = 5;

		CHECK_EQ(t, ioctl(fd, QOTDIOCSPOS, &position), 0);
	}
}

static void set_moves_an_append_descriptor(struct test *t)
{
	cleanup_close int fd = open_device(t, O_WRONLY | O_APPEND);

	set_position(t, fd, 3);
	CHECK_EQ(t, write(fd, "any", 3), 3);
	CHECK(t, holds(t, 0, "On any whole", 12));
}

static void set_to_the_end(struct test *t)
{
	cleanup_close int fd = open_device(t, O_RDWR);
	char byte;

	set_position(t, fd, INITIAL_SIZE);
	CHECK_EQ(t, read(fd, &byte, 1), 0);
	CHECK_ERRNO(t, write(fd, "x", 1), ENOSPC);
}

static void set_past_the_end(struct test *t)
{
	static const uint64_t beyond[] = {INITIAL_SIZE + 1, 1ULL << 32, 1ULL << 63, UINT64_MAX};
	cleanup_close int fd = open_device(t, O_RDONLY);

	CHECK(t, reads_from(fd, 0));
	for (size_t i = 0; i < sizeof(beyond) / sizeof(beyond[0]); i++)
		CHECK_ERRNO(t, ioctl(fd, QOTDIOCSPOS, &beyond[i]), EINVAL);
	CHECK(t, reads_from(fd, 4));
}

static void cuse_ignores_lseek(struct test *t)
{
	cleanup_close int fd = open_device(t, O_RDONLY);

	CHECK(t, reads_from(fd, 0));
	CHECK(t, lseek(fd, 20, SEEK_SET) >= 0);
	CHECK(t, reads_from(fd, 4));
}

static void cuse_ignores_offsets(struct test *t)
{
	cleanup_close int fd = open_device(t, O_RDWR);
	char got[4];

	CHECK_EQ(t, pread(fd, got, sizeof(got), 40), sizeof(got));
	CHECK(t, !memcmp(got, QUOTATION, sizeof(got)));
	CHECK_EQ(t, pwrite(fd, "many", 4, 40), 4);
	CHECK(t, reads_from(fd, 8));
	CHECK(t, holds(t, 0, "On tmany", 8));
}

static void fuse_honours_lseek(struct test *t)
{
	cleanup_close int fd = open_device(t, O_RDWR);
	char byte;

	CHECK_EQ(t, lseek(fd, 20, SEEK_SET), 20);
	CHECK(t, reads_from(fd, 20));
	CHECK_EQ(t, lseek(fd, 0, SEEK_CUR), 24);
	CHECK_EQ(t, lseek(fd, -1, SEEK_END), INITIAL_SIZE - 1);
	CHECK_EQ(t, write(fd, "xy", 2), 1);
	CHECK_EQ(t, read(fd, &byte, 1), 0);
	CHECK_EQ(t, lseek(fd, INITIAL_SIZE + 1, SEEK_SET), INITIAL_SIZE + 1);
	CHECK_ERRNO(t, read(fd, &byte, 1), EINVAL);
}

static void fuse_honours_offsets(struct test *t)
{
	cleanup_close int fd = open_device(t, O_RDWR);
	char got[4];

	CHECK_EQ(t, pread(fd, got, sizeof(got), 40), sizeof(got));
	CHECK(t, !memcmp(got, &QUOTATION[40], sizeof(got)));
	CHECK_EQ(t, pwrite(fd, "any", 3, 3), 3);
	CHECK(t, holds(t, 0, "On any", 6));
	CHECK_EQ(t, lseek(fd, 0, SEEK_CUR), 0);
	CHECK_ERRNO(t, pread(fd, got, 1, INITIAL_SIZE + 1), EINVAL);
	CHECK_ERRNO(t, pwrite(fd, "x", 1, INITIAL_SIZE), ENOSPC);
}

static void fuse_set_takes_over(struct test *t)
{
	cleanup_close int fd = open_device(t, O_RDWR);
	char got[4];

	CHECK(t, lseek(fd, 2, SEEK_SET) == 2);
	set_position(t, fd, 8);
	CHECK(t, reads_from(fd, 8));
	CHECK(t, lseek(fd, 2, SEEK_SET) >= 0);
	CHECK(t, reads_from(fd, 12));
	CHECK_EQ(t, pread(fd, got, sizeof(got), 40), sizeof(got));
	CHECK(t, !memcmp(got, &QUOTATION[16], sizeof(got)));
	CHECK_EQ(t, pwrite(fd, "be", 2, 40), 2);
	CHECK(t, holds(t, 20, "be", 2));
}

static const struct tap_point points[] = {
	{"position: starts at 0 and advances by what was read", starts_at_zero_and_advances, 0},
	{"position: shared by read and write", read_and_write_share_it, 0},
	{"position: every open has its own", each_open_has_its_own, 0},
	{"position: shared by dup", dup_shares_it, 0},
	{"position: stays with the dup when the first descriptor is closed", dup_outlives_the_first,
	 0},
	{"position: shared over fork", fork_shares_it, 0},
	{"position: 0 again at each of 100 opens", a_reused_descriptor_starts_over, 0},
	{"position: 200 open files, each its own", many_open_files, 0},
	{"QOTDIOCSPOS: moves reads and writes", set_moves_reads_and_writes, 0},
	{"QOTDIOCSPOS: works in every access mode", set_needs_no_access, 0},
	{"QOTDIOCSPOS: moves an O_APPEND descriptor", set_moves_an_append_descriptor, 0},
	{"QOTDIOCSPOS: the end is a position", set_to_the_end, 0},
	{"QOTDIOCSPOS: EINVAL past the end, the position stays", set_past_the_end, 0},
	{"CUSE: lseek succeeds and does nothing", cuse_ignores_lseek, CUSE},
	{"CUSE: pread and pwrite use the position, not their offset", cuse_ignores_offsets, CUSE},
	{"FUSE: lseek moves the position", fuse_honours_lseek, FUSE},
	{"FUSE: pread and pwrite use their offset, the position stays", fuse_honours_offsets, FUSE},
	{"FUSE: after QOTDIOCSPOS, lseek and offsets have no effect", fuse_set_takes_over, FUSE},
};

const struct tap_group position_points = TAP_GROUP(points);
