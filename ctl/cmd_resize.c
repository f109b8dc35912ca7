/* SPDX-License-Identifier: MIT */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>

#include "command.h"
#include "device.h"
#include "qotd_ioctl.h"
#include "size.h"

/* EINVAL by itself does not say what would be valid: the device knows. */
static enum status resize_refused(const struct device *dev, uint64_t size, int error)
{
	struct qotd_info info = {0};
	char action[64];

	snprintf(action, sizeof(action), "resize to %" PRIu64 " bytes", size);
	if (error != -EINVAL || device_ioctl(dev, QOTDIOCGINFO, &info) < 0)
		return device_refused(dev, action, error);
	warnx("%s: cannot %s: the device takes 1 to %" PRIu64, dev->path, action,
	      (uint64_t)info.max_size);
	return STATUS_IOCTL;
}

/* May sleep for memory; a signal such as Ctrl-C then ends qotdctl, and the device stays as it was.
 */
enum status cmd_resize(const struct invocation *inv)
{
	cleanup(device_close) struct device dev = {.fd = -1};
	uint64_t size;
	int error;

	if (size_parse(inv->argument, &size) < 0) {
		warnx("SIZE '%s': " SIZE_SYNTAX, inv->argument);
		return STATUS_USAGE;
	}
	if (device_open(&dev, inv->device, O_WRONLY) != STATUS_OK)
		return STATUS_OPEN;
	error = device_ioctl(&dev, QOTDIOCSSZ, &size);
	return error ? resize_refused(&dev, size, error) : STATUS_OK;
}
