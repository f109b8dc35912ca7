// SPDX-License-Identifier: MIT
#include <stdio.h>

#include "report.h"

#define WORK_WIDTH   "%-18s"
#define COLUMN_WIDTH "%15s"

int report_find(const struct report *r, enum role role)
{
	for (unsigned i = 0; i < r->contenders; i++)
		if (r->list[i].role == role)
			return (int)i;
	return -1;
}

static unsigned floor_of(const struct report *r, const struct series *s)
{
	return (unsigned)report_find(r, s->work->against);
}

double report_speed(const struct report *r, const struct series *s, unsigned contender)
{
	return series_ratio(s, floor_of(r, s), contender, METRIC_TIME);
}

double report_metric(const struct report *r, const struct series *s, unsigned contender,
		     enum metric m)
{
	return series_ratio(s, contender, floor_of(r, s), m);
}

/* A table: one metric of all works. */
struct table {
	const char *title;
	enum metric metric;
	double (*target)(const struct work *w);
	bool at_most; /* the target is an upper bound */
	bool pinned;
};

static double speed_target(const struct work *w)
{
	return w->speed;
}

static double cpu_target(const struct work *w)
{
	return w->cpu;
}

static double p99_target(const struct work *w)
{
	return w->p99;
}

static double no_target(const struct work *w)
{
	(void)w;
	return 0;
}

static const struct table tables[] = {
	{"One CPU: speed as ratio to the floor", METRIC_TIME, speed_target, false, true},
	{"One CPU: CPU time of the server per operation", METRIC_CPU, cpu_target, true, true},
	{"One CPU: CPU time of client and server per operation", METRIC_PATH, no_target, true,
	 true},
	{"One CPU: the time that half of all operations take (p50)", METRIC_P50, no_target, true,
	 true},
	{"One CPU: the time that 99 % take (p99)", METRIC_P99, p99_target, true, true},
	{"All CPUs: speed as ratio to the floor", METRIC_TIME, speed_target, false, false},
	{"All CPUs: the time that half of all operations take (p50)", METRIC_P50, no_target, true,
	 false},
	{"All CPUs: the time that 99 % take (p99)", METRIC_P99, p99_target, true, false},
};

static void print_head(const struct report *r, const struct table *t)
{
	printf("\n%s\n" WORK_WIDTH, t->title, "");
	for (unsigned i = 0; i < r->contenders; i++)
		if (!t->pinned || r->list[i].role != FLOOR_ALL)
			printf(COLUMN_WIDTH, r->list[i].name);
	printf("  target\n");
}

static double ratio_of(const struct report *r, const struct series *s, const struct table *t,
		       unsigned i)
{
	return t->metric == METRIC_TIME ? report_speed(r, s, i) : report_metric(r, s, i, t->metric);
}

static void print_cell(const struct report *r, const struct series *s, const struct table *t,
		       unsigned i)
{
	char cell[32] = "-";

	if (s->samples[i] && r->list[i].role == s->work->against)
		snprintf(cell, sizeof(cell), "%.2f us", series_median(s, i, t->metric) / 1000);
	else if (s->samples[i])
		snprintf(cell, sizeof(cell), "%.2f", ratio_of(r, s, t, i));
	printf(COLUMN_WIDTH, cell);
}

/* Whether all that the target is for reach it, as they are printed. */
static bool reaches(const struct report *r, const struct series *s, const struct table *t,
		    double target)
{
	for (unsigned i = 0; i < r->contenders; i++) {
		double ratio;

		if (r->list[i].role != SUBJECT)
			continue;
		ratio = ratio_of(r, s, t, i);
		if (t->at_most ? ratio >= target + 0.005 : ratio < target - 0.005)
			return false;
	}
	return true;
}

static void print_verdict(double target, bool at_most, bool reached)
{
	printf("  %s %.2f  %s\n", at_most ? "<=" : ">=", target, reached ? "pass" : "short");
}

static void print_row(const struct report *r, const struct series *s, const struct table *t)
{
	double target = t->target(s->work);

	printf(WORK_WIDTH, s->work->name);
	for (unsigned i = 0; i < r->contenders; i++)
		if (!t->pinned || r->list[i].role != FLOOR_ALL)
			print_cell(r, s, t, i);
	if (target > 0)
		print_verdict(target, t->at_most, reaches(r, s, t, target));
	else
		putchar('\n');
}

static void print_table(const struct report *r, const struct table *t)
{
	bool has_head = false;

	for (unsigned i = 0; i < r->works; i++) {
		if (r->series[i].work->pinned != t->pinned)
			continue;
		if (!has_head)
			print_head(r, t);
		has_head = true;
		print_row(r, &r->series[i], t);
	}
}

static void print_memory(const struct report *r)
{
	printf("\nMemory that is ready to use: how many times as fast\n" WORK_WIDTH
	       "%-24s%12s%12s%9s"
	       "  target\n",
	       "", "against", "ours", "theirs", "ratio");
	for (unsigned i = 0; i < r->memory_figures; i++) {
		const struct memory_figure *f = &r->memory[i];

		printf(WORK_WIDTH "%-24s%9.3f ms%9.3f ms%9.2f", f->what, f->rival, f->ours / 1e6,
		       f->rivals / 1e6, f->ratio);
		if (f->target > 0)
			print_verdict(f->target, false, f->ratio >= f->target - 0.005);
		else
			putchar('\n');
	}
}

static void print_idle(const struct report *r)
{
	printf("\nIdle devices in one process\n");
	for (unsigned i = 0; i < r->idle_figures; i++) {
		const struct idle_figure *f = &r->idle[i];
		unsigned long beyond = f->resident - f->pages;

		printf("%5u: %.2f MiB resident beyond their pages (<= 8: %s), %u threads (%s)\n",
		       f->instances, (double)beyond / (1 << 20),
		       beyond <= IDLE_TARGET ? "pass" : "short", f->threads,
		       f->threads == r->idle[0].threads ? "pass" : "short");
	}
}

void report_print(const struct report *r)
{
	printf("%u rounds of %u ms; medians of the ratios within each round. The floor is given in "
	       "us.\n",
	       r->rounds, r->ms);
	for (unsigned i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
		print_table(r, &tables[i]);
	if (r->memory_figures)
		print_memory(r);
	if (r->idle_figures)
		print_idle(r);
}
