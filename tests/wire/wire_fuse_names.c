// SPDX-License-Identifier: MIT
/* The directory of the FUSE mount: names, attributes, and what may not be done to them. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "client.h"

#define INSTANCES 3

static const struct bench_options three = {.kind = CHANNEL_FUSE, .instances = INSTANCES};

/* A request on an inode. */
static struct packet *ask(struct bench *b, uint32_t opcode, uint64_t nodeid, const void *body,
			  size_t body_size, const char *name)
{
	uint64_t unique =
		kernel_send(&b->kernels[0], &(struct message){
						    .opcode = opcode,
						    .nodeid = nodeid,
						    .body = body,
						    .body_size = body_size,
						    .tail = name,
						    .tail_size = name ? strlen(name) + 1 : 0,
					    });

	return kernel_answer(&b->kernels[0], unique);
}

static int error_of(struct packet *p)
{
	int error = p->header.error;

	free(p);
	return error;
}

static int lookup(struct bench *b, uint64_t parent, const char *name, struct fuse_entry_out *entry)
{
	struct packet *p = ask(b, FUSE_LOOKUP, parent, NULL, 0, name);

	if (!p->header.error) {
		assert_int_equal(p->length, sizeof(*entry));
		memcpy(entry, p->payload, sizeof(*entry));
	}
	return error_of(p);
}

static struct fuse_attr_out attributes(struct bench *b, uint64_t nodeid)
{
	const struct fuse_getattr_in in = {0};
	struct packet *p = ask(b, FUSE_GETATTR, nodeid, &in, sizeof(in), NULL);
	struct fuse_attr_out out;

	assert_int_equal(p->header.error, 0);
	assert_int_equal(p->length, sizeof(out));
	memcpy(&out, p->payload, sizeof(out));
	free(p);
	return out;
}

static void each_instance_has_a_name(void **state)
{
	struct bench *b = bench_start(state, &three);
	const char *const names[INSTANCES] = {"qotd", "qotd1", "qotd2"};

	for (int i = 0; i < INSTANCES; i++) {
		struct fuse_entry_out entry;

		assert_int_equal(lookup(b, FUSE_ROOT_ID, names[i], &entry), 0);
		assert_int_equal(entry.nodeid, entry.attr.ino);
		assert_int_not_equal(entry.nodeid, FUSE_ROOT_ID);
		assert_true(S_ISREG(entry.attr.mode));
		assert_int_equal(entry.attr.mode & 07777, 0664);
		assert_int_equal(entry.attr.size, 128);
		assert_int_equal(entry.attr.blocks, BENCH_PAGE / 512);
		assert_int_equal(entry.attr.nlink, 1);
		/* What changes is said to the kernel: it need not ask again. */
		assert_true(entry.entry_valid >= 3600);
		assert_true(entry.attr_valid >= 3600);
	}
}

static void other_names_do_not_exist(void **state)
{
	struct bench *b = bench_start(state, &three);
	const char *const names[] = {"",     "qot",   "qotd0", "qotd3", "qotd01",
				     "QOTD", "qotd ", ".",     "..",	"qotd/"};
	struct fuse_entry_out entry;

	for (size_t i = 0; i < COUNT(names); i++)
		assert_int_equal(lookup(b, FUSE_ROOT_ID, names[i], &entry), -ENOENT);
	assert_int_equal(lookup(b, FUSE_ROOT_ID + 1, "qotd", &entry), -ENOENT);
	assert_int_equal(lookup(b, UINT64_MAX, "qotd", &entry), -ENOENT);
}

