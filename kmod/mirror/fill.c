// SPDX-License-Identifier: GPL-2.0
/*
 * Filling the mirror, a block of neighbouring pages at a time.
 *
 * hmm_range_fault() is used without faulting. The engines fetch pages that are
 * not resident, or find out why they cannot; the next read then enters them here.
 */
#include <linux/mm.h>

#include "lookup.h"
#include "target/vma.h"

/*
 * All that hmm_range_fault() reads of a notifier beside its mm
 * (mmu_interval_check_retry()), so that one which is inserted nowhere will do.
 */
static_assert(__same_type(((struct mmu_interval_notifier *)0)->invalidate_seq,
			  unsigned long));

/* A target that never stops changing is read the ordinary way. */
#define MAX_TRIES	3

/**
 * struct fill - what is to be learnt
 * @lookup: a lookup in the target's page tables
 * @spare: a block for it, if it needs one
 */
struct fill {
	struct dbgmem_lookup	lookup;
	struct dbgmem_block	*spare;
};

/* The part of the block around @addr that is the same mapping. */
static bool fill_set_range(struct dbgmem_lookup *l, struct mm_struct *mm,
			   unsigned long addr)
{
	unsigned long start = addr & ~((1UL << DBGMEM_BLOCK_SHIFT) - 1);
	struct vm_area_struct *vma = vma_lookup(mm, addr);
	struct address_space *mapping;

	/* Pages of secret memory have no address in the kernel. */
	if (!vma || dbgmem_vma_special(vma) || is_vm_hugetlb_page(vma))
		return false;
	l->range.start = max(start, vma->vm_start);
	l->range.end = min(start + (1UL << DBGMEM_BLOCK_SHIFT) - 1,
			   vma->vm_end - 1) + 1;
	l->plain = !(vma->vm_flags & VM_MIXEDMAP) && !vma_is_dax(vma);
	mapping = vma->vm_file ? vma->vm_file->f_mapping : NULL;
	/* mapping_deny_writable(), which memfds are sealed with */
	l->denied = NULL;
	if (mapping && atomic_read(&mapping->i_mmap_writable) < 0) {
		l->denied = mapping;
		l->inode = mapping->host->i_ino;
	}
	return true;
}

/* Ready to look: nothing in the range is being changed. */
static bool fill_lookup_begin(struct dbgmem_lookup *l)
{
	struct dbgmem_mirror *m = l->mirror;
	bool ret;

	read_lock(&m->lock);
	l->seq = m->changes.seq;
	ret = !dbgmem_changes_meet(&m->changes, dbgmem_span(l->range.start,
							    l->range.end));
	read_unlock(&m->lock);
	return ret;
}

/**
 * dbgmem_lookup - what is resident just now, around an address
 * @l: result
 * @m: the mirror, of a target whose memory is held by mmget()
 * @addr: address in the target
 * @lock: take the target's mmap_lock; returns 0, or an error to be returned
 *
 * To be used under the mirror's lock, and only if dbgmem_lookup_holds() then.
 *
 * Return: 0; -EFAULT: that is no memory for mirrors; -EAGAIN: the target is
 * changing; or what @lock returned.
 */
int dbgmem_lookup(struct dbgmem_lookup *l, struct dbgmem_mirror *m,
		  unsigned long addr, int (*lock)(struct mm_struct *mm))
{
	struct mm_struct *mm = m->notifier.mm;
	int ret;

	l->mirror = m;
	l->never.mm = mm;
	l->never.invalidate_seq = 0;
	l->range = (struct hmm_range) {
		.notifier = &l->never,
		.hmm_pfns = l->pfn,
	};
	ret = lock(mm);
	if (ret)
		return ret;
	if (!fill_set_range(l, mm, addr))
		ret = -EFAULT;
	else if (!fill_lookup_begin(l))
		ret = -EAGAIN;
	else
		ret = hmm_range_fault(&l->range);
	mmap_read_unlock(mm);
	return ret == -EBUSY ? -EAGAIN : ret;
}

/* So that it can be a pointer: it is inline, or a macro. */
static int fill_lock_killable(struct mm_struct *mm)
{
	return mmap_read_lock_killable(mm);
}

static char *fill_known(unsigned long pfn)
{
	struct page *page = dbgmem_lookup_page(pfn);

	return page && !PageHighMem(page) ? page_address(page) : NULL;
}

/* Write it down. False if that of @addr is not there. */
static bool fill_learn(struct fill *f, struct dbgmem_mirror *m,
		       unsigned long addr)
{
	const struct hmm_range *range = &f->lookup.range;
	unsigned int at = (range->start >> PAGE_SHIFT) % DBGMEM_BLOCK_PAGES;
	unsigned int i, nr = (range->end - range->start) >> PAGE_SHIFT;
	struct dbgmem_block *block;

	block = dbgmem_block_insert(m, addr >> DBGMEM_BLOCK_SHIFT, &f->spare);
	if (!block)
		return false;
	for (i = 0; i < nr; i++) {
		char *page = fill_known(f->lookup.pfn[i]);

		WRITE_ONCE(m->pages, m->pages + !!page -
				     !!block->page[at + i]);
		block->page[at + i] = page;
	}
	return block->page[(addr >> PAGE_SHIFT) % DBGMEM_BLOCK_PAGES];
}

static bool fill_has_block(struct dbgmem_mirror *m, unsigned long addr)
{
	bool ret;

	read_lock(&m->lock);
	ret = dbgmem_block_find(m, addr >> DBGMEM_BLOCK_SHIFT);
	read_unlock(&m->lock);
	return ret;
}

/* -EAGAIN if the target has changed since the lookup. */
static int fill_try(struct fill *f, struct dbgmem_mirror *m, unsigned long addr)
{
	int ret = dbgmem_lookup(&f->lookup, m, addr, fill_lock_killable);

	if (ret)
		return ret;
	write_lock(&m->lock);
	if (!dbgmem_lookup_holds(&f->lookup))
		ret = -EAGAIN;
	else if (!fill_learn(f, m, addr))
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

	f.spare = fill_has_block(m, addr) ? NULL : dbgmem_block_alloc();
	do {
		ret = fill_try(&f, m, addr);
	} while (ret == -EAGAIN && ++tries < MAX_TRIES);
	dbgmem_block_free(f.spare);
	return !ret;
}
