// SPDX-License-Identifier: MIT
/* What recovery has to do with the instances in the arena and their memory. */
#include <errno.h>
#include <stdlib.h>

#include "cleanup.h"
#include "recovery.h"

/* They are attached in order, and one that is detached for good keeps a flag that says so. */
uint32_t recovery_count_instances(const struct arena *a)
{
	uint32_t count = 0;

	while (count < arena_count(a, ARENA_INSTANCES)) {
		const struct qotd_state *s = arena_entry(a, ARENA_INSTANCES, count);

		if (s->flags == 0)
			break;
		count++;
	}
	return count;
}

static int compare_ranges(const void *a, const void *b)
{
	const struct arena_range *x = a, *y = b;

	return x->offset < y->offset ? -1 : x->offset > y->offset;
}

/* The memory of all attached instances, in the order of the arena. NULL: there is no memory for the list. */
static struct arena_range *list_memory(const struct arena *a, size_t *count)
{
	uint32_t instances = recovery_count_instances(a);
	struct arena_range *list = calloc(instances + 1, sizeof(*list));

	*count = 0;
	for (uint32_t i = 0; list && i < instances; i++) {
		const struct qotd_state *s = arena_entry(a, ARENA_INSTANCES, i);

		if (s->flags & QOTD_ATTACHED)
			list[(*count)++] = s->memory;
	}
	if (list)
		qsort(list, *count, sizeof(*list), compare_ranges);
	return list;
}

static bool each_is_valid(const struct arena *a)
{
	uint32_t instances = recovery_count_instances(a);

	for (uint32_t i = 0; i < instances; i++) {
		const struct qotd_state *s = arena_entry(a, ARENA_INSTANCES, i);

		if ((s->flags & QOTD_ATTACHED) && !qotd_state_is_valid(a, s))
			return false;
	}
	return true;
}

int recovery_check_states(const struct arena *a)
{
	cleanup_free struct arena_range *list = NULL;
	size_t count;

	if (!each_is_valid(a))
		return -EPROTO;
	list = list_memory(a, &count);
	if (!list)
		return -ENOMEM;
	for (size_t i = 1; i < count; i++)
		if (list[i].offset - list[i - 1].offset < list[i - 1].length)
			return -EPROTO;
	return 0;
}

int recovery_reclaim_memory(const struct arena *a)
{
	size_t count;
	cleanup_free struct arena_range *list = list_memory(a, &count);

	if (!list)
		return -ENOMEM;
	arena_keep_only(a, list, count);
	return 0;
}

bool recovery_has_changes(const struct arena *a)
{
	uint32_t instances = recovery_count_instances(a);

	for (uint32_t i = 0; i < instances; i++) {
		const struct qotd_state *s = arena_entry(a, ARENA_INSTANCES, i);

		if ((s->flags & QOTD_ATTACHED) && (s->flags & QOTD_CHANGED))
			return true;
	}
	return false;
}
