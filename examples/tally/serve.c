// SPDX-License-Identifier: MIT
#include <errno.h>
#include <time.h>
#include <unistd.h>

#include "serve.h"

static void on_lost(void *ctx, int err)
{
	struct tally_server *s = ctx;

	s->lost = err;
	service_notice(s->service);
}

/* Request slots and what INIT has agreed on: all that this device, which lives with its process, needs of an arena. */
static int open_arena(struct tally_server *s, enum channel_kind kind)
{
	const struct arena_table tables[ARENA_SECTIONS] = {
		[ARENA_CHANNELS] = {sizeof(struct channel_state), 1, 0},
		[ARENA_SLOTS] = {slot_size(channel_buffer_size(kind)), SLOT_COUNT, 0},
	};
	int fd = arena_open();
	int err = fd < 0 ? fd : arena_create(&s->arena, fd, tables);

	if (err && fd >= 0)
		close(fd);
	if (!err) /* that they cannot be locked in memory matters only to who goes on after a crash */
		(void)slots_prepare(&s->arena, worker_count());
	return err;
}

/* Answers INIT: on CUSE, that makes the device node. */
static int open_channel(struct tally_server *s, enum channel_kind kind, int fd)
{
	struct channel *c = &s->channel;
	int err;

	*c = (struct channel){
		.kind = kind,
		.served = &s->served,
		.state = arena_entry(&s->arena, ARENA_CHANNELS, 0),
	};
	err = channel_init(c, fd);
	if (!err)
		err = channel_handshake(c, arena_entry(&s->arena, ARENA_SLOTS, SLOT_HANDSHAKE));
	if (!err && kind == CHANNEL_CUSE)
		err = cuse_check_node(c);
	return err;
}

static int start_workers(struct tally_server *s)
{
	int err;

	s->pool = (struct pool){
		.arena = &s->arena,
		.channels = &s->channel,
		.channel_count = 1,
		.served = &s->served,
		.lost = on_lost,
		.ctx = s,
	};
	err = pool_init(&s->pool);
	if (!err)
		err = pool_start(&s->pool);
	s->is_serving = !err;
	return err;
}

int tally_server_start(struct tally_server *s, enum channel_kind kind, int fd,
		       const struct log *log, const struct service *service)
{
	int err;

	*s = (struct tally_server){.channel.fd = -1, .service = service};
	s->served = (struct served){
		.driver = &tally_ops,
		.ctx = &s->tally,
		.instances = 1,
		.name = "tally",
		.program = "tally",
		.started = time(NULL),
		.group = getegid(),
		.log = log,
	};
	err = tally_attach(&s->tally);
	if (!err)
		err = open_arena(s, kind);
	if (err) {
		close(fd);
		return err;
	}
	err = open_channel(s, kind, fd);
	return err ? err : start_workers(s);
}

void tally_server_stop(struct tally_server *s)
{
	if (s->is_serving)
		pool_stop(&s->pool);
	if (s->pool.workers)
		pool_destroy(&s->pool);
	channel_close(&s->channel);
	if (s->arena.header)
		arena_close(&s->arena);
	tally_detach(&s->tally);
}
