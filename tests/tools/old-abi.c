/* SPDX-License-Identifier: MIT */
/*
 * For LD_PRELOAD: QOTDIOCGINFO answers as a daemon with ABI version 1 does, which has no counters.
 */
#include "qotd_ioctl.h"

#include <stdarg.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

int ioctl(int fd, unsigned long request, ...)
{
	struct qotd_info *info;
	void *argument;
	va_list args;
	int result;

	va_start(args, request);
	argument = va_arg(args, void *);
	va_end(args);
	result = (int)syscall(SYS_ioctl, fd, request, argument);
	if (result == 0 && request == QOTDIOCGINFO) {
		info = argument;
		info->abi_version = 1;
	}
	return result;
}
