// SPDX-License-Identifier: MIT
#include <fcntl.h>

#include "scarce.h"

struct scarce scarce_start(void **state, enum channel_kind kind)
{
	struct scarce s = {.bench = bench_start(state, &(struct bench_options){
							       .kind = kind,
							       .instances = 2,
							       .memory = SCARCE_LIMIT,
							       .max_size = 2 * SCARCE_LIMIT,
						       })};

	s.hog = client_of(s.bench, 1, O_RDWR);
	s.client = client_of(s.bench, 0, O_RDWR);
	assert_int_equal(client_resize(&s.hog, SCARCE_HOG), 0);
	return s;
}

void scarce_release(const struct scarce *s)
{
	assert_int_equal(client_resize(&s->hog, BENCH_PAGE), 0);
}

uint64_t scarce_send_sleeper(const struct scarce *s, uint64_t less, unsigned count)
{
	uint64_t unique = client_send_resize(&s->client, SCARCE_WISH - less);

	client_wait_sleepers(&s->client, count);
	assert_false(kernel_is_answered(s->client.kernel, unique));
	return unique;
}
