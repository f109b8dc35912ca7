/* SPDX-License-Identifier: MIT */
/*
 * What the daemon has to do with its service manager and with signals. Without systemd the functions that
 * talk to it do nothing.
 */
#ifndef SERVICE_H
#define SERVICE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "log.h"

/* What service_wait() returns for. */
enum service_event {
	SERVICE_STOP,	  /* SIGTERM, SIGINT or SIGHUP */
	SERVICE_NOTICE,	  /* service_notice() was called */
	SERVICE_WATCHDOG, /* time to show that requests make progress: service_alive() */
	SERVICE_UPDATE,	  /* service_update() was called: time to show what is new */
	SERVICE_WATCHED,  /* the descriptor of service_watch() is readable */
};

/* SERVICE_UPDATE comes no more often. */
#define SERVICE_UPDATE_MS 1000

struct service {
	int signal_fd;
	int notice_fd;
	int update_fd;
	int watched_fd;	       /* -1: none */
	int watchdog_ms;       /* how often SERVICE_WATCHDOG comes; -1: never */
	int64_t next_watchdog; /* when it comes next, ms of CLOCK_MONOTONIC */
	int64_t next_update;   /* not before */
	_Atomic bool has_update;
	char status[128]; /* what the service manager has been told */
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
 * Makes service_wait() return SERVICE_UPDATE, at once or when it is time: whatever happened before this call
 * can be seen then. From any thread, without blocking, and cheap while an update is due anyway.
 */
void service_update(struct service *s);

/* Has service_wait() look at one more descriptor, which stays the caller's; -1: no more. */
void service_watch(struct service *s, int fd);

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

/* Tells the service manager. A status that it has been told already is not told again. */
void service_ready(void);
void service_reloading(void);
void service_stopping(void);
void service_alive(void);
void service_show_status(struct service *s, const char *status);

/* Gives up root for a user, for good. Returns 0, or -errno after a message. */
int service_become(const char *user, const struct log *log);

/* Allows as many open descriptors as the system lets us. */
void service_raise_fd_limit(void);

#endif
