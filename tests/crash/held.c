// SPDX-License-Identifier: MIT
#include "held.h"

#include <err.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "arena.h"
#include "deadline.h"

#define TIMEOUT_MS  20000
#define MAX_OPTIONS 16
#define FIRST_FD    3 /* where passed descriptors begin */

static struct held *held; /* for clean_up() */

static void nap(void)
{
	nanosleep(&(struct timespec){.tv_nsec = 200 * 1000}, NULL);
}

static void clean_up(void)
{
	char command[128];

	if (held->pid > 0)
		kill(held->pid, SIGKILL);
	while (umount2(held->mount, MNT_DETACH) == 0)
		;
	snprintf(command, sizeof(command), "rm -rf --one-file-system '%s'", held->work);
	if (system(command) != 0)
		warnx("cannot remove %s", held->work);
}

static int mount_fuse(const char *directory)
{
	int fd = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	char options[128];

	snprintf(options, sizeof(options), "fd=%d,rootmode=40000,user_id=0,group_id=0,allow_other",
		 fd);
	if (fd < 0 ||
	    mount("qotd-cuse", directory, "fuse.qotd-cuse", MS_NOSUID | MS_NODEV, options) < 0)
		err(1, "cannot mount on %s", directory);
	return fd;
}

void held_init(struct held *h, const char *program)
{
	*h = (struct held){.program = program};
	snprintf(h->work, sizeof(h->work), "/tmp/qotd-held.XXXXXX");
	if (!mkdtemp(h->work))
		err(1, "%s", h->work);
	snprintf(h->mount, sizeof(h->mount), "%s/mnt", h->work);
	snprintf(h->log, sizeof(h->log), "%s/log", h->work);
	if (mkdir(h->mount, 0755) < 0)
		err(1, "%s", h->mount);
	h->fuse_fd = mount_fuse(h->mount);
	h->arena_fd = memfd_create("qotd-cuse", MFD_CLOEXEC);
	held = h;
	atexit(clean_up);
}

void held_remount(struct held *h)
{
	umount2(h->mount, MNT_DETACH);
	close(h->fuse_fd);
	h->fuse_fd = mount_fuse(h->mount);
}

static void set_number(const char *name, unsigned long number)
{
	char text[32];

	snprintf(text, sizeof(text), "%lu", number);
	setenv(name, text, 1);
}

/* In the child: the descriptors where sd_listen_fds(3) finds them, and the environment that says so. */
static void pass(const struct held *h, const struct held_run *r)
{
	int fuse = fcntl(h->fuse_fd, F_DUPFD_CLOEXEC, 100);
	int arena = h->arena_fd < 0 ? -1 : fcntl(h->arena_fd, F_DUPFD_CLOEXEC, 100);
	char names[32] = "";
	int next = FIRST_FD;

	if (!r->without_fuse) {
		dup2(fuse, next++);
		strcat(names, "fuse");
	}
	if (!r->without_arena && arena >= 0) {
		dup2(arena, next++);
		strcat(names, next > FIRST_FD + 1 ? ":arena" : "arena");
	}
	setenv("LISTEN_FDNAMES", names, 1);
	set_number("LISTEN_FDS", (unsigned long)(next - FIRST_FD));
	set_number("LISTEN_PID", (unsigned long)getpid());
	if (r->supervised)
		setenv("QOTD_CUSE_SUPERVISED", h->mount, 1);
	if (r->notify)
		setenv("NOTIFY_SOCKET", r->notify, 1);
	if (r->watchdog_ms)
		set_number("WATCHDOG_USEC", r->watchdog_ms * 1000ul);
}

void held_start(struct held *h, const struct held_run *r)
{
	struct rlimit limit = {r->memory, r->memory};
	const char *argv[MAX_OPTIONS + 3] = {h->program};
	char fuse[96];
	int log, n = 2;

	snprintf(fuse, sizeof(fuse), "--fuse=%s", h->mount);
	argv[1] = fuse;
	for (const char *const *o = r->options; *o && n < MAX_OPTIONS; o++)
		argv[n++] = *o;
	fflush(stdout);
	h->pid = fork();
	if (h->pid != 0)
		return;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	log = open(h->log, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);
	dup2(log, STDOUT_FILENO);
	dup2(log, STDERR_FILENO);
	pass(h, r);
	if (r->memory)
		setrlimit(RLIMIT_AS, &limit);
	execv(h->program, (char *const *)(uintptr_t)argv);
	_exit(125);
}

int held_wait(struct held *h)
{
	int64_t deadline = deadline_in(TIMEOUT_MS);
	int status;

	while (waitpid(h->pid, &status, WNOHANG) == 0) {
		if (deadline_is_over(deadline))
			return -1;
		nap();
	}
	h->pid = 0;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int held_end(struct held *h, int signal)
{
	kill(h->pid, signal);
	return held_wait(h);
}

uint64_t held_starts(const struct held *h)
{
	struct arena_header header = {.starts = 0};

	return pread(h->arena_fd, &header, sizeof(header), 0) == sizeof(header) ? header.starts : 0;
}

/* Leaves its status for held_wait(). */
static bool has_ended(const struct held *h)
{
	siginfo_t info = {0};

	return waitid(P_PID, (id_t)h->pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid;
}

bool held_await_start(const struct held *h, uint64_t starts)
{
	int64_t deadline = deadline_in(TIMEOUT_MS);

	while (held_starts(h) <= starts) {
		if (deadline_is_over(deadline) || has_ended(h))
			return false;
		nap();
	}
	return true;
}

bool held_said(const struct held *h, const char *text)
{
	char line[1024];
	bool found = false;
	FILE *log = fopen(h->log, "re");

	while (log && !found && fgets(line, sizeof(line), log))
		found = strstr(line, text) != NULL;
	if (log)
		fclose(log);
	return found;
}
