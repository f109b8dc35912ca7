// SPDX-License-Identifier: MIT
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client.h"
#include "deadline.h"

static uint64_t send_request(const struct client *c, uint32_t opcode, const void *body,
			     size_t body_size, const void *tail, size_t tail_size)
{
	return kernel_send(c->kernel, &(struct message){
					      .opcode = opcode,
					      .nodeid = c->nodeid,
					      .pid = c->pid,
					      .body = body,
					      .body_size = body_size,
					      .tail = tail,
					      .tail_size = tail_size,
				      });
}

/* Takes an answer whose payload has just this size, unless it is an error. */
static int end_request(const struct client *c, uint64_t unique, void *payload, size_t size)
{
	struct packet *p = kernel_answer(c->kernel, unique);
	int error = p->header.error;

	if (!error) {
		assert_int_equal(p->length, size);
		if (size > 0)
			memcpy(payload, p->payload, size);
	}
	free(p);
	return error;
}

/* On CUSE a channel has one device; on FUSE it is looked up. */
static int find(struct client *c, struct bench *b, uint32_t instance)
{
	struct client root = {.kernel = bench_kernel(b, instance), .nodeid = FUSE_ROOT_ID};
	struct fuse_entry_out entry;
	char name[32] = "qotd";
	int err = 0;

	*c = (struct client){.kernel = root.kernel, .pid = (uint32_t)getpid()};
	if (instance > 0)
		snprintf(name, sizeof(name), "qotd%u", instance);
	if (b->setup.kind == CHANNEL_FUSE) {
		uint64_t unique = send_request(&root, FUSE_LOOKUP, NULL, 0, name, strlen(name) + 1);

		err = end_request(&root, unique, &entry, sizeof(entry));
		c->nodeid = err ? 0 : entry.nodeid;
	}
	return err;
}

int client_open(struct client *c, struct bench *b, uint32_t instance, int flags)
{
	const struct fuse_open_in in = {.flags = (uint32_t)flags};
	struct fuse_open_out out;
	int err = find(c, b, instance);

	if (err)
		return err;
	err = end_request(c, send_request(c, FUSE_OPEN, &in, sizeof(in), NULL, 0), &out,
			  sizeof(out));
	if (err)
		return err;
	c->flags = (uint32_t)flags;
	c->fh = out.fh;
	c->open_flags = out.open_flags;
	return 0;
}

struct client client_of(struct bench *b, uint32_t instance, int flags)
{
	struct client c;

	assert_int_equal(client_open(&c, b, instance, flags), 0);
	return c;
}

int client_close(struct client *c)
{
	const struct fuse_release_in in = {.fh = c->fh, .flags = c->flags};

	return end_request(c, send_request(c, FUSE_RELEASE, &in, sizeof(in), NULL, 0), NULL, 0);
}

uint64_t client_send_read(const struct client *c, uint64_t offset, uint32_t size)
{
	const struct fuse_read_in in = {
		.fh = c->fh, .offset = offset, .size = size, .flags = c->flags};

	return send_request(c, FUSE_READ, &in, sizeof(in), NULL, 0);
}

ssize_t client_end_read(const struct client *c, uint64_t unique, void *data, size_t size)
{
	struct packet *p = kernel_answer(c->kernel, unique);
	ssize_t result = p->header.error ? p->header.error : (ssize_t)p->length;

	assert_true(p->length <= size);
	memcpy(data, p->payload, p->length);
	free(p);
	return result;
}

ssize_t client_read(const struct client *c, uint64_t offset, void *data, uint32_t size)
{
	return client_end_read(c, client_send_read(c, offset, size), data, size);
}

uint64_t client_send_write(const struct client *c, uint64_t offset, const void *data, uint32_t size)
{
	const struct fuse_write_in in = {
		.fh = c->fh, .offset = offset, .size = size, .flags = c->flags};

	return send_request(c, FUSE_WRITE, &in, sizeof(in), data, size);
}

