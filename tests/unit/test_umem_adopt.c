// SPDX-License-Identifier: MIT
/* Memory that a client has from an earlier process, and leaves to the next one. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "umem_fixture.h"

/* Pages that another process has committed and this one maps. */
static struct umem_cookie inherit(struct umem_fixture *f, struct umem_client *c, unsigned pages)
{
	struct umem_cookie cookie;
	const size_t length = pages * f->memory.page;

	assert_int_equal(arena_commit(&f->memory.arena, length, &cookie.range, &cookie.addr), 0);
	f->memory.committed += length;
	umem_adopt(c, length);
	return cookie;
}

static void adopted_memory_counts_against_the_limit(void **state)
{
	struct umem_fixture *f = *state;
	struct umem_cookie pages = inherit(f, &f->a, 6), none;

	assert_int_equal(memory_used(&f->memory), 6 * f->memory.page);
	assert_int_equal(umem_alloc(&f->b, 3 * f->memory.page, 0, NULL, &none), -EAGAIN);
	umem_free(&f->a, &pages);
}

static void adopted_memory_is_the_clients_own(void **state)
{
	struct umem_fixture *f = *state;
	struct umem_cookie pages = inherit(f, &f->a, 4), none;

	/* It is kept until the new is filled: 2 pages for others, 4 of its own. */
	assert_int_equal(umem_alloc(&f->a, 3 * f->memory.page, 0, NULL, &none), -ENOMEM);
	umem_free(&f->a, &pages);
}

static void more_than_the_limit_leaves_nothing_for_others(void **state)
{
	struct umem_fixture *f = *state;
	struct umem_cookie first = inherit(f, &f->a, 6), second = inherit(f, &f->b, 6), none;
	struct waiter w;

	assert_int_equal(umem_alloc(&f->c, f->memory.page, 0, NULL, &none), -EAGAIN);
	assert_int_equal(umem_alloc(&f->c, f->memory.page, UMEM_PUSHPAGE, NULL, &none), -EAGAIN);
	waiter_init(&w, &f->c);
	waiter_park(&w, &f->memory, 2, 0);
	umem_free(&f->a, &first);
	assert_int_equal(waiter_finish(&w), 0);
	umem_free(&f->b, &second);
}

static void abandoned_memory_stays_in_the_arena(void **state)
{
	struct umem_fixture *f = *state;
	struct umem_cookie pages;
	struct arena_range range;
	void *addr;

	memory_take(&f->memory, &f->a, 2, &pages);
	range = pages.range;
	*(char *)pages.addr = 'x';
	umem_abandon(&f->a, &pages);
	assert_null(pages.addr);
	assert_int_equal(memory_used(&f->memory), 0);
	assert_int_equal(arena_map(&f->memory.arena, &range, &addr), 0);
	assert_int_equal(*(char *)addr, 'x');
	arena_release(&f->memory.arena, &range, addr);
}

/* They stay parked for the next process. */
static void abandoning_wakes_no_sleeper(void **state)
{
	struct umem_fixture *f = *state;
	struct umem_cookie pages;
	struct waiter w;

	memory_take(&f->memory, &f->a, 6, &pages);
	waiter_init(&w, &f->b);
	waiter_park(&w, &f->memory, 4, 0);
	umem_abandon(&f->a, &pages);
	assert_int_equal(w.woken, 0);
	umem_interrupt(&w.sleeper, -EINTR);
	assert_int_equal(waiter_finish(&w), -EINTR);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		UMEM_TEST(adopted_memory_counts_against_the_limit),
		UMEM_TEST(adopted_memory_is_the_clients_own),
		UMEM_TEST(more_than_the_limit_leaves_nothing_for_others),
		UMEM_TEST(abandoned_memory_stays_in_the_arena),
		UMEM_TEST(abandoning_wakes_no_sleeper),
	};

	return cmocka_run_group_tests_name("umem: taking over", tests, NULL, NULL);
}
