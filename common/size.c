/* SPDX-License-Identifier: MIT */
#include "size.h"

#include <errno.h>
#include <inttypes.h>
#include <libutil.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static bool is_unit(const char *text)
{
	return strchr("KkMmGg", text[0]) && text[1] == '\0';
}

int size_parse(const char *text, uint64_t *bytes)
{
	const char *unit = text + strspn(text, "0123456789");
	const char *significant = text + strspn(text, "0");
	uint64_t value;

	if (unit == text || (*unit != '\0' && !is_unit(unit)))
		return -EINVAL;
	if (significant == unit) {
		*bytes = 0;
		return 0;
	}
	if (expand_number(significant, &value) < 0 || value > INT64_MAX)
		return -ERANGE;
	*bytes = value;
	return 0;
}

const char *size_format(uint64_t bytes, char buf[static SIZE_FORMAT_MAX])
{
	static const char *const units[] = {"", "K", "M", "G"};
	size_t unit = 0;

	while (unit < sizeof(units) / sizeof(*units) - 1 && bytes != 0 && bytes % 1024 == 0) {
		bytes /= 1024;
		unit++;
	}
	snprintf(buf, SIZE_FORMAT_MAX, "%" PRIu64 "%s", bytes, units[unit]);
	return buf;
}

const char *size_humanize(uint64_t bytes, char buf[static SIZE_FORMAT_MAX])
{
	int64_t number = bytes > INT64_MAX ? INT64_MAX : (int64_t)bytes;

	/* 5: three digits, the unit and the NUL. */
	if (humanize_number(buf, 5, number, "", HN_AUTOSCALE, HN_NOSPACE | HN_DECIMAL) < 0)
		return size_format(bytes, buf);
	return buf;
}

int size_change_parse(const char *text, struct size_change *change)
{
	char sign = *text == '+' || *text == '-' ? *text : '\0';
	uint64_t bytes;
	int error = size_parse(sign ? text + 1 : text, &bytes);

	if (!error)
		*change = (struct size_change){.sign = sign, .bytes = bytes};
	return error;
}

int size_change_apply(const struct size_change *change, uint64_t present, uint64_t *bytes)
{
	uint64_t result = change->bytes;

	if (change->sign == '-' && __builtin_sub_overflow(present, change->bytes, &result))
		return -ERANGE;
	if (change->sign == '+' && __builtin_add_overflow(present, change->bytes, &result))
		return -ERANGE;
	if (result > INT64_MAX)
		return -ERANGE;
	*bytes = result;
	return 0;
}
