/* SPDX-License-Identifier: MIT */
#include "device.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>

#define START_IT "start it with 'systemctl start qotd-cuse', or name another device with -d"

/* What to do about an error. The last row has no error number and no text. */
struct advice {
	int error;
	const char *text;
};

static const struct advice open_advice[] = {
	{ENOENT, START_IT},
	{ENXIO, START_IT},
	{ENODEV, START_IT},
	{ENOTCONN, START_IT},
	{EACCES, "become root or a member of the group qotd"},
	{0, NULL},
};

static const struct advice ioctl_advice[] = {
	{EAGAIN, "memory is short: try again later"},
	{ENOMEM, "there will never be enough memory: take a smaller size, or raise the daemon's "
		 "--memory"},
	{EBUSY, "the content is changed: discard it first with 'qotdctl reset'"},
	{EINTR, "a signal ended the wait and nothing has changed: try again"},
	{ENOTTY, "this is not a qotd device: name another one with -d"},
	{ENODEV, "the device was taken away: " START_IT},
	{ENOTCONN, "the daemon has ended: " START_IT},
	{ECONNABORTED, "the daemon has ended: " START_IT},
	{0, NULL},
};

static void complain(const char *path, const char *action, int error, const struct advice *advice)
{
	while (advice->text && advice->error != error)
		advice++;
	if (advice->text)
		warnx("%s: cannot %s: %s; %s", path, action, strerror(error), advice->text);
	else
		warnx("%s: cannot %s: %s", path, action, strerror(error));
}

enum status device_open(struct device *dev, const char *path, int mode)
{
	dev->path = path;
	dev->fd = open(path, mode | O_CLOEXEC | O_NOCTTY);
	if (dev->fd >= 0)
		return STATUS_OK;
	complain(path, "open", errno, open_advice);
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
	complain(dev->path, action, -error, ioctl_advice);
	return STATUS_IOCTL;
}
