// SPDX-License-Identifier: MIT
#include "keeper.h"

#include <err.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define FIRST_FD 3 /* where passed descriptors begin */
#define SPARE_FD 100

static void set_number(const char *name, long number)
{
	char text[32];

	snprintf(text, sizeof(text), "%ld", number);
	setenv(name, text, 1);
}

/* In the daemon's process: all descriptors out of the way first, then to their places. */
static void pass(const int *channels, unsigned count, int arena)
{
	char names[256] = "", name[16];
	int fd[16];

	for (unsigned i = 0; i < count; i++) {
		fd[i] = fcntl(channels[i], F_DUPFD_CLOEXEC, SPARE_FD);
		snprintf(name, sizeof(name), "cuse%u:", i);
		strcat(names, name);
	}
	fd[count] = fcntl(arena, F_DUPFD_CLOEXEC, SPARE_FD);
	strcat(names, "arena");
	for (unsigned i = 0; i <= count; i++)
		dup2(fd[i], FIRST_FD + (int)i);
	setenv("LISTEN_FDNAMES", names, 1);
	set_number("LISTEN_FDS", count + 1);
	set_number("LISTEN_PID", getpid());
	setenv("QOTD_CUSE_SUPERVISED", "", 1);
}

static void run(const char *program, const int *channels, unsigned count, int arena)
{
	char instances[32];
	int log = open("/dev/null", O_WRONLY | O_CLOEXEC);

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (!getenv("QOTD_TEST_VERBOSE"))
		dup2(log, STDERR_FILENO);
	snprintf(instances, sizeof(instances), "--instances=%u", count);
	pass(channels, count, arena);
	execl(program, program, instances, "--memory=64K", "--max-size=64K", (char *)NULL);
	_exit(125);
}

pid_t keeper_start(const char *program, const int *channels, unsigned count, int arena)
{
	pid_t keeper = fork();
	int status = 0;

	if (keeper != 0)
		return keeper;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	do {
		pid_t daemon = fork();

		if (daemon == 0)
			run(program, channels, count, arena);
		waitpid(daemon, &status, 0);
	} while (WIFSIGNALED(status));
	_exit(WEXITSTATUS(status));
}

void keeper_stop(pid_t keeper)
{
	kill(keeper, SIGKILL);
	waitpid(keeper, NULL, 0);
}
