/* SPDX-License-Identifier: MIT */
#ifndef RESIZE_H
#define RESIZE_H

#include <stdint.h>

#include "device.h"

/* Sets the size; may wait for memory. Returns STATUS_OK, or STATUS_IOCTL after a message. */
enum status resize(const struct device *dev, uint64_t size);

#endif
