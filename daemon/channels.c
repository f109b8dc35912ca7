// SPDX-License-Identifier: MIT
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "arena.h"
#include "channels.h"
#include "cleanup.h"
#include "device.h"
#include "service.h"
#include "supervise.h"

/* Of a descriptor: "cuse" with a number. */
#define FD_NAME_SIZE 16

static void fd_name(const struct channels *ch, uint32_t index, char name[static FD_NAME_SIZE])
{
	if (ch->kind == CHANNEL_FUSE)
		strlcpy(name, "fuse", FD_NAME_SIZE);
	else
		snprintf(name, FD_NAME_SIZE, "cuse%u", index);
}

static uint32_t fd_count(const struct channels *ch)
{
	return ch->kind == CHANNEL_CUSE ? ch->instances : 1;
}

static int init(struct channels *ch, const struct options *o)
{
	*ch = (struct channels){
		.kind = o->fuse_dir ? CHANNEL_FUSE : CHANNEL_CUSE,
		.instances = o->instances,
		.arena_fd = -1,
		.fds = calloc(o->instances, sizeof(*ch->fds)),
		.supervised = getenv(SUPERVISED_ENV) != NULL,
	};
	return ch->fds ? 0 : -ENOMEM;
}

/* Opens /dev/cuse for one instance, unless its name is taken. */
static int open_cuse(const struct options *o, uint32_t instance, const struct log *log)
{
	const struct served names = {.name = o->name};
	char name[NAME_MAX + 1];

	if (!cuse_is_loaded() || !cuse_node_exists(&names, instance))
		return cuse_open(log);
	channel_device_name(&names, instance, name, sizeof(name));
	log_error(log, "/dev/%s is served already", name);
	return -EEXIST;
}

/* Opens what is to be served, when nobody has done so before. */
static int open_new(struct channels *ch, const struct options *o, const struct log *log)
{
	ch->are_new = true;
	for (uint32_t i = 0; i < fd_count(ch); i++) {
		ch->fds[i] = o->fuse_dir ? mount_make(&ch->mount, "qotd-cuse", o->fuse_dir, log)
					 : open_cuse(o, i, log);
		if (ch->fds[i] < 0) {
			int err = ch->fds[i];

			while (i-- > 0)
				close(ch->fds[i]);
			return err;
		}
	}
	return 0;
}

/*
 * Clients may have any device open that the last process has served: there are no fewer now, whatever the options
 * say.
 */
static int keep_all_passed(struct channels *ch, const struct service_passed *passed,
			   const struct log *log)
{
	uint32_t wanted = ch->instances;
	char name[FD_NAME_SIZE];
	int *fds;

	if (ch->kind == CHANNEL_FUSE)
		return 0;
	for (fd_name(ch, wanted, name);
	     ch->instances < MAX_INSTANCES && service_passed_fd(passed, name) >= 0;
	     fd_name(ch, ch->instances, name))
		ch->instances++;
	if (ch->instances == wanted)
		return 0;
	log_event(log, LOG_WARNING,
		  "there are %u devices, and not %u: to have fewer, stop the service and start it "
		  "again",
		  "more-devices devices=%u wanted=%u", ch->instances, wanted, ch->instances,
		  wanted);
	fds = reallocarray(ch->fds, ch->instances, sizeof(*fds));
	if (!fds)
		return -ENOMEM;
	ch->fds = fds;
	return 0;
}

/* -ENOENT: nothing was passed. */
static int take_passed(struct channels *ch, const struct log *log)
{
	cleanup(service_free_passed) struct service_passed passed;
	char name[FD_NAME_SIZE];
	int err = service_get_passed(&passed);

	if (!err)
		err = keep_all_passed(ch, &passed, log);
	if (err)
		return err;
	ch->arena_fd = service_passed_fd(&passed, "arena");
	for (uint32_t i = 0; i < fd_count(ch); i++) {
		fd_name(ch, i, name);
		ch->fds[i] = service_passed_fd(&passed, name);
		if (ch->fds[i] < 0 && (i > 0 || ch->arena_fd >= 0)) {
			log_error(log,
				  "of what the last process left, the channel '%s' is missing: "
				  "stop the service and start it again",
				  name);
			return -EPROTO;
		}
		if (ch->fds[i] < 0)
			return -ENOENT;
	}
	return 0;
}

/* Has the arena in the store before anything happens that must be in it. */
static int store_arena(struct channels *ch, const struct log *log)
{
	int err;

	ch->are_stored = true;
	if (ch->arena_fd >= 0)
		return 0;
	ch->arena_fd = arena_open();
	if (ch->arena_fd < 0)
		return ch->arena_fd;
	err = service_store_fd("arena", ch->arena_fd);
	if (err)
		log_warning(log, "the service manager does not keep the state across a crash: %s",
			    strerror(-err));
	return 0;
}

int channels_open(struct channels *ch, const struct options *o, const struct log *log)
{
	int err = init(ch, o);

	if (err)
		return err;
	err = take_passed(ch, log);
	if (err == -ENOENT)
		err = open_new(ch, o, log);
	else if (!err && !ch->supervised)
		err = store_arena(ch, log);
	else if (!err && ch->kind == CHANNEL_FUSE)
		err = mount_adopt(&ch->mount, getenv(SUPERVISED_ENV));
	if (!err && o->user)
		err = service_become(o->user, log);
	return err;
}

void channels_close(struct channels *ch)
{
	/* A child does not, unless its parent has been killed: then nobody else can. */
	if (ch->supervised && !supervise_parent_is_dead())
		mount_leave(&ch->mount);
	else
		mount_undo(&ch->mount);
	free(ch->fds);
}

/*
 * A channel that has made its device is in the store already, and in use. One that has not is left from a
 * start that failed: nobody knows how far it came.
 */
int channels_store(const struct options *o, const struct log *log)
{
	const struct served names = {.name = o->name};
	cleanup(channels_close) struct channels ch = {0};
	char name[FD_NAME_SIZE];

	if (o->fuse_dir)
		return EXIT_SUCCESS;
	if (init(&ch, o) < 0)
		return EXIT_FAILURE;
	for (uint32_t i = 0; i < o->instances; i++) {
		cleanup_close int fd = -1;

		if (cuse_is_loaded() && cuse_node_exists(&names, i))
			continue;
		fd = cuse_open(log);
		if (fd < 0)
			return EXIT_FAILURE;
		fd_name(&ch, i, name);
		service_unstore_fd(name);
		if (service_store_fd(name, fd) < 0) {
			log_error(log, "the service manager does not take the channel");
			return EXIT_FAILURE;
		}
	}
	return EXIT_SUCCESS;
}

int channels_supervise(const struct options *o, char *argv[], const struct log *log)
{
	cleanup(channels_close) struct channels ch = {0};
	cleanup_free struct held_fd *held = calloc(o->instances + 1, sizeof(*held));
	uint32_t count;

	if (!held || init(&ch, o) < 0 || open_new(&ch, o, log) < 0)
		return EXIT_FAILURE;
	ch.arena_fd = arena_open();
	if (ch.arena_fd < 0) {
		log_error(log, "cannot make the arena: %s", strerror(-ch.arena_fd));
		return EXIT_FAILURE;
	}
	for (count = 0; count < fd_count(&ch); count++) {
		fd_name(&ch, count, held[count].name);
		held[count].fd = ch.fds[count];
	}
	strlcpy(held[count].name, "arena", sizeof(held[count].name));
	held[count].fd = ch.arena_fd;
	return supervise(argv, held, count + 1, ch.arena_fd, ch.mount.path, log);
}
