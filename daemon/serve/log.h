/* SPDX-License-Identifier: MIT */
/*
 * Messages to stderr, one line each. Under systemd they carry the <N> priorities of sd-daemon(3), and the
 * journal does the rest; elsewhere they begin with the program's name.
 *
 * What happens to the daemon or its devices is an event: a sentence, then the same for programs,
 *
 *	qotd has a new size of 4096 bytes | event=resize device=qotd from=128 to=4096
 *
 * Behind the only " | event=" of a line come NAME=VALUE pairs. No value has a blank in it; sizes are bytes.
 */
#ifndef LOG_H
#define LOG_H

#include <stdatomic.h>
#include <stdbool.h>
#include <syslog.h>

struct log_queue;

struct log {
	_Atomic int max_level; /* of <syslog.h>: messages above it are dropped */
	bool to_journal;
	struct log_queue *queue; /* between log_start_queue() and log_end_queue() */
};

/* Messages up to a level of <syslog.h>. */
void log_init(struct log *l, int max_level);

/* What --log-level calls a level: error, warning, info, debug. -EINVAL for any other name. */
int log_parse_level(const char *name);
const char *log_level_name(int level);

/*
 * From now on no message waits for whoever reads stderr. The calling thread's are printed at once, if they
 * can be. Those of other threads, which serve requests, wait for log_flush(), and no more than a few in a few
 * seconds are kept, unless the level is debug: a client that resizes all day shall not fill the journal.
 * What is left out is counted, and log_flush() says how much it was.
 *
 * `wake` tells, from any thread and without blocking, that log_flush() has something to do. Returns 0 or
 * -ENOMEM. No other thread may print while these two run.
 */
int log_start_queue(struct log *l, void (*wake)(void *ctx), void *ctx);
void log_end_queue(struct log *l);

/* Prints what is queued. Returns whether something is left: then call it again in a while. */
bool log_flush(const struct log *l);

/* Prints one message; `format` has no newline. Does not allocate; keeps errno. */
void log_print(const struct log *l, int level, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#define log_error(l, ...)   log_print(l, LOG_ERR, __VA_ARGS__)
#define log_warning(l, ...) log_print(l, LOG_WARNING, __VA_ARGS__)
#define log_info(l, ...)    log_print(l, LOG_INFO, __VA_ARGS__)
#define log_debug(l, ...)   log_print(l, LOG_DEBUG, __VA_ARGS__)

/* `sentence` and `event`, a name and its pairs, are literals; their arguments follow in this order. */
#define log_event(l, level, sentence, event, ...) \
	log_print(l, level, sentence " | event=" event, __VA_ARGS__)

#endif
