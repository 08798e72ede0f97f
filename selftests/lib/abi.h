/* SPDX-License-Identifier: GPL-2.0 */
/*
 * For tests of the ABI's limits: a session on a child, memory with known limits
 * on both sides, and addresses without memory.
 */
#ifndef SELFTESTS_ABI_H
#define SELFTESTS_ABI_H

#include "common.h"

#include <stddef.h>

#define POISON		0xa5
#define KNOWN_FLAGS \
	(DBGMEM_EXACT | DBGMEM_FORCE | DBGMEM_ZEROFILL | DBGMEM_NOFAULT | \
	 DBGMEM_RAW)

/* Addresses that no program has memory at. */
static const uint64_t bad_addr[] = {
	0,			/* mmap_min_addr keeps it free */
	0xffff888000000000,	/* x86-64: the kernel's map of all memory */
	0xffffffff81000000,	/* x86-64: the kernel's text */
	0xffffffffffff0000,
	0x8000000000000000,
	0x0000800000000000,	/* the first one that is not canonical */
};

struct abi {
	struct target target;
	int fd, mem_fd;
	unsigned char *req;	/* two pages, and PROT_NONE behind */
	unsigned char *shared;	/* mapped here and in the target */
	unsigned char buf[64];
	struct dbgmem_segment segs[2];
	struct dbgmem_expect expect;
	struct dbgmem_bp bp;
	struct dbgmem_region region;
};

int abi_start(struct abi *a);
void abi_stop(struct abi *a);
bool all_bytes(const unsigned char *p, size_t n, unsigned char byte);

#endif /* SELFTESTS_ABI_H */
