// SPDX-License-Identifier: MIT
/* Reading the directory of the FUSE mount, whole and in pieces. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "client.h"

#define INSTANCES 300

static const struct bench_options many = {.kind = CHANNEL_FUSE, .instances = INSTANCES};

static struct packet *read_directory(struct bench *b, uint64_t nodeid, uint64_t offset,
				     uint32_t size)
{
	const struct fuse_read_in in = {.offset = offset, .size = size};
	uint64_t unique = kernel_send(&b->kernels[0], &(struct message){
							      .opcode = FUSE_READDIR,
							      .nodeid = nodeid,
							      .body = &in,
							      .body_size = sizeof(in),
						      });

	return kernel_answer(&b->kernels[0], unique);
}

/* The entry number `index` must have the name and the type that belong there. */
static void check_entry(const struct fuse_dirent *e, const char *name, unsigned index)
{
	char expected[32];

	if (index < 2)
		snprintf(expected, sizeof(expected), "%s", index == 0 ? "." : "..");
	else if (index == 2)
		snprintf(expected, sizeof(expected), "qotd");
	else
		snprintf(expected, sizeof(expected), "qotd%u", index - 2);
	assert_int_equal(e->namelen, strlen(expected));
	assert_memory_equal(name, expected, e->namelen);
	assert_int_equal(e->type, index < 2 ? S_IFDIR >> 12 : S_IFREG >> 12);
}

/* Reads all with requests of a size; every entry must come once, in order. Returns the number of
 * requests. */
static unsigned walk(struct bench *b, uint32_t size)
{
	uint64_t offset = 0;
	unsigned index = 0, requests = 0;

	for (;;) {
		struct packet *p = read_directory(b, FUSE_ROOT_ID, offset, size);
		size_t used = 0;

		requests++;
		assert_int_equal(p->header.error, 0);
		assert_true(p->length <= size);
		if (p->length == 0) {
			free(p);
			break;
		}
		while (used < p->length) {
			struct fuse_dirent e;

			memcpy(&e, p->payload + used, sizeof(e));
			check_entry(&e, (char *)p->payload + used + FUSE_NAME_OFFSET, index++);
			offset = e.off;
			used += FUSE_DIRENT_ALIGN(FUSE_NAME_OFFSET + e.namelen);
		}
		assert_int_equal(used, p->length);
		free(p);
	}
	assert_int_equal(index, INSTANCES + 2);
	return requests;
}

static void all_instances_are_listed_in_pieces_of_any_size(void **state)
{
	struct bench *b = bench_start(state, &many);

	assert_true(walk(b, 4096) > 1);
	walk(b, 64);
	walk(b, 100);
	walk(b, UINT32_MAX);
}

static void a_piece_too_small_for_an_entry_is_empty(void **state)
{
	struct bench *b = bench_start(state, &many);

	for (uint32_t size = 0; size < 32; size++) {
		struct packet *p = read_directory(b, FUSE_ROOT_ID, 0, size);

		assert_int_equal(p->header.error, 0);
		assert_int_equal(p->length, 0);
		free(p);
	}
}

static void offsets_that_do_not_exist_are_the_end_or_invalid(void **state)
{
	const uint64_t offsets[] = {INSTANCES + 2, INSTANCES + 3, UINT32_MAX, INT64_MAX};
	struct bench *b = bench_start(state, &many);
	struct packet *p;

	for (size_t i = 0; i < COUNT(offsets); i++) {
		p = read_directory(b, FUSE_ROOT_ID, offsets[i], 4096);
		assert_int_equal(p->header.error, 0);
		assert_int_equal(p->length, 0);
		free(p);
	}
	p = read_directory(b, FUSE_ROOT_ID, UINT64_MAX, 4096);
	assert_int_equal(p->header.error, -EINVAL);
	free(p);
}

static void a_file_is_no_directory(void **state)
{
	struct bench *b = bench_start(state, &many);
	struct packet *p = read_directory(b, FUSE_ROOT_ID + 1, 0, 4096);

	assert_int_equal(p->header.error, -ENOTDIR);
	free(p);
}

static void a_detached_device_is_listed_no_more(void **state)
{
	const struct bench_options two = {.kind = CHANNEL_FUSE, .instances = 2};
	struct bench *b = bench_start(state, &two);
	struct client c = client_of(b, 0, O_RDWR);
	struct packet *p;

	assert_int_equal(client_ioctl(&c, QOTDIOCDETACH, NULL), 0);
	assert_int_equal(client_close(&c), 0);
	assert_true(bench_handle_notice(b));
	p = read_directory(b, FUSE_ROOT_ID, 2, 4096);
	assert_int_equal(p->length, FUSE_DIRENT_ALIGN(FUSE_NAME_OFFSET + strlen("qotd1")));
	assert_memory_equal(p->payload + FUSE_NAME_OFFSET, "qotd1", 5);
	free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		bench_test(all_instances_are_listed_in_pieces_of_any_size),
		bench_test(a_piece_too_small_for_an_entry_is_empty),
		bench_test(offsets_that_do_not_exist_are_the_end_or_invalid),
		bench_test(a_file_is_no_directory),
		bench_test(a_detached_device_is_listed_no_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
