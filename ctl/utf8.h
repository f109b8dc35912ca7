/* SPDX-License-Identifier: MIT */
#ifndef UTF8_H
#define UTF8_H

#include <stddef.h>
#include <stdint.h>

/*
 * Decodes the character at `s`, of which `left` bytes are there, at least one. Returns its length in
 * bytes, or 0 when there is no valid one (RFC 3629: no overlong form, no surrogate).
 */
size_t utf8_decode(const char *s, size_t left, uint32_t *code);

#endif
