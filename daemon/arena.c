// SPDX-License-Identifier: MIT
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>

#include "arena.h"
#include "cleanup.h"

static const char arena_magic[8] = "QOTDARN";

#define HUGE_PAGE_SIZE (2u << 20)

/* The file is as long as it will ever be from the start, so that nobody has to extend it. It is sparse. */
#define FILE_SIZE (INT64_C(1) << 62)

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

int arena_create(struct arena *a, const struct arena_table tables[static ARENA_SECTIONS])
{
	struct arena_header header = {
		.version = ARENA_VERSION,
		.sections = ARENA_SECTIONS,
	};
	size_t page_size = (size_t)sysconf(_SC_PAGESIZE);
	cleanup_close int fd = -1;
	void *fixed;

	memcpy(header.magic, arena_magic, sizeof(header.magic));
	memcpy(header.table, tables, sizeof(header.table));
	header.fixed_size = lay_out(header.table, page_size);
	header.next_offset = round_up(header.fixed_size, HUGE_PAGE_SIZE);

	fd = memfd_create("qotd-cuse", MFD_CLOEXEC);
	if (fd < 0 || ftruncate(fd, FILE_SIZE) < 0)
		return -errno;
	fixed = mmap(NULL, header.fixed_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (fixed == MAP_FAILED)
		return -errno;
	memcpy(fixed, &header, sizeof(header));

	*a = (struct arena){.fd = steal_fd(&fd), .header = fixed, .page_size = page_size};
	pthread_mutex_init(&a->lock, NULL);
	return 0;
}

void arena_destroy(struct arena *a)
{
	pthread_mutex_destroy(&a->lock);
	munmap(a->header, a->header->fixed_size);
	close(a->fd);
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

/* Takes a part of the file that nobody has had before, or returns -EFBIG at the end of the offsets. */
static int take_fresh_offsets(struct arena *a, size_t length, struct arena_range *range)
{
	uint64_t align = length >= HUGE_PAGE_SIZE ? HUGE_PAGE_SIZE : a->page_size;
	LOCK_SCOPE(&a->lock);
	uint64_t start = round_up(a->header->next_offset, align);

	if (length > FILE_SIZE || start > FILE_SIZE - length)
		return -EFBIG;
	*range = (struct arena_range){.offset = start, .length = length};
	a->header->next_offset = start + length;
	return 0;
}

static void punch(const struct arena *a, const struct arena_range *range)
{
	fallocate(a->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)range->offset,
		  (off_t)range->length);
}

/*
 * Puts pages into a mapped range and into the page tables. Small ranges get them from fallocate(2), which
 * reports a shortage cleanly. Large ones get them from the page fault, because only that knows of
 * MADV_HUGEPAGE, which is a wish: a system that has no huge pages for shared memory ignores it.
 */
static int populate(const struct arena *a, const struct arena_range *range, void *addr)
{
	if (range->length >= HUGE_PAGE_SIZE)
		(void)madvise(addr, range->length, MADV_HUGEPAGE);
	else if (fallocate(a->fd, 0, (off_t)range->offset, (off_t)range->length) < 0)
		return errno == ENOSPC ? -ENOMEM : -errno;
	if (madvise(addr, range->length, MADV_POPULATE_WRITE) < 0)
		return errno == EFAULT ? -ENOMEM : -errno;
	return 0;
}

int arena_commit(struct arena *a, size_t length, struct arena_range *range, void **addr)
{
	struct arena_range r;
	void *p;
	int err = take_fresh_offsets(a, length, &r);

	if (err)
		return err;
	p = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_SHARED, a->fd, (off_t)r.offset);
	if (p == MAP_FAILED)
		return -errno;
	err = populate(a, &r, p);
	if (err) {
		arena_release(a, &r, p);
		return err;
	}
	*range = r;
	*addr = p;
	return 0;
}

void arena_release(struct arena *a, const struct arena_range *range, void *addr)
{
	munmap(addr, range->length);
	punch(a, range);
}
