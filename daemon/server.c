// SPDX-License-Identifier: MIT
#include <errno.h>
#include <grp.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cleanup.h"
#include "server.h"

/* Tables of the arena are sparse: these bounds cost address space, no memory. */
#define MAX_OPEN_FILES 65536
#define MAX_SLEEPING   16384

static void poll_wake(void *handle)
{
	fuse_lowlevel_notify_poll(handle);
	fuse_pollhandle_destroy(handle);
}

static void poll_free(void *handle)
{
	fuse_pollhandle_destroy(handle);
}

static void on_resized(void *ctx, uint32_t instance)
{
	struct server *s = ctx;

	if (s->setup->kind == CHANNEL_FUSE)
		fuse_say_resized(&s->channels[0], instance);
}

static void on_gone(void *ctx, uint32_t instance)
{
	struct server *s = ctx;

	(void)instance;
	service_notice(s->setup->service);
}

static void on_lost(void *ctx, int err)
{
	struct server *s = ctx;

	s->lost = err;
	service_notice(s->setup->service);
}

static int commit_pages(void *ctx, size_t length, struct arena_range *range, void **addr)
{
	return arena_commit(ctx, length, range, addr);
}

static void release_pages(void *ctx, const struct arena_range *range, void *addr)
{
	arena_release(ctx, range, addr);
}

/* The arena, and what keeps its tables in it. */
static int start_storage(struct server *s)
{
	const struct server_setup *setup = s->setup;
	const struct arena_table tables[ARENA_SECTIONS] = {
		[ARENA_INSTANCES] = {sizeof(struct qotd_state), setup->instances, 0},
		[ARENA_FILES] = {sizeof(struct openfile), MAX_OPEN_FILES, 0},
		[ARENA_SLOTS] = {slot_size(channel_buffer_size(setup->kind)), worker_count(), 0},
		[ARENA_PARKED] = {SLOT_PARKED_SIZE, MAX_SLEEPING, 0},
	};
	struct umem_source source = {.commit = commit_pages, .release = release_pages, .ctx = &s->arena};
	int err = arena_create(&s->arena, tables);

	if (err)
		return err;
	source.page_size = s->arena.page_size;
	umem_init(&s->umem, &source, setup->memory);
	s->progress |= SERVER_DID_ARENA;

	err = openfiles_init(&s->files, &s->arena);
	if (err)
		return err;
	s->progress |= SERVER_DID_FILES;

	err = parking_init(&s->parking, &s->arena);
	if (err)
		return err;
	s->progress |= SERVER_DID_PARKING;
	return 0;
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

	s->callbacks = (struct qotd_callbacks){
		.poll_wake = poll_wake,
		.poll_free = poll_free,
		.resized = on_resized,
		.gone = on_gone,
		.ctx = s,
	};
	s->served = (struct served){
		.devices = calloc(setup->instances, sizeof(*s->served.devices)),
		.device_count = setup->instances,
		.name = setup->name,
		.parking = &s->parking,
		.umem = &s->umem,
		.log = setup->log,
		.legacy_ioctl = setup->legacy_ioctl,
		.started = time(NULL),
		.group = writers_group(),
		.long_work = pool_long_work,
		.long_work_ctx = &s->pool,
	};
	s->channel_count = setup->kind == CHANNEL_CUSE ? setup->instances : 1;
	s->channels = calloc(s->channel_count, sizeof(*s->channels));
	for (uint32_t i = 0; s->channels && i < s->channel_count; i++)
		s->channels[i].fd = -1;
	return s->served.devices && s->channels ? start_storage(s) : -ENOMEM;
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
	};
	err = channel_init(c, fd);
	if (!err)
		err = channel_handshake(c, arena_entry(&s->arena, ARENA_SLOTS, 0));
	if (!err && c->kind == CHANNEL_CUSE)
		err = cuse_check_node(c);
	return err;
}

