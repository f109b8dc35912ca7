/* SPDX-License-Identifier: MIT */
/* Which workers serve and which rest: worker.h says why not all of them wait for requests. */
#ifndef CREW_H
#define CREW_H

#include "worker.h"

/* With a request in hand: is there work for one more, or rather for one less? */
void crew_adjust(struct worker *w, const struct channel *c);

/* After a request: rests, until called, if there is too little to do. */
void crew_rest_if_superfluous(struct worker *w);

/* Of a worker at rest: waits until called or told to stop. The pool is locked. */
void crew_wait_for_call(struct pool *p);

#endif
