// SPDX-License-Identifier: GPL-2.0
/*
 * Holding pages in place: see hold.h.
 */
#include <linux/hugetlb.h>
#include <linux/magic.h>
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/uaccess.h>
#include <linux/userfaultfd_k.h>

#include "fetch.h"
#include "hold.h"
#include "target/vma.h"

/* How often what was brought in may be gone again. */
#define HOLD_TRIES	1000

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
 * dbgmem_hold_hinted - hold pages that NUMA balancing has made inaccessible
 * @a: the access
 * @addr: an address in the first page
 * @nr: how many pages
 * @pages: result
 * @foll: FOLL_* flags of the attempt that did not find the first
 *
 * They are resident, and a fault would count the caller as their user. FOLL_FORCE
 * finds them; accesses that the mapping does not allow are refused here.
 *
 * Return: pages held (> 0), or -EFAULT.
 */
long dbgmem_hold_hinted(struct dbgmem_access *a, unsigned long addr,
			unsigned long nr, struct page **pages,
			unsigned int foll)
{
	struct vm_area_struct *vma = vma_lookup(a->session->mm, addr);

	if (foll & FOLL_FORCE || !vma || !dbgmem_vma_permitted(vma, foll))
		return -EFAULT;
	nr = min(nr, (vma->vm_end - (addr & PAGE_MASK)) >> PAGE_SHIFT);
	return dbgmem_hold_gup(a, addr, nr, pages, foll | FOLL_FORCE, NULL);
}

/* Does memory like this have no file system behind it that could wait? */
static bool hold_is_memory(struct vm_area_struct *vma)
{
	if (vma_is_anonymous(vma) || is_vm_hugetlb_page(vma) || !vma->vm_file)
		return true;
	/* Nodes of devices are in a tmpfs, too. */
	if (!S_ISREG(file_inode(vma->vm_file)->i_mode))
		return false;
	switch (file_inode(vma->vm_file)->i_sb->s_magic) {
	case TMPFS_MAGIC:
	case RAMFS_MAGIC:
		return true;
	default:
		return false;
	}
}

/* A file system whose pages go away by nobody's command but the kernel's. */
static bool hold_is_local(struct vm_area_struct *vma)
{
	const struct super_block *sb = file_inode(vma->vm_file)->i_sb;

	return sb->s_magic == BTRFS_SUPER_MAGIC ||
	       (sb->s_bdev && sb->s_magic != FUSE_SUPER_MAGIC);
}

/* Pages from @addr on, in one mapping, that are in the page cache. */
static unsigned long hold_cached(struct vm_area_struct *vma, unsigned long addr,
				 unsigned long nr, unsigned int foll)
{
	struct address_space *mapping = vma->vm_file->f_mapping;
	pgoff_t index = linear_page_index(vma, addr & PAGE_MASK);
	unsigned long i;

	/* The file system is told of the first write, and may wait. */
	if (foll & FOLL_WRITE && vma->vm_flags & VM_SHARED)
		return 0;
	for (i = 0; i < nr; i++)
		if (!dbgmem_page_cached(mapping, index + i))
			break;
	return i;
}

/*
 * Pages from that of @addr on, in one mapping, whose faults wait for nobody. The
 * mmap_lock is held. Perhaps 0, or -EFAULT: there are no pages to be faulted in.
 */
static long hold_prompt_pages(struct mm_struct *mm, unsigned long addr,
			      unsigned long nr, unsigned int foll)
{
	struct vm_area_struct *vma = vma_lookup(mm, addr);

	if (!vma || dbgmem_vma_special(vma) || !dbgmem_vma_permitted(vma, foll))
		return -EFAULT;
	nr = min(nr, (vma->vm_end - (addr & PAGE_MASK)) >> PAGE_SHIFT);
	if (userfaultfd_armed(vma))
		return 0;
	if (hold_is_memory(vma))
		return nr;
	return hold_is_local(vma) ? hold_cached(vma, addr, nr, foll) : 0;
}

/* A page that is there, and need not be asked of a file system to be written. */
static bool hold_mapped(struct mm_struct *mm, unsigned long addr, bool write)
{
	struct vm_area_struct *vma = vma_lookup(mm, addr);

	return dbgmem_page_mapped(mm, addr,
				  write && vma && vma->vm_flags & VM_SHARED);
}

/**
 * dbgmem_quick_pages - pages that can be asked for without waiting
 * @mm: the target, its mmap_lock held
 * @addr: an address in the first page
 * @nr: how many are wanted
 * @write: to be written
 *
 * Only for kernels without FOLL_NOFAULT.
 *
 * Return: how many may be, from the first on.
 */
