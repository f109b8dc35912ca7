// SPDX-License-Identifier: MIT
#include <stdio.h>

#include "size.h"
#include "status.h"

static uint32_t count_devices(const struct server *s)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < s->driver.device_count; i++)
		count += qotd_is_attached(&s->driver.devices[i]);
	return count;
}

/* The first process from an arena has survived nothing. */
static uint64_t count_restarts(const struct server *s)
{
	return s->arena.header->starts > 0 ? s->arena.header->starts - 1 : 0;
}

const char *status_format(struct server *s, char text[static STATUS_MAX])
{
	char used[SIZE_FORMAT_MAX], limit[SIZE_FORMAT_MAX];
	uint32_t devices = count_devices(s);
	uint64_t restarts = count_restarts(s);
	struct umem_stats memory;

	umem_get_stats(&s->umem, &memory);
	snprintf(text, STATUS_MAX,
		 "%u device%s, %s of %s in use, %u sleeping, %ju restart%s survived", devices,
		 devices == 1 ? "" : "s", size_format(memory.used, used),
		 size_format(memory.limit, limit), memory.sleepers, (uintmax_t)restarts,
		 restarts == 1 ? "" : "s");
	return text;
}
