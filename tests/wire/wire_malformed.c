// SPDX-License-Identifier: MIT
/*
 * Requests that are not what they say: each gets its one answer, or none when nobody waits for one,
 * and the daemon serves on.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "samples.h"

/* Bytes of a request, aligned as the daemon's own buffer is. */
struct bytes {
	_Alignas(max_align_t) unsigned char data[SAMPLE_MAX];
};

/* Sends bytes; the answer that is due must be this error. */
static void expect_error(struct client *c, const void *bytes, size_t length, int error)
{
	struct fuse_in_header header;
	int got;

	if (!sample_is_answered(bytes, length)) {
		kernel_send_bytes(c->kernel, bytes, length, false);
		return;
	}
	memcpy(&header, bytes, sizeof(header));
	kernel_send_bytes(c->kernel, bytes, length, true);
	got = kernel_result(c->kernel, header.unique);
	if (got != error)
		fail_msg("opcode %u, %zu bytes, len %u: answered with %d, not %d", header.opcode,
			 length, header.len, got, error);
}

static void set_length(void *bytes, uint32_t length)
{
	memcpy(bytes, &length, sizeof(length));
}

/* With what the sender says to be its length being right, or that of the whole request. */
static void cut_at_every_length(struct client *c, unsigned sample)
{
	struct bytes b;
	size_t whole = sample_build(sample, c, b.data);

	for (size_t length = 1; length < whole; length++) {
		sample_build(sample, c, b.data);
		expect_error(c, b.data, length, -EIO);
		sample_build(sample, c, b.data);
		set_length(b.data, (uint32_t)length);
		expect_error(c, b.data, length, -EIO);
	}
}

static void requests_may_be_cut_at_every_length(void **state)
{
	struct bench *b = bench_start(state, *state);
	struct client c = client_of(b, 0, O_RDWR);

	for (unsigned i = 0; i < sample_count; i++) {
		cut_at_every_length(&c, i);
		client_expect_served(b, 0);
	}
	assert_int_equal(client_info(&c).changes, 0);
}

static void the_length_in_the_header_may_lie(void **state)
{
	const uint32_t lies[] = {0, 1, 39, 40, SAMPLE_MAX, INT32_MAX, UINT32_MAX};
	struct bench *b = bench_start(state, *state);
	struct client c = client_of(b, 0, O_RDWR);
	struct bytes bytes;

	for (unsigned i = 0; i < sample_count; i++) {
		for (size_t l = 0; l < COUNT(lies); l++) {
			size_t length = sample_build(i, &c, bytes.data);

			if (lies[l] == length)
				continue;
			set_length(bytes.data, lies[l]);
			expect_error(&c, bytes.data, length, -EIO);
		}
	}
	client_expect_served(b, 0);
	assert_int_equal(client_info(&c).changes, 0);
}

/* Changes 4 bytes of the body of a sample and expects the answer. */
static void lie(struct client *c, unsigned sample, size_t offset, uint32_t value, int error)
{
	struct bytes b;
	size_t length = sample_build(sample, c, b.data);

	memcpy(b.data + sizeof(struct fuse_in_header) + offset, &value, sizeof(value));
	expect_error(c, b.data, length, error);
}

static unsigned find_sample(const char *name)
{
	for (unsigned i = 0; i < sample_count; i++)
		if (strcmp(sample_name(i), name) == 0)
			return i;
	fail_msg("there is no sample %s", name);
	return 0;
}

static void sizes_in_the_body_may_lie(void **state)
{
	const uint32_t lies[] = {9, 200, 1u << 20, INT32_MAX, UINT32_MAX, UINT32_MAX - 80};
	struct bench *b = bench_start(state, *state);
	struct client c = client_of(b, 0, O_RDWR);

	for (size_t i = 0; i < COUNT(lies); i++) {
		lie(&c, find_sample("WRITE"), offsetof(struct fuse_write_in, size), lies[i], -EIO);
		lie(&c, find_sample("IOCTL with data"), offsetof(struct fuse_ioctl_in, in_size),
		    lies[i], -EIO);
		lie(&c, find_sample("BATCH_FORGET"), offsetof(struct fuse_batch_forget_in, count),
		    lies[i], 0);
	}
	client_expect_served(b, 0);
	assert_int_equal(client_info(&c).changes, 0);
}

static void a_write_of_less_than_was_sent_is_that_write(void **state)
{
	struct bench *b = bench_start(state, *state);
	struct client c = client_of(b, 0, O_RDWR);
	char text[4];

	lie(&c, find_sample("WRITE"), offsetof(struct fuse_write_in, size), 2, 0);
	assert_int_equal(client_seek(&c, 0), 0);
	assert_int_equal(client_read(&c, 0, text, 4), 4);
	assert_memory_equal(text, "da t", 4);
}

