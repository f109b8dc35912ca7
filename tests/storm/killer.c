/* SPDX-License-Identifier: MIT */
#include "killer.h"

#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define WATCH_PERIOD_NS 1000000
#define FIND_PERIOD_NS	100000

/* One in so many kills is followed by a second one, this much later at most, while the daemon recovers. */
#define TWICE_ONE_IN	   8
#define TWICE_PAUSE_MAX_NS 4000000

extern char **environ;

static bool pause_watching(uint64_t ns, bool (*watch)(void))
{
	uint64_t end = now_ns() + ns, now;

	while ((now = now_ns()) < end) {
		if (!watch())
			return false;
		sleep_ns(end - now < WATCH_PERIOD_NS ? end - now : WATCH_PERIOD_NS);
	}
	return watch();
}

/* The child of the parent, but not this one; 0: there is none now. */
static pid_t find_child(pid_t parent, pid_t other)
{
	char path[64];
	pid_t child = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", parent, parent);
	file = fopen(path, "re");
	if (!file)
		return 0;
	while (fscanf(file, "%d", &child) == 1 && child == other)
		child = 0;
	fclose(file);
	return child;
}

/* Kills the child, once it is there. */
static bool kill_child(struct killer *k, pid_t *last, uint64_t delay, bool (*watch)(void))
{
	pid_t child;

	while (!(child = find_child(k->parent, *last))) {
		if (!watch())
			return false;
		sleep_ns(FIND_PERIOD_NS);
	}
	sleep_ns(delay);
	*last = child;
	return kill(child, SIGKILL) == 0 || watch();
}

static bool run_command(const char *command, bool (*watch)(void))
{
	const char *const argv[] = {"sh", "-c", command, NULL};
	int status;
	pid_t pid;

	/* The cast is posix_spawn's own: it promises not to change the strings. */
	if (posix_spawn(&pid, "/bin/sh", NULL, NULL, (char *const *)(uintptr_t)argv, environ) != 0)
		return false;
	while (waitpid(pid, &status, WNOHANG) == 0) {
		if (!watch())
			return false;
		sleep_ns(WATCH_PERIOD_NS);
	}
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		printf("# failed: %s\n", command);
	return watch();
}

static bool strike(struct killer *k, bool (*watch)(void), bool *is_single)
{
	bool restart = k->restart_command && (k->kills + k->restarts + 1) % k->restart_every == 0;
	pid_t last = 0;

	*is_single = true;
	if (restart || !k->parent) {
		k->restarts += restart;
		k->kills += !restart;
		return run_command(restart ? k->restart_command : k->command, watch);
	}
	k->kills++;
	if (!kill_child(k, &last, 0, watch))
		return false;
	if (random_below(&k->random, TWICE_ONE_IN) > 0)
		return true;
	*is_single = false;
	k->kills++;
	k->twice++;
	return kill_child(k, &last, random_below(&k->random, TWICE_PAUSE_MAX_NS), watch);
}

bool killer_strike(struct killer *k, bool (*watch)(void))
{
	uint64_t begin, end;
	bool is_single;

	if (!pause_watching(random_below(&k->random, k->pause_ms * 1000000ull + 1), watch))
		return false;
	begin = now_ns();
	if (!strike(k, watch, &is_single))
		return false;
	/* What is begun from now on is answered by the next process. */
	end = now_ns();
	storm->killed_at = end;
	while (storm->answered_kill != end) {
		if (!watch())
			return false;
		sleep_ns(FIND_PERIOD_NS);
	}
	if (is_single)
		k->downtimes[k->downtime_count++] = storm->answered_at - begin;
	return true;
}

static int compare(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

void killer_report(struct killer *k)
{
	unsigned int n = k->downtime_count;

	printf("# %u kills, %u of them while the daemon recovered, and %u restarts\n", k->kills,
	       k->twice, k->restarts);
	if (n == 0)
		return;
	qsort(k->downtimes, n, sizeof(*k->downtimes), compare);
	printf("# from the kill to the first answer: p50 %.1f ms, p99 %.1f ms, max %.1f ms\n",
	       (double)k->downtimes[n / 2] / 1e6, (double)k->downtimes[n * 99 / 100] / 1e6,
	       (double)k->downtimes[n - 1] / 1e6);
}
