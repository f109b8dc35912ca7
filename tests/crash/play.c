// SPDX-License-Identifier: MIT
/*
 * How a scene is played: once undisturbed, to count the crash points on its way; then once for each of
 * them, dying there; and again with a second death at the points of the recovery that follows.
 */
#include "scene.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "deadline.h"

/* Of the second deaths, one in so many is played: which ones, differs for each first death. */
#define SECOND_DEATH_STEP 7

/* What a play came by: which hit was first deadly, and how many followed it. */
struct outcome {
	uint32_t hits;
	uint32_t deaths;
	uint32_t first; /* the points where it died */
	uint32_t second;
	uint32_t after; /* hits after the first death */
};

/* Nothing is left of earlier scenes but what is meant to be. */
static bool is_at_rest(struct scene *s, struct test *t, unsigned open_files)
{
	int64_t deadline = deadline_in(DAEMON_TIMEOUT_MS);

	while (arena_view_open_files(&s->daemon->arena) !=
	       open_files) { /* close(2) does not wait */
		if (deadline_is_over(deadline)) {
			tap_fail(t, __FILE__, __LINE__, "%u open files, not %u",
				 arena_view_open_files(&s->daemon->arena), open_files);
			return false;
		}
		daemon_pause_us(100);
	}
	return true;
}

void scene_settle(struct scene *s, struct test *t, uint64_t starts, uint32_t deaths,
		  unsigned parked)
{
	if (!daemon_settle(s->daemon, starts, deaths, parked))
		tap_fail(t, __FILE__, __LINE__,
			 "no rest: %u deaths, %llu starts, %u requests run, %u sleep",
			 s->daemon->plan->deaths,
			 (unsigned long long)(arena_view_starts(&s->daemon->arena) - starts),
			 arena_view_running(&s->daemon->arena),
			 arena_view_parked(&s->daemon->arena));
}

static void make_fresh(struct scene *s, struct test *t)
{
	for (int i = 0; i < 2; i++)
		if (ioctl(s->control[i], QOTDIOCDISCARD) < 0)
			tap_fail(t, __FILE__, __LINE__, "QOTDIOCDISCARD: %s", strerror(errno));
}

void scene_prepare(struct scene *s, struct test *t, const struct action *a)
{
	uint64_t starts = arena_view_starts(&s->daemon->arena);

	s->fd = -1;
	make_fresh(s, t);
	if (a->prepare && !t->failed)
		a->prepare(s, t);
	s->before = scene_info(s, t, 0);
	plan_reset(s->daemon->plan);
	scene_settle(s, t, starts, 0, a->asleep);
}

/* The devices hold just what they say: no memory has leaked, no file, no request. */
void scene_finish(struct scene *s, struct test *t)
{
	struct qotd_info info;

	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
	if (!is_at_rest(s, t, 2))
		return;
	make_fresh(s, t);
	info = scene_info(s, t, 0);
	CHECK_EQ(t, info.memory_used, 2 * SCENE_PAGE);
	CHECK_EQ(t, info.sleepers, 0);
	CHECK_EQ(t, info.flags, 0);
	CHECK(t, scene_holds(s, t, 0, QUOTATION));
	CHECK(t, scene_is_zero(s, t, strlen(QUOTATION), INITIAL_SIZE - strlen(QUOTATION)));
}

static struct outcome play_once(struct scene *s, struct test *t, const struct action *a,
				uint32_t first, uint32_t second)
{
	struct crash_plan *plan = s->daemon->plan;
	uint64_t starts = arena_view_starts(&s->daemon->arena);
	struct outcome o = {0};

	scene_prepare(s, t, a);
	if (t->failed)
		return o;
	plan_arm(plan, first, second);
	a->run(s);
	scene_settle(s, t, starts, first ? 1 : 0, a->leaves_asleep);
	plan_disarm(plan);
	o.hits = plan->hits;
	o.deaths = plan->deaths;
	if (first && first <= CRASH_PLAN_TRACE) {
		o.first = plan->trace[first - 1];
		o.second = second ? plan->trace[first + second - 1] : 0;
		o.after = o.hits > first ? o.hits - first : 0;
	}
	if (!t->failed)
		a->check(s, t);
	if (!t->failed)
		scene_finish(s, t);
	return o;
}

static void say_where(const struct point_table *points, const struct outcome *o, uint32_t first,
		      uint32_t second, struct test *t)
{
	if (o->deaths > 1)
		tap_fail(t, __FILE__, __LINE__,
			 "... when it died at hit %u (%s), and %u hits later (%s)", first,
			 points->names[o->first], second, points->names[o->second]);
	else
		tap_fail(t, __FILE__, __LINE__, "... when it died at hit %u (%s)", first,
			 points->names[o->first]);
}

void scene_play(struct scene *s, struct test *t, const struct action *a)
{
	struct outcome whole = play_once(s, t, a, 0, 0);
	unsigned played = 1;

	for (uint32_t first = 1; !t->failed && first <= whole.hits; first++) {
		struct outcome o = play_once(s, t, a, first, 0);
		uint32_t after = o.after;

		if (t->failed)
			say_where(s->points, &o, first, 0, t);
		for (uint32_t second = 1 + first % SECOND_DEATH_STEP; !t->failed && second <= after;
		     second += SECOND_DEATH_STEP) {
			o = play_once(s, t, a, first, second);
			played++;
			if (t->failed)
				say_where(s->points, &o, first, second, t);
		}
		played++;
	}
	printf("# %s: %u crash points on its way, played %u times\n", a->name, whole.hits, played);
}

void life_play(struct scene *s, struct test *t, const struct life *l)
{
	struct crash_plan *plan = s->daemon->plan;
	uint32_t first = 0, hits;

	l->run(s, t, 0, 0);
	hits = s->hits;
	while (!t->failed && ++first <= hits) {
		struct outcome o = {0};

		plan_reset(plan);
		l->run(s, t, first, 0);
		o.deaths = 1;
		o.first = plan->trace[first - 1];
		/* The death may have been out of reach this time: then nothing followed it. */
		o.after = s->hits > first ? s->hits - first : 0;
		if (t->failed)
			say_where(s->points, &o, first, 0, t);
		for (uint32_t second = 1 + first % SECOND_DEATH_STEP;
		     !t->failed && second <= o.after; second += SECOND_DEATH_STEP) {
			l->run(s, t, first, second);
			o.deaths = 2;
			o.second = plan->trace[first + second - 1];
			if (t->failed)
				say_where(s->points, &o, first, second, t);
		}
	}
	printf("# %s: %u crash points on its way\n", l->name, hits);
}
