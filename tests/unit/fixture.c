// SPDX-License-Identifier: MIT
#include "fixture.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void poll_wake(void *ctx, uint32_t instance, uint64_t handle)
{
	(void)instance;
	((struct fixture *)ctx)->woken[handle]++;
}

static void discarded(void *ctx, uint32_t instance)
{
	((struct fixture *)ctx)->discarded[instance]++;
}

static void resized(void *ctx, uint32_t instance, uint64_t from, uint64_t to)
{
	struct fixture *f = ctx;

	f->resized[instance]++;
	f->resized_from = from;
	f->resized_to = to;
}

static void gone(void *ctx, uint32_t instance)
{
	((struct fixture *)ctx)->gone[instance]++;
}

int fixture_setup_detached(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	static char quote[] = FIXTURE_QUOTE;

	if (!f)
		return -1;
	memory_open(&f->memory, FIXTURE_PAGES);
	assert_int_equal(openfiles_init(&f->files, &f->memory.arena), 0);
	f->config = (struct qotd_config){
		.quote = quote,
		.quote_length = strlen(quote),
		.initial_size = FIXTURE_INITIAL,
		.max_size = FIXTURE_MAX,
	};
	f->callbacks = (struct qotd_callbacks){
		.poll_wake = poll_wake,
		.discarded = discarded,
		.resized = resized,
		.gone = gone,
		.ctx = f,
	};
	f->parent = (struct qotd_parent){
		.config = &f->config,
		.callbacks = &f->callbacks,
		.umem = &f->memory.umem,
		.files = &f->files,
	};
	f->q = &f->devices[0];
	*state = f;
	return 0;
}

int fixture_setup(void **state)
{
	if (fixture_setup_detached(state) < 0)
		return -1;
	for (uint32_t i = 0; i < MEMORY_INSTANCES; i++)
		if (fixture_attach(*state, i) < 0)
			return -1;
	return 0;
}

int fixture_teardown(void **state)
{
	struct fixture *f = *state;

	if (memory_sleepers(&f->memory))
		return -1; /* a test that failed, or that forgot something */
	for (uint32_t i = 0; i < MEMORY_INSTANCES; i++)
		qotd_detach(&f->devices[i]);
	if (memory_used(&f->memory))
		return -1;
	openfiles_destroy(&f->files);
	memory_close(&f->memory);
	free(f);
	return 0;
}

int fixture_attach(struct fixture *f, uint32_t instance)
{
	return qotd_attach(&f->devices[instance], instance, &f->parent, NULL);
}

/* The record of a request that nobody has begun. */
static struct txn *fresh_txn(struct fixture *f)
{
	f->txn = (struct txn){.state = TXN_NONE};
	return &f->txn;
}

int fixture_try_open(struct fixture *f, struct qotd *q, uint64_t *fh)
{
	return qotd_open(q, fresh_txn(f), O_RDWR, POSITION_CALL, fh);
}

uint64_t fixture_open_mode(struct fixture *f, uint32_t flags, enum position_mode mode)
{
	uint64_t fh = 0;

	assert_int_equal(qotd_open(f->q, fresh_txn(f), flags, mode, &fh), 0);
	return fh;
}

uint64_t fixture_open(struct fixture *f, uint32_t flags)
{
	return fixture_open_mode(f, flags, POSITION_CLIENT);
}

int fixture_close(struct fixture *f, uint64_t fh)
{
	return qotd_close(f->q, fresh_txn(f), fh);
}

ssize_t fixture_read_io(struct fixture *f, const struct qotd_io *io, void *to)
{
	struct qotd_span span;
	int err = qotd_read_begin(f->q, fresh_txn(f), io, &span);

	if (err)
		return err;
	memcpy(to, span.data, span.length);
	qotd_read_end(f->q);
	return (ssize_t)span.length;
}

ssize_t fixture_write_io(struct fixture *f, const struct qotd_io *io, const void *from)
{
	size_t written = 0;
	int err = qotd_write(f->q, fresh_txn(f), io, from, &written);

	return err ? err : (ssize_t)written;
}

ssize_t fixture_read(struct fixture *f, uint64_t fh, uint64_t offset, void *to, size_t size)
{
	const struct qotd_io io = {.fh = fh, .offset = offset, .size = size, .pid = 1};

	return fixture_read_io(f, &io, to);
}

ssize_t fixture_write(struct fixture *f, uint64_t fh, uint64_t offset, const void *from,
		      size_t size)
{
	const struct qotd_io io = {.fh = fh, .offset = offset, .size = size, .pid = 1};

	return fixture_write_io(f, &io, from);
}

int fixture_resize(struct fixture *f, uint64_t fh, uint64_t size)
{
	return qotd_replace(f->q, fresh_txn(f), fh, QOTD_RESIZE, size, NULL);
}

int fixture_discard(struct fixture *f, uint64_t fh)
{
	return qotd_replace(f->q, fresh_txn(f), fh, QOTD_DISCARD, 0, NULL);
}

int fixture_seek(struct fixture *f, uint64_t fh, uint64_t position)
{
	return qotd_seek(f->q, fresh_txn(f), fh, position);
}

int fixture_request_detach(struct fixture *f, uint64_t fh)
{
	return qotd_request_detach(f->q, fresh_txn(f), fh);
}

int fixture_replace(struct fixture *f, uint64_t fh, enum qotd_replacement what, uint64_t size,
		    struct qotd_sleeper *s)
{
	return qotd_replace(s->q, fresh_txn(f), fh, what, size, s);
}

int fixture_resume(struct fixture *f, struct qotd_sleeper *s)
{
	return qotd_resume(s, fresh_txn(f));
}

struct qotd_info fixture_info(struct fixture *f, uint64_t fh)
{
	struct qotd_info info;

	memset(&info, 0xff, sizeof(info));
	assert_int_equal(qotd_get_info(f->q, fh, &info), 0);
	return info;
}

short fixture_poll(struct fixture *f, uint64_t fh, uint64_t handle)
{
	short events = 0;

	assert_in_range(handle, 0, FIXTURE_HANDLES - 1);
	assert_int_equal(qotd_poll(f->q, fh, handle, &events), 0);
	return events;
}

void fixture_expect(struct fixture *f, const char *text, uint64_t size)
{
	uint64_t fh = fixture_open(f, O_RDONLY);
	char *content = malloc(size + 1);

	assert_non_null(content);
	assert_int_equal(fixture_read(f, fh, 0, content, size + 1), size);
	assert_memory_equal(content, text, strlen(text));
	assert_true(is_filled(content + strlen(text), size - strlen(text), 0));
	free(content);
	assert_int_equal(fixture_close(f, fh), 0);
}

void fixture_leave_pages(struct fixture *f, unsigned left, struct umem_client *hog,
			 struct umem_cookie *pages)
{
	unsigned used = (unsigned)(memory_used(&f->memory) / f->memory.page);

	umem_client_init(&f->memory.umem, hog);
	memory_take(&f->memory, hog, FIXTURE_PAGES - used - left, pages);
}

void fixture_free_hog(struct umem_client *hog, struct umem_cookie *pages)
{
	umem_free(hog, pages);
	umem_client_destroy(hog);
}
