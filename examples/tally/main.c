// SPDX-License-Identifier: MIT
/*
 * tally: serves /dev/tally, or DIR/tally with --fuse=DIR, until SIGTERM. See docs/your-own-device.md.
 *
 * What it does not do: survive a crash, run several instances. The guide says what to add for that.
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mount.h"
#include "serve.h"

struct options {
	const char *fuse_dir; /* NULL: CUSE */
	const char *user;     /* to become, on CUSE */
};

static int parse(struct options *o, int argc, char *argv[])
{
	static const struct option table[] = {
		{"fuse", required_argument, NULL, 'f'},
		{"user", required_argument, NULL, 'u'},
		{0},
	};
	int c;

	*o = (struct options){0};
	while ((c = getopt_long(argc, argv, "", table, NULL)) != -1) {
		if (c == 'f')
			o->fuse_dir = optarg;
		else if (c == 'u')
			o->user = optarg;
		else
			return -EINVAL;
	}
	return optind == argc && !(o->fuse_dir && o->user) ? 0 : -EINVAL;
}

static void wait_for_end(struct tally_server *s, struct service *service, const struct log *log)
{
	for (;;) {
		switch (service_wait(service)) {
		case SERVICE_STOP:
			return;
		case SERVICE_NOTICE:
			log_warning(log, "no more requests come: %s", strerror(-s->lost));
			return;
		case SERVICE_WATCHDOG:
			if (pool_is_healthy(&s->pool))
				service_alive();
			break;
		case SERVICE_UPDATE:
		case SERVICE_WATCHED:
			break;
		}
	}
}

static int serve(const struct options *o, int fd, struct service *service, const struct log *log)
{
	enum channel_kind kind = o->fuse_dir ? CHANNEL_FUSE : CHANNEL_CUSE;
	struct tally_server server;
	int err = tally_server_start(&server, kind, fd, log, service);

	if (!err) {
		log_info(log, "serving %s/tally", o->fuse_dir ? o->fuse_dir : "/dev");
		service_ready();
		wait_for_end(&server, service, log);
		service_stopping();
		err = server.lost;
	}
	tally_server_stop(&server);
	return err;
}

/* The signals are blocked first: threads inherit that, and they are for service_wait() alone. */
static int run(const struct options *o, const struct log *log)
{
	struct mount mount = {.lock = -1};
	struct service service;
	int err = service_init(&service);
	int fd;

	if (err)
		return err;
	fd = o->fuse_dir ? mount_make(&mount, "tally", o->fuse_dir, log) : cuse_open(log);
	err = fd < 0 ? fd : 0;
	if (!err && o->user)
		err = service_become(o->user, log);
	if (!err)
		err = serve(o, fd, &service, log);
	mount_undo(&mount);
	service_destroy(&service);
	return err;
}

int main(int argc, char *argv[])
{
	struct options options;
	struct log log;
	int err;

	if (parse(&options, argc, argv) < 0) {
		fprintf(stderr, "usage: tally [--user=USER | --fuse=DIR]\n");
		return 2;
	}
	log_init(&log, LOG_INFO);
	err = run(&options, &log);
	if (err)
		log_error(&log, "stopped: %s", strerror(-err));
	return err ? EXIT_FAILURE : EXIT_SUCCESS;
}
