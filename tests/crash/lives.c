// SPDX-License-Identifier: MIT
/* What happens once in the life of a daemon: it starts, loses a device, saves what it holds. */
#include "scene.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "deadline.h"

static void state_option(const struct scene *s, char *option, size_t size)
{
	snprintf(option, size, "--state-dir=%s", s->daemon->state);
}

/* Fills a file as a device is to be; "" makes a device fresh. */
static void remove_saved(const struct scene *s)
{
	char path[128];

	for (int i = 0; i < 2; i++) {
		snprintf(path, sizeof(path), "%s/qotd%s.state", s->daemon->state, i ? "1" : "");
		unlink(path);
	}
}

static void write_device(struct scene *s, struct test *t, int device, const char *text)
{
	int fd = open(s->daemon->path[device], O_RDWR | O_CLOEXEC);
	ssize_t n = write(fd, text, strlen(text));

	close(fd);
	if (n != (ssize_t)strlen(text))
		tap_fail(t, __FILE__, __LINE__, "write: %s", strerror(errno));
}

static bool device_holds(struct scene *s, int device, const char *text)
{
	char data[INITIAL_SIZE] = {0};
	int fd = open(s->daemon->path[device], O_RDONLY | O_CLOEXEC);
	ssize_t n = read(fd, data, sizeof(data));

	close(fd);
	return n == INITIAL_SIZE && memcmp(data, text, strlen(text)) == 0;
}

/* Whether no more files are open, soon: close(2) does not wait for the daemon. */
static bool is_closed(struct scene *s, unsigned open_files)
{
	int64_t deadline = deadline_in(DAEMON_TIMEOUT_MS);

	while (arena_view_open_files(&s->daemon->arena) > open_files && !deadline_is_over(deadline))
		daemon_pause_us(100);
	return daemon_settle(s->daemon, arena_view_starts(&s->daemon->arena), 0, 0);
}

static bool device_is_changed(struct scene *s, int device)
{
	int fd = open(s->daemon->path[device], O_RDONLY | O_CLOEXEC);
	struct qotd_info info = {0};

	ioctl(fd, QOTDIOCGINFO, &info);
	close(fd);
	return info.flags & QOTD_INFO_CHANGED;
}

/* So long nothing must happen before a death that was planned counts as out of reach this time. */
#define OUT_OF_REACH_MS 500

/*
 * Waits for the death, if the daemon still comes to it: what the kernel sends by itself after a detach, and
 * when, is not the same each time.
 */
static void await_planned_death(const struct crash_plan *plan)
{
	uint32_t hits = plan->hits;
	int64_t deadline = deadline_in(OUT_OF_REACH_MS);

	while (plan->deaths < 1 && !deadline_is_over(deadline)) {
		daemon_pause_us(100);
		if (plan->hits != hits)
			deadline = deadline_in(OUT_OF_REACH_MS);
		hits = plan->hits;
	}
}

/*
 * Waits until the first one has died, and a successor is there: after a second death it may be another one.
 * Counts the hits.
 */
static void await_death(struct scene *s, struct test *t, uint32_t first)
{
	struct crash_plan *plan = s->daemon->plan;

	if (first)
		await_planned_death(plan);
	if (!daemon_settle(s->daemon, arena_view_starts(&s->daemon->arena), 0, 0))
		tap_fail(t, __FILE__, __LINE__, "no rest");
	s->hits = plan->hits;
	plan_disarm(plan);
}

/* --- start --- */

static void run_start(struct scene *s, struct test *t, uint32_t first, uint32_t second)
{
	const char *options[] = {"--instances=2", NULL};

	plan_arm(s->daemon->plan, first, second);
	daemon_start(s->daemon, options);
	await_death(s, t, first);
	for (int i = 0; i < 2; i++) {
		CHECK(t, device_holds(s, i, QUOTATION));
		CHECK(t, !device_is_changed(s, i));
	}
	CHECK_EQ(t, daemon_stop(s->daemon), 0);
}

/* --- start with saved content --- */

static void save_two(struct scene *s, struct test *t)
{
	char state[128];
	const char *options[] = {"--instances=2", state, NULL};

	state_option(s, state, sizeof(state));
	remove_saved(s);
	plan_reset(s->daemon->plan);
	daemon_start(s->daemon, options);
	write_device(s, t, 0, "the first one");
	write_device(s, t, 1, "the second one");
	CHECK_EQ(t, daemon_stop(s->daemon), 0);
}

static void run_saved_start(struct scene *s, struct test *t, uint32_t first, uint32_t second)
{
	char state[128];
	const char *options[] = {"--instances=2", state, NULL};

	save_two(s, t);
	state_option(s, state, sizeof(state));
	plan_arm(s->daemon->plan, first, second);
	daemon_start(s->daemon, options);
	await_death(s, t, first);
	CHECK(t, device_holds(s, 0, "the first one"));
	CHECK(t, device_holds(s, 1, "the second one"));
	CHECK(t, device_is_changed(s, 0));
	CHECK_EQ(t, daemon_stop(s->daemon), 0);
}

