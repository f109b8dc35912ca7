// SPDX-License-Identifier: MIT
#include <limits.h>

#include "events.h"

static void on_poll_wake(void *ctx, uint32_t instance, uint64_t handle)
{
	channel_wake_poll(server_channel(ctx, instance), handle);
}

static void on_discarded(void *ctx, uint32_t instance)
{
	struct server *s = ctx;
	char name[NAME_MAX + 1];

	channel_device_name(&s->served, instance, name, sizeof(name));
	log_event(s->setup->log, LOG_INFO, "%s has its initial quotation again", "reset device=%s",
		  name, name);
	if (s->setup->state_dir->fd >= 0)
		service_notice(s->setup->service);
}

static void on_resized(void *ctx, uint32_t instance, uint64_t from, uint64_t to)
{
	struct server *s = ctx;
	char name[NAME_MAX + 1];

	channel_device_name(&s->served, instance, name, sizeof(name));
	log_event(s->setup->log, LOG_INFO, "%s has a new size of %ju bytes",
		  "resize device=%s from=%ju to=%ju", name, (uintmax_t)to, name, (uintmax_t)from,
		  (uintmax_t)to);
	if (s->setup->kind == CHANNEL_FUSE)
		fuse_say_resized(&s->channels[0], instance);
}

static void on_gone(void *ctx, uint32_t instance)
{
	struct server *s = ctx;

	(void)instance;
	service_notice(s->setup->service);
}

void events_on_memory_changed(void *ctx)
{
	struct server *s = ctx;

	service_update(s->setup->service);
}

void events_on_lost(void *ctx, int err)
{
	struct server *s = ctx;

	s->lost = err;
	service_notice(s->setup->service);
}

struct qotd_callbacks events_callbacks(struct server *s)
{
	return (struct qotd_callbacks){
		.poll_wake = on_poll_wake,
		.discarded = on_discarded,
		.resized = on_resized,
		.gone = on_gone,
		.ctx = s,
	};
}
