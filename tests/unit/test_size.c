/* SPDX-License-Identifier: MIT */
#include "size.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

struct sample {
	const char *text;
	uint64_t bytes;
};

static void check_all(const struct sample *samples, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		uint64_t bytes = 7;

		if (size_parse(samples[i].text, &bytes) != 0)
			fail_msg("'%s' was refused", samples[i].text);
		assert_int_equal(bytes, samples[i].bytes);
	}
}

/* Also that *bytes stays as it was. */
static void refuse_all(const char *const *texts, size_t count, int error)
{
	for (size_t i = 0; i < count; i++) {
		uint64_t bytes = 7;
		int result = size_parse(texts[i], &bytes);

		if (result != error)
			fail_msg("'%s' gave %d", texts[i], result);
		assert_int_equal(bytes, 7);
	}
}

static void parse_takes_digits(void **state)
{
	static const struct sample samples[] = {
		{"0", 0},
		{"1", 1},
		{"128", 128},
		{"65536", 65536},
		{"9223372036854775807", INT64_MAX},
	};

	(void)state;
	check_all(samples, COUNT(samples));
}

static void parse_takes_units_in_both_cases(void **state)
{
	static const struct sample samples[] = {
		{"1K", 1024},
		{"1k", 1024},
		{"64K", 65536},
		{"3M", UINT64_C(3) << 20},
		{"3m", UINT64_C(3) << 20},
		{"5G", UINT64_C(5) << 30},
		{"5g", UINT64_C(5) << 30},
		{"0K", 0},
		{"0g", 0},
	};

	(void)state;
	check_all(samples, COUNT(samples));
}

static void parse_takes_leading_zeros_as_decimal(void **state)
{
	static const struct sample samples[] = {
		{"010", 10},
		{"08", 8},
		{"007K", 7168},
		{"000", 0},
		{"0000000000000000000000000000128", 128},
		{"00009223372036854775807", INT64_MAX},
	};

	(void)state;
	check_all(samples, COUNT(samples));
}

static void parse_takes_the_largest_multiple_of_each_unit(void **state)
{
	static const struct sample samples[] = {
		{"9007199254740991K", UINT64_C(9007199254740991) << 10},
		{"8796093022207M", UINT64_C(8796093022207) << 20},
		{"8589934591G", UINT64_C(8589934591) << 30},
	};

	(void)state;
	check_all(samples, COUNT(samples));
}

static void parse_refuses_signs_and_blanks(void **state)
{
	static const char *const texts[] = {
		"",   " ",  "-",   "+",	  "-0",	 "-1", "+1",  "--1",
		" 1", "1 ", "1\n", "\t1", "1 K", "1-", "0-1",
	};

	(void)state;
	refuse_all(texts, COUNT(texts), -EINVAL);
}

static void parse_refuses_other_units(void **state)
{
	static const char *const texts[] = {
		"K",   "K1",  "1B",  "1b",  "1T",  "1P",  "1E", "1KB",
		"1kB", "1Ki", "1KK", "1K1", "0K0", "12x", "1%", "99999999999999999999x",
	};

	(void)state;
	refuse_all(texts, COUNT(texts), -EINVAL);
}

static void parse_refuses_other_notations(void **state)
{
	static const char *const texts[] = {
		"0x10",	 "0X10", "0x",	"00x1", "0b1", "1.5", "1.5K",
		"1,000", "1_0",	 "1e3", "x",	"one", "NaN", "١",
	};

	(void)state;
	refuse_all(texts, COUNT(texts), -EINVAL);
}

static void parse_refuses_more_than_an_off_t_holds(void **state)
{
	static const char *const texts[] = {
		"9223372036854775808",	/* INT64_MAX + 1 */
		"9999999999999999999",	/* the largest of 19 digits */
		"10000000000000000000", /* the smallest of 20 digits, fits into 64 bits */
		"18446744073709551615", /* UINT64_MAX */
		"18446744073709551616", /* 2^64, would wrap to 0 */
		"18446744073709551744", /* would wrap to 128 */
		"99999999999999999999",
		"123456789012345678901234567890123456789012345678901234567890",
		"9007199254740992K",  /* INT64_MAX + 1 */
		"8796093022208M",     /* the same */
		"8589934592G",	      /* the same */
		"18014398509481985K", /* would wrap to 1024 */
		"17592186044417M",    /* would wrap to 1M */
		"17179869185G",	      /* would wrap to 1G */
		"9999999999999999999G",
	};

	(void)state;
	refuse_all(texts, COUNT(texts), -ERANGE);
}

static void format_uses_the_largest_unit_that_divides(void **state)
{
	static const struct sample samples[] = {
		{"0", 0},
		{"1", 1},
		{"100", 100},
		{"1023", 1023},
		{"1K", 1024},
		{"1025", 1025},
		{"1536", 1536},
		{"64K", 65536},
		{"1M", UINT64_C(1) << 20},
		{"1025K", 1025 << 10},
		{"1G", UINT64_C(1) << 30},
		{"1024G", UINT64_C(1) << 40},
		{"9223372036854775807", INT64_MAX},
		{"18446744073709551615", UINT64_MAX},
	};
	char buf[SIZE_FORMAT_MAX];

	(void)state;
	for (size_t i = 0; i < COUNT(samples); i++) {
		assert_ptr_equal(size_format(samples[i].bytes, buf), buf);
		assert_string_equal(buf, samples[i].text);
	}
}

