// SPDX-License-Identifier: MIT
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>

#include "arena.h"
#include "cleanup.h"
#include "crash_point.h"

static const char arena_magic[8] = "QOTDARN";

static uint64_t round_up(uint64_t value, uint64_t unit)
{
	return (value + unit - 1) / unit * unit;
}

/* Lays the tables out one behind the other, each on a page of its own. Returns the bytes they take. */
static uint64_t lay_out(struct arena_table tables[static ARENA_SECTIONS], uint64_t page_size)
{
	uint64_t offset = round_up(sizeof(struct arena_header), page_size);

	for (int i = 0; i < ARENA_SECTIONS; i++) {
		tables[i].offset = offset;
		offset += round_up(tables[i].entry_size * tables[i].count, page_size);
	}
	return offset;
}

/* What the header of an arena with these tables is, before any range is taken. */
static struct arena_header make_header(const struct arena_table tables[static ARENA_SECTIONS],
				       uint64_t page_size)
{
	struct arena_header header = {
		.version = ARENA_VERSION,
		.sections = ARENA_SECTIONS,
	};

	memcpy(header.magic, arena_magic, sizeof(header.magic));
	memcpy(header.table, tables, sizeof(header.table));
	header.fixed_size = lay_out(header.table, page_size);
	header.next_offset = round_up(header.fixed_size, ARENA_HUGE_PAGE);
	return header;
}

int arena_open(void)
{
	int fd = memfd_create("qotd-cuse", MFD_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

/* Whether the system has huge pages for shared memory that asks for them, and only then. */
static bool has_huge_pages(void)
{
	cleanup_close int fd =
		open("/sys/kernel/mm/transparent_hugepage/shmem_enabled", O_RDONLY | O_CLOEXEC);
	char modes[128];
	ssize_t n = fd < 0 ? -1 : read(fd, modes, sizeof(modes) - 1);

	if (n <= 0)
		return false;
	modes[n] = '\0';
	return strstr(modes, "[advise]") != NULL;
}

static int map_fixed_part(struct arena *a, int fd, uint64_t fixed_size, size_t page_size)
{
	void *fixed = mmap(NULL, fixed_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (fixed == MAP_FAILED)
		return -errno;
	*a = (struct arena){
		.fd = fd,
		.header = fixed,
		.page_size = page_size,
		.has_huge_pages = has_huge_pages(),
	};
	pthread_mutex_init(&a->lock, NULL);
	return 0;
}

int arena_create(struct arena *a, int fd, const struct arena_table tables[static ARENA_SECTIONS])
{
	size_t page_size = (size_t)sysconf(_SC_PAGESIZE);
	struct arena_header header = make_header(tables, page_size);
	int err;

	if (ftruncate(fd, ARENA_FILE_SIZE) < 0)
		return -errno;
	err = map_fixed_part(a, fd, header.fixed_size, page_size);
	if (err)
		return err;
	/* The magic comes last: without it, nothing has happened here. */
	memcpy((char *)a->header + sizeof(header.magic), (char *)&header + sizeof(header.magic),
	       sizeof(header) - sizeof(header.magic));
	crash_point("arena: made, without its magic");
	memcpy(a->header->magic, header.magic, sizeof(header.magic));
	return 0;
}

int arena_adopt(struct arena *a, int fd, const struct arena_table tables[static ARENA_SECTIONS])
{
	static const char nothing[sizeof(arena_magic)];
	size_t page_size = (size_t)sysconf(_SC_PAGESIZE);
	struct arena_header wanted = make_header(tables, page_size);
	struct arena_header found;
	ssize_t n = pread(fd, &found, sizeof(found), 0);

	if (n < 0)
		return -errno;
	if (n == 0 || (n == sizeof(found) && memcmp(found.magic, nothing, sizeof(nothing)) == 0))
		return -ENODATA;
	if (n != sizeof(found) || found.next_offset < wanted.next_offset ||
	    found.next_offset > ARENA_FILE_SIZE)
		return -EPROTO;
	wanted.next_offset = found.next_offset;
	wanted.starts = found.starts;
	wanted.memory_limit = found.memory_limit;
	wanted.log_level = found.log_level;
	if (memcmp(&found, &wanted, sizeof(found)) != 0)
		return -EPROTO;
	return map_fixed_part(a, fd, wanted.fixed_size, page_size);
}

void arena_unmap_fixed(struct arena *a)
{
	pthread_mutex_destroy(&a->lock);
	munmap(a->header, a->header->fixed_size);
}

void arena_close(struct arena *a)
{
	arena_unmap_fixed(a);
	close(a->fd);
}

uint64_t arena_starts(int fd)
{
	struct arena_header header;

	return pread(fd, &header, sizeof(header), 0) == sizeof(header) ? header.starts : 0;
}

void arena_get_settings(int fd, uint64_t *memory_limit, uint64_t *log_level)
{
	struct arena_header header = {0};

	if (pread(fd, &header, sizeof(header), 0) != sizeof(header))
		header = (struct arena_header){0};
	*memory_limit = header.memory_limit;
	*log_level = header.log_level;
}

void *arena_entry(const struct arena *a, enum arena_section section, uint64_t index)
{
	const struct arena_table *t = &a->header->table[section];

	return (char *)a->header + t->offset + index * t->entry_size;
}

uint64_t arena_count(const struct arena *a, enum arena_section section)
{
	return a->header->table[section].count;
}
