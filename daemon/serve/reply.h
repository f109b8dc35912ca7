/* SPDX-License-Identifier: MIT */
/*
 * Answers to requests. Each request gets one; what becomes of it afterwards is its client's business: that the
 * client is gone is no error. None of them allocates or waits.
 */
#ifndef REPLY_H
#define REPLY_H

#include <stddef.h>
#include <stdint.h>

#include "driver.h"

/* Just a result: 0 or -errno. */
void reply_result(const struct request *r, int result);

/* To OPEN: the handle that later requests bring as `fh`. */
void reply_open(const struct request *r, uint64_t fh);

/* To READ: gathered straight from `data`, which must not change until this returns. */
void reply_read(const struct request *r, const void *data, size_t length);

/* To WRITE: how many bytes were taken. */
void reply_write(const struct request *r, size_t written);

/* To IOCTL: what the client gets; no more than in->out_size bytes, and than this. */
#define REPLY_IOCTL_MAX 1024

void reply_ioctl(const struct request *r, const void *out, size_t out_size);

/*
 * To an unrestricted IOCTL that came without its argument: the kernel shall fetch `in_size` bytes at the client's
 * address, make room for `out_size` there, and send the request again.
 */
void reply_ioctl_retry(const struct request *r, uint64_t address, size_t in_size, size_t out_size);

/* To POLL: the events that are there now. */
void reply_poll(const struct request *r, unsigned events);

#endif
