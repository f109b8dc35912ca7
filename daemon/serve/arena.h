/* SPDX-License-Identifier: MIT */
/*
 * The arena: one memfd that holds everything which must outlive the process.
 *
 * It starts with a header and a fixed set of sections (tables whose entry size and count the header
 * records), mapped as a whole. Behind them come ranges of whole pages: each one takes a fresh part of the
 * file, never used before, so there is no fragmentation to manage and no stale byte to clear, with room behind
 * it to grow; the offset space is 2^62. The file is sparse: what nobody has touched or committed costs nothing.
 *
 * No policy lives here: who may hold how much is umem's business, what an entry means its owner's.
 */
#ifndef ARENA_H
#define ARENA_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ARENA_VERSION 2u

/* The sections, in the order in which they lie in the file. */
enum arena_section {
	ARENA_INSTANCES, /* struct qotd_state, one per instance */
	ARENA_FILES,	 /* struct openfile */
	ARENA_CHANNELS,	 /* struct channel_state: how INIT was answered */
	ARENA_SLOTS,	 /* struct slot with a full request buffer, one per worker */
	ARENA_PARKED,	 /* struct slot with a small buffer, one per sleeping request */
	ARENA_SECTIONS
};

/* The size of one table. An entry is found at its section's offset + index * entry_size. */
struct arena_table {
	uint64_t entry_size; /* bytes; a multiple of 64 */
	uint64_t count;
	uint64_t offset; /* from the start of the file; arena_create() fills it in */
};

/* What the first page of the file holds. */
struct arena_header {
	char magic[8];
	uint32_t version;
	uint32_t sections;
	struct arena_table table[ARENA_SECTIONS];
	uint64_t fixed_size;   /* bytes of header and sections, whole pages */
	uint64_t next_offset;  /* where the next range starts: only ever grows */
	uint64_t starts;       /* how many processes have come to serve from this arena */
	uint64_t memory_limit; /* what a reload has set, bytes; 0: nothing */
	uint64_t log_level;    /* the same, a level of <syslog.h> and 1; 0: nothing */
};

/* The file is as long as it will ever be from the start, so that nobody has to extend it. It is sparse. */
#define ARENA_FILE_SIZE (INT64_C(1) << 62)

#define ARENA_HUGE_PAGE (2u << 20)

/* A range of committed whole pages. A zeroed one is no range. */
struct arena_range {
	uint64_t offset; /* in the arena */
	uint64_t length; /* bytes, whole pages */
	uint64_t
		room; /* bytes from `offset` that are for this range alone: it can grow into them */
};

struct arena {
	int fd;
	struct arena_header *header; /* the fixed part, mapped */
	size_t page_size;
	bool has_huge_pages;  /* for shared memory that asks for them */
	pthread_mutex_t lock; /* guards header->next_offset and ->starts */
};

/* A new, empty file for an arena. Returns a descriptor or -errno. */
int arena_open(void);

/*
 * Makes an arena with these tables (entry_size and count are read) in an empty file and maps the fixed
 * part, all zeroes. The descriptor becomes the arena's, unless this fails. Returns 0 or -errno.
 */
int arena_create(struct arena *a, int fd, const struct arena_table tables[static ARENA_SECTIONS]);

/*
 * Maps the arena that another process made with these tables and left behind. Changes nothing in it.
 *   0        as after arena_create(), but with what is in it.
 *   -ENODATA the file is empty: no arena has been made in it.
 *   -EPROTO  it is none, is damaged, or has another layout: not to be touched.
 *   -errno
 */
int arena_adopt(struct arena *a, int fd, const struct arena_table tables[static ARENA_SECTIONS]);

/* Unmaps the fixed part, and leaves the descriptor open. */
void arena_unmap_fixed(struct arena *a);

/* Unmaps the fixed part and closes the descriptor: the arena lives on if another process holds it. */
void arena_close(struct arena *a);

/*
 * Whether a range is one that arena_commit() could have handed out: before mapping what a dead process has
 * left behind.
 */
bool arena_range_is_valid(const struct arena *a, const struct arena_range *range);

/* Maps a range that another process has committed. Returns 0 or -errno. */
int arena_map(const struct arena *a, const struct arena_range *range, void **addr);

/*
 * Gives back all pages behind the sections but those of `count` ranges, which must be sorted by offset and
 * not overlap. For what a dead process had committed, but nobody refers to.
 */
void arena_keep_only(const struct arena *a, const struct arena_range *ranges, size_t count);

/* How many processes have come to serve from the arena in a file; 0 if there is none. */
uint64_t arena_starts(int fd);

/* What a reload has set, see struct arena_header; 0 if there is no arena in a file. */
void arena_get_settings(int fd, uint64_t *memory_limit, uint64_t *log_level);

/* The entry `index` of a section, which must exist. */
void *arena_entry(const struct arena *a, enum arena_section section, uint64_t index);

/* The number of entries of a section. */
uint64_t arena_count(const struct arena *a, enum arena_section section);

/*
 * Commits `length` bytes (whole pages, not 0) of zeroed memory and maps them: the pages are really there
 * when it returns, so that no later touch can fail. From 2 MiB up the range is aligned to, and asks for,
 * huge pages. May take long (it clears the memory), but waits for nobody.
 * Returns 0, -ENOMEM or another -errno of fallocate(2), mmap(2), madvise(2).
 */
int arena_commit(struct arena *a, size_t length, struct arena_range *range, void **addr);

/* Whether arena_grow() can make a range `size` bytes long. */
bool arena_can_grow(const struct arena *a, const struct arena_range *range, uint64_t size);

/*
 * Extends a range, in place, to `length` bytes (whole pages, more than it has); the new ones are as those of
 * arena_commit(). Nobody may use the mapping meanwhile: *addr may be another one afterwards, also when this
 * fails. Returns 0, -ENOMEM or another -errno; the range is then as before.
 */
int arena_grow(const struct arena *a, size_t length, struct arena_range *range, void **addr);

/* Unmaps a range; its pages stay in the arena. */
void arena_unmap(const struct arena *a, const struct arena_range *range, void *addr);

/* Unmaps a range and gives its pages back to the system. */
void arena_release(struct arena *a, const struct arena_range *range, void *addr);

#endif
