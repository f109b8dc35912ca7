/* SPDX-License-Identifier: MIT */
/*
 * detach DEVICE: row `QOTDIOCDETACH`, in TAP. The device is gone afterwards.
 */
#include "client.h"

#include "cleanup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>

/* The kernel tells the daemon of the last close on its own time: look again, up to 10 seconds. */
#define LOOK_PERIOD_NS 1000000
#define LOOK_TIMES     10000

static bool goes_away(const char *path)
{
	const struct timespec period = {.tv_nsec = LOOK_PERIOD_NS};

	for (int i = 0; i < LOOK_TIMES; i++) {
		if (access(path, F_OK) < 0 && errno == ENOENT)
			return true;
		nanosleep(&period, NULL);
	}
	return false;
}

static void users_keep_it(struct test *t)
{
	cleanup_close int fd = open_device(t, O_RDWR);
	cleanup_close int user = open_device(t, O_RDONLY);
	struct qotd_info info;
	char got[8];

	CHECK_EQ(t, ioctl(fd, QOTDIOCDISCARD), 0);
	CHECK_EQ(t, ioctl(fd, QOTDIOCDETACH), 0);
	CHECK(t, open(t->target->devices[0], O_RDONLY) < 0);
	CHECK_EQ(t, close(steal_fd(&fd)), 0);
	CHECK_EQ(t, read(user, got, sizeof(got)), sizeof(got));
	CHECK(t, !memcmp(got, QUOTATION, sizeof(got)));
	CHECK_EQ(t, ioctl(user, QOTDIOCGINFO, &info), 0);
	CHECK_EQ(t, info.size, INITIAL_SIZE);
}

static void refused_without_access(struct test *t)
{
	cleanup_close int fd = open_device(t, O_RDONLY);

	discard(t);
	CHECK_ERRNO(t, ioctl(fd, QOTDIOCDETACH), EACCES);
	CHECK(t, is_fresh(t));
}

static void refused_while_changed(struct test *t)
{
	cleanup_close int fd = open_device(t, O_RDWR);

	put(t, 0, "In", 2);
	CHECK_ERRNO(t, ioctl(fd, QOTDIOCDETACH), EBUSY);
	CHECK(t, holds(t, 0, "In the whole", 12));
}

static void gone_after_the_last_close(struct test *t)
{
	CHECK(t, goes_away(t->target->devices[0]));
}

/* Each point builds on the one before, so nothing is reset between them. */
static void leave_as_it_is(struct test *t)
{
	(void)t;
}

static const struct tap_point points[] = {
	{"detach: EACCES without write access", refused_without_access, 0},
	{"detach: EBUSY while changed", refused_while_changed, 0},
	{"detach: no new open, but those who have it open go on", users_keep_it, 0},
	{"detach: gone after the last close", gone_after_the_last_close, 0},
};

int main(int argc, char **argv)
{
	const struct target target = {.device_count = 1, .devices = &argv[1]};
	const struct tap_group group = TAP_GROUP(points);

	if (argc != 2) {
		fprintf(stderr, "usage: detach DEVICE\n");
		return 2;
	}
	return tap_run(&target, 0, leave_as_it_is, &group, 1);
}
