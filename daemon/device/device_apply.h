/* SPDX-License-Identifier: MIT */
/*
 * Carries out plans (txn.h) on the state of an instance: for the operation that made the plan, and for the
 * process that finds one unfinished. The caller holds the locks, or is alone.
 */
#ifndef DEVICE_APPLY_H
#define DEVICE_APPLY_H

#include "device.h"

/* TXN_WRITE, but for the position. */
void qotd_apply_write(struct qotd_state *s, void *pages, const struct txn *t, const void *data);

/* TXN_REPLACE. The new pages are zeroed, but for what an earlier try has filled in. */
void qotd_apply_replace(struct qotd_state *s, const struct qotd_config *config, void *new_pages,
			const void *old_pages, const struct txn *t);

/* TXN_RESET */
void qotd_apply_reset(struct qotd_state *s, const struct qotd_config *config, void *pages,
		      const struct txn *t);

/* TXN_DETACH */
void qotd_apply_detach(struct qotd_state *s, const struct txn *t);

#endif