ssize_t client_end_write(const struct client *c, uint64_t unique)
{
	struct fuse_write_out out;
	int err = end_request(c, unique, &out, sizeof(out));

	return err ? err : (ssize_t)out.size;
}

ssize_t client_write(const struct client *c, uint64_t offset, const void *data, uint32_t size)
{
	return client_end_write(c, client_send_write(c, offset, data, size));
}

uint64_t client_send_ioctl(const struct client *c, unsigned int cmd, const void *arg)
{
	const struct fuse_ioctl_in in = {
		.fh = c->fh,
		.cmd = cmd,
		.arg = (uintptr_t)arg,
		.in_size = _IOC_DIR(cmd) & _IOC_WRITE ? _IOC_SIZE(cmd) : 0,
		.out_size = _IOC_DIR(cmd) & _IOC_READ ? _IOC_SIZE(cmd) : 0,
	};

	return send_request(c, FUSE_IOCTL, &in, sizeof(in), arg, in.in_size);
}

int client_end_ioctl(const struct client *c, uint64_t unique, unsigned int cmd, void *arg)
{
	size_t out_size = _IOC_DIR(cmd) & _IOC_READ ? _IOC_SIZE(cmd) : 0;
	struct packet *p = kernel_answer(c->kernel, unique);
	struct fuse_ioctl_out out;
	int result = p->header.error;

	if (!result) {
		assert_int_equal(p->length, sizeof(out) + out_size);
		memcpy(&out, p->payload, sizeof(out));
		assert_int_equal(out.flags, 0);
		if (out_size > 0)
			memcpy(arg, p->payload + sizeof(out), out_size);
		result = out.result;
	}
	free(p);
	return result;
}

int client_ioctl(const struct client *c, unsigned int cmd, void *arg)
{
	return client_end_ioctl(c, client_send_ioctl(c, cmd, arg), cmd, arg);
}

uint64_t client_send_resize(const struct client *c, uint64_t size)
{
	return client_send_ioctl(c, QOTDIOCSSZ, &size);
}

int client_resize(const struct client *c, uint64_t size)
{
	return client_ioctl(c, QOTDIOCSSZ, &size);
}

int client_seek(const struct client *c, uint64_t position)
{
	return client_ioctl(c, QOTDIOCSPOS, &position);
}

uint64_t client_size(const struct client *c)
{
	uint64_t size = 0;

	assert_int_equal(client_ioctl(c, QOTDIOCGSZ, &size), 0);
	return size;
}

struct qotd_info client_info(const struct client *c)
{
	struct qotd_info info;

	assert_int_equal(client_ioctl(c, QOTDIOCGINFO, &info), 0);
	return info;
}

void client_wait_sleepers(const struct client *c, unsigned count)
{
	int64_t deadline = deadline_in(KERNEL_TIMEOUT_MS);
	unsigned sleepers;

	while ((sleepers = client_info(c).sleepers) != count) {
		if (deadline_is_over(deadline))
			fail_msg("%u requests sleep, not %u", sleepers, count);
		sched_yield();
	}
}

int client_poll(const struct client *c, uint64_t kernel_handle)
{
	const struct fuse_poll_in in = {
		.fh = c->fh,
		.kh = kernel_handle,
		.flags = kernel_handle ? FUSE_POLL_SCHEDULE_NOTIFY : 0,
		.events = POLLIN | POLLOUT | POLLPRI,
	};
	struct fuse_poll_out out;
	int err = end_request(c, send_request(c, FUSE_POLL, &in, sizeof(in), NULL, 0), &out,
			      sizeof(out));

	return err ? err : (int)out.revents;
}

void client_expect_served(struct bench *b, uint32_t instance)
{
	struct client c = client_of(b, instance, O_RDONLY);
	char byte;

	assert_int_equal(client_read(&c, 0, &byte, 1), 1);
	assert_int_equal(client_close(&c), 0);
}

void client_pattern(unsigned char *data, size_t size, uint64_t start, unsigned seed)
{
	for (size_t i = 0; i < size; i++)
		data[i] = (unsigned char)(((start + i) * 2654435761u + seed * 97u) >> 7);
}
