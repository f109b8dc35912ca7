/* SPDX-License-Identifier: MIT */
/* The parent's side of the clients. */
#ifndef WATCH_H
#define WATCH_H

#include "storm.h"

/* Starts a process for each client; the random sequences begin with the seed. */
void start_clients(uint64_t seed);

/* Runs one client to its end; false when it has failed. */
bool run_alone(struct client *c);

/* To be called all the time: sends signals, notes who makes no progress. False once there is a failure. */
bool watch_clients(void);

/* Lets all clients come to their end. */
bool finish_clients(void);

#endif
