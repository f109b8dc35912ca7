// SPDX-License-Identifier: MIT
/*
 * watchdog PROGRAM: plays the service manager, in TAP. It keeps the arena for the daemon and listens to its
 * signs of life: they come while requests make progress, and stop when one hangs. Then it does what systemd
 * does, and the client whose request hung gets its answer from the next process.
 */
#include "held.h"
#include "plan.h"
#include "tap.h"

#include <err.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "deadline.h"
#include "qotd_ioctl.h"

/* The daemon gives a sign each half of it. */
#define WATCHDOG_MS 600

struct manager {
	struct held held;
	struct crash_plan *plan;
	int notify;
	char address[64];
	char path[96]; /* the device */
	unsigned signs;
	bool is_ready;
	bool stored_first; /* the arena came before READY=1 */
	char state[96];
};

static unsigned number, failures;

static void report(const struct test *t, const char *name)
{
	printf("%sok %u - %s\n", t->failed ? "not " : "", ++number, name);
	failures += t->failed;
}

static void open_notify_socket(struct manager *m)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	socklen_t length = sizeof(sa_family_t);

	m->notify = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (m->notify < 0 || bind(m->notify, (struct sockaddr *)&address, length) < 0)
		err(1, "notify socket");
	length = sizeof(address);
	if (getsockname(m->notify, (struct sockaddr *)&address, &length) < 0)
		err(1, "notify socket");
	snprintf(m->address, sizeof(m->address), "@%.*s", (int)(length - sizeof(sa_family_t) - 1),
		 address.sun_path + 1);
}

/* The descriptor that came with a message: the arena is kept, a barrier ends when it is closed. */
static void take_fd(struct manager *m, const char *text, int fd)
{
	if (strstr(text, "FDSTORE=1") && strstr(text, "FDNAME=arena") && strstr(text, "FDPOLL=0")) {
		m->held.arena_fd = fd;
		m->stored_first = !m->is_ready;
	} else {
		close(fd);
	}
}