static void the_longest_name_is_looked_up_safely(void **state)
{
	struct bench *b = bench_start(state, &three);
	struct fuse_entry_out entry;
	char name[4096];

	memset(name, 'q', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	assert_int_equal(lookup(b, FUSE_ROOT_ID, name, &entry), -ENOENT);
}

static void the_root_is_a_directory_that_nobody_can_write(void **state)
{
	struct bench *b = bench_start(state, &three);
	struct fuse_attr_out out = attributes(b, FUSE_ROOT_ID);

	assert_int_equal(out.attr.ino, FUSE_ROOT_ID);
	assert_int_equal(out.attr.mode, S_IFDIR | 0555);
}

static void attributes_of_what_does_not_exist_are_enoent(void **state)
{
	struct bench *b = bench_start(state, &three);
	const struct fuse_getattr_in in = {0};
	const uint64_t inodes[] = {0, FUSE_ROOT_ID + INSTANCES + 1, UINT32_MAX, UINT64_MAX,
				   (UINT64_C(1) << 32) + 2};

	for (size_t i = 0; i < COUNT(inodes); i++)
		assert_int_equal(error_of(ask(b, FUSE_GETATTR, inodes[i], &in, sizeof(in), NULL)),
				 -ENOENT);
}

/* The notification must be there before the answer: else the client could still see the old size.
 */
static void the_size_follows_a_resize_before_its_answer(void **state)
{
	struct bench *b = bench_start(state, &three);
	struct client c = client_of(b, 1, O_RDWR);
	struct fuse_notify_inval_inode_out out;
	struct packet *p;

	assert_int_equal(client_resize(&c, 2 * BENCH_PAGE), 0);
	assert_false(TAILQ_EMPTY(&c.kernel->notices)); /* taken with the answer */
	p = kernel_notice(c.kernel, FUSE_NOTIFY_INVAL_INODE);
	assert_int_equal(p->length, sizeof(out));
	memcpy(&out, p->payload, sizeof(out));
	assert_int_equal(out.ino, c.nodeid);
	assert_true(out.off < 0);
	free(p);
	assert_int_equal(attributes(b, c.nodeid).attr.size, 2 * BENCH_PAGE);
	assert_int_equal(attributes(b, c.nodeid).attr.blocks, 2 * BENCH_PAGE / 512);
	assert_int_equal(attributes(b, c.nodeid + 1).attr.size, 128);
}

static void a_write_leaves_the_size_alone(void **state)
{
	struct bench *b = bench_start(state, &three);
	struct client c = client_of(b, 0, O_RDWR);

	assert_int_equal(client_write(&c, 0, "x", 1), 1);
	assert_false(kernel_has_notice(c.kernel));
	assert_int_equal(attributes(b, c.nodeid).attr.size, 128);
}

static void only_times_may_be_set(void **state)
{
	struct bench *b = bench_start(state, &three);
	const struct {
		uint32_t valid;
		int error;
	} cases[] = {
		{FATTR_SIZE, -EINVAL},
		{FATTR_SIZE | FATTR_MODE, -EINVAL},
		{FATTR_SIZE | FATTR_FH, -EINVAL},
		{FATTR_MODE, -EPERM},
		{FATTR_UID, -EPERM},
		{FATTR_GID, -EPERM},
		{FATTR_UID | FATTR_GID | FATTR_MTIME, -EPERM},
		{FATTR_ATIME | FATTR_MTIME, 0},
		{FATTR_ATIME_NOW | FATTR_MTIME_NOW | FATTR_CTIME, 0},
		{0, 0},
	};
	struct client c = client_of(b, 0, O_RDWR);

	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct fuse_setattr_in in = {
			.valid = cases[i].valid, .size = 1, .mode = 0777, .fh = c.fh};

		assert_int_equal(error_of(ask(b, FUSE_SETATTR, c.nodeid, &in, sizeof(in), NULL)),
				 cases[i].error);
	}
	assert_int_equal(attributes(b, c.nodeid).attr.size, 128);
	assert_int_equal(attributes(b, c.nodeid).attr.mode & 07777, 0664);
}

static void nobody_makes_or_removes_files(void **state)
{
	struct bench *b = bench_start(state, &three);
	const struct fuse_create_in create = {.flags = O_RDWR | O_CREAT, .mode = S_IFREG | 0644};
	const struct fuse_mknod_in mknod = {.mode = S_IFREG | 0644};
	struct fuse_entry_out entry;

	assert_int_equal(
		error_of(ask(b, FUSE_CREATE, FUSE_ROOT_ID, &create, sizeof(create), "new")),
		-EPERM);
	assert_int_equal(error_of(ask(b, FUSE_MKNOD, FUSE_ROOT_ID, &mknod, sizeof(mknod), "new")),
			 -EPERM);
	assert_int_equal(error_of(ask(b, FUSE_UNLINK, FUSE_ROOT_ID, NULL, 0, "qotd")), -EPERM);
	assert_int_equal(lookup(b, FUSE_ROOT_ID, "new", &entry), -ENOENT);
	assert_int_equal(lookup(b, FUSE_ROOT_ID, "qotd", &entry), 0);
}

static struct fuse_kstatfs statfs_of(struct bench *b)
{
	struct packet *p = ask(b, FUSE_STATFS, FUSE_ROOT_ID, NULL, 0, NULL);
	struct fuse_statfs_out out;

	assert_int_equal(p->header.error, 0);
	assert_int_equal(p->length, sizeof(out));
	memcpy(&out, p->payload, sizeof(out));
	free(p);
	return out.st;
}

static void the_file_system_is_as_large_as_the_memory_limit(void **state)
{
	struct bench_options o = three;
	struct fuse_kstatfs st;
	struct client c;
	struct bench *b;

	o.memory = 100 * BENCH_PAGE;
	b = bench_start(state, &o);
	c = client_of(b, 0, O_RDWR);
	assert_int_equal(client_resize(&c, 8 * BENCH_PAGE), 0);
	st = statfs_of(b);
	assert_int_equal(st.blocks * st.frsize, 100 * BENCH_PAGE);
	assert_int_equal(st.bfree * st.frsize, 90 * BENCH_PAGE);
	assert_int_equal(st.bavail, st.bfree);
	assert_int_equal(st.files, INSTANCES);
	assert_int_equal(st.namelen, 255);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		bench_test(each_instance_has_a_name),
		bench_test(other_names_do_not_exist),
		bench_test(the_longest_name_is_looked_up_safely),
		bench_test(the_root_is_a_directory_that_nobody_can_write),
		bench_test(attributes_of_what_does_not_exist_are_enoent),
		bench_test(the_size_follows_a_resize_before_its_answer),
		bench_test(a_write_leaves_the_size_alone),
		bench_test(only_times_may_be_set),
		bench_test(nobody_makes_or_removes_files),
		bench_test(the_file_system_is_as_large_as_the_memory_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
