/* SPDX-License-Identifier: MIT */
/* A daemon on CUSE channels whose other ends the test holds: a kernel for each of two devices. */
#ifndef CRASH_STAGE_H
#define CRASH_STAGE_H

#include "client.h"
#include "daemon.h"

#define DEVICES 2
#define PAGE	4096

struct stage {
	struct kernel kernels[DEVICES];
	int ends[DEVICES]; /* the daemon's, kept over its deaths */
	int arena;
	pid_t keeper;
	struct daemon view;	   /* its plan and its arena */
	struct client file, other; /* on the first device, and on the second */
	struct client opened;
	long result;
	char data[2 * PAGE];
	uint32_t trace[CRASH_PLAN_TRACE];
	uint64_t asleep; /* the request that sleeps */
};

struct action {
	const char *name;
	void (*prepare)(struct stage *s);
	void (*run)(struct stage *s);
	void (*check)(struct stage *s);
	unsigned sleeping; /* requests, when it is prepared */
};

/* Plays the action that is in *state, once for each death that it can have. For cmocka. */
void stage_play(void **state);

/* The program to run, which is built with crash points. False when it is not. */
bool stage_init(const char *program);

/* open(2) of a device: 0 or -errno. */
int stage_open(struct stage *s, int device, struct client *c);

#endif
