// SPDX-License-Identifier: MIT
#include "capture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

void capture_start(struct capture *c, int fd)
{
	fflush(NULL);
	c->fd = fd;
	c->saved = dup(fd);
	c->file = memfd_create("captured", MFD_CLOEXEC);
	assert_true(c->saved >= 0 && c->file >= 0);
	assert_int_equal(dup2(c->file, fd), fd);
}

const char *capture_stop(struct capture *c)
{
	ssize_t length;

	fflush(NULL);
	dup2(c->saved, c->fd);
	close(c->saved);
	length = pread(c->file, c->text, sizeof(c->text) - 1, 0);
	close(c->file);
	c->text[length < 0 ? 0 : length] = '\0';
	return c->text;
}
