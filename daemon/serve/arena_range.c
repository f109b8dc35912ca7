// SPDX-License-Identifier: MIT
/* Ranges of pages: commit, grow, map, give back. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/sysinfo.h>

#include "arena.h"
#include "cleanup.h"

/* A range gets offsets for so many times its length: they cost nothing, and let it grow in place. */
#define ROOM_TO_GROW 8

/* From this size on, two threads are faster at it than one. They take turns by chunks. */
#define SHARED_WORK_BYTES (16u << 20)
#define CHUNK_BYTES	  (4u << 20)

static uint64_t round_up(uint64_t value, uint64_t unit)
{
	return (value + unit - 1) / unit * unit;
}

/* Takes a part of the file that nobody has had before, or returns -EFBIG at the end of the offsets. */
static int take_fresh_offsets(struct arena *a, size_t length, struct arena_range *range)
{
	uint64_t align = length >= ARENA_HUGE_PAGE ? ARENA_HUGE_PAGE : a->page_size;
	LOCK_SCOPE(&a->lock);
	uint64_t start = round_up(a->header->next_offset, align), left;

	if (length > ARENA_FILE_SIZE || start > ARENA_FILE_SIZE - length)
		return -EFBIG;
	left = ARENA_FILE_SIZE - start;
	*range = (struct arena_range){
		.offset = start,
		.length = length,
		.room = length <= left / ROOM_TO_GROW ? ROOM_TO_GROW * length : length,
	};
	a->header->next_offset = start + range->room;
	return 0;
}

static void punch(const struct arena *a, uint64_t offset, uint64_t length)
{
	fallocate(a->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)offset, (off_t)length);
}

/*
 * Puts pages into a mapped part of the file and into the page tables. fallocate(2) reports a shortage cleanly,
 * and is faster at it than one page fault for each page. But where the system has huge pages for those who
 * ask (MADV_HUGEPAGE), only the page fault knows of it.
 */
static int populate(const struct arena *a, uint64_t offset, uint64_t length, void *addr)
{
	int err = 0;

	if (length >= ARENA_HUGE_PAGE && a->has_huge_pages)
		(void)madvise(addr, length, MADV_HUGEPAGE);
	else
		err = fallocate(a->fd, 0, (off_t)offset, (off_t)length);
	if (!err)
		err = madvise(addr, length, MADV_POPULATE_WRITE);
	if (!err)
		return 0;
	return errno == ENOSPC || errno == EFAULT ? -ENOMEM : -errno;
}

/* A part of the file that is being populated, in chunks. */
struct population {
	const struct arena *arena;
	uint64_t offset;
	uint64_t length;
	char *addr;
	_Atomic uint64_t next; /* where the next chunk begins */
	_Atomic int err;
};

static void *populate_chunks(void *arg)
{
	struct population *p = arg;
	uint64_t at;

	while (!p->err && (at = atomic_fetch_add(&p->next, CHUNK_BYTES)) < p->length) {
		uint64_t left = p->length - at;
		uint64_t length = left < CHUNK_BYTES ? left : CHUNK_BYTES;
		int err;

		do /* a signal to the thread interrupts it: it goes on where it was */
			err = populate(p->arena, p->offset + at, length, p->addr + at);
		while (err == -EINTR);
		if (err)
			p->err = err;
	}
	return NULL;
}

/* With a second thread, if that is worth it and there is one to be had. */
static int populate_all(const struct arena *a, uint64_t offset, uint64_t length, void *addr)
{
	struct population p = {.arena = a, .offset = offset, .length = length, .addr = addr};
	pthread_t other;
	bool shared = length >= SHARED_WORK_BYTES && get_nprocs() > 1 &&
		      pthread_create(&other, NULL, populate_chunks, &p) == 0;

	populate_chunks(&p);
	if (shared)
		pthread_join(other, NULL);
	return p.err;
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
	err = populate_all(a, r.offset, r.length, p);
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
	uint64_t first = round_up(a->header->fixed_size, ARENA_HUGE_PAGE);

	return range->length > 0 && range->length % a->page_size == 0 &&
	       range->offset % a->page_size == 0 && range->offset >= first &&
	       range->offset <= a->header->next_offset && range->length <= range->room &&
	       range->room <= a->header->next_offset - range->offset;
}

bool arena_can_grow(const struct arena *a, const struct arena_range *range, uint64_t size)
{
	return size > range->length && size <= range->room && !a->has_huge_pages;
}

int arena_grow(const struct arena *a, size_t length, struct arena_range *range, void **addr)
{
	uint64_t old = range->length;
	void *p = mremap(*addr, old, length, MREMAP_MAYMOVE);
	int err;

	if (p == MAP_FAILED)
		return -errno;
	*addr = p;
	err = populate_all(a, range->offset + old, length - old, (char *)p + old);
	if (err) {
		munmap((char *)p + old, length - old);
		punch(a, range->offset + old, length - old);
		return err;
	}
	range->length = length;
	return 0;
}

int arena_map(const struct arena *a, const struct arena_range *range, void **addr)
{
	void *p = map_range(a, range);
	int err;

	if (p == MAP_FAILED)
		return -errno;
	err = populate_all(a, range->offset, range->length, p);
	if (err) {
		munmap(p, range->length);
		return err;
	}
	*addr = p;
	return 0;
}

void arena_keep_only(const struct arena *a, const struct arena_range *ranges, size_t count)
{
	uint64_t gap = round_up(a->header->fixed_size, ARENA_HUGE_PAGE);

	for (size_t i = 0; i <= count; i++) {
		uint64_t end = i < count ? ranges[i].offset : a->header->next_offset;

		if (end > gap)
			punch(a, gap, end - gap);
		if (i < count)
			gap = ranges[i].offset + ranges[i].length;
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
	punch(a, range->offset, range->length);
}
