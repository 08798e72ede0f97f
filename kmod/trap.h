/* SPDX-License-Identifier: GPL-2.0 */
/* Trap bytes in the target's memory: planting them, and taking them out. */
#ifndef KMOD_TRAP_H
#define KMOD_TRAP_H

#include "overlay.h"

/* A trap may lie across a page border. */
#define DBGMEM_TRAP_PAGES	2

int dbgmem_trap_hold(struct dbgmem_xfer *x, const struct dbgmem_breakpoint *bp,
		     struct page **pages);
void dbgmem_trap_drop(struct dbgmem_xfer *x, const struct dbgmem_breakpoint *bp,
		      struct page **pages, bool dirty);
int dbgmem_trap_may_plant(const struct dbgmem_breakpoint *bp,
			  struct page **pages);
void dbgmem_trap_plant(struct dbgmem_breakpoint *bp, struct page **pages);
int dbgmem_trap_remove(struct dbgmem_xfer *x,
		       const struct dbgmem_breakpoint *bp);
u32 dbgmem_trap_state(struct dbgmem_xfer *x, const struct dbgmem_breakpoint *bp);

#endif /* KMOD_TRAP_H */
