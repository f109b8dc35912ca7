/* SPDX-License-Identifier: MIT */
/* /dev/tally on a channel: the device, and the layers that serve it. */
#ifndef TALLY_SERVE_H
#define TALLY_SERVE_H

#include "arena.h"
#include "channel.h"
#include "service.h"
#include "tally.h"
#include "worker.h"

struct tally_server {
	struct tally tally;
	struct arena arena;
	struct served served;
	struct channel channel;
	struct pool pool;
	bool is_serving; /* the workers run */
	const struct service *service;
	_Atomic int lost; /* why no more requests come, -errno */
};

/*
 * Serves the device on a descriptor of /dev/cuse or /dev/fuse, which becomes the server's. Returns 0 or -errno;
 * in both cases tally_server_stop() ends it. When the kernel ends the connection, `service` gets a notice.
 */
int tally_server_start(struct tally_server *s, enum channel_kind kind, int fd,
		       const struct log *log, const struct service *service);

/* Finishes the requests in progress and takes all apart. */
void tally_server_stop(struct tally_server *s);

#endif
