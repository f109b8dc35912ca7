// SPDX-License-Identifier: MIT
#include <string.h>

#include "device_apply.h"

void qotd_apply_write(struct qotd_state *s, void *pages, const struct txn *t, const void *data)
{
	crash_point("write: nothing written");
	memcpy((char *)pages + t->start, data, t->length);
	crash_point("write: data written, not counted");
	s->changes = t->device.changes;
	s->flags = t->device.flags;
}

/*
 * What the new content is: the initial quotation, or the old content as far as it fits; zeros behind. Memory
 * that has grown in place has it already.
 */
static void fill(const struct qotd_config *config, void *to, const void *from,
		 const struct txn_device *d)
{
	if (d->discard)
		memcpy(to, config->quote, config->quote_length);
	else if (d->memory.offset != d->old_memory.offset)
		memcpy(to, from, d->size < d->old_size ? d->size : d->old_size);
}

void qotd_apply_replace(struct qotd_state *s, const struct qotd_config *config, void *new_pages,
			const void *old_pages, const struct txn *t)
{
	crash_point("replace: new memory not filled");
	fill(config, new_pages, old_pages, &t->device);
	crash_point("replace: new memory filled, not in use");
	s->memory = t->device.memory;
	crash_point("replace: new memory in use, old size");
	s->size = t->device.size;
	s->changes = t->device.changes;
	s->flags = t->device.flags;
}

void qotd_apply_reset(struct qotd_state *s, const struct qotd_config *config, void *pages,
		      const struct txn *t)
{
	memcpy(pages, config->quote, config->quote_length);
	crash_point("reset: quotation written, rest old");
	memset((char *)pages + config->quote_length, 0, s->size - config->quote_length);
	s->changes = t->device.changes;
	s->flags = t->device.flags;
}

void qotd_apply_detach(struct qotd_state *s, const struct txn *t)
{
	s->flags = t->device.flags;
}
