/* SPDX-License-Identifier: MIT */
/* Catches what a function prints. */
#ifndef CAPTURE_H
#define CAPTURE_H

struct capture {
	int fd;	   /* that is captured */
	int saved; /* where it led before */
	int file;
	char text[8192];
};

/* From now on, what is written to a descriptor (1 or 2) is kept. */
void capture_start(struct capture *c, int fd);

/* Puts the descriptor back. Returns what was written, which `c` holds. */
const char *capture_stop(struct capture *c);

#endif
