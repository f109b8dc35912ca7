// SPDX-License-Identifier: MIT
#include "index_pool.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>

#include <cmocka.h>

#define ENTRIES 16
#define THREADS 8
#define ROUNDS	5000

struct shared {
	struct index_pool pool;
	_Atomic unsigned holders[ENTRIES];
	_Atomic unsigned doubly_held;
};

static void take_all(struct index_pool *p)
{
	unsigned seen = 0;
	uint32_t index;

	while (index_pool_take(p, &index)) {
		assert_in_range(index, 0, ENTRIES - 1);
		assert_int_equal(seen & 1u << index, 0);
		seen |= 1u << index;
	}
	assert_int_equal(seen, (1u << ENTRIES) - 1);
}

static void every_index_is_taken_once(void **state)
{
	struct index_pool p;

	(void)state;
	assert_int_equal(index_pool_init(&p, ENTRIES), 0);
	take_all(&p);
	index_pool_destroy(&p);
}

static void indexes_given_back_are_taken_again(void **state)
{
	struct index_pool p;

	(void)state;
	assert_int_equal(index_pool_init(&p, ENTRIES), 0);
	for (int round = 0; round < 3; round++) {
		take_all(&p);
		for (uint32_t i = 0; i < ENTRIES; i++)
			index_pool_give(&p, i);
	}
	index_pool_destroy(&p);
}

static void table_is_touched_only_as_far_as_it_was_full(void **state)
{
	struct index_pool p;
	uint32_t index;

	(void)state;
	assert_int_equal(index_pool_init(&p, ENTRIES), 0);
	for (int round = 0; round < 3 * ENTRIES; round++) {
		assert_true(index_pool_take(&p, &index));
		assert_int_equal(index, 0);
		index_pool_give(&p, index);
	}
	index_pool_destroy(&p);
}

static void last_one_given_back_is_the_first_one_taken(void **state)
{
	struct index_pool p;
	uint32_t index;

	(void)state;
	assert_int_equal(index_pool_init(&p, ENTRIES), 0);
	take_all(&p);
	index_pool_give(&p, 3);
	index_pool_give(&p, 11);
	assert_true(index_pool_take(&p, &index));
	assert_int_equal(index, 11);
	assert_true(index_pool_take(&p, &index));
	assert_int_equal(index, 3);
	assert_false(index_pool_take(&p, &index));
	index_pool_destroy(&p);
}

/* A table of a dead process: 'u' used, 'f' was used and is free, '-' untouched. */
static bool is_used(void *ctx, uint32_t index)
{
	return ((const char *)ctx)[index] == 'u';
}

static bool is_untouched(void *ctx, uint32_t index)
{
	return ((const char *)ctx)[index] == '-';
}

static void restored_pool_gives_what_is_not_used(void **state)
{
	static char table[ENTRIES + 1] = "uf-uu-f---------";
	struct index_pool p;
	unsigned seen = 0;
	uint32_t index;

	(void)state;
	assert_int_equal(index_pool_init(&p, ENTRIES), 0);
	index_pool_restore(&p, is_used, is_untouched, table);
	while (index_pool_take(&p, &index)) {
		assert_int_equal(seen & 1u << index, 0);
		assert_int_not_equal(table[index], 'u');
		seen |= 1u << index;
	}
	assert_int_equal(seen, 0xffff & ~(1u << 0 | 1u << 3 | 1u << 4));
	index_pool_destroy(&p);
}

static void restored_pool_does_not_touch_the_rest_of_the_table(void **state)
{
	static char table[ENTRIES + 1] = "u---------------";
	struct index_pool p;
	uint32_t index;

	(void)state;
	assert_int_equal(index_pool_init(&p, ENTRIES), 0);
	index_pool_restore(&p, is_used, is_untouched, table);
	assert_true(index_pool_take(&p, &index));
	assert_int_equal(index, 1);
	index_pool_destroy(&p);
}

static void *take_and_give(void *arg)
{
	struct shared *s = arg;

	for (int i = 0; i < ROUNDS; i++) {
		uint32_t index;

		if (!index_pool_take(&s->pool, &index))
			continue;
		if (s->holders[index]++ > 0)
			s->doubly_held++;
		s->holders[index]--;
		index_pool_give(&s->pool, index);
	}
	return NULL;
}

static void no_index_has_two_holders(void **state)
{
	struct shared s = {.doubly_held = 0};
	pthread_t threads[THREADS];

	(void)state;
	/* Fewer than threads, so that it runs empty, too. */
	assert_int_equal(index_pool_init(&s.pool, THREADS / 2), 0);
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, take_and_give, &s), 0);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	assert_int_equal(s.doubly_held, 0);
	index_pool_destroy(&s.pool);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_index_is_taken_once),
		cmocka_unit_test(indexes_given_back_are_taken_again),
		cmocka_unit_test(table_is_touched_only_as_far_as_it_was_full),
		cmocka_unit_test(last_one_given_back_is_the_first_one_taken),
		cmocka_unit_test(restored_pool_gives_what_is_not_used),
		cmocka_unit_test(restored_pool_does_not_touch_the_rest_of_the_table),
		cmocka_unit_test(no_index_has_two_holders),
	};

	return cmocka_run_group_tests_name("index pool", tests, NULL, NULL);
}
