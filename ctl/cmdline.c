/* SPDX-License-Identifier: MIT */
#include "cmdline.h"

#include <ctype.h>
#include <err.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "device.h"
#include "option.h"

/* Each option has a letter, and there are fewer letters and digits than this. */
#define OPTIONS_MAX 64

/* The option table in getopt_long(3)'s form. */
struct getopt_tables {
	char letters[2 + 2 * OPTIONS_MAX + 1];
	struct option names[OPTIONS_MAX + 1];
};

/* `command`: whose help is of use, or NULL. */
__attribute__((format(printf, 2, 3))) static enum status usage_error(const struct command *command,
								     const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vwarnx(format, args);
	va_end(args);
	fprintf(stderr, "Try 'qotdctl %s%s'.\n", command ? "help " : "--help",
		command ? command->name : "");
	return STATUS_USAGE;
}

static struct getopt_tables make_getopt_tables(void)
{
	/* '-': hand out words in their place between the options; ':': leave the messages to us. */
	struct getopt_tables t = {.letters = "-:"};
	size_t letters = 2, names = 0;

	for (const struct option_row *o = options; o->letter; o++) {
		t.letters[letters++] = o->letter;
		if (o->argument)
			t.letters[letters++] = ':';
		if (!o->name)
			continue;
		t.names[names].name = o->name;
		t.names[names].has_arg = o->argument ? required_argument : no_argument;
		t.names[names++].val = o->letter;
	}
	return t;
}

/* "-1" is a bad size, not an unknown option. */
static bool is_negative_number(const char *word)
{
	return word[0] == '-' && isdigit((unsigned char)word[1]);
}

static enum status missing_argument(const struct command *command)
{
	return usage_error(command, "%s: %s is missing: %s", command->name, command->argument,
			   command->rule);
}

static enum status choose_command(struct invocation *inv, const struct command *command)
{
	if (inv->command)
		return usage_error(NULL, "two commands at once: %s and %s", inv->command->name,
				   command->name);
	inv->command = command;
	return STATUS_OK;
}

static enum status take_word(struct invocation *inv, const char *word)
{
	const struct command *named = command_find(word);

	if (inv->command && inv->command->argument && !inv->argument) {
		inv->argument = word;
		return STATUS_OK;
	}
	if (named)
		return choose_command(inv, named);
	if (!inv->command)
		return usage_error(NULL, "unknown command '%s'", word);
	return usage_error(inv->command, "%s: extra argument '%s'", inv->command->name, word);
}

static enum status take_command_option(struct invocation *inv, const struct option_row *option,
				       const char *value)
{
	const struct command *before = inv->command;
	enum status status;

	if (option->at_once)
		*inv = (struct invocation){.device = inv->device};
	status = choose_command(inv, command_find(option->command));
	if (status != STATUS_OK || !inv->command->argument)
		return status;
	inv->argument = value;
	/* `resize --help` */
	if (!value && before && inv->command->values == VALUES_COMMANDS)
		inv->argument = before->name;
	return STATUS_OK;
}

static enum status take_option(struct invocation *inv, const struct option_row *option,
			       const char *value)
{
	if (option->command)
		return take_command_option(inv, option, value);
	inv->flags |= option->flag;
	if (!option->argument)
		return STATUS_OK;
	inv->device = value;
	return *value ? STATUS_OK
		      : usage_error(NULL, "-%c: %s is empty", option->letter, option->argument);
}

/* `word` is what getopt_long() was looking at when it gave `result`. */
static enum status bad_option(const struct invocation *inv, int result, const char *word)
{
	const struct option_row *option = option_find(optopt);

	if (!option)
		return usage_error(inv->command, "%s%sunknown option '%s'",
				   inv->command ? inv->command->name : "", inv->command ? ": " : "",
				   word);
	if (result == '?')
		return usage_error(NULL, "option '%s': --%s takes no value", word, option->name);
	if (option->command)
		return missing_argument(command_find(option->command));
	return usage_error(NULL, "-%c: %s is missing", option->letter, option->argument);
}

/* After "--", everything is a word. */
static enum status take_rest(int argc, char **argv, struct invocation *inv)
{
	enum status status = STATUS_OK;

	while (status == STATUS_OK && optind < argc)
		status = take_word(inv, argv[optind++]);
	return status;
}

/* An internal command takes the words behind it unseen. */
static enum status take_word_or_all(int argc, char **argv, struct invocation *inv, const char *word)
{
	enum status status = take_word(inv, word);

	if (status == STATUS_OK && inv->command->internal) {
		inv->words = argv + optind;
		optind = argc;
	}
	return status;
}

/* Takes the word at optind, or the next letter in it. */
static enum status parse_next(int argc, char **argv, const struct getopt_tables *tables,
			      struct invocation *inv)
{
	const char *word = argv[optind];
	const struct option_row *option;
	int result;

	if (is_negative_number(word))
		return take_word(inv, argv[optind++]);
	result = getopt_long(argc, argv, tables->letters, tables->names, NULL);
	option = option_find(result);
	if (result == 1)
		return take_word_or_all(argc, argv, inv, optarg);
	if (result == -1)
		return take_rest(argc, argv, inv);
	if (!option)
		return bad_option(inv, result, word);
	if (option->at_once)
		optind = argc;
	return take_option(inv, option, optarg);
}

/* The options may stand before the command, so that this shows only at the end. */
static enum status check_flags(const struct invocation *inv)
{
	for (const struct option_row *o = options; o->letter; o++)
		if (inv->flags & o->flag && option_is_foreign(o, inv->command))
			return usage_error(inv->command, "%s: unknown option '--%s'",
					   inv->command->name, o->name);
	return STATUS_OK;
}

static const char *default_device(void)
{
	const char *device = getenv(DEVICE_VARIABLE);

	return device && *device ? device : DEVICE_DEFAULT;
}

enum status cmdline_parse(int argc, char **argv, struct invocation *inv)
{
	enum status status = STATUS_OK;
	const struct getopt_tables tables = make_getopt_tables();

	*inv = (struct invocation){.device = default_device()};
	while (status == STATUS_OK && optind < argc)
		status = parse_next(argc, argv, &tables, inv);
	if (status != STATUS_OK)
		return status;
	if (!inv->command)
		return usage_error(NULL, "no command");
	if (inv->command->argument && !inv->command->optional && !inv->argument)
		return missing_argument(inv->command);
	return check_flags(inv);
}
