// SPDX-License-Identifier: MIT
/* Messages of several threads, and of a thread that must not wait for whoever reads them. */
#include "log.h"

#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "capture.h"
#include "log_queue.h"

static struct capture stderr_text;

struct fixture {
	struct log log;
	_Atomic unsigned woken;
	unsigned lines; /* that print_lines() prints */
};

static void wake(void *ctx)
{
	((struct fixture *)ctx)->woken++;
}

static void set_up(struct fixture *f, int level)
{
	*f = (struct fixture){.log = {.max_level = level}};
	assert_int_equal(log_start_queue(&f->log, wake, f), 0);
}

static void *print_lines(void *arg)
{
	struct fixture *f = arg;

	for (unsigned i = 1; i <= f->lines; i++)
		log_info(&f->log, "line %u", i);
	return NULL;
}

/* Lets another thread print so many lines. */
static void print_elsewhere(struct fixture *f, unsigned lines)
{
	pthread_t thread;

	f->lines = lines;
	assert_int_equal(pthread_create(&thread, NULL, print_lines, f), 0);
	assert_int_equal(pthread_join(thread, NULL), 0);
}

static unsigned count_lines(const char *text)
{
	unsigned n = 0;

	while ((text = strchr(text, '\n'))) {
		text++;
		n++;
	}
	return n;
}

static void own_messages_are_printed_at_once(void **state)
{
	struct fixture f;

	(void)state;
	set_up(&f, LOG_INFO);
	capture_start(&stderr_text, STDERR_FILENO);
	log_info(&f.log, "now");
	assert_string_equal(capture_stop(&stderr_text), "test_log_queue: now\n");
	assert_int_equal(f.woken, 0);
	log_end_queue(&f.log);
}

static void messages_of_other_threads_wait_for_the_flush(void **state)
{
	struct fixture f;

	(void)state;
	set_up(&f, LOG_INFO);
	capture_start(&stderr_text, STDERR_FILENO);
	print_elsewhere(&f, 2);
	assert_string_equal(capture_stop(&stderr_text), "");
	assert_true(f.woken > 0);
	capture_start(&stderr_text, STDERR_FILENO);
	assert_false(log_flush(&f.log));
	assert_string_equal(capture_stop(&stderr_text),
			    "test_log_queue: line 1\ntest_log_queue: line 2\n");
	log_end_queue(&f.log);
}

static void order_is_kept_between_threads(void **state)
{
	struct fixture f;

	(void)state;
	set_up(&f, LOG_INFO);
	capture_start(&stderr_text, STDERR_FILENO);
	print_elsewhere(&f, 1);
	log_info(&f.log, "then this");
	assert_string_equal(capture_stop(&stderr_text),
			    "test_log_queue: line 1\ntest_log_queue: then this\n");
	log_end_queue(&f.log);
}

static void what_is_queued_is_printed_at_the_end(void **state)
{
	struct fixture f;

	(void)state;
	set_up(&f, LOG_INFO);
	capture_start(&stderr_text, STDERR_FILENO);
	print_elsewhere(&f, 1);
	log_end_queue(&f.log);
	log_info(&f.log, "without a queue");
	assert_string_equal(capture_stop(&stderr_text),
			    "test_log_queue: line 1\ntest_log_queue: without a queue\n");
}

static void flood_is_cut_short_and_counted(void **state)
{
	struct fixture f;
	const char *text;

	(void)state;
	set_up(&f, LOG_INFO);
	capture_start(&stderr_text, STDERR_FILENO);
	print_elsewhere(&f, LOG_BURST + 30);
	assert_true(log_flush(&f.log)); /* it cannot say yet how many */
	log_end_queue(&f.log);
	text = capture_stop(&stderr_text);
	assert_int_equal(count_lines(text), LOG_BURST + 1);
	assert_non_null(strstr(text, "30 messages were left out | event=left-out count=30\n"));
}

static void own_messages_do_not_count_as_flood(void **state)
{
	struct fixture f;

	(void)state;
	set_up(&f, LOG_INFO);
	f.lines = 3 * LOG_BURST;
	capture_start(&stderr_text, STDERR_FILENO);
	print_lines(&f);
	log_end_queue(&f.log);
	assert_int_equal(count_lines(capture_stop(&stderr_text)), 3 * LOG_BURST);
}

