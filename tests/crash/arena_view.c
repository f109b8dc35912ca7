// SPDX-License-Identifier: MIT
#include "arena_view.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
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
	int fd = open_memfd(pid);

	*v = (struct arena_view){0};
	if (fd < 0)
		return false;
	if (pread(fd, &v->header, sizeof(v->header), 0) != sizeof(v->header) ||
	    v->header.fixed_size == 0) {
		close(fd);
		return false;
	}
	v->fd = fd;
	return true;
}

void arena_view_close(struct arena_view *v)
{
	if (v->fd > 0)
		close(v->fd);
	*v = (struct arena_view){0};
}

/* What is not there, because a process is about to begin the arena anew, is zeros. */
static void read_at(const struct arena_view *v, uint64_t offset, void *to, size_t size)
{
	memset(to, 0, size);
	(void)!pread(v->fd, to, size, (off_t)offset);
}

uint64_t arena_view_starts(const struct arena_view *v)
{
	struct arena_header header;

	read_at(v, 0, &header, sizeof(header));
	return header.starts;
}

/* Counts the entries of a section that matter, by what each begins with. */
static unsigned count(const struct arena_view *v, enum arena_section section,
		      bool (*matters)(const struct arena_view *v, uint64_t offset))
{
	const struct arena_table *t = &v->header.table[section];
	unsigned found = 0;

	for (uint64_t i = 0; i < t->count && i < LOOKED_AT; i++)
		found += matters(v, t->offset + i * t->entry_size);
	return found;
}

static bool is_open(const struct arena_view *v, uint64_t offset)
{
	struct openfile f;

	read_at(v, offset, &f, sizeof(f));
	return f.generation % 2 == 1;
}

static bool is_polled(const struct arena_view *v, uint64_t offset)
{
	struct openfile f;

	read_at(v, offset, &f, sizeof(f));
	return f.generation % 2 == 1 && f.poll_handle != 0;
}

static bool is_occupied(const struct arena_view *v, uint64_t offset)
{
	struct fuse_in_header header;
	struct slot s;

	read_at(v, offset, &s, sizeof(s));
	if (s.buffer_offset == 0)
		return false;
	read_at(v, offset + s.buffer_offset, &header, sizeof(header));
	return header.len != 0;
}

static bool is_attached(const struct arena_view *v, uint64_t offset)
{
	struct qotd_state s;

	read_at(v, offset, &s, sizeof(s));
	return s.flags & QOTD_ATTACHED;
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
