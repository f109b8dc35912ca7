// SPDX-License-Identifier: MIT
/* Who takes part. */
#include <err.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "contender.h"
#include "qotd_ioctl.h"

/* In libfuse's example/ioctl.h */
#define CUSE_EXAMPLE_GET_SIZE _IOR('E', 0, size_t)

#define ROOM_FOR_DAEMON "--memory=16M"

__attribute__((format(printf, 1, 2))) static char *format(const char *pattern, ...)
{
	va_list args;
	char *text;

	va_start(args, pattern);
	if (vasprintf(&text, pattern, args) < 0)
		err(EXIT_FAILURE, "format");
	va_end(args);
	return text;
}

/* The next one, which serves as `short_name` below the work directory or in /dev. */
static struct contender *add(struct contender *list, unsigned *count, const struct contest *a,
			     const char *name, const char *short_name, enum role role)
{
	struct contender *c = &list[(*count)++];

	*c = (struct contender){.name = name, .role = role, .get_size = QOTDIOCGSZ};
	if (a->on_cuse) {
		snprintf(c->path, sizeof(c->path), "/dev/bench-%s", short_name);
	} else {
		snprintf(c->dir, sizeof(c->dir), "%s/%s", a->work, short_name);
		snprintf(c->path, sizeof(c->path), "%s/qotd", c->dir);
	}
	return c;
}

static void add_floor(struct contender *list, unsigned *count, const struct contest *a,
		      const char *name, const char *short_name, enum role role)
{
	struct contender *c = add(list, count, a, name, short_name, role);
	long cpus = role == FLOOR_ALL ? sysconf(_SC_NPROCESSORS_ONLN) : 1;

	c->argv[0] = format("%s/bench-floor", a->programs);
	c->argv[1] = a->on_cuse ? format("--cuse=%s", c->path + strlen("/dev/"))
				: format("--fuse=%s", c->dir);
	c->argv[2] = format("--threads=%ld", cpus);
	c->argv[3] = format("--size=%u", CONTENT_SIZE);
}

static void add_daemon(struct contender *list, unsigned *count, const struct contest *a,
		       const char *name, const char *short_name, const char *program)
{
	struct contender *c = add(list, count, a, name, short_name, SUBJECT);

	c->has_position = a->on_cuse;
	c->argv[0] = strdup(program);
	c->argv[1] = a->on_cuse ? format("--name=%s", c->path + strlen("/dev/"))
				: format("--fuse=%s", c->dir);
	c->argv[2] = format("--max-size=%u", CONTENT_SIZE);
	c->argv[3] = strdup(ROOM_FOR_DAEMON);
}

static bool is_there(const char *program)
{
	if (access(program, X_OK) == 0)
		return true;
	fprintf(stderr, "bench: without %s: there is no such program\n", program);
	return false;
}

static void add_loop_mt(struct contender *list, unsigned *count, const struct contest *a)
{
	struct contender *c = add(list, count, a, "loop_mt", "loop-mt", PEER);

	c->argv[0] = format("%s/bench-loop-mt", a->programs);
	c->argv[1] = c->dir;
	c->argv[2] = format("%u", CONTENT_SIZE);
}

/* Passes on a file on tmpfs. */
static void add_passthrough(struct contender *list, unsigned *count, const struct contest *a)
{
	char *program = format("%s/passthrough_ll", a->programs);
	struct contender *c;
	FILE *file;

	if (!is_there(program))
		return;
	c = add(list, count, a, "passthrough_ll", "passthrough", PEER);
	c->get_size = 0;
	snprintf(c->source, sizeof(c->source), "/dev/shm/qotd-bench.%d", getpid());
	mkdir(c->source, 0700);
	file = fopen(format("%s/qotd", c->source), "we");
	if (!file)
		err(EXIT_FAILURE, "%s", c->source);
	fclose(file);
	c->argv[0] = program;
	c->argv[1] = strdup("-f");
	c->argv[2] = strdup("-o");
	c->argv[3] = format("source=%s,cache=never", c->source);
	c->argv[4] = c->dir;
}

static void add_cuse_example(struct contender *list, unsigned *count, const struct contest *a)
{
	char *program = format("%s/cuse-example", a->programs);
	struct contender *c;

	if (!is_there(program))
		return;
	c = add(list, count, a, "libfuse's cuse", "example", PEER);
	c->get_size = CUSE_EXAMPLE_GET_SIZE;
	c->argv[0] = program;
	c->argv[1] = strdup("-f");
	c->argv[2] = format("--name=%s", c->path + strlen("/dev/"));
}

unsigned contenders_list(const struct contest *a, struct contender list[MAX_CONTENDERS])
{
	unsigned count = 0;

	add_floor(list, &count, a, "floor", "floor", FLOOR_ONE);
	if (a->on_cuse) {
		add_cuse_example(list, &count, a);
	} else {
		add_floor(list, &count, a, "floor, n CPUs", "floors", FLOOR_ALL);
		add_loop_mt(list, &count, a);
		add_passthrough(list, &count, a);
	}
	add_daemon(list, &count, a, "qotd-cuse", "qotd", a->qotd_cuse);
	add_daemon(list, &count, a, "supervised", "qotds", a->qotd_cuse);
	list[count - 1].argv[4] = strdup("--supervise");
	if (a->rival) {
		add_daemon(list, &count, a, "other build", "qotdr", a->rival);
		list[count - 1].role = RIVAL;
	}
	return count;
}
