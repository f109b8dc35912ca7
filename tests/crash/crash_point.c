// SPDX-License-Identifier: MIT
/*
 * What crash_point() does in the build for tests. The environment says where the daemon is to die:
 *
 *	QOTD_CRASH_LIST=1	print the table, one point a line (number, file, line, name), and exit
 *	QOTD_CRASH_AT=N		die at point number N
 *	QOTD_CRASH_SKIP=K	not at the first K times that it is reached
 *	QOTD_CRASH_ONCE=FILE	only if FILE does not exist yet; it is made. Without: every time
 *	QOTD_CRASH_HANG=1	do not die: the thread stops for ever
 *	QOTD_CRASH_PLAN=FILE	all that stands in a file instead, and can change: see crash_plan.h
 */
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "crash_plan.h"
#include "crash_point.h"

/* The linker's names for the ends of the section that the points are in. */
extern const struct crash_point __start_crash_points[];
extern const struct crash_point __stop_crash_points[];

static struct crash_plan *plan;

static long number_in_environment(const char *name, long otherwise)
{
	const char *text = getenv(name);

	return text ? strtol(text, NULL, 10) : otherwise;
}

__attribute__((constructor)) static void list_points(void)
{
	if (!getenv("QOTD_CRASH_LIST"))
		return;
	for (const struct crash_point *p = __start_crash_points; p < __stop_crash_points; p++)
		printf("%td %s:%d %s\n", p - __start_crash_points, p->file, p->line, p->name);
	fflush(stdout);
	_exit(EXIT_SUCCESS);
}

__attribute__((constructor)) static void map_plan(void)
{
	const char *path = getenv(CRASH_PLAN_ENV);
	int fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;

	if (!path)
		return;
	plan = mmap(NULL, sizeof(*plan), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (fd < 0 || plan == MAP_FAILED) {
		perror(path);
		_exit(EXIT_FAILURE);
	}
	close(fd);
}

__attribute__((noreturn)) static void end(int hang)
{
	if (!hang)
		kill(getpid(), SIGKILL);
	for (;;) /* the signal comes when the kernel is left, at the latest */
		pause();
}

/* Whether the plan wants the process to end at its latest hit, of this point. */
static int is_deadly(uint32_t hit, uint32_t point)
{
	uint32_t deaths = plan->deaths;

	return (plan->always == point + 1 && hit >= plan->from) ||
	       (deaths < CRASH_PLAN_DEATHS && plan->die_at[deaths] == hit);
}

static void follow_plan(uint32_t point)
{
	uint32_t hit = ++plan->hits;

	if (hit <= CRASH_PLAN_TRACE)
		plan->trace[hit - 1] = point;
	if (!is_deadly(hit, point))
		return;
	plan->deadly[point % CRASH_PLAN_POINTS]++;
	plan->deaths++;
	end(plan->hang != 0);
}

static int is_first_time(void)
{
	const char *path = getenv("QOTD_CRASH_ONCE");

	return !path || open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600) >= 0;
}

void crash_point_hit(const struct crash_point *p)
{
	static _Atomic long reached;
	ptrdiff_t number = p - __start_crash_points;

	if (plan)
		follow_plan((uint32_t)number);
	if (number != number_in_environment("QOTD_CRASH_AT", -1))
		return;
	if (reached++ < number_in_environment("QOTD_CRASH_SKIP", 0) || !is_first_time())
		return;
	end(getenv("QOTD_CRASH_HANG") != NULL);
}
