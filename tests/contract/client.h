/* SPDX-License-Identifier: MIT */
/*
 * What a client does with the device, in one line each.
 *
 * These helpers make the point fail when the device does not do what they ask, and go on: the next
 * check ends the point. Those without a descriptor open one of their own, so that the positions of
 * the descriptors under test stay as they are.
 */
#ifndef CLIENT_H
#define CLIENT_H

#include "tap.h"

#include "qotd_ioctl.h"

#include <stdint.h>
#include <sys/types.h>

enum transport { CUSE = 1, FUSE = 2 };

struct target {
	enum transport transport;
	unsigned int device_count;
	char *const *devices; /* paths */
};

/* The content of a fresh device: this, then zeros. */
#define QUOTATION    "On the whole, I'd rather be in Philadelphia. - W. C. Fields\n"
#define INITIAL_SIZE 128

/* Opens device 0, or device `n`. Returns the descriptor, or -1 as a failed point. */
int open_device(struct test *t, int flags);
int open_nth(struct test *t, unsigned int n, int flags);

/* The state of device 0, or of device `n`. */
struct qotd_info get_info(struct test *t);
struct qotd_info get_info_of(struct test *t, unsigned int n);
bool is_changed(struct test *t);

/* Change device 0, or device `n`, through a descriptor of their own. */
void resize(struct test *t, uint64_t size);
void resize_nth(struct test *t, unsigned int n, uint64_t size);
void discard(struct test *t);
void discard_nth(struct test *t, unsigned int n);
void put(struct test *t, uint64_t position, const void *data, size_t length);

/* Fills device 0 from start to end with one byte. */
void fill(struct test *t, int byte);

/* Whether device 0 holds just these bytes from `position` on; what follows them does not matter. */
bool holds(struct test *t, uint64_t position, const void *data, size_t length);

/* Whether the `length` bytes of device 0 from `position` on are all this one. */
bool holds_only(struct test *t, uint64_t position, size_t length, int byte);

/* Whether device 0 holds the quotation and then zeros, INITIAL_SIZE bytes in all. */
bool is_fresh(struct test *t);

/* Moves the position of an open file; works on both transports. */
void set_position(struct test *t, int fd, uint64_t position);

/* An address that is never mapped. */
void *bad_pointer(void);

/*
 * A pattern that tells where in the device each aligned word lies: words count up by 8 from
 * `first`. `length` is a multiple of 8. words_run() says whether the words go on from `first`
 * without a break.
 */
void fill_words(void *buffer, size_t length, uint64_t first);
bool words_run(const void *buffer, size_t length, uint64_t first);

/* The time since some fixed moment. */
long long milliseconds_now(void);

/* Waits for the child and returns its exit status, or 128 + the signal that killed it. */
int wait_for_child(pid_t pid);

#endif