unsigned long dbgmem_quick_pages(struct mm_struct *mm, unsigned long addr,
				 unsigned long nr, bool write)
{
	unsigned int foll = FOLL_FORCE | (write ? FOLL_WRITE : 0);
	unsigned long i = 0, at = addr;
	long n;

	while (i < nr) {
		n = hold_prompt_pages(mm, at, nr - i, foll);
		if (n == -EFAULT)
			return i ?: 1;
		if (!n && !hold_mapped(mm, at, write))
			break;
		i += n ?: 1;
		at = (addr & PAGE_MASK) + (i << PAGE_SHIFT);
	}
	return i;
}

static long hold_lacks(struct dbgmem_access *a, unsigned long addr,
		       unsigned long nr, u8 side)
{
	a->absent.addr = addr;
	a->absent.nr = nr;
	a->absent.foll = a->foll;
	a->absent.side = side;
	a->absent.within = false;
	return DBGMEM_HOLD_ABSENT;
}

/**
 * dbgmem_hold_lacks_buffer - the caller's buffer could not be copied to or from
 * @a: the access
 * @user: the buffer
 * @at: offset into it of the first byte that is not there
 * @len: bytes that are wanted from there on
 *
 * Return: DBGMEM_HOLD_ABSENT
 */
int dbgmem_hold_lacks_buffer(struct dbgmem_access *a, const char __user *user,
			     size_t at, size_t len)
{
	unsigned long addr = (unsigned long)user + at;

	hold_lacks(a, addr, dbgmem_span_pages(addr, len), DBGMEM_ABSENT_BUFFER);
	a->absent.within = at;
	return DBGMEM_HOLD_ABSENT;
}

/**
 * dbgmem_hold_prompt - hold pages of the target, under its mmap_lock
 * @a: the access, between dbgmem_access_begin() and _end()
 * @addr: an address in the first page
 * @nr: how many pages
 * @pages: result
 *
 * Return: as dbgmem_hold_now().
 */
long dbgmem_hold_prompt(struct dbgmem_access *a, unsigned long addr,
			unsigned long nr, struct page **pages)
{
	long got, prompt;

	/* As a rule they are there. */
	got = dbgmem_hold_target_locked(a, addr, nr, pages,
					a->foll | FOLL_NOFAULT, NULL);
	if (likely(got != -EFAULT) || a->flags & DBGMEM_NOFAULT)
		return got;
	prompt = hold_prompt_pages(a->session->mm, addr, nr, a->foll);
	if (prompt < 0)
		return prompt;
	got = 0;
	if (prompt)
		got = dbgmem_hold_try(a, addr, prompt, pages,
				      a->foll | FOLL_NOWAIT, NULL);
	return got ?: hold_lacks(a, addr, nr, DBGMEM_ABSENT_TARGET);
}

/**
 * dbgmem_hold_now - hold pages of the target, without waiting for them
 * @a: the access, between dbgmem_access_begin() and _end()
 * @addr: an address in the first page
 * @nr: how many pages
 * @pages: result
 *
 * Return: pages held (> 0, perhaps fewer than @nr), DBGMEM_HOLD_ABSENT, or
 * another negative errno when the first was not to be had.
 */
long dbgmem_hold_now(struct dbgmem_access *a, unsigned long addr,
		     unsigned long nr, struct page **pages)
{
	long ret;

	if (mmap_read_lock_killable(a->session->mm))
		return -EINTR;
	ret = dbgmem_hold_prompt(a, addr, nr, pages);
	mmap_read_unlock(a->session->mm);
	return ret;
}

/* As many as are there or come at once; 0: the first may have to be waited for. */
static long hold_bring_now(struct mm_struct *mm, unsigned long addr,
			   unsigned long nr, unsigned int foll)
{
	unsigned long quick = nr;
	long got = -EFAULT, prompt;

	if (mmap_read_lock_killable(mm))
		return -EINTR;
	if (!DBGMEM_CAN_NOFAULT)
		quick = dbgmem_quick_pages(mm, addr, nr, foll & FOLL_WRITE);
	if (quick)
		got = dbgmem_get_pages_remote(mm, addr, quick,
					      foll | FOLL_NOFAULT, NULL, NULL);
	if (got == -EFAULT) {
		prompt = hold_prompt_pages(mm, addr, nr, foll);
		got = prompt;
		if (prompt > 0)
			got = dbgmem_get_pages_remote(mm, addr, prompt,
						      foll | FOLL_NOWAIT, NULL,
						      NULL);
	}
	mmap_read_unlock(mm);
	return got;
}

