/* SPDX-License-Identifier: MIT */
/* Many clients at once: processes, each with its own open file. */
#include "client.h"
#include "contract.h"

#include "cleanup.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>

#define CLIENTS 8

/* One request on both transports, as long as the buffer is aligned: CUSE cuts at 128 KiB. */
#define RECORD (32 * 1024)
#define ROUNDS 200

/* What client number `id` does; it returns whether it saw what it should. */
typedef bool client_fn(int fd, int id, char *record);

static void be_client(const char *device, client_fn *client, int id)
{
	int fd = open(device, O_RDWR);
	char *record =
		mmap(NULL, RECORD, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	_exit(fd >= 0 && record != MAP_FAILED && client(fd, id, record) ? 0 : 1);
}

/* Runs CLIENTS clients at once; all must succeed. */
static void run_clients(struct test *t, client_fn *client)
{
	pid_t clients[CLIENTS];
	int failed = 0;

	for (int id = 0; id < CLIENTS; id++) {
		clients[id] = fork();
		if (clients[id] == 0)
			be_client(t->target->devices[0], client, id);
	}
	for (int id = 0; id < CLIENTS; id++)
		failed += wait_for_child(clients[id]) != 0;
	CHECK_EQ(t, failed, 0);
}

static bool seek_to(int fd, uint64_t position)
{
	return ioctl(fd, QOTDIOCSPOS, &position) == 0;
}

static bool is_uniform(const char *record, size_t length)
{
	return !memcmp(record, record + 1, length - 1);
}

static bool write_and_read_one_record(int fd, int id, char *record)
{
	for (int round = 0; round < ROUNDS; round++) {
		memset(record, id * ROUNDS + round, RECORD);
		if (!seek_to(fd, 0) || write(fd, record, RECORD) != RECORD)
			return false;
		if (!seek_to(fd, 0) || read(fd, record, RECORD) != RECORD)
			return false;
		if (!is_uniform(record, RECORD))
			return false;
	}
	return true;
}

static void no_record_is_torn(struct test *t)
{
	resize(t, RECORD);
	fill(t, 0);
	run_clients(t, write_and_read_one_record);
}

static bool keep_an_own_record(int fd, int id, char *record)
{
	uint64_t position = (uint64_t)id * RECORD;

	for (int round = 0; round < ROUNDS; round++) {
		memset(record, id * ROUNDS + round, RECORD);
		if (!seek_to(fd, position) || write(fd, record, RECORD) != RECORD)
			return false;
		memset(record, 0, RECORD);
		if (!seek_to(fd, position) || read(fd, record, RECORD) != RECORD)
			return false;
		if ((unsigned char)record[0] != (unsigned char)(id * ROUNDS + round) ||
		    !is_uniform(record, RECORD))
			return false;
	}
	return true;
}

static void neighbours_do_not_mix(struct test *t)
{
	resize(t, CLIENTS * RECORD);
	run_clients(t, keep_an_own_record);
	for (int id = 0; id < CLIENTS; id++)
		CHECK(t, holds_only(t, (uint64_t)id * RECORD, RECORD,
				    (unsigned char)(id * ROUNDS + ROUNDS - 1)));
}

static bool resize_up_and_down(int fd)
{
	for (int round = 0; round < ROUNDS; round++) {
		uint64_t size = round % 2 ? RECORD : 100 + (uint64_t)round * 31;

		if (ioctl(fd, QOTDIOCSSZ, &size) < 0)
			return false;
	}
	return true;
}

/* Client 0 resizes; the others may meet any size, but only bytes that someone wrote, or zeros. */
static bool resize_or_use(int fd, int id, char *record)
{
	if (id == 0)
		return resize_up_and_down(fd);
	for (int round = 0; round < ROUNDS; round++) {
		ssize_t got;

		memset(record, 'x', RECORD);
		if (!seek_to(fd, 0) || write(fd, record, RECORD) <= 0)
			return false;
		if (!seek_to(fd, 0) || (got = read(fd, record, RECORD)) <= 0)
			return false;
		for (ssize_t i = 0; i < got; i++)
			if (record[i] != 'x' && record[i] != 0)
				return false;
	}
	return true;
}

static void resizes_meet_reads_and_writes(struct test *t)
{
	fill(t, 'x');
	run_clients(t, resize_or_use);
}

static bool open_and_close(int fd, int id, char *record)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	for (int round = 0; round < ROUNDS; round++) {
		cleanup_close int own = open(path, id % 2 ? O_RDONLY : O_RDWR);

		if (read(own, record, 4) != 4 || memcmp(record, QUOTATION, 4) != 0)
			return false;
	}
	return true;
}

static void opens_and_closes(struct test *t)
{
	run_clients(t, open_and_close);
	CHECK(t, is_fresh(t));
}

static const struct tap_point points[] = {
	{"8 clients at once: no record is torn", no_record_is_torn, 0},
	{"8 clients at once: each finds its own record", neighbours_do_not_mix, 0},
	{"8 clients at once: resizes under reads and writes", resizes_meet_reads_and_writes, 0},
	{"8 clients at once: open, read, close", opens_and_closes, 0},
};

const struct tap_group concurrent_points = TAP_GROUP(points);
