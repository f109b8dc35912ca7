/* SPDX-License-Identifier: MIT */
#include <err.h>
#include <fcntl.h>
#include <inttypes.h>

#include "command.h"
#include "device.h"
#include "qotd_ioctl.h"
#include "resize.h"
#include "size.h"

/* Somebody else may resize the device in between: the difference is from what was seen. */
static enum status find_size(const struct device *dev, const struct invocation *inv,
			     const struct size_change *change, uint64_t *size)
{
	struct qotd_info info = {0};
	enum status status;

	if (change->sign) {
		status = device_get_info(dev, &info);
		if (status != STATUS_OK)
			return status;
	}
	if (size_change_apply(change, info.size, size) == 0)
		return STATUS_OK;
	warnx("%s: cannot resize by %s: the device has %" PRIu64 " bytes and takes 1 to %" PRIu64,
	      dev->path, inv->argument, (uint64_t)info.size, (uint64_t)info.max_size);
	return STATUS_IOCTL;
}

enum status cmd_resize(const struct invocation *inv)
{
	cleanup(device_close) struct device dev = {.fd = -1};
	struct size_change change;
	enum status status;
	uint64_t size;

	if (size_change_parse(inv->argument, &change) < 0) {
		warnx("SIZE '%s': " SIZE_SYNTAX, inv->argument);
		return STATUS_USAGE;
	}
	if (device_open(&dev, inv->device, O_WRONLY | command_open_flags(inv)) != STATUS_OK)
		return STATUS_OPEN;
	status = find_size(&dev, inv, &change, &size);
	if (status != STATUS_OK)
		return status;
	return resize(&dev, size);
}
