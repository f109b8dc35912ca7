// SPDX-License-Identifier: MIT
/* The control socket: who is heard, who is not, and that nobody keeps the daemon from its work. */
#include "control.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "capture.h"

struct fixture {
	struct log log;
	struct control control;
	char dir[64], path[80];
	unsigned requests; /* that were carried out */
	char arguments[256];
	bool refuse;
	struct capture output;
};

/* What the daemon would do: remembers the arguments, and answers. */
static void carry_out(void *ctx, int argc, char *argv[], struct control_answer *answer)
{
	struct fixture *f = ctx;

	f->requests++;
	f->arguments[0] = '\0';
	for (int i = 1; i < argc; i++) {
		strlcat(f->arguments, argv[i], sizeof(f->arguments));
		strlcat(f->arguments, ";", sizeof(f->arguments));
	}
	assert_null(argv[argc]);
	answer->is_refusal = f->refuse;
	control_say(answer, "one %d", 1);
	control_say(answer, "two");
}

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	f->log.max_level = LOG_ERR;
	strlcpy(f->dir, "/tmp/qotd-control.XXXXXX", sizeof(f->dir));
	assert_non_null(mkdtemp(f->dir));
	snprintf(f->path, sizeof(f->path), "%s/control", f->dir);
	assert_int_equal(control_open(&f->control, f->path, &f->log), 0);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	control_close(&f->control);
	unlink(f->path);
	rmdir(f->dir);
	free(f);
	return 0;
}

/* Does all that there is to do now. */
static void handle_all(struct fixture *f)
{
	struct pollfd p = {.fd = f->control.epoll_fd, .events = POLLIN};

	while (poll(&p, 1, 0) == 1)
		control_handle(&f->control, carry_out, f);
}

static int connect_peer(const struct fixture *f)
{
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	if (connect(fd, (const struct sockaddr *)&f->control.address, sizeof(f->control.address)) <
	    0)
		fail_msg("connect: %s", strerror(errno));
	return fd;
}

/* Sends a request and receives its answer, which is "" when there is none. */
static void exchange(struct fixture *f, const char *request, size_t length, char answer[256])
{
	int fd = connect_peer(f);
	ssize_t n;

	assert_int_equal(send(fd, request, length, 0), length);
	handle_all(f);
	n = recv(fd, answer, 255, MSG_DONTWAIT);
	answer[n < 0 ? 0 : n] = '\0';
	close(fd);
	handle_all(f);
}

static void arguments_arrive_and_the_answer_comes_back(void **state)
{
	struct fixture *f = *state;
	char answer[256];

	exchange(f, "--a\0--b=c d\0", 12, answer);
	assert_string_equal(f->arguments, "--a;--b=c d;");
	assert_string_equal(answer, "+one 1\ntwo\n");
	assert_int_equal(f->control.peer_count, 0);
}

static void malformed_requests_are_refused(void **state)
{
	struct fixture *f = *state;
	char answer[256], *many = calloc(1, 2 * (CONTROL_ARGUMENTS_MAX + 1));

	exchange(f, "no end", 6, answer);
	assert_true(answer[0] == '-' && strstr(answer, "does not understand"));
	for (size_t i = 0; i <= CONTROL_ARGUMENTS_MAX; i++)
		many[2 * i] = 'x';
	exchange(f, many, 2 * CONTROL_ARGUMENTS_MAX, answer);
	assert_int_equal(answer[0], '+');
	exchange(f, many, 2 * (CONTROL_ARGUMENTS_MAX + 1), answer);
	assert_int_equal(answer[0], '-');
	assert_int_equal(f->requests, 1);
	free(many);
}

static void request_that_is_too_long_is_refused(void **state)
{
	struct fixture *f = *state;
	char answer[256], *request = calloc(1, CONTROL_REQUEST_MAX + 1);

	memset(request, 'x', CONTROL_REQUEST_MAX);
	exchange(f, request, CONTROL_REQUEST_MAX + 1, answer);
	assert_int_equal(answer[0], '-');
	request[CONTROL_REQUEST_MAX - 1] = '\0';
	exchange(f, request, CONTROL_REQUEST_MAX, answer);
	assert_int_equal(answer[0], '+');
	free(request);
}

static void answer_that_is_too_long_is_cut(void **state)
{
	struct control_answer answer = {0};

	(void)state;
	for (int i = 0; i < 1000; i++)
		control_say(&answer, "a line of an answer");
	assert_in_range(strlen(answer.text), CONTROL_ANSWER_MAX - 100, CONTROL_ANSWER_MAX - 1);
}

static void silent_peers_keep_nobody_from_being_heard(void **state)
{
	struct fixture *f = *state;
	int silent[3 * CONTROL_PEERS];
	char answer[256];

	for (size_t i = 0; i < sizeof(silent) / sizeof(silent[0]); i++) {
		silent[i] = connect_peer(f);
		handle_all(f);
		exchange(f, "--a", 4, answer);
		assert_int_equal(answer[0], '+');
	}
	assert_in_range(f->control.peer_count, 1, CONTROL_PEERS);
	/* The first ones have lost their places. */
	assert_int_equal(recv(silent[0], answer, sizeof(answer), MSG_DONTWAIT), 0);
	for (size_t i = 0; i < sizeof(silent) / sizeof(silent[0]); i++)
		close(silent[i]);
	handle_all(f);
	assert_int_equal(f->control.peer_count, 0);
}

static void peer_that_leaves_without_its_answer_does_no_harm(void **state)
{
	struct fixture *f = *state;
	char answer[256];
	int fd = connect_peer(f);

	assert_int_equal(send(fd, "--a", 4, 0), 4);
	close(fd);
	handle_all(f);
	exchange(f, "--b", 4, answer);
	assert_int_equal(answer[0], '+');
}

