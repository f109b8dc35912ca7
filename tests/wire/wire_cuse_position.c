// SPDX-License-Identifier: MIT
/*
 * Positions on the character device: the kernel passes none. A request's offset counts from where
 * its call of read(2) or write(2) began, in chunks of 128 KiB.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "client.h"

#define CHUNK CUSE_MAX_TRANSFER
#define LARGE (16 * CHUNK)

#define PATTERN 1u

static const struct bench_options large = {.kind = CHANNEL_CUSE, .max_size = LARGE};

/* A device of 2 MiB with a pattern, written as the kernel does one large write(2), and its position
 * at 0. */
static struct client patterned(void **state)
{
	struct bench *b = bench_start(state, &large);
	struct client c = client_of(b, 0, O_RDWR);
	unsigned char chunk[CHUNK];

	assert_int_equal(client_resize(&c, LARGE), 0);
	for (uint64_t offset = 0; offset < LARGE; offset += CHUNK) {
		client_pattern(chunk, CHUNK, offset, PATTERN);
		assert_int_equal(client_write(&c, offset, chunk, CHUNK), CHUNK);
	}
	assert_int_equal(client_seek(&c, 0), 0);
	return c;
}

/* One chunk of a call by a thread must be the content from `start` on. */
static void expect_chunk(struct client *c, uint32_t pid, uint64_t offset, uint32_t size,
			 uint64_t start)
{
	unsigned char got[CHUNK], expected[CHUNK];

	c->pid = pid;
	client_pattern(expected, size, start, PATTERN);
	assert_int_equal(client_read(c, offset, got, size), size);
	if (memcmp(got, expected, size) != 0)
		fail_msg("thread %u, offset %llu: not the content from %llu on", pid,
			 (unsigned long long)offset, (unsigned long long)start);
}

static void position_advances_across_requests(void **state)
{
	struct bench *b = bench_start(state, &cuse);
	struct client c = client_of(b, 0, O_RDWR);
	char text[128];

	assert_int_equal(client_read(&c, 0, text, 7), 7);
	assert_memory_equal(text, "On the ", 7);
	assert_int_equal(client_read(&c, 0, text, 5), 5);
	assert_memory_equal(text, "whole", 5);
	assert_int_equal(client_read(&c, 0, text, sizeof(text)), 116);
	assert_int_equal(client_read(&c, 0, text, sizeof(text)), 0);
}

static void read_and_write_share_the_position(void **state)
{
	struct bench *b = bench_start(state, &cuse);
	struct client c = client_of(b, 0, O_RDWR);
	char text[128];

	assert_int_equal(client_read(&c, 0, text, 3), 3);
	assert_int_equal(client_write(&c, 0, "THE", 3), 3);
	assert_int_equal(client_read(&c, 0, text, 6), 6);
	assert_memory_equal(text, " whole", 6);
}

static void each_open_file_has_its_own_position(void **state)
{
	struct bench *b = bench_start(state, &cuse);
	struct client one = client_of(b, 0, O_RDONLY), two = client_of(b, 0, O_RDONLY);
	char text[8];

	assert_int_equal(client_read(&one, 0, text, 7), 7);
	assert_int_equal(client_read(&two, 0, text, 2), 2);
	assert_memory_equal(text, "On", 2);
	assert_int_equal(client_read(&one, 0, text, 5), 5);
	assert_memory_equal(text, "whole", 5);
}

static void append_starts_at_0_and_truncate_changes_nothing(void **state)
{
	struct bench *b = bench_start(state, &cuse);
	struct client c = client_of(b, 0, O_RDWR | O_APPEND | O_TRUNC);
	char text[8];

	assert_int_equal(client_size(&c), 128);
	assert_int_equal(client_write(&c, 0, "in", 2), 2);
	assert_int_equal(client_seek(&c, 0), 0);
	assert_int_equal(client_read(&c, 0, text, 6), 6);
	assert_memory_equal(text, "in the", 6);
}

static void chunks_of_one_call_count_from_its_beginning(void **state)
{
	struct client c = patterned(state);

	expect_chunk(&c, 1, 0, 100, 0);
	for (uint64_t offset = 0; offset < 4 * CHUNK; offset += CHUNK)
		expect_chunk(&c, 1, offset, CHUNK, 100 + offset);
	expect_chunk(&c, 1, 4 * CHUNK, 50, 100 + 4 * CHUNK);
	/* The next call goes on behind it. */
	expect_chunk(&c, 1, 0, 10, 150 + 4 * CHUNK);
}

static void two_threads_may_interleave_large_reads(void **state)
{
	struct client c = patterned(state);

	expect_chunk(&c, 1, 0, CHUNK, 0);
	expect_chunk(&c, 2, 0, CHUNK, CHUNK);
	expect_chunk(&c, 1, CHUNK, CHUNK, CHUNK);
	expect_chunk(&c, 2, CHUNK, CHUNK, 2 * CHUNK);
	expect_chunk(&c, 2, 2 * CHUNK, CHUNK, 3 * CHUNK);
	expect_chunk(&c, 1, 2 * CHUNK, CHUNK, 2 * CHUNK);
}

