/* SPDX-License-Identifier: MIT */
/* The content of the device, as text that ends with the first NUL or with the device. */
#ifndef CONTENT_H
#define CONTENT_H

#include <stddef.h>
#include <stdint.h>

#include "device.h"

/*
 * What one request to a character device carries. Content up to this length is read and written in one
 * piece, so that nobody sees half of a change; a buffer has to begin with a page for that.
 */
#define CONTENT_REQUEST (128 * 1024)

/* Frees itself when declared as `cleanup(text_free) struct text`. Starts as {0}. */
struct text {
	char *bytes; /* page-aligned */
	size_t length;
	size_t capacity;
};

void text_free(struct text *text);

/* Makes room for `capacity` bytes, at least one. Returns STATUS_OK, or STATUS_INTERNAL after a message. */
enum status text_reserve(struct text *text, size_t capacity);

/* Reads the text from the beginning of the device. Returns STATUS_OK, or another after a message. */
enum status content_read(const struct device *dev, struct text *text);

/*
 * Writes `text` over all of the device, and zeros behind it. The device must be open for writing, at
 * position 0, and not be smaller than the text, as far as `info` knows. Returns STATUS_OK, or another
 * after a message.
 */
enum status content_replace(const struct device *dev, struct text *text,
			    const struct qotd_info *info);

#endif
