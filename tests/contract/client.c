/* SPDX-License-Identifier: MIT */
#include "client.h"

#include "cleanup.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <time.h>

#define FAIL(t, what) tap_fail(t, __FILE__, __LINE__, "%s: %s", what, strerror(errno))

int open_nth(struct test *t, unsigned int n, int flags)
{
	/* The mode is there for callers that pass O_CREAT, as the shell's > does. */
	int fd = open(t->target->devices[n], flags | O_CLOEXEC, 0666);

	if (fd < 0)
		FAIL(t, t->target->devices[n]);
	return fd;
}

int open_device(struct test *t, int flags)
{
	return open_nth(t, 0, flags);
}

struct qotd_info get_info_of(struct test *t, unsigned int n)
{
	cleanup_close int fd = open_nth(t, n, O_RDONLY);
	struct qotd_info info = {0};

	if (ioctl(fd, QOTDIOCGINFO, &info) < 0)
		FAIL(t, "QOTDIOCGINFO");
	return info;
}

struct qotd_info get_info(struct test *t)
{
	return get_info_of(t, 0);
}

bool is_changed(struct test *t)
{
	return get_info(t).flags & QOTD_INFO_CHANGED;
}

void resize_nth(struct test *t, unsigned int n, uint64_t size)
{
	cleanup_close int fd = open_nth(t, n, O_WRONLY);

	if (ioctl(fd, QOTDIOCSSZ, &size) < 0)
		FAIL(t, "QOTDIOCSSZ");
}

void resize(struct test *t, uint64_t size)
{
	resize_nth(t, 0, size);
}

void discard_nth(struct test *t, unsigned int n)
{
	cleanup_close int fd = open_nth(t, n, O_WRONLY);

	if (ioctl(fd, QOTDIOCDISCARD) < 0)
		FAIL(t, "QOTDIOCDISCARD");
}

void discard(struct test *t)
{
	discard_nth(t, 0);
}

void set_position(struct test *t, int fd, uint64_t position)
{
	if (ioctl(fd, QOTDIOCSPOS, &position) < 0)
		FAIL(t, "QOTDIOCSPOS");
}

void put(struct test *t, uint64_t position, const void *data, size_t length)
{
	cleanup_close int fd = open_device(t, O_WRONLY);
	ssize_t written;

	set_position(t, fd, position);
	written = write(fd, data, length);
	if (written < 0)
		FAIL(t, "write");
	else if ((size_t)written != length)
		tap_fail(t, __FILE__, __LINE__, "wrote %zd bytes, not %zu", written, length);
}

void fill(struct test *t, int byte)
{
	size_t size = (size_t)get_info(t).size;
	cleanup_free char *data = malloc(size);

	if (!data) {
		FAIL(t, "malloc");
		return;
	}
	memset(data, byte, size);
	put(t, 0, data, size);
}

/* Reads `length` bytes from `position` on into a buffer for the caller to free, or fails. */
static char *get(struct test *t, uint64_t position, size_t length)
{
	cleanup_close int fd = open_device(t, O_RDONLY);
	char *data = malloc(length);
	ssize_t got;

	set_position(t, fd, position);
	got = data ? read(fd, data, length) : -1;
	if (got == (ssize_t)length)
		return data;
	if (got < 0)
		FAIL(t, "read");
	else
		tap_fail(t, __FILE__, __LINE__, "read %zd bytes, not %zu", got, length);
	free(data);
	return NULL;
}

bool holds(struct test *t, uint64_t position, const void *data, size_t length)
{
	cleanup_free char *got = get(t, position, length);

	return got && !memcmp(got, data, length);
}

bool holds_only(struct test *t, uint64_t position, size_t length, int byte)
{
	cleanup_free char *got = get(t, position, length);

	for (size_t i = 0; got && i < length; i++) {
		if ((unsigned char)got[i] == byte)
			continue;
		tap_fail(t, __FILE__, __LINE__, "byte %llu is 0x%02x, not 0x%02x",
			 (unsigned long long)(position + i), (unsigned char)got[i], byte);
		return false;
	}
	return got;
}

bool is_fresh(struct test *t)
{
	static const char content[INITIAL_SIZE] = QUOTATION;

	return get_info(t).size == INITIAL_SIZE && holds(t, 0, content, INITIAL_SIZE);
}

void *bad_pointer(void)
{
	/* Not a constant to the compiler, which would refuse to pass it on. */
	void *volatile address = (void *)8;

	return address;
}

void fill_words(void *buffer, size_t length, uint64_t first)
{
	uint64_t *words = buffer;

	for (size_t i = 0; i < length / sizeof(*words); i++)
		words[i] = first + i * sizeof(*words);
}

bool words_run(const void *buffer, size_t length, uint64_t first)
{
	const uint64_t *words = buffer;

	for (size_t i = 0; i < length / sizeof(*words); i++)
		if (words[i] != first + i * sizeof(*words))
			return false;
	return true;
}

long long milliseconds_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

int wait_for_child(pid_t pid)
{
	int status;

	if (waitpid(pid, &status, 0) < 0)
		return -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
