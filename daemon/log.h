/* SPDX-License-Identifier: MIT */
/*
 * Messages to stderr, one line each. Under systemd they carry the <N> priorities of sd-daemon(3), and the
 * journal does the rest; elsewhere they begin with the program's name.
 */
#ifndef LOG_H
#define LOG_H

#include <stdbool.h>
#include <syslog.h>

struct log {
	int max_level; /* of <syslog.h>: messages above it are dropped */
	bool to_journal;
};

/* LOG_INFO and below, or all with `verbose`. */
void log_init(struct log *l, bool verbose);

/* Prints one message; `format` has no newline. Does not allocate; keeps errno. */
void log_print(const struct log *l, int level, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#define log_error(l, ...)   log_print(l, LOG_ERR, __VA_ARGS__)
#define log_warning(l, ...) log_print(l, LOG_WARNING, __VA_ARGS__)
#define log_info(l, ...)    log_print(l, LOG_INFO, __VA_ARGS__)
#define log_debug(l, ...)   log_print(l, LOG_DEBUG, __VA_ARGS__)

#endif
