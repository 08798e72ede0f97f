// SPDX-License-Identifier: GPL-2.0
/*
 * A lookup in the target's page tables: hmm_range_fault(), which is used without
 * faulting.
 */
#include <linux/mm.h>

#include "lookup.h"
#include "vma.h"

/*
 * All that hmm_range_fault() reads of a notifier beside its mm
 * (mmu_interval_check_retry()), so that one which is inserted nowhere will do.
 */
static_assert(__same_type(((struct mmu_interval_notifier *)0)->invalidate_seq,
			  unsigned long));

/* The part of the block around @addr that is the same mapping. */
static bool lookup_set_range(struct dbgmem_lookup *l, struct mm_struct *mm,
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
static bool lookup_begin(struct dbgmem_lookup *l)
{
	struct dbgmem_changes *c = l->changes;
	bool ret;

	read_lock(&c->lock);
	l->seq = c->seq;
	ret = !dbgmem_changes_meet(c, dbgmem_span(l->range.start,
						  l->range.end));
	read_unlock(&c->lock);
	return ret;
}

/**
 * dbgmem_lookup - what is resident just now, around an address
 * @l: result
 * @c: the changes, of a target whose memory is held by mmget()
 * @addr: address in the target
 * @lock: take the target's mmap_lock; returns 0, or an error to be returned
 *
 * To be used under the lock of the changes, and only if dbgmem_lookup_holds() then.
 *
 * Return: 0; -EFAULT: that is no memory to be looked at; -EAGAIN: the target is
 * changing; or what @lock returned.
 */
int dbgmem_lookup(struct dbgmem_lookup *l, struct dbgmem_changes *c,
		  unsigned long addr, int (*lock)(struct mm_struct *mm))
{
	struct mm_struct *mm = c->notifier.mm;
	int ret;

	l->changes = c;
	l->never.mm = mm;
	l->never.invalidate_seq = 0;
	l->range = (struct hmm_range) {
		.notifier = &l->never,
		.hmm_pfns = l->pfn,
	};
	ret = lock(mm);
	if (ret)
		return ret;
	if (!lookup_set_range(l, mm, addr))
		ret = -EFAULT;
	else if (!lookup_begin(l))
		ret = -EAGAIN;
	else
		ret = hmm_range_fault(&l->range);
	mmap_read_unlock(mm);
	return ret == -EBUSY ? -EAGAIN : ret;
}
