/* SPDX-License-Identifier: MIT */
/* The ioctl rows but for resizing: access, unknown numbers, bad pointers, info, CHANGED, detach. */
#include "client.h"
#include "contract.h"

#include "cleanup.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>

static void get_size(struct test *t)
{
	cleanup_close int fd = open_device(t, O_RDONLY);
	uint64_t size = 0;

	CHECK_EQ(t, ioctl(fd, QOTDIOCGSZ, &size), 0);
	CHECK_EQ(t, size, INITIAL_SIZE);
	resize(t, 1000);
	CHECK_EQ(t, ioctl(fd, QOTDIOCGSZ, &size), 0);
	CHECK_EQ(t, size, 1000);
}

static void read_only_may_not_change(struct test *t)
{
	cleanup_close int fd = open_device(t, O_RDONLY);
	uint64_t size = 64;

	put(t, 0, "In", 2);
	CHECK_ERRNO(t, ioctl(fd, QOTDIOCSSZ, &size), EACCES);
	CHECK_ERRNO(t, ioctl(fd, QOTDIOCDISCARD), EACCES);
	CHECK_ERRNO(t, ioctl(fd, QOTDIOCDETACH), EACCES);
	CHECK_EQ(t, get_info(t).size, INITIAL_SIZE);
	CHECK(t, holds(t, 0, "In the whole", 12));
}

static void write_only_may_not_get_the_size(struct test *t)
{
	cleanup_close int fd = open_device(t, O_WRONLY);
	uint64_t size = 0;

	CHECK_ERRNO(t, ioctl(fd, QOTDIOCGSZ, &size), EACCES);
}

/* Neighbours of the numbers, and the numbers with another direction or argument size. */
static void unknown_numbers(struct test *t)
{
	static const unsigned long numbers[] = {
		_IO(QOTD_IOC_MAGIC, 0x1f),	     _IO(QOTD_IOC_MAGIC, 0x26),
		_IO(QOTD_IOC_MAGIC, 0x7f),	     _IO('Q', 0x22),
		_IOW(QOTD_IOC_MAGIC, 0x20, __u64),   _IOR(QOTD_IOC_MAGIC, 0x20, __u32),
		_IOR(QOTD_IOC_MAGIC, 0x21, __u64),   _IOWR(QOTD_IOC_MAGIC, 0x21, __u64),
		_IOW(QOTD_IOC_MAGIC, 0x22, __u64),   _IO(QOTD_IOC_MAGIC, 0x24),
		_IOR(QOTD_IOC_MAGIC, 0x24, char[8]),
	};
	cleanup_close int fd = open_device(t, O_RDWR);
	char argument[sizeof(struct qotd_info)] = {0};

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		CHECK_ERRNO(t, ioctl(fd, numbers[i], argument), ENOTTY);
	CHECK(t, is_fresh(t));
}

static void not_a_terminal(struct test *t)
{
	cleanup_close int fd = open_device(t, O_RDWR);

	CHECK_EQ(t, isatty(fd), 0);
	CHECK_EQ(t, errno, ENOTTY);
}

static void bad_pointers(struct test *t)
{
	cleanup_close int fd = open_device(t, O_RDWR);

	CHECK_ERRNO(t, ioctl(fd, QOTDIOCGSZ, bad_pointer()), EFAULT);
	CHECK_ERRNO(t, ioctl(fd, QOTDIOCGINFO, bad_pointer()), EFAULT);
	CHECK_ERRNO(t, ioctl(fd, QOTDIOCSPOS, bad_pointer()), EFAULT);
	CHECK_ERRNO(t, ioctl(fd, QOTDIOCSSZ, bad_pointer()), EFAULT);
	CHECK(t, is_fresh(t));
	CHECK(t, !is_changed(t));
}

/* An ioctl without an argument does not look at it. */
static void ignored_arguments(struct test *t)
{
	cleanup_close int fd = open_device(t, O_RDWR);

	put(t, 0, "In", 2);
	CHECK_ERRNO(t, ioctl(fd, QOTDIOCDETACH, bad_pointer()), EBUSY);
	CHECK_EQ(t, ioctl(fd, QOTDIOCDISCARD, bad_pointer()), 0);
	CHECK(t, is_fresh(t));
}

static void discard_restores(struct test *t)
{
	fill(t, 'x');
	resize(t, 5000);
	discard(t);
	CHECK(t, is_fresh(t));
	fill(t, 'x');
	discard(t);
	CHECK(t, is_fresh(t));
	resize(t, 3);
	discard(t);
	CHECK(t, is_fresh(t));
}

static void discard_keeps_the_position(struct test *t)
{
	cleanup_close int fd = open_device(t, O_RDWR);
	char got[4];

	CHECK_EQ(t, write(fd, "In", 2), 2);
	CHECK_EQ(t, ioctl(fd, QOTDIOCDISCARD), 0);
	CHECK_EQ(t, read(fd, got, sizeof(got)), sizeof(got));
	CHECK(t, !memcmp(got, &QUOTATION[2], sizeof(got)));
}

static void write_sets_changed(struct test *t)
{
	CHECK(t, !is_changed(t));
	put(t, 0, "O", 1); /* the byte that was there: a write is a change all the same */
	CHECK(t, is_changed(t));
	discard(t);
	CHECK(t, !is_changed(t));
}

