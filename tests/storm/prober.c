/* SPDX-License-Identifier: MIT */
/* Measures how long the daemon is away: the time from a kill to the first answer to a request after it. */
#include "client.h"

#include <fcntl.h>

#define PAUSE_NS 50000

void run_prober(struct client *c)
{
	int fd = open_device(c, DEVICE_PATTERN, O_RDONLY);

	while (go_on(c, "probing")) {
		uint64_t killed_at = storm->killed_at, size = get_size(c, fd);

		if (size != PATTERN_SIZE)
			fail(c, LOST, "the size is %llu", (unsigned long long)size);
		if (killed_at != storm->answered_kill) {
			storm->answered_at = now_ns();
			storm->answered_kill = killed_at;
		}
		c->count++;
		sleep_ns(PAUSE_NS);
	}
}
