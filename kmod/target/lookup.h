/* SPDX-License-Identifier: GPL-2.0 */
/* A lookup in the target's page tables, without changing them. */
#ifndef KMOD_TARGET_LOOKUP_H
#define KMOD_TARGET_LOOKUP_H

#include <linux/hmm.h>

#include "block.h"
#include "change.h"

/**
 * struct dbgmem_lookup - what is resident in a part of a block
 * @changes: of the target
 * @seq: of the changes, before the lookup
 * @range: which part
 * @never: inserted nowhere: hmm_range_fault() asks it for the mm, and whether
 *	it has changed
 * @plain: the pages are the kernel's ordinary memory
 * @denied: the file's mapping if it may not be mapped for writing, or NULL; only
 *	to be compared
 * @inode: number of that file
 * @pfn: the answer: hmm_range_fault()'s
 */
struct dbgmem_lookup {
	struct dbgmem_changes	*changes;
	u32			seq;
	struct hmm_range	range;
	struct mmu_interval_notifier never;
	bool			plain;
	const void		*denied;
	unsigned long		inode;
	unsigned long		pfn[DBGMEM_BLOCK_PAGES];
};

int dbgmem_lookup(struct dbgmem_lookup *l, struct dbgmem_changes *c,
		  unsigned long addr, int (*lock)(struct mm_struct *mm));

/* Is it still true? The changes' lock is held, and it is as long as that. */
static inline bool dbgmem_lookup_holds(const struct dbgmem_lookup *l)
{
	return !dbgmem_changes_since(l->changes, l->seq,
				     dbgmem_span(l->range.start,
						 l->range.end));
}

/* The page, or NULL: there is none, or none that may be looked at. */
static inline struct page *dbgmem_lookup_page(unsigned long pfn)
{
	return (pfn & (HMM_PFN_VALID | HMM_PFN_ERROR)) == HMM_PFN_VALID ?
	       hmm_pfn_to_page(pfn) : NULL;
}

#endif /* KMOD_TARGET_LOOKUP_H */
