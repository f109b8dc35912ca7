/* SPDX-License-Identifier: MIT */
/*
 * The daemon that the sleepers need: four devices, and 64 pages of memory for all of them and for
 * each one. A resize takes its new pages while it holds the old ones, so the largest that can ever
 * work leaves one old page here and one page for each of the others.
 */
#ifndef SLEEPERS_H
#define SLEEPERS_H

#include "sleeper.h"
#include "tap.h"

/* The devices by what they do here: two ask for memory, two hold it. */
enum { ASKER, OTHER_ASKER, HOG, OTHER_HOG, DEVICES };

enum { PAGE = 4096, LIMIT = 64, LARGEST = LIMIT - DEVICES };

/* How many sleep at once where there are many. */
#define CROWD 40

/* The HOG leaves one free page: less than any resize beyond one page needs. */
void take_all_memory(struct test *t);

/* Puts a line of sleepers before the ASKER, each one byte larger than the one before it. */
void crowd_in(struct test *t, struct sleeper crowd[CROWD]);

/* Frees the memory and returns how many of the crowd then succeeded. */
int let_all_through(struct test *t, struct sleeper crowd[CROWD]);

extern const struct tap_group woken_points;
extern const struct tap_group ended_points;

#endif
