/* SPDX-License-Identifier: MIT */
/*
 * What the layers below tell the server. It happens in the workers, so all of it only passes on: to the kernel, to the
 * log, or to the main thread.
 */
#ifndef EVENTS_H
#define EVENTS_H

#include "server.h"

/* For the devices. */
struct qotd_callbacks events_callbacks(struct server *s);

/* For the pool: a connection is lost. For umem: limit, use or sleepers have changed. */
void events_on_lost(void *server, int err);
void events_on_memory_changed(void *server);

#endif
