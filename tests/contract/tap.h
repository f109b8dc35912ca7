/* SPDX-License-Identifier: MIT */
/*
 * Test points in TAP, the Test Anything Protocol.
 *
 * A program is a table of points; each is named for the one behaviour that it checks. A failing
 * check notes what it saw and returns from its point, so a point releases what it holds with
 * cleanup.h.
 */
#ifndef TAP_H
#define TAP_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* What is tested: the program defines it, this file only hands it through. */
struct target;

/* One running point. Checks are made by the thread that runs it, never by its helpers. */
struct test {
	const struct target *target;
	bool failed;
};

struct tap_point {
	const char *name;
	void (*run)(struct test *t);
	unsigned int only; /* bits: where the point applies; 0: everywhere */
};

struct tap_group {
	const struct tap_point *points;
	size_t count;
};

#define TAP_GROUP(array)                                    \
	{                                                   \
		(array), sizeof(array) / sizeof((array)[0]) \
	}

/*
 * Runs the points of all groups that apply in `where`, a bit of tap_point.only, each after
 * `prepare`, and prints plan and results to standard output. A point that hangs ends the program
 * with SIGALRM. Returns an exit status: 0 when all passed, else 1.
 */
int tap_run(const struct target *target, unsigned int where, void (*prepare)(struct test *t),
	    const struct tap_group *groups, size_t count);

/* Makes the point fail and says why. */
void tap_fail(struct test *t, const char *file, int line, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* Fails with the values; `got` of -1 is taken for a failed system call. */
void tap_fail_value(struct test *t, const char *file, int line, const char *what, long long got,
		    long long want);

#define CHECK(t, condition)                                                          \
	do {                                                                         \
		if (!(condition)) {                                                  \
			tap_fail(t, __FILE__, __LINE__, "not true: %s", #condition); \
			return;                                                      \
		}                                                                    \
	} while (0)

#define CHECK_EQ(t, got, want)                                                    \
	do {                                                                      \
		long long got_ = (long long)(got);                                \
		long long want_ = (long long)(want);                              \
		if (got_ != want_) {                                              \
			tap_fail_value(t, __FILE__, __LINE__, #got, got_, want_); \
			return;                                                   \
		}                                                                 \
	} while (0)

/* The call returns -1 and sets errno to `error`. */
#define CHECK_ERRNO(t, call, error)                                                           \
	do {                                                                                  \
		long long result_ = (errno = 0, (long long)(call));                           \
		int errno_ = errno;                                                           \
		if (result_ != -1 || errno_ != (error)) {                                     \
			tap_fail(t, __FILE__, __LINE__, "%s returned %lld (%s), not -1 (%s)", \
				 #call, result_, strerror(errno_), #error);                   \
			return;                                                               \
		}                                                                             \
	} while (0)

#endif
