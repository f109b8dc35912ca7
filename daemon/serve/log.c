// SPDX-License-Identifier: MIT
#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "log.h"
#include "log_queue.h"

/* How long the end waits for whoever reads stderr. */
#define LAST_FLUSH_MS 100

static const struct {
	const char *name;
	int level;
} levels[] = {
	{"error", LOG_ERR},
	{"warning", LOG_WARNING},
	{"info", LOG_INFO},
	{"debug", LOG_DEBUG},
};

#define LEVEL_COUNT (sizeof(levels) / sizeof(levels[0]))

int log_parse_level(const char *name)
{
	for (size_t i = 0; i < LEVEL_COUNT; i++)
		if (strcmp(levels[i].name, name) == 0)
			return levels[i].level;
	return -EINVAL;
}

const char *log_level_name(int level)
{
	for (size_t i = 0; i < LEVEL_COUNT; i++)
		if (levels[i].level == level)
			return levels[i].name;
	return "unknown";
}

void log_init(struct log *l, int max_level)
{
	*l = (struct log){
		.max_level = max_level,
		.to_journal = getenv("JOURNAL_STREAM") != NULL,
	};
}

int log_start_queue(struct log *l, void (*wake)(void *ctx), void *ctx)
{
	l->queue = log_queue_create(wake, ctx);
	return l->queue ? 0 : -ENOMEM;
}

static size_t make_line(const struct log *l, int level, char line[static LOG_LINE_MAX],
			const char *format, va_list args) __attribute__((format(printf, 4, 0)));

/* Makes a line with its newline; what is too long is cut. Returns its length. */
static size_t make_line(const struct log *l, int level, char line[static LOG_LINE_MAX],
			const char *format, va_list args)
{
	int saved_errno = errno; /* for %m */
	size_t length;

	if (l->to_journal)
		snprintf(line, LOG_LINE_MAX, "<%d>", level);
	else
		snprintf(line, LOG_LINE_MAX, "%s: ", program_invocation_short_name);
	length = strlen(line);
	errno = saved_errno;
	vsnprintf(line + length, LOG_LINE_MAX - length - 1, format, args);
	length = strlen(line);
	line[length++] = '\n';
	return length;
}

static void queue_line(const struct log *l, int level, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static void queue_line(const struct log *l, int level, const char *format, ...)
{
	char line[LOG_LINE_MAX];
	size_t length;
	va_list args;

	va_start(args, format);
	length = make_line(l, level, line, format, args);
	va_end(args);
	log_queue_put(l->queue, line, length);
}

/* Queues how many lines are missing, once for each window. */
static void say_left_out(const struct log *l, bool at_end)
{
	uint64_t count = log_queue_take_left_out(l->queue, at_end);

	if (count > 0)
		queue_line(l, LOG_WARNING, "%ju messages were left out | event=left-out count=%ju",
			   (uintmax_t)count, (uintmax_t)count);
}

/* Prints as much as stderr takes: first what is queued, to have room for how many are missing. */
static void print_queue(const struct log *l, int timeout_ms, bool at_end)
{
	while (log_queue_print_one(l->queue, STDERR_FILENO, timeout_ms))
		;
	if (!log_queue_is_empty(l->queue))
		return;
	say_left_out(l, at_end);
	log_queue_print_one(l->queue, STDERR_FILENO, timeout_ms);
}

bool log_flush(const struct log *l)
{
	if (!l->queue)
		return false;
	print_queue(l, 0, false);
	return !log_queue_is_empty(l->queue) || log_queue_has_left_out(l->queue);
}

void log_end_queue(struct log *l)
{
	if (!l->queue)
		return;
	print_queue(l, LAST_FLUSH_MS, true);
	log_queue_destroy(l->queue);
	l->queue = NULL;
}

void log_print(const struct log *l, int level, const char *format, ...)
{
	int saved_errno = errno;
	int max_level = l->max_level;
	char line[LOG_LINE_MAX];
	size_t length;
	va_list args;

	if (level > max_level ||
	    (l->queue && !log_queue_admits(l->queue, max_level >= LOG_DEBUG))) {
		errno = saved_errno;
		return;
	}
	errno = saved_errno;
	va_start(args, format);
	length = make_line(l, level, line, format, args);
	va_end(args);
	if (!l->queue) {
		(void)!write(STDERR_FILENO, line, length);
	} else {
		log_queue_put(l->queue, line, length);
		if (!log_queue_is_mine(l->queue) || log_flush(l))
			log_queue_wake(l->queue);
	}
	errno = saved_errno;
}
