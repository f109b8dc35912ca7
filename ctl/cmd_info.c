/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "device.h"
#include "print.h"
#include "qotd_ioctl.h"
#include "size.h"

/* The ABI that brought the counters: a daemon with an older one leaves zeros in their place. */
#define ABI_COUNTERS 2

enum unit { UNIT_COUNT, UNIT_BYTES };

/* A number in struct qotd_info. Keys are for scripts and do not change; labels may. */
struct field {
	const char *key, *label;
	enum unit unit;
	size_t offset, width;
	unsigned int abi; /* the first version that has it */
};

#define FIELD(member, text, what, since)                                         \
	{                                                                        \
		.key = #member, .label = (text), .unit = (what), .abi = (since), \
		.offset = offsetof(struct qotd_info, member),                    \
		.width = sizeof(((struct qotd_info *)0)->member)                 \
	}

/* In the order in which they are printed, after the device and whether it is changed. */
static const struct field fields[] = {
	FIELD(instance, "instance", UNIT_COUNT, 1),
	FIELD(size, "size", UNIT_BYTES, 1),
	FIELD(max_size, "maximum size", UNIT_BYTES, 1),
	FIELD(initial_size, "initial size", UNIT_BYTES, 1),
	FIELD(allocated, "allocated", UNIT_BYTES, 1),
	FIELD(changes, "changes", UNIT_COUNT, 1),
	FIELD(memory_limit, "memory limit", UNIT_BYTES, 1),
	FIELD(memory_used, "memory used", UNIT_BYTES, 1),
	FIELD(sleepers, "sleepers", UNIT_COUNT, 1),
	FIELD(operations, "operations", UNIT_COUNT, ABI_COUNTERS),
	FIELD(errors, "errors", UNIT_COUNT, ABI_COUNTERS),
	FIELD(bytes_read, "bytes read", UNIT_BYTES, ABI_COUNTERS),
	FIELD(bytes_written, "bytes written", UNIT_BYTES, ABI_COUNTERS),
	FIELD(sleeps, "sleeps", UNIT_COUNT, ABI_COUNTERS),
	FIELD(replays, "replays", UNIT_COUNT, ABI_COUNTERS),
	FIELD(restarts, "restarts", UNIT_COUNT, ABI_COUNTERS),
	FIELD(abi_version, "ABI version", UNIT_COUNT, 1),
	{.key = NULL},
};

static uint64_t get(const struct qotd_info *info, const struct field *field)
{
	const char *place = (const char *)info + field->offset;
	uint64_t wide;
	uint32_t narrow;

	if (field->width == sizeof(wide)) {
		memcpy(&wide, place, sizeof(wide));
		return wide;
	}
	memcpy(&narrow, place, sizeof(narrow));
	return narrow;
}

/* Exact, and with its unit where that is shorter: "65536 bytes (64K)". */
static void print_value(uint64_t value, enum unit unit)
{
	char buf[SIZE_FORMAT_MAX];

	printf("%" PRIu64, value);
	if (unit == UNIT_BYTES)
		printf(" bytes");
	if (unit == UNIT_BYTES && value >= 1024)
		printf(value % 1024 ? " (about %s)" : " (%s)",
		       value % 1024 ? size_humanize(value, buf) : size_format(value, buf));
	putchar('\n');
}

#define LABEL "%-13s "

static void print_for_people(const char *path, const struct qotd_info *info)
{
	printf(LABEL "%s\n", "device", path);
	printf(LABEL "%s\n", "changed", info->flags & QOTD_INFO_CHANGED ? "yes" : "no");
	for (const struct field *f = fields; f->key; f++) {
		if (f->abi > info->abi_version)
			continue;
		printf(LABEL, f->label);
		print_value(get(info, f), f->unit);
	}
}

static void print_json(const char *path, const struct qotd_info *info)
{
	printf("{\n  \"device\": ");
	print_json_string(path);
	printf(",\n  \"changed\": %s", info->flags & QOTD_INFO_CHANGED ? "true" : "false");
	for (const struct field *f = fields; f->key; f++)
		if (f->abi <= info->abi_version)
			printf(",\n  \"%s\": %" PRIu64, f->key, get(info, f));
	printf("\n}\n");
}

enum status cmd_info(const struct invocation *inv)
{
	cleanup(device_close) struct device dev;
	struct qotd_info info = {0};
	enum status status;

	if (device_open(&dev, inv->device, O_RDONLY) != STATUS_OK)
		return STATUS_OPEN;
	status = device_get_info(&dev, &info);
	if (status != STATUS_OK)
		return status;
	if (inv->flags & FLAG_JSON)
		print_json(dev.path, &info);
	else
		print_for_people(dev.path, &info);
	return STATUS_OK;
}
