/* SPDX-License-Identifier: MIT */
/*
 * Lines on their way to a descriptor that may not take them now. Any thread puts them in, one takes them out
 * and prints them. The log is its only user.
 */
#ifndef LOG_QUEUE_H
#define LOG_QUEUE_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* No line is longer, its newline included. */
#define LOG_LINE_MAX 1024

/* Room for all that happens between two looks of the printer. */
#define LOG_QUEUE_SIZE (64u << 10)

/* Of the other threads' lines, so many are kept in so many milliseconds. */
#define LOG_BURST     20
#define LOG_WINDOW_MS 5000

struct log_queue {
	pthread_t printer;
	void (*wake)(void *ctx);
	void *ctx;
	pthread_mutex_t lock; /* guards all below; held for copying a line, no longer */
	int64_t window_end;   /* ms of CLOCK_MONOTONIC */
	unsigned in_window;   /* lines of other threads since it began */
	uint64_t left_out;    /* lines that nobody has been told of */
	size_t start, length; /* of what is in `text`, which goes on at its beginning */
	char text[LOG_QUEUE_SIZE];
};

/* A queue whose printer is the calling thread, or NULL. */
struct log_queue *log_queue_create(void (*wake)(void *ctx), void *ctx);
void log_queue_destroy(struct log_queue *q);

/* Whether the calling thread is the printer. */
bool log_queue_is_mine(const struct log_queue *q);

/* Tells the printer that there is something to do. */
void log_queue_wake(struct log_queue *q);

/* Whether a line of the calling thread is welcome; else it counts as left out, and the printer is told. */
bool log_queue_admits(struct log_queue *q, bool without_limit);

/* Puts a line in, its newline included, or leaves it out when there is no room. */
void log_queue_put(struct log_queue *q, const char *line, size_t length);

bool log_queue_is_empty(struct log_queue *q);

/*
 * Prints the oldest line to a descriptor that takes it within so many ms. Returns false when there is none, or
 * it stays.
 */
bool log_queue_print_one(struct log_queue *q, int fd, int timeout_ms);

/* Takes the number of lines left out, once their window is over or at the end. 0: none, or not yet. */
uint64_t log_queue_take_left_out(struct log_queue *q, bool at_end);

/* Whether lines were left out and not yet taken. */
bool log_queue_has_left_out(struct log_queue *q);

#endif
