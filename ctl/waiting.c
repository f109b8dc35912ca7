/* SPDX-License-Identifier: MIT */
/*
 * A thread makes the call, and the main thread waits: for the thread, for a second to pass, and for
 * signals. A handler would not do, since a signal that comes just before the call would be lost, and
 * the call would sleep on.
 */
#include "waiting.h"

#include <err.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <unistd.h>

#include "size.h"

/* How the thread tells that it is done. */
#define SIGNAL_DONE SIGUSR1

struct operation {
	const struct device *dev;
	const char *action;
	unsigned long request;
	void *argument;
	int result;
	pthread_t waiter;
};

/* No signal reaches this thread. EINTR comes from Ctrl-Z all the same, and must not end the wait. */
static void *operate(void *pointer)
{
	struct operation *op = pointer;

	do
		op->result = device_ioctl(op->dev, op->request, op->argument);
	while (op->result == -EINTR);
	pthread_kill(op->waiter, SIGNAL_DONE);
	return NULL;
}

/* sigwait() takes signals that are ignored, too. */
static bool would_end_process(int number, const sigset_t *blocked)
{
	struct sigaction action;

	return !sigismember(blocked, number) && sigaction(number, NULL, &action) == 0 &&
	       action.sa_handler == SIG_DFL;
}

static sigset_t find_deadly_signals(const sigset_t *blocked)
{
	static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
	sigset_t deadly;

	sigemptyset(&deadly);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
		if (would_end_process(numbers[i], blocked))
			sigaddset(&deadly, numbers[i]);
	return deadly;
}

static void explain(const struct operation *op)
{
	char used[SIZE_FORMAT_MAX], limit[SIZE_FORMAT_MAX];
	struct qotd_info info = {0};

	if (device_ioctl(op->dev, QOTDIOCGINFO, &info) < 0 || info.sleepers == 0)
		warnx("%s: still waiting to %s", op->dev->path, op->action);
	else
		warnx("%s: waiting for memory to %s: %s of %s are in use, %u waiting; Ctrl-C gives "
		      "up",
		      op->dev->path, op->action, size_humanize(info.memory_used, used),
		      size_humanize(info.memory_limit, limit), info.sleepers);
}

/* Asking the device may block as well: meanwhile, signals do what they always do. */
static void explain_interruptibly(const struct operation *op, const sigset_t *deadly)
{
	pthread_sigmask(SIG_UNBLOCK, deadly, NULL);
	explain(op);
	pthread_sigmask(SIG_BLOCK, deadly, NULL);
}

/* Returns the first signal that comes: SIGNAL_DONE or a deadly one. */
static int await_signal(const struct operation *op, const sigset_t *deadly)
{
	struct timespec patience = {.tv_sec = 1};
	const struct timespec *timeout = isatty(STDERR_FILENO) ? &patience : NULL;
	sigset_t awaited = *deadly;
	int number;

	sigaddset(&awaited, SIGNAL_DONE);
	while ((number = sigtimedwait(&awaited, NULL, timeout)) < 0) {
		if (errno != EAGAIN)
			continue;
		explain_interruptibly(op, deadly);
		timeout = NULL;
	}
	return number;
}

/* Starts the thread with all signals blocked, and blocks `mask` in this one. */
static int start(struct operation *op, pthread_t *thread, const sigset_t *mask)
{
	sigset_t all;
	int error;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, NULL);
	error = pthread_create(thread, NULL, operate, op);
	pthread_sigmask(SIG_SETMASK, mask, NULL);
	return error;
}

static int wait_for(struct operation *op, const sigset_t *deadly, const sigset_t *before)
{
	pthread_t thread;
	sigset_t mask;
	int number;

	sigorset(&mask, before, deadly);
	sigaddset(&mask, SIGNAL_DONE);
	if (start(op, &thread, &mask) != 0)
		return device_ioctl(op->dev, op->request, op->argument);
	number = await_signal(op, deadly);
	if (number != SIGNAL_DONE) {
		warnx("%s: interrupted while waiting to %s", op->dev->path, op->action);
		raise(number);
		/* Until here it is pending; now it ends the process. */
		pthread_sigmask(SIG_SETMASK, before, NULL);
	}
	pthread_join(thread, NULL);
	return op->result;
}

int waiting_ioctl(const struct device *dev, const char *action, unsigned long request,
		  void *argument)
{
	struct operation op = {
		.dev = dev,
		.action = action,
		.request = request,
		.argument = argument,
		.waiter = pthread_self(),
	};
	sigset_t before, deadly;
	int result;

	pthread_sigmask(SIG_BLOCK, NULL, &before);
	deadly = find_deadly_signals(&before);
	result = wait_for(&op, &deadly, &before);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return result;
}
