// SPDX-License-Identifier: MIT
/* What can be said of workers and slots without a channel. */
#include <setjmp.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "slot.h"
#include "worker.h"

/* A channel of its own takes at least one to serve while another one works long. */
static void there_are_two_to_eight_workers(void **state)
{
	(void)state;
	assert_in_range(worker_count(), 2, 8);
}

static void idle_workers_are_healthy(void **state)
{
	struct worker workers[2] = {{.beat = 0}};
	struct pool p = {.workers = workers, .count = 2};

	(void)state;
	assert_true(pool_is_healthy(&p));
	assert_true(pool_is_healthy(&p));
	workers[0].beat = 6;
	assert_true(pool_is_healthy(&p));
	assert_true(pool_is_healthy(&p));
}

static void workers_that_finish_requests_are_healthy(void **state)
{
	struct worker workers[2] = {{.beat = 0}};
	struct pool p = {.workers = workers, .count = 2};

	(void)state;
	for (int i = 0; i < 5; i++) {
		workers[1].beat += i == 0 ? 1 : 2; /* another request is running each time */
		assert_true(pool_is_healthy(&p));
	}
}

static void worker_stuck_in_one_request_is_not_healthy(void **state)
{
	struct worker workers[2] = {{.beat = 0}};
	struct pool p = {.workers = workers, .count = 2};

	(void)state;
	workers[1].beat = 7;
	assert_true(pool_is_healthy(&p)); /* it may have just begun */
	assert_false(pool_is_healthy(&p));
	assert_false(pool_is_healthy(&p));
	workers[1].beat = 8;
	assert_true(pool_is_healthy(&p));
}

static void data_of_a_write_starts_on_a_page(void **state)
{
	alignas(4096) static char page[2 * 4096];
	struct slot *slot = (struct slot *)(void *)page;
	const size_t headers = sizeof(struct fuse_in_header) + sizeof(struct fuse_write_in);

	(void)state;
	slot_init(slot, SLOT_BUFFER_OFFSET);
	assert_int_equal(((uintptr_t)slot_buffer(slot) + headers) % 4096, 0);
}

static void slot_has_room_for_its_buffer(void **state)
{
	const size_t sizes[] = {1, 4096, (128 << 10) + 4096, (1 << 20) + 4096};

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		assert_true(SLOT_BUFFER_OFFSET >= sizeof(struct slot));
		assert_true(SLOT_BUFFER_OFFSET + sizes[i] <= slot_size(sizes[i]));
		assert_int_equal(slot_size(sizes[i]) % 4096, 0);
	}
}

/* Puts a request of a header and 16 bytes into a slot, as the kernel does. */
static void receive(struct slot *slot)
{
	*slot_header(slot) = (struct fuse_in_header){
		.len = sizeof(struct fuse_in_header) + 16, .opcode = FUSE_IOCTL, .unique = 8};
	memset(slot_header(slot) + 1, 'x', 16);
}

static void slot_is_occupied_from_the_request_until_it_is_cleared(void **state)
{
	alignas(64) static char memory[SLOT_PARKED_SIZE];
	struct slot *slot = (struct slot *)(void *)memory;

	(void)state;
	slot_init(slot, SLOT_PARKED_OFFSET);
	assert_false(slot_is_occupied(slot));
	receive(slot);
	assert_true(slot_is_occupied(slot));
	txn_plan(&slot->txn);
	txn_done(&slot->txn);
	assert_true(txn_is_done(&slot->txn));
	slot_clear(slot);
	assert_false(slot_is_occupied(slot));
	assert_false(txn_is_done(&slot->txn));
}

static void copied_request_is_whole(void **state)
{
	alignas(4096) static char memory[2 * 4096];
	alignas(64) static char parked_memory[SLOT_PARKED_SIZE];
	struct slot *slot = (struct slot *)(void *)memory;
	struct slot *parked = (struct slot *)(void *)parked_memory;

	(void)state;
	slot_init(slot, SLOT_BUFFER_OFFSET);
	slot_init(parked, SLOT_PARKED_OFFSET);
	receive(slot);
	slot->channel = 7;
	slot_copy(parked, slot);
	assert_true(slot_is_occupied(parked));
	assert_int_equal(parked->channel, 7);
	assert_memory_equal(slot_buffer(parked), slot_buffer(slot), slot_header(slot)->len);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(there_are_two_to_eight_workers),
		cmocka_unit_test(idle_workers_are_healthy),
		cmocka_unit_test(workers_that_finish_requests_are_healthy),
		cmocka_unit_test(worker_stuck_in_one_request_is_not_healthy),
		cmocka_unit_test(data_of_a_write_starts_on_a_page),
		cmocka_unit_test(slot_has_room_for_its_buffer),
		cmocka_unit_test(slot_is_occupied_from_the_request_until_it_is_cleared),
		cmocka_unit_test(copied_request_is_whole),
	};

	return cmocka_run_group_tests_name("workers and slots", tests, NULL, NULL);
}
