/* SPDX-License-Identifier: MIT */
/*
 * A process that keeps a daemon running on channels and an arena that the test made: whenever a signal kills
 * the daemon, it starts another one on the same descriptors. It ends with the test.
 */
#ifndef CRASH_KEEPER_H
#define CRASH_KEEPER_H

#include <sys/types.h>

/* Starts it. The descriptors stay the caller's; there is one channel for each device. */
pid_t keeper_start(const char *program, const int *channels, unsigned count, int arena);

/* Kills it, and the daemon. */
void keeper_stop(pid_t keeper);

#endif
