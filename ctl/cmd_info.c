/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>

#include "command.h"
#include "device.h"
#include "qotd_ioctl.h"
#include "size.h"

#define LABEL "%-13s "

static void print_number(const char *label, uint64_t number)
{
	printf(LABEL "%" PRIu64 "\n", label, number);
}

/* Exact, and with its unit where that is shorter: "65536 bytes (64K)". */
static void print_size(const char *label, uint64_t bytes)
{
	char buf[SIZE_FORMAT_MAX];

	printf(LABEL "%" PRIu64 " bytes", label, bytes);
	if (bytes != 0 && bytes % 1024 == 0)
		printf(" (%s)", size_format(bytes, buf));
	putchar('\n');
}

static void print_info(const char *path, const struct qotd_info *info)
{
	printf(LABEL "%s\n", "device", path);
	print_number("instance", info->instance);
	print_size("size", info->size);
	print_size("maximum size", info->max_size);
	print_size("initial size", info->initial_size);
	print_size("allocated", info->allocated);
	printf(LABEL "%s\n", "changed", info->flags & QOTD_INFO_CHANGED ? "yes" : "no");
	print_number("changes", info->changes);
	print_size("memory limit", info->memory_limit);
	print_size("memory used", info->memory_used);
	print_number("sleepers", info->sleepers);
	print_number("ABI version", info->abi_version);
}

/* For people; the lines may change from one version to the next. */
enum status cmd_info(const struct invocation *inv)
{
	cleanup(device_close) struct device dev;
	struct qotd_info info = {0};
	enum status status;

	if (device_open(&dev, inv->device, O_RDONLY) != STATUS_OK)
		return STATUS_OPEN;
	status = device_get_info(&dev, &info);
	if (status == STATUS_OK)
		print_info(dev.path, &info);
	return status;
}
