/* SPDX-License-Identifier: MIT */
/*
 * The daemon as a whole: puts the layers together, serves until told to stop, takes them apart again.
 */
#ifndef SERVER_H
#define SERVER_H

#include "arena.h"
#include "channel.h"
#include "device.h"
#include "log.h"
#include "openfile.h"
#include "parking.h"
#include "qotd_ops.h"
#include "service.h"
#include "state_file.h"
#include "umem.h"
#include "worker.h"

/* How far server_start() came: what server_stop() has to undo, in reverse order. */
#define SERVER_DID_ARENA   0x01u
#define SERVER_DID_FILES   0x02u
#define SERVER_DID_PARKING 0x04u
#define SERVER_DID_POOL	   0x08u
#define SERVER_DID_WORKERS 0x10u

/* What a server serves, and for whom. Must outlive it. */
struct server_setup {
	enum channel_kind kind;
	const char *name; /* of instance 0 */
	uint32_t instances;
	uint64_t memory; /* limit for all instances, bytes */
	bool legacy_ioctl;
	/*
	 * The file of the arena, which another process may have left something in. It becomes the server's.
	 * -1: a new one, which nobody else holds.
	 */
	int arena_fd;
	bool channels_are_new; /* whatever the arena says, nobody has used the channels yet */
	bool discard_state;    /* start afresh when the arena cannot be used */
	const struct state_dir *state_dir;
	const struct qotd_config *config;
	const struct log *log;
	struct service *service;
};

struct server {
	const struct server_setup *setup;
	unsigned progress; /* SERVER_DID_* */
	bool said_gone;	   /* the kernel has been told which devices are gone */
	bool is_over_cuse; /* the channels are /dev/cuse, not the sockets of a test */
	bool recovered;	   /* the arena is that of a process before this one */

	struct arena arena;
	struct umem umem;
	struct openfiles files;
	struct parking parking;
	struct qotd_callbacks callbacks;
	struct qotd_parent parent;
	struct qotd_driver driver;
	struct served served;
	struct channel *channels;
	uint32_t channel_count;
	struct pool pool;
	_Atomic int lost; /* why no more requests come from a channel, -errno */
};

/*
 * Starts serving on descriptors that are open already: one for each instance (CUSE), or one for all (FUSE).
 * They become the server's, even when it fails; the array stays the caller's. Returns 0, or -errno after a
 * message. In both cases server_stop() ends it.
 *
 * The server gives notice to `service` when something happens that its main thread has to see to.
 */
int server_start(struct server *s, const struct server_setup *setup, const int fds[]);

/*
 * What a SERVICE_NOTICE is about: a connection was lost, or a detached device has been closed by its last
 * user and is taken away. Returns false when there is nothing left to serve.
 */
bool server_handle_notice(struct server *s);

/*
 * Ends all: requests in progress are finished, those that sleep fail with ENODEV, changed devices are saved.
 * Or, for the next process to go on, leaves all as it is in the arena: sleepers sleep on.
 */
void server_stop(struct server *s, bool leave);

/* Changes the memory limit while the server serves, and completes the operations that need wait no longer. */
void server_set_memory_limit(struct server *s, uint64_t limit);

/* The channel of an instance. */
struct channel *server_channel(struct server *s, uint32_t instance);

#endif
