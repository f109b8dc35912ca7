/* SPDX-License-Identifier: MIT */
/* The command line of the daemon. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Enough for every use of a quotation, and safe from overflow when multiplied by instances. */
#define MAX_SIZE_LIMIT (UINT64_C(1) << 40)

struct options {
	const char *name; /* of instance 0 */
	uint32_t instances;
	const char *fuse_dir; /* NULL: CUSE */
	uint64_t max_size;
	uint64_t memory; /* bytes for all instances; 0: not given */
	const char *quote_text;
	const char *quote_file;
	const char *user;      /* to become after opening /dev/cuse, or NULL */
	const char *state_dir; /* where a clean stop saves changed devices, or NULL */
	const char *control;   /* the socket that --reload talks to, or NULL */
	int log_level;	       /* of <syslog.h> */
	bool legacy_ioctl;
	bool supervise;
	bool discard_state;
	bool open_channels; /* only open what the service manager is to keep */
	bool reload;	    /* tell the daemon at `control` to take these options over */
	bool help;
	bool version;
};

/*
 * Parses the command line; strings of `o` point into it. Returns 0, or -EINVAL after a message on stderr
 * that names the option and the limit.
 */
int options_parse(struct options *o, int argc, char *argv[]);

void options_print_help(const char *program);

/*
 * Calls differs() with the name of each option that a running daemon cannot change, and for which it was
 * started with something else than is wanted now. What a device is counts also when it is back at its default
 * now. How the process is run (--fuse, --supervise, ...) counts only when it is given. `needs_stop`: a restart
 * will not do, since the next process could not take over with it what this one leaves.
 */
void options_compare(const struct options *running, const struct options *wanted,
		     void (*differs)(void *ctx, const char *name, bool needs_stop), void *ctx);

#endif
