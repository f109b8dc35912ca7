/* SPDX-License-Identifier: MIT */
/*
 * The commands of qotdctl. Each has one row in the table in command.c and one file, cmd_<name>.c;
 * the command line, --help, the completions and the options that stand for commands all work from
 * the table.
 */
#ifndef COMMAND_H
#define COMMAND_H

#include <stdbool.h>

#include "status.h"

struct command;

/* The options of single commands, as bits. */
enum command_flag {
	FLAG_NONBLOCK = 1 << 0,
	FLAG_GROW = 1 << 1,
	FLAG_JSON = 1 << 2,
	FLAG_FORCE = 1 << 3,
};

/* One run of qotdctl, as the command line asks for it. All pointers are borrowed. */
struct invocation {
	const struct command *command;
	const char *argument; /* NULL exactly when the command takes none or it was left out */
	const char *device;   /* path */
	unsigned int flags;   /* enum command_flag: just those that the command takes */
	char *const *words;   /* all that follows an internal command, with a NULL at the end */
};

/* What a shell can offer for an argument. */
enum values { VALUES_NONE, VALUES_COMMANDS, VALUES_DEVICES };

struct command {
	const char *name;
	bool internal;	      /* not for people: --help says nothing; takes any words as they are */
	const char *argument; /* what --help calls the argument; NULL: the command takes none */
	bool optional;	      /* the argument may be left out */
	enum values values;   /* what the argument may be */
	const char *rule;     /* what the argument looks like; NULL: nothing to say */
	const char *help;
	const char *details; /* more for the command's own help, or NULL */

	/* Does the work and says on stderr what went wrong, if anything. */
	enum status (*run)(const struct invocation *inv);
};

/* Ends with a row without a name. */
extern const struct command commands[];

/* The command of this name, or NULL. */
const struct command *command_find(const char *name);

/* What the options add to the mode of open(2): with --nonblock, nothing waits for memory. */
int command_open_flags(const struct invocation *inv);

enum status cmd_show(const struct invocation *inv);
enum status cmd_set(const struct invocation *inv);
enum status cmd_watch(const struct invocation *inv);
enum status cmd_size(const struct invocation *inv);
enum status cmd_resize(const struct invocation *inv);
enum status cmd_reset(const struct invocation *inv);
enum status cmd_info(const struct invocation *inv);
enum status cmd_detach(const struct invocation *inv);
enum status cmd_complete(const struct invocation *inv);
enum status cmd_help(const struct invocation *inv);
enum status cmd_version(const struct invocation *inv);

#endif