/* Have pages brought in. How many, or why not the first. */
static long hold_bring(struct mm_struct *mm, unsigned long addr,
		       unsigned long nr, unsigned int foll)
{
	unsigned int tries = HOLD_TRIES;
	long got;
	int ret;

	for (;;) {
		got = hold_bring_now(mm, addr, nr, foll);
		if (got)
			return got;
		if (!tries--)
			return -EFAULT;
		ret = dbgmem_fetch(mm, addr, nr, foll);
		if (ret)
			return ret;
	}
}

/**
 * dbgmem_bring_target - have pages of the target faulted in
 * @a: the access
 * @addr: an address in the first page
 * @nr: how many
 * @pages: not used
 *
 * Nothing may be held: see dbgmem_fetch().
 *
 * Return: how many were there (> 0), or why the first was not to be had.
 */
long dbgmem_bring_target(struct dbgmem_access *a, unsigned long addr,
			 unsigned long nr, struct page **pages)
{
	/* Absent pages stay absent; holding them fails. */
	if (a->flags & DBGMEM_NOFAULT)
		return nr;
	return hold_bring(a->session->mm, addr, nr, a->foll);
}

/*
 * Take the faults of @nr pages as the processor would: of memory that is not made
 * of pages, or to have them marked as accessed and dirty where it does not do that
 * itself. How many, or why not the first.
 */
static long hold_touch(unsigned long addr, unsigned long nr, unsigned int foll)
{
	unsigned int flags = FAULT_FLAG_KILLABLE |
			     (foll & FOLL_WRITE ? FAULT_FLAG_WRITE : 0);
	struct mm_struct *mm = current->mm;
	bool unlocked = false;
	unsigned long i;
	int ret = 0;

	if (mmap_read_lock_killable(mm))
		return -EINTR;
	for (i = 0; i < nr; i++) {
		ret = fixup_user_fault(mm, addr + (i << PAGE_SHIFT), flags,
				       &unlocked);
		if (ret)
			break;
	}
	mmap_read_unlock(mm);
	return i ?: ret;
}

static int hold_kind_of_buffer(unsigned long addr, bool *special, bool *grows)
{
	struct mm_struct *mm = current->mm;
	struct vm_area_struct *vma;

	if (mmap_read_lock_killable(mm))
		return -EINTR;
	vma = find_vma(mm, addr);
	*grows = vma && vma->vm_start > addr && vma->vm_flags & VM_GROWSDOWN;
	*special = vma && vma->vm_start <= addr && dbgmem_vma_special(vma);
	mmap_read_unlock(mm);
	return 0;
}

/**
 * dbgmem_bring_caller - have pages of the caller's own faulted in
 * @a: the access
 * @addr: an address in the first page
 * @nr: how many
 * @pages: not used
 *
 * Nothing may be held: see dbgmem_fetch(). What is there stays as it is.
 *
 * Return: how many were there (> 0), or why the first was not to be had.
 */
long dbgmem_bring_caller(struct dbgmem_access *a, unsigned long addr,
			 unsigned long nr, struct page **pages)
{
	unsigned int foll = a->write ? 0 : FOLL_WRITE;
	bool special, grows;
	int ret;

	if (!access_ok((const void __user *)addr, 1))
		return -EFAULT;
	ret = hold_kind_of_buffer(untagged_addr(addr), &special, &grows);
	if (ret)
		return ret;
	if (unlikely(grows))
		return fault_in_readable((char __user *)addr, 1) ? -EFAULT : 1;
	if (unlikely(special))
		return hold_touch(untagged_addr(addr), 1, foll);
	return hold_bring(current->mm, untagged_addr(addr), nr, foll);
}

static int hold_wait_for_buffer(struct dbgmem_access *a)
{
	struct dbgmem_absent *w = &a->absent;
	long ret;

	ret = dbgmem_bring_caller(a, w->addr, w->nr, NULL);
	/* The page is there, but copying failed all the same. */
	if (ret > 0 && w->last == w->addr)
		ret = hold_touch(untagged_addr(w->addr), ret,
				 a->write ? 0 : FOLL_WRITE);
	w->last = w->addr;
	if (ret > 0)
		return 0;
	return ret == -EINTR || ret == -ENOMEM ? ret : -EFAULT;
}

