/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>

#include "command.h"
#include "device.h"
#include "qotd_ioctl.h"

/* The bare number, for scripts. */
enum status cmd_size(const struct invocation *inv)
{
	cleanup(device_close) struct device dev;
	uint64_t size = 0;
	int error;

	if (device_open(&dev, inv->device, O_RDONLY) != STATUS_OK)
		return STATUS_OPEN;
	error = device_ioctl(&dev, QOTDIOCGSZ, &size);
	if (error)
		return device_refused(&dev, "get the size", error);
	printf("%" PRIu64 "\n", size);
	return STATUS_OK;
}
