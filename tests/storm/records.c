/* SPDX-License-Identifier: MIT */
/*
 * Writers of records, each in a region of its own: what has been acknowledged is there, at once and for
 * ever, and nothing older ever comes back.
 */
#include "client.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define RECORD_MAX 2048
#define PLACES	   (RECORD_REGION / RECORD_MAX)

/* The whole region is looked at after so many records. */
#define LOOK_INTERVAL 32

struct record {
	uint32_t sequence; /* 0: the place is empty */
	uint32_t length;
	uint64_t data[(RECORD_MAX - 16) / 8];
	uint64_t checksum;
};

_Static_assert(sizeof(struct record) == RECORD_MAX, "a record fills its place");

struct writer {
	struct client *c;
	uint64_t region;      /* where it begins */
	int fd, other;	      /* writes, reads */
	bool client_position; /* with pwrite(2) and pread(2) */
	struct record records[PLACES];
};

static uint64_t checksum(const struct record *r)
{
	const unsigned char *bytes = (const unsigned char *)r;
	uint64_t sum = 14695981039346656037u;

	for (size_t i = 0; i < offsetof(struct record, checksum); i++)
		sum = (sum ^ bytes[i]) * 1099511628211u;
	return sum;
}

static void make_record(struct record *r, uint32_t sequence, uint64_t *random)
{
	*r = (struct record){.sequence = sequence};
	r->length = (uint32_t)random_below(random, sizeof(r->data) / 8);
	for (uint32_t i = 0; i < r->length; i++)
		r->data[i] = random_below(random, UINT32_MAX) << 32 | sequence;
	r->checksum = checksum(r);
}

static void put(struct writer *w, unsigned int place)
{
	uint64_t position = w->region + place * RECORD_MAX;
	const struct record *r = &w->records[place];
	ssize_t written;

	if (!w->client_position) {
		write_at(w->c, w->fd, position, r, sizeof(*r));
		return;
	}
	written = pwrite(w->fd, r, sizeof(*r), (off_t)position);
	if (written < 0)
		fail_call(w->c, "pwrite");
	if (written != sizeof(*r))
		fail(w->c, LOST, "pwrite took %zd bytes", written);
}

static void get(struct writer *w, unsigned int place, struct record *r)
{
	uint64_t position = w->region + place * RECORD_MAX;
	ssize_t got;

	if (!w->client_position) {
		read_at(w->c, w->other, position, r, sizeof(*r));
		return;
	}
	got = pread(w->other, r, sizeof(*r), (off_t)position);
	if (got < 0)
		fail_call(w->c, "pread");
	if (got != sizeof(*r))
		fail(w->c, LOST, "pread gave %zd bytes", got);
}

static void check(struct writer *w, unsigned int place)
{
	const struct record *right = &w->records[place];
	struct record r;

	get(w, place, &r);
	if (memcmp(&r, right, sizeof(r)) == 0)
		return;
	fail(w->c, LOST, "place %u should hold record %u, but holds %u, %s", place, right->sequence,
	     r.sequence, right->sequence && r.checksum != checksum(&r) ? "mixed" : "whole");
}

static void check_all(struct writer *w)
{
	for (unsigned int place = 0; place < PLACES; place++)
		check(w, place);
}

void run_record_writer(struct client *c)
{
	struct writer w = {
		.c = c,
		.region = (uint64_t)c->number * RECORD_REGION,
		.fd = open_device(c, DEVICE_RECORDS, O_WRONLY),
		.other = open_device(c, DEVICE_RECORDS, O_RDONLY),
		.client_position = storm->is_fuse && c->number % 2 == 0,
	};

	for (uint32_t sequence = 1; go_on(c, "writing records"); sequence++) {
		unsigned int place = (unsigned int)random_below(&c->random, PLACES);

		make_record(&w.records[place], sequence, &c->random);
		put(&w, place);
		check(&w, place);
		if (sequence % LOOK_INTERVAL == 0)
			check_all(&w);
		c->count++;
	}
	check_all(&w);
}
