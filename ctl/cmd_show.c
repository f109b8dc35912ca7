/* SPDX-License-Identifier: MIT */
#include <fcntl.h>

#include "command.h"
#include "content.h"
#include "device.h"
#include "print.h"

enum status cmd_show(const struct invocation *inv)
{
	cleanup(device_close) struct device dev;
	cleanup(text_free) struct text text = {0};
	enum status status;

	if (device_open(&dev, inv->device, O_RDONLY) != STATUS_OK)
		return STATUS_OPEN;
	status = content_read(&dev, &text);
	if (status == STATUS_OK)
		print_text(&text);
	return status;
}
