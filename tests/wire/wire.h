/* SPDX-License-Identifier: MIT */
/* cmocka, with what it wants included before. */
#ifndef WIRE_WIRE_H
#define WIRE_WIRE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#endif
