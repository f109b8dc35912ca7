// SPDX-License-Identifier: MIT
#include <errno.h>
#include <grp.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "attach.h"
#include "events.h"
#include "recovery.h"
#include "server.h"
#include "storage.h"

struct channel *server_channel(struct server *s, uint32_t instance)
{
	return &s->channels[s->setup->kind == CHANNEL_CUSE ? instance : 0];
}

/* The group that may write the files on FUSE, as the udev rule has it for the device. */
static gid_t writers_group(void)
{
	const struct group *g = geteuid() == 0 ? getgrnam("qotd") : NULL;

	return g ? g->gr_gid : getegid();
}

static int prepare(struct server *s)
{
	const struct server_setup *setup = s->setup;

	s->callbacks = events_callbacks(s);
	s->driver = (struct qotd_driver){
		.devices = calloc(setup->instances, sizeof(*s->driver.devices)),
		.device_count = setup->instances,
		.umem = &s->umem,
		.parking = &s->parking,
		.legacy_ioctl = setup->legacy_ioctl,
		.long_work = pool_long_work,
		.long_work_ctx = &s->pool,
	};
	s->served = (struct served){
		.driver = &qotd_ops,
		.ctx = &s->driver,
		.instances = setup->instances,
		.name = setup->name,
		.program = "qotd-cuse",
		.unrestricted_ioctl = setup->legacy_ioctl,
		.started = time(NULL),
		.group = writers_group(),
		.log = setup->log,
	};
	s->channels = calloc(s->channel_count, sizeof(*s->channels));
	for (uint32_t i = 0; s->channels && i < s->channel_count; i++)
		s->channels[i].fd = -1;
	s->parent = (struct qotd_parent){
		.config = setup->config,
		.callbacks = &s->callbacks,
		.umem = &s->umem,
		.files = &s->files,
	};
	return s->driver.devices && s->channels ? storage_open(s) : -ENOMEM;
}

/* Answers INIT on a channel: on CUSE, that makes the device node. */
static int open_channel(struct server *s, uint32_t index, int fd)
{
	struct channel *c = &s->channels[index];
	int err;

	*c = (struct channel){
		.kind = s->setup->kind,
		.index = index,
		.instance = index,
		.served = &s->served,
		.state = arena_entry(&s->arena, ARENA_CHANNELS, index),
	};
	err = channel_init(c, fd);
	if (!err)
		err = channel_handshake(c, arena_entry(&s->arena, ARENA_SLOTS, SLOT_HANDSHAKE));
	if (!err && c->kind == CHANNEL_CUSE)
		err = cuse_check_node(c);
	return err;
}

static int prepare_workers(struct server *s)
{
	int err;

	s->pool = (struct pool){
		.arena = &s->arena,
		.channels = s->channels,
		.channel_count = s->channel_count,
		.served = &s->served,
		.lost = events_on_lost,
		.ctx = s,
	};
	err = pool_init(&s->pool);
	if (!err)
		s->progress |= SERVER_DID_POOL;
	return err;
}

/* Goes on where the last process stopped. */
static void recover(struct server *s)
{
	unsigned requests = recovery_replay(s);

	log_event(s->setup->log, LOG_INFO,
		  "took over from a process that ended: %u requests in progress",
		  "recovered requests=%u restarts=%ju", requests, requests,
		  (uintmax_t)s->arena.header->starts);
	service_notice(s->setup->service);
}

/* Opens the channels, and closes those that are not needed any more because one failed. */
static int open_channels(struct server *s, const int fds[])
{
	uint32_t opened = 0;
	int err = 0;

	while (!err && opened < s->channel_count) {
		err = open_channel(s, opened, fds[opened]);
		opened++;
	}
	while (opened < s->channel_count)
		close(fds[opened++]);
	return err;
}

