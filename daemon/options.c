// SPDX-License-Identifier: MIT
#include <err.h>
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "options.h"
#include "size.h"

#define MAX_NAME_LENGTH 64

/* One option: its help line stands beside what it does. */
struct option_spec {
	const char *name;
	const char *argument; /* NULL: none */
	const char *help;
	int (*set)(struct options *o, const char *value);
};

static int set_name(struct options *o, const char *value)
{
	const char *allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-";
	size_t length = strlen(value);

	if (length == 0 || length > MAX_NAME_LENGTH || strspn(value, allowed) != length ||
	    *value == '.') {
		warnx("--name '%s': a name is 1 to %d letters, digits, '_', '-' or '.', not a '.' "
		      "first",
		      value, MAX_NAME_LENGTH);
		return -EINVAL;
	}
	o->name = value;
	return 0;
}

static int set_instances(struct options *o, const char *value)
{
	const char *problem;
	long long n = strtonum(value, 1, MAX_INSTANCES, &problem);

	if (problem) {
		warnx("--instances '%s' is %s: from 1 to %d", value, problem, MAX_INSTANCES);
		return -EINVAL;
	}
	o->instances = (uint32_t)n;
	return 0;
}

static int set_size(const char *option, const char *value, uint64_t limit, uint64_t *bytes)
{
	char limit_text[SIZE_FORMAT_MAX];
	uint64_t size;

	if (size_parse(value, &size) < 0) {
		warnx("%s '%s': " SIZE_SYNTAX, option, value);
		return -EINVAL;
	}
	if (size == 0 || size > limit) {
		warnx("%s '%s': from 1 to %s", option, value, size_format(limit, limit_text));
		return -EINVAL;
	}
	*bytes = size;
	return 0;
}

static int set_max_size(struct options *o, const char *value)
{
	return set_size("--max-size", value, MAX_SIZE_LIMIT, &o->max_size);
}

static int set_memory(struct options *o, const char *value)
{
	return set_size("--memory", value, INT64_MAX, &o->memory);
}

static int set_fuse(struct options *o, const char *value)
{
	o->fuse_dir = value;
	return 0;
}

static int set_quote(struct options *o, const char *value)
{
	o->quote_text = value;
	return 0;
}

static int set_quote_file(struct options *o, const char *value)
{
	o->quote_file = value;
	return 0;
}

static int set_user(struct options *o, const char *value)
{
	o->user = value;
	return 0;
}

static int set_legacy_ioctl(struct options *o, const char *value)
{
	(void)value;
	o->legacy_ioctl = true;
	return 0;
}

static int set_state_dir(struct options *o, const char *value)
{
	o->state_dir = value;
	return 0;
}

static int set_supervise(struct options *o, const char *value)
{
	(void)value;
	o->supervise = true;
	return 0;
}

static int set_discard_state(struct options *o, const char *value)
{
	(void)value;
	o->discard_state = true;
	return 0;
}

static int set_open_channels(struct options *o, const char *value)
{
	(void)value;
	o->open_channels = true;
	return 0;
}

static int set_verbose(struct options *o, const char *value)
{
	(void)value;
	o->verbose = true;
	return 0;
}

static int set_help(struct options *o, const char *value)
{
	(void)value;
	o->help = true;
	return 0;
}

static int set_version(struct options *o, const char *value)
{
	(void)value;
	o->version = true;
	return 0;
}

static const struct option_spec specs[] = {
	{"name", "NAME", "name of the device (qotd); instance n is NAME<n>", set_name},
	{"instances", "N", "number of devices (1)", set_instances},
	{"fuse", "DIR", "serve the files DIR/NAME, DIR/NAME1, ... instead of devices", set_fuse},
	{"max-size", "SIZE", "largest size of a device (64K)", set_max_size},
	{"memory", "SIZE", "memory for all devices (twice their largest sizes)", set_memory},
	{"quote", "TEXT", "initial quotation, taken as it stands", set_quote},
	{"quote-file", "FILE", "initial quotation, from a file", set_quote_file},
	{"user", "USER", "become USER once /dev/cuse is open", set_user},
	{"legacy-ioctl", NULL, "accept the ioctl numbers of the tutorial, too (not with --fuse)",
	 set_legacy_ioctl},
	{"supervise", NULL, "survive crashes without systemd: a parent holds what must not be lost",
	 set_supervise},
	{"state-dir", "DIR", "save changed devices there at a clean stop", set_state_dir},
	{"discard-state", NULL, "start afresh if what the last process left cannot be used",
	 set_discard_state},
	{"open-channels", NULL,
	 "open /dev/cuse for the service manager to keep, and end (ExecStartPre=)",
	 set_open_channels},
	{"verbose", NULL, "say more", set_verbose},
	{"help", NULL, "print this help", set_help},
	{"version", NULL, "print the version", set_version},
};

#define SPEC_COUNT (sizeof(specs) / sizeof(specs[0]))

void options_print_help(const char *program)
{
	char left[32];

	printf("Usage: %s [OPTION]...\n"
	       "Serve the Quote Of The Day device /dev/qotd from userspace, in the foreground.\n\n",
	       program);
	for (size_t i = 0; i < SPEC_COUNT; i++) {
		snprintf(left, sizeof(left), "--%s%s%s", specs[i].name,
			 specs[i].argument ? "=" : "", specs[i].argument ? specs[i].argument : "");
		printf("  %-18s  %s\n", left, specs[i].help);
	}
	printf("\nSizes are digits with an optional K, M or G.\n");
}

/* Options that exclude one another. */
static int check_combination(const struct options *o)
{
	if (o->quote_text && o->quote_file)
		warnx("--quote and --quote-file: give one of them");
	else if (o->fuse_dir && o->legacy_ioctl)
		warnx("--legacy-ioctl: the kernel passes these numbers to a character device only, "
		      "not to --fuse");
	else if (o->fuse_dir && o->user)
		warnx("--user: with --fuse, start the daemon as that user");
	else
		return 0;
	return -EINVAL;
}

int options_parse(struct options *o, int argc, char *argv[])
{
	struct option long_options[SPEC_COUNT + 1] = {0};
	int index = 0;
	int c, err;

	*o = (struct options){.name = "qotd", .instances = 1, .max_size = 64 << 10};
	for (size_t i = 0; i < SPEC_COUNT; i++) {
		long_options[i].name = specs[i].name;
		long_options[i].has_arg = specs[i].argument ? required_argument : no_argument;
	}
	while ((c = getopt_long(argc, argv, "", long_options, &index)) != -1) {
		if (c != 0)
			return -EINVAL;
		err = specs[index].set(o, optarg);
		if (err)
			return err;
	}
	if (optind < argc) {
		warnx("'%s': no arguments besides options", argv[optind]);
		return -EINVAL;
	}
	return check_combination(o);
}
