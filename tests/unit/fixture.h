/* SPDX-License-Identifier: MIT */
/*
 * What the tests of the device start with: two instances, memory for them, and whoever serves them,
 * who counts what the device asks of him.
 */
#ifndef FIXTURE_H
#define FIXTURE_H

#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/types.h>

#include "device.h"
#include "memory.h"

#define FIXTURE_QUOTE	"Anyone who hates children and animals can't be all bad.\n"
#define FIXTURE_INITIAL 128
#define FIXTURE_MAX	65536

/* The memory of all instances. An instance starts with one page of it. */
#define FIXTURE_PAGES 8

/* Poll handles are from 1 to one less. */
#define FIXTURE_HANDLES 16

struct fixture {
	struct memory memory;
	struct openfiles files;
	struct qotd_config config;
	struct qotd_callbacks callbacks;
	struct qotd_parent parent;
	struct qotd devices[MEMORY_INSTANCES];
	struct qotd *q; /* the first one */
	struct txn txn; /* of the last request */
	_Atomic unsigned woken[FIXTURE_HANDLES];
	_Atomic unsigned discarded[MEMORY_INSTANCES];
	_Atomic unsigned resized[MEMORY_INSTANCES];
	_Atomic uint64_t resized_from, resized_to; /* the last time */
	_Atomic unsigned gone[MEMORY_INSTANCES];
};

/* For cmocka: *state becomes the fixture, with both instances attached. */
int fixture_setup(void **state);
int fixture_teardown(void **state);

/* The same with nothing attached: at the end, detaches what a test has attached. */
int fixture_setup_detached(void **state);

#define DEVICE_TEST(f) cmocka_unit_test_setup_teardown(f, fixture_setup, fixture_teardown)

/* Attaches an instance; returns what qotd_attach() does. */
int fixture_attach(struct fixture *f, uint32_t instance);

/*
 * Each of these is one request for the first instance. They return what the client sees: bytes, or
 * -errno. fixture_open() gives a file whose offsets are positions.
 */
uint64_t fixture_open(struct fixture *f, uint32_t flags);
uint64_t fixture_open_mode(struct fixture *f, uint32_t flags, enum position_mode mode);
int fixture_try_open(struct fixture *f, struct qotd *q, uint64_t *fh);
int fixture_close(struct fixture *f, uint64_t fh);
ssize_t fixture_read(struct fixture *f, uint64_t fh, uint64_t offset, void *to, size_t size);
ssize_t fixture_write(struct fixture *f, uint64_t fh, uint64_t offset, const void *from,
		      size_t size);
int fixture_resize(struct fixture *f, uint64_t fh, uint64_t size);
int fixture_discard(struct fixture *f, uint64_t fh);

int fixture_seek(struct fixture *f, uint64_t fh, uint64_t position);
int fixture_request_detach(struct fixture *f, uint64_t fh);

/* One that may sleep: a request for the device of the sleeper. */
int fixture_replace(struct fixture *f, uint64_t fh, enum qotd_replacement what, uint64_t size,
		    struct qotd_sleeper *s);
int fixture_resume(struct fixture *f, struct qotd_sleeper *s);

/* Like read and write, for any request. */
ssize_t fixture_read_io(struct fixture *f, const struct qotd_io *io, void *to);
ssize_t fixture_write_io(struct fixture *f, const struct qotd_io *io, const void *from);

/* QOTDIOCGINFO, through a file that is open. */
struct qotd_info fixture_info(struct fixture *f, uint64_t fh);

/* Polls with a handle, or 0 for none; returns the events. */
short fixture_poll(struct fixture *f, uint64_t fh, uint64_t handle);

/* Asserts that the device has this size, and this text followed by zeros. */
void fixture_expect(struct fixture *f, const char *text, uint64_t size);

/* Takes memory away until so many pages are left; gives it back. */
void fixture_leave_pages(struct fixture *f, unsigned left, struct umem_client *hog,
			 struct umem_cookie *pages);
void fixture_free_hog(struct umem_client *hog, struct umem_cookie *pages);

#endif
