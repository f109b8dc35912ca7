/* SPDX-License-Identifier: MIT */
#include <err.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/param.h>
#include <unistd.h>

#include "command.h"
#include "content.h"
#include "device.h"
#include "resize.h"

/* Reads standard input to its end, or until it is more than `limit`. */
static enum status read_input(struct text *text, uint64_t limit)
{
	ssize_t length;

	do {
		if (text->length == text->capacity &&
		    text_reserve(text, MAX(2 * text->capacity, CONTENT_REQUEST)) != STATUS_OK)
			return STATUS_INTERNAL;
		length = read(STDIN_FILENO, text->bytes + text->length,
			      text->capacity - text->length);
		if (length < 0) {
			warn("cannot read standard input");
			return STATUS_INTERNAL;
		}
		text->length += (size_t)length;
	} while (length > 0 && text->length <= limit);
	return STATUS_OK;
}

/* A quotation is a line: it gets the newline that a shell's word cannot well have. */
static enum status copy_argument(struct text *text, const char *argument)
{
	size_t length = strlen(argument);

	if (text_reserve(text, length + 1) != STATUS_OK)
		return STATUS_INTERNAL;
	memcpy(text->bytes, argument, length);
	if (length > 0 && argument[length - 1] != '\n')
		text->bytes[length++] = '\n';
	text->length = length;
	return STATUS_OK;
}

static enum status get_text(struct text *text, const char *argument, const struct qotd_info *info)
{
	if (strcmp(argument, "-") == 0)
		return read_input(text, info->max_size);
	return copy_argument(text, argument);
}

/* Sees to it that the device is as large as the text, so that no error comes with half of it written. */
static enum status make_room(const struct device *dev, const struct text *text,
			     struct qotd_info *info, bool grow)
{
	enum status status = STATUS_IOCTL;

	if (text->length <= info->size)
		return STATUS_OK;
	if (text->length > info->max_size) {
		warnx("%s: cannot set the content: it is longer than the maximum size, %" PRIu64
		      " bytes",
		      dev->path, (uint64_t)info->max_size);
	} else if (!grow) {
		warnx("%s: cannot set the content: it has %zu bytes, and the device %" PRIu64
		      "; --grow resizes it, up to %" PRIu64,
		      dev->path, text->length, (uint64_t)info->size, (uint64_t)info->max_size);
	} else {
		status = resize(dev, text->length);
		info->size = text->length;
	}
	return status;
}

enum status cmd_set(const struct invocation *inv)
{
	cleanup(device_close) struct device dev;
	cleanup(text_free) struct text text = {0};
	struct qotd_info info = {0};
	enum status status;

	if (device_open(&dev, inv->device, O_WRONLY | command_open_flags(inv)) != STATUS_OK)
		return STATUS_OPEN;
	status = device_get_info(&dev, &info);
	if (status == STATUS_OK)
		status = get_text(&text, inv->argument, &info);
	/* Standard input may have taken its time. */
	if (status == STATUS_OK)
		status = device_get_info(&dev, &info);
	if (status == STATUS_OK)
		status = make_room(&dev, &text, &info, inv->flags & FLAG_GROW);
	if (status == STATUS_OK)
		status = content_replace(&dev, &text, &info);
	return status;
}