static void resize_sets_changed(struct test *t)
{
	resize(t, 129);
	CHECK(t, is_changed(t));
	discard(t);
	CHECK(t, !is_changed(t));
	resize(t, INITIAL_SIZE); /* to the size it has: a resize is a change all the same */
	CHECK(t, is_changed(t));
	CHECK(t, is_fresh(t));
}

static void reading_does_not_set_changed(struct test *t)
{
	uint64_t changes = get_info(t).changes;

	CHECK(t, is_fresh(t));
	CHECK(t, !is_changed(t));
	CHECK_EQ(t, get_info(t).changes, changes);
}

static void changes_are_counted(struct test *t)
{
	uint64_t changes = get_info(t).changes;

	put(t, 0, "In", 2);
	CHECK_EQ(t, get_info(t).changes, changes + 1);
	resize(t, 1000);
	CHECK_EQ(t, get_info(t).changes, changes + 2);
	discard(t);
	CHECK_EQ(t, get_info(t).changes, changes + 3);
}

static void changed_refuses_detach(struct test *t)
{
	cleanup_close int fd = open_device(t, O_WRONLY);

	put(t, 0, "In", 2);
	CHECK_ERRNO(t, ioctl(fd, QOTDIOCDETACH), EBUSY);
	CHECK(t, holds(t, 0, "In the whole", 12));
	discard(t);
	resize(t, 1000);
	CHECK_ERRNO(t, ioctl(fd, QOTDIOCDETACH), EBUSY);
	CHECK_EQ(t, get_info(t).size, 1000);
}

static void info_members(struct test *t)
{
	struct qotd_info info = get_info(t);
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	CHECK_EQ(t, info.abi_version, QOTD_ABI_VERSION);
	CHECK_EQ(t, info.flags, 0);
	CHECK_EQ(t, info.size, INITIAL_SIZE);
	CHECK_EQ(t, info.initial_size, INITIAL_SIZE);
	CHECK_EQ(t, info.allocated, page);
	CHECK_EQ(t, info.sleepers, 0);
	CHECK(t, info.memory_used >= info.allocated);
	CHECK(t, info.memory_limit >= info.memory_used);
}

static void info_follows(struct test *t)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	uint64_t used = get_info(t).memory_used;
	struct qotd_info info;

	resize(t, 2 * page + 1);
	info = get_info(t);
	CHECK_EQ(t, info.flags, QOTD_INFO_CHANGED);
	CHECK_EQ(t, info.size, 2 * page + 1);
	CHECK_EQ(t, info.initial_size, INITIAL_SIZE);
	CHECK_EQ(t, info.allocated, 3 * page);
	CHECK_EQ(t, info.memory_used, used + 2 * page);
	discard(t);
	CHECK_EQ(t, get_info(t).memory_used, used);
}

/* The struct is filled with ones first: every byte must come from the device. */
static void info_reserved_is_zero(struct test *t)
{
	cleanup_close int fd = open_device(t, O_RDONLY);
	static const struct qotd_info zero;
	struct qotd_info info;

	memset(&info, 0xff, sizeof(info));
	CHECK_EQ(t, ioctl(fd, QOTDIOCGINFO, &info), 0);
	CHECK(t, !memcmp(info.reserved, zero.reserved, sizeof(info.reserved)));
}

static void info_in_every_mode(struct test *t)
{
	static const int modes[] = {O_RDONLY, O_WRONLY, O_RDWR};

	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		cleanup_close int fd = open_device(t, modes[i]);
		struct qotd_info info;

		CHECK_EQ(t, ioctl(fd, QOTDIOCGINFO, &info), 0);
		CHECK_EQ(t, info.size, INITIAL_SIZE);
	}
}

static const struct tap_point points[] = {
	{"QOTDIOCGSZ: gives the size", get_size, 0},
	{"EACCES: open for reading only, no resize, discard or detach", read_only_may_not_change,
	 0},
	{"EACCES: open for writing only, no get-size", write_only_may_not_get_the_size, 0},
	{"ENOTTY: unknown numbers, directions and argument sizes", unknown_numbers, 0},
	{"ENOTTY: it is not a terminal", not_a_terminal, 0},
	{"EFAULT: a bad pointer, and nothing has changed", bad_pointers, 0},
	{"ioctls without an argument do not look at it", ignored_arguments, 0},
	{"QOTDIOCDISCARD: initial quotation and size, from any state", discard_restores, 0},
	{"QOTDIOCDISCARD: leaves positions alone", discard_keeps_the_position, 0},
	{"CHANGED: set by a write, cleared by a discard", write_sets_changed, 0},
	{"CHANGED: set by a resize, cleared by a discard", resize_sets_changed, 0},
	{"CHANGED: not set by reading", reading_does_not_set_changed, 0},
	{"QOTDIOCGINFO: counts writes, resizes and discards", changes_are_counted, 0},
	{"QOTDIOCDETACH: EBUSY while CHANGED, and nothing is lost", changed_refuses_detach, 0},
	{"QOTDIOCGINFO: the members of a fresh device", info_members, 0},
	{"QOTDIOCGINFO: the members follow a resize and a discard", info_follows, 0},
	{"QOTDIOCGINFO: the reserved bytes are zero", info_reserved_is_zero, 0},
	{"QOTDIOCGINFO: in every access mode", info_in_every_mode, 0},
};

const struct tap_group ioctl_points = TAP_GROUP(points);
