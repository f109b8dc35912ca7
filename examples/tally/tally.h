/* SPDX-License-Identifier: MIT */
/* The soft state of /dev/tally. */
#ifndef TALLY_H
#define TALLY_H

#include <pthread.h>
#include <stddef.h>
#include <stdint.h>

#include "driver.h"
#include "index_pool.h"

#define TALLY_MAX_OPEN 256
#define TALLY_TEXT_MAX sizeof("-9223372036854775808\n")

/* An open file. Its index is the handle that the kernel brings back with each request. */
struct tally_file {
	uint32_t flags; /* of open(2) */
	char text
		[TALLY_TEXT_MAX]; /* the count as it was when the file was read from its beginning */
	size_t length;		  /* of the text */
	uint64_t position;	  /* on CUSE, where the kernel keeps none */
	uint64_t seen;		  /* the `changes` that its client knows of */
	uint64_t poll_handle;	  /* somebody sleeps in poll(2); 0: nobody */
	const struct channel *channel; /* of the poll handle */
};

struct tally {
	struct index_pool free_files;
	pthread_mutex_t lock; /* guards all below */
	int64_t count;
	uint64_t changes;
	struct tally_file files[TALLY_MAX_OPEN];
};

/* Attach and detach. Nobody has the device open. Returns 0 or -ENOMEM. */
int tally_attach(struct tally *t);
void tally_detach(struct tally *t);

/* The entry points; their context is the struct tally. */
extern const struct driver_ops tally_ops;

#endif
