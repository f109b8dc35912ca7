// SPDX-License-Identifier: MIT
/* Exceptions to first come, first served: UMEM_PUSHPAGE, and requests that can never be met. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "umem_fixture.h"

static int take(struct umem_client *c, size_t size, int flags, struct umem_cookie *cookie)
{
	int err = umem_alloc(c, size, flags, NULL, cookie);

	if (!err)
		umem_settle(c);
	return err;
}

static void pushpage_that_fits_overtakes_sleepers(void **state)
{
	struct umem_fixture *f = *state;
	struct umem_cookie pages, one;
	struct waiter w;

	memory_take(&f->memory, &f->a, 5, &pages);
	waiter_init(&w, &f->b);
	waiter_park(&w, &f->memory, 4, 0);
	assert_int_equal(take(&f->a, f->memory.page, UMEM_PUSHPAGE, &one), 0);
	assert_int_equal(w.woken, 0);
	umem_free(&f->a, &pages);
	assert_int_equal(waiter_finish(&w), 0);
	umem_free(&f->a, &one);
}

static void pushpage_does_not_exceed_the_limit(void **state)
{
	struct umem_fixture *f = *state;
	struct umem_cookie pages, none;

	memory_take(&f->memory, &f->a, MOST_PAGES, &pages);
	assert_int_equal(take(&f->b, 3 * f->memory.page, UMEM_PUSHPAGE, &none), -EAGAIN);
	umem_free(&f->a, &pages);
}

static void parked_pushpage_goes_before_the_others(void **state)
{
	struct umem_fixture *f = *state;
	struct waiter first, pushed;
	struct umem_cookie pages;

	memory_take(&f->memory, &f->a, 6, &pages);
	waiter_init(&first, &f->b);
	waiter_init(&pushed, &f->c);
	waiter_park(&first, &f->memory, 5, 0);
	waiter_park(&pushed, &f->memory, 5, UMEM_PUSHPAGE);
	umem_free(&f->a, &pages);
	assert_int_equal(first.woken, 0);
	assert_int_equal(waiter_finish(&pushed), 0);
	assert_int_equal(waiter_finish(&first), 0);
}

static void parked_pushpages_keep_their_own_order(void **state)
{
	struct umem_fixture *f = *state;
	struct waiter plain, first, second;
	struct umem_cookie pages;

	memory_take(&f->memory, &f->a, 6, &pages);
	waiter_init(&plain, &f->a);
	waiter_init(&first, &f->b);
	waiter_init(&second, &f->c);
	waiter_park(&first, &f->memory, 5, UMEM_PUSHPAGE);
	waiter_park(&second, &f->memory, 5, UMEM_PUSHPAGE);
	umem_free(&f->a, &pages);
	waiter_park(&plain, &f->memory, 5, 0);
	assert_int_equal(plain.woken + second.woken, 0);
	assert_int_equal(waiter_finish(&first), 0);
	assert_int_equal(plain.woken, 0);
	assert_int_equal(waiter_finish(&second), 0);
	assert_int_equal(waiter_finish(&plain), 0);
}

static void every_other_client_is_taken_to_keep_a_page(void **state)
{
	struct umem_fixture *f = *state;
	struct umem_cookie pages;

	assert_int_equal(take(&f->a, (MOST_PAGES + 1) * f->memory.page, 0, &pages), -ENOMEM);
	assert_int_equal(take(&f->a, MOST_PAGES * f->memory.page, 0, &pages), 0);
	umem_free(&f->a, &pages);
}

static void client_that_has_gone_keeps_no_page(void **state)
{
	struct umem_fixture *f = *state;
	struct umem_cookie pages;

	umem_client_destroy(&f->b);
	assert_int_equal(take(&f->a, (MOST_PAGES + 1) * f->memory.page, 0, &pages), 0);
	umem_free(&f->a, &pages);
	umem_client_init(&f->memory.umem, &f->b);
}

static void own_memory_counts_as_kept_until_the_new_is_filled(void **state)
{
	struct umem_fixture *f = *state;
	struct umem_cookie held, other, none;
	struct waiter w;

	memory_take(&f->memory, &f->a, 4, &held);
	memory_take(&f->memory, &f->b, 3, &other);
	waiter_init(&w, &f->a);
	/* 4 of its own and 2 of others are kept: 2 can be had one day, 3 never. */
	assert_int_equal(umem_alloc(&f->a, 3 * f->memory.page, UMEM_SLEEP, &w.sleeper, &none),
			 -ENOMEM);
	assert_int_equal(take(&f->a, 3 * f->memory.page, 0, &none), -ENOMEM);
	waiter_park(&w, &f->memory, 2, 0);
	umem_free(&f->b, &other);
	assert_int_equal(waiter_finish(&w), 0);
	umem_free(&f->a, &held);
}

