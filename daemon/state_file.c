// SPDX-License-Identifier: MIT
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sha2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "cleanup.h"
#include "crash_point.h"
#include "state_file.h"

#define STATE_VERSION 1u

/* More files than this set aside for one device: the next one takes the last one's place. */
#define MAX_SET_ASIDE 100

static const char state_magic[8] = "QOTDSAV";

/* Little-endian on every machine that this runs on; the digest tells if not. */
struct state_header {
	char magic[8];
	uint32_t version;
	uint32_t reserved;
	uint64_t size;
	uint8_t digest[SHA256_DIGEST_LENGTH]; /* of the members above and the content */
};

struct name {
	char text[NAME_MAX + 1];
};

static struct name state_name(const char *device, const char *suffix)
{
	struct name n;

	snprintf(n.text, sizeof(n.text), "%s.state%s", device, suffix);
	return n;
}

static void make_digest(const struct state_header *h, const void *content, uint8_t *digest)
{
	SHA2_CTX ctx;

	SHA256Init(&ctx);
	SHA256Update(&ctx, (const uint8_t *)h, offsetof(struct state_header, digest));
	SHA256Update(&ctx, content, h->size);
	SHA256Final(digest, &ctx);
}

int state_dir_open(struct state_dir *d, const char *path, const struct log *log)
{
	*d = (struct state_dir){.fd = -1, .log = log};
	if (!path)
		return 0;
	d->fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (d->fd >= 0)
		return 0;
	log_error(log, "--state-dir: cannot open the directory %s: %m", path);
	return -errno;
}

void state_dir_close(struct state_dir *d)
{
	cleanup_close_p(&d->fd);
	d->fd = -1;
}

/* Writes all of two buffers. */
static int write_all(int fd, const void *header, size_t header_size, const void *content,
		     size_t size)
{
	const char *parts[] = {header, content};
	size_t sizes[] = {header_size, size};

	for (int i = 0; i < 2; i++) {
		while (sizes[i] > 0) {
			ssize_t n = write(fd, parts[i], sizes[i]);

			if (n < 0 && errno != EINTR)
				return -errno;
			if (n > 0) {
				parts[i] += n;
				sizes[i] -= (size_t)n;
				crash_point("save: part written");
			}
		}
	}
	return 0;
}

/* Makes the new file beside the old one, and sure that it is on the disk. */
static int write_new(const struct state_dir *d, const char *name, const struct state_header *h,
		     const void *content)
{
	cleanup_close int fd = openat(d->fd, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	int err;

	if (fd < 0)
		return -errno;
	crash_point("save: new file made");
	err = write_all(fd, h, sizeof(*h), content, h->size);
	if (!err && fsync(fd) < 0)
		err = -errno;
	return err;
}

int state_save(const struct state_dir *d, const char *device, const void *content, uint64_t size)
{
	struct state_header h = {.version = STATE_VERSION, .size = size};
	struct name name = state_name(device, ""), new_name = state_name(device, ".new");
	int err;

	memcpy(h.magic, state_magic, sizeof(h.magic));
	make_digest(&h, content, h.digest);
	err = write_new(d, new_name.text, &h, content);
	crash_point("save: new file complete");
	if (!err && renameat(d->fd, new_name.text, d->fd, name.text) < 0)
		err = -errno;
	crash_point("save: new file in place");
	if (!err && fsync(d->fd) < 0)
		err = -errno;
	if (err)
		log_error(d->log, "cannot save %s: %s", device, strerror(-err));
	return err;
}

void state_set_aside(const struct state_dir *d, const char *device, const char *reason)
{
	struct name name = state_name(device, ""), aside;
	char suffix[32];

	for (int i = 1; i <= MAX_SET_ASIDE; i++) {
		snprintf(suffix, sizeof(suffix), ".rejected.%d", i);
		aside = state_name(device, suffix);
		if (faccessat(d->fd, aside.text, F_OK, AT_SYMLINK_NOFOLLOW) < 0)
			break;
	}
	if (renameat(d->fd, name.text, d->fd, aside.text) < 0)
		log_error(d->log,
			  "the saved content of %s cannot be used: %s; cannot set it aside: %m",
			  device, reason);
	else
		log_event(d->log, LOG_WARNING,
			  "the saved content of %s cannot be used: %s; it is now %s",
			  "refused what=saved-content device=%s kept=%s", device, reason,
			  aside.text, device, aside.text);
}

/* Why a saved file cannot be used, or NULL: then its content, allocated, is in *content. */
static const char *read_saved(int fd, uint64_t max_size, void **content, uint64_t *size)
{
	cleanup_free void *buffer = NULL;
	uint8_t digest[SHA256_DIGEST_LENGTH];
	struct state_header h;
	struct stat st;

	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return "it is no regular file";
	if (read(fd, &h, sizeof(h)) != sizeof(h))
		return "it is cut off";
	if (memcmp(h.magic, state_magic, sizeof(h.magic)) != 0 || h.version != STATE_VERSION)
		return "it is of another version, or no saved content at all";
	if (h.size == 0 || (uint64_t)st.st_size != sizeof(h) + h.size)
		return "it is cut off";
	if (h.size > max_size)
		return "it is larger than --max-size";
	buffer = malloc(h.size);
	if (!buffer)
		return "there is no memory for it";
	for (uint64_t done = 0; done < h.size;) {
		ssize_t n = read(fd, (char *)buffer + done, h.size - done);

		if (n <= 0)
			return "it cannot be read";
		done += (uint64_t)n;
	}
	make_digest(&h, buffer, digest);
	if (memcmp(digest, h.digest, sizeof(digest)) != 0)
		return "it is damaged";
	*content = steal_ptr(&buffer);
	*size = h.size;
	return NULL;
}

int state_load(const struct state_dir *d, const char *device, uint64_t max_size, void **content,
	       uint64_t *size)
{
	struct name name = state_name(device, "");
	cleanup_close int fd = d->fd < 0 ? -1
					 : openat(d->fd, name.text,
						  O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	const char *problem;

	if (d->fd < 0)
		return -ENOENT;
	if (fd < 0 && errno == ENOENT)
		return -ENOENT;
	if (fd < 0) {
		state_set_aside(d, device, strerror(errno));
		return -EBADMSG;
	}
	problem = read_saved(fd, max_size, content, size);
	if (!problem)
		return 0;
	state_set_aside(d, device, problem);
	return -EBADMSG;
}

void state_remove(const struct state_dir *d, const char *device)
{
	struct name name = state_name(device, "");

	if (d->fd < 0)
		return;
	if (unlinkat(d->fd, name.text, 0) == 0)
		(void)fsync(d->fd);
	else if (errno != ENOENT)
		log_error(d->log, "cannot remove the saved content of %s: %m", device);
}
