// SPDX-License-Identifier: MIT
#include <err.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "series.h"
#include "umem.h"

#define KIB (UINT64_C(1) << 10)
#define MIB (UINT64_C(1) << 20)
#define GIB (UINT64_C(1) << 30)

#define MAX_ROUNDS 200

/* The umem that is measured, over an arena as in the daemon. */
struct ground {
	struct arena arena;
	struct umem umem;
	struct umem_client client;
	struct umem_cookie cookie;
};

/* A way to get memory and to give it back. */
struct way {
	const char *name;
	void *(*get)(struct ground *g, size_t size);
	void (*give)(struct ground *g, void *memory);
};

static void ground_init(struct ground *g)
{
	struct arena_table tables[ARENA_SECTIONS];
	struct umem_source source;

	for (unsigned i = 0; i < ARENA_SECTIONS; i++)
		tables[i] = (struct arena_table){.entry_size = 64, .count = 1};
	if (arena_create(&g->arena, arena_open(), tables) < 0)
		err(EXIT_FAILURE, "arena");
	source = umem_arena_source(&g->arena);
	umem_init(&g->umem, &source, 4 * GIB);
	umem_client_init(&g->umem, &g->client);
}

static void ground_destroy(struct ground *g)
{
	umem_client_destroy(&g->client);
	umem_destroy(&g->umem);
	arena_close(&g->arena);
}

static void *get_umem(struct ground *g, size_t size)
{
	if (umem_alloc(&g->client, size, UMEM_NOSLEEP, NULL, &g->cookie) != 0)
		return NULL;
	umem_settle(&g->client);
	return g->cookie.addr;
}

static void give_umem(struct ground *g, void *memory)
{
	(void)memory;
	umem_free(&g->client, &g->cookie);
}

static void *get_calloc(struct ground *g, size_t size)
{
	volatile char *p = calloc(1, size);

	for (size_t at = 0; p && at < size; at += g->arena.page_size)
		p[at] = 0;
	return (void *)(uintptr_t)p;
}

static void *get_memalign(struct ground *g, size_t size)
{
	void *p;

	if (posix_memalign(&p, g->arena.page_size, size) != 0)
		return NULL;
	return memset(p, 0, size);
}

static void give_libc(struct ground *g, void *memory)
{
	(void)g;
	free(memory);
}

static const struct way ways[] = {
	{"umem", get_umem, give_umem},
	{"calloc+touch", get_calloc, give_libc},
	{"posix_memalign+memset", get_memalign, give_libc},
};

#define WAYS (sizeof(ways) / sizeof(ways[0]))

struct amount {
	const char *what;
	size_t size;
	unsigned times; /* in one round */
	unsigned part;	/* one in so many rounds, since it takes long */
	double targets[WAYS];
};

static const struct amount amounts[] = {
	{"64 KiB", 64 * KIB, 100, 1, {0}},
	{"1 MiB", MIB, 20, 1, {0}},
	{"64 MiB", 64 * MIB, 1, 1, {0}},
	{"1 GiB", GIB, 1, 4, {0, 0, 1.4}},
};

#define AMOUNTS (sizeof(amounts) / sizeof(amounts[0]))

/* Means of one round. */
struct memory_sample {
	double ready, freed;
};

static struct memory_sample measure_once(struct ground *g, const struct way *way,
					 const struct amount *a)
{
	struct memory_sample s = {0};

	for (unsigned i = 0; i < a->times; i++) {
		uint64_t begin = now();
		void *memory = way->get(g, a->size);
		uint64_t ready;

		if (!memory)
			errx(EXIT_FAILURE, "%s: no memory for %s", way->name, a->what);
		/* To the compiler, somebody looks at it: it may not leave out what fills it. */
		__asm__ volatile("" : : "r"(memory) : "memory");
		ready = now();
		way->give(g, memory);
		s.ready += (double)(ready - begin) / a->times;
		s.freed += (double)(now() - ready) / a->times;
	}
	return s;
}

/* One way against umem. */
static struct memory_figure summarize(const struct amount *a, unsigned rival, unsigned rounds,
				      struct memory_sample samples[WAYS][MAX_ROUNDS])
{
	double ours[MAX_ROUNDS], theirs[MAX_ROUNDS], ours_free[MAX_ROUNDS], theirs_free[MAX_ROUNDS];
	double ratios[MAX_ROUNDS];

	for (unsigned r = 0; r < rounds; r++) {
		ours[r] = samples[0][r].ready;
		ours_free[r] = samples[0][r].freed;
		theirs[r] = samples[rival][r].ready;
		theirs_free[r] = samples[rival][r].freed;
		ratios[r] = theirs[r] / ours[r];
	}
	return (struct memory_figure){
		.what = a->what,
		.rival = ways[rival].name,
		.ours = median(ours, rounds),
		.rivals = median(theirs, rounds),
		.ours_free = median(ours_free, rounds),
		.rivals_free = median(theirs_free, rounds),
		.ratio = median(ratios, rounds),
		.target = a->targets[rival],
	};
}

unsigned memory_measure(struct memory_figure figures[MEMORY_FIGURES], unsigned rounds)
{
	static struct memory_sample samples[WAYS][MAX_ROUNDS];
	struct ground g;
	unsigned count = 0;

	rounds = rounds < MAX_ROUNDS ? rounds : MAX_ROUNDS;
	/* Memory that comes from the system and goes back there, as umem's does. */
	mallopt(M_MMAP_THRESHOLD, 32 << 10);
	mallopt(M_TOP_PAD, 0);
	mallopt(M_TRIM_THRESHOLD, 0);
	malloc_trim(0);
	ground_init(&g);
	for (unsigned i = 0; i < AMOUNTS; i++) {
		const struct amount *a = &amounts[i];
		unsigned n = (rounds + a->part - 1) / a->part;

		for (unsigned r = 0; r < n; r++)
			for (unsigned turn = 0; turn < WAYS; turn++) {
				unsigned w = (r + turn) % (unsigned)WAYS;

				samples[w][r] = measure_once(&g, &ways[w], a);
			}
		for (unsigned rival = 1; rival < WAYS; rival++)
			figures[count++] = summarize(a, rival, n, samples);
	}
	ground_destroy(&g);
	return count;
}
