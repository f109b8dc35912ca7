/* SPDX-License-Identifier: MIT */
/* What it costs to get memory that is really there: umem against the C library. */
#ifndef BENCH_MEMORY_H
#define BENCH_MEMORY_H

#include "contender.h"

/* Against one rival. Times are medians, in ns. */
struct memory_figure {
	const char *what, *rival;
	double ours, rivals; /* until the memory is ready to use */
	double ours_free, rivals_free;
	double ratio;  /* how many times as fast we are: the median of all rounds */
	double target; /* 0: none */
};

#define MEMORY_FIGURES 10

/* Fills in `figures` and returns how many. */
unsigned memory_measure(struct memory_figure figures[MEMORY_FIGURES], unsigned rounds);

/* Growing from 64 to 128 MiB through the device, against realloc and memset. */
struct memory_figure resize_measure(const struct contest *a, unsigned rounds);

#endif
