// SPDX-License-Identifier: MIT
/*
 * --legacy-ioctl: the kernel passes the client's pointer (unrestricted ioctls), the daemon asks for
 * the argument, and the kernel sends the request again with it.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "client.h"

/* The tutorial's own numbers. */
#define LEGACY_GSZ     (('q' << 24) | ('t' << 16) | ('d' << 8) | 1u)
#define LEGACY_SSZ     (LEGACY_GSZ + 1)
#define LEGACY_DISCARD (LEGACY_GSZ + 2)

/* Where the argument lies in the client: the daemon must name this place and no other. */
#define CLIENT_POINTER UINT64_C(0x00007ffc12345678)

static const struct bench_options legacy = {.kind = CHANNEL_CUSE, .legacy_ioctl = true};

/* One request of an unrestricted ioctl. */
static struct packet *send_unrestricted(const struct client *c, unsigned int cmd, uint32_t flags,
					const void *in_data, uint32_t in_size, uint32_t out_size)
{
	const struct fuse_ioctl_in in = {
		.fh = c->fh,
		.flags = flags | FUSE_IOCTL_UNRESTRICTED,
		.cmd = cmd,
		.arg = CLIENT_POINTER,
		.in_size = in_size,
		.out_size = out_size,
	};
	uint64_t unique = kernel_send(c->kernel, &(struct message){
							 .opcode = FUSE_IOCTL,
							 .pid = c->pid,
							 .body = &in,
							 .body_size = sizeof(in),
							 .tail = in_data,
							 .tail_size = in_size,
						 });

	return kernel_answer(c->kernel, unique);
}

/* The bytes that the daemon wants of the client, in one direction: all at the pointer. */
static uint32_t wanted(const struct fuse_ioctl_iovec *iov, uint32_t count)
{
	if (count == 0)
		return 0;
	assert_int_equal(count, 1);
	assert_int_equal(iov->base, CLIENT_POINTER);
	return (uint32_t)iov->len;
}

/* What the first answer asks for, as the kernel sees it; 0 and 0 when it was the final one. */
static int ask(const struct client *c, unsigned int cmd, uint32_t flags, uint32_t *in,
	       uint32_t *out)
{
	struct packet *p = send_unrestricted(c, cmd, flags, NULL, 0, 0);
	struct {
		struct fuse_ioctl_out out;
		struct fuse_ioctl_iovec iov[2];
	} reply = {0};
	int error = p->header.error;

	assert_true(p->length <= sizeof(reply));
	memcpy(&reply, p->payload, p->length);
	*in = *out = 0;
	if (!error && (reply.out.flags & FUSE_IOCTL_RETRY)) {
		assert_int_equal(p->length,
				 sizeof(reply.out) + (reply.out.in_iovs + reply.out.out_iovs) *
							     sizeof(reply.iov[0]));
		*in = wanted(reply.iov, reply.out.in_iovs);
		*out = wanted(reply.iov + reply.out.in_iovs, reply.out.out_iovs);
		assert_true(*in + *out > 0);
	}
	free(p);
	return error;
}

/* The whole ioctl(2), with `arg` in both directions. */
static int unrestricted(const struct client *c, unsigned int cmd, uint32_t flags, void *arg)
{
	uint32_t in_size, out_size;
	struct packet *p;
	int error = ask(c, cmd, flags, &in_size, &out_size);

	if (error || in_size + out_size == 0)
		return error;
	p = send_unrestricted(c, cmd, flags, arg, in_size, out_size);
	error = p->header.error;
	if (!error) {
		assert_int_equal(p->length, sizeof(struct fuse_ioctl_out) + out_size);
		if (out_size > 0)
			memcpy(arg, p->payload + sizeof(struct fuse_ioctl_out), out_size);
	}
	free(p);
	return error;
}

static void asks_for_a_size_t_of_the_client(void **state)
{
	struct bench *b = bench_start(state, &legacy);
	struct client c = client_of(b, 0, O_RDWR);
	const struct {
		unsigned int cmd;
		uint32_t flags, in, out;
	} cases[] = {
		{LEGACY_GSZ, 0, 0, 8},
		{LEGACY_SSZ, 0, 8, 0},
		{LEGACY_GSZ, FUSE_IOCTL_COMPAT | FUSE_IOCTL_32BIT, 0, 4},
		{LEGACY_SSZ, FUSE_IOCTL_COMPAT | FUSE_IOCTL_32BIT, 4, 0},
		{QOTDIOCGSZ, FUSE_IOCTL_COMPAT | FUSE_IOCTL_32BIT, 0, 8},
		{QOTDIOCSSZ, 0, 8, 0},
		{QOTDIOCSPOS, 0, 8, 0},
		{QOTDIOCGINFO, 0, 0, sizeof(struct qotd_info)},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		uint32_t in, out;

		assert_int_equal(ask(&c, cases[i].cmd, cases[i].flags, &in, &out), 0);
		assert_int_equal(in, cases[i].in);
		assert_int_equal(out, cases[i].out);
	}
	/* Asking has changed nothing. */
	assert_int_equal(client_info(&c).changes, 0);
}

static void the_tutorials_numbers_work(void **state)
{
	struct bench *b = bench_start(state, &legacy);
	struct client c = client_of(b, 0, O_RDWR);
	uint64_t size = 0;

	assert_int_equal(unrestricted(&c, LEGACY_GSZ, 0, &size), 0);
	assert_int_equal(size, 128);
	size = 300;
	assert_int_equal(unrestricted(&c, LEGACY_SSZ, 0, &size), 0);
	size = 0;
	assert_int_equal(unrestricted(&c, LEGACY_GSZ, 0, &size), 0);
	assert_int_equal(size, 300);
	assert_int_equal(unrestricted(&c, LEGACY_DISCARD, 0, NULL), 0);
	assert_int_equal(client_size(&c), 128);
}

