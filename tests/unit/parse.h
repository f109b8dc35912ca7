/* SPDX-License-Identifier: MIT */
/* Options as from a command line. */
#ifndef PARSE_H
#define PARSE_H

#include <stdint.h>

#include "options.h"

#define MAX_ARGUMENTS 16

/* Parses arguments, of which NULL is the last. */
static inline int parse_arguments(struct options *o, const char *const *arguments)
{
	static char program[] = "qotd-cuse";
	char *argv[MAX_ARGUMENTS + 2] = {program};
	int argc = 1;

	while (arguments[argc - 1]) {
		argv[argc] = (char *)(uintptr_t)arguments[argc - 1];
		argc++;
	}
	return options_parse(o, argc, argv);
}

#define PARSE(o, ...) parse_arguments(o, (const char *const[]){__VA_ARGS__, NULL})

#endif
