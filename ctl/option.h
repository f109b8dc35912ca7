/* SPDX-License-Identifier: MIT */
/*
 * The options of qotdctl: a table like that of the commands. An option is for every command, or for
 * those that it names, or it is the tutorial's short way to write a command.
 */
#ifndef OPTION_H
#define OPTION_H

#include <stdbool.h>
#include <stddef.h>

#include "command.h"

/* How many commands an option can be for. */
#define OPTION_COMMANDS 4

struct option_row {
	char letter;
	bool at_once;	      /* nothing that follows matters: `resize --help` asks for help */
	const char *name;     /* --name, or NULL */
	const char *argument; /* NULL: the option takes none */
	enum values values;   /* what the argument may be */
	const char *command;  /* the command that it stands for, or NULL */
	const char *help;     /* NULL when it stands for a command */

	/* What it sets and the commands that know it, NULL-terminated; 0 and none: every command. */
	enum command_flag flag;
	const char *only[OPTION_COMMANDS + 1];
};

/* Ends with a row without a letter. */
extern const struct option_row options[];

/* The row of this letter, or NULL. */
const struct option_row *option_find(int letter);

/* The row with the name that these `length` bytes are, or NULL. */
const struct option_row *option_find_name(const char *name, size_t length);

/* Whether it is for some commands, and this is not one of them. */
bool option_is_foreign(const struct option_row *option, const struct command *command);

/* What --help says about it. */
const char *option_help(const struct option_row *option);

#endif
