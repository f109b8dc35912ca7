// SPDX-License-Identifier: MIT
#include "stage.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "keeper.h"
#include "kernel.h"
#include "wire.h"

static const char *daemon_program;
static struct crash_plan *plan;
static struct point_table points;

int stage_open(struct stage *s, int device, struct client *c)
{
	const struct fuse_open_in in = {.flags = O_RDWR};
	struct fuse_open_out out = {0};
	struct packet *p;
	int error;

	*c = (struct client){.kernel = &s->kernels[device], .flags = O_RDWR, .pid = 1};
	p = kernel_answer(c->kernel, kernel_send(c->kernel, &(struct message){
								    .opcode = FUSE_OPEN,
								    .pid = 1,
								    .body = &in,
								    .body_size = sizeof(in),
							    }));
	error = p->header.error;
	if (!error)
		memcpy(&out, p->payload, sizeof(out));
	c->fh = out.fh;
	free(p);
	return error;
}

static void settle(struct stage *s, uint64_t starts, uint32_t deaths, unsigned parked)
{
	if (!daemon_settle(&s->view, starts, deaths, parked))
		fail_msg("no rest: %u deaths, %u requests run, %u sleep", plan->deaths,
			 arena_view_running(&s->view.arena), arena_view_parked(&s->view.arena));
}

static void end(struct stage *s)
{
	keeper_stop(s->keeper);
	s->keeper = 0;
	arena_view_close(&s->view.arena);
	for (int i = 0; i < DEVICES; i++) {
		kernel_destroy(&s->kernels[i]);
		close(s->ends[i]);
	}
	close(s->arena);
}

/* A daemon of its own for each play. */
static void begin(struct stage *s)
{
	uint64_t init[DEVICES];

	if (s->keeper) /* the play before has failed */
		end(s);
	memset(s, 0, sizeof(*s));
	plan_reset(plan);
	s->view.plan = plan;
	s->arena = memfd_create("qotd-cuse", MFD_CLOEXEC);
	for (int i = 0; i < DEVICES; i++) {
		s->ends[i] = kernel_create(&s->kernels[i], KERNEL_CUSE);
		init[i] = kernel_send_init(&s->kernels[i], FUSE_KERNEL_VERSION);
	}
	s->keeper = keeper_start(daemon_program, s->ends, DEVICES, s->arena);
	for (int i = 0; i < DEVICES; i++)
		assert_int_equal(kernel_result(&s->kernels[i], init[i]), 0);
	assert_int_equal(stage_open(s, 0, &s->file), 0);
	assert_int_equal(stage_open(s, 1, &s->other), 0);
	assert_true(arena_view_open(&s->view.arena, getpid()));
}

/* Returns the hits of the call. */
static uint32_t play_once(struct stage *s, const struct action *a, uint32_t first)
{
	uint64_t starts;
	uint32_t hits;

	begin(s);
	if (a->prepare)
		a->prepare(s);
	starts = arena_view_starts(&s->view.arena);
	settle(s, starts, 0, a->sleeping);
	plan_arm(plan, first, 0);
	a->run(s);
	settle(s, starts, first ? 1 : 0, 0);
	plan_disarm(plan);
	hits = plan->hits;
	memcpy(s->trace, (void *)(uintptr_t)plan->trace, sizeof(s->trace));
	a->check(s);
	for (int i = 0; i < DEVICES; i++)
		assert_int_equal(kernel_count_pending(&s->kernels[i]), 0);
	end(s);
	return hits;
}

void stage_play(void **state)
{
	static struct stage s;
	const struct action *a = *state;
	uint32_t trace[CRASH_PLAN_TRACE];
	uint32_t hits = play_once(&s, a, 0);

	for (uint32_t i = 0; i < hits && i < CRASH_PLAN_TRACE; i++)
		trace[i] = s.trace[i];
	for (uint32_t first = 1; first <= hits; first++) {
		print_message("# %s: a death at hit %u of %u, %s\n", a->name, first, hits,
			      points.names[trace[first - 1]]);
		play_once(&s, a, first);
	}
}

bool stage_init(const char *program)
{
	daemon_program = program;
	plan = plan_create();
	return points_list(&points, program);
}
