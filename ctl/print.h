/* SPDX-License-Identifier: MIT */
/* Texts of unknown origin, printed on stdout in a form that does its reader no harm. */
#ifndef PRINT_H
#define PRINT_H

#include "content.h"

/*
 * Prints the text and, unless it ends with one, a newline. As it is, except on a terminal: there,
 * control characters other than tab and newline, and what is no character, are printed as \xNN, so that
 * nobody's quotation moves the cursor or worse.
 */
void print_text(const struct text *text);

/* Prints a JSON string with its quotes. What is not valid UTF-8 becomes U+FFFD. */
void print_json_string(const char *string);

#endif
