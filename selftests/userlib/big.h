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

static inline long big_map(void *addr)
{
	void *p = mmap(addr, BIG_SIZE, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE |
		       MAP_NORESERVE, -1, 0);

	if (p == MAP_FAILED)
		return -errno;
	/* Each page for itself, so that one of them can be missing. */
	if (madvise(p, BIG_SIZE, MADV_NOHUGEPAGE) && errno != EINVAL)
		return -errno;	/* EINVAL: that kernel has no huge pages */
	return 0;
}

/* Bytes of it that are not @c. */
static inline long big_not(void *c)
{
	const unsigned char *p = (unsigned char *)BIG;
	long n = 0;
	size_t i;

	for (i = 0; i < BIG_SIZE; i++)
		n += p[i] != (unsigned char)(uintptr_t)c;
	return n;
}

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

static inline int watch(void *arg, uint64_t done, uint64_t total)
{
	struct watch *w = arg;

	w->calls++;
	w->falls |= done <= w->last || done > total;
	w->last = done;
	w->total = total;
	if (w->calls == w->kill_at) {
		kill(w->pid, SIGKILL);
		waitpid(w->pid, NULL, 0);
	}
	return w->calls == w->cancel_at;
}

#endif /* SELFTESTS_BIG_H */
