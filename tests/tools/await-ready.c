/* SPDX-License-Identifier: MIT */
/*
 * await-ready FIFO COMMAND [ARGUMENT...]: runs the command in this very process, as a service
 * manager would, and writes one line to FIFO: "ready" once the command has said READY=1, or
 * "exited" when it ends without having said so. All that it says is also appended to the file
 * that $AWAIT_READY_LOG names, if any.
 *
 * The process becomes the command, so the caller's child is the daemon itself: its process id and
 * exit status need no translation. A second process listens in the meantime; it is not a child of
 * the daemon, and ends with it.
 */
#include <err.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define EXIT_CANNOT_RUN 125

/* What the listener holds. All of it is close-on-exec: the daemon inherits nothing. */
struct listener {
	int notify; /* the notify socket */
	int daemon; /* pidfd of the process that becomes the daemon */
	int report; /* the FIFO */
	int log;    /* -1: none */
};

/* Binds a socket to an abstract address that the kernel picks, and puts it into $NOTIFY_SOCKET. */
static int open_notify_socket(void)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	socklen_t length = sizeof(sa_family_t);
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&address, length) < 0)
		err(EXIT_CANNOT_RUN, "notify socket");
	length = sizeof(address) - 1;
	if (getsockname(fd, (struct sockaddr *)&address, &length) < 0)
		err(EXIT_CANNOT_RUN, "notify socket");
	address.sun_path[0] = '@';
	if (setenv("NOTIFY_SOCKET", address.sun_path, 1) < 0)
		err(EXIT_CANNOT_RUN, "NOTIFY_SOCKET");
	return fd;
}

/* Receives one message. Descriptors that come with it are dropped, which also ends a barrier. */
static bool says_ready(const struct listener *listener)
{
	char message[4096];
	ssize_t length = recv(listener->notify, message, sizeof(message) - 1, 0);
	char *rest = message;

	if (length < 0)
		return false;
	message[length] = '\0';
	if (listener->log >= 0)
		dprintf(listener->log, "%s\n", message);
	for (char *line; (line = strsep(&rest, "\n"));)
		if (!strcmp(line, "READY=1"))
			return true;
	return false;
}

static void report(const struct listener *listener, const char *line)
{
	if (write(listener->report, line, strlen(line)) < 0)
		err(EXIT_CANNOT_RUN, "report");
}

/* Listens until the daemon is gone, so that it never meets a closed socket. */
static void listen_to_daemon(const struct listener *listener)
{
	struct pollfd fds[] = {{.fd = listener->notify, .events = POLLIN},
			       {.fd = listener->daemon, .events = POLLIN}};
	bool ready = false;

	while (poll(fds, 2, -1) >= 0) {
		if (fds[0].revents) {
			if (says_ready(listener) && !ready) {
				ready = true;
				report(listener, "ready\n");
			}
			continue;
		}
		if (!ready)
			report(listener, "exited\n");
		return;
	}
}

/* A shell without job control starts what runs in the background with these ignored. */
static void reset_signals(void)
{
	signal(SIGINT, SIG_DFL);
	signal(SIGQUIT, SIG_DFL);
}

/* Forks twice: the listener must not be left to the daemon as a child. */
static void start_listener(const struct listener *listener)
{
	pid_t child = fork();

	if (child < 0)
		err(EXIT_CANNOT_RUN, "fork");
	if (child == 0) {
		if (fork() == 0)
			listen_to_daemon(listener);
		_exit(0);
	}
	waitpid(child, NULL, 0);
}

int main(int argc, char **argv)
{
	struct listener listener;

	if (argc < 3) {
		fprintf(stderr, "usage: await-ready FIFO COMMAND [ARGUMENT...]\n");
		return EXIT_CANNOT_RUN;
	}
	/* For reading as well: it neither blocks nor breaks when the reader comes later. */
	listener.report = open(argv[1], O_RDWR | O_CLOEXEC);
	if (listener.report < 0)
		err(EXIT_CANNOT_RUN, "%s", argv[1]);
	listener.daemon = (int)syscall(SYS_pidfd_open, getpid(), 0);
	if (listener.daemon < 0)
		err(EXIT_CANNOT_RUN, "pidfd_open");
	listener.log = -1;
	if (getenv("AWAIT_READY_LOG"))
		listener.log = open(getenv("AWAIT_READY_LOG"),
				    O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	fcntl(listener.daemon, F_SETFD, FD_CLOEXEC);
	listener.notify = open_notify_socket();
	start_listener(&listener);
	reset_signals();
	execvp(argv[2], &argv[2]);
	err(EXIT_CANNOT_RUN, "%s", argv[2]);
}
