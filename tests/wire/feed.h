/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as requests: what a fuzzer calls with its input, and a test with random ones.
 *
 * The bytes are a sequence of records: a control byte, then what it takes. Its low bits choose a
 * well-formed request; its highest bit says that the rest of the request is taken from the input
 * instead, else how many changes follow, each a place and a value. So that few bytes already reach
 * deep.
 */
#ifndef WIRE_FEED_H
#define WIRE_FEED_H

#include "client.h"

/* Sends what the input says to a daemon, and then checks that it answers each request once, and a
 * read. */
void feed(struct bench *b, const uint8_t *input, size_t size);

#endif
