/* SPDX-License-Identifier: MIT */
/* Sleeping resizes that are woken, in which order, and what goes on while they sleep. */
#include "client.h"
#include "sleepers.h"

#include "cleanup.h"

#include <fcntl.h>

static void sleeps_until_memory_is_free(struct test *t)
{
	struct sleeper sleeper;

	put(t, 0, "In", 2);
	take_all_memory(t);
	sleeper = sleeper_start(t, ASKER, 2 * PAGE, 1);
	CHECK_EQ(t, get_info(t).size, INITIAL_SIZE);
	discard_nth(t, HOG);
	CHECK_EQ(t, sleeper_result(sleeper), 0);
	CHECK_EQ(t, get_info(t).size, 2 * PAGE);
	CHECK_EQ(t, get_info(t).sleepers, 0);
	CHECK(t, holds(t, 0, "In the whole", 12));
	CHECK(t, holds_only(t, INITIAL_SIZE, 2 * PAGE - INITIAL_SIZE, 0));
}

static void others_are_served_meanwhile(struct test *t)
{
	struct sleeper crowd[CROWD];
	int served = 0;

	crowd_in(t, crowd);
	for (int i = 0; i < 50; i++) {
		char byte = (char)('0' + i);

		put(t, 0, &byte, 1);
		served += holds(t, 0, &byte, 1) && get_info(t).sleepers == CROWD;
	}
	CHECK_EQ(t, let_all_through(t, crowd), CROWD);
	CHECK_EQ(t, served, 50);
	CHECK_EQ(t, get_info(t).sleepers, 0);
	/* What was written while they slept is there: they copy when they wake. */
	CHECK(t, holds(t, 0, "an the whole", 12));
}

static void other_devices_are_served_meanwhile(struct test *t)
{
	cleanup_close int fd = open_nth(t, OTHER_ASKER, O_RDWR);
	struct sleeper sleeper;
	char got[8];

	take_all_memory(t);
	sleeper = sleeper_start(t, ASKER, 2 * PAGE, 1);
	CHECK_EQ(t, write(fd, "In", 2), 2);
	CHECK_EQ(t, read(fd, got, sizeof(got)), sizeof(got));
	discard_nth(t, HOG);
	CHECK_EQ(t, sleeper_result(sleeper), 0);
}

static void the_last_come_is_the_last_served(struct test *t)
{
	struct sleeper crowd[CROWD];

	crowd_in(t, crowd);
	CHECK_EQ(t, let_all_through(t, crowd), CROWD);
	CHECK_EQ(t, get_info(t).size, PAGE + CROWD);
}

/*
 * The first asks for 40 pages, the second for 30. Freeing 32 is enough for the second alone: it
 * must wait for its turn. Freeing the rest is enough for the first but not for both.
 */
static void first_come_first_served(struct test *t)
{
	struct sleeper first, second;

	resize_nth(t, HOG, 26 * PAGE);
	resize_nth(t, OTHER_HOG, 33 * PAGE);
	first = sleeper_start(t, ASKER, 40 * PAGE, 1);
	second = sleeper_start(t, OTHER_ASKER, 30 * PAGE, 2);
	discard_nth(t, OTHER_HOG);
	CHECK_EQ(t, get_info(t).sleepers, 2);
	discard_nth(t, HOG);
	CHECK_EQ(t, sleeper_result(first), 0);
	CHECK_EQ(t, get_info(t).size, 40 * PAGE);
	CHECK_EQ(t, get_info(t).sleepers, 1);
	CHECK_EQ(t, get_info_of(t, OTHER_ASKER).size, INITIAL_SIZE);
	discard_nth(t, ASKER);
	CHECK_EQ(t, sleeper_result(second), 0);
	CHECK_EQ(t, get_info_of(t, OTHER_ASKER).size, 30 * PAGE);
}

static void shrinking_overtakes(struct test *t)
{
	struct sleeper sleeper;

	take_all_memory(t);
	sleeper = sleeper_start(t, ASKER, 30 * PAGE, 1);
	resize_nth(t, HOG, PAGE); /* takes the one free page before the sleeper */
	CHECK_EQ(t, sleeper_result(sleeper), 0);
	CHECK_EQ(t, get_info_of(t, HOG).size, PAGE);
}

static const struct tap_point points[] = {
	{"a resize without memory sleeps until memory is freed", sleeps_until_memory_is_free, 0},
	{"40 sleeping resizes: 50 writes, reads and infos of the same device go through",
	 others_are_served_meanwhile, 0},
	{"a sleeping resize: other devices are served", other_devices_are_served_meanwhile, 0},
	{"40 sleeping resizes: the last come is the last served", the_last_come_is_the_last_served,
	 0},
	{"sleepers are served first come first served, a smaller one waits too",
	 first_come_first_served, 0},
	{"a resize that shrinks overtakes the sleepers", shrinking_overtakes, 0},
};

const struct tap_group woken_points = TAP_GROUP(points);
