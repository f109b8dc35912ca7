// SPDX-License-Identifier: MIT
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <systemd/sd-daemon.h>
#include <time.h>
#include <unistd.h>

#include "cleanup.h"
#include "clock.h"
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

	*s = (struct service){.watchdog_ms = watchdog_interval_ms(), .watched_fd = -1};
	s->signal_fd = signalfd(-1, &signals, SFD_CLOEXEC);
	s->notice_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	s->update_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (s->signal_fd >= 0 && s->notice_fd >= 0 && s->update_fd >= 0)
		return 0;
	service_destroy(s);
	return -EMFILE;
}

void service_destroy(struct service *s)
{
	cleanup_close_p(&s->signal_fd);
	cleanup_close_p(&s->notice_fd);
	cleanup_close_p(&s->update_fd);
}

/* What is due by the clock. Other events do not put it off. */
static bool take_due(struct service *s, int64_t now, enum service_event *event)
{
	if (s->watchdog_ms >= 0 && now >= s->next_watchdog) {
		s->next_watchdog = now + s->watchdog_ms;
		*event = SERVICE_WATCHDOG;
		return true;
	}
	if (s->has_update && now >= s->next_update) {
		s->next_update = now + SERVICE_UPDATE_MS;
		s->has_update = false; /* before the look that it is for */
		*event = SERVICE_UPDATE;
		return true;
	}
	return false;
}

/* Until something is due, for poll(2). */
static int time_left(const struct service *s, int64_t now)
{
	int64_t left = INT32_MAX;
	bool limited = false;

	if (s->watchdog_ms >= 0) {
		left = s->next_watchdog - now;
		limited = true;
	}
	if (s->has_update && s->next_update - now < left) {
		left = s->next_update - now;
		limited = true;
	}
	return limited ? (int)left : -1;
}

enum service_event service_wait(struct service *s)
{
	struct pollfd fds[] = {
		{.fd = s->signal_fd, .events = POLLIN},
		{.fd = s->notice_fd, .events = POLLIN},
		{.fd = s->update_fd, .events = POLLIN},
		{.fd = s->watched_fd, .events = POLLIN},
	};
	struct signalfd_siginfo info;
	enum service_event event;
	uint64_t count;

	for (;;) {
		int64_t now = clock_ms(CLOCK_MONOTONIC);

		if (take_due(s, now, &event))
			return event;
		if (poll(fds, sizeof(fds) / sizeof(fds[0]), time_left(s, now)) <= 0)
			continue;
		if (fds[0].revents && read(s->signal_fd, &info, sizeof(info)) > 0)
			return SERVICE_STOP;
		if (fds[1].revents && read(s->notice_fd, &count, sizeof(count)) > 0)
			return SERVICE_NOTICE;
		if (fds[2].revents) /* it has only ended the wait */
			(void)!read(s->update_fd, &count, sizeof(count));
		if (fds[3].revents)
			return SERVICE_WATCHED;
	}
}

void service_notice(const struct service *s)
{
	(void)!write(s->notice_fd, &(uint64_t){1}, sizeof(uint64_t));
}

void service_update(struct service *s)
{
	if (!s->has_update && !atomic_exchange(&s->has_update, true))
		(void)!write(s->update_fd, &(uint64_t){1}, sizeof(uint64_t));
}

void service_watch(struct service *s, int fd)
{
	s->watched_fd = fd;
}

int service_get_passed(struct service_passed *p)
{
	*p = (struct service_passed){0};
	p->count = sd_listen_fds_with_names(0, &p->names);
	return p->count < 0 ? p->count : 0;
}

void service_free_passed(struct service_passed *p)
{
	for (int i = 0; p->names && p->names[i]; i++)
		free(p->names[i]);
	free(p->names);
}

int service_passed_fd(const struct service_passed *p, const char *name)
{
	for (int i = 0; i < p->count; i++)
		if (strcmp(p->names[i], name) == 0)
			return SD_LISTEN_FDS_START + i;
	return -ENOENT;
}

/* How long the service manager may take to confirm. */
#define STORE_TIMEOUT_USEC (5 * 1000 * 1000)

/* FDPOLL=0: else the service manager would wake up whenever something happens on the descriptor. */
int service_store_fd(const char *name, int fd)
{
	char message[128];
	int err;

	snprintf(message, sizeof(message), "FDSTORE=1\nFDNAME=%s\nFDPOLL=0", name);
	err = sd_pid_notify_with_fds(0, 0, message, &fd, 1);
	if (err > 0)
		err = sd_notify_barrier(0, STORE_TIMEOUT_USEC);
	return err < 0 ? err : 0;
}

void service_unstore_fd(const char *name)
{
	sd_notifyf(0, "FDSTOREREMOVE=1\nFDNAME=%s", name);
}

void service_ready(void)
{
	sd_notify(0, "READY=1");
}

/* Newer versions of systemd want the time when it began. */
void service_reloading(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%jd",
		   t.tv_sec * INTMAX_C(1000000) + t.tv_nsec / 1000);
}

void service_show_status(struct service *s, const char *status)
{
	if (strcmp(s->status, status) == 0)
		return;
	strlcpy(s->status, status, sizeof(s->status));
	sd_notifyf(0, "STATUS=%s", status);
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
	int death_signal = 0; /* of --supervise; the kernel clears it with the credentials */

	errno = 0;
	pw = getpwnam(user);
	if (!pw) {
		int err = errno ? errno : ENOENT;

		log_error(log, "--user '%s': there is no such user", user);
		return -err;
	}
	prctl(PR_GET_PDEATHSIG, &death_signal);
	if (initgroups(pw->pw_name, pw->pw_gid) < 0 ||
	    setresgid(pw->pw_gid, pw->pw_gid, pw->pw_gid) < 0 ||
	    setresuid(pw->pw_uid, pw->pw_uid, pw->pw_uid) < 0) {
		log_error(log, "--user '%s': cannot become that user: %m", user);
		return -errno;
	}
	prctl(PR_SET_PDEATHSIG, death_signal);
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