/* --- stop with changed content: the old file or the new one is there, whole --- */

static void run_save(struct scene *s, struct test *t, uint32_t first, uint32_t second)
{
	char state[128];
	const char *options[] = {"--instances=2", state, NULL};

	(void)second; /* nobody follows who could die: the hits end with the first death */
	save_two(s, t);
	state_option(s, state, sizeof(state));
	daemon_start(s->daemon, options);
	write_device(s, t, 0, "THE FIRST ONE");
	write_device(s, t, 1, "THE SECOND ONE");
	CHECK(t, is_closed(s, 0));
	plan_arm(s->daemon->plan, first, 0);
	daemon_stop(s->daemon);
	s->hits = first ? first : s->daemon->plan->hits;
	plan_reset(s->daemon->plan);

	daemon_start(s->daemon, options);
	CHECK(t, device_holds(s, 0, "THE FIRST ONE") ||
			 (first && device_holds(s, 0, "the first one")));
	CHECK(t, device_holds(s, 1, "THE SECOND ONE") ||
			 (first && device_holds(s, 1, "the second one")));
	CHECK(t, device_is_changed(s, 0) && device_is_changed(s, 1));
	CHECK_EQ(t, daemon_stop(s->daemon), 0);
}

/* --- detach: the device goes with its last user, its sibling stays --- */

static bool await_gone(struct scene *s)
{
	int64_t deadline = deadline_in(DAEMON_TIMEOUT_MS);

	while (arena_view_attached(&s->daemon->arena) > 1 && !deadline_is_over(deadline))
		daemon_pause_us(200);
	return arena_view_attached(&s->daemon->arena) == 1;
}

/* The kernel may have known the name, until it is told. */
static bool is_out_of_sight(struct scene *s)
{
	int64_t deadline = deadline_in(DAEMON_TIMEOUT_MS / 4);

	while (access(s->daemon->path[0], F_OK) == 0 && !deadline_is_over(deadline))
		daemon_pause_us(200);
	return access(s->daemon->path[0], F_OK) < 0 && errno == ENOENT;
}

static void run_detach(struct scene *s, struct test *t, uint32_t first, uint32_t second)
{
	const char *options[] = {"--instances=2", NULL};
	int fd, other;

	plan_reset(s->daemon->plan);
	daemon_start(s->daemon, options);
	fd = open(s->daemon->path[0], O_RDWR | O_CLOEXEC);
	other = open(s->daemon->path[1], O_RDWR | O_CLOEXEC);
	CHECK(t, fd >= 0 && other >= 0);
	plan_arm(s->daemon->plan, first, second);
	CHECK_EQ(t, ioctl(fd, QOTDIOCDETACH), 0);
	CHECK_EQ(t, close(fd), 0);
	CHECK(t, await_gone(s));
	await_death(s, t, first);
	CHECK(t, is_out_of_sight(s));
	CHECK_EQ(t, pwrite(other, "still there", 11, 0), 11);
	CHECK(t, device_holds(s, 1, "still there"));
	CHECK(t, is_closed(s, 1));
	close(other);
	CHECK_EQ(t, daemon_stop(s->daemon), 0);
}

/* --- detach while a resize sleeps: it ends --- */

static void run_detach_asleep(struct scene *s, struct test *t, uint32_t first, uint32_t second)
{
	const char *options[] = {"--instances=2", "--memory=64K", "--max-size=64K", NULL};
	int64_t deadline = deadline_in(DAEMON_TIMEOUT_MS);
	int fd, other;

	plan_reset(s->daemon->plan);
	daemon_start(s->daemon, options);
	fd = open(s->daemon->path[0], O_RDWR | O_CLOEXEC);
	other = open(s->daemon->path[1], O_RDWR | O_CLOEXEC);
	CHECK_EQ(t, ioctl(other, QOTDIOCSSZ, &(uint64_t){9 * SCENE_PAGE}), 0);
	helper_start(s, t, 0, call_resize, fd, 8 * SCENE_PAGE);
	helper_go(s, 0);
	while (arena_view_parked(&s->daemon->arena) == 0 && !deadline_is_over(deadline))
		daemon_pause_us(100);
	CHECK(t, daemon_settle(s->daemon, 0, 0, 1));
	plan_arm(s->daemon->plan, first, second);
	CHECK_EQ(t, ioctl(fd, QOTDIOCDETACH), 0);
	CHECK_EQ(t, helper_end(s, 0), ENODEV);
	close(fd);
	CHECK(t, await_gone(s));
	await_death(s, t, first);
	close(other);
	CHECK_EQ(t, daemon_stop(s->daemon), 0);
}

const struct life lives[] = {
	{"a start", run_start},
	{"a start with saved content", run_saved_start},
	{"a stop that saves", run_save},
	{"a detach and the last close", run_detach},
	{"a detach while a resize sleeps", run_detach_asleep},
};
const size_t life_count = sizeof(lives) / sizeof(lives[0]);
