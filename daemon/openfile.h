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
	POSITION_CALL,	 /* we do: the offset is relative to where this read(2) or write(2) began (CUSE) */
	POSITION_DEVICE, /* we do: the offset means nothing (FUSE with O_APPEND or after QOTDIOCSPOS) */
};

/*
 * The kernel splits one large read(2) or write(2) on a character device into requests whose offsets count
 * from its beginning. Threads that share a descriptor may have such calls in flight side by side; each
 * goes on from its own base. More of them than fit here continue at the common position.
 */
#define OPENFILE_CALLS 4
#define OPENFILE_NO_CALL UINT32_MAX

struct openfile_call {
	uint64_t base; /* the position where the call began */
	uint32_t pid;  /* the thread that makes it */
	uint32_t reserved;
};

/* In the arena. `generation` is odd while the entry is open; it changes last on open, first on close. */
struct openfile {
	_Atomic uint32_t generation;
	uint32_t instance;
	uint32_t flags; /* of open(2) */
	uint32_t mode;	/* enum position_mode */
	uint64_t position;
	_Atomic uint64_t seen; /* the device's change count that this file has read from its beginning */
	struct openfile_call calls[OPENFILE_CALLS];
	uint32_t next_call; /* the entry of `calls` to use next */
	uint32_t reserved[7];
};

/* What a poll(2) of this file waits with. Guarded by the poll lock of its device. */
struct poller {
	TAILQ_ENTRY(poller) link;
	void *handle; /* NULL: not armed */
};

#define OPENFILE_LOCKS 64

struct openfiles {
	struct arena *arena;
	struct index_pool pool;
	struct poller *pollers;		       /* one per entry */
	pthread_mutex_t locks[OPENFILE_LOCKS]; /* the positions, by index; taken inside the device's lock */
};

/* One read or write request of a client. */
struct qotd_io {
	uint64_t fh;
	uint64_t offset; /* as enum position_mode says */
	size_t size;
	uint32_t pid; /* the thread that calls */
	bool more;    /* the kernel may send more requests of the same call */
	bool replay;  /* the request may have been answered once before */
};

/* Opens the table of an arena whose entries are all free. Returns 0 or -ENOMEM. */
int openfiles_init(struct openfiles *of, struct arena *arena);
void openfiles_destroy(struct openfiles *of);

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
void openfile_apply_open(struct openfiles *of, const struct txn *t);
void openfile_apply_close(struct openfiles *of, const struct txn *t);
void openfile_forget(struct openfiles *of, uint64_t fh);

/* The position that a request starts at. The caller holds openfile_lock() unless POSITION_CLIENT. */
uint64_t openfile_start(const struct openfile *f, const struct qotd_io *io);

/* Plans and carries out how a transfer of `length` bytes at `start` moves the position. As above. */
void openfile_plan_move(const struct openfile *f, const struct qotd_io *io, uint64_t start,
			uint64_t length, struct txn *t);
void openfile_apply_move(struct openfile *f, const struct txn *t);

#endif
