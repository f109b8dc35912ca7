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
#include "control.h"
#include "options.h"
#include "quote.h"
#include "reload.h"
#include "server.h"
#include "service.h"
#include "status.h"
#include "supervise.h"

/* Twice what the devices can hold: a resize keeps the old memory until the new one is filled. */
static uint64_t default_memory(uint32_t instances, const struct qotd_config *config)
{
	uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);

	return 2 * instances * ((config->max_size + page - 1) / page * page);
}

/* Shows what is new to whoever watches: in the journal and in the status. */
static void show(struct server *s, struct service *service)
{
	char status[STATUS_MAX];

	service_show_status(service, status_format(s, status));
	if (log_flush(s->setup->log))
		service_update(service);
}

/* An answer is given when the changes have been made, so that `systemctl reload` tells how it went. */
static void reload(void *ctx, int argc, char *argv[], struct control_answer *answer)
{
	service_reloading();
	reload_carry_out(ctx, argc, argv, answer);
	service_ready();
}

/* Serves until there is a reason to stop, and returns it. */
static const char *wait_for_end(struct reload *r, struct control *control, struct service *service)
{
	struct server *s = r->server;

	for (;;) {
		switch (service_wait(service)) {
		case SERVICE_STOP:
			return "signal";
		case SERVICE_NOTICE:
			if (!server_handle_notice(s))
				return s->lost ? "lost" : "detached";
			break;
		case SERVICE_WATCHDOG:
			if (pool_is_healthy(&s->pool))
				service_alive();
			break;
		case SERVICE_UPDATE:
			show(s, service);
			break;
		case SERVICE_WATCHED:
			control_handle(control, reload, r);
			break;
		}
	}
}

static void log_start(const struct options *o, const struct server_setup *setup)
{
	log_event(setup->log, LOG_INFO, "serving %u device%s as %s/%s",
		  "start devices=%u memory=%ju max-size=%ju version=" PROJECT_VERSION,
		  setup->instances, setup->instances == 1 ? "" : "s",
		  o->fuse_dir ? o->fuse_dir : "/dev", o->name, setup->instances,
		  (uintmax_t)setup->memory, (uintmax_t)setup->config->max_size);
}

/* Serves until there is a reason to stop. */
static void serve_until_end(struct reload *r, struct control *control, struct service *service)
{
	struct server *s = r->server;
	const char *reason;

	log_start(r->running, s->setup);
	show(s, service);
	service_ready();
	service_watch(service, control->epoll_fd);
	reason = wait_for_end(r, control, service);
	service_stopping();
	log_event(r->log, LOG_INFO, "ending", "stop reason=%s", reason);
}

static int serve(const struct channels *ch, struct server_setup *setup, struct reload *r,
		 struct control *control)
{
	struct server server;
	int err;

	/* A service manager starts each process with the options of now, a supervisor with those of once. */
	if (ch->supervised)
		reload_restore(ch->arena_fd, &setup->memory, r->log);
	r->server = &server;
	err = server_start(&server, setup, ch->fds);
	if (!err) {
		serve_until_end(r, control, setup->service);
		err = server.lost;
		server_stop(&server, ch->are_stored);
	} else {
		/* Whatever is in the arena, another process may be able to use it. */
		server_stop(&server, true);
	}
	return err;
}

/* A device that clients have open is worth more than its control socket. */
static int open_control(struct control *c, const struct options *o, const struct channels *ch,
			const struct log *log)
{
	int err = control_open(c, o->control, log);

	return arena_starts(ch->arena_fd) > 0 ? 0 : err;
}

static int run_channels(const struct channels *ch, const struct options *o,
			const struct qotd_config *config, struct log *log, struct service *service)
{
	cleanup(state_dir_close) struct state_dir state_dir = {.fd = -1};
	cleanup(control_close) struct control control = {.listen_fd = -1, .epoll_fd = -1};
	struct reload r = {
		.log = log,
		.running = o,
		.default_memory = default_memory(ch->instances, config),
	};
	struct server_setup setup = {
		.kind = ch->kind,
		.name = o->name,
		.instances = ch->instances,
		.memory = o->memory ? o->memory : r.default_memory,
		.legacy_ioctl = o->legacy_ioctl,
		.arena_fd = ch->arena_fd,
		.channels_are_new = ch->are_new,
		.discard_state = o->discard_state,
		.state_dir = &state_dir,
		.config = config,
		.log = log,
		.service = service,
	};
	int err = state_dir_open(&state_dir, o->state_dir, log);

	if (!err)
		err = open_control(&control, o, ch, log);
	return err ? err : serve(ch, &setup, &r, &control);
}

static void on_log(void *service)
{
	service_update(service);
}

/* The serving process. */
static int run(const struct options *o, struct log *log)
{
	cleanup(quote_free) struct qotd_config config = {0};
	cleanup(channels_close) struct channels channels = {0};
	struct service service;
	int err = quote_load(o, &config);

	if (err)
		return err;
	service_raise_fd_limit();
	err = service_init(&service);
	if (!err)
		err = log_start_queue(log, on_log, &service);
	if (err) {
		log_error(log, "cannot start: %s", strerror(-err));
		return err;
	}
	err = channels_open(&channels, o, log);
	if (!err)
		err = run_channels(&channels, o, &config, log, &service);
	log_end_queue(log);
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
	if (options.reload)
		return control_ask(options.control, argc, argv) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
	log_init(&log, options.log_level);
	if (options.open_channels)
		return channels_store(&options, &log);
	if (options.supervise && !getenv(SUPERVISED_ENV)) {
		service_raise_fd_limit();
		return channels_supervise(&options, argv, &log);
	}
	return run(&options, &log) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
