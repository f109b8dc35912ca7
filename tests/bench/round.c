// SPDX-License-Identifier: MIT
#include <err.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "histogram.h"
#include "round.h"

#define MAX_CLIENTS 8

/* Before it counts, in parts of the round's duration: caches are cold, workers asleep. */
#define WARM_UP 8

struct round {
	const struct work *work;
	const struct contender *contender;
	uint64_t duration; /* ns */
	/* All clients meet here: warmed up; begin; done, but their files still open. */
	pthread_barrier_t warm, start, end;
};

struct crew_member {
	struct round *round;
	pthread_t thread;
	unsigned number;
	uint64_t cpu;
	struct histogram times;
};

static uint64_t read_clock(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

uint64_t thread_cpu_time(void)
{
	return read_clock(CLOCK_THREAD_CPUTIME_ID);
}

uint64_t now(void)
{
	return read_clock(CLOCK_MONOTONIC);
}

static void repeat(struct client *client, uint64_t duration, struct histogram *times)
{
	uint64_t begin = now();
	uint64_t last = begin;

	while (last - begin < duration) {
		bool counts = work_once(client);
		uint64_t t = now();

		if (counts)
			histogram_add(times, t - last);
		last = t;
	}
}

static void *run_client(void *arg)
{
	struct crew_member *m = arg;
	struct round *r = m->round;
	struct client client = {
		.work = r->work,
		.contender = r->contender,
		.fd = -1,
		.offset = (long)(m->number * r->work->size),
		.buffer = aligned_alloc(4096, CONTENT_SIZE),
	};

	if (!client.buffer)
		err(EXIT_FAILURE, "buffer");
	memset(client.buffer, 0, CONTENT_SIZE);
	if (r->work->operation < OP_OPEN_READ_CLOSE)
		client.fd = open(r->contender->path, O_RDWR | O_CLOEXEC);
	repeat(&client, r->duration / WARM_UP, &m->times);
	memset(&m->times, 0, sizeof(m->times));
	pthread_barrier_wait(&r->warm);
	pthread_barrier_wait(&r->start);
	m->cpu = thread_cpu_time();
	repeat(&client, r->duration, &m->times);
	m->cpu = thread_cpu_time() - m->cpu;
	pthread_barrier_wait(&r->end);
	if (client.fd >= 0)
		close(client.fd);
	free(client.buffer);
	return NULL;
}

static void start_crew(struct round *r, struct crew_member *crew)
{
	unsigned n = r->work->clients;

	pthread_barrier_init(&r->warm, NULL, n + 1);
	pthread_barrier_init(&r->start, NULL, n + 1);
	pthread_barrier_init(&r->end, NULL, n + 1);
	for (unsigned i = 0; i < n; i++) {
		crew[i].round = r;
		crew[i].number = i;
		if (pthread_create(&crew[i].thread, NULL, run_client, &crew[i]) != 0)
			errx(EXIT_FAILURE, "cannot start a client");
	}
}

static void end_crew(struct round *r, struct crew_member *crew, struct histogram *times,
		     uint64_t *cpu)
{
	for (unsigned i = 0; i < r->work->clients; i++) {
		pthread_join(crew[i].thread, NULL);
		histogram_merge(times, &crew[i].times);
		*cpu += crew[i].cpu;
	}
	pthread_barrier_destroy(&r->warm);
	pthread_barrier_destroy(&r->start);
	pthread_barrier_destroy(&r->end);
}

struct sample run_round(const struct work *w, const struct contender *c, unsigned ms)
{
	static struct crew_member crew[MAX_CLIENTS];
	struct round r = {.work = w, .contender = c, .duration = ms * UINT64_C(1000000)};
	struct histogram times = {0};
	uint64_t server_cpu, client_cpu = 0;
	double count;

	memset(crew, 0, sizeof(crew));
	start_crew(&r, crew);
	pthread_barrier_wait(&r.warm);
	server_cpu = contender_cpu_time(c);
	pthread_barrier_wait(&r.start);
	pthread_barrier_wait(&r.end);
	server_cpu = contender_cpu_time(c) - server_cpu;
	end_crew(&r, crew, &times, &client_cpu);
	if (times.count == 0)
		errx(EXIT_FAILURE, "%s: nothing done in a round of %s", c->name, w->name);
	count = (double)times.count;
	return (struct sample){
		.time = (double)times.total / count / w->clients,
		.cpu = (double)server_cpu / count,
		.path = (double)(server_cpu + client_cpu) / count,
		.p50 = histogram_quantile(&times, 0.50),
		.p99 = histogram_quantile(&times, 0.99),
	};
}
