/* SPDX-License-Identifier: MIT */
/* What the tests of the arena start with: a new one with a few entries in each section. */
#ifndef ARENA_FIXTURE_H
#define ARENA_FIXTURE_H

#include "arena.h"

extern const struct arena_table arena_fixture_tables[ARENA_SECTIONS];

/* For cmocka: *state becomes the struct arena. */
int arena_fixture_setup(void **state);
int arena_fixture_teardown(void **state);

/* Bytes that the file of an arena really takes. */
uint64_t arena_bytes_taken(const struct arena *a);

#define ARENA_TEST(f) \
	cmocka_unit_test_setup_teardown(f, arena_fixture_setup, arena_fixture_teardown)

#endif
