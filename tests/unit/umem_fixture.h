/* SPDX-License-Identifier: MIT */
/* What the tests of umem start with: eight pages and three clients that hold nothing. */
#ifndef UMEM_FIXTURE_H
#define UMEM_FIXTURE_H

#include "memory.h"

#define LIMIT_PAGES 8

/* What one client can have when the two others keep a page each. */
#define MOST_PAGES (LIMIT_PAGES - 2)

struct umem_fixture {
	struct memory memory;
	struct umem_client a, b, c;
};

/* For cmocka: *state becomes the fixture. At the end, nobody may hold anything. */
int umem_fixture_setup(void **state);
int umem_fixture_teardown(void **state);

#define UMEM_TEST(f) cmocka_unit_test_setup_teardown(f, umem_fixture_setup, umem_fixture_teardown)

#endif
