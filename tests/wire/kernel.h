/* SPDX-License-Identifier: MIT */
/*
 * A kernel for tests: the other end of a channel.
 *
 * It sends requests as the kernel encodes them, any number at a time, matches the answers that come
 * back by their `unique`, and collects notifications. It knows nothing of who serves the channel: a
 * daemon in this process, in another one, or one after the other.
 *
 * Whatever waits has a time limit and fails the test with what it waited for. All functions are for
 * one thread. An interrupt that the daemon answers with EAGAIN is sent again while its request is
 * unanswered, as the kernel does.
 */
#ifndef WIRE_KERNEL_H
#define WIRE_KERNEL_H

#include <linux/fuse.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

/* Far more than anything here takes, also with a sanitizer on a busy machine. */
#define KERNEL_TIMEOUT_MS 20000

/* The `unique` of an INTERRUPT is that of its request with this bit; those of requests are even. */
#define KERNEL_INTERRUPT_BIT UINT64_C(1)

/* Which of the two protocols a channel speaks. */
enum kernel_kind { KERNEL_CUSE, KERNEL_FUSE };

/* An answer or a notification. To be freed. */
struct packet {
	TAILQ_ENTRY(packet) link;
	struct fuse_out_header header;
	size_t length;				       /* of the payload */
	_Alignas(max_align_t) unsigned char payload[]; /* what follows the header */
};
TAILQ_HEAD(packets, packet);

/* A request without its answer. */
struct pending {
	TAILQ_ENTRY(pending) link;
	uint64_t unique;
	uint32_t opcode;
};

struct kernel {
	enum kernel_kind kind;
	int fd; /* -1: closed */
	uint64_t last_unique;
	TAILQ_HEAD(, pending) pending;
	struct packets answers; /* in the order in which they came */
	struct packets notices;
	bool has_ended;	  /* the daemon has closed its end */
	size_t largest;	  /* bytes that fit into one message */
	unsigned surplus; /* answers to nothing that was asked, or to something answered */
	unsigned again;	  /* answered with EAGAIN */
	void *buffer;
};

/* One request. The body is the opcode's struct, the tail a name or data; both may be missing. */
struct message {
	uint32_t opcode;
	uint64_t nodeid;
	uint32_t pid;
	uint64_t unique; /* 0: the next one */
	const void *body;
	size_t body_size;
	const void *tail;
	size_t tail_size;
};

/* Makes a channel. Returns the daemon's end, for the caller to close or to give away. */
int kernel_create(struct kernel *k, enum kernel_kind kind);

/* Closes this end: to the daemon, the end of the connection. */
void kernel_hang_up(struct kernel *k);

/* Closes and frees what is left. */
void kernel_destroy(struct kernel *k);

/* Queues the request that begins a connection, of a protocol version (7 is today's). */
uint64_t kernel_send_init(struct kernel *k, uint32_t major);

/* A `unique` for a request that is going to be sent. */
uint64_t kernel_new_unique(struct kernel *k);

/* Sends a request. Returns its `unique`. */
uint64_t kernel_send(struct kernel *k, const struct message *r);

/* Sends bytes as they are. With `is_answered`, an answer to the `unique` in them is due. */
void kernel_send_bytes(struct kernel *k, const void *bytes, size_t size, bool is_answered);

/* Tells that the client of a request has got a signal. */
void kernel_send_interrupt(struct kernel *k, uint64_t unique);

/* The request, if it is unanswered as far as kernel_receive() has come; else NULL. */
struct pending *kernel_pending(struct kernel *k, uint64_t unique);

/* Takes one message, if there is one in time: false when not. */
bool kernel_receive(struct kernel *k, int timeout_ms);

/* Waits for the answer to a request. */
struct packet *kernel_answer(struct kernel *k, uint64_t unique);

/* The same when nothing but 0 or a negated errno counts. */
int kernel_result(struct kernel *k, uint64_t unique);

/* Whether the answer is there already. */
bool kernel_is_answered(struct kernel *k, uint64_t unique);

/* Waits for any answer. Returns its `unique`, and leaves it for kernel_answer(). */
uint64_t kernel_next_answered(struct kernel *k);

/* Waits for a notification, the oldest one, which must have this code. */
struct packet *kernel_notice(struct kernel *k, enum fuse_notify_code code);

/* Whether any notification is there. */
bool kernel_has_notice(struct kernel *k);

/* Waits until the daemon has closed its end. Whatever it said before is still there. */
void kernel_wait_end(struct kernel *k);

/* Waits until the daemon has not known the requests of so many interrupts. */
void kernel_wait_again(struct kernel *k, unsigned count);

/* The number of requests that are not answered, after a look at what is there. */
unsigned kernel_count_pending(struct kernel *k);

#endif
