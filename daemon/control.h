/* SPDX-License-Identifier: MIT */
/*
 * The control socket: somebody sends the options of a command line, and gets an answer that says what they
 * have led to. Only root and the daemon's own user are heard.
 *
 * It is the main thread's, which must never wait for a peer: whoever connects and says nothing only keeps
 * one of a few places. One packet makes a request and one an answer; then the connection is over.
 */
#ifndef CONTROL_H
#define CONTROL_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/un.h>

#include "log.h"

/* Of a request, with all its arguments; of an answer. */
#define CONTROL_REQUEST_MAX (64u << 10)
#define CONTROL_ANSWER_MAX  4096u

/* Arguments of a request. */
#define CONTROL_ARGUMENTS_MAX 64

/* So many may be connected; one more takes the place of the first. */
#define CONTROL_PEERS 8

struct control {
	const struct log *log;
	int listen_fd; /* -1: there is no socket */
	int epoll_fd;  /* readable when there is something to do */
	int peers[CONTROL_PEERS];
	unsigned peer_count;
	struct sockaddr_un address;
	char *request; /* a buffer */
};

/* Lines of an answer, each with its newline; what is too much is left out. */
struct control_answer {
	bool is_refusal;
	char text[CONTROL_ANSWER_MAX];
};

void control_say(struct control_answer *a, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Carries out a request. The arguments, argv[0] a program name, end with NULL and belong to the caller. */
typedef void control_fn(void *ctx, int argc, char *argv[], struct control_answer *answer);

/*
 * Makes the socket, for this user alone, in place of one that a dead process has left. NULL: none. Returns
 * 0, or -errno after a message: -EADDRINUSE when another process listens there, or it is no socket.
 */
int control_open(struct control *c, const char *path, const struct log *log);

/* Removes the socket. */
void control_close(struct control *c);

/* Does what there is to do, if anything: hears at most one request. Does not block. */
void control_handle(struct control *c, control_fn *carry_out, void *ctx);

/*
 * The other side: sends the arguments behind argv[0] to whoever listens at a path, and prints the lines of the
 * answer, a refusal's to stderr. Returns 0, or -errno after a message.
 */
int control_ask(const char *path, int argc, char *const argv[]);

#endif
