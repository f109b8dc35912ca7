// SPDX-License-Identifier: MIT
/* How to get at /dev/cuse, and how to tell whether the kernel has made the device. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "channel.h"

#define CUSE_DEVICE "/dev/cuse"

int cuse_open(const struct log *log)
{
	int fd = open(CUSE_DEVICE, O_RDWR | O_CLOEXEC);
	int err = errno;

	if (fd >= 0)
		return fd;
	if (err == ENOENT || err == ENODEV || err == ENXIO)
		log_error(log, "no " CUSE_DEVICE
			       ": load the kernel module 'cuse' (modprobe cuse; Debian's package "
			       "linux-image-amd64 has it), or serve a file with --fuse=DIR");
	else if (err == EACCES || err == EPERM)
		log_error(log, "cannot open " CUSE_DEVICE
			       ": %m; start as root with --user=USER, or serve a file "
			       "with --fuse=DIR");
	else
		log_error(log, "cannot open " CUSE_DEVICE ": %m");
	return -err;
}

bool cuse_is_device(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISCHR(st.st_mode);
}

bool cuse_is_loaded(void)
{
	return access("/sys/class/cuse", F_OK) == 0;
}

bool cuse_node_exists(const struct served *s, uint32_t instance)
{
	char name[NAME_MAX + 1], path[NAME_MAX + sizeof("/sys/class/cuse//dev")];

	channel_device_name(s, instance, name, sizeof(name));
	snprintf(path, sizeof(path), "/sys/class/cuse/%s/dev", name);
	return !cuse_is_loaded() || access(path, F_OK) == 0;
}

int cuse_check_node(const struct channel *c)
{
	struct pollfd p = {.fd = c->fd};
	char name[NAME_MAX + 1];

	if (!cuse_is_device(c->fd))
		return 0;
	channel_device_name(c->served, c->instance, name, sizeof(name));
	/* When it cannot make the node, the kernel ends the connection. */
	if (poll(&p, 1, 0) == 1 && (p.revents & POLLERR)) {
		log_error(c->served->log, "the kernel refused the device %s: is it served already?",
			  name);
		return -EEXIST;
	}
	if (!cuse_node_exists(c->served, c->instance)) {
		log_error(c->served->log, "the kernel made no device %s", name);
		return -ENODEV;
	}
	return 0;
}
