/* SPDX-License-Identifier: MIT */
/* The tables on stdout, and the same as JSON and as data for the chart. */
#ifndef REPORT_H
#define REPORT_H

#include "idle.h"
#include "memory.h"
#include "series.h"

#define MAX_WORKS 24

struct report {
	const struct contender *list;
	unsigned contenders;
	struct series series[MAX_WORKS];
	unsigned works;
	struct memory_figure memory[MEMORY_FIGURES + 1];
	unsigned memory_figures;
	struct idle_figure idle[2];
	unsigned idle_figures;
	unsigned rounds, ms;
};

/* A place in `list`, or -1. */
int report_find(const struct report *r, enum role role);

/* Ratio of a contender to the floor that its work is measured against; above 1 is better for speed. */
double report_speed(const struct report *r, const struct series *s, unsigned contender);
double report_metric(const struct report *r, const struct series *s, unsigned contender,
		     enum metric m);

void report_print(const struct report *r);
void report_json(const struct report *r, const char *path);
void report_chart_data(const struct report *r, const char *path);

/* The most that idle instances may take besides their pages, in bytes. */
#define IDLE_TARGET (8ul << 20)

#endif
