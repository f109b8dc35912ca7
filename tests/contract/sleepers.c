/* SPDX-License-Identifier: MIT */
/*
 * sleepers DEVICE0 DEVICE1 DEVICE2 DEVICE3: resizes that wait for memory, in TAP.
 *
 * The daemon must have been started with --instances=4 --memory=256K --max-size=256K, and nobody
 * else may use it.
 */
#include "sleepers.h"

#include "client.h"

#include <stdio.h>

void take_all_memory(struct test *t)
{
	resize_nth(t, HOG, LARGEST * PAGE);
}

void crowd_in(struct test *t, struct sleeper crowd[CROWD])
{
	take_all_memory(t);
	for (unsigned int i = 0; i < CROWD; i++)
		crowd[i] = sleeper_start(t, ASKER, PAGE + 1 + i, i + 1);
}

int let_all_through(struct test *t, struct sleeper crowd[CROWD])
{
	int succeeded = 0;

	discard_nth(t, HOG);
	for (int i = 0; i < CROWD; i++)
		succeeded += sleeper_result(crowd[i]) == 0;
	return succeeded;
}

static void discard_all(struct test *t)
{
	for (unsigned int n = 0; n < DEVICES; n++)
		discard_nth(t, n);
}

static void the_daemon_suits(struct test *t)
{
	struct qotd_info info = get_info(t);

	CHECK_EQ(t, info.memory_limit, LIMIT * PAGE);
	CHECK_EQ(t, info.memory_used, DEVICES * PAGE);
	CHECK_EQ(t, info.max_size, LIMIT * PAGE);
	for (unsigned int n = 0; n < DEVICES; n++)
		CHECK_EQ(t, get_info_of(t, n).instance, n);
}

static void no_memory_is_lost(struct test *t)
{
	CHECK_EQ(t, get_info(t).memory_used, DEVICES * PAGE);
	CHECK_EQ(t, get_info(t).sleepers, 0);
	take_all_memory(t);
	CHECK_EQ(t, get_info(t).memory_used, (LARGEST + DEVICES - 1) * PAGE);
	discard_all(t);
}

static const struct tap_point first[] = {
	{"the daemon under test has the devices and the memory that the points need",
	 the_daemon_suits, 0},
};

static const struct tap_point last[] = {
	{"after all, no memory is lost", no_memory_is_lost, 0},
};

int main(int argc, char **argv)
{
	const struct target target = {.device_count = DEVICES, .devices = &argv[1]};

	if (argc != 1 + DEVICES) {
		fprintf(stderr, "usage: sleepers DEVICE0 DEVICE1 DEVICE2 DEVICE3\n");
		return 2;
	}

	const struct tap_group groups[] = {TAP_GROUP(first), woken_points, ended_points,
					   TAP_GROUP(last)};

	return tap_run(&target, 0, discard_all, groups, sizeof(groups) / sizeof(groups[0]));
}
