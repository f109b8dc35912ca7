/* SPDX-License-Identifier: MIT */
/* What ends the daemon, again and again, and measures how long it is away. */
#ifndef KILLER_H
#define KILLER_H

#include "storm.h"

struct killer {
	pid_t parent;		     /* of `qotd-cuse --supervise`: its child is killed; or 0 */
	const char *command;	     /* kills otherwise */
	const char *restart_command; /* instead of each restart_every'th kill */
	unsigned int restart_every;
	unsigned int pause_ms; /* at most so long from serving to the next kill */
	uint64_t random;

	unsigned int kills, twice, restarts;
	uint64_t *downtimes; /* ns, of `kills` and room for them */
	unsigned int downtime_count;
};

/*
 * Waits a moment, ends the daemon, sometimes once more while it comes back, and waits until it serves.
 * Calls watch() all the time; false when that has returned false.
 */
bool killer_strike(struct killer *k, bool (*watch)(void));

/* Prints what was measured. */
void killer_report(struct killer *k);

#endif
