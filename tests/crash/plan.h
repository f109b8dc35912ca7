/* SPDX-License-Identifier: MIT */
/* The test's side of crash_plan.h, and the table of the crash points. */
#ifndef CRASH_PLAN_SIDE_H
#define CRASH_PLAN_SIDE_H

#include <stdbool.h>

#include "crash_plan.h"

/* Makes the file and puts its path into the environment of all that this process starts. */
struct crash_plan *plan_create(void);

/* Forgets what was to happen and what has happened, but for the number of deaths at each point. */
void plan_reset(struct crash_plan *p);

/* Resets; then the hit number `first` is deadly, and the one `second` hits later. 0: none. */
void plan_arm(struct crash_plan *p, uint32_t first, uint32_t second);

/* Resets; then the point is deadly each time from that hit on. */
void plan_arm_always(struct crash_plan *p, uint32_t point, uint32_t from);

/* Nothing is deadly any more; what has happened stays. */
void plan_disarm(struct crash_plan *p);

/* The points of a daemon built for it. */
struct point_table {
	unsigned count;
	char names[CRASH_PLAN_POINTS][96]; /* with the file that they stand in */
};

/* Asks the program. False when it lists none, or too many. */
bool points_list(struct point_table *table, const char *program);

#endif
