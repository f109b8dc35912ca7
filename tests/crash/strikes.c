// SPDX-License-Identifier: MIT
/*
 * strikes PROGRAM: requests that kill the daemon each time that they are tried, at any point of what they do
 * to a device. Each may kill it three times; then it is answered with EIO, and the daemon serves on.
 */
#include "scene.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#define MAX_DEATHS 3
#define REFUSAL	   "refused a request that has ended the daemon 3 times: opcode"

/* Points of the operations. At those of starts and replies no daemon could go on. */
static const char *const files[] = {"txn.h",	       "device.c",	 "device_io.c",
				    "device_memory.c", "device_apply.c", "openfile.c"};

static unsigned number, failures;

static bool is_of_operation(const char *point)
{
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		if (strncmp(point, files[i], strlen(files[i])) == 0 &&
		    point[strlen(files[i])] == ':')
			return true;
	return false;
}

static bool log_says(const struct daemon *d, const char *text)
{
	char line[512];
	bool found = false;
	FILE *log = fopen(d->log, "re");

	while (log && !found && fgets(line, sizeof(line), log))
		found = strstr(line, text) != NULL;
	if (log)
		fclose(log);
	return found;
}

static void strike(struct scene *s, struct test *t, const struct action *a, uint32_t point)
{
	uint64_t starts = arena_view_starts(&s->daemon->arena);
	struct crash_plan *plan = s->daemon->plan;

	scene_prepare(s, t, a);
	if (t->failed)
		return;
	plan_arm_always(plan, point, 0);
	a->run(s);
	scene_settle(s, t, starts, 0, 0);
	plan_disarm(plan);
	scene_settle(s, t, starts, 0, 0);
	if (plan->deaths < MAX_DEATHS) {
		a->check(s, t); /* recovery got it done without coming by that point again */
	} else {
		CHECK_EQ(t, plan->deaths, MAX_DEATHS);
		CHECK_EQ(t, s->result, -1);
		CHECK_EQ(t, s->error, EIO);
		CHECK(t, log_says(s->daemon, REFUSAL));
	}
	if (!t->failed)
		scene_finish(s, t);
}

/* The points on the way of an undisturbed play, each once. */
static unsigned find_points(struct scene *s, struct test *t, const struct action *a,
			    uint32_t *found)
{
	struct crash_plan *plan = s->daemon->plan;
	uint64_t starts = arena_view_starts(&s->daemon->arena);
	bool seen[CRASH_PLAN_POINTS] = {false};
	unsigned count = 0;

	scene_prepare(s, t, a);
	a->run(s);
	scene_settle(s, t, starts, 0, 0);
	for (uint32_t i = 0; i < plan->hits && i < CRASH_PLAN_TRACE; i++) {
		uint32_t point = plan->trace[i];

		if (!seen[point] && is_of_operation(s->points->names[point]))
			found[count++] = point;
		seen[point] = true;
	}
	a->check(s, t);
	scene_finish(s, t);
	return count;
}

static void play(struct scene *s, const struct action *a)
{
	uint32_t found[CRASH_PLAN_POINTS];
	struct test dry = {0};
	unsigned count;

	scene_begin(s, &dry);
	count = find_points(s, &dry, a, found);
	for (unsigned i = 0; i < count; i++) {
		struct test t = {0};

		alarm(240);
		if (s->daemon->pid == 0)
			scene_begin(s, &t);
		strike(s, &t, a, found[i]);
		if (t.failed)
			daemon_abandon(s->daemon);
		printf("%sok %u - %s, deadly at %s\n", t.failed ? "not " : "", ++number, a->name,
		       s->points->names[found[i]]);
		failures += t.failed;
	}
	if (s->daemon->pid)
		scene_end(s, &dry);
	failures += dry.failed;
}

/* The first hit of a point with this name: in a wake-up, it is of who wakes. */
static uint32_t find_first(const struct scene *s, const char *name, uint32_t *point)
{
	const struct crash_plan *plan = s->daemon->plan;

	for (uint32_t i = 0; i < plan->hits && i < CRASH_PLAN_TRACE; i++) {
		*point = plan->trace[i];
		if (strstr(s->points->names[*point], name))
			return i + 1;
	}
	return 0;
}

/* A resize that has slept kills the daemon whenever it is tried: it sleeps no more, and is not innocent. */
static void play_sleeper(struct scene *s, const struct action *a)
{
	struct crash_plan *plan = s->daemon->plan;
	struct test t = {0};
	uint64_t starts;
	uint32_t point = 0, hit;

	scene_begin(s, &t);
	starts = arena_view_starts(&s->daemon->arena);
	scene_prepare(s, &t, a);
	a->run(s);
	scene_settle(s, &t, starts, 0, 0);
	hit = find_first(s, "txn: not planned yet", &point);
	a->check(s, &t);
	scene_finish(s, &t);
	scene_prepare(s, &t, a);
	plan_arm_always(plan, point, hit + 1);
	a->run(s);
	scene_settle(s, &t, starts, 0, 0);
	if (!t.failed && helper_end(s, 0) != EIO)
		tap_fail(&t, __FILE__, __LINE__, "the resize is not answered with EIO");
	if (plan->deaths != MAX_DEATHS)
		tap_fail(&t, __FILE__, __LINE__, "%u deaths, not %d", plan->deaths, MAX_DEATHS);
	plan_disarm(plan);
	if (!t.failed)
		scene_finish(s, &t);
	if (t.failed)
		daemon_abandon(s->daemon);
	else
		scene_end(s, &t);
	printf("%sok %u - %s, deadly each time\n", t.failed ? "not " : "", ++number, a->name);
	failures += t.failed;
}

/* Sleepers go on in another request's time, and a refused close leaves a file open: not here. */
static const char *const names[] = {
	"open",
	"read at the device's position",
	"pwrite",
	"write at the device's position",
	"seek",
	"grow",
	"shrink",
	"discard with the same size",
	"discard with another size",
};

int main(int argc, char **argv)
{
	static const struct action_list *const lists[] = {&file_actions, &memory_actions};
	static struct point_table points;
	static struct daemon daemon;
	struct scene s = {.daemon = &daemon, .points = &points, .fd = -1};

	setvbuf(stdout, NULL, _IOLBF, 0);
	prctl(PR_SET_TIMERSLACK, 1);
	if (argc != 2 || !points_list(&points, argv[1]))
		return 2;
	daemon_init(&daemon, argv[1], plan_create());
	for (size_t i = 0; i < 2; i++)
		for (size_t j = 0; j < lists[i]->count; j++)
			for (size_t k = 0; k < sizeof(names) / sizeof(names[0]); k++)
				if (strcmp(lists[i]->actions[j].name, names[k]) == 0)
					play(&s, &lists[i]->actions[j]);
	for (size_t i = 0; i < waiting_actions.count; i++)
		if (strcmp(waiting_actions.actions[i].name, "a sleeping resize is woken") == 0)
			play_sleeper(&s, &waiting_actions.actions[i]);
	printf("1..%u\n", number);
	return failures ? 1 : 0;
}
