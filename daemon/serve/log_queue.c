// SPDX-License-Identifier: MIT
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cleanup.h"
#include "clock.h"
#include "log_queue.h"

struct log_queue *log_queue_create(void (*wake)(void *ctx), void *ctx)
{
	struct log_queue *q = calloc(1, sizeof(*q));

	if (!q)
		return NULL;
	q->printer = pthread_self();
	q->wake = wake;
	q->ctx = ctx;
	pthread_mutex_init(&q->lock, NULL);
	return q;
}

void log_queue_destroy(struct log_queue *q)
{
	pthread_mutex_destroy(&q->lock);
	free(q);
}

bool log_queue_is_mine(const struct log_queue *q)
{
	return pthread_equal(pthread_self(), q->printer);
}

void log_queue_wake(struct log_queue *q)
{
	q->wake(q->ctx);
}

/* Locked. */
static bool admits(struct log_queue *q, bool without_limit)
{
	int64_t now = clock_ms(CLOCK_MONOTONIC_COARSE);

	if (now >= q->window_end) {
		q->window_end = now + LOG_WINDOW_MS;
		q->in_window = 0;
	}
	if (!without_limit && q->in_window >= LOG_BURST)
		return false;
	q->in_window++;
	return true;
}

/* The wake comes once for all that are left out: the printer looks again by itself. */
bool log_queue_admits(struct log_queue *q, bool without_limit)
{
	bool is_first = false;
	bool admitted = true;

	if (log_queue_is_mine(q))
		return true;
	pthread_mutex_lock(&q->lock);
	if (!admits(q, without_limit)) {
		is_first = q->left_out++ == 0;
		admitted = false;
	}
	pthread_mutex_unlock(&q->lock);
	if (is_first)
		log_queue_wake(q);
	return admitted;
}

void log_queue_put(struct log_queue *q, const char *line, size_t length)
{
	size_t end, before_wrap;

	pthread_mutex_lock(&q->lock);
	if (length > LOG_QUEUE_SIZE - q->length) {
		q->left_out++;
	} else {
		end = (q->start + q->length) % LOG_QUEUE_SIZE;
		before_wrap = LOG_QUEUE_SIZE - end < length ? LOG_QUEUE_SIZE - end : length;
		memcpy(q->text + end, line, before_wrap);
		memcpy(q->text, line + before_wrap, length - before_wrap);
		q->length += length;
	}
	pthread_mutex_unlock(&q->lock);
}

/* Copies the oldest line, which stays. Returns its length, 0: there is none. */
static size_t copy_oldest(struct log_queue *q, char line[static LOG_LINE_MAX])
{
	LOCK_SCOPE(&q->lock);
	size_t n = 0;

	while (n < q->length) {
		line[n] = q->text[(q->start + n) % LOG_QUEUE_SIZE];
		if (line[n++] == '\n')
			break;
	}
	return n;
}

static void remove_oldest(struct log_queue *q, size_t length)
{
	LOCK_SCOPE(&q->lock);

	q->length -= length;
	/* An empty one begins at its first page again: no more of it than needed is ever touched. */
	q->start = q->length == 0 ? 0 : (q->start + length) % LOG_QUEUE_SIZE;
}

bool log_queue_is_empty(struct log_queue *q)
{
	LOCK_SCOPE(&q->lock);

	return q->length == 0;
}

/* One write(2) per line, so that lines of several processes do not mix. */
bool log_queue_print_one(struct log_queue *q, int fd, int timeout_ms)
{
	struct pollfd p = {.fd = fd, .events = POLLOUT};
	char line[LOG_LINE_MAX];
	size_t length = copy_oldest(q, line);

	if (length == 0 || poll(&p, 1, timeout_ms) == 0)
		return false;
	(void)!write(fd, line, length);
	remove_oldest(q, length);
	return true;
}

uint64_t log_queue_take_left_out(struct log_queue *q, bool at_end)
{
	LOCK_SCOPE(&q->lock);
	uint64_t count = q->left_out;

	if (!at_end && clock_ms(CLOCK_MONOTONIC_COARSE) < q->window_end)
		return 0;
	q->left_out = 0;
	return count;
}

bool log_queue_has_left_out(struct log_queue *q)
{
	LOCK_SCOPE(&q->lock);

	return q->left_out > 0;
}
