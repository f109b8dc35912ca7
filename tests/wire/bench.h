/* SPDX-License-Identifier: MIT */
/*
 * The whole daemon in this process, with kernels on its channels.
 *
 * A test begins with bench_start() and ends with bench_end() as its teardown, which stops the
 * daemon and checks what every test promises: each request has got its one answer, and no
 * descriptor is left open.
 */
#ifndef WIRE_BENCH_H
#define WIRE_BENCH_H

#include "kernel.h"
#include "server.h"
#include "wire.h"

#define BENCH_CHANNELS 64
#define BENCH_PAGE     4096

/* What is 0 has the default in brackets. */
struct bench_options {
	enum channel_kind kind;
	uint32_t instances;    /* [1] */
	uint64_t memory;       /* bytes for all instances [ample] */
	uint64_t max_size;     /* [64 KiB] */
	uint64_t initial_size; /* [128] */
	bool legacy_ioctl;
	uint32_t init_major; /* the protocol version that the kernel speaks [7] */
	bool without_init;   /* the channel has been used before */
};

struct bench {
	struct server server;
	struct server_setup setup;
	struct qotd_config config;
	struct log log;
	struct service service;
	struct state_dir state_dir;
	bool is_running;
	int error; /* of server_start() */

	struct kernel kernels[BENCH_CHANNELS];
	int ends[BENCH_CHANNELS]; /* the daemon's ends, until it has them */
	uint64_t inits[BENCH_CHANNELS];
	uint32_t channels;

	unsigned fds_before; /* open descriptors */
};

/* The initial quotation, 60 bytes. */
extern const char bench_quote[];
#define BENCH_QUOTE_LENGTH 60

/* Makes kernels and queues INIT; the daemon does not run yet. The bench belongs to *state. */
struct bench *bench_prepare(void **state, const struct bench_options *o);

/* Starts the daemon: what server_start() returns. */
int bench_serve(struct bench *b);

/* Both; the daemon must start. */
struct bench *bench_start(void **state, const struct bench_options *o);

/* Stops the daemon. Its answers are still to be had. */
void bench_stop(struct bench *b);

/* The teardown of a test. Fails when an answer is missing or one is too many. */
int bench_end(void **state);

/* The same for a test that sends what is no request. */
int bench_end_anyhow(void **state);

/* Waits until the daemon has something for its main thread; what server_handle_notice() returns. */
bool bench_handle_notice(struct bench *b);

/* Waits until no worker has a request in hand. */
void bench_wait_idle(const struct bench *b);

/* The kernel of an instance. */
struct kernel *bench_kernel(struct bench *b, uint32_t instance);

/* Entries of a directory of /proc/self: "fd", "task". */
unsigned bench_count(const char *what);

/* Waits until /proc/self/task has so many: a thread that was joined may still be listed. */
void bench_wait_threads(unsigned count);

/* Skips a test for a reason that is said; fails instead when QOTD_MUST_RUN=1. */
void bench_skip(const char *why);

/* A test; and one that finds in *state the options of the bench that it shall start. */
#define bench_test(f) cmocka_unit_test_setup_teardown(f, NULL, bench_end)
#define bench_test_with(f, options)                                                     \
	{                                                                               \
#f " on " #options, f, NULL, bench_end, (void *)(uintptr_t) & (options) \
	}

/* One device with all defaults. */
extern const struct bench_options cuse, fuse;

#endif
