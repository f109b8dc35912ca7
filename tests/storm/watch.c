/* SPDX-License-Identifier: MIT */
#include "watch.h"

#include <err.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define PERIOD_NS     1000000
#define SIGNAL_ONE_IN 3
#define GRACE_NS      300000000

/* Somebody who has not been called for so long has been stopped with the whole machine, or nearly so. */
#define STALL_NS 100000000

/* Known to the parent only. */
static struct {
	uint64_t beat;
	uint64_t since;
} seen[MAX_CLIENTS];
static uint64_t signal_random;

/* The call that it interrupts must go on as if nothing had been, unless it sleeps. */
static void on_signal(int signal)
{
	(void)signal;
}

/* A client that hangs cannot even be killed: it must not hold what somebody waits for. */
static void drop_output(void)
{
	int null = open("/dev/null", O_RDWR);

	for (int fd = 0; fd <= 2; fd++)
		dup2(null, fd);
}

static void start(struct client *c)
{
	pid_t pid = fork();

	if (pid < 0)
		err(1, "fork");
	if (pid > 0) {
		c->pid = pid;
		return;
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	drop_output();
	c->kind->run(c);
	c->has_ended = true;
	_exit(0);
}

void start_clients(uint64_t seed)
{
	struct sigaction action = {.sa_handler = on_signal}; /* no SA_RESTART */

	signal_random = seed;
	sigaction(SIGUSR1, &action, NULL);
	for (const struct kind *kind = kinds; kind->name; kind++) {
		for (unsigned int i = 0; i < kind->count; i++) {
			struct client *c = &storm->clients[storm->client_count];

			c->kind = kind;
			c->number = i;
			c->random = seed * 1000003 + storm->client_count + 1;
			seen[storm->client_count++].since = now_ns();
			start(c);
		}
	}
}

bool run_alone(struct client *c)
{
	start(c);
	return waitpid(c->pid, NULL, 0) == c->pid && !c->has_failed && c->has_ended;
}

static bool has_progress(struct client *c, unsigned int index)
{
	uint64_t beat = c->beat, now = now_ns();

	if (beat != seen[index].beat || c->has_ended) {
		seen[index].beat = beat;
		seen[index].since = now;
	}
	return now < seen[index].since + storm->hang_seconds * 1000000000ull;
}

static void note(struct client *c, enum failure kind, const char *what)
{
	c->failures[kind]++;
	snprintf(c->message, sizeof(c->message), "%s, while it was at: %s", what, c->doing);
	c->has_failed = true;
}

/* False when it has failed. */
static bool watch(struct client *c, unsigned int index)
{
	int status;

	if (c->has_failed)
		return false;
	if (!has_progress(c, index))
		note(c, HANG, "no progress");
	else if (!c->has_ended && waitpid(c->pid, &status, WNOHANG) == c->pid && !c->has_ended &&
		 !c->has_failed)
		note(c, ERROR, WIFSIGNALED(status) ? strsignal(WTERMSIG(status)) : "it has ended");
	return !c->has_failed;
}

static bool watch_all(void)
{
	bool good = true;

	for (unsigned int i = 0; i < storm->client_count; i++)
		if (!watch(&storm->clients[i], i))
			good = false;
	return good;
}

static void send_signal(void)
{
	struct client *c = &storm->clients[random_below(&signal_random, storm->client_count)];

	if (!c->kind->no_signals && !c->has_ended && !c->has_failed)
		kill(c->pid, SIGUSR1);
}

/* What the parent has not got time for, the clients may not have got time for. */
static void allow_for_stalls(void)
{
	static uint64_t last;
	uint64_t now = now_ns();

	for (unsigned int i = 0; last && now - last > STALL_NS && i < storm->client_count; i++)
		seen[i].since += now - last;
	last = now;
}

bool watch_clients(void)
{
	allow_for_stalls();
	if (random_below(&signal_random, SIGNAL_ONE_IN) == 0)
		send_signal();
	if (watch_all())
		return true;
	/* What the others see of it may tell more. */
	sleep_ns(GRACE_NS);
	watch_all();
	return false;
}

bool finish_clients(void)
{
	bool ended = false;

	storm->stop = true;
	while (!ended) {
		if (!watch_clients())
			return false;
		sleep_ns(PERIOD_NS);
		ended = true;
		for (unsigned int i = 0; i < storm->client_count; i++)
			ended = ended && storm->clients[i].has_ended;
	}
	for (unsigned int i = 0; i < storm->client_count; i++)
		waitpid(storm->clients[i].pid, NULL, 0);
	return true;
}
