/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <stddef.h>

#include "command.h"
#include "device.h"
#include "qotd_ioctl.h"
#include "waiting.h"

/* May sleep for memory, as resize does. */
enum status cmd_reset(const struct invocation *inv)
{
	cleanup(device_close) struct device dev;
	int error;

	if (device_open(&dev, inv->device, O_WRONLY | command_open_flags(inv)) != STATUS_OK)
		return STATUS_OPEN;
	error = waiting_ioctl(&dev, "reset", QOTDIOCDISCARD, NULL);
	return error ? device_refused(&dev, "reset", error) : STATUS_OK;
}
