// SPDX-License-Identifier: MIT
#include "umem_fixture.h"

#include <stdlib.h>

int umem_fixture_setup(void **state)
{
	struct umem_fixture *f = calloc(1, sizeof(*f));

	if (!f)
		return -1;
	memory_open(&f->memory, LIMIT_PAGES);
	umem_client_init(&f->memory.umem, &f->a);
	umem_client_init(&f->memory.umem, &f->b);
	umem_client_init(&f->memory.umem, &f->c);
	*state = f;
	return 0;
}

int umem_fixture_teardown(void **state)
{
	struct umem_fixture *f = *state;

	if (memory_used(&f->memory) || memory_sleepers(&f->memory))
		return -1; /* a test that failed, or that forgot something */
	umem_client_destroy(&f->a);
	umem_client_destroy(&f->b);
	umem_client_destroy(&f->c);
	memory_close(&f->memory);
	free(f);
	return 0;
}
