/* SPDX-License-Identifier: MIT */
/* The initial quotation, and the size of a device that holds it. */
#ifndef QUOTE_H
#define QUOTE_H

#include "device.h"
#include "options.h"

/* A fresh device has this size, or the next multiple that holds a longer quotation. */
#define QUOTE_SIZE_UNIT 128

/*
 * Fills in a configuration from the options. The quotation is allocated: quote_free() it. Returns 0, or
 * -errno after a message on stderr: a file that cannot be read, or a quotation longer than --max-size.
 */
int quote_load(const struct options *o, struct qotd_config *config);
void quote_free(struct qotd_config *config);

#endif
