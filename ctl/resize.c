/* SPDX-License-Identifier: MIT */
#include "resize.h"

#include <err.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "waiting.h"

/* EINVAL by itself does not say what would be valid: the device knows. */
static enum status resize_refused(const struct device *dev, const char *action, int error)
{
	struct qotd_info info = {0};

	if (error != -EINVAL || device_ioctl(dev, QOTDIOCGINFO, &info) < 0)
		return device_refused(dev, action, error);
	warnx("%s: cannot %s: the device takes 1 to %" PRIu64, dev->path, action,
	      (uint64_t)info.max_size);
	return STATUS_IOCTL;
}

enum status resize(const struct device *dev, uint64_t size)
{
	char action[64];
	int error;

	snprintf(action, sizeof(action), "resize to %" PRIu64 " bytes", size);
	error = waiting_ioctl(dev, action, QOTDIOCSSZ, &size);
	return error ? resize_refused(dev, action, error) : STATUS_OK;
}
