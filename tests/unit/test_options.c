// SPDX-License-Identifier: MIT
#include "parse.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include <cmocka.h>

#include "capture.h"

#define NAME_OF_64 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

/* That the arguments are refused with one line that has all these words. */
static void refuse(const char *const *arguments, const char *word, const char *other_word)
{
	struct capture stderr_text;
	struct options o;
	const char *text;
	int err;

	capture_start(&stderr_text, STDERR_FILENO);
	err = parse_arguments(&o, arguments);
	text = capture_stop(&stderr_text);
	if (err != -EINVAL)
		fail_msg("'%s' gave %d", arguments[0], err);
	if (!strstr(text, word) || !strstr(text, other_word))
		fail_msg("'%s': the message is: %s", arguments[0], text);
	assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
}

#define REFUSE(word, other_word, ...) \
	refuse((const char *const[]){__VA_ARGS__, NULL}, word, other_word)

static void defaults_are_those_of_the_manual(void **state)
{
	struct options o;

	(void)state;
	assert_int_equal(parse_arguments(&o, (const char *const[]){NULL}), 0);
	assert_string_equal(o.name, "qotd");
	assert_int_equal(o.max_size, 64 << 10);
	assert_int_equal(o.instances, 1);
	assert_int_equal(o.memory, 0);
	assert_null(o.fuse_dir);
	assert_null(o.quote_text);
	assert_null(o.quote_file);
	assert_null(o.user);
	assert_null(o.state_dir);
	assert_null(o.control);
	assert_int_equal(o.log_level, LOG_INFO);
	assert_false(o.legacy_ioctl || o.reload || o.help || o.version);
	assert_false(o.supervise || o.discard_state || o.open_channels);
}

static void every_option_is_taken(void **state)
{
	struct options o;

	(void)state;
	assert_int_equal(PARSE(&o, "--name=q2", "--instances=3", "--max-size=1M", "--memory=2G",
			       "--quote=Hello", "--user=nobody", "--legacy-ioctl", "--verbose"),
			 0);
	assert_string_equal(o.name, "q2");
	assert_int_equal(o.instances, 3);
	assert_int_equal(o.max_size, 1 << 20);
	assert_int_equal(o.memory, INT64_C(2) << 30);
	assert_string_equal(o.quote_text, "Hello");
	assert_string_equal(o.user, "nobody");
	assert_true(o.legacy_ioctl);
	assert_int_equal(o.log_level, LOG_DEBUG);
	assert_int_equal(PARSE(&o, "--fuse=/mnt", "--quote-file=/q", "--help", "--version",
			       "--state-dir=/s", "--supervise"),
			 0);
	assert_string_equal(o.fuse_dir, "/mnt");
	assert_string_equal(o.quote_file, "/q");
	assert_true(o.help && o.version && o.supervise);
	assert_string_equal(o.state_dir, "/s");
	assert_int_equal(PARSE(&o, "--discard-state", "--open-channels", "--control=/c", "--reload",
			       "--log-level=warning"),
			 0);
	assert_true(o.discard_state && o.open_channels && o.reload);
	assert_string_equal(o.control, "/c");
	assert_int_equal(o.log_level, LOG_WARNING);
}

static void value_may_stand_apart(void **state)
{
	struct options o;

	(void)state;
	assert_int_equal(PARSE(&o, "--name", "q2", "--max-size", "256"), 0);
	assert_string_equal(o.name, "q2");
	assert_int_equal(o.max_size, 256);
}

static void last_of_two_equal_options_counts(void **state)
{
	struct options o;

	(void)state;
	assert_int_equal(PARSE(&o, "--instances=2", "--instances=5"), 0);
	assert_int_equal(o.instances, 5);
}

static void last_of_verbose_and_log_level_counts(void **state)
{
	struct options o;

	(void)state;
	assert_int_equal(PARSE(&o, "--verbose", "--log-level=error"), 0);
	assert_int_equal(o.log_level, LOG_ERR);
	assert_int_equal(PARSE(&o, "--log-level=error", "--verbose"), 0);
	assert_int_equal(o.log_level, LOG_DEBUG);
}

static void other_log_levels_are_refused(void **state)
{
	(void)state;
	REFUSE("--log-level 'loud'", "error, warning, info or debug", "--log-level=loud");
	REFUSE("--log-level ''", "error, warning, info or debug", "--log-level=");
	REFUSE("--log-level '7'", "error, warning, info or debug", "--log-level=7");
}

static void reload_needs_a_daemon(void **state)
{
	(void)state;
	REFUSE("--reload", "--control", "--reload", "--memory=1M");
}

static void names_that_a_file_can_have_are_taken(void **state)
{
	static const char *const names[] = {
		"q", "qotd-test_1.2", "UPPER", "7", "_", NAME_OF_64,
	};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		struct options o;

		assert_int_equal(PARSE(&o, "--name", names[i]), 0);
		assert_string_equal(o.name, names[i]);
	}
}

