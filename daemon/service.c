// SPDX-License-Identifier: MIT
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include "cleanup.h"
#include "service.h"

/* Half of what the service manager allows, as sd_watchdog_enabled(3) recommends. */
static int watchdog_interval_ms(void)
{
	uint64_t usec;

	if (sd_watchdog_enabled(0, &usec) <= 0)
		return -1;
	return usec / 2000 > INT32_MAX ? INT32_MAX : (int)(usec / 2000);
}

int service_init(struct service *s)
{
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGHUP);
	pthread_sigmask(SIG_BLOCK, &signals, NULL);
	signal(SIGPIPE, SIG_IGN);

	*s = (struct service){.watchdog_ms = watchdog_interval_ms()};
	s->signal_fd = signalfd(-1, &signals, SFD_CLOEXEC);
	s->notice_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (s->signal_fd >= 0 && s->notice_fd >= 0)
		return 0;
	service_destroy(s);
	return -EMFILE;
}

void service_destroy(struct service *s)
{
	cleanup_close_p(&s->signal_fd);
	cleanup_close_p(&s->notice_fd);
}

enum service_event service_wait(const struct service *s)
{
	struct pollfd fds[] = {
		{.fd = s->signal_fd, .events = POLLIN},
		{.fd = s->notice_fd, .events = POLLIN},
	};
	struct signalfd_siginfo info;
	uint64_t count;

	for (;;) {
		int n = poll(fds, 2, s->watchdog_ms);

		if (n == 0)
			return SERVICE_WATCHDOG;
		if (n > 0 && fds[0].revents && read(s->signal_fd, &info, sizeof(info)) > 0)
			return SERVICE_STOP;
		if (n > 0 && fds[1].revents && read(s->notice_fd, &count, sizeof(count)) > 0)
			return SERVICE_NOTICE;
	}
}

void service_notice(const struct service *s)
{
	(void)!write(s->notice_fd, &(uint64_t){1}, sizeof(uint64_t));
}

static void free_names(char ***names)
{
	for (char **n = *names; n && *n; n++)
		free(*n);
	free(*names);
}

int service_listen_fds(const char *name, int fds[], int max)
{
	cleanup(free_names) char **names = NULL;
	int passed = sd_listen_fds_with_names(1, &names);
	int count = 0;

	if (passed < 0)
		return passed;
	for (int i = 0; i < passed; i++) {
		if (strcmp(names[i], name) != 0)
			continue;
		if (count < max)
			fds[count] = SD_LISTEN_FDS_START + i;
		count++;
	}
	return count;
}

void service_ready(const char *format, ...)
{
	char status[256];
	va_list args;

	va_start(args, format);
	vsnprintf(status, sizeof(status), format, args);
	va_end(args);
	sd_notifyf(0, "READY=1\nSTATUS=%s", status);
}

void service_stopping(void)
{
	sd_notify(0, "STOPPING=1");
}

void service_alive(void)
{
	sd_notify(0, "WATCHDOG=1");
}

int service_become(const char *user, const struct log *log)
{
	const struct passwd *pw;

	errno = 0;
	pw = getpwnam(user);
	if (!pw) {
		int err = errno ? errno : ENOENT;

		log_error(log, "--user '%s': there is no such user", user);
		return -err;
	}
	if (initgroups(pw->pw_name, pw->pw_gid) < 0 || setresgid(pw->pw_gid, pw->pw_gid, pw->pw_gid) < 0 ||
	    setresuid(pw->pw_uid, pw->pw_uid, pw->pw_uid) < 0) {
		log_error(log, "--user '%s': cannot become that user: %m", user);
		return -errno;
	}
	return 0;
}

void service_raise_fd_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
}
