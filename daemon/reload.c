// SPDX-License-Identifier: MIT
#include <stdio.h>

#include "reload.h"
#include "size.h"

/* What is the same for all that a reload does. */
struct pass {
	struct reload *reload;
	struct control_answer *answer;
	unsigned changes; /* said so far */
};

static void set_memory_limit(struct pass *p, uint64_t wanted)
{
	struct reload *r = p->reload;
	char from[SIZE_FORMAT_MAX], to[SIZE_FORMAT_MAX], used[SIZE_FORMAT_MAX];
	struct umem_stats before, after;

	umem_get_stats(&r->server->umem, &before);
	server_set_memory_limit(r->server, wanted);
	umem_get_stats(&r->server->umem, &after);
	if (after.limit == before.limit)
		return;
	p->changes++;
	size_format(before.limit, from);
	size_format(after.limit, to);
	log_event(r->log, LOG_INFO, "the memory limit is now %s",
		  "reload option=memory from=%ju to=%ju", to, (uintmax_t)before.limit,
		  (uintmax_t)after.limit);
	control_say(p->answer, "--memory: %s, was %s", to, from);
	if (after.used > after.limit)
		control_say(p->answer,
			    "%s are in use: there is no new memory until enough is freed",
			    size_format(after.used, used));
}

static void set_log_level(struct pass *p, int wanted)
{
	struct reload *r = p->reload;
	int before = r->log->max_level;
	int shown = wanted > before ? wanted : before;

	if (wanted == before)
		return;
	p->changes++;
	/* At the level that lets it through on one side of the change. */
	r->log->max_level = shown;
	log_event(r->log, LOG_INFO, "the log level is now %s",
		  "reload option=log-level from=%s to=%s", log_level_name(wanted),
		  log_level_name(before), log_level_name(wanted));
	r->log->max_level = wanted;
	control_say(p->answer, "--log-level: %s, was %s", log_level_name(wanted),
		    log_level_name(before));
}

static void tell_difference(void *ctx, const char *option, bool needs_stop)
{
	struct pass *p = ctx;
	const char *what =
		needs_stop ? "stop the service and start it again" : "that takes a restart";

	p->changes++;
	log_event(p->reload->log, LOG_WARNING, "--%s is not what it was: %s",
		  "reload-pending option=%s needs=%s", option, what, option,
		  needs_stop ? "stop" : "restart");
	control_say(p->answer, "--%s is not what it was: %s", option, what);
}

/* The next process may be started with the options of this one. */
static void keep_settings(const struct reload *r, uint64_t memory)
{
	struct arena_header *h = r->server->arena.header;

	h->memory_limit = memory;
	h->log_level = (uint64_t)r->log->max_level + 1;
}

void reload_restore(int arena_fd, uint64_t *memory, struct log *log)
{
	uint64_t limit, level;

	arena_get_settings(arena_fd, &limit, &level);
	if (limit > 0)
		*memory = limit;
	if (level > 0)
		log->max_level = (int)level - 1;
}

void reload_carry_out(void *reload, int argc, char *argv[], struct control_answer *answer)
{
	struct reload *r = reload;
	struct pass p = {.reload = r, .answer = answer};
	struct options wanted;
	uint64_t memory;

	/* Whoever asks has checked them, unless it is another version. */
	if (options_parse(&wanted, argc, argv) < 0 || !wanted.reload) {
		answer->is_refusal = true;
		control_say(answer,
			    "the daemon does not know these options: is it another version?");
		return;
	}
	memory = wanted.memory ? wanted.memory : r->default_memory;
	set_memory_limit(&p, memory);
	set_log_level(&p, wanted.log_level);
	keep_settings(r, memory);
	options_compare(r->running, &wanted, tell_difference, &p);
	if (p.changes == 0)
		control_say(answer, "nothing has changed");
}
