/* SPDX-License-Identifier: MIT */
#include "device.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>

#include "advice.h"

static void complain(const char *path, const char *action, int error, const char *advice)
{
	warnx("%s: cannot %s: %s%s%s", path, action, strerror(error), *advice ? "; " : "", advice);
}

enum status device_open(struct device *dev, const char *path, int mode)
{
	char advice[ADVICE_MAX];
	int error;

	dev->path = path;
	dev->fd = open(path, mode | O_CLOEXEC | O_NOCTTY);
	if (dev->fd >= 0)
		return STATUS_OK;
	error = errno;
	advise_open(path, mode, error, advice);
	complain(path, "open", error, advice);
	return STATUS_OPEN;
}

void device_close(struct device *dev)
{
	cleanup_close_p(&dev->fd);
}

int device_ioctl(const struct device *dev, unsigned long request, void *argument)
{
	return ioctl(dev->fd, request, argument) < 0 ? -errno : 0;
}

enum status device_get_info(const struct device *dev, struct qotd_info *info)
{
	int error = device_ioctl(dev, QOTDIOCGINFO, info);

	return error ? device_refused(dev, "get its state", error) : STATUS_OK;
}

enum status device_refused(const struct device *dev, const char *action, int error)
{
	char advice[ADVICE_MAX];

	advise_ioctl(dev, -error, advice);
	complain(dev->path, action, -error, advice);
	return STATUS_IOCTL;
}
