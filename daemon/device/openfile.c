// SPDX-License-Identifier: MIT
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

#include "openfile.h"

_Static_assert(sizeof(struct openfile) == 256, "an entry is four cache lines");

static uint32_t handle_index(uint64_t fh)
{
	return (uint32_t)fh;
}

static uint32_t handle_generation(uint64_t fh)
{
	return (uint32_t)(fh >> 32);
}

static struct openfile *entry(const struct arena *a, uint64_t fh)
{
	return arena_entry(a, ARENA_FILES, handle_index(fh));
}

static bool is_open(const struct openfile *f)
{
	return atomic_load_explicit(&f->generation, memory_order_relaxed) % 2 == 1;
}

static bool entry_is_open(void *ctx, uint32_t index)
{
	return is_open(entry(ctx, index));
}

static bool entry_is_untouched(void *ctx, uint32_t index)
{
	return atomic_load_explicit(&entry(ctx, index)->generation, memory_order_relaxed) == 0;
}

int openfiles_init(struct openfiles *of, struct arena *arena)
{
	uint32_t count = (uint32_t)arena_count(arena, ARENA_FILES);

	*of = (struct openfiles){.arena = arena, .pollers = calloc(count, sizeof(*of->pollers))};
	if (!of->pollers || index_pool_init(&of->pool, count) < 0) {
		free(of->pollers);
		return -ENOMEM;
	}
	index_pool_restore(&of->pool, entry_is_open, entry_is_untouched, arena);
	for (int i = 0; i < OPENFILE_LOCKS; i++)
		pthread_mutex_init(&of->locks[i], NULL);
	return 0;
}

void openfiles_destroy(struct openfiles *of)
{
	for (int i = 0; i < OPENFILE_LOCKS; i++)
		pthread_mutex_destroy(&of->locks[i]);
	index_pool_destroy(&of->pool);
	free(of->pollers);
}

void openfiles_visit(const struct openfiles *of,
		     void (*visit)(void *ctx, struct openfile *f, uint64_t fh), void *ctx)
{
	for (uint32_t i = 0; i < of->pool.untouched; i++) {
		struct openfile *f = entry(of->arena, i);

		if (is_open(f))
			visit(ctx, f, (uint64_t)f->generation << 32 | i);
	}
}

struct openfile *openfile_get(const struct openfiles *of, uint64_t fh, uint32_t instance)
{
	uint32_t generation = handle_generation(fh);
	struct openfile *f;

	if (handle_index(fh) >= of->pool.count || generation % 2 == 0)
		return NULL;
	f = entry(of->arena, fh);
	if (atomic_load_explicit(&f->generation, memory_order_acquire) != generation)
		return NULL;
	return f->instance == instance ? f : NULL;
}

/* There is an access mode 3, too: for ioctl only, neither reading nor writing. */
bool openfile_is_readable(const struct openfile *f)
{
	return (f->flags & O_ACCMODE) == O_RDONLY || (f->flags & O_ACCMODE) == O_RDWR;
}

bool openfile_is_writable(const struct openfile *f)
{
	return (f->flags & O_ACCMODE) == O_WRONLY || (f->flags & O_ACCMODE) == O_RDWR;
}

bool openfile_is_nonblocking(const struct openfile *f)
{
	return f->flags & O_NONBLOCK;
}

struct poller *openfile_poller(const struct openfiles *of, uint64_t fh)
{
	return &of->pollers[handle_index(fh)];
}

pthread_mutex_t *openfile_lock(struct openfiles *of, uint64_t fh)
{
	return &of->locks[handle_index(fh) % OPENFILE_LOCKS];
}

int openfile_reserve(struct openfiles *of, uint64_t *fh)
{
	uint32_t index, generation;

	if (!index_pool_take(&of->pool, &index))
		return -ENFILE;
	generation =
		atomic_load_explicit(&entry(of->arena, index)->generation, memory_order_relaxed) +
		1;
	*fh = (uint64_t)generation << 32 | index;
	return 0;
}

