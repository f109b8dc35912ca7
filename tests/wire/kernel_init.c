// SPDX-License-Identifier: MIT
/* The request that begins a connection, with what today's kernels offer. */
#include "kernel.h"

static uint64_t send_cuse_init(struct kernel *k, uint32_t major)
{
	const struct cuse_init_in in = {
		.major = major,
		.minor = FUSE_KERNEL_MINOR_VERSION,
		.flags = CUSE_UNRESTRICTED_IOCTL,
	};

	return kernel_send(k, &(struct message){
				      .opcode = CUSE_INIT,
				      .body = &in,
				      .body_size = sizeof(in),
			      });
}

static uint64_t send_fuse_init(struct kernel *k, uint32_t major)
{
	const struct fuse_init_in in = {
		.major = major,
		.minor = FUSE_KERNEL_MINOR_VERSION,
		.max_readahead = 128 << 10,
		.flags = FUSE_ASYNC_READ | FUSE_ATOMIC_O_TRUNC | FUSE_EXPORT_SUPPORT |
			 FUSE_BIG_WRITES | FUSE_DONT_MASK | FUSE_HAS_IOCTL_DIR |
			 FUSE_AUTO_INVAL_DATA | FUSE_DO_READDIRPLUS | FUSE_READDIRPLUS_AUTO |
			 FUSE_ASYNC_DIO | FUSE_NO_OPEN_SUPPORT | FUSE_PARALLEL_DIROPS |
			 FUSE_MAX_PAGES | FUSE_NO_OPENDIR_SUPPORT | FUSE_EXPLICIT_INVAL_DATA |
			 FUSE_INIT_EXT,
	};

	return kernel_send(k, &(struct message){
				      .opcode = FUSE_INIT,
				      .body = &in,
				      .body_size = sizeof(in),
			      });
}

uint64_t kernel_send_init(struct kernel *k, uint32_t major)
{
	return k->kind == KERNEL_CUSE ? send_cuse_init(k, major) : send_fuse_init(k, major);
}
