// SPDX-License-Identifier: MIT
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "feed.h"
#include "samples.h"

#define RAW	   0x80u
#define CHANGES(b) (((b) >> 5) & 3u)
#define SAMPLE(b)  ((b)&31u)

/* The input, as far as it is not used up. */
struct input {
	const uint8_t *data;
	size_t left;
};

static uint8_t take_byte(struct input *in)
{
	if (in->left == 0)
		return 0;
	in->left--;
	return *in->data++;
}

/* The body from the input, as long as its next byte says. */
static size_t take_raw(struct input *in, unsigned char *bytes)
{
	size_t length = 1u + take_byte(in) % (SAMPLE_MAX - 1);
	size_t known = length < in->left ? length : in->left;

	memset(bytes, 0, length);
	memcpy(bytes, in->data, known);
	in->data += known;
	in->left -= known;
	return length;
}

/* Nothing has a `unique` twice: the answers could not be told apart. */
static void set_unique(struct kernel *k, unsigned char *bytes, size_t length)
{
	struct fuse_in_header header;

	if (length < sizeof(header))
		return;
	memcpy(&header, bytes, sizeof(header));
	header.unique = kernel_new_unique(k);
	if (header.opcode == FUSE_INTERRUPT)
		header.unique |= KERNEL_INTERRUPT_BIT;
	memcpy(bytes, &header, sizeof(header));
}

static void send_record(struct client *c, struct input *in)
{
	_Alignas(max_align_t) unsigned char bytes[SAMPLE_MAX];
	uint8_t control = take_byte(in);
	size_t length = sample_build(SAMPLE(control) % sample_count, c, bytes);

	if (control & RAW)
		length = take_raw(in, bytes);
	for (unsigned i = CHANGES(control); i > 0; i--) {
		uint8_t place = take_byte(in);

		bytes[place % length] = take_byte(in);
	}
	set_unique(c->kernel, bytes, length);
	kernel_send_bytes(c->kernel, bytes, length, sample_is_answered(bytes, length));
}

/* The answers to all that was sent, whatever they are. */
static void take_answers(struct kernel *k)
{
	struct packet *p;

	while (kernel_count_pending(k) > 0)
		free(kernel_answer(k, TAILQ_FIRST(&k->pending)->unique));
	while ((p = TAILQ_FIRST(&k->answers)))
		free(kernel_answer(k, p->header.unique));
	while ((p = TAILQ_FIRST(&k->notices))) {
		TAILQ_REMOVE(&k->notices, p, link);
		free(p);
	}
}

void feed(struct bench *b, const uint8_t *input, size_t size)
{
	struct client c = client_of(b, 0, O_RDWR);
	struct input in = {input, size};

	/* A changed device is not detached, whatever the input says. */
	assert_int_equal(client_write(&c, 0, "x", 1), 1);
	while (in.left > 0)
		send_record(&c, &in);
	take_answers(c.kernel);
	client_expect_served(b, 0);
	assert_int_equal(c.kernel->surplus, 0);
	client_close(&c); /* the input may have done so */
}
