// SPDX-License-Identifier: MIT
/* A device that one process leaves in the arena and the next one takes over; and saved content. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "fixture.h"

/* The process ends with the first device in use, and another one takes it over. */
static int hand_over(struct fixture *f)
{
	qotd_leave(f->q);
	memset(f->q, 0, sizeof(*f->q));
	return qotd_adopt(f->q, 0, &f->parent);
}

static void content_size_and_counts_outlive_the_process(void **state)
{
	struct fixture *f = *state;
	uint64_t fh = fixture_open(f, O_RDWR);
	struct qotd_info before, after;

	assert_int_equal(fixture_resize(f, fh, f->memory.page + 7), 0);
	assert_int_equal(fixture_write(f, fh, 0, "Nobody", 6), 6);
	before = fixture_info(f, fh);
	assert_int_equal(hand_over(f), 0);
	after = fixture_info(f, fh);
	before.restarts++; /* which is what happened */
	assert_memory_equal(&after, &before, sizeof(before));
	fixture_expect(f, "Nobody who hates children and animals can't be all bad.\n",
		       f->memory.page + 7);
}

static void open_files_and_positions_outlive_the_process(void **state)
{
	struct fixture *f = *state;
	uint64_t fh = fixture_open_mode(f, O_RDWR, POSITION_CALL);
	char content[3];

	assert_int_equal(fixture_read(f, fh, 0, content, 3), 3);
	assert_int_equal(hand_over(f), 0);
	assert_int_equal(fixture_read(f, fh, 0, content, 3), 3);
	assert_memory_equal(content, "one", 3);
	assert_int_equal(fixture_read(f, fh, 3, content, 3), 3); /* the same call goes on */
	assert_memory_equal(content, " wh", 3);
}

static void memory_counts_against_the_limit_of_the_next_process(void **state)
{
	struct fixture *f = *state;
	uint64_t fh = fixture_open(f, O_RDWR);
	const uint64_t other = f->memory.page;

	assert_int_equal(fixture_resize(f, fh, 3 * f->memory.page), 0);
	qotd_leave(f->q);
	assert_int_equal(memory_used(&f->memory), other);
	assert_int_equal(qotd_adopt(f->q, 0, &f->parent), 0);
	assert_int_equal(memory_used(&f->memory), other + 3 * f->memory.page);
	assert_int_equal(fixture_resize(f, fh, 64), 0);
	assert_int_equal(memory_used(&f->memory), other + f->memory.page);
}

static void device_that_was_never_attached_is_not_adopted(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(qotd_adopt(f->q, 0, &f->parent), -ENODATA);
	assert_false(qotd_is_attached(f->q));
}

static void device_that_was_detached_for_good_is_not_adopted(void **state)
{
	struct fixture *f = *state;
	uint64_t fh;

	assert_int_equal(fixture_attach(f, 0), 0);
	fh = fixture_open(f, O_RDWR);
	assert_int_equal(fixture_request_detach(f, fh), 0);
	assert_int_equal(fixture_close(f, fh), 0);
	qotd_detach(f->q);
	assert_int_equal(qotd_adopt(f->q, 0, &f->parent), -ENXIO);
}

static void damaged_state_is_not_adopted(void **state)
{
	struct fixture *f = *state;
	struct qotd_state *s = f->q->state, good = *s,
			  bad[6] = {good, good, good, good, good, good};

	qotd_leave(f->q);
	bad[0].size = 0;
	bad[1].size = f->memory.page + 1;
	bad[2].memory.offset = 0;
	bad[3].memory.offset += 1;
	bad[4].memory.length = UINT64_MAX;
	bad[5].memory.length = 0;
	for (size_t i = 0; i < COUNT(bad); i++) {
		*s = bad[i];
		assert_int_equal(qotd_adopt(f->q, 0, &f->parent), -EPROTO);
		qotd_leave(f->q);
	}
	*s = good;
	assert_int_equal(qotd_adopt(f->q, 0, &f->parent), 0);
}

static void saved_content_comes_back_changed(void **state)
{
	const struct qotd_saved saved = {.content = "saved", .size = 5};
	struct fixture *f = *state;

	assert_int_equal(qotd_attach(f->q, 0, &f->parent, &saved), 0);
	fixture_expect(f, "saved", 5);
	assert_true(qotd_is_changed(f->q));
	assert_int_equal(fixture_info(f, fixture_open(f, O_RDONLY)).flags, QOTD_INFO_CHANGED);
}

static void saved_content_can_be_discarded(void **state)
{
	const struct qotd_saved saved = {.content = "saved", .size = 5};
	struct fixture *f = *state;

	assert_int_equal(qotd_attach(f->q, 0, &f->parent, &saved), 0);
	assert_int_equal(fixture_discard(f, fixture_open(f, O_RDWR)), 0);
	fixture_expect(f, FIXTURE_QUOTE, FIXTURE_INITIAL);
	assert_false(qotd_is_changed(f->q));
}

/* So that what was saved can be removed. */
static void every_discard_of_a_changed_device_says_so(void **state)
{
	struct fixture *f = *state;
	uint64_t fh = fixture_open(f, O_RDWR);

	assert_int_equal(fixture_write(f, fh, 0, "x", 1), 1);
	assert_int_equal(f->discarded[0], 0);
	assert_int_equal(fixture_discard(f, fh), 0);
	assert_int_equal(f->discarded[0], 1);
	assert_int_equal(fixture_resize(f, fh, 6), 0);
	assert_int_equal(f->discarded[0], 1);
	assert_int_equal(fixture_discard(f, fh), 0);
	assert_int_equal(f->discarded[0], 2);
	assert_int_equal(f->discarded[1], 0);
}

/* The teardown gives back what came past the source. */
static int teardown(void **state)
{
	struct fixture *f = *state;

	f->memory.committed = memory_used(&f->memory);
	return fixture_teardown(state);
}

#define ADOPT_TEST(f) cmocka_unit_test_setup_teardown(f, fixture_setup, teardown)
#define BARE_TEST(f)  cmocka_unit_test_setup_teardown(f, fixture_setup_detached, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ADOPT_TEST(content_size_and_counts_outlive_the_process),
		ADOPT_TEST(open_files_and_positions_outlive_the_process),
		ADOPT_TEST(memory_counts_against_the_limit_of_the_next_process),
		BARE_TEST(device_that_was_never_attached_is_not_adopted),
		BARE_TEST(device_that_was_detached_for_good_is_not_adopted),
		ADOPT_TEST(damaged_state_is_not_adopted),
		BARE_TEST(saved_content_comes_back_changed),
		BARE_TEST(saved_content_can_be_discarded),
		ADOPT_TEST(every_discard_of_a_changed_device_says_so),
	};

	return cmocka_run_group_tests_name("device: taking over", tests, NULL, NULL);
}
