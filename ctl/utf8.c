/* SPDX-License-Identifier: MIT */
#include "utf8.h"

/* The length that the first byte announces, and the smallest character that needs it. */
struct form {
	unsigned char mask, bits;
	size_t length;
	uint32_t smallest;
};

static const struct form forms[] = {
	{0x80, 0x00, 1, 0},
	{0xe0, 0xc0, 2, 0x80},
	{0xf0, 0xe0, 3, 0x800},
	{0xf8, 0xf0, 4, 0x10000},
};

static const struct form *find_form(unsigned char first)
{
	for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++)
		if ((first & forms[i].mask) == forms[i].bits)
			return &forms[i];
	return NULL;
}

size_t utf8_decode(const char *s, size_t left, uint32_t *code)
{
	const unsigned char *bytes = (const unsigned char *)s;
	const struct form *form = find_form(bytes[0]);
	uint32_t result;

	if (!form || form->length > left)
		return 0;
	result = bytes[0] & (uint32_t)~form->mask;
	for (size_t i = 1; i < form->length; i++) {
		if ((bytes[i] & 0xc0) != 0x80)
			return 0;
		result = result << 6 | (bytes[i] & 0x3f);
	}
	if (result < form->smallest || result > 0x10ffff || (result >= 0xd800 && result < 0xe000))
		return 0;
	*code = result;
	return form->length;
}
