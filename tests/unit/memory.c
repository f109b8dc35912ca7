// SPDX-License-Identifier: MIT
#include "memory.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <unistd.h>

#include <cmocka.h>

#include "device.h"

static uint64_t entry_size(size_t size)
{
	return (size + 63) / 64 * 64;
}

static int commit(void *ctx, size_t length, struct arena_range *range, void **addr)
{
	struct memory *m = ctx;
	int err;

	if (m->fail > 0 && m->fail-- > 0)
		return -ENOMEM;
	err = arena_commit(&m->arena, length, range, addr);
	if (!err)
		m->committed += length;
	return err;
}

static int grow(void *ctx, size_t length, struct arena_range *range, void **addr)
{
	struct memory *m = ctx;
	uint64_t before = range->length;
	int err;

	if (m->fail > 0 && m->fail-- > 0)
		return -ENOMEM;
	err = arena_grow(&m->arena, length, range, addr);
	if (!err)
		m->committed += length - before;
	return err;
}

static void release(void *ctx, const struct arena_range *range, void *addr)
{
	struct memory *m = ctx;

	m->committed -= range->length;
	arena_release(&m->arena, range, addr);
}

static void unmap(void *ctx, const struct arena_range *range, void *addr)
{
	struct memory *m = ctx;

	m->committed -= range->length;
	arena_unmap(&m->arena, range, addr);
}

void memory_open(struct memory *m, unsigned limit)
{
	const struct arena_table tables[ARENA_SECTIONS] = {
		[ARENA_INSTANCES] = {.entry_size = entry_size(sizeof(struct qotd_state)),
				     .count = MEMORY_INSTANCES},
		[ARENA_FILES] = {.entry_size = entry_size(sizeof(struct openfile)),
				 .count = MEMORY_FILES},
		/* What is tested here knows nothing of channels and slots. */
		[ARENA_CHANNELS] = {.entry_size = 64, .count = 1},
		[ARENA_SLOTS] = {.entry_size = 64, .count = 1},
		[ARENA_PARKED] = {.entry_size = 64, .count = 1},
	};
	struct umem_source source = {
		.commit = commit, .grow = grow, .release = release, .unmap = unmap, .ctx = m};

	m->page = (size_t)sysconf(_SC_PAGESIZE);
	m->fail = 0;
	m->committed = 0;
	source.page_size = m->page;
	assert_int_equal(arena_create(&m->arena, arena_open(), tables), 0);
	umem_init(&m->umem, &source, limit * (uint64_t)m->page);
}

void memory_close(struct memory *m)
{
	umem_destroy(&m->umem);
	arena_close(&m->arena);
	assert_int_equal(m->committed, 0);
}

uint64_t memory_used(struct memory *m)
{
	struct umem_stats stats;

	umem_get_stats(&m->umem, &stats);
	return stats.used;
}

unsigned memory_sleepers(struct memory *m)
{
	struct umem_stats stats;

	umem_get_stats(&m->umem, &stats);
	return stats.sleepers;
}

void memory_take(struct memory *m, struct umem_client *c, unsigned pages,
		 struct umem_cookie *cookie)
{
	assert_int_equal(umem_alloc(c, pages * m->page, UMEM_NOSLEEP, NULL, cookie), 0);
	umem_settle(c);
}

bool is_filled(const void *data, size_t length, unsigned char value)
{
	const unsigned char *byte = data;

	for (size_t i = 0; i < length; i++)
		if (byte[i] != value)
			return false;
	return true;
}

static void count_wake(struct umem_sleeper *s)
{
	((struct waiter *)s)->woken++;
}

void waiter_init(struct waiter *w, struct umem_client *c)
{
	umem_sleeper_init(&w->sleeper, c, count_wake);
	w->woken = 0;
}

void waiter_park(struct waiter *w, struct memory *m, unsigned pages, int flags)
{
	struct umem_client *c = w->sleeper.client;
	struct umem_cookie cookie;
	int err = umem_alloc(c, pages * m->page, UMEM_SLEEP | flags, &w->sleeper, &cookie);

	assert_int_equal(err, -EINPROGRESS);
	assert_int_equal(w->woken, 0);
}

int waiter_finish(struct waiter *w)
{
	struct umem_client *c = w->sleeper.client;
	struct umem_cookie cookie;
	int err;

	assert_int_equal(w->woken, 1);
	err = umem_resume(&w->sleeper, &cookie);
	if (!err) {
		umem_free(c, &cookie);
		umem_settle(c);
	}
	return err;
}
