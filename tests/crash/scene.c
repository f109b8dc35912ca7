// SPDX-License-Identifier: MIT
#include "scene.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "deadline.h"

void scene_result(struct scene *s, long result)
{
	s->error = result < 0 ? errno : 0;
	s->result = result;
}

struct qotd_info scene_info(struct scene *s, struct test *t, int device)
{
	struct qotd_info info = {0};

	if (ioctl(s->control[device], QOTDIOCGINFO, &info) < 0)
		tap_fail(t, __FILE__, __LINE__, "QOTDIOCGINFO: %s", strerror(errno));
	return info;
}

void scene_resize(struct scene *s, struct test *t, int device, uint64_t size)
{
	if (ioctl(s->control[device], QOTDIOCSSZ, &size) < 0)
		tap_fail(t, __FILE__, __LINE__, "QOTDIOCSSZ: %s", strerror(errno));
}

void scene_open(struct scene *s, struct test *t, int flags)
{
	s->fd = open(s->daemon->path[0], flags | O_CLOEXEC);
	if (s->fd < 0)
		tap_fail(t, __FILE__, __LINE__, "open: %s", strerror(errno));
}

void scene_put(struct scene *s, struct test *t, uint64_t position, const char *text)
{
	ssize_t length = (ssize_t)strlen(text);

	if (pwrite(s->control[0], text, (size_t)length, (off_t)position) != length)
		tap_fail(t, __FILE__, __LINE__, "pwrite: %s", strerror(errno));
}

/* Up to a page of the first device. */
static bool look(struct scene *s, struct test *t, uint64_t position, char *data, size_t length)
{
	ssize_t n = pread(s->control[0], data, length, (off_t)position);

	if (n < 0)
		tap_fail(t, __FILE__, __LINE__, "pread: %s", strerror(errno));
	return n == (ssize_t)length;
}

bool scene_holds(struct scene *s, struct test *t, uint64_t position, const char *text)
{
	char data[SCENE_PAGE];
	size_t length = strlen(text);

	return look(s, t, position, data, length) && memcmp(data, text, length) == 0;
}

bool scene_is_zero(struct scene *s, struct test *t, uint64_t position, size_t length)
{
	char data[SCENE_PAGE];

	if (!look(s, t, position, data, length))
		return false;
	for (size_t i = 0; i < length; i++)
		if (data[i])
			return false;
	return true;
}

bool scene_changed_times(struct scene *s, struct test *t, unsigned times)
{
	struct qotd_info now = scene_info(s, t, 0);

	if (now.changes != s->before.changes + times)
		tap_fail(t, __FILE__, __LINE__, "%llu changes, not %u",
			 (unsigned long long)(now.changes - s->before.changes), times);
	return !t->failed;
}

void helper_start(struct scene *s, struct test *t, int n, int (*call)(int fd, uint64_t argument),
		  int fd, uint64_t argument)
{
	int go[2];
	char byte;

	if (pipe(go) < 0) {
		tap_fail(t, __FILE__, __LINE__, "pipe: %s", strerror(errno));
		return;
	}
	s->helpers[n].pid = fork();
	if (s->helpers[n].pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		close(go[1]);
		(void)!read(go[0], &byte, 1);
		_exit(call(fd, argument));
	}
	close(go[0]);
	s->helpers[n].go = go[1];
}

void helper_go(struct scene *s, int n)
{
	(void)!write(s->helpers[n].go, "", 1);
	close(s->helpers[n].go);
}

int helper_end(struct scene *s, int n)
{
	int64_t deadline = deadline_in(DAEMON_TIMEOUT_MS);
	int status;

	while (waitpid(s->helpers[n].pid, &status, WNOHANG) == 0) {
		if (deadline_is_over(deadline))
			return -1;
		daemon_pause_us(100);
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void on_signal(int signal)
{
	(void)signal;
}

int call_resize(int fd, uint64_t size)
{
	const struct sigaction handler = {.sa_handler = on_signal};

	sigaction(SIGUSR1, &handler, NULL); /* without SA_RESTART */
	return ioctl(fd, QOTDIOCSSZ, &size) < 0 ? errno : 0;
}

int call_poll(int fd, uint64_t unused)
{
	struct pollfd p = {.fd = fd, .events = POLLPRI};

	(void)unused;
	return poll(&p, 1, DAEMON_TIMEOUT_MS / 2) == 1 && (p.revents & POLLPRI) ? 0 : 1;
}

static const char *const options[] = {"--instances=2", "--memory=64K", "--max-size=64K", NULL};

_Static_assert(SCENE_MEMORY == 64 << 10, "the options say so");

void scene_begin(struct scene *s, struct test *t)
{
	daemon_start(s->daemon, options);
	for (int i = 0; i < 2; i++) {
		s->control[i] = open(s->daemon->path[i], O_RDWR | O_CLOEXEC);
		if (s->control[i] < 0)
			tap_fail(t, __FILE__, __LINE__, "open: %s", strerror(errno));
	}
}

void scene_end(struct scene *s, struct test *t)
{
	for (int i = 0; i < 2; i++)
		close(s->control[i]);
	CHECK_EQ(t, daemon_stop(s->daemon), 0);
}
