/* SPDX-License-Identifier: MIT */
#include "content.h"

#include <err.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/param.h>
#include <unistd.h>

/* As large as a page gets on any machine. */
#define PAGE 65536

void text_free(struct text *text)
{
	free(text->bytes);
}

enum status text_reserve(struct text *text, size_t capacity)
{
	size_t pages = capacity / PAGE + (capacity % PAGE != 0);
	char *bytes = NULL;

	if (capacity <= text->capacity)
		return STATUS_OK;
	if (pages <= SIZE_MAX / PAGE)
		bytes = aligned_alloc(PAGE, pages * PAGE);
	if (!bytes) {
		warnx("not enough memory for %zu bytes of content", capacity);
		return STATUS_INTERNAL;
	}
	if (text->length > 0)
		memcpy(bytes, text->bytes, text->length);
	free(text->bytes);
	text->bytes = bytes;
	text->capacity = pages * PAGE;
	return STATUS_OK;
}

/* Cuts the text at its first NUL, if there is one behind `start`. */
static bool cut(struct text *text, size_t start)
{
	const char *end = memchr(text->bytes + start, '\0', text->length - start);

	if (end)
		text->length = (size_t)(end - text->bytes);
	return end;
}

/* Reads on until the text or the device ends. */
static enum status read_rest(const struct device *dev, struct text *text)
{
	for (;;) {
		size_t start = text->length;
		ssize_t length;

		if (start == text->capacity && text_reserve(text, 2 * start) != STATUS_OK)
			return STATUS_INTERNAL;
		length = read(dev->fd, text->bytes + start, text->capacity - start);
		if (length < 0)
			return device_refused(dev, "read", -errno);
		text->length += (size_t)length;
		if (length == 0 || cut(text, start))
			return STATUS_OK;
	}
}

enum status content_read(const struct device *dev, struct text *text)
{
	uint64_t beginning = 0;
	int error = device_ioctl(dev, QOTDIOCSPOS, &beginning);

	if (error)
		return device_refused(dev, "go to its beginning", error);
	text->length = 0;
	if (text_reserve(text, CONTENT_REQUEST) != STATUS_OK)
		return STATUS_INTERNAL;
	return read_rest(dev, text);
}

/*
 * What the device has, and as much more as comes for free: what goes past its end is not written, and
 * nothing old stays should the device have grown in between.
 */
static uint64_t length_to_write(const struct text *text, const struct qotd_info *info)
{
	uint64_t request = MIN(info->max_size, CONTENT_REQUEST);

	return MAX(MAX(info->size, text->length), request);
}

/* Writes until as much is written as the device had. */
static enum status write_all(const struct device *dev, const struct text *text, uint64_t size,
			     size_t length)
{
	size_t written = 0;

	do {
		ssize_t n = write(dev->fd, text->bytes + written, length - written);

		if (n < 0 && written >= text->length)
			break;
		if (n < 0)
			return device_refused(dev, "write", -errno);
		written += (size_t)n;
	} while (written < size);
	return STATUS_OK;
}

enum status content_replace(const struct device *dev, struct text *text,
			    const struct qotd_info *info)
{
	uint64_t length = length_to_write(text, info);

	if (text_reserve(text, length) != STATUS_OK)
		return STATUS_INTERNAL;
	memset(text->bytes + text->length, 0, length - text->length);
	return write_all(dev, text, info->size, length);
}
