/* SPDX-License-Identifier: MIT */
#include <err.h>
#include <stdio.h>

#include "command.h"
#include "option.h"

/* What the commands and options take up, before their explanations. */
#define LEFT_COLUMN 23

static void print_padding(int width)
{
	printf("%*s", width < LEFT_COLUMN ? LEFT_COLUMN - width : 2, "");
}

/* " SIZE", " [COMMAND]" or nothing. */
static int print_argument(const struct command *c)
{
	if (!c->argument)
		return 0;
	return printf(c->optional ? " [%s]" : " %s", c->argument);
}

static void print_command(const struct command *c)
{
	int width = printf("  %s", c->name);

	print_padding(width + print_argument(c));
	puts(c->help);
}

/* The commands that the option is for, when it is not for all: "resize, reset: ". */
static void print_owners(const struct option_row *o)
{
	for (const char *const *name = o->only; *name; name++)
		printf("%s%s", *name, name[1] ? ", " : ": ");
}

static void print_option(const struct option_row *o, bool with_owners)
{
	int width = printf("  -%c", o->letter);

	if (o->name)
		width += printf(", --%s", o->name);
	if (o->argument)
		width += printf("%c%s", o->name ? '=' : ' ', o->argument);
	print_padding(width);
	if (with_owners)
		print_owners(o);
	puts(option_help(o));
}

static void print_rule(const struct command *c)
{
	if (c->rule)
		printf("\n%s is %s.\n", c->argument, c->rule);
}

/* Those of status.h. */
static void print_statuses(void)
{
	static const char *const meanings[] = {
		[STATUS_OK] = "done",
		[STATUS_USAGE] = "wrong usage",
		[STATUS_INTERNAL] = "internal error, such as output that cannot be written",
		[STATUS_OPEN] = "the device cannot be opened",
		[STATUS_IOCTL] = "the device refused, or is gone",
	};

	puts("\nExit status:");
	for (size_t i = 0; i < sizeof(meanings) / sizeof(*meanings); i++)
		printf("  %zu  %s\n", i, meanings[i]);
}

static enum status print_all(void)
{
	puts("Usage: qotdctl [OPTION]... COMMAND [ARGUMENT]\n"
	     "Controls a Quote Of The Day device.\n"
	     "\n"
	     "Commands:");
	for (const struct command *c = commands; c->name; c++)
		if (!c->internal)
			print_command(c);
	puts("\nOptions:");
	for (const struct option_row *o = options; o->letter; o++)
		print_option(o, true);
	for (const struct command *c = commands; c->name; c++)
		print_rule(c);
	print_statuses();
	return STATUS_OK;
}

/* Without the options that stand for other commands. */
static enum status print_one(const struct command *command)
{
	printf("Usage: qotdctl %s [OPTION]...", command->name);
	print_argument(command);
	printf("\n%s: %s.\n\nOptions:\n", command->name, command->help);
	for (const struct option_row *o = options; o->letter; o++)
		if (!o->command && !option_is_foreign(o, command))
			print_option(o, false);
	print_rule(command);
	if (command->details)
		printf("\n%s\n", command->details);
	return STATUS_OK;
}

enum status cmd_help(const struct invocation *inv)
{
	const struct command *command;

	if (!inv->argument)
		return print_all();
	command = command_find(inv->argument);
	if (command && !command->internal)
		return print_one(command);
	warnx("help: unknown command '%s'", inv->argument);
	return STATUS_USAGE;
}