void openfile_apply_open(const struct arena *a, const struct txn *t)
{
	struct openfile *f = entry(a, t->file.fh);

	atomic_store_explicit(&f->instance, t->instance, memory_order_relaxed);
	atomic_store_explicit(&f->flags, t->file.flags, memory_order_relaxed);
	atomic_store_explicit(&f->mode, t->file.mode, memory_order_relaxed);
	f->position = t->file.position;
	atomic_store_explicit(&f->seen, t->file.seen, memory_order_relaxed);
	for (int i = 0; i < OPENFILE_CALLS; i++)
		f->calls[i] = (struct openfile_call){0};
	f->call_clock = 0;
	atomic_store_explicit(&f->poll_handle, 0, memory_order_relaxed);
	crash_point("open: entry filled in, not open yet");
	atomic_store_explicit(&f->generation, handle_generation(t->file.fh), memory_order_release);
}

void openfile_apply_close(const struct arena *a, const struct txn *t)
{
	atomic_store_explicit(&entry(a, t->file.fh)->generation, handle_generation(t->file.fh) + 1,
			      memory_order_release);
}

void openfile_forget(struct openfiles *of, uint64_t fh)
{
	index_pool_give(&of->pool, handle_index(fh));
}

/* The entry of a thread's call in progress, or OPENFILE_NO_CALL. */
static uint32_t find_call(const struct openfile *f, uint32_t pid)
{
	for (uint32_t i = 0; i < OPENFILE_CALLS; i++)
		if (f->calls[i].pid == pid)
			return i;
	return OPENFILE_NO_CALL;
}

uint64_t openfile_start(const struct openfile *f, enum position_mode mode, const struct qotd_io *io)
{
	uint32_t call;

	if (mode == POSITION_CLIENT)
		return io->offset;
	if (mode == POSITION_DEVICE || io->offset == 0)
		return f->position;
	call = find_call(f, io->pid);
	return call == OPENFILE_NO_CALL ? f->position : f->calls[call].base + io->offset;
}

/* The place that has been silent longest. */
static uint32_t oldest_call(const struct openfile *f)
{
	uint32_t oldest = 0;

	for (uint32_t i = 1; i < OPENFILE_CALLS; i++)
		if (f->call_clock - f->calls[i].used > f->call_clock - f->calls[oldest].used)
			oldest = i;
	return oldest;
}

/* A request of a new call takes the place of its thread's last call; any request keeps its place alive. */
static void plan_call(const struct openfile *f, const struct qotd_io *io, uint64_t start,
		      struct txn_file *to)
{
	to->call_slot = find_call(f, io->pid);
	to->call_base = start;
	if (to->call_slot == OPENFILE_NO_CALL && io->offset == 0)
		to->call_slot = oldest_call(f);
	else if (to->call_slot != OPENFILE_NO_CALL && io->offset != 0)
		to->call_base = f->calls[to->call_slot].base;
	to->pid = io->pid;
	to->call_clock = f->call_clock + 1;
}

void openfile_plan_move(const struct openfile *f, enum position_mode mode, const struct qotd_io *io,
			uint64_t start, uint64_t length, struct txn *t)
{
	t->file = (struct txn_file){
		.fh = io->fh,
		.position = start + length,
		.call_slot = OPENFILE_NO_CALL,
		.call_clock = f->call_clock,
		.mode = mode,
	};
	if (mode == POSITION_CALL)
		plan_call(f, io, start, &t->file);
}

void openfile_apply_move(const struct arena *a, const struct txn *t)
{
	struct openfile *f = entry(a, t->file.fh);
	const struct txn_file *to = &t->file;

	f->position = to->position;
	crash_point("move: position set, call not recorded yet");
	atomic_store_explicit(&f->mode, to->mode, memory_order_relaxed);
	f->call_clock = to->call_clock;
	if (to->call_slot < OPENFILE_CALLS)
		f->calls[to->call_slot] = (struct openfile_call){
			.base = to->call_base,
			.pid = to->pid,
			.used = to->call_clock,
		};
}

bool openfile_txn_is_valid(const struct arena *a, const struct txn *t)
{
	return handle_index(t->file.fh) < arena_count(a, ARENA_FILES) &&
	       handle_generation(t->file.fh) % 2 == 1;
}
