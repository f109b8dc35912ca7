// SPDX-License-Identifier: MIT
#include <errno.h>
#include <fcntl.h>
#include <fuse_lowlevel.h>
#include <libgen.h>
#include <limits.h>
#include <mntent.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cleanup.h"
#include "mount.h"

/* Of the program whose mounts these are. */
#define MAX_PROGRAM_LENGTH 32

static void close_mounts(FILE **mounts)
{
	if (*mounts)
		endmntent(*mounts);
}

/* Whether a mount of the program is on top of `dir`, an absolute path. */
static bool is_our_mount(const char *program, const char *dir)
{
	cleanup(close_mounts) FILE *mounts = setmntent("/proc/self/mounts", "re");
	char type[sizeof("fuse.") + MAX_PROGRAM_LENGTH];
	const struct mntent *m;
	bool ours = false;

	snprintf(type, sizeof(type), "fuse.%s", program);
	while (mounts && (m = getmntent(mounts)))
		if (strcmp(m->mnt_dir, dir) == 0)
			ours = strcmp(m->mnt_type, type) == 0;
	return ours;
}

/* The absolute path of a directory whose last component may be a dead mount, which cannot be looked at. */
static int resolve(const char *dir, char path[static PATH_MAX])
{
	cleanup_free char *parent = NULL, *name = NULL;
	char parent_path[PATH_MAX];

	if (realpath(dir, path))
		return 0;
	if (errno != ENOTCONN)
		return -errno;
	parent = strdup(dir);
	name = strdup(dir);
	if (!parent || !name || !realpath(dirname(parent), parent_path))
		return -errno;
	if (snprintf(path, PATH_MAX, "%s/%s", parent_path, basename(name)) >= PATH_MAX)
		return -ENAMETOOLONG;
	return 0;
}

/* The unmount of an ordinary user. */
static int run_fusermount(const char *path)
{
	const char *const argv[] = {"fusermount3", "-u", "-z", "--", path, NULL};
	pid_t pid;
	int status;
	/* The cast is posix_spawn's own: it promises not to change the strings. */
	int err = posix_spawnp(&pid, argv[0], NULL, NULL, (char *const *)(uintptr_t)argv, environ);

	if (err)
		return -err;
	if (waitpid(pid, &status, 0) < 0)
		return -errno;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : -EPERM;
}

/* Without looking at the directory: its daemon may be dead, or be this very process. */
static int unmount(const char *path)
{
	return umount2(path, MNT_DETACH | UMOUNT_NOFOLLOW) == 0 ? 0 : run_fusermount(path);
}

static int unmount_stale(const char *path, const struct log *log)
{
	int err = unmount(path);

	if (err)
		log_error(log, "--fuse: there is a dead mount on %s that cannot be taken off: %s",
			  path, strerror(-err));
	else
		log_info(log, "took the mount of a dead daemon off %s", path);
	return err;
}

/*
 * Opens the directory below the mount to be, and holds its lock: of two daemons that start at the same
 * time, one gets it. Who comes later finds the mount.
 */
static int claim_directory(const char *program, const char *path, const struct log *log)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 && errno == ENOTCONN && is_our_mount(program, path)) {
		int err = unmount_stale(path, log);

		if (err)
			return err;
		fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	}
	if (fd < 0) {
		log_error(log, "--fuse: cannot open the directory %s: %m", path);
		return -errno;
	}
	if (is_our_mount(program, path) || flock(fd, LOCK_EX | LOCK_NB) < 0) {
		log_error(log, "--fuse: another %s serves %s already", program, path);
		close(fd);
		return -EBUSY;
	}
	return fd;
}

/* A session without operations, for nothing but libfuse's mounting. */
static struct fuse_session *mount_session_new(const char *program)
{
	/* An ordinary user may not say allow_other. */
	const char *others = geteuid() == 0 ? ",allow_other" : "";
	char name[MAX_PROGRAM_LENGTH + 1], options[64 + 2 * MAX_PROGRAM_LENGTH];
	char *argv[] = {name, options, NULL};
	struct fuse_args args = FUSE_ARGS_INIT(2, argv);
	struct fuse_lowlevel_ops none = {0};
	struct fuse_session *session;

	strlcpy(name, program, sizeof(name));
	snprintf(options, sizeof(options), "-ofsname=%s,subtype=%s,default_permissions%s", name,
		 name, others);
	session = fuse_session_new(&args, &none, sizeof(none), NULL);
	fuse_opt_free_args(&args);
	return session;
}

int mount_make(struct mount *m, const char *program, const char *dir, const struct log *log)
{
	char path[PATH_MAX];
	int err = resolve(dir, path);
	int fd;

	*m = (struct mount){.lock = -1};
	if (err) {
		log_error(log, "--fuse: cannot use the directory %s: %s", dir, strerror(-err));
		return err;
	}
	m->lock = claim_directory(program, path, log);
	if (m->lock < 0)
		return m->lock;
	m->session = mount_session_new(program);
	if (m->session && fuse_session_mount(m->session, path) < 0) {
		log_error(
			log,
			"--fuse: cannot mount on %s (needs /dev/fuse, and fusermount3 unless root)",
			path);
		mount_leave(m);
		return -EIO;
	}
	m->path = m->session ? strdup(path) : NULL;
	/* The session closes its own descriptor. */
	fd = m->path ? fcntl(fuse_session_fd(m->session), F_DUPFD_CLOEXEC, 0) : -1;
	if (fd < 0) {
		err = -errno;
		mount_undo(m);
		return err;
	}
	return fd;
}

int mount_adopt(struct mount *m, const char *path)
{
	*m = (struct mount){.path = strdup(path), .lock = -1};
	return m->path ? 0 : -ENOMEM;
}

void mount_undo(struct mount *m)
{
	if (m->session)
		fuse_session_unmount(m->session);
	else if (m->path)
		(void)unmount(m->path);
	mount_leave(m);
}

void mount_leave(struct mount *m)
{
	if (m->session)
		fuse_session_destroy(m->session);
	if (m->lock > 0)
		close(m->lock);
	free(m->path);
	*m = (struct mount){.lock = -1};
}
