// SPDX-License-Identifier: MIT
/* The operations of the device by restricted ioctls: the kernel copies the argument. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "client.h"

static void get_size_and_set_size(void **state)
{
	struct bench *b = bench_start(state, *state);
	struct client c = client_of(b, 0, O_RDWR);
	char text[200];

	assert_int_equal(client_size(&c), 128);
	assert_int_equal(client_resize(&c, 200), 0);
	assert_int_equal(client_size(&c), 200);
	assert_int_equal(client_read(&c, 0, text, sizeof(text)), 200);
	assert_memory_equal(text, bench_quote, BENCH_QUOTE_LENGTH);
	assert_int_equal(client_info(&c).flags, QOTD_INFO_CHANGED);
}

static void no_byte_of_a_longer_content_shows_again(void **state)
{
	struct bench *b = bench_start(state, *state);
	struct client c = client_of(b, 0, O_RDWR);
	unsigned char data[128];

	memset(data, 'x', sizeof(data));
	assert_int_equal(client_write(&c, 0, data, sizeof(data)), sizeof(data));
	assert_int_equal(client_resize(&c, 10), 0);
	assert_int_equal(client_resize(&c, 128), 0);
	assert_int_equal(client_seek(&c, 0), 0);
	assert_int_equal(client_read(&c, 0, data, sizeof(data)), sizeof(data));
	for (size_t i = 0; i < sizeof(data); i++)
		assert_int_equal(data[i], i < 10 ? 'x' : 0);
}

static void set_size_refuses_0_and_more_than_the_maximum(void **state)
{
	struct bench *b = bench_start(state, *state);
	struct client c = client_of(b, 0, O_WRONLY);

	assert_int_equal(client_resize(&c, 0), -EINVAL);
	assert_int_equal(client_resize(&c, (64 << 10) + 1), -EINVAL);
	assert_int_equal(client_resize(&c, UINT64_MAX), -EINVAL);
	assert_int_equal(client_resize(&c, 64 << 10), 0);
	assert_int_equal(client_resize(&c, 1), 0);
}

static void discard_brings_the_quotation_back(void **state)
{
	struct bench *b = bench_start(state, *state);
	struct client c = client_of(b, 0, O_RDWR);
	char text[BENCH_QUOTE_LENGTH];

	assert_int_equal(client_write(&c, 0, "changed", 7), 7);
	assert_int_equal(client_resize(&c, 4), 0);
	assert_int_equal(client_ioctl(&c, QOTDIOCDISCARD, NULL), 0);
	assert_int_equal(client_size(&c), 128);
	assert_int_equal(client_info(&c).flags, 0);
	assert_int_equal(client_seek(&c, 0), 0);
	assert_int_equal(client_read(&c, 0, text, sizeof(text)), sizeof(text));
	assert_memory_equal(text, bench_quote, sizeof(text));
}

static void info_says_what_the_header_promises(void **state)
{
	const struct qotd_info zeroes = {0};
	struct bench *b = bench_start(state, *state);
	struct client c = client_of(b, 0, O_RDWR);
	struct qotd_info info = client_info(&c);

	assert_int_equal(info.abi_version, QOTD_ABI_VERSION);
	assert_int_equal(info.flags, 0);
	assert_int_equal(info.size, 128);
	assert_int_equal(info.max_size, 64 << 10);
	assert_int_equal(info.initial_size, 128);
	assert_int_equal(info.allocated, BENCH_PAGE);
	assert_int_equal(info.memory_used, BENCH_PAGE);
	assert_int_equal(info.memory_limit, b->setup.memory / BENCH_PAGE * BENCH_PAGE);
	assert_int_equal(info.changes, 0);
	assert_int_equal(info.sleepers, 0);
	assert_int_equal(info.instance, 0);
	assert_memory_equal(info.reserved, zeroes.reserved, sizeof(info.reserved));

	assert_int_equal(client_write(&c, 0, "x", 1), 1);
	assert_int_equal(client_resize(&c, 2 * BENCH_PAGE), 0);
	info = client_info(&c);
	assert_int_equal(info.changes, 2);
	assert_int_equal(info.flags, QOTD_INFO_CHANGED);
	assert_int_equal(info.allocated, 2 * BENCH_PAGE);
}

static void info_counts_operations_errors_and_bytes(void **state)
{
	struct bench *b = bench_start(state, *state);
	struct client c = client_of(b, 0, O_RDWR);
	struct qotd_info before = client_info(&c), after;
	char text[10];

	assert_int_equal(client_write(&c, 0, "new", 3), 3);
	assert_int_equal(client_read(&c, 0, text, sizeof(text)), sizeof(text));
	assert_int_equal(client_resize(&c, 0), -EINVAL);
	after = client_info(&c);
	assert_int_equal(before.operations, 1); /* its open */
	assert_int_equal(after.operations, before.operations + 4);
	assert_int_equal(after.errors, before.errors + 1);
	assert_int_equal(after.bytes_written, before.bytes_written + 3);
	assert_int_equal(after.bytes_read, before.bytes_read + sizeof(text));
	assert_int_equal(after.sleeps, 0);
	assert_int_equal(after.replays, 0);
	assert_int_equal(after.restarts, 0);
}

