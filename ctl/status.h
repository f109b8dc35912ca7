/* SPDX-License-Identifier: MIT */
/* The exit codes of qotdctl. Scripts rely on them: they never change their meaning. */
#ifndef STATUS_H
#define STATUS_H

enum status {
	STATUS_OK = 0,
	STATUS_USAGE = 1,    /* the command line is wrong; nothing was done */
	STATUS_INTERNAL = 2, /* qotdctl itself failed, such as on writing its output */
	STATUS_OPEN = 3,     /* the device cannot be opened */
	STATUS_IOCTL = 4,    /* the device refused, or is gone */
};

#endif
