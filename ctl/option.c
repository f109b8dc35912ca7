/* SPDX-License-Identifier: MIT */
#include "option.h"

#include <string.h>

#include "device.h"

/* In the order in which --help shows them. */
const struct option_row options[] = {
	{
		.letter = 'd',
		.name = "device",
		.argument = "DEVICE",
		.values = VALUES_DEVICES,
		.help = "use DEVICE, not $" DEVICE_VARIABLE " or " DEVICE_DEFAULT,
	},
	{
		.letter = 'n',
		.name = "nonblock",
		.help = "fail instead of waiting for memory",
		.flag = FLAG_NONBLOCK,
		.only = {"set", "resize", "reset"},
	},
	{
		.letter = 'G',
		.name = "grow",
		.help = "resize the device if TEXT does not fit",
		.flag = FLAG_GROW,
		.only = {"set"},
	},
	{
		.letter = 'j',
		.name = "json",
		.help = "print one JSON object, for scripts",
		.flag = FLAG_JSON,
		.only = {"info"},
	},
	{
		.letter = 'f',
		.name = "force",
		.help = "discard a changed content first",
		.flag = FLAG_FORCE,
		.only = {"detach"},
	},
	{.letter = 'g', .command = "size"},
	{.letter = 's', .argument = "SIZE", .command = "resize"},
	{.letter = 'r', .command = "reset"},
	{.letter = 'h', .name = "help", .command = "help", .at_once = true},
	{.letter = 'V', .name = "version", .command = "version", .at_once = true},
	{.letter = '\0'},
};

const struct option_row *option_find(int letter)
{
	for (const struct option_row *o = options; o->letter; o++)
		if (o->letter == letter)
			return o;
	return NULL;
}

const struct option_row *option_find_name(const char *name, size_t length)
{
	for (const struct option_row *o = options; o->letter; o++)
		if (o->name && strlen(o->name) == length && memcmp(o->name, name, length) == 0)
			return o;
	return NULL;
}

bool option_is_foreign(const struct option_row *option, const struct command *command)
{
	for (const char *const *name = option->only; *name; name++)
		if (strcmp(*name, command->name) == 0)
			return false;
	return option->flag != 0;
}

const char *option_help(const struct option_row *option)
{
	return option->help ? option->help : command_find(option->command)->help;
}
