// SPDX-License-Identifier: MIT
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>

#include "arena.h"
#include "cleanup.h"
#include "crash_point.h"

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
	header.next_offset = round_up(header.fixed_size, HUGE_PAGE_SIZE);
	return header;
}

int arena_open(void)
{
	int fd = memfd_create("qotd-cuse", MFD_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

static int map_fixed_part(struct arena *a, int fd, uint64_t fixed_size, size_t page_size)
{
	void *fixed = mmap(NULL, fixed_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (fixed == MAP_FAILED)
		return -errno;
	*a = (struct arena){.fd = fd, .header = fixed, .page_size = page_size};
	pthread_mutex_init(&a->lock, NULL);
	return 0;
}

int arena_create(struct arena *a, int fd, const struct arena_table tables[static ARENA_SECTIONS])
{
	size_t page_size = (size_t)sysconf(_SC_PAGESIZE);
	struct arena_header header = make_header(tables, page_size);
	int err;

	if (ftruncate(fd, FILE_SIZE) < 0)
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
	    found.next_offset > FILE_SIZE)
		return -EPROTO;
	wanted.next_offset = found.next_offset;
	wanted.starts = found.starts;
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
	int err = 0;

	if (range->length >= HUGE_PAGE_SIZE)
		(void)madvise(addr, range->length, MADV_HUGEPAGE);
	else
		err = fallocate(a->fd, 0, (off_t)range->offset, (off_t)range->length);
	if (!err)
		err = madvise(addr, range->length, MADV_POPULATE_WRITE);
	if (!err)
		return 0;
	return errno == ENOSPC || errno == EFAULT ? -ENOMEM : -errno;
}

/* A signal to the thread interrupts a large one: it goes on where it was. */
static int populate_all(const struct arena *a, const struct arena_range *range, void *addr)
{
	int err;

	do
		err = populate(a, range, addr);
	while (err == -EINTR);
	return err;
}

static void *map_range(const struct arena *a, const struct arena_range *range)
{
	return mmap(NULL, range->length, PROT_READ | PROT_WRITE, MAP_SHARED, a->fd,
		    (off_t)range->offset);
}

int arena_commit(struct arena *a, size_t length, struct arena_range *range, void **addr)
{
	struct arena_range r;
	void *p;
	int err = take_fresh_offsets(a, length, &r);

	if (err)
		return err;
	p = map_range(a, &r);
	if (p == MAP_FAILED)
		return -errno;
	err = populate_all(a, &r, p);
	if (err) {
		arena_release(a, &r, p);
		return err;
	}
	*range = r;
	*addr = p;
	return 0;
}

bool arena_range_is_valid(const struct arena *a, const struct arena_range *range)
{
	uint64_t first = round_up(a->header->fixed_size, HUGE_PAGE_SIZE);

	return range->length > 0 && range->length % a->page_size == 0 &&
	       range->offset % a->page_size == 0 && range->offset >= first &&
	       range->offset <= a->header->next_offset &&
	       range->length <= a->header->next_offset - range->offset;
}

int arena_map(const struct arena *a, const struct arena_range *range, void **addr)
{
	void *p = map_range(a, range);
	int err;

	if (p == MAP_FAILED)
		return -errno;
	err = populate_all(a, range, p);
	if (err) {
		munmap(p, range->length);
		return err;
	}
	*addr = p;
	return 0;
}

void arena_keep_only(const struct arena *a, const struct arena_range *ranges, size_t count)
{
	struct arena_range gap = {.offset = round_up(a->header->fixed_size, HUGE_PAGE_SIZE)};

	for (size_t i = 0; i <= count; i++) {
		uint64_t end = i < count ? ranges[i].offset : a->header->next_offset;

		if (end > gap.offset) {
			gap.length = end - gap.offset;
			punch(a, &gap);
		}
		if (i < count)
			gap.offset = ranges[i].offset + ranges[i].length;
	}
}

void arena_unmap(const struct arena *a, const struct arena_range *range, void *addr)
{
	(void)a;
	munmap(addr, range->length);
}

void arena_release(struct arena *a, const struct arena_range *range, void *addr)
{
	arena_unmap(a, range, addr);
	punch(a, range);
}
