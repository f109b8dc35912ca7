/* SPDX-License-Identifier: MIT */
/*
 * Checks a request as it came from the channel, before libfuse sees it: libfuse believes every length in
 * it and would read past its end.
 */
#ifndef REQUEST_H
#define REQUEST_H

#include <linux/fuse.h>
#include <stddef.h>

/*
 * Whether the `length` bytes at `buffer` are a whole request that we serve.
 *   0        yes.
 *   -EIO     no: malformed, and its sender waits for an answer (header->unique).
 *   -ENOSYS  no: nothing we serve; its sender waits for an answer.
 *   -EBADMSG no: and there is nobody to answer. Drop it.
 */
int request_check(const void *buffer, size_t length);

#endif
