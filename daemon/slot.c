// SPDX-License-Identifier: MIT
#include "slot.h"

static _Thread_local struct slot *current;

struct slot *slot_current(void)
{
	return current;
}

void slot_set_current(struct slot *s)
{
	current = s;
}
