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

static void debug_messages_come_only_when_verbose(void **state)
{
	struct log quiet, verbose;

	(void)state;
	unsetenv("JOURNAL_STREAM");
	log_init(&quiet, false);
	log_init(&verbose, true);
	capture_start(&stderr_text, STDERR_FILENO);
	log_debug(&quiet, "not this");
	log_debug(&verbose, "but this");
	log_warning(&quiet, "and this");
	assert_string_equal(capture_stop(&stderr_text), "test_log: but this\ntest_log: and this\n");
}

static void journal_is_known_by_its_environment(void **state)
{
	struct log l;

	(void)state;
	setenv("JOURNAL_STREAM", "8:123", 1);
	log_init(&l, false);
	assert_true(l.to_journal);
	unsetenv("JOURNAL_STREAM");
	log_init(&l, false);
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
		cmocka_unit_test(debug_messages_come_only_when_verbose),
		cmocka_unit_test(journal_is_known_by_its_environment),
		cmocka_unit_test(errno_is_kept_and_can_be_printed),
		cmocka_unit_test(long_message_is_cut_and_still_one_line),
	};

	return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
