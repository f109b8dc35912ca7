// SPDX-License-Identifier: MIT
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cleanup.h"
#include "control.h"

void control_say(struct control_answer *a, const char *format, ...)
{
	size_t length = strlen(a->text);
	va_list args;

	va_start(args, format);
	vsnprintf(a->text + length, sizeof(a->text) - length - 1, format, args);
	va_end(args);
	strlcat(a->text, "\n", sizeof(a->text));
}

/* --- the socket --- */

static bool somebody_listens(const struct sockaddr_un *address)
{
	cleanup_close int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	return fd < 0 || connect(fd, (const struct sockaddr *)address, sizeof(*address)) == 0 ||
	       errno != ECONNREFUSED;
}

/* Takes away what a dead process has left, and nothing else. */
static int remove_dead(const struct sockaddr_un *address)
{
	struct stat st;

	if (lstat(address->sun_path, &st) < 0)
		return errno == ENOENT ? 0 : -errno;
	if (!S_ISSOCK(st.st_mode) || somebody_listens(address))
		return -EADDRINUSE;
	return unlink(address->sun_path) < 0 ? -errno : 0;
}

/* There are no other threads yet that the umask could concern. */
static int bind_private(int fd, const struct sockaddr_un *address)
{
	mode_t mask = umask(0177);
	int err = bind(fd, (const struct sockaddr *)address, sizeof(*address)) < 0 ? -errno : 0;

	umask(mask);
	return err;
}

static int watch(const struct control *c, int fd)
{
	struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};

	return epoll_ctl(c->epoll_fd, EPOLL_CTL_ADD, fd, &event) < 0 ? -errno : 0;
}

static int open_socket(struct control *c)
{
	cleanup_close int fd = -1;
	int err = remove_dead(&c->address);

	if (err)
		return err;
	c->request = malloc(CONTROL_REQUEST_MAX);
	c->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (!c->request || c->epoll_fd < 0 || fd < 0)
		return -ENOMEM;
	err = bind_private(fd, &c->address);
	if (!err && listen(fd, CONTROL_PEERS) < 0)
		err = -errno;
	if (!err)
		err = watch(c, fd);
	if (!err)
		c->listen_fd = steal_fd(&fd);
	return err;
}

int control_open(struct control *c, const char *path, const struct log *log)
{
	int err;

	*c = (struct control){.log = log, .listen_fd = -1, .epoll_fd = -1};
	if (!path)
		return 0;
	c->address.sun_family = AF_UNIX;
	if (strlcpy(c->address.sun_path, path, sizeof(c->address.sun_path)) >=
	    sizeof(c->address.sun_path))
		err = -ENAMETOOLONG;
	else
		err = open_socket(c);
	if (err) {
		log_error(log, "--control: cannot listen at %s: %s", path, strerror(-err));
		control_close(c);
	}
	return err;
}

void control_close(struct control *c)
{
	while (c->peer_count > 0)
		close(c->peers[--c->peer_count]);
	if (c->listen_fd >= 0)
		unlink(c->address.sun_path);
	cleanup_close_p(&c->listen_fd);
	cleanup_close_p(&c->epoll_fd);
	free(c->request);
	*c = (struct control){.listen_fd = -1, .epoll_fd = -1};
}

/* --- peers --- */

static void remove_peer(struct control *c, unsigned index)
{
	close(c->peers[index]);
	c->peer_count--;
	memmove(&c->peers[index], &c->peers[index + 1],
		(c->peer_count - index) * sizeof(c->peers[0]));
}

static void add_peer(struct control *c)
{
	int fd = accept4(c->listen_fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (fd < 0 && errno != EMFILE && errno != ENFILE)
		return; /* the peer has gone again */
	if (c->peer_count == CONTROL_PEERS || (fd < 0 && c->peer_count > 0))
		remove_peer(c, 0);
	if (fd >= 0 && watch(c, fd) == 0)
		c->peers[c->peer_count++] = fd;
	else if (fd >= 0)
		close(fd);
}

static bool may_command(int fd)
{
	struct ucred peer;
	socklen_t size = sizeof(peer);

	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 &&
	       (peer.uid == 0 || peer.uid == geteuid());
}

/* Splits what was received into arguments, each of which ends with a NUL. Returns how many, 0: it is none. */
static int split(char *request, size_t length, char *argv[static CONTROL_ARGUMENTS_MAX + 2])
{
	int argc = 1;

	if (length == 0 || request[length - 1] != '\0')
		return 0;
	argv[0] = program_invocation_short_name;
	for (char *a = request; a < request + length; a += strlen(a) + 1) {
		if (argc > CONTROL_ARGUMENTS_MAX)
			return 0;
		argv[argc++] = a;
	}
	argv[argc] = NULL;
	return argc;
}

static void refuse(struct control_answer *answer, const char *why)
{
	answer->is_refusal = true;
	control_say(answer, "%s", why);
}

static void answer_request(struct control *c, int fd, size_t length, control_fn *carry_out,
			   void *ctx)
{
	char *argv[CONTROL_ARGUMENTS_MAX + 2];
	struct control_answer answer = {0};
	struct iovec parts[2];
	const struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};
	int argc = length > CONTROL_REQUEST_MAX ? 0 : split(c->request, length, argv);

	if (!may_command(fd))
		refuse(&answer, "only root and the user of the daemon may do that");
	else if (argc == 0)
		refuse(&answer, "the daemon does not understand the request");
	else
		carry_out(ctx, argc, argv, &answer);
	parts[0].iov_base = (char[]){answer.is_refusal ? '-' : '+'};
	parts[0].iov_len = 1;
	parts[1].iov_base = answer.text;
	parts[1].iov_len = strlen(answer.text);
	/* There is room: it is the first packet that goes this way. */
	(void)!sendmsg(fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
}

void control_handle(struct control *c, control_fn *carry_out, void *ctx)
{
	struct epoll_event event;
	ssize_t length;
	unsigned index = 0;

	if (c->listen_fd < 0 || epoll_wait(c->epoll_fd, &event, 1, 0) != 1)
		return;
	if (event.data.fd == c->listen_fd) {
		add_peer(c);
		return;
	}
	while (c->peers[index] != event.data.fd)
		index++;
	length = recv(event.data.fd, c->request, CONTROL_REQUEST_MAX, MSG_DONTWAIT | MSG_TRUNC);
	if (length < 0 && errno == EAGAIN)
		return;
	if (length > 0)
		answer_request(c, event.data.fd, (size_t)length, carry_out, ctx);
	remove_peer(c, index);
}
