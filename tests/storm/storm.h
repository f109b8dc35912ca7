/* SPDX-License-Identifier: MIT */
/*
 * A storm: clients work on the devices while the daemon is killed again and again, and none of them may
 * notice.
 *
 * Each client is a process of its own. It checks what it sees against what it knows must be there, and
 * ends with its first failure. The parent process kills the daemon, sends the clients signals, and watches
 * over all of them through memory that they share.
 */
#ifndef STORM_H
#define STORM_H

#include "qotd_ioctl.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* What the devices are for. */
enum device {
	DEVICE_RECORDS,	 /* several writers, a region each */
	DEVICE_PATTERN,	 /* is only read */
	DEVICE_STREAM,	 /* one writer, from start to end */
	DEVICE_RESIZED,	 /* one client that resizes, writes and discards */
	DEVICE_POLLED,	 /* one that changes and one that waits for it */
	DEVICE_LARGE,	 /* calls of 1 MiB */
	DEVICE_OPENED,	 /* opens and closes; detached at the end */
	DEVICE_HOLDER_1, /* these two take all memory */
	DEVICE_HOLDER_2,
	DEVICE_SLEEPER_1, /* and these wait for it */
	DEVICE_SLEEPER_2,
	DEVICES
};

#define RECORD_WRITERS 4
#define RECORD_REGION  16384
#define PATTERN_SIZE   150007
#define STREAM_SIZE    100003
#define LARGE_SIZE     (1u << 20)

enum failure { ERROR, LOST, DOUBLED, HANG, FAILURES };

struct client;

struct kind {
	const char *name;
	const char *promise;
	unsigned int count; /* clients of this kind */
	bool no_signals;
	void (*run)(struct client *c);
};

/* Shared by the client and the parent. */
struct client {
	const struct kind *kind;
	unsigned int number; /* among those of its kind */
	pid_t pid;
	uint64_t random;
	const char *_Atomic doing;
	_Atomic uint64_t beat;	/* counts up: it makes progress */
	_Atomic uint64_t count; /* of what it checked */
	_Atomic unsigned int failures[FAILURES];
	_Atomic bool has_failed; /* the message is there */
	_Atomic bool has_ended;
	char message[400];
};

#define MAX_CLIENTS 32

struct storm {
	char *const *devices; /* paths, by enum device */
	bool is_fuse;
	unsigned int hang_seconds;
	_Atomic bool stop;    /* the clients shall come to an end */
	pthread_mutex_t turn; /* of who needs memory, which is short: one at a time */
	/* The prober's: when the first request that was begun after a kill was answered, in ns. */
	_Atomic uint64_t killed_at;
	_Atomic uint64_t answered_kill; /* the killed_at it belongs to */
	_Atomic uint64_t answered_at;
	struct client clients[MAX_CLIENTS];
	unsigned int client_count;
};

extern struct storm *storm;

/* In the order of their test points; ends with one without a name. */
extern const struct kind kinds[];

/* Before all others. */
void run_set_up(struct client *c);

void run_record_writer(struct client *c);
void run_pattern_reader(struct client *c);
void run_stream_writer(struct client *c);
void run_resizer(struct client *c);
void run_opener(struct client *c);
void run_poller(struct client *c);
void run_sleepers(struct client *c);
void run_large(struct client *c);
void run_prober(struct client *c);

/* At the end, without any client: whether a device goes away, so that no open of it has been left. */
bool opened_device_goes_away(char *why, size_t size);

/* Nanoseconds of CLOCK_MONOTONIC. */
uint64_t now_ns(void);
void sleep_ns(uint64_t ns);

/* Below a bound, from the client's own sequence. */
uint64_t random_below(uint64_t *state, uint64_t bound);

#endif
