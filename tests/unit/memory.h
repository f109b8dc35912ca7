/* SPDX-License-Identifier: MIT */
/*
 * Memory for tests: umem over a real arena, through a source that fails when the test says so and
 * that counts what is handed out.
 */
#ifndef MEMORY_H
#define MEMORY_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arena.h"
#include "umem.h"

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

/* How many open files the arena of a test has room for. */
#define MEMORY_FILES	 8
#define MEMORY_INSTANCES 2

struct memory {
	struct arena arena;
	struct umem umem;
	size_t page;
	_Atomic int fail;	    /* so many commits, from now on, fail */
	_Atomic uint64_t committed; /* bytes that the source has handed out and not got back */
};

/* With a limit of so many pages. */
void memory_open(struct memory *m, unsigned limit);

/* Everything must have been given back: umem asserts it of clients and limit, this of the source.
 */
void memory_close(struct memory *m);

uint64_t memory_used(struct memory *m);
unsigned memory_sleepers(struct memory *m);

/* Allocates pages that must be there without sleeping, and settles. */
void memory_take(struct memory *m, struct umem_client *c, unsigned pages,
		 struct umem_cookie *cookie);

/* Whether `length` bytes are all `value`. */
bool is_filled(const void *data, size_t length, unsigned char value);

/* A parked allocation that counts how often it is woken. */
struct waiter {
	struct umem_sleeper sleeper;
	unsigned woken; /* guarded by umem's lock, or by there being one thread */
};

void waiter_init(struct waiter *w, struct umem_client *c);

/* Starts an allocation of pages that must park, with UMEM_SLEEP and more flags. */
void waiter_park(struct waiter *w, struct memory *m, unsigned pages, int flags);

/* The sleep must be over: resumes, frees what it got and settles. Returns what it was resumed with.
 */
int waiter_finish(struct waiter *w);

#endif
