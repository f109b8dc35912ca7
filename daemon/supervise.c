// SPDX-License-Identifier: MIT
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include "arena.h"
#include "cleanup.h"
#include "supervise.h"

/* A child that dies so often in a row without having come to serve never will. */
#define MAX_FAILED_STARTS 10

/* How long a child may take to stop. */
#define STOP_TIMEOUT_MS 900

struct supervisor {
	char program[PATH_MAX];
	char **argv;
	const struct held_fd *fds;
	unsigned count;
	const char *mount_path;
	const struct log *log;
	int signal_fd;
	sigset_t signals;
	pid_t child;
};

/* In the child: what sd_listen_fds_with_names(3) reads. */
static void set_environment(const struct supervisor *s, char *names, size_t size)
{
	char number[16];

	for (unsigned i = 0; i < s->count; i++) {
		strlcat(names, i ? ":" : "", size);
		strlcat(names, s->fds[i].name, size);
	}
	setenv("LISTEN_FDNAMES", names, 1);
	snprintf(number, sizeof(number), "%d", getpid());
	setenv("LISTEN_PID", number, 1);
	snprintf(number, sizeof(number), "%u", s->count);
	setenv("LISTEN_FDS", number, 1);
	setenv(SUPERVISED_ENV, s->mount_path ? s->mount_path : "", 1);
	snprintf(number, sizeof(number), "%d", getppid());
	setenv(SUPERVISOR_ENV, number, 1);
}

/*
 * In the child: puts the descriptors where sd_listen_fds(3) finds them. The place of one may be taken by
 * another, so all of them are copied out of the way first.
 */
static int pass_fds(const struct supervisor *s)
{
	int first_free = SD_LISTEN_FDS_START + (int)s->count;
	cleanup_free int *copies = calloc(s->count, sizeof(*copies));
	cleanup_free char *names = calloc(s->count, sizeof(s->fds[0].name));

	if (!copies || !names)
		return -ENOMEM;
	for (unsigned i = 0; i < s->count; i++) {
		copies[i] = fcntl(s->fds[i].fd, F_DUPFD_CLOEXEC, first_free);
		if (copies[i] < 0)
			return -errno;
	}
	for (unsigned i = 0; i < s->count; i++)
		if (dup2(copies[i], SD_LISTEN_FDS_START + (int)i) < 0)
			return -errno;
	set_environment(s, names, s->count * sizeof(s->fds[0].name));
	return 0;
}

static int start_child(struct supervisor *s)
{
	pid_t parent = getpid();

	s->child = fork();
	if (s->child != 0)
		return s->child < 0 ? -errno : 0;
	/* Nobody would take the child's place, or the mount off, without the parent. */
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent)
		_exit(EXIT_FAILURE);
	if (pass_fds(s) == 0)
		execv(s->program, s->argv);
	log_error(s->log, "cannot run %s: %m", s->program);
	_exit(EXIT_FAILURE);
}

/* Waits for a signal; returns it, or 0 after a timeout (-1: none). */
static int next_signal(const struct supervisor *s, int timeout_ms)
{
	struct pollfd p = {.fd = s->signal_fd, .events = POLLIN};
	struct signalfd_siginfo info;

	while (poll(&p, 1, timeout_ms) != 0)
		if (read(s->signal_fd, &info, sizeof(info)) == sizeof(info))
			return (int)info.ssi_signo;
	return 0;
}

/* Whether the child has ended, and how. */
static bool has_ended(const struct supervisor *s, int *status)
{
	return waitpid(s->child, status, WNOHANG) == s->child;
}

/* Waits for the child to end, and passes on what we are told meanwhile. Returns true when we are to stop. */
static bool watch_child(const struct supervisor *s, bool stopping, int *status)
{
	for (;;) {
		int sig = next_signal(s, stopping ? STOP_TIMEOUT_MS : -1);

		if (sig == SIGTERM || sig == SIGINT)
			stopping = true;
		if (has_ended(s, status))
			return stopping;
		if (sig == SIGTERM || sig == SIGINT)
			kill(s->child, SIGTERM);
		/* The next child goes on with what this one has begun: there is no need for it to be asked. */
		if (sig == SIGHUP || sig == 0)
			kill(s->child, SIGKILL);
	}
}

static int run_children(struct supervisor *s, int arena_fd)
{
	unsigned failed_starts = 0;
	bool stopping = false, is_last = false;
	int status;

	for (;;) {
		uint64_t starts = arena_starts(arena_fd);
		int err = start_child(s);

		if (err) {
			log_error(s->log, "cannot start the serving process: %s", strerror(-err));
			return EXIT_FAILURE;
		}
		/* It finds the signal when it is ready to: what the one before could not save, it shall. */
		is_last = stopping;
		if (is_last)
			kill(s->child, SIGTERM);
		stopping = watch_child(s, stopping, &status);
		if (WIFEXITED(status))
			return WEXITSTATUS(status);
		if (is_last)
			return EXIT_SUCCESS;
		if (stopping)
			continue;
		failed_starts = arena_starts(arena_fd) == starts ? failed_starts + 1 : 0;
		if (failed_starts == MAX_FAILED_STARTS) {
			log_error(s->log, "the serving process died %d times before it could serve",
				  MAX_FAILED_STARTS);
			return EXIT_FAILURE;
		}
		log_warning(s->log, "the serving process was ended by signal %d; starting it again",
			    WTERMSIG(status));
	}
}

bool supervise_parent_is_dead(void)
{
	const char *parent = getenv(SUPERVISOR_ENV);

	return parent && atoi(parent) != getppid();
}

int supervise(char *argv[], const struct held_fd *fds, unsigned count, int arena_fd,
	      const char *mount_path, const struct log *log)
{
	struct supervisor s = {
		.argv = argv,
		.fds = fds,
		.count = count,
		.mount_path = mount_path,
		.log = log,
	};
	cleanup_close int signal_fd = -1;

	if (readlink("/proc/self/exe", s.program, sizeof(s.program) - 1) < 0) {
		log_error(log, "cannot find this program's file: %m");
		return EXIT_FAILURE;
	}
	sigemptyset(&s.signals);
	sigaddset(&s.signals, SIGTERM);
	sigaddset(&s.signals, SIGINT);
	sigaddset(&s.signals, SIGHUP);
	sigaddset(&s.signals, SIGCHLD);
	sigprocmask(SIG_BLOCK, &s.signals, NULL);
	signal_fd = signalfd(-1, &s.signals, SFD_CLOEXEC | SFD_NONBLOCK);
	if (signal_fd < 0) {
		log_error(log, "cannot watch signals: %m");
		return EXIT_FAILURE;
	}
	s.signal_fd = signal_fd;
	return run_children(&s, arena_fd);
}
