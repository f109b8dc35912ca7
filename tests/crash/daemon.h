/* SPDX-License-Identifier: MIT */
/*
 * The daemon on a FUSE mount, with --supervise: what a test starts, kills and stops.
 *
 * Failing to start or stop ends the program: no test can go on then.
 */
#ifndef CRASH_DAEMON_H
#define CRASH_DAEMON_H

#include <limits.h>

#include "arena_view.h"
#include "plan.h"

struct daemon {
	const char *program;
	struct crash_plan *plan;
	char work[64]; /* a directory of its own */
	char mount[80];
	char log[80];
	char state[80];	  /* a directory, for --state-dir */
	char path[2][96]; /* the first two devices */
	pid_t pid;	  /* the parent that holds all; 0: does not run */
	struct arena_view arena;
};

/* Far longer than anything takes, also with a sanitizer on a busy machine. */
#define DAEMON_TIMEOUT_MS 20000

/* Makes the directories; takes them and all mounts away when the program ends. */
void daemon_init(struct daemon *d, const char *program, struct crash_plan *plan);

/* Starts it with these options, the last one NULL, and waits until it serves. */
void daemon_start(struct daemon *d, const char *const options[]);

/* Stops it with SIGTERM. Returns the exit status, or 128 + the signal that killed it. */
int daemon_stop(struct daemon *d);

/* Kills it and takes the mount away: for when a test has gone wrong. */
void daemon_abandon(struct daemon *d);

/* The serving child; 0 when there is none just now. */
pid_t daemon_child(const struct daemon *d);

/* Kills the serving child. */
void daemon_kill_child(const struct daemon *d);

/*
 * Waits until `deaths` processes have died since plan_reset(), another one serves, no worker has a request
 * in hand, `parked` requests sleep, and nothing has happened for a moment. False when the time is up.
 */
bool daemon_settle(const struct daemon *d, uint64_t starts, uint32_t deaths, unsigned parked);

/* Sleeps a short while. */
void daemon_pause_us(long microseconds);

#endif
