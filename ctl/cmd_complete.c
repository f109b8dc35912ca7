/* SPDX-License-Identifier: MIT */
/*
 * What can stand at the end of a command line. The completions of the shells ask this, so that they
 * know what the tables know:
 *
 *	qotdctl complete [WORD]... CURRENT
 *
 * prints each word that CURRENT can become, with a tab and what it means. The line ":files" says that
 * a file's name is good as well.
 */
#include <glob.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "option.h"

#define SYSFS_DEVICES "/sys/class/cuse/qotd*"

/* What the words up to CURRENT make of it. */
struct place {
	const struct command *command;
	const struct option_row *pending; /* CURRENT is the argument of this option */
	bool has_argument;		  /* the command has got its own */
	bool after_dashes;		  /* after "--" */
};

/* The word to complete: what is before the "=" of "--name=value", and what has to match. */
struct current {
	const char *prefix;
	int prefix_length;
	const char *text;
};

static void scan_found(struct place *place, const struct option_row *option, bool has_value)
{
	if (option->argument && !has_value)
		place->pending = option;
	if (option->command) {
		place->command = command_find(option->command);
		place->has_argument = true;
	}
}

/* A word of letters, of which the last may take an argument. */
static void scan_letters(struct place *place, const char *letter)
{
	const struct option_row *option;

	for (; (option = option_find(*letter)); letter++) {
		scan_found(place, option, letter[1] != '\0');
		if (option->argument)
			return;
	}
}

static void scan_option(struct place *place, const char *word)
{
	const struct option_row *option;
	size_t length = strcspn(word, "=");

	if (word[1] != '-') {
		scan_letters(place, word + 1);
		return;
	}
	option = option_find_name(word + 2, length - 2);
	if (option)
		scan_found(place, option, word[length] == '=');
}

static void scan_word(struct place *place, const char *word)
{
	bool is_option = word[0] == '-' && word[1] != '\0' && !place->after_dashes;

	if (place->pending)
		place->pending = NULL;
	else if (is_option && strcmp(word, "--") == 0)
		place->after_dashes = true;
	else if (is_option)
		scan_option(place, word);
	else if (place->command)
		place->has_argument = true;
	else
		place->command = command_find(word);
}

static void offer(const struct current *current, const char *word, const char *help)
{
	if (strncmp(word, current->text, strlen(current->text)) != 0)
		return;
	printf("%.*s%s%s%s\n", current->prefix_length, current->prefix, word, help ? "\t" : "",
	       help ? help : "");
}

static void offer_commands(const struct current *current)
{
	for (const struct command *c = commands; c->name; c++)
		if (!c->internal)
			offer(current, c->name, c->help);
}

static void offer_devices(const struct current *current)
{
	char path[64];
	glob_t found = {0};

	glob(SYSFS_DEVICES, 0, NULL, &found);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		snprintf(path, sizeof(path), "/dev/%s", strrchr(found.gl_pathv[i], '/') + 1);
		offer(current, path, NULL);
	}
	globfree(&found);
	puts(":files");
}

static void offer_values(const struct current *current, enum values values)
{
	if (values == VALUES_COMMANDS)
		offer_commands(current);
	else if (values == VALUES_DEVICES)
		offer_devices(current);
}

/* Behind a command, none that stands for another, except for help and version. */
static void offer_options(const struct current *current, const struct command *command)
{
	char word[64];

	for (const struct option_row *o = options; o->letter; o++) {
		if (command && (o->command ? !o->at_once : option_is_foreign(o, command)))
			continue;
		snprintf(word, sizeof(word), "-%c", o->letter);
		offer(current, word, option_help(o));
		snprintf(word, sizeof(word), "--%s", o->name ? o->name : "");
		if (o->name)
			offer(current, word, option_help(o));
	}
}

/* "--device=/dev/q" */
static bool offer_value_of(const char *word)
{
	const char *value = strchr(word, '=');
	const struct option_row *option;
	struct current current;

	if (strncmp(word, "--", 2) != 0 || !value)
		return false;
	option = option_find_name(word + 2, (size_t)(value - word - 2));
	current = (struct current){
		.prefix = word, .prefix_length = (int)(value - word + 1), .text = value + 1};
	if (option && option->argument)
		offer_values(&current, option->values);
	return true;
}

static void offer_all(const struct place *place, const char *word)
{
	const struct current current = {.prefix = "", .text = word};

	if (place->pending)
		offer_values(&current, place->pending->values);
	else if (!place->after_dashes && *word == '-' && !offer_value_of(word))
		offer_options(&current, place->command);
	else if (!place->command)
		offer_commands(&current);
	else if (!place->has_argument)
		offer_values(&current, place->command->values);
}

enum status cmd_complete(const struct invocation *inv)
{
	struct place place = {0};
	char *const *word = inv->words;

	if (!word || !*word)
		return STATUS_USAGE;
	for (; word[1]; word++)
		scan_word(&place, *word);
	offer_all(&place, *word);
	return STATUS_OK;
}
