// SPDX-License-Identifier: MIT
#include "refusal.h"

#include <err.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "device.h"
#include "slot.h"

static void *entry(struct arena_header *h, enum arena_section section, uint64_t index)
{
	return (char *)h + h->table[section].offset + index * h->table[section].entry_size;
}

/* --- the header --- */

static void change_magic(struct arena_header *h)
{
	h->magic[0] = 'X';
}

static void change_version(struct arena_header *h)
{
	h->version++;
}

static void change_layout(struct arena_header *h)
{
	h->table[ARENA_FILES].entry_size += 64;
}

static void lose_next_offset(struct arena_header *h)
{
	h->next_offset = 0;
}

static void exaggerate_next_offset(struct arena_header *h)
{
	h->next_offset = UINT64_MAX - 4095;
}

/* --- the devices --- */

static struct qotd_state *device(struct arena_header *h)
{
	return entry(h, ARENA_INSTANCES, 0);
}

static void exaggerate_size(struct arena_header *h)
{
	device(h)->size = device(h)->memory.length + 1;
}

static void make_size_zero(struct arena_header *h)
{
	device(h)->size = 0;
}

static void move_memory(struct arena_header *h)
{
	device(h)->memory.offset = h->next_offset;
}

static void move_memory_to_header(struct arena_header *h)
{
	device(h)->memory.offset = 0;
}

static void misalign_memory(struct arena_header *h)
{
	device(h)->memory.offset += 8;
}

static void exaggerate_memory(struct arena_header *h)
{
	device(h)->memory.length = UINT64_MAX - 4095;
}

/* --- requests --- */

/* A request in the first worker's slot. */
static struct slot *occupy(struct arena_header *h, enum arena_section section)
{
	struct slot *s = entry(h, section, 0);
	struct fuse_in_header *request;

	s->buffer_offset = section == ARENA_SLOTS ? SLOT_BUFFER_OFFSET : SLOT_PARKED_OFFSET;
	request = (void *)((char *)s + s->buffer_offset);
	*request = (struct fuse_in_header){
		.len = sizeof(*request), .opcode = FUSE_STATFS, .unique = 2};
	return s;
}

static struct txn *plan(struct arena_header *h, enum txn_kind kind)
{
	struct slot *s = occupy(h, ARENA_SLOTS);

	s->txn = (struct txn){.state = TXN_PLANNED, .kind = kind};
	return &s->txn;
}

static void lose_channel(struct arena_header *h)
{
	occupy(h, ARENA_SLOTS)->channel = 7;
}

static void lose_buffer(struct arena_header *h)
{
	struct slot *s = occupy(h, ARENA_SLOTS);

	s->buffer_offset = 64;
	((struct fuse_in_header *)(void *)((char *)s + 64))->len = sizeof(struct fuse_in_header);
}

static void plan_unknown(struct arena_header *h)
{
	plan(h, (enum txn_kind)99);
}

static void plan_for_no_device(struct arena_header *h)
{
	plan(h, TXN_DETACH)->instance = 2;
}

static void plan_for_no_file(struct arena_header *h)
{
	plan(h, TXN_CLOSE)->file.fh = UINT64_C(1) << 32 | 70000;
}

static void plan_write_beyond(struct arena_header *h)
{
	plan(h, TXN_WRITE)->length = device(h)->memory.length + 1;
}

static void plan_without_memory(struct arena_header *h)
{
	struct txn *t = plan(h, TXN_REPLACE);

	t->device.old_memory = device(h)->memory;
	t->device.size = 1;
}

/* Something sleeps, and something else is damaged: whoever is still asleep must not matter. */
static void damage_with_sleeper(struct arena_header *h)
{
	occupy(h, ARENA_PARKED);
	make_size_zero(h);
}

const struct damage damages[] = {
	{"another magic", change_magic},
	{"another version", change_version},
	{"another layout", change_layout},
	{"no next offset", lose_next_offset},
	{"a next offset beyond the end", exaggerate_next_offset},
	{"a size larger than the memory", exaggerate_size},
	{"a size of zero", make_size_zero},
	{"memory behind what was ever given out", move_memory},
	{"memory in the header", move_memory_to_header},
	{"memory that begins within a page", misalign_memory},
	{"memory without an end", exaggerate_memory},
	{"a request of an unknown channel", lose_channel},
	{"a request in an unknown place", lose_buffer},
	{"an unknown plan", plan_unknown},
	{"a plan for an unknown device", plan_for_no_device},
	{"a plan for an unknown file", plan_for_no_file},
	{"a write planned beyond the memory", plan_write_beyond},
	{"new memory planned that does not exist", plan_without_memory},
	{"a damaged device while a request sleeps", damage_with_sleeper},
};
const size_t damage_count = sizeof(damages) / sizeof(damages[0]);

void damage(int fd, const struct damage *d)
{
	struct arena_header header;
	struct arena_header *h = MAP_FAILED;
	uint64_t size;

	if (pread(fd, &header, sizeof(header), 0) == sizeof(header))
		h = mmap(NULL, header.fixed_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (h == MAP_FAILED)
		err(1, "an arena");
	size = header.fixed_size;
	d->make(h);
	munmap(h, size);
}
