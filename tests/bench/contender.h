/* SPDX-License-Identifier: MIT */
/*
 * A contender: a program that serves the same contents as the others, in processes of its own, side by side
 * with them.
 */
#ifndef CONTENDER_H
#define CONTENDER_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* What each of them serves: 1 MiB, the largest read or write that is measured. */
#define CONTENT_SIZE (1u << 20)

enum role {
	FLOOR_ONE, /* our raw loop with one thread */
	FLOOR_ALL, /* ... with a thread for each CPU */
	PEER,
	SUBJECT, /* what the targets are for */
	RIVAL,	 /* another build of it */
};

#define CONTENDER_ARGS 8

struct contender {
	const char *name;
	enum role role;
	char *argv[CONTENDER_ARGS];
	char dir[PATH_MAX];	  /* FUSE: its mount point */
	char source[PATH_MAX];	  /* the directory it passes on, or "" */
	char path[PATH_MAX + 16]; /* the file or device to open */
	bool has_position;	  /* CUSE: it counts on where the last read or write ended */
	unsigned long get_size;	  /* the ioctl that asks for the size; 0: it has none */
	pid_t started;
	pid_t serving; /* the same, or its child */
	bool is_running;
};

/* Where contenders are found, and where they may leave things. */
struct contest {
	const char *programs; /* directory of bench-floor and the peers */
	const char *qotd_cuse;
	const char *rival; /* another qotd-cuse, or NULL */
	char work[PATH_MAX - 64];
	bool on_cuse;
};

#define MAX_CONTENDERS 8

/* Makes the list of those whose programs exist; returns how many. */
unsigned contenders_list(const struct contest *a, struct contender list[MAX_CONTENDERS]);

/* Starts one and waits until it serves CONTENT_SIZE bytes; ends the program when that fails. */
void contender_start(struct contender *c);

/* Starts a daemon with options of its own and waits until `path` can be opened. */
void contender_launch(struct contender *c);

void contender_stop(struct contender *c);

/* CPU time that it has used, in ns. */
uint64_t contender_cpu_time(const struct contender *c);

/* Lets it run on one CPU, or on all (-1). */
void contender_pin(const struct contender *c, int cpu);

/* The same for the calling thread and the threads that it starts. */
void pin_self(int cpu);

#endif
