// SPDX-License-Identifier: MIT
#include <assert.h>
#include <errno.h>

#include "cleanup.h"
#include "umem.h"
#include "umem_book.h"

/* Rounds up to whole pages; false when that overflows. */
static bool whole_pages(const struct umem *u, size_t size, size_t *length)
{
	size_t page = u->source.page_size;

	if (size > SIZE_MAX - (page - 1))
		return false;
	*length = (size + page - 1) / page * page;
	return true;
}

/* There are no pages for memory that was booked. */
static int give_up(struct umem_client *c, size_t length)
{
	LOCK_SCOPE(&c->umem->lock);

	book_give_back(c, length);
	book_settle(c);
	return -ENOMEM;
}

/* Get the pages for memory that is booked; give the booking back when the system has none. */
static int commit(struct umem_client *c, size_t length, struct umem_cookie *cookie)
{
	const struct umem_source *s = &c->umem->source;

	return s->commit(s->ctx, length, &cookie->range, &cookie->addr) == 0 ? 0
									     : give_up(c, length);
}

static int grow(struct umem_client *c, size_t length, struct umem_cookie *cookie)
{
	const struct umem_source *s = &c->umem->source;

	return s->grow(s->ctx, length, &cookie->range, &cookie->addr) == 0 ? 0 : give_up(c, length);
}

static uint64_t round_down(const struct umem *u, uint64_t bytes)
{
	return bytes - bytes % u->source.page_size;
}

void umem_init(struct umem *u, const struct umem_source *source, uint64_t limit)
{
	*u = (struct umem){.source = *source};
	u->limit = round_down(u, limit);
	pthread_mutex_init(&u->lock, NULL);
	TAILQ_INIT(&u->queue);
}

void umem_destroy(struct umem *u)
{
	assert(u->clients == 0 && u->used == 0);
	pthread_mutex_destroy(&u->lock);
}

void umem_watch(struct umem *u, void (*changed)(void *ctx), void *ctx)
{
	u->changed = changed;
	u->changed_ctx = ctx;
}

void umem_set_limit(struct umem *u, uint64_t limit)
{
	LOCK_SCOPE(&u->lock);

	u->limit = round_down(u, limit);
	book_tell_changed(u);
	book_wake_hopeless(u, NULL);
}

void umem_client_init(struct umem *u, struct umem_client *c)
{
	LOCK_SCOPE(&u->lock);

	*c = (struct umem_client){.umem = u};
	u->clients++;
}

void umem_client_destroy(struct umem_client *c)
{
	LOCK_SCOPE(&c->umem->lock);

	assert(c->held == 0);
	c->umem->clients--;
}

void umem_sleeper_init(struct umem_sleeper *s, struct umem_client *c,
		       void (*wake_fn)(struct umem_sleeper *s))
{
	*s = (struct umem_sleeper){.client = c, .wake = wake_fn};
}

/* Rounds up to whole pages, and books them or parks the request. */
static int book_size(struct umem_client *c, size_t size, int flags, struct umem_sleeper *sleeper,
		     size_t *length)
{
	assert(size > 0 && (sleeper || !(flags & UMEM_SLEEP)));
	if (!whole_pages(c->umem, size, length))
		return -ENOMEM;
	LOCK_SCOPE(&c->umem->lock);
	return book_take(c, *length, flags, sleeper);
}

int umem_alloc(struct umem_client *c, size_t size, int flags, struct umem_sleeper *sleeper,
	       struct umem_cookie *cookie)
{
	size_t length;
	int err = book_size(c, size, flags, sleeper, &length);

	return err ? err : commit(c, length, cookie);
}

int umem_grow(struct umem_client *c, size_t size, int flags, struct umem_sleeper *sleeper,
	      struct umem_cookie *cookie)
{
	size_t length;
	int err = book_size(c, size, flags, sleeper, &length);

	return err ? err : grow(c, length, cookie);
}

void umem_outgrow(struct umem_client *c, size_t length)
{
	LOCK_SCOPE(&c->umem->lock);

	book_give_back(c, length);
}

void umem_adopt(struct umem_client *c, size_t length)
{
	LOCK_SCOPE(&c->umem->lock);

	c->umem->used += length;
	c->held += length;
}

int umem_resume(struct umem_sleeper *s, struct umem_cookie *cookie)
{
	return s->result ? s->result : commit(s->client, s->length, cookie);
}

int umem_resume_grow(struct umem_sleeper *s, struct umem_cookie *cookie)
{
	return s->result ? s->result : grow(s->client, s->length, cookie);
}

void umem_interrupt(struct umem_sleeper *s, int err)
{
	struct umem *u = s->client->umem;
	LOCK_SCOPE(&u->lock);

	if (s->state == UMEM_AWAKE)
		s->result = err;
	if (s->state == UMEM_PARKED)
		book_wake(u, s, err);
	book_serve_queue(u);
}

void umem_interrupt_all(struct umem_client *c, int err)
{
	struct umem *u = c->umem;
	struct umem_sleeper *s, *next;
	LOCK_SCOPE(&u->lock);

	TAILQ_FOREACH_SAFE (s, &u->queue, link, next) {
		if (s->client == c)
			book_wake(u, s, err);
	}
	book_serve_queue(u);
}

void umem_settle(struct umem_client *c)
{
	LOCK_SCOPE(&c->umem->lock);

	book_settle(c);
}

void umem_free(struct umem_client *c, struct umem_cookie *cookie)
{
	struct umem *u = c->umem;

	u->source.release(u->source.ctx, &cookie->range, cookie->addr);
	LOCK_SCOPE(&u->lock);
	book_give_back(c, cookie->range.length);
	*cookie = (struct umem_cookie){0};
}

void umem_abandon(struct umem_client *c, struct umem_cookie *cookie)
{
	LOCK_SCOPE(&c->umem->lock);

	c->umem->source.unmap(c->umem->source.ctx, &cookie->range, cookie->addr);
	c->held -= cookie->range.length;
	c->umem->used -= cookie->range.length;
	*cookie = (struct umem_cookie){0};
}

void umem_get_stats(struct umem *u, struct umem_stats *stats)
{
	LOCK_SCOPE(&u->lock);

	*stats = (struct umem_stats){.limit = u->limit, .used = u->used, .sleepers = u->sleepers};
}
