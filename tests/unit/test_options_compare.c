// SPDX-License-Identifier: MIT
/* What a reload finds different from the options that the daemon was started with. */
#include "parse.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* The names of what differs, each with a blank behind, and before it a ! if it needs a stop. */
static void add_name(void *ctx, const char *name, bool needs_stop)
{
	strlcat(ctx, needs_stop ? "!" : "", 256);
	strlcat(ctx, name, 256);
	strlcat(ctx, " ", 256);
}

static const char *differing(const struct options *running, const struct options *wanted)
{
	static char names[256];

	names[0] = '\0';
	options_compare(running, wanted, add_name, names);
	return names;
}

static void equal_options_do_not_differ(void **state)
{
	struct options one, other;

	(void)state;
	assert_int_equal(PARSE(&one, "--name=x", "--instances=2", "--quote=a", "--legacy-ioctl"),
			 0);
	assert_int_equal(PARSE(&other, "--legacy-ioctl", "--quote=a", "--instances=02", "--name=x"),
			 0);
	assert_string_equal(differing(&one, &other), "");
}

static void what_a_device_is_differs_given_or_not(void **state)
{
	struct options given, none;

	(void)state;
	assert_int_equal(PARSE(&given, "--name=x", "--instances=2", "--max-size=1M", "--quote=a",
			       "--legacy-ioctl"),
			 0);
	assert_int_equal(parse_arguments(&none, (const char *const[]){NULL}), 0);
	assert_string_equal(differing(&none, &given),
			    "!name instances max-size quote legacy-ioctl ");
	assert_string_equal(differing(&given, &none),
			    "!name instances max-size quote legacy-ioctl ");
}

static void how_the_process_is_run_differs_only_when_given(void **state)
{
	struct options given, none;

	(void)state;
	assert_int_equal(PARSE(&given, "--fuse=/mnt", "--supervise", "--state-dir=/s"), 0);
	assert_int_equal(parse_arguments(&none, (const char *const[]){NULL}), 0);
	assert_string_equal(differing(&given, &none), "");
	assert_string_equal(differing(&none, &given), "fuse supervise state-dir ");
}

static void what_can_change_while_running_does_not_differ(void **state)
{
	struct options one, other;

	(void)state;
	assert_int_equal(PARSE(&one, "--memory=1M", "--log-level=error"), 0);
	assert_int_equal(PARSE(&other, "--reload", "--control=/c", "--memory=2M", "--verbose"), 0);
	assert_string_equal(differing(&one, &other), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(equal_options_do_not_differ),
		cmocka_unit_test(what_a_device_is_differs_given_or_not),
		cmocka_unit_test(how_the_process_is_run_differs_only_when_given),
		cmocka_unit_test(what_can_change_while_running_does_not_differ),
	};

	return cmocka_run_group_tests_name("options: comparing", tests, NULL, NULL);
}
