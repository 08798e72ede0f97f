// SPDX-License-Identifier: GPL-2.0
/*
 * Holding pages in place: see hold.h.
 */
#include <linux/hugetlb.h>
#include <linux/mm.h>
#include <linux/uaccess.h>

#include "hold.h"

/**
 * dbgmem_nofault_pages - pages that FOLL_NOFAULT can be relied on for
 * @mm: the target, its mmap_lock held
 * @addr: an address in the first page
 * @nr: how many are wanted
 *
 * Pages of hugetlbfs are faulted in whatever the flag says (6.1: mm/hugetlb.c,
 * follow_hugetlb_page()): not to be asked for.
 *
 * Return: how many may be, from the first on.
 */
unsigned long dbgmem_nofault_pages(struct mm_struct *mm, unsigned long addr,
				   unsigned long nr)
{
	struct vm_area_struct *vma = vma_lookup(mm, addr);

	if (!vma)
		return 1;
	if (is_vm_hugetlb_page(vma))
		return 0;
	return min(nr, (vma->vm_end - (addr & PAGE_MASK)) >> PAGE_SHIFT);
}

/**
 * dbgmem_hold_target - hold pages of the target
 * @x: the transfer, between dbgmem_transfer_begin() and _end()
 * @addr: an address in the first page
 * @nr: how many pages
 * @pages: result
 *
 * Waits for userfaultfd and other slow faults, with the lock dropped, killable.
 *
 * Return: pages held (> 0, perhaps fewer than @nr), or a negative errno when
 * the first was not to be had.
 */
long dbgmem_hold_target(struct dbgmem_xfer *x, unsigned long addr,
			unsigned long nr, struct page **pages)
{
	int locked = 1;
	long ret;

	if (mmap_read_lock_killable(x->session->mm))
		return -EINTR;
	ret = dbgmem_hold_target_locked(x, addr, nr, pages, x->foll,
					&locked);
	if (locked)
		mmap_read_unlock(x->session->mm);
	return ret;
}

/**
 * dbgmem_hold_caller - hold pages of the caller's buffer
 * @x: the transfer
 * @addr: an address in the first page
 * @nr: how many pages
 * @pages: result
 *
 * Return: pages held (> 0, perhaps fewer than @nr), or a negative errno when
 * the first was not to be had.
 */
long dbgmem_hold_caller(struct dbgmem_xfer *x, unsigned long addr,
			unsigned long nr, struct page **pages)
{
	unsigned long start = addr & PAGE_MASK;
	long ret;

	/* Of its tag the caller is told, like by copy_to_user(). */
	if (!access_ok((const void __user *)addr, 1))
		return -EFAULT;
	nr = min_t(unsigned long, nr, INT_MAX);
	if (x->write)
		ret = get_user_pages_fast(start, nr, 0, pages);
	else
		ret = pin_user_pages_fast(start, nr, FOLL_WRITE, pages);
	return ret ?: -EFAULT;
}

/**
 * dbgmem_drop_caller - let go of pages from dbgmem_hold_caller()
 * @x: the transfer
 * @pages: the pages
 * @nr: how many
 * @dirty: they were written
 */
void dbgmem_drop_caller(struct dbgmem_xfer *x, struct page **pages,
			unsigned long nr, bool dirty)
{
	dbgmem_drop(pages, nr, !x->write, dirty);
}