static void debug_has_no_flood(void **state)
{
	struct fixture f;

	(void)state;
	set_up(&f, LOG_DEBUG);
	capture_start(&stderr_text, STDERR_FILENO);
	print_elsewhere(&f, 3 * LOG_BURST);
	log_end_queue(&f.log);
	assert_int_equal(count_lines(capture_stop(&stderr_text)), 3 * LOG_BURST);
}

static void full_queue_leaves_out_and_counts(void **state)
{
	const unsigned lines = LOG_QUEUE_SIZE / 16;
	struct fixture f;
	const char *last;
	char *text;
	unsigned kept;

	(void)state;
	set_up(&f, LOG_DEBUG);
	capture_start(&stderr_text, STDERR_FILENO);
	print_elsewhere(&f, lines);
	text = malloc(2 * LOG_QUEUE_SIZE);
	log_end_queue(&f.log);
	text[pread(stderr_text.file, text, 2 * LOG_QUEUE_SIZE - 1, 0)] = '\0';
	capture_stop(&stderr_text);
	kept = count_lines(text) - 1;
	assert_in_range(kept, 1, lines - 1);
	last = strstr(text, "count=");
	assert_non_null(last);
	assert_int_equal(atoi(last + strlen("count=")), lines - kept);
	free(text);
}

/* More than fits in all, but never at once: lines go on at the beginning of the queue, whole. */
static void queue_is_used_again_and_again(void **state)
{
	char expected[128] = "";
	struct fixture f;

	(void)state;
	set_up(&f, LOG_DEBUG);
	for (unsigned i = 1; i <= 3; i++)
		snprintf(expected + strlen(expected), sizeof(expected) - strlen(expected),
			 "test_log_queue: line %u\n", i);
	log_queue_put(f.log.queue, "keeps it from being empty\n", 26);
	for (unsigned round = 0; round < LOG_QUEUE_SIZE / 40; round++) {
		capture_start(&stderr_text, STDERR_FILENO);
		print_elsewhere(&f, 3);
		log_queue_put(f.log.queue, "keeps it from being empty\n", 26);
		/* One line less than there are. */
		for (unsigned i = 0; i < 4; i++)
			assert_true(log_queue_print_one(f.log.queue, STDERR_FILENO, 0));
		if (!strstr(capture_stop(&stderr_text), expected))
			fail_msg("round %u: %s", round, stderr_text.text);
	}
	capture_start(&stderr_text, STDERR_FILENO);
	log_end_queue(&f.log);
	capture_stop(&stderr_text);
}

static void nobody_waits_for_a_reader_who_does_not_read(void **state)
{
	int saved = dup(STDERR_FILENO), ends[2];
	char page[4096];
	struct fixture f;

	(void)state;
	set_up(&f, LOG_INFO);
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(fcntl(ends[1], F_SETPIPE_SZ, 4096), 4096);
	assert_int_equal(write(ends[1], memset(page, ' ', sizeof(page)), sizeof(page)),
			 sizeof(page));
	dup2(ends[1], STDERR_FILENO);
	log_info(&f.log, "later"); /* would wait for ever */
	assert_true(log_flush(&f.log));
	assert_true(f.woken > 0); /* somebody has to try again */
	assert_int_equal(read(ends[0], page, sizeof(page)), sizeof(page));
	assert_false(log_flush(&f.log));
	assert_int_equal(read(ends[0], page, sizeof(page)), strlen("test_log_queue: later\n"));
	dup2(saved, STDERR_FILENO);
	close(saved);
	close(ends[0]);
	close(ends[1]);
	log_end_queue(&f.log);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(own_messages_are_printed_at_once),
		cmocka_unit_test(messages_of_other_threads_wait_for_the_flush),
		cmocka_unit_test(order_is_kept_between_threads),
		cmocka_unit_test(what_is_queued_is_printed_at_the_end),
		cmocka_unit_test(flood_is_cut_short_and_counted),
		cmocka_unit_test(own_messages_do_not_count_as_flood),
		cmocka_unit_test(debug_has_no_flood),
		cmocka_unit_test(full_queue_leaves_out_and_counts),
		cmocka_unit_test(queue_is_used_again_and_again),
		cmocka_unit_test(nobody_waits_for_a_reader_who_does_not_read),
	};

	return cmocka_run_group_tests_name("log queue", tests, NULL, NULL);
}
