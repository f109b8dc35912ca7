/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <stddef.h>

#include "command.h"
#include "device.h"
#include "qotd_ioctl.h"
#include "waiting.h"

/* --force: a write that comes between the two makes the device busy again, and is not lost. */
enum status cmd_detach(const struct invocation *inv)
{
	cleanup(device_close) struct device dev;
	int error;

	if (device_open(&dev, inv->device, O_WRONLY) != STATUS_OK)
		return STATUS_OPEN;
	if (inv->flags & FLAG_FORCE) {
		error = waiting_ioctl(&dev, "reset", QOTDIOCDISCARD, NULL);
		if (error)
			return device_refused(&dev, "reset", error);
	}
	error = device_ioctl(&dev, QOTDIOCDETACH, NULL);
	return error ? device_refused(&dev, "detach", error) : STATUS_OK;
}
