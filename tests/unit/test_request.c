// SPDX-License-Identifier: MIT
/*
 * Requests as they come from the channel: whole, cut off, and lying about lengths. Each is copied
 * to a block of just its length, so that the address sanitizer sees every read past its end.
 */
#include "request.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof(*(array)))
#define HEADER	     sizeof(struct fuse_in_header)

/* A whole request: the header, a fixed part, and something behind it. */
struct sample {
	uint32_t opcode;
	size_t fixed;
	const char *tail; /* a name with its NUL, the data of a write, ... */
	size_t tail_length;
	bool has_no_reply;
};

#define NAME "qotd", 5

static const struct sample samples[] = {
	{FUSE_LOOKUP, 0, NAME, false},
	{FUSE_FORGET, sizeof(struct fuse_forget_in), NULL, 0, true},
	{FUSE_GETATTR, sizeof(struct fuse_getattr_in), NULL, 0, false},
	{FUSE_SETATTR, sizeof(struct fuse_setattr_in), NULL, 0, false},
	{FUSE_UNLINK, 0, NAME, false},
	{FUSE_MKNOD, sizeof(struct fuse_mknod_in), NAME, false},
	{FUSE_CREATE, sizeof(struct fuse_create_in), NAME, false},
	{FUSE_OPEN, sizeof(struct fuse_open_in), NULL, 0, false},
	{FUSE_READ, sizeof(struct fuse_read_in), NULL, 0, false},
	{FUSE_WRITE, sizeof(struct fuse_write_in), "content", 7, false},
	{FUSE_STATFS, 0, NULL, 0, false},
	{FUSE_RELEASE, sizeof(struct fuse_release_in), NULL, 0, false},
	{FUSE_INIT, offsetof(struct fuse_init_in, flags2), NULL, 0, false},
	{FUSE_OPENDIR, sizeof(struct fuse_open_in), NULL, 0, false},
	{FUSE_READDIR, sizeof(struct fuse_read_in), NULL, 0, false},
	{FUSE_RELEASEDIR, sizeof(struct fuse_release_in), NULL, 0, false},
	{FUSE_INTERRUPT, sizeof(struct fuse_interrupt_in), NULL, 0, true},
	{FUSE_DESTROY, 0, NULL, 0, false},
	{FUSE_IOCTL, sizeof(struct fuse_ioctl_in), "8 bytes.", 8, false},
	{FUSE_POLL, sizeof(struct fuse_poll_in), NULL, 0, false},
	{FUSE_BATCH_FORGET, sizeof(struct fuse_batch_forget_in), "a node id, and a count for it   ",
	 32, true},
	{CUSE_INIT, sizeof(struct cuse_init_in), NULL, 0, false},
};

/* Room for any sample, aligned as a request is. */
union request {
	struct fuse_in_header header;
	char bytes[512];
};

static void *fixed_part(union request *r)
{
	return r->bytes + HEADER;
}

/* Builds a whole request; returns its length. */
static size_t build(union request *r, const struct sample *s)
{
	size_t length = HEADER + s->fixed + s->tail_length;

	memset(r, 0, sizeof(*r));
	r->header = (struct fuse_in_header){
		.len = (uint32_t)length, .opcode = s->opcode, .unique = 2, .nodeid = 1};
	if (s->tail)
		memcpy(r->bytes + HEADER + s->fixed, s->tail, s->tail_length);
	if (s->opcode == FUSE_WRITE)
		((struct fuse_write_in *)fixed_part(r))->size = (uint32_t)s->tail_length;
	if (s->opcode == FUSE_IOCTL)
		((struct fuse_ioctl_in *)fixed_part(r))->in_size = (uint32_t)s->tail_length;
	if (s->opcode == FUSE_BATCH_FORGET)
		((struct fuse_batch_forget_in *)fixed_part(r))->count = 2;
	return length;
}

/* Checks the first `length` bytes. */
static int check(const union request *r, size_t length)
{
	void *copy = malloc(length ? length : 1);
	int result;

	assert_non_null(copy);
	result = request_check(memcpy(copy, r, length), length);
	free(copy);
	return result;
}

/* Checks the first `length` bytes, with a header that knows of no more. */
static int check_as_long(union request *r, size_t length)
{
	r->header.len = (uint32_t)length;
	return check(r, length);
}

/* The index of an opcode's sample; COUNT(samples) when it has none. */
static size_t find_sample(uint32_t opcode)
{
	size_t i = 0;

	while (i < COUNT(samples) && samples[i].opcode != opcode)
		i++;
	return i;
}

static const struct sample *sample_of(uint32_t opcode)
{
	size_t i = find_sample(opcode);

	assert_in_range(i, 0, COUNT(samples) - 1);
	return &samples[i];
}

static int malformed(const struct sample *s)
{
	return s->has_no_reply ? -EBADMSG : -EIO;
}

static void whole_requests_are_taken(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(samples); i++) {
		union request r;
		size_t length = build(&r, &samples[i]);

		if (check(&r, length) != 0)
			fail_msg("opcode %u was refused", samples[i].opcode);
	}
}

