/* SPDX-License-Identifier: MIT */
#include "utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

static void decode_knows_the_first_and_last_of_each_length(void **state)
{
	static const struct {
		const char *text;
		uint32_t code;
	} samples[] = {
		{"\x01", 0x1},
		{"\x7f", 0x7f},
		{"\xc2\x80", 0x80},
		{"\xdf\xbf", 0x7ff},
		{"\xe0\xa0\x80", 0x800},
		{"\xed\x9f\xbf", 0xd7ff},
		{"\xee\x80\x80", 0xe000},
		{"\xef\xbf\xbf", 0xffff},
		{"\xf0\x90\x80\x80", 0x10000},
		{"\xf4\x8f\xbf\xbf", 0x10ffff},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(samples); i++) {
		uint32_t code = 0;
		size_t length = strlen(samples[i].text);

		assert_int_equal(utf8_decode(samples[i].text, length, &code), length);
		assert_int_equal(code, samples[i].code);
	}
}

static void decode_stops_behind_the_character(void **state)
{
	uint32_t code = 0;

	(void)state;
	assert_int_equal(utf8_decode("\xc3\xbc\xff", 3, &code), 2);
	assert_int_equal(code, 0xfc);
	assert_int_equal(utf8_decode("\0x", 2, &code), 1);
	assert_int_equal(code, 0);
}

static void decode_refuses_what_is_not_valid(void **state)
{
	static const char *const texts[] = {
		"\x80",			/* goes on without a beginning */
		"\xff",			/* no byte of UTF-8 */
		"\xf8\x88\x80\x80\x80", /* five bytes */
		"\xc1\xbf",		/* overlong */
		"\xe0\x9f\xbf",		/* overlong */
		"\xf0\x8f\xbf\xbf",	/* overlong */
		"\xed\xa0\x80",		/* the first surrogate */
		"\xed\xbf\xbf",		/* the last surrogate */
		"\xf4\x90\x80\x80",	/* past the last character */
		"\xc3"
		"x", /* ends early */
		"\xe2\x82"
		"x", /* ends early */
	};
	uint32_t code;

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++)
		assert_int_equal(utf8_decode(texts[i], strlen(texts[i]), &code), 0);
}

static void decode_does_not_read_past_the_end(void **state)
{
	uint32_t code;

	(void)state;
	assert_int_equal(utf8_decode("\xc3\xbc", 1, &code), 0);
	assert_int_equal(utf8_decode("\xf0\x90\x80\x80", 3, &code), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(decode_knows_the_first_and_last_of_each_length),
		cmocka_unit_test(decode_stops_behind_the_character),
		cmocka_unit_test(decode_refuses_what_is_not_valid),
		cmocka_unit_test(decode_does_not_read_past_the_end),
	};

	return cmocka_run_group_tests_name("utf8", tests, NULL, NULL);
}
