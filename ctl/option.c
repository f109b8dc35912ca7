/* SPDX-License-Identifier: MIT */
#include "option.h"

#include <stddef.h>

#include "device.h"

/* In the order in which --help shows them. */
const struct option_row options[] = {
	{
		.letter = 'd',
		.name = "device",
		.argument = "DEVICE",
		.help = "use DEVICE, not $" DEVICE_VARIABLE " or " DEVICE_DEFAULT,
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
