// SPDX-License-Identifier: MIT
#include "log.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "capture.h"

static struct capture stderr_text;

static void lines_begin_with_the_program_name(void **state)
{
	const struct log l = {.max_level = LOG_INFO};

	(void)state;
	capture_start(&stderr_text, STDERR_FILENO);
	log_info(&l, "%d devices", 3);
	assert_string_equal(capture_stop(&stderr_text), "test_log: 3 devices\n");
}

static void lines_for_the_journal_begin_with_their_priority(void **state)
{
	const struct log l = {.max_level = LOG_INFO, .to_journal = true};

	(void)state;
	capture_start(&stderr_text, STDERR_FILENO);
	log_error(&l, "bad");
	log_info(&l, "good");
	assert_string_equal(capture_stop(&stderr_text), "<3>bad\n<6>good\n");
}

static void messages_above_the_level_are_dropped(void **state)
{
	static const struct {
		int level;
		const char *text;
	} samples[] = {
		{LOG_ERR, "test_log: e\n"},
		{LOG_WARNING, "test_log: e\ntest_log: w\n"},
		{LOG_INFO, "test_log: e\ntest_log: w\ntest_log: i\n"},
		{LOG_DEBUG, "test_log: e\ntest_log: w\ntest_log: i\ntest_log: d\n"},
	};

	(void)state;
	unsetenv("JOURNAL_STREAM");
	for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
		struct log l;

		log_init(&l, samples[i].level);
		capture_start(&stderr_text, STDERR_FILENO);
		log_error(&l, "e");
		log_warning(&l, "w");
		log_info(&l, "i");
		log_debug(&l, "d");
		assert_string_equal(capture_stop(&stderr_text), samples[i].text);
	}
}

static void level_can_be_changed(void **state)
{
	struct log l = {.max_level = LOG_WARNING};

	(void)state;
	capture_start(&stderr_text, STDERR_FILENO);
	log_info(&l, "not this");
	l.max_level = LOG_INFO;
	log_info(&l, "but this");
	assert_string_equal(capture_stop(&stderr_text), "test_log: but this\n");
}

static void levels_have_names(void **state)
{
	static const int levels[] = {LOG_ERR, LOG_WARNING, LOG_INFO, LOG_DEBUG};

	(void)state;
	for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++)
		assert_int_equal(log_parse_level(log_level_name(levels[i])), levels[i]);
	assert_int_equal(log_parse_level("info"), LOG_INFO);
	assert_int_equal(log_parse_level("Info"), -EINVAL);
	assert_int_equal(log_parse_level("notice"), -EINVAL);
	assert_int_equal(log_parse_level(""), -EINVAL);
}

static void event_is_a_sentence_and_then_pairs(void **state)
{
	const struct log l = {.max_level = LOG_INFO};

	(void)state;
	capture_start(&stderr_text, STDERR_FILENO);
	log_event(&l, LOG_INFO, "%s is full", "full device=%s size=%d", "qotd", "qotd", 7);
	assert_string_equal(capture_stop(&stderr_text),
			    "test_log: qotd is full | event=full device=qotd size=7\n");
}

static void journal_is_known_by_its_environment(void **state)
{
	struct log l;

	(void)state;
	setenv("JOURNAL_STREAM", "8:123", 1);
	log_init(&l, LOG_INFO);
	assert_true(l.to_journal);
	unsetenv("JOURNAL_STREAM");
	log_init(&l, LOG_INFO);
	assert_false(l.to_journal);
}

static void errno_is_kept_and_can_be_printed(void **state)
{
	const struct log l = {.max_level = LOG_INFO};

	(void)state;
	capture_start(&stderr_text, STDERR_FILENO);
	errno = ENOSPC;
	log_error(&l, "%m");
	assert_int_equal(errno, ENOSPC);
	assert_string_equal(capture_stop(&stderr_text), "test_log: No space left on device\n");
}

static void long_message_is_cut_and_still_one_line(void **state)
{
	const struct log l = {.max_level = LOG_INFO};
	char message[3000];
	const char *text;

	(void)state;
	memset(message, 'x', sizeof(message) - 1);
	message[sizeof(message) - 1] = '\0';
	capture_start(&stderr_text, STDERR_FILENO);
	log_info(&l, "%s", message);
	text = capture_stop(&stderr_text);
	assert_in_range(strlen(text), 500, 2000);
	assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_begin_with_the_program_name),
		cmocka_unit_test(lines_for_the_journal_begin_with_their_priority),
		cmocka_unit_test(messages_above_the_level_are_dropped),
		cmocka_unit_test(level_can_be_changed),
		cmocka_unit_test(levels_have_names),
		cmocka_unit_test(event_is_a_sentence_and_then_pairs),
		cmocka_unit_test(journal_is_known_by_its_environment),
		cmocka_unit_test(errno_is_kept_and_can_be_printed),
		cmocka_unit_test(long_message_is_cut_and_still_one_line),
	};

	return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
