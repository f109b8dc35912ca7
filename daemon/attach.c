// SPDX-License-Identifier: MIT
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "attach.h"
#include "cleanup.h"

static int attach_fresh(struct server *s, uint32_t instance, const struct qotd_saved *saved)
{
	struct qotd *q = &s->driver.devices[instance];
	int err = qotd_attach(q, instance, &s->parent, saved);

	if (err)
		qotd_detach(q);
	return err;
}

/* -ENOENT: nothing is saved that can be used. */
static int attach_saved(struct server *s, uint32_t instance, const char *name)
{
	const struct state_dir *dir = s->setup->state_dir;
	cleanup_free void *content = NULL;
	struct qotd_saved saved;
	int err = state_load(dir, name, s->setup->config->max_size, &content, &saved.size);

	if (err)
		return -ENOENT;
	saved.content = content;
	err = attach_fresh(s, instance, &saved);
	if (err == -ENOMEM) {
		state_set_aside(dir, name, "it is larger than --memory allows");
		return -ENOENT;
	}
	if (!err)
		log_event(s->setup->log, LOG_INFO, "%s has its saved content back",
			  "restore device=%s size=%ju", name, name, (uintmax_t)saved.size);
	return err;
}

/* What was there before a crash is no news. */
static void log_attached(const struct server *s, struct qotd *q, const char *name, bool is_adopted)
{
	uint64_t size, allocated;

	qotd_get_extent(q, &size, &allocated);
	log_event(s->setup->log, is_adopted ? LOG_DEBUG : LOG_INFO, "%s is attached",
		  "attach device=%s size=%ju memory=%ju content=%s", name, name, (uintmax_t)size,
		  (uintmax_t)allocated,
		  is_adopted	       ? "adopted"
		  : qotd_is_changed(q) ? "saved"
				       : "initial");
}

int attach_device(struct server *s, uint32_t instance)
{
	struct qotd *q = &s->driver.devices[instance];
	char name[NAME_MAX + 1];
	int err = s->recovered ? qotd_adopt(q, instance, &s->parent) : -ENODATA;
	bool is_adopted = err == 0;

	channel_device_name(&s->served, instance, name, sizeof(name));
	if (err)
		qotd_leave(q);
	if (err == -ENXIO)
		return 0; /* it stays away for as long as its siblings are there */
	if (err == -ENODATA) {
		err = attach_saved(s, instance, name);
		if (err == -ENOENT)
			err = attach_fresh(s, instance, NULL);
	}
	if (err)
		log_event(s->setup->log, LOG_ERR, "cannot attach %s: %s%s",
			  "attach-failed device=%s errno=%d", name,
			  err == -EPROTO ? "the state of the last process is damaged"
					 : strerror(-err),
			  err == -ENOMEM ? " (raise --memory)" : "", name, -err);
	else
		log_attached(s, q, name, is_adopted);
	return err;
}

void attach_save_devices(struct server *s)
{
	char name[NAME_MAX + 1];

	if (s->setup->state_dir->fd < 0)
		return;
	for (uint32_t i = 0; i < s->driver.device_count; i++) {
		struct qotd *q = &s->driver.devices[i];

		channel_device_name(&s->served, i, name, sizeof(name));
		if (!qotd_is_attached(q) || !qotd_is_changed(q))
			state_remove(s->setup->state_dir, name);
		else if (state_save(s->setup->state_dir, name, q->pages.addr, q->state->size) == 0)
			log_event(s->setup->log, LOG_INFO, "saved the content of %s",
				  "save device=%s size=%ju", name, name, (uintmax_t)q->state->size);
	}
}

void attach_forget_discarded(struct server *s)
{
	char name[NAME_MAX + 1];

	if (s->setup->state_dir->fd < 0)
		return;
	for (uint32_t i = 0; i < s->driver.device_count; i++) {
		struct qotd *q = &s->driver.devices[i];

		if (!qotd_is_attached(q) || qotd_is_changed(q))
			continue;
		channel_device_name(&s->served, i, name, sizeof(name));
		state_remove(s->setup->state_dir, name);
	}
}
