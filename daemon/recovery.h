/* SPDX-License-Identifier: MIT */
/*
 * Goes on where a process died: finishes what it had planned, answers what it had not answered.
 *
 * All of it runs before the first worker. It may die itself at any point and be done again.
 */
#ifndef RECOVERY_H
#define RECOVERY_H

#include "server.h"

/*
 * How many instances have ever been attached: the first ones of the table. Changes nothing, and no plan changes
 * it: the only one to be called before recovery_finish_plans().
 */
uint32_t recovery_count_instances(const struct arena *a);

/*
 * Finishes the plans that were made but not carried out. To be called before anything else looks at the
 * state. Returns 0, or -EPROTO when the arena is damaged, or has requests of more than so many channels; then
 * nothing has been changed.
 */
int recovery_finish_plans(const struct arena *a, uint32_t channels,
			  const struct qotd_config *config);

/*
 * Whether all instances have memory that exists, each its own. After recovery_finish_plans(). Returns 0, -EPROTO
 * or -ENOMEM.
 */
int recovery_check_states(const struct arena *a);

/* Gives back the memory that no instance refers to. After recovery_finish_plans(). Returns 0 or -ENOMEM. */
int recovery_reclaim_memory(const struct arena *a);

/*
 * Answers the requests left in the slots, wakes who polls, counts the users of the devices. All of the
 * server but its workers is running. Returns how many requests there were.
 */
unsigned recovery_replay(struct server *s);

/* Whether any instance in the arena holds something that is not the initial quotation. */
bool recovery_has_changes(const struct arena *a);

#endif
