/* SPDX-License-Identifier: MIT */
/* Counts how long things took, to within 3 %. */
#ifndef HISTOGRAM_H
#define HISTOGRAM_H

#include <stdint.h>

#define HISTOGRAM_STEPS	  32 /* to each power of two */
#define HISTOGRAM_OCTAVES 36 /* up to half a minute, in ns */
#define HISTOGRAM_BUCKETS (HISTOGRAM_STEPS * HISTOGRAM_OCTAVES)

struct histogram {
	uint64_t count;
	uint64_t total; /* ns */
	uint32_t buckets[HISTOGRAM_BUCKETS];
};

void histogram_add(struct histogram *h, uint64_t ns);
void histogram_merge(struct histogram *to, const struct histogram *from);

/* The time within which a part of all (0.99: all but 1 %) were done, in ns; 0 when there are none. */
double histogram_quantile(const struct histogram *h, double part);

#endif
