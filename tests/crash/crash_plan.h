/* SPDX-License-Identifier: MIT */
/*
 * A file that a test and the daemons it kills have both mapped: the test says where they are to die, they
 * say where they have been. It outlives them, so one plan can kill several processes in a row.
 *
 * A hit is one arrival at a crash point, of whatever thread and process. Hits are counted from plan_reset().
 */
#ifndef CRASH_PLAN_H
#define CRASH_PLAN_H

#include <stdatomic.h>
#include <stdint.h>

/* The path of the file. */
#define CRASH_PLAN_ENV "QOTD_CRASH_PLAN"

#define CRASH_PLAN_POINTS 256
#define CRASH_PLAN_DEATHS 2
#define CRASH_PLAN_TRACE  512

struct crash_plan {
	_Atomic uint32_t hits;
	_Atomic uint32_t deaths;
	_Atomic uint32_t
		die_at[CRASH_PLAN_DEATHS]; /* the hits that are deadly, in order; 0: none */
	_Atomic uint32_t always;	   /* a point that is deadly each time, plus 1; 0: none */
	_Atomic uint32_t from;		   /* but not before this hit */
	_Atomic uint32_t hang;		   /* not death, but a thread that stops */
	_Atomic uint32_t trace[CRASH_PLAN_TRACE];   /* the points of the first hits */
	_Atomic uint32_t deadly[CRASH_PLAN_POINTS]; /* deaths at each point, never reset */
};

#endif
