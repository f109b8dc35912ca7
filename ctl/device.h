/* SPDX-License-Identifier: MIT */
/* The device as qotdctl sees it: opening it, asking it, and saying what to do when it says no. */
#ifndef DEVICE_H
#define DEVICE_H

#include "cleanup.h"
#include "qotd_ioctl.h"
#include "status.h"

/* The device is what -d names, else what this variable names, else this path. */
#define DEVICE_VARIABLE "QOTD_DEVICE"
#define DEVICE_DEFAULT	"/dev/qotd"

/* Closes itself when declared as `cleanup(device_close) struct device`. */
struct device {
	const char *path; /* borrowed */
	int fd;
};

/*
 * Opens `path` with O_RDONLY or O_WRONLY: the device checks the mode, see qotd_ioctl.h. Operations
 * wait for memory unless `mode` has O_NONBLOCK, too. Returns STATUS_OK, or STATUS_OPEN after a
 * message; *dev can be closed in both cases.
 */
enum status device_open(struct device *dev, const char *path, int mode);

void device_close(struct device *dev);

/* ioctl(2). Returns 0 or -errno, without a message. */
int device_ioctl(const struct device *dev, unsigned long request, void *argument);

/* Gets the state. Returns STATUS_OK, or STATUS_IOCTL after a message. */
enum status device_get_info(const struct device *dev, struct qotd_info *info);

/*
 * Says that the device refused: "cannot <action>", why (`error` is a negative errno), and what to
 * do. Returns STATUS_IOCTL.
 */
enum status device_refused(const struct device *dev, const char *action, int error);

#endif
