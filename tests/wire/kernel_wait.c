// SPDX-License-Identifier: MIT
/* What a test waits for. */
#include <stdlib.h>

#include "deadline.h"
#include "kernel.h"
#include "wire.h"

static struct packet *take_answer(struct kernel *k, uint64_t unique)
{
	struct packet *p;

	TAILQ_FOREACH (p, &k->answers, link) {
		if (p->header.unique == unique) {
			TAILQ_REMOVE(&k->answers, p, link);
			return p;
		}
	}
	return NULL;
}

struct packet *kernel_answer(struct kernel *k, uint64_t unique)
{
	int64_t deadline = deadline_in(KERNEL_TIMEOUT_MS);
	struct packet *p;

	while (!(p = take_answer(k, unique))) {
		const struct pending *request = kernel_pending(k, unique);

		if (!request)
			fail_msg("request %llu was never sent", (unsigned long long)unique);
		if (!kernel_receive(k, deadline_left(deadline)))
			fail_msg("%s before request %llu (opcode %u) was answered",
				 k->has_ended ? "the daemon closed the channel" : "the time was up",
				 (unsigned long long)unique, request->opcode);
	}
	return p;
}

int kernel_result(struct kernel *k, uint64_t unique)
{
	struct packet *p = kernel_answer(k, unique);
	int error = p->header.error;

	free(p);
	return error;
}

static void take_all(struct kernel *k)
{
	while (kernel_receive(k, 0))
		;
}

bool kernel_is_answered(struct kernel *k, uint64_t unique)
{
	take_all(k);
	return !kernel_pending(k, unique);
}

uint64_t kernel_next_answered(struct kernel *k)
{
	int64_t deadline = deadline_in(KERNEL_TIMEOUT_MS);

	while (TAILQ_EMPTY(&k->answers))
		if (!kernel_receive(k, deadline_left(deadline)))
			fail_msg("no answer came at all");
	return TAILQ_FIRST(&k->answers)->header.unique;
}

struct packet *kernel_notice(struct kernel *k, enum fuse_notify_code code)
{
	int64_t deadline = deadline_in(KERNEL_TIMEOUT_MS);
	struct packet *p;

	while (!(p = TAILQ_FIRST(&k->notices)))
		if (!kernel_receive(k, deadline_left(deadline)))
			fail_msg("no notification came, where code %d was due", (int)code);
	TAILQ_REMOVE(&k->notices, p, link);
	assert_int_equal(p->header.error, code);
	return p;
}

bool kernel_has_notice(struct kernel *k)
{
	take_all(k);
	return !TAILQ_EMPTY(&k->notices);
}

void kernel_wait_end(struct kernel *k)
{
	int64_t deadline = deadline_in(KERNEL_TIMEOUT_MS);

	while (!k->has_ended)
		if (!kernel_receive(k, deadline_left(deadline)) && !k->has_ended)
			fail_msg("the daemon keeps the channel open");
}

void kernel_wait_again(struct kernel *k, unsigned count)
{
	int64_t deadline = deadline_in(KERNEL_TIMEOUT_MS);

	while (k->again < count)
		if (!kernel_receive(k, deadline_left(deadline)))
			fail_msg("%u of %u interrupts were sent back", k->again, count);
}

unsigned kernel_count_pending(struct kernel *k)
{
	const struct pending *p;
	unsigned count = 0;

	take_all(k);
	TAILQ_FOREACH (p, &k->pending, link)
		count++;
	return count;
}