static int attach_device(struct server *s, uint32_t instance)
{
	char name[NAME_MAX + 1];
	int err = qotd_attach(&s->served.devices[instance], instance, s->setup->config, &s->callbacks,
			      &s->umem, &s->files);

	if (err) {
		channel_device_name(&s->served, instance, name, sizeof(name));
		log_error(s->setup->log, "cannot attach %s: %s%s", name, strerror(-err),
			  err == -ENOMEM ? " (raise --memory)" : "");
	}
	return err;
}

static int start_workers(struct server *s)
{
	int err;

	s->pool = (struct pool){
		.arena = &s->arena,
		.channels = s->channels,
		.channel_count = s->channel_count,
		.parking = &s->parking,
		.log = s->setup->log,
		.lost = on_lost,
		.ctx = s,
	};
	err = pool_init(&s->pool);
	if (err)
		return err;
	s->progress |= SERVER_DID_POOL;
	err = pool_start(&s->pool);
	if (!err)
		s->progress |= SERVER_DID_WORKERS;
	return err;
}

/* Requests are not read before all devices have memory: none can see a device without. */
int server_start(struct server *s, const struct server_setup *setup, const int fds[])
{
	uint32_t opened = 0;
	int err;

	*s = (struct server){.setup = setup};
	err = prepare(s);
	while (!err && opened < s->channel_count) {
		err = open_channel(s, opened, fds[opened]);
		opened++;
	}
	for (uint32_t i = opened; i < (setup->kind == CHANNEL_CUSE ? setup->instances : 1); i++)
		close(fds[i]);
	for (uint32_t i = 0; !err && i < setup->instances; i++)
		err = attach_device(s, i);
	if (!err)
		err = start_workers(s);
	return err;
}

/* Takes a device away that nobody uses any more. */
static void remove_device(struct server *s, uint32_t instance)
{
	char name[NAME_MAX + 1];

	pool_stop(&s->pool);
	if (s->setup->kind == CHANNEL_CUSE)
		channel_close(&s->channels[instance]);
	qotd_detach(&s->served.devices[instance]);
	s->lost = pool_start(&s->pool);
	if (s->setup->kind == CHANNEL_FUSE)
		fuse_say_gone(&s->channels[0], instance);
	channel_device_name(&s->served, instance, name, sizeof(name));
	log_info(s->setup->log, "%s is detached", name);
}

bool server_handle_notice(struct server *s)
{
	uint32_t left = 0;

	for (uint32_t i = 0; i < s->served.device_count; i++) {
		struct qotd *q = &s->served.devices[i];

		if (qotd_is_leaving(q))
			remove_device(s, i);
		left += qotd_is_attached(q);
	}
	if (s->lost)
		log_warning(s->setup->log, "no more requests come: %s",
			    s->lost == -ENODEV ? "the kernel has ended the connection" : strerror(-s->lost));
	return left > 0 && !s->lost;
}

/* Ends the sleep of all parked requests. */
static void end_sleepers(struct server *s)
{
	for (uint32_t i = 0; i < s->served.device_count; i++) {
		struct qotd *q = &s->served.devices[i];

		if (qotd_is_attached(q))
			umem_interrupt_all(&q->memory, -ENODEV);
	}
	parking_run_ready(&s->parking);
}

void server_stop(struct server *s)
{
	if (s->progress & SERVER_DID_WORKERS) {
		pool_stop(&s->pool);
		end_sleepers(s);
	}
	if (s->progress & SERVER_DID_POOL)
		pool_destroy(&s->pool);
	for (uint32_t i = 0; s->served.devices && i < s->served.device_count; i++)
		qotd_detach(&s->served.devices[i]);
	for (uint32_t i = 0; s->channels && i < s->channel_count; i++)
		channel_close(&s->channels[i]);
	if (s->progress & SERVER_DID_PARKING)
		parking_destroy(&s->parking);
	if (s->progress & SERVER_DID_FILES)
		openfiles_destroy(&s->files);
	if (s->progress & SERVER_DID_ARENA) {
		umem_destroy(&s->umem);
		arena_destroy(&s->arena);
	}
	free(s->channels);
	free(s->served.devices);
	s->progress = 0;
}
