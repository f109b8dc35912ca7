// SPDX-License-Identifier: MIT
#include "histogram.h"

/* log2(HISTOGRAM_STEPS) */
#define STEP_BITS 5

/* The leading STEP_BITS + 1 bits of the time choose the bucket. */
static unsigned bucket_of(uint64_t ns)
{
	unsigned octave, bucket;

	if (ns < HISTOGRAM_STEPS)
		return (unsigned)ns;
	octave = 63 - (unsigned)__builtin_clzll(ns) - STEP_BITS + 1;
	bucket = octave * HISTOGRAM_STEPS + (unsigned)(ns >> (octave - 1)) % HISTOGRAM_STEPS;
	return bucket < HISTOGRAM_BUCKETS ? bucket : HISTOGRAM_BUCKETS - 1;
}

/* The middle of a bucket. */
static double time_of(unsigned bucket)
{
	unsigned octave = bucket / HISTOGRAM_STEPS;
	unsigned step = bucket % HISTOGRAM_STEPS;

	if (octave == 0)
		return step;
	return (HISTOGRAM_STEPS + step + 0.5) * (double)(UINT64_C(1) << (octave - 1));
}

void histogram_add(struct histogram *h, uint64_t ns)
{
	h->count++;
	h->total += ns;
	h->buckets[bucket_of(ns)]++;
}

void histogram_merge(struct histogram *to, const struct histogram *from)
{
	to->count += from->count;
	to->total += from->total;
	for (unsigned i = 0; i < HISTOGRAM_BUCKETS; i++)
		to->buckets[i] += from->buckets[i];
}

double histogram_quantile(const struct histogram *h, double part)
{
	double wanted = part * (double)h->count;
	uint64_t seen = 0;

	if (h->count == 0)
		return 0;
	for (unsigned i = 0; i < HISTOGRAM_BUCKETS; i++) {
		seen += h->buckets[i];
		if ((double)seen >= wanted)
			return time_of(i);
	}
	return time_of(HISTOGRAM_BUCKETS - 1);
}