/**
 * dbgmem_hold_wait - wait for what was absent
 * @a: the access, after DBGMEM_HOLD_ABSENT
 *
 * Nothing may be held, the session's shadow_lock included.
 *
 * Return: 0, and what was to be done may be tried again, or a negative errno, with
 * a->reason where the caller's buffer is to blame.
 */
int dbgmem_hold_wait(struct dbgmem_access *a)
{
	struct dbgmem_absent *w = &a->absent;
	int ret;

	if (fatal_signal_pending(current))
		return -EINTR;
	/* Somebody takes it back each time. */
	if (w->tries++ >= HOLD_TRIES)
		ret = -EFAULT;
	else if (w->side == DBGMEM_ABSENT_BUFFER)
		ret = hold_wait_for_buffer(a);
	else
		ret = dbgmem_fetch(a->session->mm, w->addr, w->nr, w->foll);
	if (ret != -EFAULT || w->side != DBGMEM_ABSENT_BUFFER)
		return ret;
	/* The part of the buffer that is there can be used. */
	if (w->within) {
		w->partial = true;
		return 0;
	}
	a->reason = DBGMEM_REASON_BUFFER;
	return ret;
}

/**
 * dbgmem_hold_target - hold pages of the target, and wait for the first one
 * @a: the access, between dbgmem_access_begin() and _end()
 * @addr: an address in the first page
 * @nr: how many pages
 * @pages: result
 *
 * No page may be held, and no lock but one that is waited for killably.
 *
 * Return: as dbgmem_hold_now(), but for DBGMEM_HOLD_ABSENT.
 */
long dbgmem_hold_target(struct dbgmem_access *a, unsigned long addr,
			unsigned long nr, struct page **pages)
{
	long ret;

	a->absent.tries = 0;
	while ((ret = dbgmem_hold_now(a, addr, nr, pages)) ==
	       DBGMEM_HOLD_ABSENT) {
		ret = dbgmem_hold_wait(a);
		if (ret)
			break;
	}
	return ret;
}

/*
 * Only for kernels without FOLL_NOFAULT, whose lookup without faults does not find
 * the zero page. 0: there is none.
 */
static long hold_caller_slowly(struct dbgmem_access *a, unsigned long addr,
			       unsigned long nr, struct page **pages)
{
	struct mm_struct *mm = current->mm;
	long ret = 0;

	if (mmap_read_lock_killable(mm))
		return -EINTR;
	nr = dbgmem_quick_pages(mm, addr, nr, !a->write);
	if (nr && a->write)
		ret = dbgmem_get_pages_remote(mm, addr, nr, FOLL_NOFAULT, pages,
					      NULL);
	else if (nr)
		ret = dbgmem_pin_pages_remote(mm, addr, nr,
					      FOLL_WRITE | FOLL_NOFAULT, pages,
					      NULL);
	mmap_read_unlock(mm);
	return ret;
}

/**
 * dbgmem_hold_caller - hold pages of the caller's buffer, if they are there
 * @a: the access
 * @addr: an address in the first page
 * @nr: how many pages
 * @pages: result
 *
 * Return: pages held (> 0, perhaps fewer than @nr), DBGMEM_HOLD_ABSENT, or
 * another negative errno when the first was not to be had.
 */
long dbgmem_hold_caller(struct dbgmem_access *a, unsigned long addr,
			unsigned long nr, struct page **pages)
{
	unsigned long start = addr & PAGE_MASK;
	bool special, grows;
	long ret;

	/* Reject tagged pointers, as copy_to_user() does. */
	if (!access_ok((const void __user *)addr, 1))
		return -EFAULT;
	nr = min_t(unsigned long, nr, INT_MAX);
	if (a->write)
		ret = dbgmem_get_caller(start, nr, pages);
	else
		ret = dbgmem_pin_caller(start, nr, pages);
	if (!ret && !DBGMEM_CAN_NOFAULT)
		ret = hold_caller_slowly(a, untagged_addr(start), nr, pages);
	if (likely(ret && ret != -EFAULT))
		return ret;
	ret = hold_kind_of_buffer(untagged_addr(addr), &special, &grows);
	if (ret || special)
		return ret ?: -EFAULT;
	return hold_lacks(a, addr, nr, DBGMEM_ABSENT_BUFFER);
}

/**
 * dbgmem_drop_caller - let go of pages from dbgmem_hold_caller()
 * @a: the access
 * @pages: the pages
 * @nr: how many
 * @dirty: they were written
 */
void dbgmem_drop_caller(struct dbgmem_access *a, struct page **pages,
			unsigned long nr, bool dirty)
{
	dbgmem_drop(pages, nr, !a->write, dirty);
}
