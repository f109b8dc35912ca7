/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "command.h"

enum status cmd_version(const struct invocation *inv)
{
	(void)inv;
	puts("qotdctl " PROJECT_VERSION);
	return STATUS_OK;
}
