// SPDX-License-Identifier: MIT
#include <assert.h>
#include <errno.h>

#include "cleanup.h"
#include "umem.h"

/* Rounds up to whole pages; false when that overflows. */
static bool whole_pages(const struct umem *u, size_t size, size_t *length)
{
	size_t page = u->source.page_size;

	if (size > SIZE_MAX - (page - 1))
		return false;
	*length = (size + page - 1) / page * page;
	return true;
}

/*
 * Whether `length` more could not even be had if all other clients gave back all but one page. While an
 * allocation of this client is pending, what it will keep is not known: umem_settle() looks again. Locked.
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

/* Locked. */
static void tell_changed(const struct umem *u)
{
	if (u->changed)
		u->changed(u->changed_ctx);
}

/* Books memory for a client. Locked. */
static void grant(struct umem_client *c, size_t length)
{
	c->umem->used += length;
	c->held += length;
	c->pending++;
	tell_changed(c->umem);
}

/* Takes a sleeper off the queue and tells its owner. Locked. */
static void wake(struct umem *u, struct umem_sleeper *s, int result)
{
	TAILQ_REMOVE(&u->queue, s, link);
	u->sleepers--;
	s->state = UMEM_WOKEN;
	s->result = result;
	s->wake(s);
	tell_changed(u);
}

/* Hands free memory to the sleepers, strictly in their order. Locked. */
static void serve_queue(struct umem *u)
{
	struct umem_sleeper *s;

	while ((s = TAILQ_FIRST(&u->queue)) && fits(u, s->length)) {
		grant(s->client, s->length);
		wake(u, s, 0);
	}
}

/* Takes back what grant() booked. Locked. */
static void unbook(struct umem_client *c, size_t length)
{
	c->held -= length;
	c->umem->used -= length;
	tell_changed(c->umem);
	serve_queue(c->umem);
}

/* Wakes with -ENOMEM the sleepers that have lost all hope: of one client, or of all (NULL). Locked. */
static void wake_hopeless(struct umem *u, const struct umem_client *c)
{
	struct umem_sleeper *s, *next;

	TAILQ_FOREACH_SAFE (s, &u->queue, link, next) {
		if ((!c || s->client == c) && is_hopeless(s->client, s->length))
			wake(u, s, -ENOMEM);
	}
	serve_queue(u);
}

/* One allocation of the client is over, used or failed. Locked. */
static void settle(struct umem_client *c)
{
	if (--c->pending == 0)
		wake_hopeless(c->umem, c);
}

/* There are no pages for memory that was booked. */
static int give_up(struct umem_client *c, size_t length)
{
	LOCK_SCOPE(&c->umem->lock);

	unbook(c, length);
	settle(c);
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

/* Queues behind those who came before; who gives memory back goes before those who only take. Locked. */
static void enqueue(struct umem *u, struct umem_sleeper *s)
{
	struct umem_sleeper *other;

	s->state = UMEM_PARKED;
	u->sleepers++;
	tell_changed(u);
	TAILQ_FOREACH (other, &u->queue, link) {
		if (s->pushpage && !other->pushpage) {
			TAILQ_INSERT_BEFORE(other, s, link);
			return;
		}
	}
	TAILQ_INSERT_TAIL(&u->queue, s, link);
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
	tell_changed(u);
	wake_hopeless(u, NULL);
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

/* Books the memory or parks the request. */
static int book(struct umem_client *c, size_t length, int flags, struct umem_sleeper *sleeper)
{
	struct umem *u = c->umem;
	LOCK_SCOPE(&u->lock);

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

/* Rounds up to whole pages, and books them or parks the request. */
static int book_size(struct umem_client *c, size_t size, int flags, struct umem_sleeper *sleeper,
		     size_t *length)
{
	assert(size > 0 && (sleeper || !(flags & UMEM_SLEEP)));
	if (!whole_pages(c->umem, size, length))
		return -ENOMEM;
	return book(c, *length, flags, sleeper);
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

	unbook(c, length);
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
		wake(u, s, err);
	serve_queue(u);
}

void umem_interrupt_all(struct umem_client *c, int err)
{
	struct umem *u = c->umem;
	struct umem_sleeper *s, *next;
	LOCK_SCOPE(&u->lock);

	TAILQ_FOREACH_SAFE (s, &u->queue, link, next) {
		if (s->client == c)
			wake(u, s, err);
	}
	serve_queue(u);
}

void umem_settle(struct umem_client *c)
{
	LOCK_SCOPE(&c->umem->lock);

	settle(c);
}

void umem_free(struct umem_client *c, struct umem_cookie *cookie)
{
	struct umem *u = c->umem;

	u->source.release(u->source.ctx, &cookie->range, cookie->addr);
	LOCK_SCOPE(&u->lock);
	unbook(c, cookie->range.length);
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
