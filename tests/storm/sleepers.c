/* SPDX-License-Identifier: MIT */
/*
 * Resizes that wait for memory. Two devices hold all of it; two others want what one of them holds. Whoever
 * came first goes on first, a signal ends the wait of just the one it hits, and the deaths of the daemon
 * change none of that.
 */
#include "client.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>

#define PAGE	   4096
#define LOOK_NS	   100000
#define END_SIGNAL SIGUSR2

#define HASTY_SLEEPS 10

/* A thread that resizes its device when told to. */
struct sleeper {
	struct client *c;
	pthread_t thread;
	int fd;
	uint64_t size;
	_Atomic bool asked;
	_Atomic bool is_done;
	_Atomic int result; /* 0 or errno */
	_Atomic bool stop;
};

struct round {
	struct client *c;
	int holders[2];
	struct sleeper sleepers[2];
	uint64_t size; /* what a sleeper wants, and the first holder has */
};

static void on_signal(int signal)
{
	(void)signal;
}

static void *sleep_when_asked(void *arg)
{
	struct sleeper *s = arg;

	for (; !s->stop; sleep_ns(LOOK_NS)) {
		if (!s->asked)
			continue;
		s->asked = false;
		s->result = ioctl(s->fd, QOTDIOCSSZ, &s->size) < 0 ? errno : 0;
		s->is_done = true;
	}
	return NULL;
}

static void wait_for_sleepers(struct round *r, unsigned int count)
{
	for (;;) {
		unsigned int sleepers = get_info(r->c, r->holders[0]).sleepers;

		if (sleepers == count)
			return;
		for (int i = 0; i < 2; i++)
			if (r->sleepers[i].is_done && r->sleepers[i].result)
				fail(r->c, ERROR,
				     "a resize that waits for memory: %s, while at: %s",
				     strerrorname_np(r->sleepers[i].result), r->c->doing);
		sleep_ns(LOOK_NS);
	}
}

/* Lets a sleeper begin, and waits until it sleeps as the last one of `count`. */
static void begin(struct round *r, int n, unsigned int count)
{
	struct sleeper *s = &r->sleepers[n];

	proceed(r->c, n ? "letting the second sleeper begin" : "letting the first sleeper begin");
	s->size = r->size;
	s->is_done = false;
	s->asked = true;
	wait_for_sleepers(r, count);
}

/* The sleep of one ends like that, and only of this one. */
static void ends(struct round *r, int n, int result, bool other_sleeps)
{
	struct sleeper *s = &r->sleepers[n], *other = &r->sleepers[!n];

	while (!s->is_done && !(other_sleeps && other->is_done))
		sleep_ns(LOOK_NS);
	if (other_sleeps && other->is_done)
		fail(r->c, LOST, "sleeper %d went on (%d) before sleeper %d, while at: %s", !n + 1,
		     other->result, n + 1, r->c->doing);
	if (s->result != result)
		fail(r->c, ERROR,
		     "a resize that waits for memory ended with %d instead of %d, while at: %s",
		     s->result, result, r->c->doing);
	if (get_size(r->c, s->fd) != (result ? PAGE : r->size))
		fail(r->c, LOST, "after a resize that ended with %d the size is %llu", result,
		     (unsigned long long)get_size(r->c, s->fd));
}

static void release(struct round *r, int holder)
{
	proceed(r->c, holder ? "the second holder lets go" : "the first holder lets go");
	set_size(r->c, r->holders[holder], PAGE);
}

static void interrupt(struct round *r, int n, bool other_sleeps)
{
	proceed(r->c, n ? "a signal for the second sleeper" : "a signal for the first sleeper");
	pthread_kill(r->sleepers[n].thread, END_SIGNAL);
	ends(r, n, EINTR, other_sleeps);
}

static void both_go_on_in_order(struct round *r)
{
	begin(r, 0, 1);
	begin(r, 1, 2);
	release(r, 0);
	ends(r, 0, 0, true);
	release(r, 1);
	ends(r, 1, 0, false);
}

