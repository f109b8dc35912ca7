// SPDX-License-Identifier: MIT
#include <dirent.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "bench.h"
#include "deadline.h"

/* A device of the largest size twice over for each instance: nobody waits. */
#define AMPLE(o) (4 * (o)->instances * ((o)->max_size + BENCH_PAGE))

const char bench_quote[] = "On the whole, I'd rather be in Philadelphia. - W. C. Fields\n";
const struct bench_options cuse = {.kind = CHANNEL_CUSE};
const struct bench_options fuse = {.kind = CHANNEL_FUSE};

_Static_assert(sizeof(bench_quote) == BENCH_QUOTE_LENGTH + 1, "the length of the quotation");

unsigned bench_count(const char *what)
{
	char path[64];
	unsigned count = 0;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/self/%s", what);
	dir = opendir(path);
	assert_non_null(dir);
	while (readdir(dir))
		count++;
	closedir(dir);
	return count;
}

void bench_wait_threads(unsigned count)
{
	int64_t deadline = deadline_in(KERNEL_TIMEOUT_MS);

	while (bench_count("task") != count) {
		if (deadline_is_over(deadline))
			fail_msg("%u threads, not %u", bench_count("task") - 2, count - 2);
		sched_yield();
	}
}

static bool is_idle(const struct pool *p)
{
	for (unsigned i = 0; i < p->count; i++)
		if (p->workers[i].beat % 2 == 1)
			return false;
	return true;
}

void bench_wait_idle(const struct bench *b)
{
	int64_t deadline = deadline_in(KERNEL_TIMEOUT_MS);

	while (!is_idle(&b->server.pool)) {
		if (deadline_is_over(deadline))
			fail_msg("a worker does not come to an end with its request");
		sched_yield();
	}
}

void bench_skip(const char *why)
{
	const char *must = getenv("QOTD_MUST_RUN");

	if (must && strcmp(must, "1") == 0)
		fail_msg("%s", why);
	print_message("# skipped: %s\n", why);
	skip();
}

/* The daemon's own, but a signal shall still end the test. */
static void start_service(struct bench *b)
{
	sigset_t mask;

	pthread_sigmask(SIG_SETMASK, NULL, &mask);
	assert_int_equal(service_init(&b->service), 0);
	pthread_sigmask(SIG_SETMASK, &mask, NULL);
}

static struct bench_options with_defaults(const struct bench_options *o)
{
	struct bench_options full = *o;

	full.instances = o->instances ? o->instances : 1;
	full.max_size = o->max_size ? o->max_size : 64 << 10;
	full.initial_size = o->initial_size ? o->initial_size : 128;
	full.memory = o->memory ? o->memory : AMPLE(&full);
	full.init_major = o->init_major ? o->init_major : FUSE_KERNEL_VERSION;
	return full;
}

static void set_up(struct bench *b, const struct bench_options *o)
{
	b->log = (struct log){.max_level = LOG_ERR};
	b->state_dir = (struct state_dir){.fd = -1, .log = &b->log};
	b->config = (struct qotd_config){
		.quote = (char *)(uintptr_t)bench_quote,
		.quote_length = BENCH_QUOTE_LENGTH,
		.initial_size = o->initial_size,
		.max_size = o->max_size,
	};
	b->setup = (struct server_setup){
		.kind = o->kind,
		.name = "qotd",
		.instances = o->instances,
		.memory = o->memory,
		.legacy_ioctl = o->legacy_ioctl,
		.arena_fd = -1,
		.state_dir = &b->state_dir,
		.config = &b->config,
		.log = &b->log,
		.service = &b->service,
	};
}

struct bench *bench_prepare(void **state, const struct bench_options *options)
{
	const struct bench_options o = with_defaults(options);
	struct bench *b = calloc(1, sizeof(*b));

	*state = NULL; /* where the options may have been */
	assert_non_null(b);
	b->fds_before = bench_count("fd");
	start_service(b);
	set_up(b, &o);
	b->channels = o.kind == CHANNEL_CUSE ? o.instances : 1;
	assert_in_range(b->channels, 1, BENCH_CHANNELS);
	for (uint32_t i = 0; i < b->channels; i++) {
		struct kernel *k = &b->kernels[i];

		b->ends[i] = kernel_create(k, o.kind == CHANNEL_CUSE ? KERNEL_CUSE : KERNEL_FUSE);
		if (!o.without_init)
			b->inits[i] = kernel_send_init(k, o.init_major);
	}
	*state = b;
	return b;
}

int bench_serve(struct bench *b)
{
	b->is_running = true;
	b->error = server_start(&b->server, &b->setup, b->ends);
	return b->error;
}

struct bench *bench_start(void **state, const struct bench_options *o)
{
	struct bench *b = bench_prepare(state, o);

	assert_int_equal(bench_serve(b), 0);
	for (uint32_t i = 0; i < b->channels; i++)
		assert_int_equal(kernel_result(&b->kernels[i], b->inits[i]), 0);
	return b;
}

void bench_stop(struct bench *b)
{
	if (b->is_running)
		server_stop(&b->server, false);
	b->is_running = false;
}

/* Stops and frees all; returns how many answers are missing or too many. */
static unsigned take_apart(void **state)
{
	struct bench *b = *state;
	unsigned wrong = 0;

	bench_stop(b);
	for (uint32_t i = 0; i < b->channels; i++) {
		struct kernel *k = &b->kernels[i];

		if (k->fd >= 0)
			kernel_wait_end(k);
		wrong += k->surplus + (k->fd >= 0 && !b->error ? kernel_count_pending(k) : 0);
		kernel_destroy(k);
	}
	service_destroy(&b->service);
	if (bench_count("fd") != b->fds_before)
		fail_msg("%u descriptors are open, %u were", bench_count("fd"), b->fds_before);
	free(b);
	*state = NULL;
	return wrong;
}

int bench_end(void **state)
{
	unsigned wrong = *state ? take_apart(state) : 0;

	if (wrong)
		fail_msg("%u answers are missing or too many", wrong);
	return 0;
}

int bench_end_anyhow(void **state)
{
	if (*state)
		take_apart(state);
	return 0;
}

bool bench_handle_notice(struct bench *b)
{
	struct pollfd p = {.fd = b->service.notice_fd, .events = POLLIN};
	uint64_t count;

	if (poll(&p, 1, KERNEL_TIMEOUT_MS) != 1)
		fail_msg("the daemon's main thread has not been told anything");
	assert_int_equal(read(p.fd, &count, sizeof(count)), sizeof(count));
	return server_handle_notice(&b->server);
}

struct kernel *bench_kernel(struct bench *b, uint32_t instance)
{
	return &b->kernels[b->setup.kind == CHANNEL_CUSE ? instance : 0];
}
