// SPDX-License-Identifier: MIT
#include "arena_view.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "device.h"
#include "openfile.h"
#include "slot.h"

/* Tables are used from their beginning on: nothing lies behind so many untouched entries. */
#define LOOKED_AT 256u

static int open_memfd(pid_t pid)
{
	char directory[64], path[PATH_MAX], target[PATH_MAX];
	struct dirent *entry;
	int fd = -1;
	DIR *dir;

	snprintf(directory, sizeof(directory), "/proc/%d/fd", pid);
	dir = opendir(directory);
	while (dir && fd < 0 && (entry = readdir(dir))) {
		ssize_t n;

		snprintf(path, sizeof(path), "%s/%s", directory, entry->d_name);
		n = readlink(path, target, sizeof(target) - 1);
		target[n > 0 ? n : 0] = '\0';
		if (strncmp(target, "/memfd:qotd-cuse", strlen("/memfd:qotd-cuse")) == 0)
			fd = open(path, O_RDONLY | O_CLOEXEC);
	}
	if (dir)
		closedir(dir);
	return fd;
}

bool arena_view_open(struct arena_view *v, pid_t pid)
{
	struct arena_header header;
	int fd = open_memfd(pid);
	void *map = MAP_FAILED;

	*v = (struct arena_view){0};
	if (fd < 0)
		return false;
	if (pread(fd, &header, sizeof(header), 0) == sizeof(header) && header.fixed_size > 0)
		map = mmap(NULL, header.fixed_size, PROT_READ, MAP_SHARED, fd, 0);
	close(fd);
	if (map == MAP_FAILED)
		return false;
	*v = (struct arena_view){.header = map, .size = header.fixed_size};
	return true;
}

void arena_view_close(struct arena_view *v)
{
	if (v->header)
		munmap((void *)(uintptr_t)v->header, v->size);
	*v = (struct arena_view){0};
}

uint64_t arena_view_starts(const struct arena_view *v)
{
	return *(const volatile uint64_t *)&v->header->starts;
}

static const void *entry(const struct arena_view *v, enum arena_section section, uint64_t index)
{
	const struct arena_table *t = &v->header->table[section];

	return (const char *)v->header + t->offset + index * t->entry_size;
}

static unsigned count(const struct arena_view *v, enum arena_section section,
		      bool (*matters)(const void *entry))
{
	uint64_t entries = v->header->table[section].count;
	unsigned found = 0;

	for (uint64_t i = 0; i < entries && i < LOOKED_AT; i++)
		found += matters(entry(v, section, i));
	return found;
}

static bool is_open(const void *e)
{
	const struct openfile *f = e;

	return f->generation % 2 == 1;
}

static bool is_polled(const void *e)
{
	const struct openfile *f = e;

	return is_open(e) && f->poll_handle != 0;
}

static bool is_occupied(const void *e)
{
	const struct slot *s = e;
	const volatile struct fuse_in_header *header =
		(const volatile void *)((const char *)e + s->buffer_offset);

	return s->buffer_offset && header->len != 0;
}

static bool is_attached(const void *e)
{
	const volatile struct qotd_state *s = e;

	return s->flags & QOTD_ATTACHED;
}

unsigned arena_view_attached(const struct arena_view *v)
{
	return count(v, ARENA_INSTANCES, is_attached);
}

unsigned arena_view_open_files(const struct arena_view *v)
{
	return count(v, ARENA_FILES, is_open);
}

unsigned arena_view_polled(const struct arena_view *v)
{
	return count(v, ARENA_FILES, is_polled);
}

unsigned arena_view_running(const struct arena_view *v)
{
	return count(v, ARENA_SLOTS, is_occupied);
}

unsigned arena_view_parked(const struct arena_view *v)
{
	return count(v, ARENA_PARKED, is_occupied);
}