/* Requests are not read before all devices have memory: none can see a device without. */
int server_start(struct server *s, const struct server_setup *setup, const int fds[])
{
	int err;

	*s = (struct server){.setup = setup};
	s->is_over_cuse = setup->kind == CHANNEL_CUSE && cuse_is_device(fds[0]);
	s->channel_count = setup->kind == CHANNEL_CUSE ? setup->instances : 1;
	err = prepare(s);
	if (err) {
		for (uint32_t i = 0; i < s->channel_count; i++)
			close(fds[i]);
		return err;
	}
	umem_watch(&s->umem, events_on_memory_changed, s);
	err = open_channels(s, fds);
	for (uint32_t i = 0; !err && i < setup->instances; i++)
		err = attach_device(s, i);
	if (!err)
		err = prepare_workers(s);
	if (err)
		return err;
	if (s->recovered)
		recover(s);
	s->arena.header->starts++;
	err = pool_start(&s->pool);
	if (!err)
		s->progress |= SERVER_DID_WORKERS;
	return err;
}

/* Whether somebody else has the channels, too, so that closing ours does not end them. */
static bool is_held(const struct server *s)
{
	return s->setup->kind == CHANNEL_CUSE && s->setup->arena_fd >= 0;
}

/* Takes a device away that nobody uses any more. */
static void remove_device(struct server *s, uint32_t instance)
{
	char name[NAME_MAX + 1];

	pool_stop(&s->pool);
	if (s->setup->kind == CHANNEL_CUSE)
		channel_close(&s->channels[instance]);
	qotd_detach(&s->driver.devices[instance]);
	parking_run_ready(&s->parking); /* who has waited for its memory */
	s->lost = pool_start(&s->pool);
	if (s->setup->kind == CHANNEL_FUSE)
		fuse_say_gone(&s->channels[0], instance);
	channel_device_name(&s->served, instance, name, sizeof(name));
	log_event(s->setup->log, LOG_INFO, "%s is detached", "detach device=%s", name, name);
}

/* The process before may have died before it could tell the kernel which names are gone. */
static void say_gone_again(struct server *s)
{
	if (!s->recovered || s->said_gone || s->setup->kind != CHANNEL_FUSE)
		return;
	s->said_gone = true;
	for (uint32_t i = 0; i < s->driver.device_count; i++)
		if (!qotd_is_attached(&s->driver.devices[i]))
			fuse_say_gone(&s->channels[0], i);
}

bool server_handle_notice(struct server *s)
{
	uint32_t left = 0;

	attach_forget_discarded(s);
	say_gone_again(s);
	for (uint32_t i = 0; i < s->driver.device_count; i++) {
		struct qotd *q = &s->driver.devices[i];
		bool leaving = qotd_is_leaving(q);

		/* Whoever else holds the channel holds the device: it must be answered, if only with ENXIO. */
		if (leaving && !is_held(s))
			remove_device(s, i);
		left += qotd_is_attached(q) && !leaving;
	}
	if (s->lost)
		log_warning(s->setup->log, "no more requests come: %s",
			    s->lost == -ENODEV ? "the kernel has ended the connection"
					       : strerror(-s->lost));
	return left > 0 && !s->lost;
}

void server_set_memory_limit(struct server *s, uint64_t limit)
{
	umem_set_limit(&s->umem, limit);
	parking_run_ready(&s->parking);
}

/* Ends the sleep of all parked requests. */
static void end_sleepers(struct server *s)
{
	for (uint32_t i = 0; i < s->driver.device_count; i++) {
		struct qotd *q = &s->driver.devices[i];

		if (qotd_is_attached(q))
			umem_interrupt_all(&q->memory, -ENODEV);
	}
	parking_run_ready(&s->parking);
}

void server_stop(struct server *s, bool leave)
{
	if (s->progress & SERVER_DID_WORKERS) {
		pool_stop(&s->pool);
		parking_run_ready(&s->parking);
		if (!leave)
			end_sleepers(s);
		attach_save_devices(s);
	}
	if (s->progress & SERVER_DID_POOL)
		pool_destroy(&s->pool);
	for (uint32_t i = 0; s->driver.devices && i < s->driver.device_count; i++) {
		if (leave)
			qotd_leave(&s->driver.devices[i]);
		else
			qotd_detach(&s->driver.devices[i]);
	}
	for (uint32_t i = 0; s->channels && i < s->channel_count; i++)
		channel_close(&s->channels[i]);
	storage_close(s);
	free(s->channels);
	free(s->driver.devices);
	s->progress = 0;
}
