/* SPDX-License-Identifier: MIT */
#include "advice.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "size.h"

#define START_IT                                                                                  \
	"start it with 'systemctl start qotd-cuse', or without CUSE with 'qotd-cuse --fuse=DIR' " \
	"and name DIR/qotd with -d"

/* The last row of a table has no text. */
struct advice {
	int error;
	const char *text;
};

static const struct advice open_advice[] = {
	{ENOENT, START_IT}, {ENXIO, START_IT}, {ENODEV, START_IT}, {ENOTCONN, START_IT}, {0, NULL},
};

static const struct advice ioctl_advice[] = {
	{EBUSY, "the content is changed: discard it first with 'qotdctl reset', or with --force"},
	{EINTR, "a signal ended the wait and nothing has changed: try again"},
	{ENOTTY, "this is not a qotd device: name another one with -d"},
	{ENOSPC, "somebody has just made the device smaller: resize it and try again"},
	{ENODEV, "the device was taken away: " START_IT},
	{ENOTCONN, "the daemon has ended: " START_IT},
	{ECONNABORTED, "the daemon has ended: " START_IT},
	{0, NULL},
};

static void look_up(const struct advice *advice, int error, char *buf)
{
	while (advice->text && advice->error != error)
		advice++;
	strlcpy(buf, advice->text ? advice->text : "", ADVICE_MAX);
}

static bool is_member(const struct group *group, const char *user)
{
	for (char **member = group->gr_mem; *member; member++)
		if (strcmp(*member, user) == 0)
			return true;
	return false;
}

/* The group that may do it, when it is one to be in: that of root is not. */
static const struct group *find_group(const char *path, int mode)
{
	mode_t bits = (mode & O_ACCMODE) == O_RDONLY ? S_IRGRP : S_IWGRP;
	struct stat st;

	if (stat(path, &st) < 0 || st.st_gid == 0 || !(st.st_mode & bits))
		return NULL;
	return getgrgid(st.st_gid);
}

static void advise_access(const char *path, int mode, char *buf)
{
	const struct group *group = find_group(path, mode);
	const struct passwd *self = getpwuid(geteuid());
	const char *user = self ? self->pw_name : "USER";

	if (!group)
		strlcpy(buf, "become root, or the user who runs the daemon", ADVICE_MAX);
	else if (is_member(group, user))
		snprintf(buf, ADVICE_MAX, "group '%s' may, and %s is in it by now: log in again",
			 group->gr_name, user);
	else
		snprintf(buf, ADVICE_MAX,
			 "group '%s' may: join it with 'usermod -aG %s %s' as root, then log in "
			 "again",
			 group->gr_name, group->gr_name, user);
}

void advise_open(const char *path, int mode, int error, char buf[static ADVICE_MAX])
{
	if (error == EACCES)
		advise_access(path, mode, buf);
	else
		look_up(open_advice, error, buf);
}

/* `wait`: it only takes time. */
static void advise_memory(const struct device *dev, bool wait, char *buf)
{
	char used[SIZE_FORMAT_MAX], limit[SIZE_FORMAT_MAX];
	struct qotd_info info = {0};
	int error = device_ioctl(dev, QOTDIOCGINFO, &info);

	size_humanize(info.memory_used, used);
	size_humanize(info.memory_limit, limit);
	if (error)
		strlcpy(buf, wait ? "memory is short" : "the daemon has too little memory",
			ADVICE_MAX);
	else if (wait)
		snprintf(buf, ADVICE_MAX,
			 "memory is short, %s of %s are in use: try again later, or wait without "
			 "--nonblock",
			 used, limit);
	else
		snprintf(buf, ADVICE_MAX,
			 "there will never be enough memory: take a smaller size, or raise the "
			 "daemon's --memory, which is %s",
			 limit);
}

void advise_ioctl(const struct device *dev, int error, char buf[static ADVICE_MAX])
{
	if (error == EAGAIN || error == ENOMEM)
		advise_memory(dev, error == EAGAIN, buf);
	else
		look_up(ioctl_advice, error, buf);
}
