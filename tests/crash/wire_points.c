// SPDX-License-Identifier: MIT
/*
 * wire_points PROGRAM: requests as only CUSE has them, with the daemon dying at each crash point on their way.
 * The test plays the kernel: it delivers each request once, and drops an answer to what has been answered.
 */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "kernel.h"
#include "stage.h"
#include "wire.h"

#define QUOTE bench_quote

static unsigned changes(struct stage *s)
{
	return (unsigned)client_info(&s->file).changes;
}

/* --- the position of an open file --- */

static void read_ten(struct stage *s)
{
	assert_int_equal(client_read(&s->file, 0, s->data, 10), 10);
}

static void run_read(struct stage *s)
{
	s->result = client_read(&s->file, 0, s->data, 7);
}

static void check_read(struct stage *s)
{
	assert_int_equal(s->result, 7);
	assert_memory_equal(s->data, &QUOTE[10], 7);
	assert_int_equal(client_read(&s->file, 0, s->data, 5), 5);
	assert_memory_equal(s->data, &QUOTE[17], 5);
}

/* The second request of one large call: its offset counts from where the call began. */
static void begin_call(struct stage *s)
{
	read_ten(s);
	assert_int_equal(client_read(&s->file, 0, s->data, 20), 20);
}

static void run_rest_of_call(struct stage *s)
{
	s->result = client_read(&s->file, 20, s->data, 8);
}

static void check_rest_of_call(struct stage *s)
{
	assert_int_equal(s->result, 8);
	assert_memory_equal(s->data, &QUOTE[30], 8);
	assert_int_equal(client_read(&s->file, 0, s->data, 5), 5);
	assert_memory_equal(s->data, &QUOTE[38], 5);
}

static void write_three(struct stage *s)
{
	assert_int_equal(client_write(&s->file, 0, "abc", 3), 3);
}

static void run_write(struct stage *s)
{
	s->result = client_write(&s->file, 0, "defgh", 5);
}

static void check_write(struct stage *s)
{
	assert_int_equal(s->result, 5);
	assert_int_equal(changes(s), 2);
	assert_int_equal(client_write(&s->file, 0, "X", 1), 1);
	assert_int_equal(client_seek(&s->file, 0), 0);
	assert_int_equal(client_read(&s->file, 0, s->data, 10), 10);
	assert_memory_equal(s->data, "abcdefghXo", 9);
}

static void run_seek(struct stage *s)
{
	s->result = client_seek(&s->file, 40);
}

static void check_seek(struct stage *s)
{
	assert_int_equal(s->result, 0);
	assert_int_equal(client_read(&s->file, 0, s->data, 5), 5);
	assert_memory_equal(s->data, &QUOTE[40], 5);
}

/* --- the life of an open file --- */

static void run_open(struct stage *s)
{
	s->result = stage_open(s, 0, &s->opened);
}

static void check_open(struct stage *s)
{
	assert_int_equal(s->result, 0);
	assert_int_equal(arena_view_open_files(&s->view.arena), 3);
	assert_int_equal(client_read(&s->opened, 0, s->data, 5), 5);
}

static void run_close(struct stage *s)
{
	s->result = client_close(&s->opened);
}

static void check_close(struct stage *s)
{
	assert_int_equal(s->result, 0);
	assert_int_equal(arena_view_open_files(&s->view.arena), 2);
}

/* --- waiting --- */

static void poll_file(struct stage *s)
{
	read_ten(s);
	assert_int_equal(client_poll(&s->file, 4711), POLLIN | POLLOUT);
}

/* Who polls looks again when told to: once at least, and whatever else the handle is told of. */
static void check_told(struct stage *s)
{
	struct fuse_notify_poll_wakeup_out out;
	struct packet *p = kernel_notice(&s->kernels[0], FUSE_NOTIFY_POLL);

	memcpy(&out, p->payload, sizeof(out));
	free(p);
	assert_int_equal(out.kh, 4711);
	assert_int_equal(s->result, 5);
	assert_int_equal(changes(s), 1);
	assert_int_equal(client_poll(&s->file, 4711), POLLIN | POLLOUT | POLLPRI);
}

/* Eight pages more, where the other device holds nine of 16. */
static void fall_asleep(struct stage *s)
{
	assert_int_equal(client_resize(&s->other, 9 * PAGE), 0);
	s->asleep = client_send_resize(&s->file, 8 * PAGE);
	client_wait_sleepers(&s->other, 1);
}

static void run_interrupt(struct stage *s)
{
	kernel_send_interrupt(&s->kernels[0], s->asleep);
	s->result = client_end_ioctl(&s->file, s->asleep, QOTDIOCSSZ, NULL);
}

static void check_interrupted(struct stage *s)
{
	assert_int_equal(s->result, -EINTR);
	assert_int_equal(changes(s), 0);
	assert_int_equal(client_size(&s->file), 128);
	assert_int_equal(client_info(&s->file).sleepers, 0);
}

static void run_grow(struct stage *s)
{
	s->result = client_resize(&s->file, 3 * PAGE);
}

static void check_grow(struct stage *s)
{
	assert_int_equal(s->result, 0);
	assert_int_equal(changes(s), 1);
	assert_int_equal(client_size(&s->file), 3 * PAGE);
	assert_int_equal(client_info(&s->file).memory_used, 4 * PAGE);
}

static const struct action actions[] = {
	{"read at the position", read_ten, run_read, check_read, 0},
	{"the second request of a read", begin_call, run_rest_of_call, check_rest_of_call, 0},
	{"write at the position", write_three, run_write, check_write, 0},
	{"seek", read_ten, run_seek, check_seek, 0},
	{"open", NULL, run_open, check_open, 0},
	{"close", run_open, run_close, check_close, 0},
	{"a change of what is polled", poll_file, run_write, check_told, 0},
	{"a resize", NULL, run_grow, check_grow, 0},
	{"an interrupt of a sleeping resize", fall_asleep, run_interrupt, check_interrupted, 1},
};

int main(int argc, char **argv)
{
	struct CMUnitTest tests[COUNT(actions)];

	if (argc != 2 || !stage_init(argv[1]))
		return 2;
	for (size_t i = 0; i < COUNT(actions); i++)
		tests[i] = (struct CMUnitTest){
			.name = actions[i].name,
			.test_func = stage_play,
			.initial_state = (void *)(uintptr_t)&actions[i],
		};
	return cmocka_run_group_tests_name("wire points", tests, NULL, NULL);
}
