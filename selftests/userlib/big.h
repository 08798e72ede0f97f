/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Memory of a target that is larger than the pieces in which the library reads
 * and writes: mapped by the target itself, where nothing else is.
 */
#ifndef SELFTESTS_BIG_H
#define SELFTESTS_BIG_H

#include "userlib.h"

/* What the library moves in one go, and addresses of targets are aligned to. */
#define PIECE		(512UL << 10)
#define BIG_SIZE	(3 * PIECE)
#define BIG		0x100000000000UL	/* and 64 GiB behind it */

long big_map(void *addr);

static inline void *at(uint64_t addr)
{
	return (void *)(uintptr_t)addr;
}

/* Progress that is watched, and at some time does something. */
struct watch {
	uint64_t last, total;
	unsigned int calls;
	bool falls;
	unsigned int cancel_at;	/* at this call, from 1 on */
	unsigned int kill_at;
	pid_t pid;
};

int watch(void *arg, uint64_t done, uint64_t total);

#endif /* SELFTESTS_BIG_H */
