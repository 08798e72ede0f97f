// SPDX-License-Identifier: GPL-2.0
#include "big.h"

long big_map(void *addr)
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

int watch(void *arg, uint64_t done, uint64_t total)
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
