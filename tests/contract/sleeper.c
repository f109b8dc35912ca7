/* SPDX-License-Identifier: MIT */
#include "sleeper.h"

#include "client.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

/* No event tells how many sleep, so the daemon is asked again and again, up to 20 seconds. */
#define ASK_PERIOD_NS 1000000
#define ASK_TIMES     20000

static void do_nothing(int signal)
{
	(void)signal;
}

static void be_sleeper(const char *device, uint64_t size)
{
	const struct sigaction interruptible = {.sa_handler = do_nothing};
	int fd = open(device, O_RDWR);

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	sigaction(SIGUSR1, &interruptible, NULL);
	if (fd < 0 || ioctl(fd, QOTDIOCSSZ, &size) < 0)
		_exit(errno);
	_exit(0);
}

struct sleeper sleeper_start(struct test *t, unsigned int n, uint64_t size, unsigned int sleepers)
{
	struct sleeper sleeper = {.pid = fork()};

	if (sleeper.pid == 0)
		be_sleeper(t->target->devices[n], size);
	await_sleepers(t, sleepers);
	return sleeper;
}

int sleeper_result(struct sleeper sleeper)
{
	return wait_for_child(sleeper.pid);
}

void sleeper_interrupt(struct sleeper sleeper)
{
	kill(sleeper.pid, SIGUSR1);
}

void sleeper_kill(struct sleeper sleeper)
{
	kill(sleeper.pid, SIGKILL);
}

void await_sleepers(struct test *t, unsigned int sleepers)
{
	const struct timespec period = {.tv_nsec = ASK_PERIOD_NS};
	unsigned int counted = 0;

	for (int i = 0; i < ASK_TIMES && !t->failed; i++) {
		counted = get_info(t).sleepers;
		if (counted == sleepers)
			return;
		nanosleep(&period, NULL);
	}
	tap_fail(t, __FILE__, __LINE__, "%u sleepers, not %u", counted, sleepers);
}
