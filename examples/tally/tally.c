// SPDX-License-Identifier: MIT
/*
 * A tally counter: read the count, write a new one, add to it with an ioctl, wait for a change with poll.
 *
 *	tally_attach()      the count is 0
 *	open                a free entry of `files`; its index is the handle
 *	read write ioctl    in any order, from any number of clients and threads
 *	release             the last close(2) of the file: its entry is free again
 *	tally_detach()
 *
 * The table of the entry points is at the end. None of them waits, so nothing here has to be interrupted.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "channel.h"
#include "cleanup.h"
#include "reply.h"
#include "tally.h"
#include "tally_ioctl.h"

int tally_attach(struct tally *t)
{
	*t = (struct tally){0};
	pthread_mutex_init(&t->lock, NULL);
	return index_pool_init(&t->free_files, TALLY_MAX_OPEN);
}

void tally_detach(struct tally *t)
{
	index_pool_destroy(&t->free_files);
	pthread_mutex_destroy(&t->lock);
}

static struct tally *tally_of(const struct request *r)
{
	return r->channel->served->ctx;
}

/* The kernel brings back what it got from reply_open(). */
static struct tally_file *file_of(const struct request *r, uint64_t fh)
{
	return &tally_of(r)->files[fh];
}

/* From here down to the entry points, all is called with the lock held. */

static void set_count(struct tally *t, int64_t count)
{
	t->count = count;
	t->changes++;
	for (struct tally_file *f = t->files; f < t->files + TALLY_MAX_OPEN; f++) {
		if (f->poll_handle)
			channel_wake_poll(f->channel, f->poll_handle);
		f->poll_handle = 0;
	}
}

/* What is read is of one moment, also when it is read in pieces. */
static void look(const struct tally *t, struct tally_file *f)
{
	f->length = (size_t)snprintf(f->text, sizeof(f->text), "%jd\n", (intmax_t)t->count);
	f->seen = t->changes;
}

/* A number, maybe with a newline. */
static int parse_count(const char *data, size_t size, int64_t *count)
{
	char text[TALLY_TEXT_MAX];
	const char *problem;

	if (size > 0 && data[size - 1] == '\n')
		size--;
	if (size >= sizeof(text) || memchr(data, '\0', size))
		return -EINVAL;
	memcpy(text, data, size);
	text[size] = '\0';
	*count = strtonum(text, INT64_MIN, INT64_MAX, &problem);
	return problem ? -EINVAL : 0;
}

static int get_count(struct tally *t, struct tally_file *f, int64_t *value)
{
	*value = t->count;
	f->seen = t->changes;
	return 0;
}

static int add_to_count(struct tally *t, struct tally_file *f, int64_t *value)
{
	int64_t sum;

	if (__builtin_add_overflow(t->count, *value, &sum))
		return -EOVERFLOW;
	set_count(t, sum);
	return get_count(t, f, value);
}

/* The kernel does not look at the access mode for an ioctl. */
static const struct command {
	uint32_t number;
	uint32_t refused_mode;
	int (*run)(struct tally *t, struct tally_file *f, int64_t *value);
} commands[] = {
	{TALLYIOCGET, O_WRONLY, get_count},
	{TALLYIOCADD, O_RDONLY, add_to_count},
};

static const struct command *find_command(uint32_t number)
{
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (commands[i].number == number)
			return &commands[i];
	return NULL;
}

static void open_file(const struct request *r, const struct fuse_open_in *in)
{
	struct tally *t = tally_of(r);
	uint32_t fh;

	if (!index_pool_take(&t->free_files, &fh)) {
		reply_result(r, -ENFILE);
		return;
	}
	LOCK_SCOPE(&t->lock);
	t->files[fh] = (struct tally_file){.flags = in->flags, .seen = t->changes};
	reply_open(r, fh);
}

static void release(const struct request *r, const struct fuse_release_in *in)
{
	struct tally *t = tally_of(r);
	LOCK_SCOPE(&t->lock);

	*file_of(r, in->fh) = (struct tally_file){0};
	index_pool_give(&t->free_files, (uint32_t)in->fh);
	reply_result(r, 0);
}

/*
 * On CUSE the offset counts from where this read(2) began: it is 0 here, since a read that asks for more than
 * one request gets its few bytes from the first. Without a position of the device's own, cat(1) would never end.
 */
static void read_file(const struct request *r, const struct fuse_read_in *in)
{
	struct tally *t = tally_of(r);
	LOCK_SCOPE(&t->lock);
	struct tally_file *f = file_of(r, in->fh);
	size_t start, length;

	if (r->channel->kind == CHANNEL_FUSE)
		f->position = in->offset;
	if (f->position == 0)
		look(t, f);
	start = f->position < f->length ? f->position : f->length;
	length = in->size < f->length - start ? in->size : f->length - start;
	f->position += length;
	reply_read(r, f->text + start, length);
}

/* Wherever the file stands: each write is a count of its own. */
static void write_file(const struct request *r, const struct fuse_write_in *in, const void *data)
{
	struct tally *t = tally_of(r);
	LOCK_SCOPE(&t->lock);
	int64_t count;
	int err = parse_count(data, in->size, &count);

	if (err) {
		reply_result(r, err);
		return;
	}
	set_count(t, count);
	reply_write(r, in->size);
}

static void ioctl_file(const struct request *r, const struct fuse_ioctl_in *in,
		       const void *argument)
{
	struct tally *t = tally_of(r);
	LOCK_SCOPE(&t->lock);
	struct tally_file *f = file_of(r, in->fh);
	const struct command *c = find_command(in->cmd);
	int64_t value = 0;
	int err = 0;

	if (!c)
		err = -ENOTTY;
	else if (in->in_size > sizeof(value) || in->out_size < sizeof(value))
		err = -EINVAL;
	else if ((f->flags & O_ACCMODE) == c->refused_mode)
		err = -EACCES;
	if (!err) {
		memcpy(&value, argument, in->in_size);
		err = c->run(t, f, &value);
	}
	if (err)
		reply_result(r, err);
	else
		reply_ioctl(r, &value, sizeof(value));
}

static void poll_file(const struct request *r, const struct fuse_poll_in *in)
{
	struct tally *t = tally_of(r);
	LOCK_SCOPE(&t->lock);
	struct tally_file *f = file_of(r, in->fh);

	if (in->flags & FUSE_POLL_SCHEDULE_NOTIFY) {
		f->poll_handle = in->kh;
		f->channel = r->channel;
	}
	reply_poll(r, POLLIN | POLLRDNORM | POLLOUT | POLLWRNORM |
			      (f->seen != t->changes ? POLLPRI : 0u));
}

/* Size 0, as in /proc: how long the text is going to be is known only when it is read. */
static bool get_extent(void *ctx, uint32_t instance, uint64_t *size, uint64_t *allocated)
{
	(void)ctx;
	(void)instance;
	*size = *allocated = 0;
	return true;
}

static void get_space(void *ctx, struct driver_space *space)
{
	(void)ctx;
	*space = (struct driver_space){0};
}

const struct driver_ops tally_ops = {
	.open = open_file,
	.release = release,
	.read = read_file,
	.write = write_file,
	.ioctl = ioctl_file,
	.poll = poll_file,
	.get_extent = get_extent,
	.get_space = get_space,
};