static void other_names_are_refused(void **state)
{
	static const char *const names[] = {
		"", ".", "..", ".hidden", "a/b", "a b", "a\nb", "é", "a,b", "a=b", NAME_OF_64 "x",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		struct capture stderr_text;
		struct options o;
		int err;

		capture_start(&stderr_text, STDERR_FILENO);
		err = PARSE(&o, "--name", names[i]);
		assert_non_null(strstr(capture_stop(&stderr_text), "1 to 64"));
		assert_int_equal(err, -EINVAL);
	}
}

static void instances_are_from_1_to_4096(void **state)
{
	struct options o;

	(void)state;
	assert_int_equal(PARSE(&o, "--instances=1"), 0);
	assert_int_equal(PARSE(&o, "--instances=4096"), 0);
	assert_int_equal(o.instances, 4096);
	REFUSE("--instances '0'", "4096", "--instances=0");
	REFUSE("--instances '4097'", "4096", "--instances=4097");
	REFUSE("--instances '-1'", "4096", "--instances=-1");
	REFUSE("--instances '3x'", "4096", "--instances=3x");
	REFUSE("--instances ''", "4096", "--instances=");
	REFUSE("--instances '99999999999999999999'", "4096", "--instances=99999999999999999999");
}

static void sizes_are_checked(void **state)
{
	struct options o;

	(void)state;
	assert_int_equal(PARSE(&o, "--max-size=1"), 0);
	assert_int_equal(PARSE(&o, "--max-size=1024G"), 0);
	assert_int_equal(PARSE(&o, "--memory=9223372036854775807"), 0);
	REFUSE("--max-size '0'", "1024G", "--max-size=0");
	REFUSE("--max-size '1025G'", "1024G", "--max-size=1025G");
	REFUSE("--max-size '-1'", "not a size", "--max-size=-1");
	REFUSE("--max-size '12x'", "not a size", "--max-size=12x");
	REFUSE("--max-size ''", "not a size", "--max-size=");
	REFUSE("--memory '0'", "9223372036854775807", "--memory=0");
	REFUSE("--memory '9223372036854775808'", "9223372036854775807",
	       "--memory=9223372036854775808");
	REFUSE("--memory '18446744073709551617'", "9223372036854775807",
	       "--memory=18446744073709551617");
}

static void quotes_exclude_one_another(void **state)
{
	(void)state;
	REFUSE("--quote", "--quote-file", "--quote=a", "--quote-file=b");
	REFUSE("--quote", "--quote-file", "--quote=", "--quote-file=b");
}

static void fuse_excludes_what_needs_a_character_device(void **state)
{
	(void)state;
	REFUSE("--legacy-ioctl", "--fuse", "--fuse=/mnt", "--legacy-ioctl");
	REFUSE("--user", "--fuse", "--fuse=/mnt", "--user=nobody");
}

static void unknown_options_and_missing_values_are_refused(void **state)
{
	(void)state;
	REFUSE("--nonsense", "", "--nonsense");
	REFUSE("x", "", "-x");
	REFUSE("--name", "", "--name");
	REFUSE("--verbose", "", "--verbose=yes");
}

static void arguments_that_are_no_options_are_refused(void **state)
{
	(void)state;
	REFUSE("'/dev/qotd'", "", "/dev/qotd");
	REFUSE("'x'", "", "--verbose", "--", "x");
}

static void help_names_every_option_and_its_default(void **state)
{
	static const char *const words[] = {
		"--name=NAME",
		"--instances=N",
		"--fuse=DIR",
		"--max-size=SIZE",
		"--memory=SIZE",
		"--quote=TEXT",
		"--quote-file=FILE",
		"--user=USER",
		"--legacy-ioctl",
		"--control=PATH",
		"--reload",
		"--log-level=LEVEL",
		"--verbose",
		"--help",
		"--version",
		"(qotd)",
		"(1)",
		"(64K)",
		"qotd-cuse",
	};
	struct capture stdout_text;
	const char *text;

	(void)state;
	capture_start(&stdout_text, STDOUT_FILENO);
	options_print_help("qotd-cuse");
	text = capture_stop(&stdout_text);
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (!strstr(text, words[i]))
			fail_msg("no %s in: %s", words[i], text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(defaults_are_those_of_the_manual),
		cmocka_unit_test(every_option_is_taken),
		cmocka_unit_test(value_may_stand_apart),
		cmocka_unit_test(last_of_two_equal_options_counts),
		cmocka_unit_test(last_of_verbose_and_log_level_counts),
		cmocka_unit_test(other_log_levels_are_refused),
		cmocka_unit_test(reload_needs_a_daemon),
		cmocka_unit_test(names_that_a_file_can_have_are_taken),
		cmocka_unit_test(other_names_are_refused),
		cmocka_unit_test(instances_are_from_1_to_4096),
		cmocka_unit_test(sizes_are_checked),
		cmocka_unit_test(quotes_exclude_one_another),
		cmocka_unit_test(fuse_excludes_what_needs_a_character_device),
		cmocka_unit_test(unknown_options_and_missing_values_are_refused),
		cmocka_unit_test(arguments_that_are_no_options_are_refused),
		cmocka_unit_test(help_names_every_option_and_its_default),
	};

	return cmocka_run_group_tests_name("options", tests, NULL, NULL);
}
