/* SPDX-License-Identifier: MIT */
/*
 * A process that resizes a device and sleeps until there is memory for it.
 *
 * Processes, not threads: a test can interrupt and kill each one, and a sleeper that never wakes
 * dies with its program.
 */
#ifndef SLEEPER_H
#define SLEEPER_H

#include "tap.h"

#include <stdint.h>
#include <sys/types.h>

struct sleeper {
	pid_t pid;
};

/*
 * Starts a process that opens device `n` for reading and writing and sets its size, and returns
 * when the daemon counts `sleepers` operations that wait: this one has taken its place among them.
 */
struct sleeper sleeper_start(struct test *t, unsigned int n, uint64_t size, unsigned int sleepers);

/* Waits for its end. Returns 0 or the errno of its resize, or 128 + the signal that killed it. */
int sleeper_result(struct sleeper sleeper);

/* Interrupts it with a signal that has a handler, set without SA_RESTART. */
void sleeper_interrupt(struct sleeper sleeper);

/* Kills it with SIGKILL. */
void sleeper_kill(struct sleeper sleeper);

/* Waits until the daemon counts that many sleepers; fails the point after a long while. */
void await_sleepers(struct test *t, unsigned int sleepers);

#endif
