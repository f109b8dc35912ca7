// SPDX-License-Identifier: MIT
/*
 * qotd-cuse: opens the channel to the kernel, starts the server, and waits for signals.
 */
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cleanup.h"
#include "mount.h"
#include "options.h"
#include "quote.h"
#include "server.h"
#include "service.h"

/* The channels to serve: descriptors, and where they come from. */
struct channels {
	enum channel_kind kind;
	int *fds;
	uint32_t instances;
	struct mount mount;
};

static int open_cuse_devices(struct channels *ch, const struct log *log)
{
	for (uint32_t i = 0; i < ch->instances; i++) {
		ch->fds[i] = cuse_open(log);
		if (ch->fds[i] < 0) {
			int err = ch->fds[i];

			while (i-- > 0)
				close(ch->fds[i]);
			return err;
		}
	}
	return 0;
}

/* The descriptors of the socket unit decide how many instances there are. */
static int check_passed(const struct options *o, int passed, const struct log *log)
{
	if (o->instances == 0 || o->instances == (uint32_t)passed)
		return 0;
	log_error(log, "--instances=%u, but the socket unit passes %d descriptors: one ListenSpecial= for each",
		  o->instances, passed);
	return -EINVAL;
}

static int open_channels(struct channels *ch, const struct options *o, const struct log *log)
{
	int passed, err;

	*ch = (struct channels){.kind = CHANNEL_CUSE, .instances = o->instances ? o->instances : 1};
	ch->fds = calloc(MAX_INSTANCES, sizeof(*ch->fds));
	if (!ch->fds)
		return -ENOMEM;
	if (o->fuse_dir) {
		ch->kind = CHANNEL_FUSE;
		ch->fds[0] = mount_make(&ch->mount, o->fuse_dir, log);
		return ch->fds[0] < 0 ? ch->fds[0] : 0;
	}
	passed = service_listen_fds("cuse", ch->fds, MAX_INSTANCES);
	if (passed > 0) {
		ch->instances = (uint32_t)passed;
		return check_passed(o, passed, log);
	}
	err = open_cuse_devices(ch, log);
	if (!err && o->user)
		err = service_become(o->user, log);
	return err;
}

static void close_channels(struct channels *ch)
{
	mount_undo(&ch->mount);
	free(ch->fds);
}

/* Twice what the devices can hold: a resize keeps the old memory until the new one is filled. */
static uint64_t default_memory(uint32_t instances, const struct qotd_config *config)
{
	uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);

	return 2 * instances * ((config->max_size + page - 1) / page * page);
}

/* Serves until there is a reason to stop. */
static void wait_for_end(struct server *s, const struct service *service)
{
	for (;;) {
		switch (service_wait(service)) {
		case SERVICE_STOP:
			return;
		case SERVICE_NOTICE:
			if (!server_handle_notice(s))
				return;
			break;
		case SERVICE_WATCHDOG:
			if (pool_is_healthy(&s->pool))
				service_alive();
			break;
		}
	}
}

static int serve(const struct channels *ch, const struct options *o, const struct qotd_config *config,
		 const struct log *log, const struct service *service)
{
	struct server_setup setup = {
		.kind = ch->kind,
		.name = o->name,
		.instances = ch->instances,
		.memory = o->memory ? o->memory : default_memory(ch->instances, config),
		.legacy_ioctl = o->legacy_ioctl,
		.config = config,
		.log = log,
		.service = service,
	};
	struct server server;
	int err = server_start(&server, &setup, ch->fds);

	if (!err) {
		log_info(log, "serving %u device%s as %s%s%s", ch->instances, ch->instances == 1 ? "" : "s",
			 o->fuse_dir ? o->fuse_dir : "/dev", "/", o->name);
		service_ready("serving %u device%s", ch->instances, ch->instances == 1 ? "" : "s");
		wait_for_end(&server, service);
		service_stopping();
		if (server.lost)
			err = server.lost;
	}
	server_stop(&server);
	return err;
}

static int run(const struct options *o, const struct log *log)
{
	cleanup(quote_free) struct qotd_config config = {0};
	cleanup(close_channels) struct channels channels = {0};
	struct service service;
	int err = quote_load(o, &config);

	if (err)
		return err;
	service_raise_fd_limit();
	err = service_init(&service);
	if (err) {
		log_error(log, "cannot start: %s", strerror(-err));
		return err;
	}
	err = open_channels(&channels, o, log);
	if (!err)
		err = serve(&channels, o, &config, log, &service);
	service_destroy(&service);
	return err;
}

int main(int argc, char *argv[])
{
	struct options options;
	struct log log;

	if (options_parse(&options, argc, argv) < 0) {
		fprintf(stderr, "Try '%s --help'.\n", program_invocation_short_name);
		return 2;
	}
	if (options.help) {
		options_print_help(program_invocation_short_name);
		return EXIT_SUCCESS;
	}
	if (options.version) {
		printf("qotd-cuse %s (libfuse %s)\n", PROJECT_VERSION, fuse_pkgversion());
		return EXIT_SUCCESS;
	}
	log_init(&log, options.verbose);
	return run(&options, &log) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
