/* SPDX-License-Identifier: MIT */
/*
 * One request during which the daemon is killed, with what has to be there before and after.
 *
 * All scenes play on one mount with two devices, through descriptors that stay open over all deaths. Each
 * begins with fresh devices and ends with them.
 */
#ifndef CRASH_SCENE_H
#define CRASH_SCENE_H

#include "daemon.h"
#include "qotd_ioctl.h"
#include "tap.h"

#define SCENE_PAGE   4096
#define SCENE_MEMORY (16 * SCENE_PAGE) /* of both devices together: a resize can be made to sleep */

#define QUOTATION    "On the whole, I'd rather be in Philadelphia. - W. C. Fields\n"
#define INITIAL_SIZE 128

#define SCENE_HELPERS 3

/* Another process that makes one call. */
struct helper {
	pid_t pid;
	int go; /* closing it lets the call begin */
};

struct scene {
	struct daemon *daemon;
	const struct point_table *points;
	int control[2]; /* on each device, from the first scene to the last */
	int fd;		/* the scene's own, -1: none */
	struct qotd_info before;
	long result; /* of the call */
	int error;   /* its errno */
	char data[64];
	uint32_t hits; /* of a life */
	struct helper helpers[SCENE_HELPERS];
};

struct action {
	const char *name;
	void (*prepare)(struct scene *s, struct test *t);
	void (*run)(struct scene *s); /* the call; its result goes to the scene */
	void (*check)(struct scene *s, struct test *t);
	unsigned asleep;	/* so many requests sleep when it is prepared */
	unsigned leaves_asleep; /* and when it has run */
};

struct action_list {
	const struct action *actions;
	size_t count;
};

extern const struct action_list file_actions, memory_actions, waiting_actions;

/* Keeps a system call's result and errno. */
void scene_result(struct scene *s, long result);

struct qotd_info scene_info(struct scene *s, struct test *t, int device);
void scene_resize(struct scene *s, struct test *t, int device, uint64_t size);

/* Opens the first device as the scene's own. */
void scene_open(struct scene *s, struct test *t, int flags);

/* Writes through the control descriptor of the first device. */
void scene_put(struct scene *s, struct test *t, uint64_t position, const char *text);

/* Whether the first device holds this text from `position` on. */
bool scene_holds(struct scene *s, struct test *t, uint64_t position, const char *text);

/* Whether `length` bytes of it from `position` on are zero. */
bool scene_is_zero(struct scene *s, struct test *t, uint64_t position, size_t length);

/* Whether the first device is as it was, but for so many changes more. */
bool scene_changed_times(struct scene *s, struct test *t, unsigned times);

/*
 * A process that waits to be told, makes a call with (device's descriptor, argument) and exits with what
 * it returns. helper_end() waits for it: its exit status, 128 + the signal that killed it, or -1.
 */
void helper_start(struct scene *s, struct test *t, int n, int (*call)(int fd, uint64_t argument),
		  int fd, uint64_t argument);
void helper_go(struct scene *s, int n);
int helper_end(struct scene *s, int n);

/* Calls for it: a resize gives its errno, a poll 0 when POLLPRI came. */
int call_resize(int fd, uint64_t size);
int call_poll(int fd, uint64_t unused);

/* Starts the daemon as scenes want it, and opens the devices; ends it again. */
void scene_begin(struct scene *s, struct test *t);
void scene_end(struct scene *s, struct test *t);

/*
 * The parts of a play: fresh devices and what the action wants of them; waiting until all is quiet, after so
 * many deaths since `starts`, with so many requests asleep; and what must hold in the end: nothing has leaked.
 */
void scene_prepare(struct scene *s, struct test *t, const struct action *a);
void scene_settle(struct scene *s, struct test *t, uint64_t starts, uint32_t deaths,
		  unsigned parked);
void scene_finish(struct scene *s, struct test *t);

/* Plays the action with all deaths that it can have, and with second ones while it recovers. */
void scene_play(struct scene *s, struct test *t, const struct action *a);

/* The same for what takes a daemon of its own each time: start, detach, stop. */
struct life {
	const char *name;
	/*
	 * Runs a daemon with the hit `first` being deadly, and the one `second` hits later; 0: none.
	 * Leaves in the scene how many hits there were.
	 */
	void (*run)(struct scene *s, struct test *t, uint32_t first, uint32_t second);
};

extern const struct life lives[];
extern const size_t life_count;

void life_play(struct scene *s, struct test *t, const struct life *l);

#endif
