// SPDX-License-Identifier: MIT
/*
 * refusal PROGRAM: what a process does that finds an arena it cannot use, in TAP: it says why, ends with an
 * error, and leaves all as it is, so that one that can use it goes on.
 *
 * The daemon dies with changed content and an open file. Copies of its arena are damaged one way after the other.
 */
#include "refusal.h"
#include "held.h"
#include "tap.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "arena.h"

static unsigned number, failures;

static const char *const usual[] = {"--instances=2", NULL};
static const char *const one_instance[] = {"--instances=1", NULL};
static const char *const discarding[] = {"--instances=2", "--discard-state", NULL};

struct target {
	struct held *held;
	int arena; /* of the process that died: never touched */
	int file;  /* open on the first device */
};

static void report(const struct test *t, const char *name)
{
	printf("%sok %u - %s\n", t->failed ? "not " : "", ++number, name);
	failures += t->failed;
}

/* The extents of a sparse file that have data. Returns where the next one ends, 0 at the end. */
static off_t next_extent(int fd, off_t *start)
{
	*start = lseek(fd, *start, SEEK_DATA);
	return *start < 0 ? 0 : lseek(fd, *start, SEEK_HOLE);
}

static uint64_t hash(int fd)
{
	static char page[4096];
	uint64_t h = 14695981039346656037u;
	off_t start = 0, end;

	for (; (end = next_extent(fd, &start)) > 0; start = end) {
		for (off_t at = start; at < end; at += (off_t)sizeof(page)) {
			ssize_t n = pread(fd, page, sizeof(page), at);
			bool is_zero = true;

			for (ssize_t i = 0; i < n && is_zero; i++)
				is_zero = !page[i];
			for (ssize_t i = 0; i < n && !is_zero; i++)
				h = (h ^ (unsigned char)page[i]) * 1099511628211u + (uint64_t)at;
		}
	}
	return h;
}

static int copy(int fd)
{
	static char page[4096];
	int to = memfd_create("qotd-cuse", MFD_CLOEXEC);
	off_t start = 0, end;
	struct stat st;

	if (fstat(fd, &st) < 0 || ftruncate(to, st.st_size) < 0)
		return -1;
	for (; (end = next_extent(fd, &start)) > 0; start = end)
		for (off_t at = start; at < end; at += (off_t)sizeof(page))
			if (pwrite(to, page, (size_t)pread(fd, page, sizeof(page), at), at) < 0)
				return -1;
	return to;
}

/* A damaged copy, and how the daemon takes it. */
static void try_damaged(struct test *t, const struct target *g, const struct damage *d)
{
	struct held *h = g->held;
	struct held_run run = {.options = usual, .supervised = true};
	uint64_t before;
	int status;

	h->arena_fd = copy(g->arena);
	CHECK(t, h->arena_fd >= 0);
	damage(h->arena_fd, d);
	before = hash(h->arena_fd);
	held_start(h, &run);
	status = held_wait(h);
	if (status != 1)
		tap_fail(t, __FILE__, __LINE__, "exit status %d, not 1", status);
	if (!held_said(h, "damaged"))
		tap_fail(t, __FILE__, __LINE__, "no message that says so");
	if (hash(h->arena_fd) != before)
		tap_fail(t, __FILE__, __LINE__, "it has been written to");
	close(h->arena_fd);
}

/* A run with the arena as it is must fail, say `text`, and leave the arena alone. */
static void try_run(struct test *t, const struct target *g, const struct held_run *run,
		    const char *text)
{
	struct held *h = g->held;
	uint64_t before;
	int status;

	h->arena_fd = copy(g->arena);
	before = hash(h->arena_fd);
	held_start(h, run);
	status = held_wait(h);
	if (status != 1)
		tap_fail(t, __FILE__, __LINE__, "exit status %d, not 1", status);
	if (!held_said(h, text))
		tap_fail(t, __FILE__, __LINE__, "it does not say '%s'", text);
	if (hash(h->arena_fd) != before)
		tap_fail(t, __FILE__, __LINE__, "it has been written to");
	close(h->arena_fd);
}

/* The first process: changed content, an open file, and then it dies. */
static void prepare(struct target *g, struct test *t)
{
	struct held *h = g->held;
	struct held_run run = {.options = usual, .supervised = true};
	char path[96];

	held_start(h, &run);
	CHECK(t, held_await_start(h, 0));
	snprintf(path, sizeof(path), "%s/qotd", h->mount);
	g->file = open(path, O_RDWR | O_CLOEXEC);
	CHECK_EQ(t, pwrite(g->file, "precious", 8, 0), 8);
	CHECK_EQ(t, held_end(h, SIGKILL), 128 + SIGKILL);
	g->arena = h->arena_fd;
}

