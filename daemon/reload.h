/* SPDX-License-Identifier: MIT */
/* What a running daemon takes over of new options: the memory limit and the log level. */
#ifndef RELOAD_H
#define RELOAD_H

#include "control.h"
#include "options.h"
#include "server.h"

struct reload {
	struct server *server;
	struct log *log;
	const struct options *running; /* what the daemon was started with */
	uint64_t default_memory;       /* the limit when none is given */
};

/*
 * Carries out a request for the options in argv (control_fn, with the struct reload as context): all of it, or
 * nothing. The answer, and the log, say what has changed, and what takes a restart.
 */
void reload_carry_out(void *reload, int argc, char *argv[], struct control_answer *answer);

/*
 * What earlier reloads have set, over options that know nothing of it: for a process that takes over from one
 * that died, and was started with the same command line (--supervise).
 */
void reload_restore(int arena_fd, uint64_t *memory, struct log *log);

#endif
