/* SPDX-License-Identifier: MIT */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "content.h"
#include "device.h"
#include "print.h"

/*
 * Waits for a change of the content since it was read, for the end of the device, or for the end of
 * whoever reads our output. Returns 0 or -errno.
 */
static int await_change(const struct device *dev)
{
	struct pollfd fds[] = {
		{.fd = dev->fd, .events = POLLPRI}, {.fd = STDOUT_FILENO}, /* only errors */
	};

	/* EINTR: the process was stopped and continues. */
	while (poll(fds, 2, -1) < 0)
		if (errno != EINTR)
			return -errno;
	if (fds[0].revents & (POLLERR | POLLHUP | POLLNVAL))
		return -ENODEV;
	return fds[1].revents ? -EPIPE : 0;
}

static bool is_equal(const struct text *a, const struct text *b)
{
	return a->length == b->length && memcmp(a->bytes, b->bytes, a->length) == 0;
}

/* Prints what the device has, unless it is what was printed before: a resize leaves the text alone. */
static enum status show_news(const struct device *dev, struct text *text, struct text *before)
{
	struct text swap;
	enum status status = content_read(dev, text);

	if (status != STATUS_OK || (before->bytes && is_equal(text, before)))
		return status;
	swap = *before;
	*before = *text;
	*text = swap;
	print_text(before);
	/* main() says so when output is lost. */
	return fflush(stdout) == 0 ? STATUS_OK : STATUS_INTERNAL;
}

static enum status watch_ended(const struct device *dev, int error)
{
	if (error != -EPIPE)
		return device_refused(dev, "watch", error);
	warnc(EPIPE, "cannot write to standard output");
	return STATUS_INTERNAL;
}

/* Ends with an error or by a signal. */
enum status cmd_watch(const struct invocation *inv)
{
	cleanup(device_close) struct device dev;
	cleanup(text_free) struct text text = {0}, before = {0};
	enum status status;
	int error = 0;

	if (device_open(&dev, inv->device, O_RDONLY) != STATUS_OK)
		return STATUS_OPEN;
	do
		status = show_news(&dev, &text, &before);
	while (status == STATUS_OK && (error = await_change(&dev)) == 0);
	return error ? watch_ended(&dev, error) : status;
}
