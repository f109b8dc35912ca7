/* SPDX-License-Identifier: MIT */
/*
 * Sizes as people write them: decimal digits with an optional K, M or G (powers of 1024).
 *
 * Parsing is libbsd's expand_number(3) behind checks: by itself it takes "-1" and "1KB", reads
 * "010" as octal, and makes 2^64 - 1 of 20 digits without an error. Formatting is exact in
 * size_format(); size_humanize() is humanize_number(3), which rounds.
 */
#ifndef SIZE_H
#define SIZE_H

#include <stddef.h>
#include <stdint.h>

/* What size_parse() takes, for help texts: "SIZE is " SIZE_RULE. */
#define SIZE_RULE "digits with an optional K, M or G, at most 9223372036854775807"

/* What is wrong with anything else, for messages: "SIZE 'x': " SIZE_SYNTAX. */
#define SIZE_SYNTAX "not a size: " SIZE_RULE

/* Room for what size_format() and size_humanize() print, with its final NUL. */
#define SIZE_FORMAT_MAX 24

/*
 * Parses all of `text` into bytes: digits are decimal, also after leading zeros, and the unit is
 * upper or lower case. 0 is a size; whether it is allowed is the caller's to say.
 *
 * Returns 0, or -EINVAL (empty, sign, blank, other characters) or -ERANGE (more than INT64_MAX, the
 * largest off_t); *bytes is set only on success.
 */
int size_parse(const char *text, uint64_t *bytes);

/*
 * Prints `bytes` exactly: with the largest unit that divides it ("64K", "1M"), else as bare digits
 * ("100"). Up to INT64_MAX, size_parse() gives the same number back. Returns buf.
 */
const char *size_format(uint64_t bytes, char buf[static SIZE_FORMAT_MAX]);

/*
 * Prints `bytes` in at most three digits, rounded, with the unit that makes it so ("98K", "1.5M"):
 * for messages that give an idea, or beside the exact number. Returns buf.
 */
const char *size_humanize(uint64_t bytes, char buf[static SIZE_FORMAT_MAX]);

/* A size, or a difference from one: "4K", "+4K", "-4K". */
struct size_change {
	char sign;	/* '+', '-', or '\0' for a size */
	uint64_t bytes; /* at most INT64_MAX */
};

/* Like size_parse(), with an optional sign in front. */
int size_change_parse(const char *text, struct size_change *change);

/*
 * What becomes of a size of `present` bytes. Returns 0, or -ERANGE when that would be less than 0 or
 * more than INT64_MAX; *bytes is set only on success.
 */
int size_change_apply(const struct size_change *change, uint64_t present, uint64_t *bytes);

#endif
