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
	int watchdog_ms;       /* how often SERVICE_WATCHDOG comes; -1: never */
	int64_t next_watchdog; /* when it comes next, ms of CLOCK_MONOTONIC */
};

/*
 * Blocks the signals in the calling thread, and so in those it makes from now on. Returns 0 or -errno.
 */
int service_init(struct service *s);
void service_destroy(struct service *s);

/* Sleeps until there is something to do. Only for the main thread. */
enum service_event service_wait(struct service *s);

/* Makes service_wait() return SERVICE_NOTICE. From any thread, without blocking. */
void service_notice(const struct service *s);

/*
 * The descriptors that the service manager, or the parent of --supervise, has passed. They are close-on-exec.
 * Returns 0, or -errno; service_free_passed() it.
 */
struct service_passed {
	char **names;
	int count;
};

int service_get_passed(struct service_passed *p);
void service_free_passed(struct service_passed *p);

/* The descriptor that was passed under a name, or -ENOENT. */
int service_passed_fd(const struct service_passed *p, const char *name);

/*
 * Puts a descriptor into the service manager's store, under a name, and waits until it is there: from then
 * on it outlives this process. Returns 0 or -errno.
 */
int service_store_fd(const char *name, int fd);

/* Takes what is stored under a name out of the store, if anything is. */
void service_unstore_fd(const char *name);

/* Tells the service manager. */
void service_ready(const char *format, ...) __attribute__((format(printf, 1, 2)));
void service_stopping(void);
void service_alive(void);

/* Gives up root for a user, for good. Returns 0, or -errno after a message. */
int service_become(const char *user, const struct log *log);

/* Allows as many open descriptors as the system lets us. */
void service_raise_fd_limit(void);

#endif
