/* SPDX-License-Identifier: MIT */
/* Time limits: for what a test waits for, and for how long it keeps something up. */
#ifndef WIRE_DEADLINE_H
#define WIRE_DEADLINE_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

/* Milliseconds of a clock that is not set. */
static inline int64_t deadline_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * INT64_C(1000) + t.tv_nsec / 1000000;
}

static inline int64_t deadline_in(int ms)
{
	return deadline_now() + ms;
}

/* Milliseconds left, for poll(2); 0 when it is over. */
static inline int deadline_left(int64_t deadline)
{
	int64_t left = deadline - deadline_now();

	return left > 0 ? (int)left : 0;
}

static inline bool deadline_is_over(int64_t deadline)
{
	return deadline_left(deadline) == 0;
}

#endif