/* With less and less address space, some step or other fails: the arena must survive each of them. */
static void try_scarce(struct test *t, const struct target *g)
{
	struct held *h = g->held;
	struct held_run run = {.options = usual, .supervised = true};
	unsigned failed = 0;

	for (run.memory = 8 << 20; run.memory < 128 << 20; run.memory += 4 << 20) {
		uint64_t before;
		bool serves;

		h->arena_fd = copy(g->arena);
		before = hash(h->arena_fd);
		held_start(h, &run);
		serves = held_await_start(h, 1);
		held_end(h, SIGKILL);
		if (!serves && hash(h->arena_fd) != before)
			tap_fail(t, __FILE__, __LINE__, "written to, with %llu MiB",
				 (unsigned long long)run.memory >> 20);
		failed += !serves;
		close(h->arena_fd);
		if (serves)
			break; /* the copy has had the kernel's requests */
	}
	CHECK(t, failed > 3);
}

/* In the end the real one goes on, as if there had been nothing in between. */
static void go_on(struct test *t, const struct target *g)
{
	struct held *h = g->held;
	struct held_run run = {.options = usual, .supervised = true};
	uint64_t starts;
	char data[8];

	h->arena_fd = g->arena;
	starts = held_starts(h);
	held_start(h, &run);
	CHECK(t, held_await_start(h, starts));
	CHECK_EQ(t, pread(g->file, data, 8, 0), 8);
	CHECK(t, memcmp(data, "precious", 8) == 0);
	close(g->file);
	CHECK_EQ(t, held_end(h, SIGKILL), 128 + SIGKILL);
}

/* Told to, it starts afresh, on a channel that nobody has used; without that, it refuses. */
static void start_afresh(struct test *t, const struct target *g)
{
	struct held *h = g->held;
	struct held_run run = {.options = discarding, .supervised = true};
	char path[96], data[8] = "";
	int fd;

	held_remount(h);
	h->arena_fd = copy(g->arena);
	damage(h->arena_fd, &damages[0]);
	held_start(h, &run);
	CHECK(t, held_await_start(h, 0));
	snprintf(path, sizeof(path), "%s/qotd", h->mount);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	CHECK_EQ(t, read(fd, data, 8), 8);
	close(fd);
	CHECK(t, memcmp(data, "On the w", 8) == 0);
	CHECK_EQ(t, held_end(h, SIGTERM), 0);
}

static void play_runs(struct target *g)
{
	const struct {
		const char *name;
		struct held_run run;
		const char *text;
	} runs[] = {
		{"another number of instances",
		 {.options = one_instance, .supervised = true},
		 "other options"},
		{"the channel is missing",
		 {.options = usual, .supervised = true, .without_fuse = true},
		 "the channel 'fuse' is missing"},
		{"the arena is missing",
		 {.options = usual, .supervised = true, .without_arena = true},
		 "its state is lost"},
		{"the arena is missing, and there is no manager to ask",
		 {.options = usual, .without_arena = true},
		 "its state is lost"},
	};

	for (size_t i = 0; i < sizeof(runs) / sizeof(runs[0]); i++) {
		struct test t = {0};

		try_run(&t, g, &runs[i].run, runs[i].text);
		report(&t, runs[i].name);
	}
}

static void play(struct target *g, const char *name,
		 void (*run)(struct test *t, const struct target *g))
{
	struct test t = {0};

	run(&t, g);
	report(&t, name);
}

int main(int argc, char **argv)
{
	static struct held held;
	struct target g = {.held = &held};
	struct test t = {0};

	setvbuf(stdout, NULL, _IOLBF, 0);
	alarm(400);
	if (argc != 2)
		return 2;
	held_init(&held, argv[1]);
	prepare(&g, &t);
	report(&t, "a process dies and leaves its arena");
	for (size_t i = 0; i < damage_count; i++) {
		struct test one = {0};

		try_damaged(&one, &g, &damages[i]);
		report(&one, damages[i].name);
	}
	play_runs(&g);
	play(&g, "too little address space", try_scarce);
	play(&g, "after all that, the next process goes on where the first one died", go_on);
	play(&g, "with --discard-state, it starts afresh on a new channel", start_afresh);
	printf("1..%u\n", number);
	return failures ? 1 : 0;
}
