// SPDX-License-Identifier: MIT
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "log.h"

#define LINE_MAX_LENGTH 1024

void log_init(struct log *l, bool verbose)
{
	*l = (struct log){
		.max_level = verbose ? LOG_DEBUG : LOG_INFO,
		.to_journal = getenv("JOURNAL_STREAM") != NULL,
	};
}

/* One write(2) per line, so that lines of several threads do not mix. */
void log_print(const struct log *l, int level, const char *format, ...)
{
	int saved_errno = errno;
	char line[LINE_MAX_LENGTH];
	size_t length;
	va_list args;

	if (level > l->max_level)
		return;
	if (l->to_journal)
		snprintf(line, sizeof(line), "<%d>", level);
	else
		snprintf(line, sizeof(line), "%s: ", program_invocation_short_name);
	length = strlen(line);
	va_start(args, format);
	errno = saved_errno; /* for %m */
	vsnprintf(line + length, sizeof(line) - length - 1, format, args);
	va_end(args);
	length = strlen(line);
	line[length++] = '\n';
	(void)!write(STDERR_FILENO, line, length);
	errno = saved_errno;
}
