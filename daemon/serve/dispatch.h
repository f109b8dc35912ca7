/* SPDX-License-Identifier: MIT */
/*
 * From a request to the entry point of the driver: what clients do with open devices, all the time, does not pass
 * through libfuse. It would allocate and lock for each request, to be able to interrupt what never waits: three
 * times the instructions. libfuse has the rest: INIT, and the names and attributes of the files on FUSE.
 */
#ifndef DISPATCH_H
#define DISPATCH_H

#include "channel.h"

/*
 * Runs a request that request_check() has found whole. On return it is answered, or its driver has kept a copy and
 * cleared the slot. False: nothing was done, it is one for libfuse.
 */
bool dispatch(const struct channel *c, struct slot *slot);

#endif
