// SPDX-License-Identifier: MIT
/* How a connection begins: what is negotiated, and what happens when it cannot be. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "client.h"

/* Starts the daemon with its standard error in `text`. Returns what server_start() does. */
static int serve_and_listen(struct bench *b, char *text, size_t size)
{
	int saved = dup(STDERR_FILENO), fd = memfd_create("stderr", 0), err;
	ssize_t length;

	assert_true(saved >= 0 && fd >= 0 && dup2(fd, STDERR_FILENO) >= 0);
	err = bench_serve(b);
	dup2(saved, STDERR_FILENO);
	length = pread(fd, text, size - 1, 0);
	text[length > 0 ? length : 0] = '\0';
	close(saved);
	close(fd);
	return err;
}

/* The start fails with a message; and after the end, nothing has come but the answers to INIT. */
static void expect_failed_start(struct bench *b, int error, const char *message)
{
	unsigned threads = bench_count("task");
	char text[1024];

	assert_int_equal(serve_and_listen(b, text, sizeof(text)), error);
	if (!strstr(text, message))
		fail_msg("the message is '%s', without '%s'", text, message);
	bench_stop(b);
	assert_int_equal(bench_count("task"), threads);
	for (uint32_t i = 0; i < b->channels; i++)
		kernel_wait_end(&b->kernels[i]);
}

static void cuse_init_names_the_device(void **state)
{
	struct bench *b =
		bench_prepare(state, &(struct bench_options){.kind = CHANNEL_CUSE, .instances = 2});
	const char *const names[] = {"DEVNAME=qotd", "DEVNAME=qotd1"};

	assert_int_equal(bench_serve(b), 0);
	for (uint32_t i = 0; i < 2; i++) {
		struct packet *p = kernel_answer(&b->kernels[i], b->inits[i]);
		struct cuse_init_out out;

		assert_int_equal(p->header.error, 0);
		assert_int_equal(p->length, sizeof(out) + strlen(names[i]) + 1);
		memcpy(&out, p->payload, sizeof(out));
		assert_int_equal(out.major, FUSE_KERNEL_VERSION);
		assert_int_equal(out.flags, 0);
		assert_true(out.max_read >= CUSE_MAX_TRANSFER);
		assert_int_equal(out.max_write, CUSE_MAX_TRANSFER);
		assert_string_equal((char *)p->payload + sizeof(out), names[i]);
		free(p);
	}
}

static void cuse_init_asks_for_unrestricted_ioctls_only_for_legacy_numbers(void **state)
{
	struct bench *b = bench_prepare(
		state, &(struct bench_options){.kind = CHANNEL_CUSE, .legacy_ioctl = true});
	struct cuse_init_out out;
	struct packet *p;

	assert_int_equal(bench_serve(b), 0);
	p = kernel_answer(&b->kernels[0], b->inits[0]);
	memcpy(&out, p->payload, sizeof(out));
	assert_int_equal(out.flags, CUSE_UNRESTRICTED_IOCTL);
	free(p);
}

static void fuse_init_takes_requests_of_1_mib(void **state)
{
	struct bench *b = bench_prepare(state, &(struct bench_options){.kind = CHANNEL_FUSE});
	struct fuse_init_out out;
	struct packet *p;

	assert_int_equal(bench_serve(b), 0);
	p = kernel_answer(&b->kernels[0], b->inits[0]);
	assert_int_equal(p->header.error, 0);
	assert_int_equal(p->length, sizeof(out));
	memcpy(&out, p->payload, sizeof(out));
	assert_int_equal(out.major, FUSE_KERNEL_VERSION);
	assert_int_equal(out.max_write, 1 << 20);
	assert_true(out.flags & FUSE_MAX_PAGES);
	assert_int_equal(out.max_pages * (unsigned)sysconf(_SC_PAGESIZE), 1 << 20);
	/* So that open(2) with O_TRUNC comes as one request, which changes nothing. */
	assert_true(out.flags & FUSE_ATOMIC_O_TRUNC);
	free(p);
}

static void refuses_an_older_major_version(void **state)
{
	struct bench *b = bench_prepare(state, *state);

	expect_failed_start(b, -EPROTO, "protocol");
	assert_int_equal(kernel_result(&b->kernels[0], b->inits[0]), -EPROTO);
}

