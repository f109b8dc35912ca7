/* SPDX-License-Identifier: MIT */
/* Operations that may sleep for memory, for as long as it takes. */
#ifndef WAITING_H
#define WAITING_H

#include "device.h"

/*
 * device_ioctl() for such an operation; `action` says what it is to do: "resize to 10 bytes". After a
 * second, says on a terminal what it waits for, and waits on.
 *
 * SIGINT, SIGTERM and SIGHUP end the process, after a message, unless they were ignored or blocked. The
 * device takes the operation back when its caller is gone.
 */
int waiting_ioctl(const struct device *dev, const char *action, unsigned long request,
		  void *argument);

#endif
