/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Breakpoints whose mapping was removed: a trap belongs to the mapping that it was
 * planted in, not to one that comes to its address later.
 */
#ifndef KMOD_BREAKPOINT_UNMAP_H
#define KMOD_BREAKPOINT_UNMAP_H

#include <linux/mmu_notifier.h>
#include <linux/spinlock.h>

#include "tree.h"

/**
 * struct dbgmem_unmap - what watches a session's breakpoints
 * @notifier: tells what the target unmaps
 * @lock: the target's unmapping takes it, so it is held for a moment only
 * @session: whose; NULL when that is closed; under @lock
 * @seq: changes before a breakpoint is marked
 */
struct dbgmem_unmap {
	struct mmu_notifier	notifier;
	spinlock_t		lock;	/* see above */
	struct dbgmem_session	*session;
	unsigned int		seq;
};

int dbgmem_unmap_watch(struct dbgmem_session *s);
void dbgmem_unmap_reset(struct dbgmem_session *s, struct dbgmem_breakpoint *bp);
void dbgmem_unmap_release(struct dbgmem_session *s);

#endif /* KMOD_BREAKPOINT_UNMAP_H */
