// SPDX-License-Identifier: GPL-2.0
/*
 * Holding pages in place, the target's and the caller's.
 *
 * Pages that will be written are pinned (FOLL_PIN). Pages that are only read
 * get a plain reference: since 5.19 a read-only FOLL_PIN of shared anonymous
 * memory un-shares it, and looking must not change what is looked at.
 */
#include <linux/mm.h>
#include <linux/sched/signal.h>

#include "compat.h"
#include "dbgmem.h"

/**
 * dbgmem_foll_flags - FOLL_* flags for the target's side of a transfer
 * @x: the transfer
 */
unsigned int dbgmem_foll_flags(const struct dbgmem_xfer *x)
{
	unsigned int flags = FOLL_HWPOISON;

	if (x->write)
		flags |= FOLL_WRITE;
	if (x->flags & DBGMEM_FORCE)
		flags |= FOLL_FORCE;
	if (x->flags & DBGMEM_NOFAULT)
		flags |= FOLL_NOFAULT;
	return flags;
}

/**
 * dbgmem_hold_target_locked - hold pages of the target, under its mmap_lock
 * @x: the transfer, between dbgmem_transfer_begin() and _end()
 * @addr: an address in the first page
 * @nr: how many pages
 * @pages: result
 * @locked: set to 0 where the lock had to be dropped
 *
 * Return: as dbgmem_hold_target().
 */
long dbgmem_hold_target_locked(struct dbgmem_xfer *x, unsigned long addr,
			       unsigned long nr, struct page **pages,
			       int *locked)
{
	struct mm_struct *mm = x->session->mm;
	unsigned int flags = dbgmem_foll_flags(x);
	long ret;

	if (x->write)
		ret = dbgmem_pin_pages_remote(mm, addr, nr, flags, pages,
					      locked);
	else
		ret = dbgmem_get_pages_remote(mm, addr, nr, flags, pages,
					      locked);
	if (ret)
		return ret;
	/* A fault was given up: for a signal, or for what cannot wait. */
	return fatal_signal_pending(current) ? -EINTR : -EFAULT;
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
	ret = dbgmem_hold_target_locked(x, addr, nr, pages, &locked);
	if (locked)
		mmap_read_unlock(x->session->mm);
	return ret;
}

static void drop(struct page **pages, unsigned long nr, bool pinned, bool dirty)
{
	unsigned long i;

	if (pinned) {
		unpin_user_pages_dirty_lock(pages, nr, dirty);
		return;
	}
	for (i = 0; i < nr; i++)
		put_page(pages[i]);
}

/**
 * dbgmem_drop_target - let go of pages from dbgmem_hold_target()
 * @x: the transfer
 * @pages: the pages
 * @nr: how many
 * @dirty: they were written
 */
void dbgmem_drop_target(struct dbgmem_xfer *x, struct page **pages,
			unsigned long nr, bool dirty)
{
	drop(pages, nr, x->write, dirty);
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
	drop(pages, nr, !x->write, dirty);
}
