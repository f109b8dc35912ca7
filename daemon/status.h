/* SPDX-License-Identifier: MIT */
/* The state of the daemon in one line, as `systemctl status` shows it. */
#ifndef STATUS_H
#define STATUS_H

#include "server.h"

#define STATUS_MAX 128

/*
 * "2 devices, 12K of 256K in use, 1 sleeping, 3 restarts survived": devices that are there, memory of all of
 * them, operations that wait for memory, processes that took over from one before. Returns `text`.
 */
const char *status_format(struct server *s, char text[static STATUS_MAX]);

#endif
