/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "command.h"
#include "option.h"

/* What the commands and options take up, before their explanations. */
#define LEFT_COLUMN 23

static void print_row(int width, const char *text)
{
	printf("%*s%s\n", width < LEFT_COLUMN ? LEFT_COLUMN - width : 2, "", text);
}

static void print_command(const struct command *c)
{
	int width =
		printf("  %s%s%s", c->name, c->argument ? " " : "", c->argument ? c->argument : "");

	print_row(width, c->help);
}

static void print_option(const struct option_row *o)
{
	int width = printf("  -%c", o->letter);

	if (o->name)
		width += printf(", --%s", o->name);
	if (o->argument)
		width += printf("%c%s", o->name ? '=' : ' ', o->argument);
	print_row(width, o->help ? o->help : command_find(o->command)->help);
}

enum status cmd_help(const struct invocation *inv)
{
	(void)inv;
	puts("Usage: qotdctl [OPTION]... COMMAND [ARGUMENT]\n"
	     "Controls a Quote Of The Day device.\n"
	     "\n"
	     "Commands:");
	for (const struct command *c = commands; c->name; c++)
		print_command(c);
	puts("\nOptions, of which most are short for a command:");
	for (const struct option_row *o = options; o->letter; o++)
		print_option(o);
	putchar('\n');
	for (const struct command *c = commands; c->name; c++)
		if (c->argument)
			printf("%s is %s.\n", c->argument, c->rule);
	puts("\n"
	     "Exit status: 0 done, 1 wrong usage, 2 internal error, 3 the device cannot be\n"
	     "opened, 4 the device refused.");
	return STATUS_OK;
}
