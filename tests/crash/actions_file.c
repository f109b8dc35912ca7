// SPDX-License-Identifier: MIT
/* Open, close, read, write, seek. */
#include "scene.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* --- open and close --- */

static void run_open(struct scene *s)
{
	s->fd = open(s->daemon->path[0], O_RDWR | O_CLOEXEC);
	scene_result(s, s->fd);
}

static void check_open(struct scene *s, struct test *t)
{
	char data[INITIAL_SIZE];

	CHECK(t, s->result >= 0);
	CHECK_EQ(t, arena_view_open_files(&s->daemon->arena), 3);
	CHECK_EQ(t, read(s->fd, data, sizeof(data)), INITIAL_SIZE);
	CHECK(t, memcmp(data, QUOTATION, strlen(QUOTATION)) == 0);
	CHECK(t, scene_changed_times(s, t, 0));
}

static void prepare_close(struct scene *s, struct test *t)
{
	scene_open(s, t, O_RDWR);
}

static void run_close(struct scene *s)
{
	scene_result(s, close(s->fd));
	s->fd = -1;
}

static void check_close(struct scene *s, struct test *t)
{
	CHECK_EQ(t, s->result, 0);
	CHECK_EQ(t, arena_view_open_files(&s->daemon->arena), 2);
	CHECK(t, scene_changed_times(s, t, 0));
}

static void run_list(struct scene *s)
{
	DIR *dir = opendir(s->daemon->mount);
	long count = 0;

	while (dir && readdir(dir))
		count++;
	scene_result(s, dir ? count : -1);
	if (dir)
		closedir(dir);
}

static void check_list(struct scene *s, struct test *t)
{
	CHECK_EQ(t, s->result, 4); /* with "." and ".." */
}

static void run_lookup(struct scene *s)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/nothing", s->daemon->mount);
	scene_result(s, access(path, F_OK));
}

static void check_lookup(struct scene *s, struct test *t)
{
	CHECK_EQ(t, s->result, -1);
	CHECK_EQ(t, s->error, ENOENT);
}

/* --- read --- */

static void run_read_start(struct scene *s)
{
	scene_result(s, pread(s->control[0], s->data, 20, 0));
}

static void check_read_start(struct scene *s, struct test *t)
{
	CHECK_EQ(t, s->result, 20);
	CHECK(t, memcmp(s->data, QUOTATION, 20) == 0);
	CHECK(t, scene_changed_times(s, t, 0));
}

static void run_read_elsewhere(struct scene *s)
{
	scene_result(s, pread(s->control[0], s->data, 20, 10));
}

static void check_read_elsewhere(struct scene *s, struct test *t)
{
	CHECK_EQ(t, s->result, 20);
	CHECK(t, memcmp(s->data, &QUOTATION[10], 20) == 0);
}

/* A handle with O_APPEND has its position in the device. */
static void prepare_read_position(struct scene *s, struct test *t)
{
	scene_open(s, t, O_RDWR | O_APPEND);
	CHECK_EQ(t, read(s->fd, s->data, 10), 10);
}

static void run_read_position(struct scene *s)
{
	scene_result(s, read(s->fd, s->data, 7));
}

static void check_read_position(struct scene *s, struct test *t)
{
	CHECK_EQ(t, s->result, 7);
	CHECK(t, memcmp(s->data, &QUOTATION[10], 7) == 0);
	CHECK_EQ(t, read(s->fd, s->data, 5), 5);
	CHECK(t, memcmp(s->data, &QUOTATION[17], 5) == 0);
}

/* --- write --- */

static void run_pwrite(struct scene *s)
{
	scene_result(s, pwrite(s->control[0], "hello", 5, 30));
}

static void check_pwrite(struct scene *s, struct test *t)
{
	CHECK_EQ(t, s->result, 5);
	CHECK(t, scene_holds(s, t, 30, "hello"));
	CHECK(t, scene_holds(s, t, 35, &QUOTATION[35]));
	CHECK(t, scene_changed_times(s, t, 1));
	CHECK_EQ(t, scene_info(s, t, 0).flags, QOTD_INFO_CHANGED);
}

static void prepare_append(struct scene *s, struct test *t)
{
	scene_open(s, t, O_RDWR | O_APPEND);
	CHECK_EQ(t, write(s->fd, "abc", 3), 3);
}

static void run_append(struct scene *s)
{
	scene_result(s, write(s->fd, "defgh", 5));
}

static void check_append(struct scene *s, struct test *t)
{
	CHECK_EQ(t, s->result, 5);
	CHECK(t, scene_holds(s, t, 0, "abcdefgh"));
	CHECK(t, scene_holds(s, t, 8, &QUOTATION[8]));
	CHECK(t, scene_changed_times(s, t, 1));
	CHECK_EQ(t, write(s->fd, "X", 1), 1);
	CHECK(t, scene_holds(s, t, 0, "abcdefghX"));
}

static void run_write_past_end(struct scene *s)
{
	scene_result(s, pwrite(s->control[0], "hello", 5, INITIAL_SIZE));
}

static void check_write_past_end(struct scene *s, struct test *t)
{
	CHECK_EQ(t, s->result, -1);
	CHECK_EQ(t, s->error, ENOSPC);
	CHECK(t, scene_changed_times(s, t, 0));
}

/* --- seek --- */

static void prepare_seek(struct scene *s, struct test *t)
{
	scene_open(s, t, O_RDWR);
}

static void run_seek(struct scene *s)
{
	scene_result(s, ioctl(s->fd, QOTDIOCSPOS, &(uint64_t){40}));
}

static void check_seek(struct scene *s, struct test *t)
{
	CHECK_EQ(t, s->result, 0);
	CHECK_EQ(t, read(s->fd, s->data, 6), 6);
	CHECK(t, memcmp(s->data, &QUOTATION[40], 6) == 0);
	CHECK_EQ(t, write(s->fd, "X", 1), 1);
	CHECK(t, scene_holds(s, t, 46, "X"));
	CHECK(t, scene_changed_times(s, t, 1));
}

static const struct action actions[] = {
	{"open", NULL, run_open, check_open, 0, 0},
	{"close", prepare_close, run_close, check_close, 0, 0},
	{"list the directory", NULL, run_list, check_list, 0, 0},
	{"look for another name", NULL, run_lookup, check_lookup, 0, 0},
	{"read at the start", NULL, run_read_start, check_read_start, 0, 0},
	{"read elsewhere", NULL, run_read_elsewhere, check_read_elsewhere, 0, 0},
	{"read at the device's position", prepare_read_position, run_read_position,
	 check_read_position, 0, 0},
	{"pwrite", NULL, run_pwrite, check_pwrite, 0, 0},
	{"write at the device's position", prepare_append, run_append, check_append, 0, 0},
	{"write at the end", NULL, run_write_past_end, check_write_past_end, 0, 0},
	{"seek", prepare_seek, run_seek, check_seek, 0, 0},
};

const struct action_list file_actions = {actions, sizeof(actions) / sizeof(actions[0])};
