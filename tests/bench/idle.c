// SPDX-License-Identifier: MIT
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "idle.h"

/* A line of /proc/PID/status. */
static unsigned long read_status(pid_t pid, const char *key)
{
	char path[64], line[256];
	unsigned long value = 0;
	FILE *status;

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	status = fopen(path, "re");
	if (!status)
		err(EXIT_FAILURE, "%s", path);
	while (fgets(line, sizeof(line), status))
		if (strncmp(line, key, strlen(key)) == 0)
			value = strtoul(line + strlen(key), NULL, 10);
	fclose(status);
	return value;
}

struct idle_figure idle_measure(const struct contest *a, unsigned instances)
{
	struct contender c = {.name = "qotd-cuse", .role = SUBJECT};
	char dir_option[sizeof(c.dir) + 8], instances_option[32];
	struct idle_figure figure = {.instances = instances};

	snprintf(c.dir, sizeof(c.dir), "%s/idle", a->work);
	snprintf(c.path, sizeof(c.path), "%s/qotd", c.dir);
	snprintf(dir_option, sizeof(dir_option), "--fuse=%s", c.dir);
	snprintf(instances_option, sizeof(instances_option), "--instances=%u", instances);
	c.argv[0] = (char *)(uintptr_t)a->qotd_cuse;
	c.argv[1] = dir_option;
	c.argv[2] = instances_option;
	pin_self(-1);
	contender_launch(&c);
	figure.pages = instances * (unsigned long)sysconf(_SC_PAGESIZE);
	figure.resident = read_status(c.serving, "VmRSS:") * 1024;
	figure.threads = (unsigned)read_status(c.serving, "Threads:");
	contender_stop(&c);
	return figure;
}
