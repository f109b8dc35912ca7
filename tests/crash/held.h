/* SPDX-License-Identifier: MIT */
/*
 * The daemon as a service manager runs it: the test holds the mount's descriptor and the arena, passes them
 * by LISTEN_FDS, and sees the daemon end, or ends it.
 */
#ifndef CRASH_HELD_H
#define CRASH_HELD_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct held {
	const char *program;
	char work[64]; /* a directory of its own */
	char mount[80];
	char log[80]; /* what the daemon said since it was started last */
	int fuse_fd;
	int arena_fd; /* -1: none yet */
	pid_t pid;    /* 0: does not run */
};

/* How to run it. */
struct held_run {
	const char *const *options; /* the last one NULL */
	bool without_fuse;
	bool without_arena;
	bool supervised;      /* as the child of --supervise; else as a service */
	uint64_t memory;      /* bytes of address space, 0: no limit */
	const char *notify;   /* $NOTIFY_SOCKET, or NULL */
	unsigned watchdog_ms; /* 0: none */
};

/* Makes the directory and a mount that nobody serves yet, and an empty arena. All go when the program ends. */
void held_init(struct held *h, const char *program);

/* Takes the mount off and makes a new one. */
void held_remount(struct held *h);

void held_start(struct held *h, const struct held_run *r);

/* Waits for its end: the exit status, 128 + the signal that killed it, or -1 when it does not end. */
int held_wait(struct held *h);

/* Sends a signal and waits. */
int held_end(struct held *h, int signal);

/* Waits until a process has come to serve from the arena, more than `starts` ever before. */
bool held_await_start(const struct held *h, uint64_t starts);
uint64_t held_starts(const struct held *h);

/* Whether its log contains the text. */
bool held_said(const struct held *h, const char *text);

#endif
