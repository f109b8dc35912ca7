/* SPDX-License-Identifier: MIT */
/*
 * Calls larger than one request: the kernel cuts them up (CUSE at 128 KiB, FUSE at 1 MiB), and the
 * caller must not notice.
 */
#include "client.h"
#include "contract.h"

#include "cleanup.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <sys/ioctl.h>

#define MIB	    ((size_t)1 << 20)
#define DEVICE_SIZE (4 * MIB)

/* The device becomes DEVICE_SIZE bytes of words that tell their own place. */
static void fill_device(struct test *t)
{
	cleanup_free char *data = malloc(DEVICE_SIZE);

	CHECK(t, data != NULL);
	resize(t, DEVICE_SIZE);
	fill_words(data, DEVICE_SIZE, 0);
	put(t, 0, data, DEVICE_SIZE);
}

static void write_mebibytes(struct test *t)
{
	cleanup_close int fd = open_device(t, O_WRONLY);
	cleanup_free char *data = malloc(DEVICE_SIZE);

	CHECK(t, data != NULL);
	resize(t, DEVICE_SIZE);
	fill_words(data, DEVICE_SIZE, 0);
	for (size_t done = 0; done < DEVICE_SIZE; done += MIB)
		CHECK_EQ(t, write(fd, &data[done], MIB), MIB);
	CHECK_ERRNO(t, write(fd, data, MIB), ENOSPC);
	CHECK(t, holds(t, 0, data, DEVICE_SIZE));
}

static void read_mebibytes(struct test *t)
{
	cleanup_close int fd = open_device(t, O_RDONLY);
	cleanup_free char *data = malloc(MIB);

	CHECK(t, data != NULL);
	fill_device(t);
	for (size_t done = 0; done < DEVICE_SIZE; done += MIB) {
		CHECK_EQ(t, read(fd, data, MIB), MIB);
		CHECK(t, words_run(data, MIB, done));
	}
	CHECK_EQ(t, read(fd, data, MIB), 0);
}

static void transfer_all_in_one_call(struct test *t)
{
	cleanup_close int fd = open_device(t, O_RDWR);
	cleanup_free char *data = calloc(1, DEVICE_SIZE + MIB);

	CHECK(t, data != NULL);
	resize(t, DEVICE_SIZE);
	fill_words(data, DEVICE_SIZE + MIB, 0);
	CHECK_EQ(t, write(fd, data, DEVICE_SIZE + MIB), DEVICE_SIZE);
	memset(data, 0, DEVICE_SIZE);
	set_position(t, fd, 0);
	CHECK_EQ(t, read(fd, data, DEVICE_SIZE + MIB), DEVICE_SIZE);
	CHECK(t, words_run(data, DEVICE_SIZE, 0));
}

/* Neither the start nor the buffer is aligned, so that no cut falls on a page. */
static void transfer_off_the_page_grid(struct test *t)
{
	cleanup_close int fd = open_device(t, O_RDWR);
	cleanup_free char *data = malloc(MIB + 3);
	cleanup_free char *got = malloc(MIB + 5);

	CHECK(t, data != NULL && got != NULL);
	resize(t, DEVICE_SIZE);
	for (size_t i = 0; i < MIB + 3; i++)
		data[i] = (char)((i * 2654435761U) >> 16);
	set_position(t, fd, 4099);
	CHECK_EQ(t, write(fd, &data[3], MIB), MIB);
	set_position(t, fd, 4099);
	CHECK_EQ(t, read(fd, &got[5], MIB), MIB);
	CHECK(t, !memcmp(&data[3], &got[5], MIB));
}

static void short_at_the_end(struct test *t)
{
	const size_t rest = MIB / 2 - 17;
	cleanup_close int fd = open_device(t, O_RDWR);
	cleanup_free char *data = calloc(1, MIB);

	CHECK(t, data != NULL);
	fill_device(t);
	set_position(t, fd, DEVICE_SIZE - rest);
	CHECK_EQ(t, read(fd, data, MIB), rest);
	set_position(t, fd, DEVICE_SIZE - rest);
	CHECK_EQ(t, write(fd, data, MIB), rest);
	CHECK_ERRNO(t, write(fd, data, MIB), ENOSPC);
}

/* The end lies where the kernel cuts: the next request finds nothing left, the call succeeds. */
static void short_at_a_cut(struct test *t)
{
	cleanup_close int fd = open_device(t, O_RDWR);
	cleanup_free char *data = calloc(1, 2 * MIB);

	CHECK(t, data != NULL);
	resize(t, MIB);
	CHECK_EQ(t, write(fd, data, 2 * MIB), MIB);
	CHECK_ERRNO(t, write(fd, data, MIB), ENOSPC);
	set_position(t, fd, 0);
	CHECK_EQ(t, read(fd, data, 2 * MIB), MIB);
	CHECK_EQ(t, read(fd, data, MIB), 0);
}

static void append_writes_in_one_piece(struct test *t)
{
	cleanup_close int fd = open_device(t, O_WRONLY | O_APPEND);
	cleanup_free char *data = malloc(DEVICE_SIZE);

	CHECK(t, data != NULL);
	resize(t, DEVICE_SIZE);
	fill_words(data, DEVICE_SIZE, 0);
	CHECK_EQ(t, write(fd, data, MIB), MIB);
	CHECK_EQ(t, write(fd, &data[MIB], 2 * MIB), 2 * MIB);
	CHECK(t, holds(t, 0, data, 3 * MIB));
	CHECK(t, holds_only(t, 3 * MIB, MIB, 0));
}

struct reader {
	pthread_t thread;
	int fd;
	char *buffer;
	ssize_t result;
};

static void *read_once(void *arg)
{
	struct reader *reader = arg;

	reader->result = read(reader->fd, reader->buffer, MIB);
	return NULL;
}

/* Reads 1 MiB by each of two threads from one descriptor, at once. */
static bool read_twice(struct reader readers[2])
{
	if (pthread_create(&readers[0].thread, NULL, read_once, &readers[0]))
		return false;
	read_once(&readers[1]);
	return !pthread_join(readers[0].thread, NULL);
}

static void threads_share_a_descriptor(struct test *t)
{
	cleanup_close int fd = open_device(t, O_RDONLY);
	cleanup_free char *data = malloc(2 * MIB);

	CHECK(t, data != NULL);
	fill_device(t);
	for (int round = 0; round < 50; round++) {
		struct reader readers[] = {{.fd = fd, .buffer = data},
					   {.fd = fd, .buffer = &data[MIB]}};

		set_position(t, fd, 0);
		CHECK(t, read_twice(readers));
		for (int i = 0; i < 2; i++) {
			uint64_t first;

			CHECK_EQ(t, readers[i].result, MIB);
			memcpy(&first, readers[i].buffer, sizeof(first));
			CHECK(t, words_run(readers[i].buffer, MIB, first));
		}
	}
}

static const struct tap_point points[] = {
	{"large: 1 MiB writes in one call each", write_mebibytes, 0},
	{"large: 1 MiB reads in one call each", read_mebibytes, 0},
	{"large: all 4 MiB in one call, and no more", transfer_all_in_one_call, 0},
	{"large: start and buffer off the page grid", transfer_off_the_page_grid, 0},
	{"large: a call that meets the end is short", short_at_the_end, 0},
	{"large: short, too, when the end lies where the kernel cuts", short_at_a_cut, 0},
	{"large: O_APPEND writes in one piece from position 0", append_writes_in_one_piece, 0},
	{"large: two threads read from one descriptor, each gets contiguous content",
	 threads_share_a_descriptor, 0},
};

const struct tap_group large_points = TAP_GROUP(points);
