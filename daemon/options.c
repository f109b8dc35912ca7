// SPDX-License-Identifier: MIT
#include <err.h>
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "device.h"
#include "log.h"
#include "options.h"
#include "size.h"

#define MAX_NAME_LENGTH 64

/* What a reload can do about an option that is not what it was. */
enum on_reload {
	RELOAD_IGNORES, /* nothing, and nothing has to be done: it was for the start, or is applied */
	RELOAD_TELLS,	/* say that it needs a restart */
	RELOAD_TELLS_STOP,  /* say that the devices have to go and come back */
	RELOAD_TELLS_GIVEN, /* the same, but not giving it means nothing */
};

/* One option: its help line stands beside what it does. */
struct option_spec {
	const char *name;
	const char *argument; /* NULL: none */
	const char *help;
	int (*set)(const struct option_spec *spec, struct options *o, const char *value);
	size_t offset, size; /* of its member of struct options */
	enum on_reload on_reload;
};

#define MEMBER(m) offsetof(struct options, m), sizeof(((struct options *)NULL)->m)

static void *member(const struct option_spec *spec, struct options *o)
{
	return (char *)o + spec->offset;
}

static const void *const_member(const struct option_spec *spec, const struct options *o)
{
	return (const char *)o + spec->offset;
}

static int set_flag(const struct option_spec *spec, struct options *o, const char *value)
{
	(void)value;
	*(bool *)member(spec, o) = true;
	return 0;
}

static int set_string(const struct option_spec *spec, struct options *o, const char *value)
{
	*(const char **)member(spec, o) = value;
	return 0;
}

static int set_name(const struct option_spec *spec, struct options *o, const char *value)
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
	return set_string(spec, o, value);
}

static int set_instances(const struct option_spec *spec, struct options *o, const char *value)
{
	const char *problem;
	long long n = strtonum(value, 1, MAX_INSTANCES, &problem);

	(void)spec;
	if (problem) {
		warnx("--instances '%s' is %s: from 1 to %d", value, problem, MAX_INSTANCES);
		return -EINVAL;
	}
	o->instances = (uint32_t)n;
	return 0;
}

static int set_size(const struct option_spec *spec, const char *value, uint64_t limit,
		    uint64_t *bytes)
{
	char limit_text[SIZE_FORMAT_MAX];
	uint64_t size;

	if (size_parse(value, &size) < 0) {
		warnx("--%s '%s': " SIZE_SYNTAX, spec->name, value);
		return -EINVAL;
	}
	if (size == 0 || size > limit) {
		warnx("--%s '%s': from 1 to %s", spec->name, value, size_format(limit, limit_text));
		return -EINVAL;
	}
	*bytes = size;
	return 0;
}

static int set_max_size(const struct option_spec *spec, struct options *o, const char *value)
{
	return set_size(spec, value, MAX_SIZE_LIMIT, &o->max_size);
}

static int set_memory(const struct option_spec *spec, struct options *o, const char *value)
{
	return set_size(spec, value, INT64_MAX, &o->memory);
}

static int set_log_level(const struct option_spec *spec, struct options *o, const char *value)
{
	int level = log_parse_level(value);

	(void)spec;
	if (level < 0) {
		warnx("--log-level '%s': error, warning, info or debug", value);
		return -EINVAL;
	}
	o->log_level = level;
	return 0;
}

static int set_verbose(const struct option_spec *spec, struct options *o, const char *value)
{
	(void)spec;
	(void)value;
	o->log_level = LOG_DEBUG;
	return 0;
}

