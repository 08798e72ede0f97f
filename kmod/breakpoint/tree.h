/* SPDX-License-Identifier: GPL-2.0 */
/* The breakpoints of a session: traps that it has planted in its target. */
#ifndef KMOD_BREAKPOINT_TREE_H
#define KMOD_BREAKPOINT_TREE_H

#include <linux/mm.h>
#include <linux/rbtree.h>

#include "session.h"

/**
 * struct dbgmem_breakpoint - a trap in a target
 * @node: in session->breakpoints, by address; under session->shadow_lock
 * @registered: among all of all sessions, by address space and address; under
 *	the registry's lock
 * @session: who set it, only to be compared; NULL once that is closed
 * @mm: where
 * @owner: the process that set it
 * @cred: its credentials
 * @addr: its address
 * @len: bytes
 * @planted: the trap is in memory, and @original complete; under the registry's
 *	lock
 * @gone: the mapping that it was planted in is not there any more, see unmap.h: a
 *	bit for each of the pages it is on; changed under session->unmap->lock
 * @out: its parts that were taken out, when others could not be: a bit for each of
 *	the pages it is on; under session->shadow_lock
 * @withheld: some of what was written behind it was not put back; as @out
 * @forced: a bit for each byte of @shadow that was written by FORCE; as @shadow
 * @trap: what is in memory
 * @original: what was there
 * @shadow: what transfers see; under session->shadow_lock for writing, and the
 *	registry's lock
 */
struct dbgmem_breakpoint {
	struct rb_node		node;
	struct rb_node		registered;
	struct dbgmem_session	*session;
	struct mm_struct	*mm;
	struct pid		*owner;
	const struct cred	*cred;
	unsigned long		addr;
	unsigned int		len;
	bool			planted;
	u8			gone;
	u8			out;
	bool			withheld;
	u16			forced;
	u8			trap[DBGMEM_BP_MAX_LEN];
	u8			original[DBGMEM_BP_MAX_LEN];
	u8			shadow[DBGMEM_BP_MAX_LEN];
};

/* Was the mapping taken away whose page at @addr has some of a breakpoint? */
static inline bool dbgmem_breakpoint_gone(const struct dbgmem_breakpoint *bp,
					  unsigned long addr)
{
	unsigned int page = addr >> PAGE_SHIFT != bp->addr >> PAGE_SHIFT;

	return READ_ONCE(bp->gone) >> page & 1;
}

struct dbgmem_breakpoint *dbgmem_tree_first(const struct dbgmem_session *s,
					    unsigned long addr,
					    unsigned long len);
struct dbgmem_breakpoint *dbgmem_tree_next(const struct dbgmem_breakpoint *bp,
					   unsigned long last);

#endif /* KMOD_BREAKPOINT_TREE_H */
