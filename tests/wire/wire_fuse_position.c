// SPDX-License-Identifier: MIT
/* Positions on FUSE: the kernel keeps them and sends real offsets, unless told or found otherwise.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "client.h"

static void offsets_are_positions(void **state)
{
	struct bench *b = bench_start(state, &fuse);
	struct client c = client_of(b, 0, O_RDWR);
	char text[128];

	assert_int_equal(client_read(&c, 7, text, 5), 5);
	assert_memory_equal(text, "whole", 5);
	assert_int_equal(client_read(&c, 0, text, 2), 2);
	assert_memory_equal(text, "On", 2);
	assert_int_equal(client_write(&c, 3, "THE", 3), 3);
	assert_int_equal(client_read(&c, 3, text, 9), 9);
	assert_memory_equal(text, "THE whole", 9);
	assert_int_equal(client_read(&c, 120, text, sizeof(text)), 8);
	assert_int_equal(client_read(&c, 128, text, sizeof(text)), 0);
}

static void an_offset_past_the_end_is_invalid(void **state)
{
	struct bench *b = bench_start(state, &fuse);
	struct client c = client_of(b, 0, O_RDWR);
	const uint64_t offsets[] = {129, UINT32_MAX, INT64_MAX, (uint64_t)INT64_MAX + 1,
				    UINT64_MAX};
	char byte = 0;

	for (size_t i = 0; i < COUNT(offsets); i++) {
		assert_int_equal(client_read(&c, offsets[i], &byte, 1), -EINVAL);
		assert_int_equal(client_write(&c, offsets[i], &byte, 1), -EINVAL);
	}
	assert_int_equal(client_write(&c, 128, &byte, 1), -ENOSPC);
	assert_int_equal(client_info(&c).flags, 0);
}

/* With O_APPEND the kernel sends the size for an offset, but the device has no end to append to. */
static void an_append_handle_starts_at_0_and_keeps_its_position(void **state)
{
	struct bench *b = bench_start(state, &fuse);
	struct client c = client_of(b, 0, O_RDWR | O_APPEND);
	char text[16];

	assert_int_equal(client_write(&c, 128, "in ", 3), 3);
	assert_int_equal(client_write(&c, 128, "THE", 3), 3);
	assert_int_equal(client_read(&c, 128, text, 6), 6);
	assert_memory_equal(text, " whole", 6);
	assert_int_equal(client_seek(&c, 0), 0);
	assert_int_equal(client_read(&c, 77, text, 6), 6);
	assert_memory_equal(text, "in THE", 6);
}

static void set_position_takes_the_position_from_the_kernel(void **state)
{
	struct bench *b = bench_start(state, &fuse);
	struct client c = client_of(b, 0, O_RDWR), other = client_of(b, 0, O_RDONLY);
	char text[16];

	assert_int_equal(client_read(&c, 100, text, 1), 1);
	assert_int_equal(client_seek(&c, 7), 0);
	assert_int_equal(client_read(&c, 100, text, 5), 5);
	assert_memory_equal(text, "whole", 5);
	assert_int_equal(client_read(&c, 0, text, 2), 2);
	assert_memory_equal(text, ", ", 2);
	/* Only of this open file. */
	assert_int_equal(client_read(&other, 7, text, 5), 5);
	assert_memory_equal(text, "whole", 5);
}

static void a_refused_set_position_changes_nothing(void **state)
{
	struct bench *b = bench_start(state, &fuse);
	struct client c = client_of(b, 0, O_RDONLY);
	char text[8];

	assert_int_equal(client_seek(&c, 129), -EINVAL);
	assert_int_equal(client_read(&c, 7, text, 5), 5);
	assert_memory_equal(text, "whole", 5);
	assert_int_equal(client_seek(&c, 128), 0);
	assert_int_equal(client_read(&c, 7, text, 5), 0);
}

static void truncating_open_changes_nothing(void **state)
{
	struct bench *b = bench_start(state, &fuse);
	struct client c = client_of(b, 0, O_RDWR | O_TRUNC);
	char text[BENCH_QUOTE_LENGTH];

	assert_int_equal(client_size(&c), 128);
	assert_int_equal(client_read(&c, 0, text, sizeof(text)), sizeof(text));
	assert_memory_equal(text, bench_quote, sizeof(text));
	assert_int_equal(client_info(&c).flags, 0);
}

static void one_request_moves_1_mib(void **state)
{
	const struct bench_options o = {.kind = CHANNEL_FUSE, .max_size = FUSE_MAX_TRANSFER};
	struct bench *b = bench_start(state, &o);
	struct client c = client_of(b, 0, O_RDWR);
	unsigned char *data, *got;

	if (c.kernel->largest < FUSE_MAX_TRANSFER + BENCH_PAGE)
		bench_skip("no socket takes 1 MiB in one message: root, or net.core.wmem_max of 2 "
			   "MiB");
	data = malloc(FUSE_MAX_TRANSFER);
	got = calloc(1, FUSE_MAX_TRANSFER);
	assert_true(data && got);
	client_pattern(data, FUSE_MAX_TRANSFER, 0, 3);
	assert_int_equal(client_resize(&c, FUSE_MAX_TRANSFER), 0);
	assert_int_equal(client_write(&c, 0, data, FUSE_MAX_TRANSFER), FUSE_MAX_TRANSFER);
	assert_int_equal(client_read(&c, 0, got, FUSE_MAX_TRANSFER), FUSE_MAX_TRANSFER);
	assert_memory_equal(got, data, FUSE_MAX_TRANSFER);
	free(data);
	free(got);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		bench_test(offsets_are_positions),
		bench_test(an_offset_past_the_end_is_invalid),
		bench_test(an_append_handle_starts_at_0_and_keeps_its_position),
		bench_test(set_position_takes_the_position_from_the_kernel),
		bench_test(a_refused_set_position_changes_nothing),
		bench_test(truncating_open_changes_nothing),
		bench_test(one_request_moves_1_mib),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
