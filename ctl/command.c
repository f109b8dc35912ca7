/* SPDX-License-Identifier: MIT */
#include "command.h"

#include <stddef.h>
#include <string.h>

#include "size.h"

/* In the order in which --help shows them. */
const struct command commands[] = {
	{
		.name = "size",
		.help = "print the size in bytes",
		.run = cmd_size,
	},
	{
		.name = "resize",
		.argument = "SIZE",
		.rule = SIZE_RULE,
		.help = "set the size; the content stays as far as it fits",
		.run = cmd_resize,
	},
	{
		.name = "reset",
		.help = "bring back the initial quotation and size",
		.run = cmd_reset,
	},
	{
		.name = "info",
		.help = "print the state of the device",
		.run = cmd_info,
	},
	{
		.name = "help",
		.help = "print this text",
		.run = cmd_help,
	},
	{
		.name = "version",
		.help = "print the version of qotdctl",
		.run = cmd_version,
	},
	{.name = NULL},
};

const struct command *command_find(const char *name)
{
	for (const struct command *c = commands; c->name; c++)
		if (strcmp(c->name, name) == 0)
			return c;
	return NULL;
}
