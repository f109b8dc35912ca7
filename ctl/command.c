/* SPDX-License-Identifier: MIT */
#include "command.h"

#include <fcntl.h>
#include <stddef.h>
#include <string.h>

#include "size.h"

/* In the order in which --help shows them. */
const struct command commands[] = {
	{
		.name = "show",
		.help = "print the quotation",
		.details = "It ends before the first NUL. A newline is added if there is none at "
			   "its end.\n"
			   "On a terminal, control characters are printed as \\xNN.",
		.run = cmd_show,
	},
	{
		.name = "set",
		.argument = "TEXT",
		.rule = "a quotation, or - for what comes on standard input",
		.help = "replace all of the content by TEXT",
		.details = "Zeros follow up to the end of the device. TEXT gets a newline unless "
			   "it ends\n"
			   "with one or is empty; standard input is taken exactly as it is. "
			   "Content that\n"
			   "does not fit is refused, and the old one stays. Up to a size of 128K, "
			   "nobody\n"
			   "can read a mixture of both. After --, TEXT may begin with a -.",
		.run = cmd_set,
	},
	{
		.name = "watch",
		.help = "print the quotation, and again whenever it changes",
		.details = "Ends by Ctrl-C, or when the device is gone.",
		.run = cmd_watch,
	},
	{
		.name = "size",
		.help = "print the size in bytes",
		.run = cmd_size,
	},
	{
		.name = "resize",
		.argument = "SIZE",
		.rule = SIZE_RULE,
		.help = "set the size, or change it by +SIZE or -SIZE",
		.details =
			"The content stays as far as it fits, zeros follow. With + or - in front,\n"
			"SIZE is relative to the present size. Waits until there is memory.",
		.run = cmd_resize,
	},
	{
		.name = "reset",
		.help = "bring back the initial quotation and size",
		.details = "Waits until there is memory, which it needs only if the size differs.",
		.run = cmd_reset,
	},
	{
		.name = "info",
		.help = "print the state of the device",
		.details =
			"The counters are those of this device since it was attached; a daemon "
			"with\n"
			"ABI version 1 has none, and they are left out. With --json, sizes are in\n"
			"bytes, and keys keep their names and meanings; new ones may come.",
		.run = cmd_info,
	},
	{
		.name = "detach",
		.help = "take the device away when nobody has it open any more",
		.details = "A device whose content is changed is refused: 'qotdctl reset' discards "
			   "that.",
		.run = cmd_detach,
	},
	{
		.name = "help",
		.argument = "COMMAND",
		.optional = true,
		.values = VALUES_COMMANDS,
		.help = "print this text, or more about COMMAND",
		.run = cmd_help,
	},
	{
		.name = "version",
		.help = "print the version of qotdctl",
		.run = cmd_version,
	},
	{
		.name = "complete",
		.internal = true,
		.run = cmd_complete,
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

int command_open_flags(const struct invocation *inv)
{
	return inv->flags & FLAG_NONBLOCK ? O_NONBLOCK : 0;
}
