/* SPDX-License-Identifier: MIT */
/*
 * The options of qotdctl: a table like that of the commands, since most options are the tutorial's
 * short way to write a command.
 */
#ifndef OPTION_H
#define OPTION_H

#include <stdbool.h>

struct option_row {
	char letter;
	bool at_once;	      /* nothing that follows matters: `resize --help` asks for help */
	const char *name;     /* --name, or NULL */
	const char *argument; /* NULL: the option takes none */
	const char *command;  /* the command that it stands for, or NULL */
	const char *help;     /* NULL when it stands for a command */
};

/* Ends with a row without a letter. */
extern const struct option_row options[];

/* The row of this letter, or NULL. */
const struct option_row *option_find(int letter);

#endif
