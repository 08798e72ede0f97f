/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Holding pages in place, the target's and the caller's.
 *
 * Pages that will be written are pinned (FOLL_PIN). Pages that are only read
 * get a plain reference: since 5.19 a read-only FOLL_PIN of shared anonymous
 * memory un-shares it, and looking must not change what is looked at.
 *
 * Nothing is waited for while a page is held, a lock of the target's or the
 * session's: what would wait says DBGMEM_HOLD_ABSENT, the caller lets go of
 * everything, waits in dbgmem_hold_wait(), and begins anew. Faults that wait for
 * nobody but the kernel (memory of the target's own, pages in the page cache of a
 * local file system) are taken at once.
 */
#ifndef KMOD_ACCESS_HOLD_H
#define KMOD_ACCESS_HOLD_H

#include <linux/mm.h>
#include <linux/sched/signal.h>

#include "access.h"
#include "compat/compat.h"

/* Returned where a page is not there and bringing it in may wait. */
#define DBGMEM_HOLD_ABSENT	(-ENODATA)

/* How many pages have a byte of @addr to @addr + @len, which is not included. */
static inline unsigned long dbgmem_span_pages(unsigned long addr,
					      unsigned long len)
{
	return ((addr + len - 1) >> PAGE_SHIFT) - (addr >> PAGE_SHIFT) + 1;
}

unsigned long dbgmem_nofault_pages(struct mm_struct *mm, unsigned long addr,
				   unsigned long nr);
unsigned long dbgmem_quick_pages(struct mm_struct *mm, unsigned long addr,
				 unsigned long nr, bool write);

long dbgmem_hold_hinted(struct dbgmem_access *a, unsigned long addr,
			unsigned long nr, struct page **pages,
			unsigned int foll);

static inline long dbgmem_hold_gup(struct dbgmem_access *a, unsigned long addr,
				   unsigned long nr, struct page **pages,
				   unsigned int foll, int *locked)
{
	struct mm_struct *mm = a->session->mm;

	return a->write ?
		dbgmem_pin_pages_remote(mm, addr, nr, foll, pages, locked) :
		dbgmem_get_pages_remote(mm, addr, nr, foll, pages, locked);
}

/* 0: a fault was given up, for a signal or because it would wait. */
static inline long dbgmem_hold_try(struct dbgmem_access *a, unsigned long addr,
				   unsigned long nr, struct page **pages,
				   unsigned int foll, int *locked)
{
	struct mm_struct *mm = a->session->mm;
	long ret;

	if (unlikely(a->flags & DBGMEM_NOFAULT)) {
		nr = dbgmem_nofault_pages(mm, addr, nr);
		if (!nr)
			return -EFAULT;
	}
	if (!DBGMEM_CAN_NOFAULT && foll & FOLL_NOFAULT) {
		nr = dbgmem_quick_pages(mm, addr, nr, a->write);
		if (!nr)
			return -EFAULT;
	}
	if (a->write && !DBGMEM_COHERENT_ICACHE)
		a->code |= dbgmem_has_code(mm, addr, nr);
	ret = dbgmem_hold_gup(a, addr, nr, pages, foll, locked);
	if (likely(ret > 0) || !DBGMEM_HINTS_HIDE_PAGES || ret != -EFAULT ||
	    !(foll & FOLL_NOFAULT))
		return ret;
	return dbgmem_hold_hinted(a, addr, nr, pages, foll);
}

/**
 * dbgmem_hold_target_locked - hold pages of the target, under its mmap_lock
 * @a: the access, between dbgmem_access_begin() and _end()
 * @addr: an address in the first page
 * @nr: how many pages
 * @pages: result
 * @foll: FOLL_* flags: a->foll, with FOLL_NOFAULT
 * @locked: set to 0 where the lock had to be dropped; NULL if it must not be,
 *	which makes slow faults fail
 *
 * Return: as dbgmem_hold_target().
 */
static inline long dbgmem_hold_target_locked(struct dbgmem_access *a,
					     unsigned long addr,
					     unsigned long nr,
					     struct page **pages,
					     unsigned int foll, int *locked)
{
	long ret = dbgmem_hold_try(a, addr, nr, pages, foll, locked);

	if (likely(ret))
		return ret;
	return fatal_signal_pending(current) ? -EINTR : -EFAULT;
}

/* Pages to be written were pinned, others only referenced. */
static inline void dbgmem_drop(struct page **pages, unsigned long nr,
			       bool pinned, bool dirty)
{
	unsigned long i;

	if (pinned) {
		for (i = 0; dirty && i < nr; i++)
			if (!PageDirty(compound_head(pages[i])))
				dbgmem_mark_dirty(pages[i]);
		unpin_user_pages(pages, nr);
		return;
	}
	for (i = 0; i < nr; i++)
		put_page(pages[i]);
}

/**
 * dbgmem_drop_target - let go of pages of the target
 * @a: the access
 * @pages: the pages
 * @nr: how many
 * @dirty: they were written
 */
static inline void dbgmem_drop_target(struct dbgmem_access *a,
				      struct page **pages, unsigned long nr,
				      bool dirty)
{
	dbgmem_drop(pages, nr, a->write, dirty);
}

long dbgmem_hold_prompt(struct dbgmem_access *a, unsigned long addr,
			unsigned long nr, struct page **pages);
long dbgmem_hold_now(struct dbgmem_access *a, unsigned long addr,
		     unsigned long nr, struct page **pages);
long dbgmem_hold_target(struct dbgmem_access *a, unsigned long addr,
			unsigned long nr, struct page **pages);
int dbgmem_hold_lacks_buffer(struct dbgmem_access *a, const char __user *user,
			     size_t at, size_t len);
long dbgmem_bring_target(struct dbgmem_access *a, unsigned long addr,
			 unsigned long nr, struct page **pages);
long dbgmem_bring_caller(struct dbgmem_access *a, unsigned long addr,
			 unsigned long nr, struct page **pages);
int dbgmem_hold_wait(struct dbgmem_access *a);
long dbgmem_hold_caller(struct dbgmem_access *a, unsigned long addr,
			unsigned long nr, struct page **pages);
void dbgmem_drop_caller(struct dbgmem_access *a, struct page **pages,
			unsigned long nr, bool dirty);

#endif /* KMOD_ACCESS_HOLD_H */
