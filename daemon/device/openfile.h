/* SPDX-License-Identifier: MIT */
/*
 * Open files: one entry in the arena for each open file description of a client.
 *
 * A handle, which the kernel keeps as `fh`, is an index with a generation, never a pointer: it means the
 * same in the next process, and a stale one is found out.
 */
#ifndef OPENFILE_H
#define OPENFILE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "arena.h"
#include "index_pool.h"
#include "txn.h"

/* Who keeps the position of an open file, and so what the offset in a request means. */
enum position_mode {
	POSITION_CLIENT, /* the kernel does: the offset is the position (FUSE) */
	POSITION_CALL, /* we do: the offset is relative to where this read(2) or write(2) began (CUSE) */
	POSITION_DEVICE, /* we do: the offset means nothing (FUSE with O_APPEND or after QOTDIOCSPOS) */
};

/*
 * The kernel splits one large read(2) or write(2) on a character device into requests whose offsets count
 * from its beginning. Threads that share a descriptor may have such calls in flight side by side; each
 * goes on from its own base. No request tells whether more of its call follow, so each thread's last call is
 * kept. A new thread takes the place of the one that has been silent longest; with more threads in the midst
 * of a call than fit here, one of them has to go on at the common position.
 */
#define OPENFILE_CALLS	 12
#define OPENFILE_NO_CALL UINT32_MAX

struct openfile_call {
	uint64_t base; /* the position where the call began */
	uint32_t pid;  /* the thread that makes it */
	uint32_t used; /* when its last request came, by openfile.call_clock */
};

/* In the arena. `generation` is odd while the entry is open; it changes last on open, first on close. */
struct openfile {
	_Atomic uint32_t generation;
	_Atomic uint32_t instance;
	_Atomic uint32_t flags; /* of open(2) */
	_Atomic uint32_t mode;	/* enum position_mode */
	uint64_t position; /* this and the calls: under openfile_lock(), unless POSITION_CLIENT */
	_Atomic uint64_t
		seen; /* the device's change count that this file has read from its beginning */
	struct openfile_call calls[OPENFILE_CALLS];
	/*
	 * The kernel's handle for who polls this file, 0: nobody has. It stays when the poll is over: whether
	 * somebody waits is known to the process that dies only, so the next one wakes them all.
	 */
	_Atomic uint64_t poll_handle;
	uint32_t call_clock; /* counts the requests that `calls` has seen; wraps around */
	uint32_t reserved[5];
};

/* Whether a poll(2) of this file waits. Guarded by the poll lock of its device. */
struct poller {
	TAILQ_ENTRY(poller) link;
	bool armed;
	uint64_t handle; /* the kernel's */
};

#define OPENFILE_LOCKS 64

struct openfiles {
	struct arena *arena;
	struct index_pool pool;
	struct poller *pollers; /* one per entry */
	pthread_mutex_t
		locks[OPENFILE_LOCKS]; /* the positions, by index; taken inside the device's lock */
};

/* One read or write request of a client. */
struct qotd_io {
	uint64_t fh;
	uint64_t offset; /* as enum position_mode says */
	size_t size;
	uint32_t pid; /* the thread that calls */
	bool replay;  /* the request may have been answered once before */
};

/* Opens the table of an arena; its entries may be in use already. Returns 0 or -ENOMEM. */
int openfiles_init(struct openfiles *of, struct arena *arena);
void openfiles_destroy(struct openfiles *of);

/* Calls visit() for the handle of each open file. For recovery: nobody opens or closes meanwhile. */
void openfiles_visit(const struct openfiles *of,
		     void (*visit)(void *ctx, struct openfile *f, uint64_t fh), void *ctx);

/* The open file of a handle, or NULL when it is not an open one of this instance. */
struct openfile *openfile_get(const struct openfiles *of, uint64_t fh, uint32_t instance);

/* What open(2) allowed. */
bool openfile_is_readable(const struct openfile *f);
bool openfile_is_writable(const struct openfile *f);
bool openfile_is_nonblocking(const struct openfile *f);

/* Its poller and the lock of its position. The handle must be good. */
struct poller *openfile_poller(const struct openfiles *of, uint64_t fh);
pthread_mutex_t *openfile_lock(struct openfiles *of, uint64_t fh);

/* Sets a free entry aside and gives the handle it will have; -ENFILE when all are open. */
int openfile_reserve(struct openfiles *of, uint64_t *fh);

/* Carry out TXN_OPEN and TXN_CLOSE of the file in `t`. openfile_forget() then frees the entry. */
void openfile_apply_open(const struct arena *a, const struct txn *t);
void openfile_apply_close(const struct arena *a, const struct txn *t);
void openfile_forget(struct openfiles *of, uint64_t fh);

/*
 * The position that a request starts at. `mode` is the file's, looked at once for a request: the caller holds
 * openfile_lock() unless it is POSITION_CLIENT.
 */
uint64_t openfile_start(const struct openfile *f, enum position_mode mode,
			const struct qotd_io *io);

/* Plans and carries out how a transfer of `length` bytes at `start` moves the position. As above. */
void openfile_plan_move(const struct openfile *f, enum position_mode mode, const struct qotd_io *io,
			uint64_t start, uint64_t length, struct txn *t);
void openfile_apply_move(const struct arena *a, const struct txn *t);

/* Whether the plan of a dead process names an entry that exists. */
bool openfile_txn_is_valid(const struct arena *a, const struct txn *t);

#endif
