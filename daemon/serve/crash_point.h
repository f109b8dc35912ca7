/* SPDX-License-Identifier: MIT */
/*
 * Places at which a test lets the daemon die, to see that the next process goes on without a client
 * noticing. In the product they are nothing. In the build for tests (QOTD_CRASH_POINTS) each of them enters
 * itself in a table that the linker collects, so that no test can forget one.
 */
#ifndef CRASH_POINT_H
#define CRASH_POINT_H

#ifdef QOTD_CRASH_POINTS

struct crash_point {
	const char *name;
	const char *file;
	int line;
	int reserved;
};

/* Dies here if the environment says so: see tests/crash. */
void crash_point_hit(const struct crash_point *p);

#define crash_point(what)                                                              \
	do {                                                                           \
		static const struct crash_point here_                                  \
			__attribute__((used, section("crash_points"), aligned(8))) = { \
				what, __FILE__, __LINE__, 0};                          \
		crash_point_hit(&here_);                                               \
	} while (0)

#else

#define crash_point(what) ((void)0)

#endif
#endif
