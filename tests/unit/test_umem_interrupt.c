// SPDX-License-Identifier: MIT
/* umem_interrupt(): before, while and after a request is parked. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "umem_fixture.h"

static void interrupt_before_parking_prevents_the_sleep(void **state)
{
	struct umem_fixture *f = *state;
	struct umem_cookie pages, none;
	struct waiter w;

	memory_take(&f->memory, &f->a, 6, &pages);
	waiter_init(&w, &f->b);
	umem_interrupt(&w.sleeper, -EINTR);
	assert_int_equal(umem_alloc(&f->b, 3 * f->memory.page, UMEM_SLEEP, &w.sleeper, &none),
			 -EINTR);
	assert_int_equal(w.woken, 0);
	assert_int_equal(memory_sleepers(&f->memory), 0);
	umem_free(&f->a, &pages);
}

static void interrupt_before_does_not_refuse_memory_that_is_there(void **state)
{
	struct umem_fixture *f = *state;
	struct umem_cookie pages;
	struct waiter w;

	waiter_init(&w, &f->b);
	umem_interrupt(&w.sleeper, -EINTR);
	assert_int_equal(umem_alloc(&f->b, f->memory.page, UMEM_SLEEP, &w.sleeper, &pages), 0);
	umem_settle(&f->b);
	umem_free(&f->b, &pages);
}

static void interrupt_ends_a_sleep_with_its_error(void **state)
{
	struct umem_fixture *f = *state;
	struct umem_cookie pages;
	struct waiter w;

	memory_take(&f->memory, &f->a, 6, &pages);
	waiter_init(&w, &f->b);
	waiter_park(&w, &f->memory, 3, 0);
	umem_interrupt(&w.sleeper, -EINTR);
	assert_int_equal(memory_sleepers(&f->memory), 0);
	assert_int_equal(waiter_finish(&w), -EINTR);
	assert_int_equal(memory_used(&f->memory), 6 * f->memory.page);
	umem_free(&f->a, &pages);
}

static void first_interrupt_counts_and_wakes_once(void **state)
{
	struct umem_fixture *f = *state;
	struct umem_cookie pages;
	struct waiter w;

	memory_take(&f->memory, &f->a, 6, &pages);
	waiter_init(&w, &f->b);
	waiter_park(&w, &f->memory, 3, 0);
	umem_interrupt(&w.sleeper, -EINTR);
	umem_interrupt(&w.sleeper, -ENODEV);
	assert_int_equal(w.woken, 1);
	assert_int_equal(waiter_finish(&w), -EINTR);
	umem_free(&f->a, &pages);
}

static void interrupt_after_waking_leaves_the_memory(void **state)
{
	struct umem_fixture *f = *state;
	struct umem_cookie pages;
	struct waiter w;

	memory_take(&f->memory, &f->a, 6, &pages);
	waiter_init(&w, &f->b);
	waiter_park(&w, &f->memory, 3, 0);
	umem_free(&f->a, &pages);
	umem_interrupt(&w.sleeper, -EINTR);
	assert_int_equal(waiter_finish(&w), 0);
}

static void interrupted_sleeper_gets_no_memory_later(void **state)
{
	struct umem_fixture *f = *state;
	struct umem_cookie pages;
	struct waiter w;

	memory_take(&f->memory, &f->a, 6, &pages);
	waiter_init(&w, &f->b);
	waiter_park(&w, &f->memory, 3, 0);
	umem_interrupt(&w.sleeper, -EINTR);
	umem_free(&f->a, &pages);
	assert_int_equal(memory_used(&f->memory), 0);
	assert_int_equal(waiter_finish(&w), -EINTR);
}

static void who_waited_behind_an_interrupted_one_is_served(void **state)
{
	struct umem_fixture *f = *state;
	struct umem_cookie pages;
	struct waiter large, small;

	memory_take(&f->memory, &f->a, 6, &pages);
	waiter_init(&large, &f->b);
	waiter_init(&small, &f->c);
	waiter_park(&large, &f->memory, 5, 0);
	waiter_park(&small, &f->memory, 2, 0);
	umem_interrupt(&large.sleeper, -EINTR);
	assert_int_equal(waiter_finish(&small), 0);
	assert_int_equal(waiter_finish(&large), -EINTR);
	umem_free(&f->a, &pages);
}

static void interrupt_of_one_in_the_middle_keeps_the_order(void **state)
{
	struct umem_fixture *f = *state;
	struct umem_cookie pages;
	struct waiter first, middle, last;

	memory_take(&f->memory, &f->a, 6, &pages);
	waiter_init(&first, &f->b);
	waiter_init(&middle, &f->c);
	waiter_init(&last, &f->c);
	waiter_park(&first, &f->memory, 5, 0);
	waiter_park(&middle, &f->memory, 1, 0);
	waiter_park(&last, &f->memory, 1, 0);
	umem_interrupt(&middle.sleeper, -EINTR);
	assert_int_equal(first.woken + last.woken, 0);
	assert_int_equal(waiter_finish(&middle), -EINTR);
	umem_free(&f->a, &pages);
	assert_int_equal(waiter_finish(&first), 0);
	assert_int_equal(waiter_finish(&last), 0);
}

static void interrupt_all_ends_every_sleep_of_a_client(void **state)
{
	struct umem_fixture *f = *state;
	struct umem_cookie pages;
	struct waiter first, second;

	memory_take(&f->memory, &f->a, 6, &pages);
	waiter_init(&first, &f->b);
	waiter_init(&second, &f->b);
	waiter_park(&first, &f->memory, 3, 0);
	waiter_park(&second, &f->memory, 4, 0);
	umem_interrupt_all(&f->b, -ENODEV);
	assert_int_equal(waiter_finish(&first), -ENODEV);
	assert_int_equal(waiter_finish(&second), -ENODEV);
	umem_free(&f->a, &pages);
}

static void interrupt_all_leaves_other_clients_asleep(void **state)
{
	struct umem_fixture *f = *state;
	struct umem_cookie pages;
	struct waiter of_b, of_c;

	memory_take(&f->memory, &f->a, 6, &pages);
	waiter_init(&of_b, &f->b);
	waiter_init(&of_c, &f->c);
	waiter_park(&of_c, &f->memory, 3, 0);
	waiter_park(&of_b, &f->memory, 3, 0);
	umem_interrupt_all(&f->b, -ENODEV);
	assert_int_equal(of_c.woken, 0);
	assert_int_equal(memory_sleepers(&f->memory), 1);
	assert_int_equal(waiter_finish(&of_b), -ENODEV);
	umem_free(&f->a, &pages);
	assert_int_equal(waiter_finish(&of_c), 0);
}

static void interrupt_all_serves_who_waited_behind(void **state)
{
	struct umem_fixture *f = *state;
	struct umem_cookie pages;
	struct waiter of_b, of_c;

	memory_take(&f->memory, &f->a, 6, &pages);
	waiter_init(&of_b, &f->b);
	waiter_init(&of_c, &f->c);
	waiter_park(&of_b, &f->memory, 3, 0);
	waiter_park(&of_c, &f->memory, 2, 0);
	umem_interrupt_all(&f->b, -ENODEV);
	assert_int_equal(waiter_finish(&of_c), 0);
	assert_int_equal(waiter_finish(&of_b), -ENODEV);
	umem_free(&f->a, &pages);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		UMEM_TEST(interrupt_before_parking_prevents_the_sleep),
		UMEM_TEST(interrupt_before_does_not_refuse_memory_that_is_there),
		UMEM_TEST(interrupt_ends_a_sleep_with_its_error),
		UMEM_TEST(first_interrupt_counts_and_wakes_once),
		UMEM_TEST(interrupt_after_waking_leaves_the_memory),
		UMEM_TEST(interrupted_sleeper_gets_no_memory_later),
		UMEM_TEST(who_waited_behind_an_interrupted_one_is_served),
		UMEM_TEST(interrupt_of_one_in_the_middle_keeps_the_order),
		UMEM_TEST(interrupt_all_ends_every_sleep_of_a_client),
		UMEM_TEST(interrupt_all_leaves_other_clients_asleep),
		UMEM_TEST(interrupt_all_serves_who_waited_behind),
	};

	return cmocka_run_group_tests_name("umem: interrupting", tests, NULL, NULL);
}
