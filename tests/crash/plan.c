// SPDX-License-Identifier: MIT
#include "plan.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

struct crash_plan *plan_create(void)
{
	char path[64];
	int fd = memfd_create("crash-plan", 0);
	struct crash_plan *p;

	if (fd < 0 || ftruncate(fd, sizeof(*p)) < 0)
		err(1, "the crash plan");
	p = mmap(NULL, sizeof(*p), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (p == MAP_FAILED)
		err(1, "the crash plan");
	snprintf(path, sizeof(path), "/proc/%d/fd/%d", getpid(), fd);
	if (setenv(CRASH_PLAN_ENV, path, 1) < 0)
		err(1, "the crash plan");
	return p;
}

void plan_disarm(struct crash_plan *p)
{
	for (int i = 0; i < CRASH_PLAN_DEATHS; i++)
		p->die_at[i] = 0;
	p->always = 0;
	p->hang = 0;
}

void plan_reset(struct crash_plan *p)
{
	plan_disarm(p);
	p->deaths = 0;
	p->hits = 0;
}

void plan_arm(struct crash_plan *p, uint32_t first, uint32_t second)
{
	plan_reset(p);
	p->die_at[1] = second ? first + second : 0;
	p->die_at[0] = first;
}

void plan_arm_always(struct crash_plan *p, uint32_t point, uint32_t from)
{
	plan_reset(p);
	p->from = from;
	p->always = point + 1;
}

/* A line is "12 path/file.c:34 what it is": kept is "file.c:34 what it is". */
static bool keep(struct point_table *table, char *line)
{
	char *file, *slash;

	line[strcspn(line, "\n")] = '\0';
	if (table->count == CRASH_PLAN_POINTS || !(file = strchr(line, ' ')))
		return false;
	slash = strrchr(file, '/');
	snprintf(table->names[table->count++], sizeof(table->names[0]), "%s",
		 slash ? slash + 1 : file + 1);
	return true;
}

bool points_list(struct point_table *table, const char *program)
{
	char command[512], line[512];
	bool good = true;
	FILE *in;

	table->count = 0;
	snprintf(command, sizeof(command), "QOTD_CRASH_LIST=1 '%s'", program);
	in = popen(command, "re");
	if (!in)
		return false;
	while (good && fgets(line, sizeof(line), in))
		good = keep(table, line);
	return pclose(in) == 0 && good && table->count > 0;
}
