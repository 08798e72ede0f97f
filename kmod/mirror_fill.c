// SPDX-License-Identifier: GPL-2.0
/*
 * Learning where the target's pages are, a group of neighbours at a time.
 *
 * hmm_range_fault() is only asked to look. What is not resident is for the
 * engines to fetch, which also find out why if it is not to be had; it is
 * learnt of at the next read.
 */
#include <linux/hmm.h>
#include <linux/hugetlb_inline.h>
#include <linux/mm.h>

#include "compat.h"
#include "mirror.h"

/* A target that never stops changing is read the ordinary way. */
#define MAX_TRIES	3

/**
 * struct fill - a look at the target's page tables
 * @range: which part of the group, and where its answer goes
 * @pfn: the answer
 * @spare: a leaf for it, if it needs one
 */
struct fill {
	struct hmm_range	range;
	unsigned long		pfn[DBGMEM_LEAF_PAGES];
	struct dbgmem_leaf	*spare;
};

/* The part of the group around @addr that is the same mapping. */
static bool set_range(struct hmm_range *range, struct mm_struct *mm,
		      unsigned long addr)
{
	unsigned long start = addr & ~((1UL << DBGMEM_LEAF_SHIFT) - 1);
	struct vm_area_struct *vma = vma_lookup(mm, addr);

	/* Pages of secret memory have no address in the kernel. */
	if (!vma || dbgmem_vma_special(vma) || is_vm_hugetlb_page(vma))
		return false;
	range->start = max(start, vma->vm_start);
	range->end = min(start + (1UL << DBGMEM_LEAF_SHIFT) - 1,
			 vma->vm_end - 1) + 1;
	return true;
}

/* What is resident just now. */
static int look(struct fill *f, struct mm_struct *mm, unsigned long addr)
{
	int ret = -EFAULT;

	/* Waits for a change that is under way, not for anything else. */
	f->range.notifier_seq = mmu_interval_read_begin(f->range.notifier);
	if (mmap_read_lock_killable(mm))
		return -EINTR;
	if (set_range(&f->range, mm, addr))
		ret = hmm_range_fault(&f->range);
	mmap_read_unlock(mm);
	return ret;
}

static char *known(unsigned long pfn)
{
	struct page *page;

	if ((pfn & (HMM_PFN_VALID | HMM_PFN_ERROR)) != HMM_PFN_VALID)
		return NULL;
	page = hmm_pfn_to_page(pfn);
	return PageHighMem(page) ? NULL : page_address(page);
}

/* Write it down. False if that of @addr is not there. */
static bool learn(struct fill *f, struct dbgmem_mirror *m, unsigned long addr)
{
	unsigned int at = (f->range.start >> PAGE_SHIFT) % DBGMEM_LEAF_PAGES;
	unsigned int i, nr = (f->range.end - f->range.start) >> PAGE_SHIFT;
	struct dbgmem_leaf *leaf;

	leaf = dbgmem_leaf_insert(m, addr >> DBGMEM_LEAF_SHIFT, &f->spare);
	if (!leaf)
		return false;
	for (i = 0; i < nr; i++) {
		char *page = known(f->pfn[i]);

		WRITE_ONCE(m->pages, m->pages + !!page -
				     !!leaf->page[at + i]);
		leaf->page[at + i] = page;
	}
	return leaf->page[(addr >> PAGE_SHIFT) % DBGMEM_LEAF_PAGES];
}

static bool has_leaf(struct dbgmem_mirror *m, unsigned long addr)
{
	bool ret;

	read_lock(&m->lock);
	ret = dbgmem_leaf_find(m, addr >> DBGMEM_LEAF_SHIFT);
	read_unlock(&m->lock);
	return ret;
}

/* -EAGAIN if the target has changed since the look. */
static int try(struct fill *f, struct dbgmem_mirror *m, struct mm_struct *mm,
	       unsigned long addr)
{
	int ret = look(f, mm, addr);

	if (ret)
		return ret == -EBUSY ? -EAGAIN : ret;
	write_lock(&m->lock);
	if (mmu_interval_read_retry(&m->notifier, f->range.notifier_seq))
		ret = -EAGAIN;
	else if (!learn(f, m, addr))
		ret = -EFAULT;
	write_unlock(&m->lock);
	return ret;
}

/**
 * dbgmem_mirror_fill - learn where the page of @addr is, and its neighbours
 * @m: the mirror, of a target whose memory is held by mmget()
 * @addr: address in the target
 *
 * Return: whether it is known now.
 */
bool dbgmem_mirror_fill(struct dbgmem_mirror *m, unsigned long addr)
{
	struct fill f;
	int ret, tries = 0;

	f.range = (struct hmm_range) {
		.notifier = &m->notifier,
		.hmm_pfns = f.pfn,
	};
	f.spare = has_leaf(m, addr) ? NULL : dbgmem_leaf_alloc();
	do {
		ret = try(&f, m, m->notifier.mm, addr);
	} while (ret == -EAGAIN && ++tries < MAX_TRIES);
	dbgmem_leaf_free(f.spare);
	return !ret;
}
