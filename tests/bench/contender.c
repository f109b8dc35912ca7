// SPDX-License-Identifier: MIT
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "contender.h"
#include "qotd_ioctl.h"

#define START_TIMEOUT_MS 60000

static void sleep_ms(unsigned ms)
{
	nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L}, NULL);
}

/* The only child of a process, or the process itself: a supervised daemon serves in a child. */
static pid_t find_serving(pid_t parent)
{
	pid_t found = parent;
	DIR *proc = opendir("/proc");
	struct dirent *entry;

	while (proc && (entry = readdir(proc))) {
		char path[sizeof("/proc//stat") + sizeof(entry->d_name)];
		FILE *stat;
		int ppid = 0;

		if (atoi(entry->d_name) == 0)
			continue;
		snprintf(path, sizeof(path), "/proc/%s/stat", entry->d_name);
		stat = fopen(path, "re");
		if (!stat)
			continue;
		if (fscanf(stat, "%*d (%*[^)]) %*c %d", &ppid) == 1 && ppid == parent)
			found = atoi(entry->d_name);
		fclose(stat);
	}
	if (proc)
		closedir(proc);
	return found;
}

/* Whether the file is there, and another one than the directory under the mount has. */
static bool is_serving(const struct contender *c)
{
	struct stat dir, parent;
	char above[sizeof(c->dir) + 4];

	if (c->dir[0]) {
		snprintf(above, sizeof(above), "%s/..", c->dir);
		if (stat(above, &parent) < 0 || stat(c->dir, &dir) < 0 ||
		    dir.st_dev == parent.st_dev)
			return false;
	}
	return access(c->path, F_OK) == 0;
}

static void run_program(const struct contender *c)
{
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (!getenv("QOTD_BENCH_VERBOSE"))
		dup2(open("/dev/null", O_RDWR), STDERR_FILENO);
	execv(c->argv[0], c->argv);
	_exit(127);
}

void contender_launch(struct contender *c)
{
	if (c->dir[0] && mkdir(c->dir, 0700) < 0 && errno != EEXIST)
		err(EXIT_FAILURE, "%s", c->dir);
	c->started = fork();
	if (c->started < 0)
		err(EXIT_FAILURE, "fork");
	if (c->started == 0)
		run_program(c);
	for (unsigned waited = 0; !is_serving(c); waited += 5) {
		if (waited > START_TIMEOUT_MS || waitpid(c->started, NULL, WNOHANG) != 0)
			errx(EXIT_FAILURE, "%s does not start", c->name);
		sleep_ms(5);
	}
	c->serving = find_serving(c->started);
	c->is_running = true;
}

/* A daemon begins with the quotation, and grows. */
static void fill(const struct contender *c)
{
	static char content[CONTENT_SIZE];
	uint64_t size = CONTENT_SIZE;
	int fd = open(c->path, O_RDWR | O_CLOEXEC);

	if (fd < 0)
		err(EXIT_FAILURE, "%s", c->path);
	if (c->role >= SUBJECT && ioctl(fd, QOTDIOCSSZ, &size) < 0)
		err(EXIT_FAILURE, "%s: cannot set the size", c->name);
	if (write(fd, content, sizeof(content)) < 0)
		err(EXIT_FAILURE, "%s: cannot write", c->name);
	close(fd);
}

void contender_start(struct contender *c)
{
	contender_launch(c);
	fill(c);
}

void contender_stop(struct contender *c)
{
	char file[sizeof(c->source) + 8];

	if (!c->is_running)
		return;
	kill(c->started, SIGTERM);
	if (c->dir[0])
		umount2(c->dir, MNT_DETACH);
	for (unsigned waited = 0; waitpid(c->started, NULL, WNOHANG) == 0; waited += 5) {
		if (waited == 2000)
			kill(c->started, SIGKILL);
		sleep_ms(5);
	}
	if (c->dir[0])
		rmdir(c->dir);
	if (c->source[0]) {
		snprintf(file, sizeof(file), "%s/qotd", c->source);
		unlink(file);
		rmdir(c->source);
	}
	c->is_running = false;
}

uint64_t contender_cpu_time(const struct contender *c)
{
	struct timespec t = {0};
	clockid_t clock;

	if (clock_getcpuclockid(c->serving, &clock) == 0)
		clock_gettime(clock, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static cpu_set_t cpus(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	if (cpu >= 0)
		CPU_SET((size_t)cpu, &set);
	for (size_t i = 0; cpu < 0 && i < CPU_SETSIZE; i++)
		CPU_SET(i, &set);
	return set;
}

void pin_self(int cpu)
{
	cpu_set_t set = cpus(cpu);

	sched_setaffinity(0, sizeof(set), &set);
}

void contender_pin(const struct contender *c, int cpu)
{
	cpu_set_t set = cpus(cpu);
	char path[64];
	DIR *tasks;
	struct dirent *entry;

	snprintf(path, sizeof(path), "/proc/%d/task", c->serving);
	tasks = opendir(path);
	while (tasks && (entry = readdir(tasks)))
		if (atoi(entry->d_name) > 0)
			sched_setaffinity(atoi(entry->d_name), sizeof(set), &set);
	if (tasks)
		closedir(tasks);
}