static void take_message(struct manager *m)
{
	char text[1024], control[CMSG_SPACE(sizeof(int)) + 64];
	struct iovec iov = {.iov_base = text, .iov_len = sizeof(text) - 1};
	struct msghdr message = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	ssize_t n = recvmsg(m->notify, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	int fd;

	if (n < 0)
		return;
	text[n] = '\0';
	for (struct cmsghdr *c = CMSG_FIRSTHDR(&message); c; c = CMSG_NXTHDR(&message, c)) {
		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		memcpy(&fd, CMSG_DATA(c), sizeof(fd));
		take_fd(m, text, fd);
	}
	m->signs += strstr(text, "WATCHDOG=1") != NULL;
	if (strstr(text, "READY=1"))
		m->is_ready = true;
}

/* Listens for so long. Returns how many signs of life there were. */
static unsigned listen_for(struct manager *m, int ms)
{
	struct pollfd p = {.fd = m->notify, .events = POLLIN};
	int64_t deadline = deadline_in(ms);

	m->signs = 0;
	while (!deadline_is_over(deadline))
		if (poll(&p, 1, deadline_left(deadline)) == 1)
			take_message(m);
	return m->signs;
}

static void start(struct manager *m, struct test *t)
{
	const char *options[] = {m->state, NULL};
	const struct held_run run = {
		.options = options, .notify = m->address, .watchdog_ms = WATCHDOG_MS};
	int64_t deadline = deadline_in(20000);

	m->is_ready = false;
	held_start(&m->held, &run);
	while (!m->is_ready && !deadline_is_over(deadline))
		listen_for(m, 5);
	CHECK(t, m->is_ready);
}

static void begin(struct manager *m, struct test *t)
{
	close(m->held.arena_fd);
	m->held.arena_fd = -1;
	start(m, t);
	CHECK(t, m->held.arena_fd >= 0);
	CHECK(t, m->stored_first);
}

static void be_idle(struct manager *m, struct test *t)
{
	CHECK(t, listen_for(m, 4 * WATCHDOG_MS) >= 4);
}

/* Starts a client that goes on until it is killed. */
static pid_t start_client(const struct manager *m, void (*once)(int fd))
{
	pid_t pid = fork();
	int fd;

	if (pid != 0)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	fd = open(m->path, O_RDWR | O_CLOEXEC);
	for (;;)
		once(fd);
}

static void read_once(int fd)
{
	char data[64];

	(void)!pread(fd, data, sizeof(data), 0);
}

/* With --state-dir, each discard is something for the main thread to see to. */
static void discard_once(int fd)
{
	(void)!pwrite(fd, "x", 1, 0);
	ioctl(fd, QOTDIOCDISCARD);
}

static void be_busy(struct manager *m, struct test *t)
{
	pid_t reader = start_client(m, read_once), discarder = start_client(m, discard_once);
	unsigned signs = listen_for(m, 4 * WATCHDOG_MS);

	kill(reader, SIGKILL);
	kill(discarder, SIGKILL);
	waitpid(reader, NULL, 0);
	waitpid(discarder, NULL, 0);
	if (signs < 4)
		tap_fail(t, __FILE__, __LINE__, "%u signs of life", signs);
}

static pid_t start_reader(const struct manager *m)
{
	char data[8];
	pid_t pid = fork();
	int fd;

	if (pid != 0)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	fd = open(m->path, O_RDONLY | O_CLOEXEC);
	_exit(fd >= 0 && read(fd, data, 8) == 8 && memcmp(data, "On the w", 8) == 0 ? 0 : 1);
}

/* A fresh device, and nothing under way: those who were killed have left requests behind. */
static void calm_down(struct manager *m, struct test *t)
{
	int fd = open(m->path, O_RDWR | O_CLOEXEC);
	uint32_t hits;

	CHECK_EQ(t, ioctl(fd, QOTDIOCDISCARD), 0);
	close(fd);
	do {
		hits = m->plan->hits;
		listen_for(m, 100);
	} while (m->plan->hits != hits);
}

/* The next request hangs at its first crash point; its client's answer comes from the next process. */
static void hang(struct manager *m, struct test *t)
{
	int status;
	pid_t reader;

	calm_down(m, t);
	plan_reset(m->plan);
	m->plan->hang = 1;
	m->plan->die_at[0] = 1;
	reader = start_reader(m);
	listen_for(m, 2 * WATCHDOG_MS); /* one sign may still have been due */
	CHECK_EQ(t, m->plan->deaths, 1);
	if (listen_for(m, 3 * WATCHDOG_MS) != 0)
		tap_fail(t, __FILE__, __LINE__, "signs of life while a request hangs");
	CHECK_EQ(t, waitpid(reader, &status, WNOHANG), 0);
	plan_disarm(m->plan);
	CHECK_EQ(t, held_end(&m->held, SIGABRT), 128 + SIGABRT);
	start(m, t);
	CHECK_EQ(t, waitpid(reader, &status, 0), reader);
	CHECK_EQ(t, status, 0);
	CHECK(t, listen_for(m, 4 * WATCHDOG_MS) >= 4);
}

/* On a clean stop the arena is left as it is: the manager may start another one with it. */
static void stop(struct manager *m, struct test *t)
{
	int fd = open(m->path, O_RDWR | O_CLOEXEC);
	char data[4];

	CHECK_EQ(t, pwrite(fd, "kept", 4, 0), 4);
	CHECK_EQ(t, held_end(&m->held, SIGTERM), 0);
	start(m, t);
	CHECK_EQ(t, pread(fd, data, 4, 0), 4);
	CHECK(t, memcmp(data, "kept", 4) == 0);
	close(fd);
	CHECK_EQ(t, held_end(&m->held, SIGTERM), 0);
}

int main(int argc, char **argv)
{
	static struct manager m;
	static const struct {
		const char *name;
		void (*run)(struct manager *m, struct test *t);
	} acts[] = {
		{"the arena is stored before the daemon says that it is ready", begin},
		{"an idle daemon gives signs of life", be_idle},
		{"a busy daemon gives signs of life", be_busy},
		{"no sign comes while a request hangs; the next process answers it", hang},
		{"a restart by the manager keeps content and open files", stop},
	};

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc != 2)
		return 2;
	alarm(240);
	printf("1..%zu\n", sizeof(acts) / sizeof(acts[0]));
	m.plan = plan_create();
	held_init(&m.held, argv[1]);
	snprintf(m.path, sizeof(m.path), "%s/qotd", m.held.mount);
	snprintf(m.state, sizeof(m.state), "--state-dir=%s", m.held.work);
	open_notify_socket(&m);
	for (size_t i = 0; i < sizeof(acts) / sizeof(acts[0]); i++) {
		struct test t = {0};

		acts[i].run(&m, &t);
		report(&t, acts[i].name);
	}
	return failures ? 1 : 0;
}
