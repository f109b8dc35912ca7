// SPDX-License-Identifier: MIT
/*
 * points PROGRAM: plays all scenes and lives with the daemon dying at every crash point on their way, in TAP.
 * In the end every point that the program lists must have been deadly once.
 */
#include "scene.h"

#include <stdio.h>
#include <sys/prctl.h>
#include <unistd.h>

static const struct action_list *const lists[] = {&file_actions, &memory_actions, &waiting_actions};

#define LISTS (sizeof(lists) / sizeof(lists[0]))

static unsigned number, failures;

static void report(const struct test *t, const char *what, const char *promise)
{
	printf("%sok %u - %s%s\n", t->failed ? "not " : "", ++number, what, promise);
	failures += t->failed;
}

static size_t count_points(void)
{
	size_t count = life_count + 2;

	for (size_t i = 0; i < LISTS; i++)
		count += lists[i]->count;
	return count;
}

/* A scene that failed may have left anything: the next one gets another daemon. */
static void play_scenes(struct scene *s)
{
	bool usable = false;

	for (size_t i = 0; i < LISTS; i++) {
		for (size_t j = 0; j < lists[i]->count; j++) {
			struct test t = {0};

			alarm(400);
			if (!usable)
				scene_begin(s, &t);
			scene_play(s, &t, &lists[i]->actions[j]);
			usable = !t.failed;
			if (!usable)
				daemon_abandon(s->daemon);
			report(&t, lists[i]->actions[j].name, " survives a death at each point");
		}
	}
	struct test t = {0};

	if (usable)
		scene_end(s, &t);
	report(&t, "the daemon that died so often", " ends with 0");
}

static void play_lives(struct scene *s)
{
	for (size_t i = 0; i < life_count; i++) {
		struct test t = {0};

		alarm(400);
		life_play(s, &t, &lives[i]);
		if (t.failed)
			daemon_abandon(s->daemon);
		report(&t, lives[i].name, " survives a death at each point");
	}
}

static void check_coverage(const struct crash_plan *plan, const struct point_table *points)
{
	struct test t = {0};
	unsigned deaths = 0;

	for (unsigned i = 0; i < points->count; i++) {
		deaths += plan->deadly[i];
		if (plan->deadly[i] == 0)
			tap_fail(&t, __FILE__, __LINE__, "no death at point %u, %s", i,
				 points->names[i]);
	}
	printf("# %u deaths at %u points\n", deaths, points->count);
	report(&t, "every crash point", " was reached by one of them");
}

int main(int argc, char **argv)
{
	static struct point_table points;
	static struct daemon daemon;
	struct scene s = {.daemon = &daemon, .points = &points, .fd = -1};

	setvbuf(stdout, NULL, _IOLBF, 0);
	prctl(PR_SET_TIMERSLACK, 1);
	if (argc != 2 || !points_list(&points, argv[1])) {
		fprintf(stderr, "usage: points PROGRAM, which is built with crash points\n");
		return 2;
	}
	printf("1..%zu\n", count_points());
	daemon_init(&daemon, argv[1], plan_create());
	play_lives(&s);
	play_scenes(&s);
	check_coverage(daemon.plan, &points);
	return failures ? 1 : 0;
}
