/* SPDX-License-Identifier: MIT */
/*
 * What the daemon has to do with its service manager and with signals. Without systemd the functions that
 * talk to it do nothing.
 */
#ifndef SERVICE_H
#define SERVICE_H

#include <stdbool.h>
#include <stdint.h>

#include "log.h"

/* What service_wait() returns for. */
enum service_event {
	SERVICE_STOP,	  /* SIGTERM, SIGINT or SIGHUP */
	SERVICE_NOTICE,	  /* service_notice() was called */
	SERVICE_WATCHDOG, /* time to show that requests make progress: service_alive() */
};

struct service {
	int signal_fd;
	int notice_fd;
	int watchdog_ms; /* how often SERVICE_WATCHDOG comes; -1: never */
};

/*
 * Blocks the signals in the calling thread, and so in those it makes from now on. Returns 0 or -errno.
 */
int service_init(struct service *s);
void service_destroy(struct service *s);

/* Sleeps until there is something to do. Only for the main thread. */
enum service_event service_wait(const struct service *s);

/* Makes service_wait() return SERVICE_NOTICE. From any thread, without blocking. */
void service_notice(const struct service *s);

/*
 * Takes the descriptors named `name` that a socket unit passes, into fds. Returns how many there are, which
 * may be more than `max`, or -errno. They are close-on-exec. To be called once.
 */
int service_listen_fds(const char *name, int fds[], int max);

/* Tells the service manager. */
void service_ready(const char *format, ...) __attribute__((format(printf, 1, 2)));
void service_stopping(void);
void service_alive(void);

/* Gives up root for a user, for good. Returns 0, or -errno after a message. */
int service_become(const char *user, const struct log *log);

/* Allows as many open descriptors as the system lets us. */
void service_raise_fd_limit(void);

#endif
