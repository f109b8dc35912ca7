// SPDX-License-Identifier: MIT
/*
 * qotd-cuse: gets hold of the channels, starts the server, and waits for signals.
 */
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "channels.h"
#include "cleanup.h"
#include "options.h"
#include "quote.h"
#include "server.h"
#include "service.h"
#include "supervise.h"

/* Twice what the devices can hold: a resize keeps the old memory until the new one is filled. */
static uint64_t default_memory(uint32_t instances, const struct qotd_config *config)
{
	uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);

	return 2 * instances * ((config->max_size + page - 1) / page * page);
}

/* Serves until there is a reason to stop. */
static void wait_for_end(struct server *s, struct service *service)
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

static int serve(const struct channels *ch, const struct options *o,
		 const struct qotd_config *config, const struct state_dir *state_dir,
		 const struct log *log, struct service *service)
{
	struct server_setup setup = {
		.kind = ch->kind,
		.name = o->name,
		.instances = ch->instances,
		.memory = o->memory ? o->memory : default_memory(ch->instances, config),
		.legacy_ioctl = o->legacy_ioctl,
		.arena_fd = ch->arena_fd,
		.channels_are_new = ch->are_new,
		.discard_state = o->discard_state,
		.state_dir = state_dir,
		.config = config,
		.log = log,
		.service = service,
	};
	struct server server;
	int err = server_start(&server, &setup, ch->fds);

	if (!err) {
		log_info(log, "serving %u device%s as %s/%s", ch->instances,
			 ch->instances == 1 ? "" : "s", o->fuse_dir ? o->fuse_dir : "/dev",
			 o->name);
		service_ready("serving %u device%s", ch->instances, ch->instances == 1 ? "" : "s");
		wait_for_end(&server, service);
		service_stopping();
		err = server.lost;
		server_stop(&server, ch->are_stored);
	} else {
		/* Whatever is in the arena, another process may be able to use it. */
		server_stop(&server, true);
	}
	return err;
}

/* The serving process. */
static int run(const struct options *o, const struct log *log)
{
	cleanup(quote_free) struct qotd_config config = {0};
	cleanup(state_dir_close) struct state_dir state_dir = {.fd = -1};
	cleanup(channels_close) struct channels channels = {0};
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
	err = channels_open(&channels, o, log);
	if (!err)
		err = state_dir_open(&state_dir, o->state_dir, log);
	if (!err)
		err = serve(&channels, o, &config, &state_dir, log, &service);
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
	log_init(&log, options.log_level);
	if (options.open_channels)
		return channels_store(&options, &log);
	if (options.supervise && !getenv(SUPERVISED_ENV)) {
		service_raise_fd_limit();
		return channels_supervise(&options, argv, &log);
	}
	return run(&options, &log) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