static void a_name_must_end(void **state)
{
	const char *const names[] = {"LOOKUP", "UNLINK", "MKNOD", "CREATE"};
	struct bench *b = bench_start(state, *state);
	struct client c = client_of(b, 0, O_RDWR);
	struct bytes bytes;

	for (size_t i = 0; i < COUNT(names); i++) {
		size_t length = sample_build(find_sample(names[i]), &c, bytes.data);

		bytes.data[length - 1] = 'x';
		expect_error(&c, bytes.data, length, -EIO);
	}
	client_expect_served(b, 0);
}

static void unknown_opcodes_are_refused(void **state)
{
	struct bench *b = bench_start(state, *state);
	struct client c = client_of(b, 0, O_RDWR);
	struct bytes bytes = {0};
	bool known[64] = {false};

	for (unsigned i = 0; i < sample_count; i++) {
		sample_build(i, &c, bytes.data);
		if (((struct fuse_in_header *)(void *)bytes.data)->opcode < COUNT(known))
			known[((struct fuse_in_header *)(void *)bytes.data)->opcode] = true;
	}
	memset(&bytes, 0, sizeof(bytes));
	for (uint32_t i = 0; i < 300; i++) {
		const uint32_t large[] = {4095, 4097, 0x100000 /* CUSE_INIT_BSWAP */, INT32_MAX,
					  UINT32_MAX};
		const struct fuse_in_header header = {
			.len = sizeof(bytes.data),
			.opcode = i < COUNT(large) ? large[i] : i - (uint32_t)COUNT(large),
			.unique = kernel_new_unique(c.kernel),
		};

		if (header.opcode < COUNT(known) && known[header.opcode])
			continue;
		memcpy(bytes.data, &header, sizeof(header));
		expect_error(&c, bytes.data, sizeof(bytes.data), -ENOSYS);
	}
	client_expect_served(b, 0);
}

/* The kernel never sends more than was agreed. What does not fit is cut, and so refused. */
static void a_request_larger_than_agreed_is_refused(void **state)
{
	struct bench *b = bench_start(state, *state);
	struct client c = client_of(b, 0, O_RDWR);
	uint32_t size = b->setup.kind == CHANNEL_CUSE ? CUSE_MAX_TRANSFER : FUSE_MAX_TRANSFER;
	char *data = calloc(1, size + 8192);

	assert_non_null(data);
	if (c.kernel->largest < size + 8192 + 80)
		bench_skip("no socket takes 1 MiB in one message: root, or net.core.wmem_max of 2 "
			   "MiB");
	assert_int_equal(client_write(&c, 0, data, size + 8192), -EIO);
	free(data);
	assert_int_equal(client_info(&c).changes, 0);
	client_expect_served(b, 0);
}

static void a_read_of_more_than_there_is_gives_what_there_is(void **state)
{
	const uint32_t sizes[] = {129, 1u << 20, (1u << 20) + 1, INT32_MAX, UINT32_MAX};
	struct bench *b = bench_start(state, *state);
	struct client c = client_of(b, 0, O_RDWR);
	char text[128];

	for (size_t i = 0; i < COUNT(sizes); i++) {
		assert_int_equal(client_seek(&c, 0), 0);
		assert_int_equal(
			client_end_read(&c, client_send_read(&c, 0, sizes[i]), text, sizeof(text)),
			128);
		assert_memory_equal(text, bench_quote, BENCH_QUOTE_LENGTH);
	}
}

/* What the samples ask for, they get: so that the tests above spoil something. */
static void whole_requests_are_served(void **state)
{
	struct bench *b = bench_start(state, &fuse);
	struct client c = client_of(b, 0, O_RDWR);
	const char *const served[] = {"LOOKUP",	 "GETATTR",    "SETATTR",	  "OPEN",
				      "READ",	 "WRITE",      "STATFS",	  "OPENDIR",
				      "READDIR", "RELEASEDIR", "IOCTL with data", "IOCTL",
				      "POLL",	 "DESTROY"};
	struct bytes bytes;

	for (size_t i = 0; i < COUNT(served); i++)
		expect_error(&c, bytes.data, sample_build(find_sample(served[i]), &c, bytes.data),
			     0);
}

#define ON_BOTH(f) bench_test_with(f, cuse), bench_test_with(f, fuse)

int main(void)
{
	const struct CMUnitTest tests[] = {
		bench_test(whole_requests_are_served),
		ON_BOTH(requests_may_be_cut_at_every_length),
		ON_BOTH(the_length_in_the_header_may_lie),
		ON_BOTH(sizes_in_the_body_may_lie),
		ON_BOTH(a_write_of_less_than_was_sent_is_that_write),
		ON_BOTH(a_name_must_end),
		ON_BOTH(unknown_opcodes_are_refused),
		ON_BOTH(a_request_larger_than_agreed_is_refused),
		ON_BOTH(a_read_of_more_than_there_is_gives_what_there_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
