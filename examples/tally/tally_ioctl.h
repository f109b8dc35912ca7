/* SPDX-License-Identifier: MIT */
/*
 * The ioctl interface of /dev/tally: all that a client needs to know. Fixed widths and no pointers, so that the
 * kernel copies the argument itself, and a 32-bit client gets what a 64-bit one gets.
 *
 * Choose a magic of your own: Documentation/userspace-api/ioctl/ioctl-number.rst of the kernel lists who has which.
 */
#ifndef TALLY_IOCTL_H
#define TALLY_IOCTL_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define TALLY_IOC_MAGIC 0xDC

/* Get the count. EACCES: the descriptor is not open for reading. */
#define TALLYIOCGET _IOR(TALLY_IOC_MAGIC, 0x00, __s64)

/*
 * Add to the count, and get what it is now: nobody comes between.
 * EACCES: not open for writing. EOVERFLOW: the sum does not fit; nothing has changed.
 */
#define TALLYIOCADD _IOWR(TALLY_IOC_MAGIC, 0x01, __s64)

#endif
