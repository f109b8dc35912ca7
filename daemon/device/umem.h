/* SPDX-License-Identifier: MIT */
/*
 * umem: whole pages for the devices, out of one limit, modelled on ddi_umem_alloc(9F).
 *
 * Memory is zeroed, page-aligned and really there: a later touch can neither fail nor wait. NOSLEEP fails
 * at once when memory is short. SLEEP waits until memory is there, but never in the calling thread: the
 * request parks with a `struct umem_sleeper`, and a wake function tells when it can go on. So that the
 * worker that would free the memory is never the one that waits for it.
 *
 * Sleepers are served first come, first served: what is free goes to the oldest one, and a later request
 * waits behind it even when it would fit. Only UMEM_PUSHPAGE overtakes (see below).
 */
#ifndef UMEM_H
#define UMEM_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#include "arena.h"

enum umem_flags {
	UMEM_NOSLEEP = 0,
	UMEM_SLEEP = 1,
	/*
	 * As KM_PUSHPAGE: this memory is needed to give back more than it takes (a device that shrinks).
	 * It does not queue behind sleepers, which wait for just that.
	 */
	UMEM_PUSHPAGE = 2,
};

/* Memory that umem_alloc() handed out and umem_free() takes back. A zeroed one holds nothing. */
struct umem_cookie {
	struct arena_range range;
	void *addr;
};

/* Where pages come from: the arena in the daemon; a test may let it fail. See arena.h. */
struct umem_source {
	int (*commit)(void *ctx, size_t length, struct arena_range *range, void **addr);
	/* NULL: memory never grows in place */
	int (*grow)(void *ctx, size_t length, struct arena_range *range, void **addr);
	void (*release)(void *ctx, const struct arena_range *range, void *addr);
	void (*unmap)(void *ctx, const struct arena_range *range, void *addr);
	void *ctx;
	size_t page_size;
};

/* Pages out of an arena, which must outlive the source. */
struct umem_source umem_arena_source(struct arena *a);

struct umem_sleeper;
TAILQ_HEAD(umem_queue, umem_sleeper);

struct umem {
	struct umem_source source;
	pthread_mutex_t lock; /* guards all below, and all clients and sleepers */
	uint64_t limit;	      /* bytes, whole pages */
	uint64_t used;
	unsigned clients;
	unsigned sleepers;
	struct umem_queue queue;
	/* Called with the lock held when what umem_get_stats() tells has changed; must not block or call umem. */
	void (*changed)(void *ctx);
	void *changed_ctx;
};

/* One holder of memory: a device. Each is taken to be able to shrink to one page. */
struct umem_client {
	struct umem *umem;
	uint64_t held;	  /* bytes, what is being allocated included */
	unsigned pending; /* allocations granted but not settled: `held` is in flux */
};

/*
 * A parked allocation. The caller owns it, fills in `wake` with umem_sleeper_init() and keeps it in place
 * until umem_resume().
 */
struct umem_sleeper {
	TAILQ_ENTRY(umem_sleeper) link;
	struct umem_client *client;
	size_t length;
	enum { UMEM_AWAKE, UMEM_PARKED, UMEM_WOKEN } state;
	bool pushpage;
	int result; /* 0, or the -errno that ended the sleep */
	/*
	 * Called once, when the sleep is over, from whatever thread ended it, with umem's lock held: it
	 * must not block or call umem, only hand the sleeper to somebody who calls umem_resume().
	 */
	void (*wake)(struct umem_sleeper *s);
};

struct umem_stats {
	uint64_t limit, used; /* bytes */
	unsigned sleepers;
};

/* `limit` is in bytes and rounded down to whole pages. */
void umem_init(struct umem *u, const struct umem_source *source, uint64_t limit);

/* All clients must be gone. */
void umem_destroy(struct umem *u);

/* Has somebody told when limit, use or sleepers change. Before the first client. */
void umem_watch(struct umem *u, void (*changed)(void *ctx), void *ctx);

/*
 * Changes the limit. A higher one serves the sleepers that fit now, in their order. A lower one takes nothing
 * away: there is no new memory until enough is freed, and sleepers that can never be served now get -ENOMEM.
 */
void umem_set_limit(struct umem *u, uint64_t limit);

void umem_client_init(struct umem *u, struct umem_client *c);

/* The client must hold nothing, and none of its allocations may sleep. */
void umem_client_destroy(struct umem_client *c);

void umem_sleeper_init(struct umem_sleeper *s, struct umem_client *c,
		       void (*wake)(struct umem_sleeper *s));

/*
 * Allocates `size` bytes (not 0), rounded up to whole pages, for a client. Does not block.
 *   0             *cookie holds the memory, until umem_free(). Say umem_settle() once it is in use.
 *   -EINPROGRESS  UMEM_SLEEP: parked; `sleeper` now belongs to the queue, wake() will be called.
 *   -EAGAIN       UMEM_NOSLEEP: memory is short, or others wait for it already.
 *   -ENOMEM       It could never fit, even with every other client at one page, counting that this one
 *                 keeps what it holds until the new memory is filled; or the system has no memory.
 *   -errno        UMEM_SLEEP: umem_interrupt() came first.
 * `sleeper` may be NULL without UMEM_SLEEP.
 */
int umem_alloc(struct umem_client *c, size_t size, int flags, struct umem_sleeper *sleeper,
	       struct umem_cookie *cookie);

/*
 * The same to have more of the memory in *cookie, which arena_can_grow(), in place: nobody may use it
 * meanwhile, and its address may change, also when this fails. Until umem_outgrow(), both lengths are booked.
 */
int umem_grow(struct umem_client *c, size_t size, int flags, struct umem_sleeper *sleeper,
	      struct umem_cookie *cookie);

/* Takes back what was booked for memory of `length` bytes before it has grown, and wakes sleepers. */
void umem_outgrow(struct umem_client *c, size_t length);

/*
 * Books `length` bytes that the client holds already: memory of a process that died. There may be more of
 * it than the limit allows; then there is none for anybody else until enough is freed.
 */
void umem_adopt(struct umem_client *c, size_t length);

/*
 * Ends a sleep that wake() announced, for the caller of the umem_alloc() that parked. Does not block.
 * Returns as umem_alloc(), but never -EINPROGRESS or -EAGAIN; the sleeper is the caller's again.
 */
int umem_resume(struct umem_sleeper *s, struct umem_cookie *cookie);

/* The same for umem_grow(); it does not matter which of both has parked. */
int umem_resume_grow(struct umem_sleeper *s, struct umem_cookie *cookie);

/*
 * Ends the sleep with `err` (-EINTR, -ENODEV): umem_resume() will return it. A sleeper that has memory
 * already keeps it; one that is not parked yet will not be.
 */
void umem_interrupt(struct umem_sleeper *s, int err);

/* umem_interrupt() for all sleepers of a client. */
void umem_interrupt_all(struct umem_client *c, int err);

/*
 * Says that the memory of one successful allocation is in use and what it replaces has been freed. Only
 * then can umem tell whether another sleeper of this client has lost all hope: it gets -ENOMEM.
 */
void umem_settle(struct umem_client *c);

/*
 * Forgets memory without giving it back: it is left in the arena for the next process. Clears the cookie.
 */
void umem_abandon(struct umem_client *c, struct umem_cookie *cookie);

/* Gives memory back to the system, wakes the sleepers that fit now, and clears the cookie. */
void umem_free(struct umem_client *c, struct umem_cookie *cookie);

void umem_get_stats(struct umem *u, struct umem_stats *stats);

#endif
