/* SPDX-License-Identifier: MIT */
/*
 * The books of umem: who has how much of the limit, and who waits for some. For umem.c only; all is called with
 * umem's lock held. Pages are not its business.
 */
#ifndef UMEM_BOOK_H
#define UMEM_BOOK_H

#include "umem.h"

/*
 * Books `length` bytes for a client, or parks the sleeper behind those who came before. Returns 0, -EINPROGRESS,
 * -EAGAIN, -ENOMEM, or what umem_interrupt() has left, as umem_alloc() says.
 */
int book_take(struct umem_client *c, size_t length, int flags, struct umem_sleeper *sleeper);

/* Takes back what was booked, and hands it to the sleepers. */
void book_give_back(struct umem_client *c, size_t length);

/* One allocation of the client is over, used or failed. */
void book_settle(struct umem_client *c);

/* Takes a sleeper off the queue and tells its owner: 0, it has its memory, or -errno. */
void book_wake(struct umem *u, struct umem_sleeper *s, int result);

/* Hands free memory to the sleepers, strictly in their order. */
void book_serve_queue(struct umem *u);

/* Wakes with -ENOMEM the sleepers that have lost all hope: of one client, or of all (NULL). */
void book_wake_hopeless(struct umem *u, const struct umem_client *c);

/* Tells whoever watches that limit, use or sleepers have changed. */
void book_tell_changed(const struct umem *u);

#endif
