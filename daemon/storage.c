// SPDX-License-Identifier: MIT
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "recovery.h"
#include "storage.h"

/* Tables of the arena are sparse: their bounds cost address space, no memory. */
#define MAX_OPEN_FILES 65536
#define MAX_SLEEPING   16384

static int refuse(const struct server *s, int err, const char *what)
{
	log_event(s->setup->log, LOG_ERR,
		  "%s; it is left as it is. To start without it, give --discard-state, or stop "
		  "the service and start it again",
		  "refused what=arena errno=%d", what, -err);
	return err;
}

/* Whether the kernel does not know the devices of the arena any more: nobody can have them open. */
static bool devices_are_new(const struct server *s)
{
	if (s->setup->channels_are_new)
		return true;
	return s->is_over_cuse && !cuse_node_exists(&s->served, 0);
}

/* Takes over what is in the arena. */
static int adopt(struct server *s, int fd, const struct arena_table tables[])
{
	int err = arena_adopt(&s->arena, fd, tables);

	if (err)
		return err;
	if (recovery_count_instances(&s->arena) > s->setup->instances)
		err = -EPROTO;
	if (!err)
		err = recovery_finish_plans(&s->arena, s->channel_count, s->setup->config);
	if (!err)
		err = recovery_check_states(&s->arena);
	if (!err && devices_are_new(s))
		err = recovery_has_changes(&s->arena) ? -EEXIST : -ENODATA;
	if (err) {
		arena_unmap_fixed(&s->arena);
		return err;
	}
	s->recovered = true;
	return 0;
}

/* An arena to go on with, or a new one if nothing is lost by it or we are told so. */
static int open_arena(struct server *s, const struct arena_table tables[])
{
	int fd = s->setup->arena_fd >= 0 ? s->setup->arena_fd : arena_open();
	int err;

	if (fd < 0)
		return fd;
	err = adopt(s, fd, tables);
	if (err == -EPROTO && !s->setup->discard_state)
		err = refuse(s, err,
			     "the state of the last process is damaged, or of another version or "
			     "other options");
	else if (err == -EEXIST && !s->setup->discard_state)
		err = refuse(s, err, "there is changed content of a device that is gone");
	else if (err == -ENODATA || err == -EPROTO || err == -EEXIST)
		err = ftruncate(fd, 0) < 0 ? -errno : arena_create(&s->arena, fd, tables);
	else if (err)
		log_error(s->setup->log, "cannot take over the state of the last process: %s",
			  strerror(-err));
	if (err)
		close(fd);
	return err;
}

int storage_open(struct server *s)
{
	const struct server_setup *setup = s->setup;
	const struct arena_table tables[ARENA_SECTIONS] = {
		/* As many as there can be: the next process may have more than this one. */
		[ARENA_INSTANCES] = {sizeof(struct qotd_state), MAX_INSTANCES, 0},
		[ARENA_FILES] = {sizeof(struct openfile), MAX_OPEN_FILES, 0},
		[ARENA_CHANNELS] = {sizeof(struct channel_state), MAX_INSTANCES, 0},
		[ARENA_SLOTS] = {slot_size(channel_buffer_size(setup->kind)), SLOT_COUNT, 0},
		[ARENA_PARKED] = {SLOT_PARKED_SIZE, MAX_SLEEPING, 0},
	};
	struct umem_source source;
	int err = open_arena(s, tables);

	if (err)
		return err;
	source = umem_arena_source(&s->arena);
	umem_init(&s->umem, &source, setup->memory);
	s->progress |= SERVER_DID_ARENA;
	if (!slots_prepare(&s->arena, worker_count()) && setup->arena_fd >= 0)
		log_warning(setup->log,
			    "cannot lock the request buffers in memory (%m): raise the limit, "
			    "or a crash may fail a request");

	err = openfiles_init(&s->files, &s->arena);
	if (err)
		return err;
	s->progress |= SERVER_DID_FILES;

	err = parking_init(&s->parking, &s->arena);
	if (err)
		return err;
	s->progress |= SERVER_DID_PARKING;
	return s->recovered ? recovery_reclaim_memory(&s->arena) : 0;
}

void storage_close(struct server *s)
{
	if (s->progress & SERVER_DID_PARKING)
		parking_destroy(&s->parking);
	if (s->progress & SERVER_DID_FILES)
		openfiles_destroy(&s->files);
	if (s->progress & SERVER_DID_ARENA) {
		umem_destroy(&s->umem);
		arena_close(&s->arena);
	}
}