/* Down to the header; without a whole header there is nobody to answer. */
static void requests_cut_off_anywhere_are_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(samples); i++) {
		union request r;

		for (size_t length = build(&r, &samples[i]); length-- > 0;) {
			int expected = length < HEADER ? -EBADMSG : malformed(&samples[i]);

			if (check_as_long(&r, length) != expected)
				fail_msg("opcode %u of %zu bytes", samples[i].opcode, length);
		}
	}
}

static void length_in_the_header_must_be_true(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(samples); i++) {
		union request r;
		size_t length = build(&r, &samples[i]);
		const uint32_t lies[] = {0, (uint32_t)length - 1, (uint32_t)length + 1, UINT32_MAX};

		for (size_t k = 0; k < COUNT(lies); k++) {
			r.header.len = lies[k];
			assert_int_equal(check(&r, length), malformed(&samples[i]));
		}
	}
}

/* Newer kernels append to what is known. */
static void longer_requests_are_taken(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(samples); i++) {
		union request r;
		size_t length = build(&r, &samples[i]);

		assert_int_equal(check_as_long(&r, length + 16), 0);
	}
}

static void names_need_their_nul(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(samples); i++) {
		const struct sample *s = &samples[i];
		union request r;
		size_t length = build(&r, s);

		if (!s->tail || strcmp(s->tail, "qotd") != 0)
			continue;
		r.bytes[length - 1] = 'x';
		assert_int_equal(check(&r, length), -EIO);
		r.bytes[HEADER + s->fixed] = '\0'; /* an empty name is a name */
		assert_int_equal(check(&r, length), 0);
	}
}

static void write_of_more_than_it_brings_is_refused(void **state)
{
	const uint32_t lies[] = {8, 4096, INT32_MAX, (uint32_t)INT32_MAX + 1, UINT32_MAX};
	union request r;
	size_t length = build(&r, sample_of(FUSE_WRITE));

	(void)state;
	for (size_t i = 0; i < COUNT(lies); i++) {
		((struct fuse_write_in *)fixed_part(&r))->size = lies[i];
		assert_int_equal(check(&r, length), -EIO);
	}
}

static void write_of_less_than_it_brings_is_taken(void **state)
{
	union request r;
	size_t length = build(&r, sample_of(FUSE_WRITE));

	(void)state;
	for (uint32_t size = 0; size < 7; size++) {
		((struct fuse_write_in *)fixed_part(&r))->size = size;
		assert_int_equal(check(&r, length), 0);
	}
}

static void ioctl_with_more_than_it_brings_is_refused(void **state)
{
	const uint32_t lies[] = {9, 4096, INT32_MAX, (uint32_t)INT32_MAX + 1, UINT32_MAX};
	union request r;
	size_t length = build(&r, sample_of(FUSE_IOCTL));

	(void)state;
	for (size_t i = 0; i < COUNT(lies); i++) {
		((struct fuse_ioctl_in *)fixed_part(&r))->in_size = lies[i];
		assert_int_equal(check(&r, length), -EIO);
	}
}

static void ioctl_without_an_argument_is_taken(void **state)
{
	const struct sample *s = sample_of(FUSE_IOCTL);
	union request r;

	(void)state;
	build(&r, s);
	((struct fuse_ioctl_in *)fixed_part(&r))->in_size = 0;
	assert_int_equal(check_as_long(&r, HEADER + s->fixed), 0);
}

static void forgetting_more_than_it_brings_is_refused(void **state)
{
	/* Among them counts whose bytes overflow 32 bits. */
	const uint32_t lies[] = {3, 0x10000000, 0x10000002, 0x80000001, UINT32_MAX};
	union request r;
	size_t length = build(&r, sample_of(FUSE_BATCH_FORGET));

	(void)state;
	for (size_t i = 0; i < COUNT(lies); i++) {
		((struct fuse_batch_forget_in *)fixed_part(&r))->count = lies[i];
		assert_int_equal(check(&r, length), -EBADMSG);
	}
}

static void what_is_not_served_is_answered_so(void **state)
{
	const uint32_t large[] = {4095, 4097, 0x01000000, 0x7fffffff, UINT32_MAX};
	union request r = {.header = {.len = HEADER, .unique = 2}};

	(void)state;
	for (uint32_t opcode = 0; opcode < 200; opcode++) {
		r.header.opcode = opcode;
		if (find_sample(opcode) == COUNT(samples))
			assert_int_equal(check(&r, HEADER), -ENOSYS);
	}
	for (size_t i = 0; i < COUNT(large); i++) {
		r.header.opcode = large[i];
		assert_int_equal(check(&r, HEADER), -ENOSYS);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_requests_are_taken),
		cmocka_unit_test(requests_cut_off_anywhere_are_refused),
		cmocka_unit_test(length_in_the_header_must_be_true),
		cmocka_unit_test(longer_requests_are_taken),
		cmocka_unit_test(names_need_their_nul),
		cmocka_unit_test(write_of_more_than_it_brings_is_refused),
		cmocka_unit_test(write_of_less_than_it_brings_is_taken),
		cmocka_unit_test(ioctl_with_more_than_it_brings_is_refused),
		cmocka_unit_test(ioctl_without_an_argument_is_taken),
		cmocka_unit_test(forgetting_more_than_it_brings_is_refused),
		cmocka_unit_test(what_is_not_served_is_answered_so),
	};

	return cmocka_run_group_tests_name("requests", tests, NULL, NULL);
}
