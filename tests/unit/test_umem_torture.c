// SPDX-License-Identifier: MIT
/* Many threads that allocate, sleep, are interrupted and free, as devices do that are resized. */
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "memory.h"

#define THREADS	    6
#define ROUNDS	    800
#define LIMIT_PAGES 16

struct torture;

/* A thread that resizes what it holds. The asserts of cmocka are for the main thread only. */
struct user {
	struct umem_sleeper sleeper; /* first: wake() gets its address */
	struct torture *t;
	struct umem_client client;
	struct umem_cookie held;
	pthread_t thread;
	sem_t woken;
	unsigned seed;
	unsigned dirty;	     /* allocations that were not zeroed */
	unsigned unexpected; /* results nobody promised */
};

struct torture {
	struct memory memory;
	struct user users[THREADS];
	_Atomic unsigned running;
};

static void post(struct umem_sleeper *s)
{
	sem_post(&((struct user *)s)->woken);
}

static int allocate(struct user *u, size_t size, struct umem_cookie *pages)
{
	int flags = rand_r(&u->seed) % 4 ? UMEM_SLEEP : UMEM_NOSLEEP;
	int err;

	if (size < u->held.range.length)
		flags |= UMEM_PUSHPAGE;
	umem_sleeper_init(&u->sleeper, &u->client, post);
	err = umem_alloc(&u->client, size, flags, &u->sleeper, pages);
	if (err != -EINPROGRESS)
		return err;
	while (sem_wait(&u->woken) < 0)
		;
	return umem_resume(&u->sleeper, pages);
}

/* The new memory takes the place of what was held. */
static void replace(struct user *u, struct umem_cookie *pages)
{
	if (!is_filled(pages->addr, pages->range.length, 0))
		u->dirty++;
	memset(pages->addr, 0xff, pages->range.length);
	if (u->held.addr)
		umem_free(&u->client, &u->held);
	u->held = *pages;
	umem_settle(&u->client);
}

static void *use_memory(void *arg)
{
	struct user *u = arg;

	for (int i = 0; i < ROUNDS; i++) {
		size_t size = 1 + (size_t)rand_r(&u->seed) % (6 * u->t->memory.page);
		struct umem_cookie pages;
		int err = allocate(u, size, &pages);

		if (err == 0)
			replace(u, &pages);
		else if (err != -EAGAIN && err != -ENOMEM && err != -EINTR)
			u->unexpected++;
		if (rand_r(&u->seed) % 8 == 0 && u->held.addr)
			umem_free(&u->client, &u->held);
	}
	if (u->held.addr)
		umem_free(&u->client, &u->held);
	u->t->running--;
	return NULL;
}

/* Users that all hold much and want more wait for one another, until a signal comes. */
static void interrupt_until_done(struct torture *t)
{
	const struct timespec pause = {.tv_nsec = 200 * 1000};

	for (unsigned i = 0; t->running > 0; i++) {
		umem_interrupt_all(&t->users[i % THREADS].client, -EINTR);
		if (i % 5 == 0)
			t->memory.fail = 1;
		nanosleep(&pause, NULL);
	}
}

static void start(struct torture *t)
{
	t->running = THREADS;
	for (unsigned i = 0; i < THREADS; i++) {
		struct user *u = &t->users[i];

		u->t = t;
		u->seed = i;
		sem_init(&u->woken, 0, 0);
		umem_client_init(&t->memory.umem, &u->client);
	}
	for (unsigned i = 0; i < THREADS; i++)
		assert_int_equal(
			pthread_create(&t->users[i].thread, NULL, use_memory, &t->users[i]), 0);
}

static void nothing_is_lost_or_shared_under_torture(void **state)
{
	struct torture *t = calloc(1, sizeof(*t));

	(void)state;
	assert_non_null(t);
	memory_open(&t->memory, LIMIT_PAGES);
	start(t);
	interrupt_until_done(t);
	for (unsigned i = 0; i < THREADS; i++)
		pthread_join(t->users[i].thread, NULL);
	for (unsigned i = 0; i < THREADS; i++) {
		int posted = 0;

		sem_getvalue(&t->users[i].woken, &posted);
		assert_int_equal(posted, 0);
		assert_int_equal(t->users[i].dirty, 0);
		assert_int_equal(t->users[i].unexpected, 0);
		umem_client_destroy(&t->users[i].client);
		sem_destroy(&t->users[i].woken);
	}
	assert_int_equal(memory_used(&t->memory), 0);
	assert_int_equal(memory_sleepers(&t->memory), 0);
	memory_close(&t->memory);
	free(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_lost_or_shared_under_torture),
	};

	return cmocka_run_group_tests_name("umem: torture", tests, NULL, NULL);
}
