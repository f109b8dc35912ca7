// SPDX-License-Identifier: MIT
/* Pages for umem out of an arena. */
#include "umem.h"

static int commit_pages(void *ctx, size_t length, struct arena_range *range, void **addr)
{
	return arena_commit(ctx, length, range, addr);
}

static int grow_pages(void *ctx, size_t length, struct arena_range *range, void **addr)
{
	return arena_grow(ctx, length, range, addr);
}

static void release_pages(void *ctx, const struct arena_range *range, void *addr)
{
	arena_release(ctx, range, addr);
}

static void unmap_pages(void *ctx, const struct arena_range *range, void *addr)
{
	arena_unmap(ctx, range, addr);
}

struct umem_source umem_arena_source(struct arena *a)
{
	return (struct umem_source){
		.commit = commit_pages,
		.grow = grow_pages,
		.release = release_pages,
		.unmap = unmap_pages,
		.ctx = a,
		.page_size = a->page_size,
	};
}
