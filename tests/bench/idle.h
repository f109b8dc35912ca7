/* SPDX-License-Identifier: MIT */
/* What devices cost that nobody uses. */
#ifndef IDLE_H
#define IDLE_H

#include "contender.h"

struct idle_figure {
	unsigned instances;
	unsigned long resident; /* bytes, all of the process */
	unsigned long pages;	/* of these, the devices' own */
	unsigned threads;
};

struct idle_figure idle_measure(const struct contest *a, unsigned instances);

#endif
