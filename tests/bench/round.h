/* SPDX-License-Identifier: MIT */
/* One round: some clients do a work on one contender for a short while. */
#ifndef ROUND_H
#define ROUND_H

#include "work.h"

/* Times are in ns. */
struct sample {
	double time; /* per operation of all clients together: the inverse of the speed */
	double cpu;  /* of the server, per operation */
	double path; /* of client and server, per operation: what counts on a machine that has other work */
	double p50, p99;
};

/* CPU time of the calling thread, and the time, in ns. */
uint64_t thread_cpu_time(void);
uint64_t now(void);

/* The calling thread and the contender have been pinned as the work says. */
struct sample run_round(const struct work *w, const struct contender *c, unsigned ms);

#endif
