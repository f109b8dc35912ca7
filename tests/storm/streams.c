/* SPDX-License-Identifier: MIT */
/*
 * Calls that go on where the last one ended. The device keeps the position, so a call that happens twice, or
 * not at all, shows in what comes after it.
 */
#include "client.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#define CALL_MAX 9973

/*
 * One descriptor for the whole storm, over and over from start to end. On FUSE, QOTDIOCSPOS and O_APPEND both
 * make the device keep the position.
 */
void run_pattern_reader(struct client *c)
{
	int fd = open_device(c, DEVICE_PATTERN, c->number % 2 ? O_RDONLY : O_RDONLY | O_APPEND);
	unsigned char buffer[CALL_MAX];
	uint64_t position = 0;

	set_position(c, fd, 0);
	while (go_on(c, "streaming")) {
		size_t size = 1 + (size_t)random_below(&c->random, CALL_MAX);
		size_t left = PATTERN_SIZE - (size_t)position;
		size_t got = read_some(c, fd, buffer, size);

		if (got != (size < left ? size : left))
			fail(c, got < left ? DOUBLED : LOST,
			     "a read of %zu bytes with %zu left gave %zu", size, left, got);
		check_pattern(c, buffer, got, position, 0);
		position += got;
		if (got == 0) {
			set_position(c, fd, 0);
			position = 0;
		}
		c->count++;
	}
}

static void check_changes(struct client *c, int fd, uint64_t right, const char *after)
{
	uint64_t changes = get_info(c, fd).changes;

	if (changes != right)
		fail(c, changes > right ? DOUBLED : LOST,
		     "%llu changes have been counted instead of %llu, after %s",
		     (unsigned long long)changes, (unsigned long long)right, after);
}

/* Writes the whole device in odd pieces and counts them. */
static unsigned int write_pass(struct client *c, int fd, uint32_t pass)
{
	unsigned char buffer[CALL_MAX];
	size_t position = 0;
	unsigned int calls = 0;

	while (position < STREAM_SIZE) {
		size_t size = 1 + (size_t)random_below(&c->random, CALL_MAX);
		size_t left = STREAM_SIZE - position;
		size_t written;

		proceed(c, "writing a stream");
		fill_pattern(buffer, size, position, pass);
		written = write_some(c, fd, buffer, size);
		if (written != (size < left ? size : left))
			fail(c, written < left ? DOUBLED : LOST,
			     "a write of %zu bytes with %zu left took %zu", size, left, written);
		position += written;
		calls++;
	}
	if (write(fd, buffer, 1) != -1)
		fail(c, LOST, "the device takes more than its size");
	if (errno != ENOSPC)
		fail_call(c, "write at the end");
	return calls;
}

static void read_pass(struct client *c, int fd, uint32_t pass)
{
	unsigned char buffer[CALL_MAX];
	uint64_t position = 0;
	size_t got;

	set_position(c, fd, 0);
	while ((got = read_some(c, fd, buffer, sizeof(buffer))) > 0) {
		proceed(c, "reading a stream back");
		check_pattern(c, buffer, got, position, pass);
		position += got;
	}
	if (position != STREAM_SIZE)
		fail(c, position < STREAM_SIZE ? DOUBLED : LOST, "the stream has %llu bytes",
		     (unsigned long long)position);
}

/* The only one who changes the device: each write counts once. */
void run_stream_writer(struct client *c)
{
	int other = open_device(c, DEVICE_STREAM, O_RDONLY);
	uint64_t changes = get_info(c, other).changes;

	for (uint32_t pass = 1; go_on(c, "writing a stream"); pass++) {
		int fd = open_device(c, DEVICE_STREAM, O_RDWR | O_APPEND);
		unsigned int calls = write_pass(c, fd, pass);

		changes += calls;
		check_changes(c, other, changes, "a stream of writes");
		read_pass(c, other, pass);
		close_device(c, fd);
		c->count += calls;
	}
}
