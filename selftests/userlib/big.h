/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Memory of a target that is larger than the pieces in which the library reads
 * and writes. The target maps it itself, at an address with nothing else.
 */
#ifndef SELFTESTS_BIG_H
#define SELFTESTS_BIG_H

#include "userlib.h"

/* The library moves so much at once, aligned in the target. */
#define PIECE		(512UL << 10)
#define BIG_SIZE	(3 * PIECE)
#define BIG		0x100000000000UL	/* and 64 GiB behind it */

long big_map(void *addr);

static inline void *at(uint64_t addr)
{
	return (void *)(uintptr_t)addr;
}

/*
 * A progress callback that checks its arguments, and cancels or kills at a given
 * call.
 */
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
