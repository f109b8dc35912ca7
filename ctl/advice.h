/* SPDX-License-Identifier: MIT */
/* What to do about an error: the sentence that follows "cannot open: Permission denied; ". */
#ifndef ADVICE_H
#define ADVICE_H

#include "device.h"

#define ADVICE_MAX 256

/*
 * Fill buf with advice on a failed open(2) of `path` with `mode`, and on an operation that the device
 * has refused; with "" when there is none to give. `error` is an errno.
 */
void advise_open(const char *path, int mode, int error, char buf[static ADVICE_MAX]);
void advise_ioctl(const struct device *dev, int error, char buf[static ADVICE_MAX]);

#endif
