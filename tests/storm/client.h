/* SPDX-License-Identifier: MIT */
/*
 * What the clients do with the devices. Whatever the contract does not allow, such as an error, ends the
 * client as a failure: none of these functions returns one.
 */
#ifndef CLIENT_H
#define CLIENT_H

#include "storm.h"

/* Says that there is progress, and what comes next; false when the client is to come to its end. */
bool go_on(struct client *c, const char *doing);

/* The same where the client must go on to its end first. */
void proceed(struct client *c, const char *doing);

/* Ends the client. */
_Noreturn void fail(struct client *c, enum failure kind, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Ends the client with errno. */
_Noreturn void fail_call(struct client *c, const char *call);

int open_device(struct client *c, enum device device, int flags);
void close_device(struct client *c, int fd);

/* read(2) and write(2): how much was transferred. */
size_t read_some(struct client *c, int fd, void *buffer, size_t size);
size_t write_some(struct client *c, int fd, const void *data, size_t size);

void set_position(struct client *c, int fd, uint64_t position);
uint64_t get_size(struct client *c, int fd);
void set_size(struct client *c, int fd, uint64_t size);
struct qotd_info get_info(struct client *c, int fd);

/* Just `size` bytes from, or to, a position: with one call. */
void read_at(struct client *c, int fd, uint64_t position, void *buffer, size_t size);
void write_at(struct client *c, int fd, uint64_t position, const void *data, size_t size);

/*
 * Content that tells where in the device it lies, byte by byte: aligned words with their position and
 * the number of a pass.
 */
void fill_pattern(void *buffer, size_t size, uint64_t position, uint32_t pass);

/* Fails unless the content is that pattern: which kind of failure, it tells by itself. */
void check_pattern(struct client *c, const void *got, size_t size, uint64_t position,
		   uint32_t pass);

/* Waits until it is our turn to use memory; give_turn() lets others have it. */
void take_turn(struct client *c);
void give_turn(void);

#endif