static void a_32_bit_client_has_a_size_t_of_4_bytes(void **state)
{
	struct bench *b = bench_start(state, &legacy);
	struct client c = client_of(b, 0, O_RDWR);
	uint32_t size[2] = {300, 0xdeadbeef};

	assert_int_equal(unrestricted(&c, LEGACY_SSZ, FUSE_IOCTL_COMPAT, size), 0);
	assert_int_equal(client_size(&c), 300);
	size[0] = 0;
	assert_int_equal(unrestricted(&c, LEGACY_GSZ, FUSE_IOCTL_COMPAT, size), 0);
	assert_int_equal(size[0], 300);
	assert_int_equal(size[1], 0xdeadbeef);
}

/* More than any test has memory for: only the number is there. */
static void pretend_size(struct bench *b, uint64_t size)
{
	struct qotd *q = &b->server.driver.devices[0];

	pthread_rwlock_wrlock(&q->lock);
	q->state->size = size;
	pthread_rwlock_unlock(&q->lock);
}

static void a_size_that_32_bits_cannot_hold_overflows(void **state)
{
	struct bench *b = bench_start(state, &legacy);
	struct client c = client_of(b, 0, O_RDWR);
	uint64_t size = 0;

	pretend_size(b, UINT64_C(1) << 32);
	assert_int_equal(unrestricted(&c, LEGACY_GSZ, FUSE_IOCTL_COMPAT, &size), -EOVERFLOW);
	assert_int_equal(unrestricted(&c, LEGACY_GSZ, 0, &size), 0);
	assert_int_equal(size, UINT64_C(1) << 32);
	pretend_size(b, UINT32_MAX);
	size = 0;
	assert_int_equal(unrestricted(&c, LEGACY_GSZ, FUSE_IOCTL_COMPAT, &size), 0);
	assert_int_equal(size, UINT32_MAX);
	pretend_size(b, 128);
}

static void legacy_operations_have_the_same_errors(void **state)
{
	struct bench *b = bench_start(state, &legacy);
	struct client reader = client_of(b, 0, O_RDONLY), writer = client_of(b, 0, O_WRONLY);
	uint64_t size = 200;

	assert_int_equal(unrestricted(&reader, LEGACY_SSZ, 0, &size), -EACCES);
	assert_int_equal(unrestricted(&reader, LEGACY_DISCARD, 0, NULL), -EACCES);
	assert_int_equal(unrestricted(&writer, LEGACY_GSZ, 0, &size), -EACCES);
	size = 0;
	assert_int_equal(unrestricted(&writer, LEGACY_SSZ, 0, &size), -EINVAL);
	assert_int_equal(unrestricted(&writer, LEGACY_SSZ, FUSE_IOCTL_COMPAT, &size), -EINVAL);
	size = (64 << 10) + 1;
	assert_int_equal(unrestricted(&writer, LEGACY_SSZ, FUSE_IOCTL_COMPAT, &size), -EINVAL);
}

static void todays_numbers_work_beside_them(void **state)
{
	struct bench *b = bench_start(state, &legacy);
	struct client c = client_of(b, 0, O_RDWR);
	struct qotd_info info;
	uint64_t value = 300;

	assert_int_equal(unrestricted(&c, QOTDIOCSSZ, 0, &value), 0);
	assert_int_equal(unrestricted(&c, QOTDIOCGSZ, 0, &value), 0);
	assert_int_equal(value, 300);
	value = 5;
	assert_int_equal(unrestricted(&c, QOTDIOCSPOS, FUSE_IOCTL_COMPAT, &value), 0);
	assert_int_equal(unrestricted(&c, QOTDIOCGINFO, FUSE_IOCTL_COMPAT, &info), 0);
	assert_int_equal(info.size, 300);
	assert_int_equal(unrestricted(&c, QOTDIOCDISCARD, 0, NULL), 0);
	assert_int_equal(unrestricted(&c, QOTDIOCDETACH, 0, NULL), 0);
}

static void other_numbers_are_refused_without_asking(void **state)
{
	struct bench *b = bench_start(state, &legacy);
	struct client c = client_of(b, 0, O_RDWR);

	assert_int_equal(unrestricted(&c, LEGACY_GSZ - 1, 0, NULL), -ENOTTY);
	assert_int_equal(unrestricted(&c, LEGACY_DISCARD + 1, 0, NULL), -ENOTTY);
	assert_int_equal(unrestricted(&c, 0x5401, 0, NULL), -ENOTTY);
}

static void without_the_option_the_tutorials_numbers_are_unknown(void **state)
{
	struct bench *b = bench_start(state, &cuse);
	struct client c = client_of(b, 0, O_RDWR);
	uint64_t size = 200;

	assert_int_equal(unrestricted(&c, LEGACY_GSZ, 0, &size), -ENOTTY);
	assert_int_equal(unrestricted(&c, LEGACY_SSZ, 0, &size), -ENOTTY);
	assert_int_equal(unrestricted(&c, LEGACY_DISCARD, 0, NULL), -ENOTTY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		bench_test(asks_for_a_size_t_of_the_client),
		bench_test(the_tutorials_numbers_work),
		bench_test(a_32_bit_client_has_a_size_t_of_4_bytes),
		bench_test(a_size_that_32_bits_cannot_hold_overflows),
		bench_test(legacy_operations_have_the_same_errors),
		bench_test(todays_numbers_work_beside_them),
		bench_test(other_numbers_are_refused_without_asking),
		bench_test(without_the_option_the_tutorials_numbers_are_unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
