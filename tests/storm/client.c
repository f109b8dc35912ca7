/* SPDX-License-Identifier: MIT */
#include "client.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#define TURN_WAIT_NS 50000000

uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

void sleep_ns(uint64_t ns)
{
	struct timespec time = {(time_t)(ns / 1000000000), (long)(ns % 1000000000)};

	nanosleep(&time, NULL);
}

uint64_t random_below(uint64_t *state, uint64_t bound)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return (*state >> 11) % bound;
}

void proceed(struct client *c, const char *doing)
{
	c->beat++;
	c->doing = doing;
}

bool go_on(struct client *c, const char *doing)
{
	proceed(c, doing);
	return !storm->stop;
}

void fail(struct client *c, enum failure kind, const char *format, ...)
{
	va_list args;

	/* Of several threads, the first one says what is wrong. */
	if (atomic_fetch_add(&c->failures[kind], 1) == 0 && !c->has_failed) {
		va_start(args, format);
		vsnprintf(c->message, sizeof(c->message), format, args);
		va_end(args);
		c->has_failed = true;
	}
	_exit(1);
}

void fail_call(struct client *c, const char *call)
{
	fail(c, ERROR, "%s: %s, while it was at: %s", call, strerrorname_np(errno), c->doing);
}

int open_device(struct client *c, enum device device, int flags)
{
	int fd = open(storm->devices[device], flags | O_CLOEXEC);

	if (fd < 0)
		fail_call(c, "open");
	return fd;
}

void close_device(struct client *c, int fd)
{
	if (close(fd) < 0)
		fail_call(c, "close");
}

size_t read_some(struct client *c, int fd, void *buffer, size_t size)
{
	ssize_t got = read(fd, buffer, size);

	if (got < 0)
		fail_call(c, "read");
	return (size_t)got;
}

size_t write_some(struct client *c, int fd, const void *data, size_t size)
{
	ssize_t written = write(fd, data, size);

	if (written < 0)
		fail_call(c, "write");
	return (size_t)written;
}

void set_position(struct client *c, int fd, uint64_t position)
{
	if (ioctl(fd, QOTDIOCSPOS, &position) < 0)
		fail_call(c, "QOTDIOCSPOS");
}

uint64_t get_size(struct client *c, int fd)
{
	uint64_t size = 0;

	if (ioctl(fd, QOTDIOCGSZ, &size) < 0)
		fail_call(c, "QOTDIOCGSZ");
	return size;
}

void set_size(struct client *c, int fd, uint64_t size)
{
	if (ioctl(fd, QOTDIOCSSZ, &size) < 0)
		fail_call(c, "QOTDIOCSSZ");
}

struct qotd_info get_info(struct client *c, int fd)
{
	struct qotd_info info = {0};

	if (ioctl(fd, QOTDIOCGINFO, &info) < 0)
		fail_call(c, "QOTDIOCGINFO");
	return info;
}

void read_at(struct client *c, int fd, uint64_t position, void *buffer, size_t size)
{
	size_t got;

	set_position(c, fd, position);
	got = read_some(c, fd, buffer, size);
	if (got != size)
		fail(c, got < size ? DOUBLED : LOST, "a read of %zu bytes at %llu gave %zu", size,
		     (unsigned long long)position, got);
}

void write_at(struct client *c, int fd, uint64_t position, const void *data, size_t size)
{
	size_t written;

	set_position(c, fd, position);
	written = write_some(c, fd, data, size);
	if (written != size)
		fail(c, DOUBLED, "a write of %zu bytes at %llu took %zu", size,
		     (unsigned long long)position, written);
}

static uint64_t pattern_word(uint64_t position, uint32_t pass)
{
	return (uint64_t)pass << 32 | position / 8 * 8;
}

void fill_pattern(void *buffer, size_t size, uint64_t position, uint32_t pass)
{
	unsigned char *bytes = buffer;

	for (size_t i = 0; i < size; i++)
		bytes[i] =
			(unsigned char)(pattern_word(position + i, pass) >> (position + i) % 8 * 8);
}

/* The pattern is wrong from offset `at` on. What the next whole word says tells in which direction. */
static void explain(struct client *c, const unsigned char *got, size_t size, size_t at,
		    uint64_t position, uint32_t pass)
{
	uint64_t word = 0, right;
	size_t whole = at + (8 - (position + at) % 8) % 8;

	if (whole + 8 <= size) {
		memcpy(&word, got + whole, 8);
		at = whole;
	}
	right = pattern_word(position + at, pass);
	fail(c, word > right ? DOUBLED : LOST,
	     "at %llu there is %llx instead of %llx, while it was at: %s",
	     (unsigned long long)(position + at), (unsigned long long)word,
	     (unsigned long long)right, c->doing);
}

void check_pattern(struct client *c, const void *got, size_t size, uint64_t position, uint32_t pass)
{
	const unsigned char *bytes = got;

	for (size_t i = 0; i < size; i++) {
		uint64_t p = position + i;

		if (bytes[i] != (unsigned char)(pattern_word(p, pass) >> p % 8 * 8))
			explain(c, bytes, size, i, position, pass);
	}
}

void take_turn(struct client *c)
{
	struct timespec until;

	do {
		proceed(c, "waiting for its turn");
		clock_gettime(CLOCK_REALTIME, &until);
		until.tv_nsec += TURN_WAIT_NS;
		if (until.tv_nsec >= 1000000000) {
			until.tv_nsec -= 1000000000;
			until.tv_sec++;
		}
	} while (pthread_mutex_timedlock(&storm->turn, &until) == ETIMEDOUT);
}

/* The mutex is not fair: who has waited needs a moment to take it. */
void give_turn(void)
{
	pthread_mutex_unlock(&storm->turn);
	sleep_ns(2000000);
}
