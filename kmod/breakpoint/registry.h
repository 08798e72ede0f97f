/* SPDX-License-Identifier: GPL-2.0 */
/*
 * All breakpoints of all sessions, by address space and address: two sessions
 * must not plant traps over each other's, as none of them would know any more
 * what to put back.
 */
#ifndef KMOD_BREAKPOINT_REGISTRY_H
#define KMOD_BREAKPOINT_REGISTRY_H

#include "tree.h"

void dbgmem_registry_lock(void);
void dbgmem_registry_unlock(void);
bool dbgmem_registry_add(struct dbgmem_breakpoint *bp);
void dbgmem_registry_remove(struct dbgmem_breakpoint *bp);
struct dbgmem_breakpoint *dbgmem_registry_from(struct mm_struct *mm,
					       unsigned long addr);
struct dbgmem_breakpoint *dbgmem_registry_next(struct dbgmem_breakpoint *bp);

#endif /* KMOD_BREAKPOINT_REGISTRY_H */