static void failed_allocation_does_not_hide_what_is_kept(void **state)
{
	struct umem_fixture *f = *state;
	struct umem_cookie held, none;

	memory_take(&f->memory, &f->a, 4, &held);
	f->memory.fail = 1;
	assert_int_equal(take(&f->a, f->memory.page, 0, &none), -ENOMEM);
	assert_int_equal(take(&f->a, 3 * f->memory.page, 0, &none), -ENOMEM);
	umem_free(&f->a, &held);
}

static void more_clients_than_pages_leave_no_hope(void **state)
{
	struct umem_fixture *f = *state;
	struct umem_client many[LIMIT_PAGES];
	struct umem_cookie none;

	for (int i = 0; i < LIMIT_PAGES; i++)
		umem_client_init(&f->memory.umem, &many[i]);
	assert_int_equal(take(&f->a, f->memory.page, 0, &none), -ENOMEM);
	for (int i = 0; i < LIMIT_PAGES; i++)
		umem_client_destroy(&many[i]);
}

/* Client a gets `first` pages, not settled; then another request of it parks that wants 5. */
static void park_behind_unsettled(struct umem_fixture *f, struct umem_cookie *first,
				  struct umem_cookie *other, struct waiter *w)
{
	memory_take(&f->memory, &f->b, 2, other);
	assert_int_equal(umem_alloc(&f->a, 4 * f->memory.page, 0, NULL, first), 0);
	waiter_init(w, &f->a);
	waiter_park(w, &f->memory, 5, 0);
}

static void hope_lost_when_a_neighbour_settles_ends_the_sleep(void **state)
{
	struct umem_fixture *f = *state;
	struct umem_cookie first, other;
	struct waiter w;

	park_behind_unsettled(f, &first, &other, &w);
	umem_settle(&f->a); /* keeps 4, so that 5 more can never be had */
	assert_int_equal(waiter_finish(&w), -ENOMEM);
	assert_int_equal(memory_sleepers(&f->memory), 0);
	umem_free(&f->a, &first);
	umem_free(&f->b, &other);
}

static void hope_is_not_judged_before_the_neighbour_settles(void **state)
{
	struct umem_fixture *f = *state;
	struct umem_cookie first, other;
	struct waiter w;

	park_behind_unsettled(f, &first, &other, &w);
	umem_free(&f->a, &first); /* it has been replaced after all */
	umem_settle(&f->a);
	assert_int_equal(waiter_finish(&w), 0);
	umem_free(&f->b, &other);
}

static void settling_leaves_sleepers_with_hope_alone(void **state)
{
	struct umem_fixture *f = *state;
	struct umem_cookie first, other;
	struct waiter w, modest, foreign;

	park_behind_unsettled(f, &first, &other, &w);
	waiter_init(&foreign, &f->c);
	waiter_park(&foreign, &f->memory, 6, 0);
	waiter_init(&modest, &f->a);
	waiter_park(&modest, &f->memory, 2, 0);
	umem_settle(&f->a);
	assert_int_equal(modest.woken + foreign.woken, 0);
	assert_int_equal(waiter_finish(&w), -ENOMEM);
	umem_free(&f->a, &first);
	umem_free(&f->b, &other);
	assert_int_equal(waiter_finish(&foreign), 0);
	assert_int_equal(waiter_finish(&modest), 0);
}

static void sleeper_behind_a_hopeless_one_is_woken(void **state)
{
	struct umem_fixture *f = *state;
	struct umem_cookie first, other;
	struct waiter w, behind;

	park_behind_unsettled(f, &first, &other, &w);
	waiter_init(&behind, &f->c);
	waiter_park(&behind, &f->memory, 2, 0);
	umem_settle(&f->a);
	assert_int_equal(waiter_finish(&w), -ENOMEM);
	assert_int_equal(waiter_finish(&behind), 0);
	umem_free(&f->a, &first);
	umem_free(&f->b, &other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		UMEM_TEST(pushpage_that_fits_overtakes_sleepers),
		UMEM_TEST(pushpage_does_not_exceed_the_limit),
		UMEM_TEST(parked_pushpage_goes_before_the_others),
		UMEM_TEST(parked_pushpages_keep_their_own_order),
		UMEM_TEST(every_other_client_is_taken_to_keep_a_page),
		UMEM_TEST(client_that_has_gone_keeps_no_page),
		UMEM_TEST(own_memory_counts_as_kept_until_the_new_is_filled),
		UMEM_TEST(failed_allocation_does_not_hide_what_is_kept),
		UMEM_TEST(more_clients_than_pages_leave_no_hope),
		UMEM_TEST(hope_lost_when_a_neighbour_settles_ends_the_sleep),
		UMEM_TEST(hope_is_not_judged_before_the_neighbour_settles),
		UMEM_TEST(settling_leaves_sleepers_with_hope_alone),
		UMEM_TEST(sleeper_behind_a_hopeless_one_is_woken),
	};

	return cmocka_run_group_tests_name("umem: order and hope", tests, NULL, NULL);
}