static const struct option_spec specs[] = {
	{"name", "NAME", "name of the device (qotd); instance n is NAME<n>", set_name, MEMBER(name),
	 RELOAD_TELLS_STOP},
	{"instances", "N", "number of devices (1)", set_instances, MEMBER(instances), RELOAD_TELLS},
	{"fuse", "DIR", "serve the files DIR/NAME, DIR/NAME1, ... instead of devices", set_string,
	 MEMBER(fuse_dir), RELOAD_TELLS_GIVEN},
	{"max-size", "SIZE", "largest size of a device (64K)", set_max_size, MEMBER(max_size),
	 RELOAD_TELLS},
	{"memory", "SIZE", "memory for all devices (twice their largest sizes)", set_memory,
	 MEMBER(memory), RELOAD_IGNORES},
	{"quote", "TEXT", "initial quotation, taken as it stands", set_string, MEMBER(quote_text),
	 RELOAD_TELLS},
	{"quote-file", "FILE", "initial quotation, from a file", set_string, MEMBER(quote_file),
	 RELOAD_TELLS},
	{"user", "USER", "become USER once /dev/cuse is open", set_string, MEMBER(user),
	 RELOAD_TELLS_GIVEN},
	{"legacy-ioctl", NULL, "accept the ioctl numbers of the tutorial, too (not with --fuse)",
	 set_flag, MEMBER(legacy_ioctl), RELOAD_TELLS},
	{"supervise", NULL, "survive crashes without systemd: a parent holds what must not be lost",
	 set_flag, MEMBER(supervise), RELOAD_TELLS_GIVEN},
	{"state-dir", "DIR", "save changed devices there at a clean stop", set_string,
	 MEMBER(state_dir), RELOAD_TELLS_GIVEN},
	{"discard-state", NULL, "start afresh if what the last process left cannot be used",
	 set_flag, MEMBER(discard_state), RELOAD_IGNORES},
	{"open-channels", NULL,
	 "open /dev/cuse for the service manager to keep, and end (ExecStartPre=)", set_flag,
	 MEMBER(open_channels), RELOAD_IGNORES},
	{"control", "PATH", "listen there for --reload", set_string, MEMBER(control),
	 RELOAD_IGNORES},
	{"reload", NULL,
	 "apply --memory and --log-level to the daemon at --control, and end (ExecReload=)",
	 set_flag, MEMBER(reload), RELOAD_IGNORES},
	{"log-level", "LEVEL", "say no more than error, warning, info or debug (info)",
	 set_log_level, MEMBER(log_level), RELOAD_IGNORES},
	{"verbose", NULL, "the same as --log-level=debug", set_verbose, MEMBER(log_level),
	 RELOAD_IGNORES},
	{"help", NULL, "print this help", set_flag, MEMBER(help), RELOAD_IGNORES},
	{"version", NULL, "print the version", set_flag, MEMBER(version), RELOAD_IGNORES},
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
	printf("\nSizes are digits with an optional K, M or G. What --reload is not given goes "
	       "back to its "
	       "default.\n"
	       "SIGTERM, SIGINT and SIGHUP end the daemon; with --supervise, SIGHUP replaces the "
	       "serving "
	       "process.\n");
}

static bool is_given(const struct option_spec *spec, const struct options *o)
{
	if (spec->set == set_flag)
		return *(const bool *)const_member(spec, o);
	return *(const char *const *)const_member(spec, o) != NULL;
}

static bool is_same(const struct option_spec *spec, const struct options *a,
		    const struct options *b)
{
	const void *x = const_member(spec, a), *y = const_member(spec, b);

	if (spec->set == set_string || spec->set == set_name) {
		const char *s = *(const char *const *)x, *t = *(const char *const *)y;

		return s && t ? strcmp(s, t) == 0 : s == t;
	}
	return memcmp(x, y, spec->size) == 0;
}

void options_compare(const struct options *running, const struct options *wanted,
		     void (*differs)(void *ctx, const char *name, bool needs_stop), void *ctx)
{
	for (size_t i = 0; i < SPEC_COUNT; i++) {
		const struct option_spec *spec = &specs[i];

		if (spec->on_reload == RELOAD_IGNORES ||
		    (spec->on_reload == RELOAD_TELLS_GIVEN && !is_given(spec, wanted)))
			continue;
		if (!is_same(spec, running, wanted))
			differs(ctx, spec->name, spec->on_reload == RELOAD_TELLS_STOP);
	}
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
	else if (o->reload && !o->control)
		warnx("--reload: --control=PATH must say which daemon");
	else
		return 0;
	return -EINVAL;
}

int options_parse(struct options *o, int argc, char *argv[])
{
	struct option long_options[SPEC_COUNT + 1] = {0};
	int index = 0;
	int c, err;

	*o = (struct options){
		.name = "qotd", .instances = 1, .max_size = 64 << 10, .log_level = LOG_INFO};
	optind = 0; /* from the beginning, whatever has been parsed before */
	for (size_t i = 0; i < SPEC_COUNT; i++) {
		long_options[i].name = specs[i].name;
		long_options[i].has_arg = specs[i].argument ? required_argument : no_argument;
	}
	while ((c = getopt_long(argc, argv, "", long_options, &index)) != -1) {
		if (c != 0)
			return -EINVAL;
		err = specs[index].set(&specs[index], o, optarg);
		if (err)
			return err;
	}
	if (optind < argc) {
		warnx("'%s': no arguments besides options", argv[optind]);
		return -EINVAL;
	}
	return check_combination(o);
}
