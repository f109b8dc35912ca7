/* SPDX-License-Identifier: MIT */
#include "tap.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Far more than any point needs, even where the whole machine is emulated. */
#define POINT_SECONDS 120

void tap_fail(struct test *t, const char *file, int line, const char *format, ...)
{
	va_list args;

	t->failed = true;
	printf("# %s:%d: ", file, line);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
}

void tap_fail_value(struct test *t, const char *file, int line, const char *what, long long got,
		    long long want)
{
	if (got == -1)
		tap_fail(t, file, line, "%s is -1 (%s), not %lld", what, strerror(errno), want);
	else
		tap_fail(t, file, line, "%s is %lld, not %lld", what, got, want);
}

static bool applies(const struct tap_point *point, unsigned int where)
{
	return !point->only || (point->only & where);
}

static size_t count_points(const struct tap_group *groups, size_t count, unsigned int where)
{
	size_t points = 0;

	for (size_t g = 0; g < count; g++)
		for (size_t i = 0; i < groups[g].count; i++)
			points += applies(&groups[g].points[i], where);
	return points;
}

static bool run_point(const struct tap_point *point, const struct target *target,
		      void (*prepare)(struct test *t), size_t number)
{
	struct test t = {.target = target};

	alarm(POINT_SECONDS);
	prepare(&t);
	if (!t.failed)
		point->run(&t);
	alarm(0);
	printf("%sok %zu - %s\n", t.failed ? "not " : "", number, point->name);
	return !t.failed;
}

int tap_run(const struct target *target, unsigned int where, void (*prepare)(struct test *t),
	    const struct tap_group *groups, size_t count)
{
	size_t number = 0;
	bool passed = true;

	/* Lines must survive a kill, and a forked child must not print them a second time. */
	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("1..%zu\n", count_points(groups, count, where));
	for (size_t g = 0; g < count; g++) {
		for (size_t i = 0; i < groups[g].count; i++) {
			const struct tap_point *point = &groups[g].points[i];

			if (applies(point, where) && !run_point(point, target, prepare, ++number))
				passed = false;
		}
	}
	return passed ? 0 : 1;
}
