/* SPDX-License-Identifier: GPL-2.0 */
/* Trap bytes in the target's memory: planting them, and taking them out. */
#ifndef KMOD_BREAKPOINT_TRAP_H
#define KMOD_BREAKPOINT_TRAP_H

#include "access/access.h"
#include "tree.h"

/* A trap may lie across a page border. */
#define DBGMEM_TRAP_PAGES	2

/**
 * struct dbgmem_removal - how long to wait for taking traps out
 * @end: jiffies: no longer than until then
 * @in_vain: how many of them may be spent on pages that do not come
 * @hurry: do not wait any more
 */
struct dbgmem_removal {
	unsigned long	end;
	long		in_vain;
	const bool	*hurry;
};

int dbgmem_trap_hold(struct dbgmem_access *a,
		     const struct dbgmem_breakpoint *bp, struct page **pages);
void dbgmem_trap_drop(struct dbgmem_access *a,
		      const struct dbgmem_breakpoint *bp, struct page **pages,
		      bool dirty);
int dbgmem_trap_may_plant(struct dbgmem_access *a,
			  const struct dbgmem_breakpoint *bp,
			  struct page **pages);
void dbgmem_trap_plant(struct dbgmem_breakpoint *bp, struct page **pages);
void dbgmem_trap_take_back(struct dbgmem_breakpoint *bp, struct page **pages);
int dbgmem_trap_remove(struct dbgmem_access *a, struct dbgmem_breakpoint *bp,
		       struct dbgmem_removal *r);
u32 dbgmem_trap_state(struct mm_struct *mm, const struct dbgmem_breakpoint *bp);

#endif /* KMOD_BREAKPOINT_TRAP_H */
