/* SPDX-License-Identifier: MIT */
/*
 * Resizes, writes and discards a device that nobody else changes, and knows at each moment its content, its
 * size, whether it is changed, and how often it was.
 */
#include "client.h"

#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>

#define SIZE_MAX_HERE  (256u << 10)
#define QUOTATION      "On the whole, I'd rather be in Philadelphia. - W. C. Fields\n"
#define INITIAL_SIZE   128
#define RESTING_SIZE   1000
#define STEPS_PER_TURN 12

struct model {
	struct client *c;
	int fd, other;
	uint64_t size;
	uint64_t changes;
	bool changed;
	unsigned char content[SIZE_MAX_HERE];
};

static unsigned char got[SIZE_MAX_HERE];

static void check(struct model *m)
{
	struct qotd_info info = get_info(m->c, m->other);
	uint64_t pages = (m->size + 4095) / 4096 * 4096;

	if (info.changes != m->changes)
		fail(m->c, info.changes > m->changes ? DOUBLED : LOST,
		     "%llu changes have been counted instead of %llu, after: %s",
		     (unsigned long long)info.changes, (unsigned long long)m->changes, m->c->doing);
	if (info.size != m->size || get_size(m->c, m->other) != m->size || info.allocated != pages)
		fail(m->c, LOST, "the size is %llu (%llu allocated) instead of %llu, after: %s",
		     (unsigned long long)info.size, (unsigned long long)info.allocated,
		     (unsigned long long)m->size, m->c->doing);
	if (!(info.flags & QOTD_INFO_CHANGED) == m->changed)
		fail(m->c, LOST, "changed is %d, after: %s", !m->changed, m->c->doing);
	read_at(m->c, m->other, 0, got, m->size);
	if (memcmp(got, m->content, m->size) != 0)
		fail(m->c, LOST, "the content of %llu bytes is wrong, after: %s",
		     (unsigned long long)m->size, m->c->doing);
}

static void resize(struct model *m, uint64_t size)
{
	proceed(m->c, "a resize");
	set_size(m->c, m->fd, size);
	if (size > m->size)
		memset(m->content + m->size, 0, size - m->size);
	m->size = size;
	m->changed = true;
	m->changes++;
}

static void write_somewhere(struct model *m)
{
	uint64_t start = random_below(&m->c->random, m->size);
	uint64_t length = 1 + random_below(&m->c->random, m->size - start);

	proceed(m->c, "a write");
	fill_pattern(m->content + start, length, start, (uint32_t)m->changes);
	write_at(m->c, m->fd, start, m->content + start, length);
	m->changed = true;
	/* One call of more than 128 KiB is several requests on the character device. */
	m->changes += storm->is_fuse ? 1 : (length + 131071) / 131072;
}

/* Counts as a change unless the content is the initial one already. */
static void discard(struct model *m)
{
	proceed(m->c, "a discard");
	if (ioctl(m->fd, QOTDIOCDISCARD) < 0)
		fail_call(m->c, "QOTDIOCDISCARD");
	m->changes += m->changed || m->size != INITIAL_SIZE;
	m->changed = false;
	m->size = INITIAL_SIZE;
	memset(m->content, 0, INITIAL_SIZE);
	memcpy(m->content, QUOTATION, strlen(QUOTATION));
}

static void step(struct model *m)
{
	uint64_t chance = random_below(&m->c->random, 10);

	if (chance < 5)
		resize(m, 1 + random_below(&m->c->random,
					   SIZE_MAX_HERE >> random_below(&m->c->random, 8)));
	else if (chance < 8)
		write_somewhere(m);
	else
		discard(m);
	check(m);
	m->c->count++;
}

void run_resizer(struct client *c)
{
	static struct model m;
	struct qotd_info info;

	m.c = c;
	m.fd = open_device(c, DEVICE_RESIZED, O_WRONLY);
	m.other = open_device(c, DEVICE_RESIZED, O_RDONLY);
	info = get_info(c, m.other);
	m.changes = info.changes;
	m.changed = info.flags & QOTD_INFO_CHANGED;
	m.size = info.size;
	discard(&m);
	while (go_on(c, "resizing")) {
		take_turn(c);
		for (int i = 0; i < STEPS_PER_TURN; i++)
			step(&m);
		resize(&m, RESTING_SIZE);
		check(&m);
		give_turn();
	}
}