static void a_reader_may_not_change_and_a_writer_not_get_the_size(void **state)
{
	struct bench *b = bench_start(state, *state);
	struct client reader = client_of(b, 0, O_RDONLY), writer = client_of(b, 0, O_WRONLY);
	uint64_t size;

	assert_int_equal(client_resize(&reader, 200), -EACCES);
	assert_int_equal(client_resize(&reader, 0), -EACCES);
	assert_int_equal(client_ioctl(&reader, QOTDIOCDISCARD, NULL), -EACCES);
	assert_int_equal(client_ioctl(&reader, QOTDIOCDETACH, NULL), -EACCES);
	assert_int_equal(client_ioctl(&writer, QOTDIOCGSZ, &size), -EACCES);
	/* Anybody may do these. */
	assert_int_equal(client_seek(&reader, 1), 0);
	assert_int_equal(client_seek(&writer, 1), 0);
	assert_int_equal(client_info(&reader).size, 128);
	assert_int_equal(client_info(&writer).size, 128);
}

static void a_changed_device_is_not_detached(void **state)
{
	struct bench *b = bench_start(state, *state);
	struct client c = client_of(b, 0, O_RDWR);

	assert_int_equal(client_write(&c, 0, "x", 1), 1);
	assert_int_equal(client_ioctl(&c, QOTDIOCDETACH, NULL), -EBUSY);
	assert_int_equal(client_ioctl(&c, QOTDIOCDISCARD, NULL), 0);
	assert_int_equal(client_ioctl(&c, QOTDIOCDETACH, NULL), 0);
}

static void unknown_numbers_are_no_operations(void **state)
{
	struct bench *b = bench_start(state, *state);
	struct client c = client_of(b, 0, O_RDWR);
	const unsigned int numbers[] = {
		0,
		UINT32_MAX,
		0x5401, /* TCGETS */
		_IO('q', 0x26),
		_IO('q', 0x1f),
		_IO('r', 0x22),
		_IOW('q', 0x20, uint64_t), /* the right number, the other direction */
		_IOR('q', 0x20, uint32_t), /* another size */
		('q' << 24) | ('t' << 16) | ('d' << 8) | 2, /* the tutorial's, which are off */
	};
	unsigned char argument[1 << _IOC_SIZEBITS] = {0};

	for (size_t i = 0; i < COUNT(numbers); i++)
		assert_int_equal(client_ioctl(&c, numbers[i], argument), -ENOTTY);
	assert_int_equal(client_size(&c), 128);
}

/* Sends an ioctl whose sizes are not those of its number. */
static int odd_ioctl(const struct client *c, unsigned int cmd, uint32_t in_size, uint32_t out_size)
{
	const uint64_t argument[4] = {200};
	const struct fuse_ioctl_in in = {
		.fh = c->fh, .cmd = cmd, .in_size = in_size, .out_size = out_size};
	uint64_t unique = kernel_send(c->kernel, &(struct message){
							 .opcode = FUSE_IOCTL,
							 .nodeid = c->nodeid,
							 .body = &in,
							 .body_size = sizeof(in),
							 .tail = argument,
							 .tail_size = in_size,
						 });

	return kernel_result(c->kernel, unique);
}

static void arguments_of_the_wrong_size_are_refused(void **state)
{
	struct bench *b = bench_start(state, *state);
	struct client c = client_of(b, 0, O_RDWR);

	for (uint32_t size = 0; size < 8; size++) {
		assert_int_equal(odd_ioctl(&c, QOTDIOCSSZ, size, 0), -EINVAL);
		assert_int_equal(odd_ioctl(&c, QOTDIOCSPOS, size, 0), -EINVAL);
		assert_int_equal(odd_ioctl(&c, QOTDIOCGSZ, 0, size), -EINVAL);
		assert_int_equal(odd_ioctl(&c, QOTDIOCGINFO, 0, size), -EINVAL);
	}
	assert_int_equal(odd_ioctl(&c, QOTDIOCGINFO, 0, sizeof(struct qotd_info) - 1), -EINVAL);
	assert_int_equal(client_size(&c), 128);
	assert_int_equal(odd_ioctl(&c, QOTDIOCGSZ, 0, UINT32_MAX), 0);
	assert_int_equal(odd_ioctl(&c, QOTDIOCSSZ, 32, UINT32_MAX), 0);
	assert_int_equal(client_size(&c), 200);
}

static void an_ioctl_on_a_directory_is_none(void **state)
{
	struct bench *b = bench_start(state, &fuse);
	struct client c = client_of(b, 0, O_RDWR);
	const struct fuse_ioctl_in in = {
		.fh = c.fh, .flags = FUSE_IOCTL_DIR, .cmd = QOTDIOCGSZ, .out_size = 8};
	uint64_t unique = kernel_send(c.kernel, &(struct message){
							.opcode = FUSE_IOCTL,
							.nodeid = FUSE_ROOT_ID,
							.body = &in,
							.body_size = sizeof(in),
						});

	assert_int_equal(kernel_result(c.kernel, unique), -ENOTTY);
}

#define ON_BOTH(f) bench_test_with(f, cuse), bench_test_with(f, fuse)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_BOTH(get_size_and_set_size),
		ON_BOTH(no_byte_of_a_longer_content_shows_again),
		ON_BOTH(set_size_refuses_0_and_more_than_the_maximum),
		ON_BOTH(discard_brings_the_quotation_back),
		ON_BOTH(info_says_what_the_header_promises),
		ON_BOTH(info_counts_operations_errors_and_bytes),
		ON_BOTH(a_reader_may_not_change_and_a_writer_not_get_the_size),
		ON_BOTH(a_changed_device_is_not_detached),
		ON_BOTH(unknown_numbers_are_no_operations),
		ON_BOTH(arguments_of_the_wrong_size_are_refused),
		bench_test(an_ioctl_on_a_directory_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
