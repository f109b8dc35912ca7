// SPDX-License-Identifier: MIT
/* Requests that wait: polls for a change, resizes for memory. */
#include "scene.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "deadline.h"

/* Waits, without a request, for what the arena shall say. */
static void await(struct scene *s, unsigned (*count)(const struct arena_view *v), unsigned wanted)
{
	int64_t deadline = deadline_in(DAEMON_TIMEOUT_MS);

	while (count(&s->daemon->arena) != wanted && !deadline_is_over(deadline))
		daemon_pause_us(100);
}

/* --- poll --- */

static void prepare_poll(struct scene *s, struct test *t)
{
	scene_open(s, t, O_RDWR);
	CHECK(t, read(s->fd, s->data, 1) == 1);
}

static void run_poll(struct scene *s)
{
	struct pollfd p = {.fd = s->fd, .events = POLLIN | POLLOUT | POLLPRI};

	scene_result(s, poll(&p, 1, 0));
	if (s->result == 1)
		s->result = p.revents;
}

static void check_poll(struct scene *s, struct test *t)
{
	CHECK_EQ(t, s->result, POLLIN | POLLOUT);
}

static void prepare_change_polled(struct scene *s, struct test *t)
{
	prepare_poll(s, t);
	helper_start(s, t, 0, call_poll, s->fd, 0);
	helper_go(s, 0);
	await(s, arena_view_polled, 1);
}

static void run_change(struct scene *s)
{
	scene_result(s, pwrite(s->control[0], "news", 4, 0));
}

static void check_woken_poll(struct scene *s, struct test *t)
{
	CHECK_EQ(t, s->result, 4);
	CHECK_EQ(t, helper_end(s, 0), 0);
	CHECK(t, scene_changed_times(s, t, 1));
}

static void prepare_blocking_poll(struct scene *s, struct test *t)
{
	prepare_poll(s, t);
	helper_start(s, t, 0, call_poll, s->fd, 0);
}

static void run_blocking_poll(struct scene *s)
{
	helper_go(s, 0);
	await(s, arena_view_polled, 1);
}

static void check_blocking_poll(struct scene *s, struct test *t)
{
	run_change(s);
	check_woken_poll(s, t);
}

/* --- a resize that sleeps: eight pages more, while the other device holds nine of 16 --- */

#define MUCH   (9 * SCENE_PAGE)
#define WANTED (8 * SCENE_PAGE)

static void prepare_sleeper(struct scene *s, struct test *t)
{
	scene_put(s, t, 0, "kept");
	scene_resize(s, t, 1, MUCH);
	helper_start(s, t, 0, call_resize, s->control[0], WANTED);
}

static void fall_asleep(struct scene *s)
{
	helper_go(s, 0);
	await(s, arena_view_parked, 1);
}

static void wake_up(struct scene *s)
{
	scene_result(s, ioctl(s->control[1], QOTDIOCSSZ, &(uint64_t){INITIAL_SIZE}));
}

static void check_woken(struct scene *s, struct test *t)
{
	struct qotd_info info;

	CHECK_EQ(t, s->result, 0);
	CHECK_EQ(t, helper_end(s, 0), 0);
	info = scene_info(s, t, 0);
	CHECK_EQ(t, info.size, WANTED);
	CHECK_EQ(t, info.memory_used, WANTED + SCENE_PAGE);
	CHECK_EQ(t, info.sleepers, 0);
	CHECK(t, scene_holds(s, t, 0, "kept"));
	CHECK(t, scene_is_zero(s, t, WANTED - SCENE_PAGE, SCENE_PAGE));
	CHECK(t, scene_changed_times(s, t, 1));
}

static void check_asleep(struct scene *s, struct test *t)
{
	CHECK_EQ(t, scene_info(s, t, 0).sleepers, 1);
	wake_up(s);
	check_woken(s, t);
}

static void prepare_asleep(struct scene *s, struct test *t)
{
	prepare_sleeper(s, t);
	fall_asleep(s);
}

static void run_wake_up(struct scene *s)
{
	wake_up(s);
	await(s, arena_view_parked, 0);
}

static void run_interrupt(struct scene *s)
{
	scene_result(s, kill(s->helpers[0].pid, SIGUSR1));
	await(s, arena_view_parked, 0);
}

static void check_unchanged(struct scene *s, struct test *t)
{
	struct qotd_info info = scene_info(s, t, 0);

	CHECK_EQ(t, info.size, INITIAL_SIZE);
	CHECK_EQ(t, info.sleepers, 0);
	CHECK(t, scene_holds(s, t, 0, "kept"));
	CHECK(t, scene_changed_times(s, t, 0));
}

static void check_interrupted(struct scene *s, struct test *t)
{
	CHECK_EQ(t, helper_end(s, 0), EINTR);
	check_unchanged(s, t);
}

static void run_kill(struct scene *s)
{
	scene_result(s, kill(s->helpers[0].pid, SIGKILL));
	await(s, arena_view_parked, 0);
}

static void check_killed(struct scene *s, struct test *t)
{
	CHECK_EQ(t, helper_end(s, 0), 128 + SIGKILL);
	check_unchanged(s, t);
}

/* Two sleepers. The second one could have its memory first, but keeps its place behind the other. */
static void prepare_two(struct scene *s, struct test *t)
{
	scene_put(s, t, 0, "kept");
	scene_resize(s, t, 1, 14 * SCENE_PAGE);
	helper_start(s, t, 0, call_resize, s->control[0], 8 * SCENE_PAGE);
	helper_start(s, t, 1, call_resize, s->control[0], 2 * SCENE_PAGE);
	helper_go(s, 0);
	await(s, arena_view_parked, 1);
	helper_go(s, 1);
	await(s, arena_view_parked, 2);
}

/* Whoever is second has the last word about the size. */
static void check_two(struct scene *s, struct test *t)
{
	CHECK_EQ(t, s->result, 0);
	CHECK_EQ(t, helper_end(s, 0), 0);
	CHECK_EQ(t, helper_end(s, 1), 0);
	CHECK_EQ(t, scene_info(s, t, 0).size, 2 * SCENE_PAGE);
	CHECK(t, scene_holds(s, t, 0, "kept"));
	CHECK(t, scene_changed_times(s, t, 2));
}

static const struct action actions[] = {
	{"poll that does not wait", prepare_poll, run_poll, check_poll, 0, 0},
	{"poll that waits", prepare_blocking_poll, run_blocking_poll, check_blocking_poll, 0, 0},
	{"a change of what is polled", prepare_change_polled, run_change, check_woken_poll, 0, 0},
	{"a resize falls asleep", prepare_sleeper, fall_asleep, check_asleep, 0, 1},
	{"a sleeping resize is woken", prepare_asleep, run_wake_up, check_woken, 1, 0},
	{"a sleeping resize is interrupted", prepare_asleep, run_interrupt, check_interrupted, 1,
	 0},
	{"who sleeps is killed", prepare_asleep, run_kill, check_killed, 1, 0},
	{"two sleeping resizes are woken", prepare_two, run_wake_up, check_two, 2, 0},
};

const struct action_list waiting_actions = {actions, sizeof(actions) / sizeof(actions[0])};
