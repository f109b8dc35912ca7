/* SPDX-License-Identifier: MIT */
/* The rows of the contract, one table of points for each file. */
#ifndef CONTRACT_H
#define CONTRACT_H

#include "tap.h"

extern const struct tap_group open_points;
extern const struct tap_group read_write_points;
extern const struct tap_group position_points;
extern const struct tap_group large_points;
extern const struct tap_group ioctl_points;
extern const struct tap_group resize_points;
extern const struct tap_group poll_points;
extern const struct tap_group epoll_points;
extern const struct tap_group concurrent_points;

#endif
