// SPDX-License-Identifier: MIT
/* Random bytes as requests. The seed is fixed; QOTD_SEED=N tries another one. */
#include <stdlib.h>

#include "feed.h"

#define INPUTS	   1000
#define INPUT_SIZE 512

/* xorshift64*: the same numbers everywhere. */
static uint64_t next_random(uint64_t *random)
{
	*random ^= *random >> 12;
	*random ^= *random << 25;
	*random ^= *random >> 27;
	return *random * UINT64_C(2685821657736338717);
}

static uint64_t seed(void)
{
	const char *text = getenv("QOTD_SEED");
	uint64_t value = text ? strtoull(text, NULL, 10) : 0;

	return value ? value : 20240229;
}

static void feed_random_bytes(struct bench *b)
{
	uint64_t random = seed();
	uint8_t input[INPUT_SIZE];

	print_message("# QOTD_SEED=%llu\n", (unsigned long long)random);
	for (int n = 0; n < INPUTS; n++) {
		for (size_t i = 0; i < sizeof(input); i++)
			input[i] = (uint8_t)(next_random(&random) >> 56);
		feed(b, input, sizeof(input));
	}
}

static void random_requests_do_no_harm(void **state)
{
	struct bench *b = bench_start(state, *state);

	feed_random_bytes(b);
}

static const struct bench_options cuse_legacy = {.kind = CHANNEL_CUSE, .legacy_ioctl = true};

int main(void)
{
	const struct CMUnitTest tests[] = {
		bench_test_with(random_requests_do_no_harm, cuse),
		bench_test_with(random_requests_do_no_harm, cuse_legacy),
		bench_test_with(random_requests_do_no_harm, fuse),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
