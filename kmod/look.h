/* SPDX-License-Identifier: GPL-2.0 */
/* A look at the target's page tables, without changing them. */
#ifndef KMOD_LOOK_H
#define KMOD_LOOK_H

#include <linux/hmm.h>

#include "mirror.h"

/**
 * struct dbgmem_look - what is resident in a part of a group
 * @range: which part
 * @pfn: the answer: hmm_range_fault()'s
 */
struct dbgmem_look {
	struct hmm_range	range;
	unsigned long		pfn[DBGMEM_LEAF_PAGES];
};

int dbgmem_look(struct dbgmem_look *l, struct dbgmem_mirror *m,
		unsigned long addr, int (*lock)(struct mm_struct *mm));

/* Is it still true? The mirror's lock is held, and it is as long as that. */
static inline bool dbgmem_look_holds(const struct dbgmem_look *l)
{
	return !mmu_interval_read_retry(l->range.notifier,
					l->range.notifier_seq);
}

/* The page, or NULL: there is none, or none that may be looked at. */
static inline struct page *dbgmem_look_page(unsigned long pfn)
{
	return (pfn & (HMM_PFN_VALID | HMM_PFN_ERROR)) == HMM_PFN_VALID ?
	       hmm_pfn_to_page(pfn) : NULL;
}

#endif /* KMOD_LOOK_H */
