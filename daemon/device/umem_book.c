// SPDX-License-Identifier: MIT
#include <assert.h>
#include <errno.h>

#include "umem_book.h"

/*
 * Whether `length` more could not even be had if all other clients gave back all but one page. While an
 * allocation of this client is pending, what it will keep is not known: umem_settle() looks again.
 */
static bool is_hopeless(const struct umem_client *c, size_t length)
{
	const struct umem *u = c->umem;
	uint64_t others = (u->clients - 1) * (uint64_t)u->source.page_size;
	uint64_t kept = others + (c->pending ? 0 : c->held);

	return kept > u->limit || length > u->limit - kept;
}

static bool fits(const struct umem *u, size_t length)
{
	return u->used <= u->limit && length <= u->limit - u->used;
}

void book_tell_changed(const struct umem *u)
{
	if (u->changed)
		u->changed(u->changed_ctx);
}

/* Books memory for a client. */
static void grant(struct umem_client *c, size_t length)
{
	c->umem->used += length;
	c->held += length;
	c->pending++;
	book_tell_changed(c->umem);
}

void book_wake(struct umem *u, struct umem_sleeper *s, int result)
{
	TAILQ_REMOVE(&u->queue, s, link);
	u->sleepers--;
	s->state = UMEM_WOKEN;
	s->result = result;
	s->wake(s);
	book_tell_changed(u);
}

void book_serve_queue(struct umem *u)
{
	struct umem_sleeper *s;

	while ((s = TAILQ_FIRST(&u->queue)) && fits(u, s->length)) {
		grant(s->client, s->length);
		book_wake(u, s, 0);
	}
}

void book_give_back(struct umem_client *c, size_t length)
{
	c->held -= length;
	c->umem->used -= length;
	book_tell_changed(c->umem);
	book_serve_queue(c->umem);
}

void book_wake_hopeless(struct umem *u, const struct umem_client *c)
{
	struct umem_sleeper *s, *next;

	TAILQ_FOREACH_SAFE (s, &u->queue, link, next) {
		if ((!c || s->client == c) && is_hopeless(s->client, s->length))
			book_wake(u, s, -ENOMEM);
	}
	book_serve_queue(u);
}

void book_settle(struct umem_client *c)
{
	if (--c->pending == 0)
		book_wake_hopeless(c->umem, c);
}

/* Queues behind those who came before; who gives memory back goes before those who only take. */
static void enqueue(struct umem *u, struct umem_sleeper *s)
{
	struct umem_sleeper *other;

	s->state = UMEM_PARKED;
	u->sleepers++;
	book_tell_changed(u);
	TAILQ_FOREACH (other, &u->queue, link) {
		if (s->pushpage && !other->pushpage) {
			TAILQ_INSERT_BEFORE(other, s, link);
			return;
		}
	}
	TAILQ_INSERT_TAIL(&u->queue, s, link);
}

int book_take(struct umem_client *c, size_t length, int flags, struct umem_sleeper *sleeper)
{
	struct umem *u = c->umem;

	if (is_hopeless(c, length))
		return -ENOMEM;
	if (fits(u, length) && (TAILQ_EMPTY(&u->queue) || (flags & UMEM_PUSHPAGE))) {
		grant(c, length);
		return 0;
	}
	if (!(flags & UMEM_SLEEP))
		return -EAGAIN;
	if (sleeper->result)
		return sleeper->result;
	assert(sleeper->client == c);
	sleeper->length = length;
	sleeper->pushpage = flags & UMEM_PUSHPAGE;
	enqueue(u, sleeper);
	return -EINPROGRESS;
}
