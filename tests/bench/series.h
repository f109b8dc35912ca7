/* SPDX-License-Identifier: MIT */
/*
 * All rounds of one work. In each round every contender has its turn, so that what happens on the
 * machine meanwhile happens to all; ratios are taken within a round, and their median over all rounds.
 */
#ifndef SERIES_H
#define SERIES_H

#include <stdio.h>

#include "round.h"

struct series {
	const struct work *work;
	unsigned rounds;
	struct sample *samples[MAX_CONTENDERS]; /* NULL: that one cannot do this work */
};

enum metric { METRIC_TIME, METRIC_CPU, METRIC_PATH, METRIC_P50, METRIC_P99, METRICS };

/* For JSON. */
extern const char *const metric_names[METRICS];

void series_run(struct series *s, const struct work *w, const struct contender *list,
		unsigned count, unsigned rounds, unsigned ms);
void series_free(struct series *s);

/* The median of a metric, in ns; and of its ratio, `top` to `bottom`, in each round. */
double series_median(const struct series *s, unsigned contender, enum metric m);
double series_ratio(const struct series *s, unsigned top, unsigned bottom, enum metric m);

/* The median of `count` numbers, which are put in order. */
double median(double *values, unsigned count);

#endif
