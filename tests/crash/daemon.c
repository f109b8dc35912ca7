// SPDX-License-Identifier: MIT
#include "daemon.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "deadline.h"

#define MAX_OPTIONS 16

/* So long nothing must happen before the daemon counts as quiet. */
#define QUIET_US 1500
#define LOOK_US	 150

static const struct daemon *running; /* for clean_up() */

void daemon_pause_us(long microseconds)
{
	const struct timespec t = {.tv_nsec = microseconds * 1000};

	nanosleep(&t, NULL);
}

static void clean_up(void)
{
	char command[256];

	if (running->pid > 0)
		kill(running->pid, SIGKILL);
	umount2(running->mount, MNT_DETACH);
	snprintf(command, sizeof(command), "rm -rf --one-file-system '%s'", running->work);
	if (system(command) != 0)
		warnx("cannot remove %s", running->work);
}

void daemon_init(struct daemon *d, const char *program, struct crash_plan *plan)
{
	*d = (struct daemon){.program = program, .plan = plan};
	snprintf(d->work, sizeof(d->work), "/tmp/qotd-crash.XXXXXX");
	if (!mkdtemp(d->work))
		err(1, "%s", d->work);
	snprintf(d->mount, sizeof(d->mount), "%s/mnt", d->work);
	snprintf(d->log, sizeof(d->log), "%s/log", d->work);
	snprintf(d->state, sizeof(d->state), "%s/state", d->work);
	snprintf(d->path[0], sizeof(d->path[0]), "%s/qotd", d->mount);
	snprintf(d->path[1], sizeof(d->path[1]), "%s/qotd1", d->mount);
	if (mkdir(d->mount, 0755) < 0 || mkdir(d->state, 0700) < 0)
		err(1, "%s", d->work);
	running = d;
	atexit(clean_up);
}

/* Shows what the daemon said. Children that have been forked leave without clean_up(). */
__attribute__((noreturn)) static void give_up(const struct daemon *d, const char *why)
{
	char line[512];
	FILE *log = fopen(d->log, "re");

	while (log && fgets(line, sizeof(line), log))
		printf("# %s", line);
	printf("Bail out! %s\n", why);
	exit(1);
}

/* An address that the system picks, in the environment. */
static int open_notify_socket(void)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	socklen_t length = sizeof(sa_family_t);
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&address, length) < 0)
		err(1, "notify socket");
	length = sizeof(address) - 1;
	if (getsockname(fd, (struct sockaddr *)&address, &length) < 0)
		err(1, "notify socket");
	address.sun_path[0] = '@';
	if (setenv("NOTIFY_SOCKET", address.sun_path, 1) < 0)
		err(1, "NOTIFY_SOCKET");
	return fd;
}

static pid_t run(const struct daemon *d, const char *const options[])
{
	const char *argv[MAX_OPTIONS + 4] = {d->program, "--supervise"};
	char fuse[96];
	pid_t pid;
	int log, n = 3;

	snprintf(fuse, sizeof(fuse), "--fuse=%s", d->mount);
	argv[2] = fuse;
	while (*options && n < MAX_OPTIONS)
		argv[n++] = *options++;
	pid = fork();
	if (pid != 0)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	log = open(d->log, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);
	dup2(log, STDOUT_FILENO);
	dup2(log, STDERR_FILENO);
	execv(d->program, (char *const *)(uintptr_t)argv);
	_exit(125);
}

static bool says_ready(int notify)
{
	struct pollfd p = {.fd = notify, .events = POLLIN};
	char message[1024];
	ssize_t n;

	if (poll(&p, 1, 20) != 1)
		return false;
	n = recv(notify, message, sizeof(message) - 1, MSG_DONTWAIT);
	if (n < 0)
		return false;
	message[n] = '\0';
	return strstr(message, "READY=1") != NULL;
}

void daemon_start(struct daemon *d, const char *const options[])
{
	int64_t deadline = deadline_in(DAEMON_TIMEOUT_MS);
	int notify = open_notify_socket();

	d->pid = run(d, options);
	while (!says_ready(notify)) {
		if (waitpid(d->pid, NULL, WNOHANG) == d->pid) {
			d->pid = 0;
			give_up(d, "the daemon ended before it served");
		}
		if (deadline_is_over(deadline))
			give_up(d, "the daemon does not come to serve");
	}
	close(notify);
	unsetenv("NOTIFY_SOCKET");
	if (!arena_view_open(&d->arena, d->pid))
		give_up(d, "the daemon holds no arena");
}

int daemon_stop(struct daemon *d)
{
	int64_t deadline = deadline_in(DAEMON_TIMEOUT_MS);
	int status;

	kill(d->pid, SIGTERM);
	while (waitpid(d->pid, &status, WNOHANG) != d->pid) {
		if (deadline_is_over(deadline))
			give_up(d, "the daemon does not stop");
		daemon_pause_us(LOOK_US);
	}
	d->pid = 0;
	arena_view_close(&d->arena);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void daemon_abandon(struct daemon *d)
{
	char line[512];
	FILE *log = fopen(d->log, "re");

	while (log && fgets(line, sizeof(line), log))
		printf("# %s", line);
	if (log)
		fclose(log);
	unlink(d->log);
	plan_disarm(d->plan);
	if (d->pid > 0) {
		daemon_kill_child(d);
		kill(d->pid, SIGKILL);
		waitpid(d->pid, NULL, 0);
	}
	d->pid = 0;
	arena_view_close(&d->arena);
	while (umount2(d->mount, MNT_DETACH) == 0)
		;
}

pid_t daemon_child(const struct daemon *d)
{
	char path[64];
	int child = 0;
	FILE *in;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", d->pid, d->pid);
	in = fopen(path, "re");
	if (in && fscanf(in, "%d", &child) != 1)
		child = 0;
	if (in)
		fclose(in);
	return child;
}

void daemon_kill_child(const struct daemon *d)
{
	pid_t child = daemon_child(d);

	if (child > 0)
		kill(child, SIGKILL);
}

bool daemon_settle(const struct daemon *d, uint64_t starts, uint32_t deaths, unsigned parked)
{
	int64_t deadline = deadline_in(DAEMON_TIMEOUT_MS);
	uint32_t hits = d->plan->hits;
	int quiet = 0;

	while (quiet * LOOK_US < QUIET_US) {
		bool calm = d->plan->deaths >= deaths &&
			    arena_view_starts(&d->arena) >= starts + deaths &&
			    d->plan->hits == hits && arena_view_running(&d->arena) == 0 &&
			    arena_view_parked(&d->arena) == parked;

		quiet = calm ? quiet + 1 : 0;
		hits = d->plan->hits;
		if (deadline_is_over(deadline))
			return false;
		daemon_pause_us(LOOK_US);
	}
	return true;
}