/* Around every power of two, where carries and units change. */
static void parse_reads_what_format_prints(void **state)
{
	(void)state;
	for (unsigned int shift = 0; shift < 63; shift++) {
		for (uint64_t around = 0; around < 3; around++) {
			uint64_t bytes = (UINT64_C(1) << shift) - 1 + around, back = 0;
			char buf[SIZE_FORMAT_MAX];

			assert_int_equal(size_parse(size_format(bytes, buf), &back), 0);
			assert_int_equal(back, bytes);
		}
	}
}

static void humanize_rounds_to_three_digits(void **state)
{
	static const struct sample samples[] = {
		{"0", 0},
		{"1", 1},
		{"999", 999},
		{"1.0K", 1024},
		{"1.5K", 1536},
		{"64K", 65536},
		{"98K", 100000},
		{"1.0M", UINT64_C(1) << 20},
		{"1.0G", UINT64_C(1) << 30},
		{"8.0E", INT64_MAX},
		{"8.0E", UINT64_MAX},
	};
	char buf[SIZE_FORMAT_MAX];

	(void)state;
	for (size_t i = 0; i < COUNT(samples); i++) {
		assert_ptr_equal(size_humanize(samples[i].bytes, buf), buf);
		assert_string_equal(buf, samples[i].text);
	}
}

static void change_reads_a_sign_in_front(void **state)
{
	static const struct {
		const char *text;
		char sign;
		uint64_t bytes;
	} samples[] = {
		{"4K", '\0', 4096}, {"+4K", '+', 4096}, {"-4K", '-', 4096},
		{"+0", '+', 0},	    {"-010", '-', 10},
	};
	struct size_change change;

	(void)state;
	for (size_t i = 0; i < COUNT(samples); i++) {
		assert_int_equal(size_change_parse(samples[i].text, &change), 0);
		assert_int_equal(change.sign, samples[i].sign);
		assert_int_equal(change.bytes, samples[i].bytes);
	}
}

static void change_refuses_what_is_no_size_behind_the_sign(void **state)
{
	static const char *const texts[] = {"", "+", "-", "++1", "+-1", "-+1", "--1", "+ 1", "+x"};
	struct size_change change;

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++)
		assert_int_equal(size_change_parse(texts[i], &change), -EINVAL);
	assert_int_equal(size_change_parse("+9223372036854775808", &change), -ERANGE);
}

static void change_applies_to_the_present_size(void **state)
{
	static const struct {
		struct size_change change;
		uint64_t present, result;
	} samples[] = {
		{{'\0', 5}, 128, 5},
		{{'+', 5}, 128, 133},
		{{'-', 5}, 128, 123},
		{{'-', 128}, 128, 0},
		{{'+', INT64_MAX - 128}, 128, INT64_MAX},
	};
	uint64_t bytes = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(samples); i++) {
		assert_int_equal(size_change_apply(&samples[i].change, samples[i].present, &bytes),
				 0);
		assert_int_equal(bytes, samples[i].result);
	}
}

static void change_refuses_to_leave_the_range(void **state)
{
	static const struct {
		struct size_change change;
		uint64_t present;
	} samples[] = {
		{{'-', 129}, 128},
		{{'-', INT64_MAX}, 0},
		{{'+', INT64_MAX - 127}, 128},
		{{'+', INT64_MAX}, UINT64_MAX},
	};
	uint64_t bytes = 7;

	(void)state;
	for (size_t i = 0; i < COUNT(samples); i++) {
		assert_int_equal(size_change_apply(&samples[i].change, samples[i].present, &bytes),
				 -ERANGE);
		assert_int_equal(bytes, 7);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parse_takes_digits),
		cmocka_unit_test(parse_takes_units_in_both_cases),
		cmocka_unit_test(parse_takes_leading_zeros_as_decimal),
		cmocka_unit_test(parse_takes_the_largest_multiple_of_each_unit),
		cmocka_unit_test(parse_refuses_signs_and_blanks),
		cmocka_unit_test(parse_refuses_other_units),
		cmocka_unit_test(parse_refuses_other_notations),
		cmocka_unit_test(parse_refuses_more_than_an_off_t_holds),
		cmocka_unit_test(format_uses_the_largest_unit_that_divides),
		cmocka_unit_test(parse_reads_what_format_prints),
		cmocka_unit_test(humanize_rounds_to_three_digits),
		cmocka_unit_test(change_reads_a_sign_in_front),
		cmocka_unit_test(change_refuses_what_is_no_size_behind_the_sign),
		cmocka_unit_test(change_applies_to_the_present_size),
		cmocka_unit_test(change_refuses_to_leave_the_range),
	};

	return cmocka_run_group_tests_name("size", tests, NULL, NULL);
}
