/* SPDX-License-Identifier: MIT */
/*
 * The Quote Of The Day device: soft state and entry points of one instance.
 *
 * This is the driver, qotd version 3 of the Solaris Device Driver Tutorial, without any knowledge of how
 * requests come in. Functions return 0 or -errno, with the errors that qotd_ioctl.h and the README name,
 * besides -EBADF for a handle that is not open. None of them blocks but for the locks named here; what must
 * wait for memory parks instead (struct qotd_sleeper).
 *
 * All that must outlive the process lies in the arena (struct qotd_state, struct openfile, the pages); what
 * an operation is about to change there is written to a struct txn first (txn.h), which the caller brings.
 */
#ifndef DEVICE_H
#define DEVICE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>

#include "openfile.h"
#include "qotd_ioctl.h"
#include "txn.h"
#include "umem.h"

/* Each costs a descriptor on CUSE. */
#define MAX_INSTANCES 4096

/* What all instances of a daemon have in common. Not changed after the first attach. */
struct qotd_config {
	char *quote; /* the initial quotation */
	size_t quote_length;
	uint64_t initial_size;
	uint64_t max_size;
};

/* Content that was saved when the device was last there. */
struct qotd_saved {
	const void *content;
	uint64_t size;
};

/* What the device wants from whoever serves it. */
struct qotd_callbacks {
	/* Wakes who polls with a handle of the kernel. No lock is held. */
	void (*poll_wake)(void *ctx, uint32_t instance, uint64_t handle);
	/* The content is the initial quotation again, after resized() if the size was another. No lock is held. */
	void (*discarded)(void *ctx, uint32_t instance);
	/* The size has changed; the client has not been answered yet. No lock is held. */
	void (*resized)(void *ctx, uint32_t instance, uint64_t from, uint64_t to);
	/* The last user of a detached device has closed it: it can go. Called once. */
	void (*gone)(void *ctx, uint32_t instance);
	void *ctx;
};

/* struct qotd_state.flags */
#define QOTD_CHANGED   0x1u /* the content is not the initial quotation */
#define QOTD_DETACHING 0x2u /* no more opens; goes away with its last user */
#define QOTD_ATTACHED  0x4u /* the rest of the state means something */

/*
 * In the arena. A process that dies between an operation and its count leaves that one out; it may also be
 * counted twice.
 */
struct qotd_counters {
	_Atomic uint64_t operations; /* as in struct qotd_info */
	_Atomic uint64_t errors;
	_Atomic uint64_t bytes_read;
	_Atomic uint64_t bytes_written;
	_Atomic uint64_t sleeps;
	_Atomic uint64_t replays;
	_Atomic uint64_t restarts;
	uint64_t reserved;
};

/* In the arena. Guarded by qotd.lock, but for the counters. */
struct qotd_state {
	uint32_t flags;
	uint32_t reserved;
	uint64_t size;
	uint64_t changes; /* times the content changed */
	struct arena_range memory;
	uint64_t reserved_tail[2];
	struct qotd_counters counters; /* a cache line of its own */
};

/* How far qotd_attach() came: what qotd_detach() has to undo, in reverse order. */
#define QOTD_DID_LOCKS	0x1u
#define QOTD_DID_CLIENT 0x2u
#define QOTD_DID_ALLOC	0x4u

struct qotd {
	uint32_t instance;
	unsigned progress; /* QOTD_DID_* */
	const struct qotd_config *config;
	const struct qotd_callbacks *callbacks;
	struct openfiles *files;
	struct umem_client memory;
	_Atomic uint32_t users; /* open files */

	pthread_rwlock_t lock; /* guards the three below, and the content */
	struct qotd_state *state;
	struct umem_cookie pages;

	pthread_mutex_t poll_lock; /* guards `pollers` and the pollers of this device's files */
	TAILQ_HEAD(, poller) pollers;
	_Atomic uint32_t armed; /* how many; read without the lock */
};

/* What an instance is attached to. The pointers must outlive it. */
struct qotd_parent {
	const struct qotd_config *config;
	const struct qotd_callbacks *callbacks;
	struct umem *umem;
	struct openfiles *files;
};

/*
 * Attaches an instance whose soft state is zeroed: takes its memory with NOSLEEP and fills in the initial
 * quotation; or, unless NULL, what was saved, which counts as changed. On failure the caller detaches, too:
 * -ENOMEM when memory is short, or -errno.
 */
int qotd_attach(struct qotd *q, uint32_t instance, const struct qotd_parent *parent,
		const struct qotd_saved *saved);

/*
 * The same for an instance that a dead process has left in the arena, with its memory and content.
 * -ENODATA: it was not attached. -ENXIO: it has been detached for good. -EPROTO: its state is damaged.
 */
