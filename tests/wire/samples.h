/* SPDX-License-Identifier: MIT */
/* Well-formed requests of every kind, for tests that spoil them. */
#ifndef WIRE_SAMPLES_H
#define WIRE_SAMPLES_H

#include "client.h"

#define SAMPLE_MAX 256

/* How many kinds there are. */
extern const unsigned sample_count;

/* The name of one, for messages. */
const char *sample_name(unsigned index);

/*
 * Builds one on an open file, with a new `unique`, in `bytes` (aligned, SAMPLE_MAX). Returns its
 * length. Carried out, it leaves the file open and its device with this client's own wishes only.
 */
size_t sample_build(unsigned index, const struct client *c, void *bytes);

/* Whether the sender of these bytes waits for an answer. */
bool sample_is_answered(const void *bytes, size_t length);

#endif
