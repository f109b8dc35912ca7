/* SPDX-License-Identifier: MIT */
/*
 * qotdctl: controls a Quote Of The Day device.
 *
 * main() -> cmdline_parse() -> the run function of one command -> device_ioctl()
 */
#include <err.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

#include "cmdline.h"

/*
 * With a standard descriptor closed, the device would get its number, and messages would be written
 * into the device. /dev/null takes the place, read-only, so that writing still fails.
 */
static void occupy_standard_descriptors(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}

/* Output that was lost must not look like success: some errors show only at the end. */
static enum status close_output(void)
{
	bool failed = ferror(stdout);

	if (fclose(stdout) != 0)
		warn("cannot write to standard output");
	else if (failed)
		warnx("cannot write to standard output");
	else
		return STATUS_OK;
	return STATUS_INTERNAL;
}

int main(int argc, char **argv)
{
	struct invocation inv;
	enum status status, output;

	signal(SIGPIPE, SIG_IGN); /* a closed pipe is a write error like others */
	occupy_standard_descriptors();
	status = cmdline_parse(argc, argv, &inv);
	if (status == STATUS_OK)
		status = inv.command->run(&inv);
	output = close_output();
	return (int)(status == STATUS_OK ? output : status);
}