static void socket_is_for_its_user_alone(void **state)
{
	struct fixture *f = *state;
	struct stat st;

	assert_int_equal(stat(f->path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
}

static void socket_is_removed_at_the_end(void **state)
{
	struct fixture *f = *state;

	control_close(&f->control);
	assert_int_equal(access(f->path, F_OK), -1);
}

static void socket_of_a_dead_process_is_replaced(void **state)
{
	struct fixture *f = *state;
	struct control dead = f->control;
	char answer[256];

	close(dead.listen_fd);
	close(dead.epoll_fd);
	free(dead.request);
	assert_int_equal(control_open(&f->control, f->path, &f->log), 0);
	exchange(f, "--a", 4, answer);
	assert_int_equal(answer[0], '+');
}

static int open_second(struct fixture *f, const char *path, const char **message)
{
	struct control second;
	int err;

	capture_start(&f->output, STDERR_FILENO);
	err = control_open(&second, path, &f->log);
	*message = capture_stop(&f->output);
	control_close(&second);
	return err;
}

static void socket_in_use_is_left_alone(void **state)
{
	struct fixture *f = *state;
	const char *message;
	char answer[256];

	assert_int_equal(open_second(f, f->path, &message), -EADDRINUSE);
	assert_non_null(strstr(message, f->path));
	exchange(f, "--a", 4, answer);
	assert_int_equal(answer[0], '+');
}

static void what_is_no_socket_is_left_alone(void **state)
{
	struct fixture *f = *state;
	const char *message;
	char path[96];
	FILE *file;

	snprintf(path, sizeof(path), "%s/file", f->dir);
	file = fopen(path, "w");
	assert_non_null(file);
	fclose(file);
	assert_int_equal(open_second(f, path, &message), -EADDRINUSE);
	assert_int_equal(unlink(path), 0);
}

static void path_that_cannot_be_is_refused(void **state)
{
	struct fixture *f = *state;
	char path[200];
	const char *message;

	memset(path, 'x', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	assert_int_equal(open_second(f, path, &message), -ENAMETOOLONG);
	assert_int_equal(open_second(f, "/nowhere/at/all", &message), -ENOENT);
	assert_non_null(strstr(message, "--control: cannot listen at /nowhere/at/all: "));
}

static void no_path_is_no_socket(void **state)
{
	struct fixture *f = *state;
	struct control none;

	assert_int_equal(control_open(&none, NULL, &f->log), 0);
	assert_int_equal(none.epoll_fd, -1);
	control_handle(&none, carry_out, f);
	control_close(&none);
}

/* --- control_ask() --- */

/* Hears one request in a thread of its own, as the daemon would. */
static void *hear(void *arg)
{
	struct fixture *f = arg;
	struct pollfd p = {.fd = f->control.epoll_fd, .events = POLLIN};

	for (unsigned before = f->requests; f->requests == before;)
		if (poll(&p, 1, 20000) == 1)
			control_handle(&f->control, carry_out, f);
	return NULL;
}

static int ask(struct fixture *f, int printed_to, const char **printed)
{
	char *argv[] = {(char[]){"program"}, (char[]){"--a"}, (char[]){""}, (char[]){"--b"}, NULL};
	pthread_t thread;
	int err;

	assert_int_equal(pthread_create(&thread, NULL, hear, f), 0);
	capture_start(&f->output, printed_to);
	err = control_ask(f->path, 4, argv);
	*printed = capture_stop(&f->output);
	pthread_join(thread, NULL);
	return err;
}

static void asking_prints_the_answer(void **state)
{
	struct fixture *f = *state;
	const char *printed;

	assert_int_equal(ask(f, STDOUT_FILENO, &printed), 0);
	assert_string_equal(f->arguments, "--a;;--b;");
	assert_string_equal(printed, "one 1\ntwo\n");
}

static void refusal_is_an_error(void **state)
{
	struct fixture *f = *state;
	const char *printed;

	f->refuse = true;
	assert_true(ask(f, STDERR_FILENO, &printed) < 0);
	assert_string_equal(printed, "test_control: one 1\ntest_control: two\n");
}

static void nobody_to_ask_is_an_error(void **state)
{
	struct fixture *f = *state;
	char *argv[] = {(char[]){"program"}, NULL};

	capture_start(&f->output, STDERR_FILENO);
	assert_int_equal(control_ask("/nowhere/at/all", 1, argv), -ENOENT);
	assert_non_null(strstr(capture_stop(&f->output), "/nowhere/at/all"));
}

#define CONTROL_TEST(t) cmocka_unit_test_setup_teardown(t, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CONTROL_TEST(arguments_arrive_and_the_answer_comes_back),
		CONTROL_TEST(malformed_requests_are_refused),
		CONTROL_TEST(request_that_is_too_long_is_refused),
		CONTROL_TEST(answer_that_is_too_long_is_cut),
		CONTROL_TEST(silent_peers_keep_nobody_from_being_heard),
		CONTROL_TEST(peer_that_leaves_without_its_answer_does_no_harm),
		CONTROL_TEST(socket_is_for_its_user_alone),
		CONTROL_TEST(socket_is_removed_at_the_end),
		CONTROL_TEST(socket_of_a_dead_process_is_replaced),
		CONTROL_TEST(socket_in_use_is_left_alone),
		CONTROL_TEST(what_is_no_socket_is_left_alone),
		CONTROL_TEST(path_that_cannot_be_is_refused),
		CONTROL_TEST(no_path_is_no_socket),
		CONTROL_TEST(asking_prints_the_answer),
		CONTROL_TEST(refusal_is_an_error),
		CONTROL_TEST(nobody_to_ask_is_an_error),
	};

	return cmocka_run_group_tests_name("control socket", tests, NULL, NULL);
}
