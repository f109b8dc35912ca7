// SPDX-License-Identifier: MIT
/* Resize, discard, a refused detach, and the questions that change nothing. */
#include "scene.h"

#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static void run_grow(struct scene *s)
{
	scene_result(s, ioctl(s->control[0], QOTDIOCSSZ, &(uint64_t){3 * SCENE_PAGE - 5}));
}

static void check_grow(struct scene *s, struct test *t)
{
	struct qotd_info info = scene_info(s, t, 0);

	CHECK_EQ(t, s->result, 0);
	CHECK_EQ(t, info.size, 3 * SCENE_PAGE - 5);
	CHECK_EQ(t, info.allocated, 3 * SCENE_PAGE);
	CHECK_EQ(t, info.memory_used, 4 * SCENE_PAGE);
	CHECK_EQ(t, info.flags, QOTD_INFO_CHANGED);
	CHECK(t, scene_holds(s, t, 0, QUOTATION));
	CHECK(t, scene_is_zero(s, t, strlen(QUOTATION), SCENE_PAGE));
	CHECK(t, scene_is_zero(s, t, 2 * SCENE_PAGE - 5, SCENE_PAGE));
	CHECK(t, scene_changed_times(s, t, 1));
}

static void prepare_shrink(struct scene *s, struct test *t)
{
	scene_resize(s, t, 0, 3 * SCENE_PAGE);
	scene_put(s, t, 2 * SCENE_PAGE, "at the end");
	scene_put(s, t, 0, "beginning");
}

static void run_shrink(struct scene *s)
{
	scene_result(s, ioctl(s->control[0], QOTDIOCSSZ, &(uint64_t){50}));
}

/* What was cut off does not come back. */
static void check_shrink(struct scene *s, struct test *t)
{
	struct qotd_info info = scene_info(s, t, 0);

	CHECK_EQ(t, s->result, 0);
	CHECK_EQ(t, info.size, 50);
	CHECK_EQ(t, info.memory_used, 2 * SCENE_PAGE);
	CHECK(t, scene_holds(s, t, 0, "beginning"));
	CHECK(t, scene_changed_times(s, t, 1));
	scene_resize(s, t, 0, 3 * SCENE_PAGE);
	CHECK(t, scene_is_zero(s, t, 50, SCENE_PAGE));
	CHECK(t, scene_is_zero(s, t, 2 * SCENE_PAGE, SCENE_PAGE));
}

static void run_discard(struct scene *s)
{
	scene_result(s, ioctl(s->control[0], QOTDIOCDISCARD));
}

static void prepare_discard(struct scene *s, struct test *t)
{
	scene_put(s, t, 0, "something else");
	scene_put(s, t, INITIAL_SIZE - 10, "at the end");
}

static void check_discard(struct scene *s, struct test *t)
{
	struct qotd_info info = scene_info(s, t, 0);

	CHECK_EQ(t, s->result, 0);
	CHECK_EQ(t, info.size, INITIAL_SIZE);
	CHECK_EQ(t, info.flags, 0);
	CHECK_EQ(t, info.memory_used, 2 * SCENE_PAGE);
	CHECK(t, scene_holds(s, t, 0, QUOTATION));
	CHECK(t, scene_is_zero(s, t, strlen(QUOTATION), INITIAL_SIZE - strlen(QUOTATION)));
	CHECK(t, scene_changed_times(s, t, 1));
}

static void run_get_size(struct scene *s)
{
	uint64_t size = 0;

	scene_result(s, ioctl(s->control[0], QOTDIOCGSZ, &size));
	if (s->result == 0)
		s->result = (long)size;
}

static void check_get_size(struct scene *s, struct test *t)
{
	CHECK_EQ(t, s->result, INITIAL_SIZE);
}

static void run_get_info(struct scene *s)
{
	struct qotd_info info = {0};

	scene_result(s, ioctl(s->control[0], QOTDIOCGINFO, &info));
	if (s->result == 0)
		s->result = (long)info.memory_used;
}

static void check_get_info(struct scene *s, struct test *t)
{
	CHECK_EQ(t, s->result, 2 * SCENE_PAGE);
	CHECK(t, scene_changed_times(s, t, 0));
}

static void prepare_refused_detach(struct scene *s, struct test *t)
{
	scene_put(s, t, 0, "changed");
}

static void run_detach(struct scene *s)
{
	scene_result(s, ioctl(s->control[0], QOTDIOCDETACH));
}

static void check_refused_detach(struct scene *s, struct test *t)
{
	CHECK_EQ(t, s->result, -1);
	CHECK_EQ(t, s->error, EBUSY);
	CHECK(t, scene_holds(s, t, 0, "changed"));
	CHECK(t, scene_changed_times(s, t, 0));
}

static void run_unknown(struct scene *s)
{
	scene_result(s, ioctl(s->control[0], _IO(QOTD_IOC_MAGIC, 0x7f)));
}

static void check_unknown(struct scene *s, struct test *t)
{
	CHECK_EQ(t, s->result, -1);
	CHECK_EQ(t, s->error, ENOTTY);
}

static const struct action actions[] = {
	{"grow", NULL, run_grow, check_grow, 0, 0},
	{"shrink", prepare_shrink, run_shrink, check_shrink, 0, 0},
	{"discard with the same size", prepare_discard, run_discard, check_discard, 0, 0},
	{"discard with another size", prepare_shrink, run_discard, check_discard, 0, 0},
	{"get the size", NULL, run_get_size, check_get_size, 0, 0},
	{"get the state", NULL, run_get_info, check_get_info, 0, 0},
	{"a refused detach", prepare_refused_detach, run_detach, check_refused_detach, 0, 0},
	{"an unknown ioctl", NULL, run_unknown, check_unknown, 0, 0},
};

const struct action_list memory_actions = {actions, sizeof(actions) / sizeof(actions[0])};
