/* SPDX-License-Identifier: MIT */
/*
 * A client of the device: what its system calls become on the channel.
 *
 * Functions return what the system call does, with the error as -errno. Those named send return the
 * `unique` of a request that is left without its answer.
 */
#ifndef WIRE_CLIENT_H
#define WIRE_CLIENT_H

#include <sys/types.h>

#include "bench.h"
#include "qotd_ioctl.h"

/* An open file. `pid` is of the thread that calls next. */
struct client {
	struct kernel *kernel;
	uint64_t nodeid; /* 0 on CUSE */
	uint64_t fh;
	uint32_t flags; /* of open(2) */
	uint32_t pid;
	uint32_t open_flags; /* FOPEN_*, from the daemon */
};

/* open(2) of an instance, by its name. */
int client_open(struct client *c, struct bench *b, uint32_t instance, int flags);

/* The same; must succeed. */
struct client client_of(struct bench *b, uint32_t instance, int flags);

/* The last close(2). */
int client_close(struct client *c);

/* One read or write request. */
uint64_t client_send_read(const struct client *c, uint64_t offset, uint32_t size);
ssize_t client_end_read(const struct client *c, uint64_t unique, void *data, size_t size);
ssize_t client_read(const struct client *c, uint64_t offset, void *data, uint32_t size);
uint64_t client_send_write(const struct client *c, uint64_t offset, const void *data,
			   uint32_t size);
ssize_t client_end_write(const struct client *c, uint64_t unique);
ssize_t client_write(const struct client *c, uint64_t offset, const void *data, uint32_t size);

/* An ioctl(2) whose argument the kernel copies as the number says. */
uint64_t client_send_ioctl(const struct client *c, unsigned int cmd, const void *in);
int client_end_ioctl(const struct client *c, uint64_t unique, unsigned int cmd, void *out);
int client_ioctl(const struct client *c, unsigned int cmd, void *arg);

/* The operations of the device, by ioctl(2). */
uint64_t client_send_resize(const struct client *c, uint64_t size);
int client_resize(const struct client *c, uint64_t size);
int client_seek(const struct client *c, uint64_t position);
uint64_t client_size(const struct client *c);
struct qotd_info client_info(const struct client *c);

/* Waits until so many requests of the daemon sleep. */
void client_wait_sleepers(const struct client *c, unsigned count);

/* poll(2), with a wake-up call under this handle unless it is 0. Returns the events. */
int client_poll(const struct client *c, uint64_t kernel_handle);

/* Fails unless the device answers a read with the beginning of its content. */
void client_expect_served(struct bench *b, uint32_t instance);

/* A byte for each place of a content, other ones for each seed. */
void client_pattern(unsigned char *data, size_t size, uint64_t start, unsigned seed);

#endif