static void refuses_a_newer_major_version(void **state)
{
	struct bench *b = bench_prepare(
		state, &(struct bench_options){.kind = CHANNEL_FUSE, .init_major = 8});
	struct fuse_init_out out;
	struct packet *p;

	expect_failed_start(b, -EPROTO, "protocol");
	/* The answer says what would be understood. */
	p = kernel_answer(&b->kernels[0], b->inits[0]);
	assert_int_equal(p->header.error, 0);
	memcpy(&out, p->payload, sizeof(out));
	assert_int_equal(out.major, FUSE_KERNEL_VERSION);
	free(p);
}

static void refuses_a_channel_without_init(void **state)
{
	struct bench *b = bench_prepare(state, &(struct bench_options){.kind = CHANNEL_CUSE,
								       .instances = 3,
								       .without_init = true});

	expect_failed_start(b, -EPROTO, "in use before");
}

static void refuses_a_channel_that_begins_with_another_request(void **state)
{
	struct bench *b = bench_prepare(
		state, &(struct bench_options){.kind = CHANNEL_CUSE, .without_init = true});
	const struct fuse_open_in in = {.flags = O_RDWR};
	uint64_t unique = kernel_send(&b->kernels[0], &(struct message){
							      .opcode = FUSE_OPEN,
							      .body = &in,
							      .body_size = sizeof(in),
						      });

	expect_failed_start(b, -EPROTO, "in use before");
	assert_int_equal(kernel_result(&b->kernels[0], unique), -EIO);
}

static void refuses_a_channel_whose_kernel_is_gone(void **state)
{
	struct bench *b = bench_prepare(
		state, &(struct bench_options){.kind = CHANNEL_FUSE, .without_init = true});

	kernel_hang_up(&b->kernels[0]);
	assert_int_equal(bench_serve(b), -ENODEV);
}

/* Two pages are not enough for three devices. What is queued behind INIT must not see one without
 * memory. */
static void attach_without_memory_answers_nothing_but_init(void **state)
{
	struct bench *b = bench_prepare(state, &(struct bench_options){
						       .kind = CHANNEL_CUSE,
						       .instances = 3,
						       .memory = 2 * BENCH_PAGE,
					       });
	const struct fuse_open_in in = {.flags = O_RDWR};

	for (uint32_t i = 0; i < 3; i++)
		kernel_send(&b->kernels[i], &(struct message){
						    .opcode = FUSE_OPEN,
						    .body = &in,
						    .body_size = sizeof(in),
					    });
	expect_failed_start(b, -ENOMEM, "qotd2");
	for (uint32_t i = 0; i < 3; i++) {
		assert_int_equal(kernel_result(&b->kernels[i], b->inits[i]), 0);
		assert_int_equal(kernel_count_pending(&b->kernels[i]), 1);
	}
}

static void a_second_init_is_refused(void **state)
{
	struct bench *b = bench_start(state, *state);
	struct kernel *k = &b->kernels[0];

	assert_int_equal(kernel_result(k, kernel_send_init(k, FUSE_KERNEL_VERSION)), -EIO);
	client_expect_served(b, 0);
}

static const struct bench_options old_cuse = {.kind = CHANNEL_CUSE, .init_major = 6};
static const struct bench_options old_fuse = {.kind = CHANNEL_FUSE, .init_major = 6};

int main(void)
{
	const struct CMUnitTest tests[] = {
		bench_test(cuse_init_names_the_device),
		bench_test(cuse_init_asks_for_unrestricted_ioctls_only_for_legacy_numbers),
		bench_test(fuse_init_takes_requests_of_1_mib),
		bench_test_with(refuses_an_older_major_version, old_cuse),
		bench_test_with(refuses_an_older_major_version, old_fuse),
		bench_test(refuses_a_newer_major_version),
		bench_test(refuses_a_channel_without_init),
		bench_test(refuses_a_channel_that_begins_with_another_request),
		bench_test(refuses_a_channel_whose_kernel_is_gone),
		bench_test(attach_without_memory_answers_nothing_but_init),
		bench_test_with(a_second_init_is_refused, cuse),
		bench_test_with(a_second_init_is_refused, fuse),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
