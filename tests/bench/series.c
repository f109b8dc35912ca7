// SPDX-License-Identifier: MIT
#include <err.h>
#include <stdlib.h>
#include <unistd.h>

#include "series.h"

const char *const metric_names[METRICS] = {
	[METRIC_TIME] = "ns_per_operation",
	[METRIC_CPU] = "server_cpu_ns",
	[METRIC_PATH] = "client_and_server_cpu_ns",
	[METRIC_P50] = "p50_ns",
	[METRIC_P99] = "p99_ns",
};

static double value_of(const struct sample *s, enum metric m)
{
	const double values[METRICS] = {
		[METRIC_TIME] = s->time, [METRIC_CPU] = s->cpu, [METRIC_PATH] = s->path,
		[METRIC_P50] = s->p50,	 [METRIC_P99] = s->p99,
	};

	return values[m];
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

double median(double *values, unsigned count)
{
	qsort(values, count, sizeof(*values), compare);
	return (values[(count - 1) / 2] + values[count / 2]) / 2;
}

static void *must_calloc(size_t count, size_t size)
{
	void *p = calloc(count, size);

	if (!p)
		err(EXIT_FAILURE, "results");
	return p;
}

static void pin(const struct contender *list, unsigned count, int cpu)
{
	pin_self(cpu);
	for (unsigned i = 0; i < count; i++)
		contender_pin(&list[i], cpu);
}

void series_run(struct series *s, const struct work *w, const struct contender *list,
		unsigned count, unsigned rounds, unsigned ms)
{
	*s = (struct series){.work = w, .rounds = rounds};
	for (unsigned i = 0; i < count; i++)
		if (work_suits(w, &list[i]))
			s->samples[i] = must_calloc(rounds, sizeof(struct sample));
	for (unsigned r = 0; r < rounds; r++) {
		/* Threads may have come since. */
		pin(list, count, w->pinned ? (int)sysconf(_SC_NPROCESSORS_ONLN) - 1 : -1);
		for (unsigned turn = 0; turn < count; turn++) {
			unsigned i = (r + turn) % count;

			if (s->samples[i])
				s->samples[i][r] = run_round(w, &list[i], ms);
		}
	}
}

void series_free(struct series *s)
{
	for (unsigned i = 0; i < MAX_CONTENDERS; i++)
		free(s->samples[i]);
}

double series_median(const struct series *s, unsigned contender, enum metric m)
{
	double *values = must_calloc(s->rounds, sizeof(*values));
	double result;

	for (unsigned r = 0; r < s->rounds; r++)
		values[r] = value_of(&s->samples[contender][r], m);
	result = median(values, s->rounds);
	free(values);
	return result;
}

double series_ratio(const struct series *s, unsigned top, unsigned bottom, enum metric m)
{
	double *values = must_calloc(s->rounds, sizeof(*values));
	double result;

	for (unsigned r = 0; r < s->rounds; r++)
		values[r] = value_of(&s->samples[top][r], m) / value_of(&s->samples[bottom][r], m);
	result = median(values, s->rounds);
	free(values);
	return result;
}
