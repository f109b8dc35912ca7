// SPDX-License-Identifier: MIT
#include "arena_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <cmocka.h>

const struct arena_table arena_fixture_tables[ARENA_SECTIONS] = {
	[ARENA_INSTANCES] = {.entry_size = 64, .count = 3},
	[ARENA_FILES] = {.entry_size = 128, .count = 100},
	[ARENA_CHANNELS] = {.entry_size = 192, .count = 5},
	[ARENA_SLOTS] = {.entry_size = 8192, .count = 2},
	[ARENA_PARKED] = {.entry_size = 512, .count = 9},
};

int arena_fixture_setup(void **state)
{
	struct arena *a = calloc(1, sizeof(*a));

	*state = a;
	return a && arena_create(a, arena_open(), arena_fixture_tables) == 0 ? 0 : -1;
}

int arena_fixture_teardown(void **state)
{
	arena_close(*state);
	free(*state);
	return 0;
}

uint64_t arena_bytes_taken(const struct arena *a)
{
	struct stat st;

	assert_int_equal(fstat(a->fd, &st), 0);
	return (uint64_t)st.st_blocks * 512;
}
