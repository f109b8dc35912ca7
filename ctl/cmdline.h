/* SPDX-License-Identifier: MIT */
#ifndef CMDLINE_H
#define CMDLINE_H

#include "command.h"

/*
 * Turns the command line into *inv, which borrows from argv, from the environment and from the
 * tables. Options may stand before and after the command; after "--" there are none.
 *
 * Returns STATUS_OK, or STATUS_USAGE after a message. Uses getopt(3): can be called once per
 * process.
 */
enum status cmdline_parse(int argc, char **argv, struct invocation *inv);

#endif
