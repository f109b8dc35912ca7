/* SPDX-License-Identifier: MIT */
#include "print.h"

#include <inttypes.h>
#include <langinfo.h>
#include <locale.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "utf8.h"

static bool terminal_is_utf8(void)
{
	bool utf8;
	locale_t locale = newlocale(LC_CTYPE_MASK, "", (locale_t)0);

	if (!locale)
		return false;
	utf8 = strcmp(nl_langinfo_l(CODESET, locale), "UTF-8") == 0;
	freelocale(locale);
	return utf8;
}

/* C0, DEL, C1, and those that turn the direction of writing. */
static bool is_control(uint32_t code)
{
	static const struct {
		uint32_t first, last;
	} ranges[] = {
		{0x00, 0x1f}, {0x7f, 0x9f}, {0x200e, 0x200f}, {0x2028, 0x202e}, {0x2066, 0x2069}};

	for (size_t i = 0; i < sizeof(ranges) / sizeof(*ranges); i++)
		if (code >= ranges[i].first && code <= ranges[i].last)
			return code != '\t' && code != '\n';
	return false;
}

/* How many bytes from here can be printed as they are: a character, or 0. */
static size_t printable(const char *s, size_t left, bool utf8)
{
	uint32_t code;
	size_t length = utf8_decode(s, left, &code);

	if (length == 0 || is_control(code) || (length > 1 && !utf8))
		return 0;
	return length;
}

static void print_visibly(const char *bytes, size_t length)
{
	bool utf8 = terminal_is_utf8();

	for (size_t i = 0, n; i < length; i += n) {
		n = printable(bytes + i, length - i, utf8);
		if (n > 0) {
			fwrite(bytes + i, 1, n, stdout);
		} else {
			printf("\\x%02x", (unsigned char)bytes[i]);
			n = 1;
		}
	}
}

void print_text(const struct text *text)
{
	if (isatty(STDOUT_FILENO))
		print_visibly(text->bytes, text->length);
	else
		fwrite(text->bytes, 1, text->length, stdout);
	if (text->length == 0 || text->bytes[text->length - 1] != '\n')
		putchar('\n');
}

void print_json_string(const char *string)
{
	size_t left = strlen(string), length;
	uint32_t code;

	putchar('"');
	for (; left > 0; string += length, left -= length) {
		length = utf8_decode(string, left, &code);
		if (length == 0) {
			length = 1;
			fputs("\\ufffd", stdout);
		} else if (code == '"' || code == '\\') {
			printf("\\%c", (int)code);
		} else if (code < ' ') {
			printf("\\u%04" PRIx32, code);
		} else {
			fwrite(string, 1, length, stdout);
		}
	}
	putchar('"');
}