static void two_threads_may_interleave_large_writes(void **state)
{
	struct client c = patterned(state);
	unsigned char one[CHUNK], two[CHUNK], got[CHUNK];

	memset(one, 1, CHUNK);
	memset(two, 2, CHUNK);
	c.pid = 1;
	assert_int_equal(client_write(&c, 0, one, CHUNK), CHUNK);
	c.pid = 2;
	assert_int_equal(client_write(&c, 0, two, CHUNK), CHUNK);
	assert_int_equal(client_write(&c, CHUNK, two, CHUNK), CHUNK);
	c.pid = 1;
	assert_int_equal(client_write(&c, CHUNK, one, CHUNK), CHUNK);
	/* Thread 1 wrote chunks 0 and 1, thread 2 chunks 1 and 2, and 1 was the last in chunk 1. */
	assert_int_equal(client_seek(&c, 0), 0);
	assert_int_equal(client_read(&c, 0, got, CHUNK), CHUNK);
	assert_memory_equal(got, one, CHUNK);
	assert_int_equal(client_read(&c, 0, got, CHUNK), CHUNK);
	assert_memory_equal(got, one, CHUNK);
	assert_int_equal(client_read(&c, 0, got, CHUNK), CHUNK);
	assert_memory_equal(got, two, CHUNK);
}

static void a_threads_next_call_begins_at_the_position(void **state)
{
	struct client c = patterned(state);

	expect_chunk(&c, 1, 0, CHUNK, 0);
	expect_chunk(&c, 1, CHUNK, CHUNK, CHUNK);
	expect_chunk(&c, 1, 0, CHUNK, 2 * CHUNK);
	expect_chunk(&c, 1, CHUNK, CHUNK, 3 * CHUNK);
}

/* One thread more than the daemon remembers calls of: the oldest call goes on where the last one
 * stopped. */
static void more_threads_than_places_go_on_at_the_common_position(void **state)
{
	struct client c = patterned(state);
	uint64_t position = 0;

	for (uint32_t pid = 1; pid <= OPENFILE_CALLS + 1; pid++, position += CHUNK)
		expect_chunk(&c, pid, 0, CHUNK, position);
	expect_chunk(&c, 1, CHUNK, CHUNK, position);
	for (uint32_t pid = 2; pid <= OPENFILE_CALLS + 1; pid++)
		expect_chunk(&c, pid, CHUNK, CHUNK, pid * CHUNK);
}

static void a_large_read_ends_short_at_the_end(void **state)
{
	struct client c = patterned(state);
	unsigned char got[CHUNK];

	assert_int_equal(client_seek(&c, LARGE - CHUNK - 5), 0);
	expect_chunk(&c, 1, 0, CHUNK, LARGE - CHUNK - 5);
	assert_int_equal(client_read(&c, CHUNK, got, CHUNK), 5);
	assert_int_equal(client_read(&c, 0, got, CHUNK), 0);
}

static void a_large_write_ends_short_then_finds_no_space(void **state)
{
	struct client c = patterned(state);
	unsigned char data[CHUNK] = {0};

	assert_int_equal(client_seek(&c, LARGE - CHUNK - 5), 0);
	assert_int_equal(client_write(&c, 0, data, CHUNK), CHUNK);
	assert_int_equal(client_write(&c, CHUNK, data, CHUNK), 5);
	assert_int_equal(client_write(&c, 0, data, 1), -ENOSPC);
	assert_int_equal(client_write(&c, 0, data, 0), 0);
}

static void a_position_past_a_shrunk_end_is_invalid(void **state)
{
	struct client c = patterned(state);
	char byte = 0;

	assert_int_equal(client_seek(&c, 1000), 0);
	assert_int_equal(client_resize(&c, 999), 0);
	assert_int_equal(client_read(&c, 0, &byte, 1), -EINVAL);
	assert_int_equal(client_write(&c, 0, &byte, 1), -EINVAL);
	assert_int_equal(client_seek(&c, 1000), -EINVAL);
	assert_int_equal(client_seek(&c, 999), 0);
	assert_int_equal(client_read(&c, 0, &byte, 1), 0);
}

static void a_call_of_16_mib_passes_whole(void **state)
{
	const struct bench_options o = {.kind = CHANNEL_CUSE, .max_size = 16 << 20};
	struct bench *b = bench_start(state, &o);
	struct client c = client_of(b, 0, O_RDWR);
	unsigned char chunk[CHUNK];

	assert_int_equal(client_resize(&c, o.max_size), 0);
	for (uint64_t offset = 0; offset < o.max_size; offset += CHUNK) {
		client_pattern(chunk, CHUNK, offset, PATTERN);
		assert_int_equal(client_write(&c, offset, chunk, CHUNK), CHUNK);
	}
	assert_int_equal(client_seek(&c, 0), 0);
	for (uint64_t offset = 0; offset < o.max_size; offset += CHUNK)
		expect_chunk(&c, 1, offset, CHUNK, offset);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		bench_test(position_advances_across_requests),
		bench_test(read_and_write_share_the_position),
		bench_test(each_open_file_has_its_own_position),
		bench_test(append_starts_at_0_and_truncate_changes_nothing),
		bench_test(chunks_of_one_call_count_from_its_beginning),
		bench_test(two_threads_may_interleave_large_reads),
		bench_test(two_threads_may_interleave_large_writes),
		bench_test(a_threads_next_call_begins_at_the_position),
		bench_test(more_threads_than_places_go_on_at_the_common_position),
		bench_test(a_large_read_ends_short_at_the_end),
		bench_test(a_large_write_ends_short_then_finds_no_space),
		bench_test(a_position_past_a_shrunk_end_is_invalid),
		bench_test(a_call_of_16_mib_passes_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
