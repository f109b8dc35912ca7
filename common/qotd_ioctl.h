/* SPDX-License-Identifier: MIT */
/*
 * The ioctl interface of the Quote Of The Day device, /dev/qotd.
 *
 * The daemon and its clients include this one file. It needs nothing but kernel headers and is valid
 * C and C++. Types have fixed widths and hold no pointers, so that a 32-bit client talks to a 64-bit
 * daemon unchanged. Numbers, sizes and offsets are frozen: new members come out of `reserved`, new
 * operations get new numbers.
 *
 * Every operation can fail with EBADF, EFAULT and ENOTTY as ioctl(2) says; the others are named below.
 * ENODEV: the device was taken away while the operation waited.
 */
#ifndef QOTD_IOCTL_H
#define QOTD_IOCTL_H

#include <linux/ioctl.h>
#include <linux/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Of magic 'q', serio owns 0x00-0x1f and telephony 0x80-0xff. */
#define QOTD_IOC_MAGIC 'q'

/* What `struct qotd_info.abi_version` holds when all members below are there. */
#define QOTD_ABI_VERSION 2

/* `struct qotd_info.flags` */
#define QOTD_INFO_CHANGED \
	0x1u /* the content is no longer the initial quotation: detach is refused */

struct qotd_info {
	__u32 abi_version;  /* QOTD_ABI_VERSION of the daemon */
	__u32 flags;	    /* QOTD_INFO_* */
	__u64 size;	    /* bytes a client can read and write */
	__u64 max_size;	    /* the largest size QOTDIOCSSZ takes */
	__u64 initial_size; /* the size QOTDIOCDISCARD brings back */
	__u64 allocated;    /* bytes of whole pages this device holds */
	__u64 memory_limit; /* bytes all devices of the daemon may hold together */
	__u64 memory_used;  /* bytes they hold */
	__u64 changes;	    /* times the content changed since the device was attached */
	__u32 sleepers;	    /* operations that wait for memory now, over all devices */
	__u32 instance;	    /* number of this device: 0 is /dev/qotd, n is /dev/qotd<n> */

	/* Counters of this device, since it was attached. They go on in the next process after a crash. */
	__u64 operations; /* opens, closes, reads, writes and ioctls that were answered */
	__u64 errors;	  /* those of them that failed */
	__u64 bytes_read;
	__u64 bytes_written;
	__u64 sleeps;	/* operations that had to wait for memory */
	__u64 replays;	/* operations that were finished or answered for a process that had died */
	__u64 restarts; /* times another process took the device over */

	__u64 reserved[16]; /* zero */
};

/*
 * Get the size in bytes.
 * EACCES: the descriptor is not open for reading.
 */
#define QOTDIOCGSZ _IOR(QOTD_IOC_MAGIC, 0x20, __u64)

/*
 * Set the size. The content is kept as far as it fits, the rest is zero. Sleeps until there is memory.
 * EACCES: not open for writing. EINVAL: 0, or more than the maximum. EINTR: a signal ended the sleep,
 * nothing has changed. EAGAIN: the descriptor was opened with O_NONBLOCK and memory is short.
 * ENOMEM: there will never be enough memory for this size.
 */
#define QOTDIOCSSZ _IOW(QOTD_IOC_MAGIC, 0x21, __u64)

/*
 * Discard the content: back to the initial quotation and size, no longer changed. Sleeps for memory
 * only when the size differs from the initial one.
 * EACCES: not open for writing. EINTR, EAGAIN, ENOMEM: as QOTDIOCSSZ.
 */
#define QOTDIOCDISCARD _IO(QOTD_IOC_MAGIC, 0x22)

/*
 * Set the position of this open file: the character device ignores lseek(2). On a FUSE file, the
 * device keeps the position from then on, and lseek(2) and the offsets of pread(2) and pwrite(2) have
 * no effect on this open file any more, as on the character device.
 * EINVAL: past the size.
 */
#define QOTDIOCSPOS _IOW(QOTD_IOC_MAGIC, 0x23, __u64)

/* Get the state of the device. */
#define QOTDIOCGINFO _IOR(QOTD_IOC_MAGIC, 0x24, struct qotd_info)

/*
 * Detach the device: it can no longer be opened, and goes away once its last user has closed it. poll(2) tells
 * them with POLLHUP.
 * EACCES: not open for writing. EBUSY: the content is changed; discard it first.
 */
#define QOTDIOCDETACH _IO(QOTD_IOC_MAGIC, 0x25)

#ifdef __cplusplus
}
#endif

#endif
