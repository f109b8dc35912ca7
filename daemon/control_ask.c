// SPDX-License-Identifier: MIT
/* Who asks at the control socket. */
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "cleanup.h"
#include "control.h"

/* How long the daemon may take: longer than anything that it does, for an answer instead of a hang. */
#define ANSWER_TIMEOUT_S 30

static int connect_to(const char *path)
{
	const struct timeval timeout = {.tv_sec = ANSWER_TIMEOUT_S};
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	cleanup_close int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -errno;
	if (strlcpy(address.sun_path, path, sizeof(address.sun_path)) >= sizeof(address.sun_path))
		return -ENAMETOOLONG;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof(timeout));
	if (connect(fd, (const struct sockaddr *)&address, sizeof(address)) < 0)
		return -errno;
	return steal_fd(&fd);
}

/* All arguments in one packet, each with its NUL. */
static int send_arguments(int fd, int argc, char *const argv[])
{
	cleanup_free char *packet = malloc(CONTROL_REQUEST_MAX);
	size_t length = 0;

	if (!packet)
		return -ENOMEM;
	if (argc - 1 > CONTROL_ARGUMENTS_MAX)
		return -E2BIG;
	for (int i = 1; i < argc; i++) {
		size_t size = strlen(argv[i]) + 1;

		if (size > CONTROL_REQUEST_MAX - length)
			return -E2BIG;
		memcpy(packet + length, argv[i], size);
		length += size;
	}
	return send(fd, packet, length, MSG_NOSIGNAL) < 0 ? -errno : 0;
}

/* The first byte says how to take the rest. */
static int print_answer(int fd)
{
	char answer[1 + CONTROL_ANSWER_MAX];
	ssize_t length = recv(fd, answer, sizeof(answer), 0);
	bool is_refusal;

	if (length < 0)
		return errno == EAGAIN ? -ETIMEDOUT : -errno;
	if (length == 0)
		return -ECONNRESET;
	is_refusal = answer[0] != '+';
	for (const char *line = answer + 1, *end; line < answer + length; line = end + 1) {
		end = memchr(line, '\n', (size_t)(answer + length - line));
		if (!end)
			end = answer + length;
		if (is_refusal)
			warnx("%.*s", (int)(end - line), line);
		else
			printf("%.*s\n", (int)(end - line), line);
	}
	return is_refusal ? -EPERM : 0;
}

int control_ask(const char *path, int argc, char *const argv[])
{
	cleanup_close int fd = connect_to(path);
	int err;

	if (fd < 0) {
		warnx("cannot reach the daemon at %s: %s", path, strerror(-fd));
		return fd;
	}
	err = send_arguments(fd, argc, argv);
	if (err) {
		warnx("cannot ask the daemon: %s", strerror(-err));
		return err;
	}
	err = print_answer(fd);
	if (err && err != -EPERM)
		warnx("the daemon has not answered: %s", strerror(-err));
	return err;
}
