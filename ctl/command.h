/* SPDX-License-Identifier: MIT */
/*
 * The commands of qotdctl. Each has one row in the table in command.c and one file, cmd_<name>.c;
 * the command line, --help and the options that stand for commands all work from the table.
 */
#ifndef COMMAND_H
#define COMMAND_H

#include "status.h"

struct command;

/* One run of qotdctl, as the command line asks for it. All pointers are borrowed. */
struct invocation {
	const struct command *command;
	const char *argument; /* NULL exactly when the command takes none */
	const char *device;   /* path */
};

struct command {
	const char *name;
	const char *argument; /* what --help calls the argument; NULL: the command takes none */
	const char *rule;     /* what the argument looks like */
	const char *help;

	/* Does the work and says on stderr what went wrong, if anything. */
	enum status (*run)(const struct invocation *inv);
};

/* Ends with a row without a name. */
extern const struct command commands[];

/* The command of this name, or NULL. */
const struct command *command_find(const char *name);

enum status cmd_size(const struct invocation *inv);
enum status cmd_resize(const struct invocation *inv);
enum status cmd_reset(const struct invocation *inv);
enum status cmd_info(const struct invocation *inv);
enum status cmd_help(const struct invocation *inv);
enum status cmd_version(const struct invocation *inv);

#endif