static void first_gets_a_signal(struct round *r)
{
	begin(r, 0, 1);
	begin(r, 1, 2);
	interrupt(r, 0, true);
	release(r, 0);
	ends(r, 1, 0, false);
	release(r, 1);
}

static void second_gets_a_signal(struct round *r)
{
	begin(r, 0, 1);
	begin(r, 1, 2);
	interrupt(r, 1, true);
	release(r, 0);
	ends(r, 0, 0, false);
	release(r, 1);
}

static void who_comes_again_is_last(struct round *r)
{
	begin(r, 0, 1);
	begin(r, 1, 2);
	interrupt(r, 0, true);
	begin(r, 0, 2);
	release(r, 0);
	ends(r, 1, 0, true);
	release(r, 1);
	ends(r, 0, 0, false);
}

/* The signal comes while the request is on its way to sleep, or before. */
static void signals_come_at_once(struct round *r)
{
	struct sleeper *s = &r->sleepers[0];

	for (int i = 0; i < HASTY_SLEEPS; i++) {
		proceed(r->c, "a signal at once");
		s->size = r->size;
		s->is_done = false;
		s->asked = true;
		while (!s->is_done) {
			sleep_ns(random_below(&r->c->random, LOOK_NS));
			pthread_kill(s->thread, END_SIGNAL);
		}
		ends(r, 0, EINTR, false);
	}
	release(r, 0);
	release(r, 1);
}

static void (*const courses[])(struct round *r) = {
	both_go_on_in_order,	 first_gets_a_signal,  second_gets_a_signal,
	who_comes_again_is_last, signals_come_at_once,
};

#define COURSES (sizeof(courses) / sizeof(courses[0]))

/* Each holder takes half of what is free; one page is left, so that they can shrink. */
static void take_all_memory(struct round *r)
{
	struct qotd_info info = get_info(r->c, r->holders[0]);
	uint64_t free_bytes = info.memory_limit - info.memory_used;

	proceed(r->c, "taking all memory");
	r->size = free_bytes / 2 / PAGE * PAGE;
	set_size(r->c, r->holders[0], r->size);
	set_size(r->c, r->holders[1], free_bytes - r->size + PAGE);
}

static void run_round(struct round *r)
{
	uint64_t used = get_info(r->c, r->holders[0]).memory_used;

	take_all_memory(r);
	r->sleepers[0].is_done = r->sleepers[1].is_done = false;
	courses[random_below(&r->c->random, COURSES)](r);
	for (int i = 0; i < 2; i++)
		set_size(r->c, r->sleepers[i].fd, PAGE);
	if (get_info(r->c, r->holders[0]).memory_used != used)
		fail(r->c, LOST, "memory has leaked: %llu bytes are in use instead of %llu",
		     (unsigned long long)get_info(r->c, r->holders[0]).memory_used,
		     (unsigned long long)used);
	r->c->count++;
}

void run_sleepers(struct client *c)
{
	struct sigaction action = {.sa_handler = on_signal}; /* no SA_RESTART */
	static struct round r;

	sigaction(END_SIGNAL, &action, NULL);
	r.c = c;
	for (int i = 0; i < 2; i++) {
		struct sleeper *s = &r.sleepers[i];

		r.holders[i] = open_device(c, (enum device)(DEVICE_HOLDER_1 + i), O_RDWR);
		*s = (struct sleeper){
			.c = c, .fd = open_device(c, (enum device)(DEVICE_SLEEPER_1 + i), O_RDWR)};
		pthread_create(&s->thread, NULL, sleep_when_asked, s);
	}
	while (go_on(c, "taking a turn")) {
		take_turn(c);
		run_round(&r);
		give_turn();
	}
	for (int i = 0; i < 2; i++) {
		r.sleepers[i].stop = true;
		pthread_join(r.sleepers[i].thread, NULL);
	}
}