int qotd_adopt(struct qotd *q, uint32_t instance, const struct qotd_parent *parent);

/* Whether the state of an attached instance has memory that exists, and a size that fits in it. */
bool qotd_state_is_valid(const struct arena *a, const struct qotd_state *s);

/* Lets go of an instance for the next process: its state and memory stay in the arena. */
void qotd_leave(struct qotd *q);

/* Undoes what qotd_attach() did, however far it came. No request may be in progress, none may sleep. */
void qotd_detach(struct qotd *q);

/* open(2) with these flags. -ENXIO: being detached. -ENFILE: too many open files. */
int qotd_open(struct qotd *q, struct txn *t, uint32_t flags, enum position_mode mode, uint64_t *fh);

/* The last close of an open file. */
int qotd_close(struct qotd *q, struct txn *t, uint64_t fh);

/* Content that is being read: `data` stays valid and unchanged until qotd_read_end(). */
struct qotd_span {
	const void *data;
	size_t length; /* 0 at the end */
};

/* Moves the position and, on success, holds the device's lock shared. -EINVAL: position past the size. */
int qotd_read_begin(struct qotd *q, struct txn *t, const struct qotd_io *io,
		    struct qotd_span *span);
void qotd_read_end(struct qotd *q);

/* Short at the end: *written says how much. -ENOSPC at the end, -EINVAL past it. */
int qotd_write(struct qotd *q, struct txn *t, const struct qotd_io *io, const void *data,
	       size_t *written);

/* QOTDIOCSPOS */
int qotd_seek(struct qotd *q, struct txn *t, uint64_t fh, uint64_t position);

/* QOTDIOCGSZ, QOTDIOCGINFO, QOTDIOCDETACH */
int qotd_get_size(struct qotd *q, uint64_t fh, uint64_t *size);
int qotd_get_info(struct qotd *q, uint64_t fh, struct qotd_info *info);
int qotd_request_detach(struct qotd *q, struct txn *t, uint64_t fh);

/*
 * Counts an operation that is over: its result, 0 or -errno, and whether a process that has died began it; and
 * what it read or wrote.
 */
void qotd_count_operation(struct qotd *q, int err, bool replay);
void qotd_count_bytes(struct qotd *q, size_t read, size_t written);

/* Whether the content is not the initial quotation. */
bool qotd_is_changed(struct qotd *q);

/* For stat(2): the size, and the bytes of memory held. */
void qotd_get_extent(struct qotd *q, uint64_t *size, uint64_t *allocated);

/* Between qotd_attach() and qotd_detach(). */
bool qotd_is_attached(const struct qotd *q);

/* After QOTDIOCDETACH. */
bool qotd_is_detaching(struct qotd *q);

/* After gone(): attached, but for qotd_detach() only. */
bool qotd_is_leaving(struct qotd *q);

/*
 * POLLIN, POLLOUT and perhaps POLLPRI of a file; POLLHUP after QOTDIOCDETACH. The next change of the content, or
 * that, wakes `handle`, unless it is 0.
 */
int qotd_poll(struct qotd *q, uint64_t fh, uint64_t handle, short *events);

/* Wakes who polls: to be called, without locks, after the content has changed. */
void qotd_wake_pollers(struct qotd *q);

/* Whether the file was opened with O_NONBLOCK: its requests must not park. */
bool qotd_is_nonblocking(const struct qotd *q, uint64_t fh);

/* An operation that needs new memory. */
enum qotd_replacement { QOTD_RESIZE, QOTD_DISCARD };

/* Such an operation, parked. The members but `memory` are the device's. */
struct qotd_sleeper {
	struct umem_sleeper memory; /* umem_interrupt() ends the sleep */
	struct qotd *q;
	enum qotd_replacement what;
	uint64_t size;
};

/* Prepares a sleeper; `wake` as in umem.h. */
void qotd_sleeper_init(struct qotd_sleeper *s, struct qotd *q,
		       void (*wake)(struct umem_sleeper *s));

/*
 * QOTDIOCSSZ (what = QOTD_RESIZE, to `size`) and QOTDIOCDISCARD. With a sleeper it may return -EINPROGRESS:
 * parked, go on with qotd_resume() when woken. Without one it fails with -EAGAIN instead.
 */
int qotd_replace(struct qotd *q, struct txn *t, uint64_t fh, enum qotd_replacement what,
		 uint64_t size, struct qotd_sleeper *s);

/* Completes a parked operation whose sleep is over; returns its final result. */
int qotd_resume(struct qotd_sleeper *s, struct txn *t);

#endif
