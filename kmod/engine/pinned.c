// SPDX-License-Identifier: GPL-2.0
/*
 * Engine 2: hold a batch of the target's pages and copy directly between them
 * and the caller, without faults: the pages are not held for as long as the
 * caller's buffer does not come. No lock is held while that is touched.
 */
#include <linux/highmem.h>
#include <linux/mm.h>

#include "access/caller.h"
#include "access/hold.h"
#include "breakpoint/shadow.h"

static __always_inline size_t copy_plain(struct dbgmem_xfer *x, size_t at,
					 char *kaddr, size_t len)
{
	return x->write ? dbgmem_caller_get(&x->caller, at, kaddr, len) :
			  dbgmem_caller_put(&x->caller, at, kaddr, len);
}

/* Where there may be breakpoints. */
static noinline size_t copy_hidden(struct dbgmem_xfer *x, size_t at,
				   char *kaddr, size_t len)
{
	return dbgmem_overlay_covers(x, x->addr + at, len) ?
	       dbgmem_overlay_copy(x, at, kaddr, len) :
	       copy_plain(x, at, kaddr, len);
}

static __always_inline size_t copy_mapped(struct dbgmem_xfer *x, size_t at,
					  char *kaddr, size_t len)
{
	return unlikely(x->overlay >= DBGMEM_OVERLAY_READ) ?
	       copy_hidden(x, at, kaddr, len) : copy_plain(x, at, kaddr, len);
}

/**
 * dbgmem_copy_mapped - copy between mapped memory of the target and the caller
 * @x: the transfer
 * @at: offset from x->addr, and into the caller's buffer
 * @kaddr: where that is mapped
 * @len: bytes, on one page
 *
 * Return: bytes copied.
 */
size_t dbgmem_copy_mapped(struct dbgmem_xfer *x, size_t at, char *kaddr,
			  size_t len)
{
	return copy_mapped(x, at, kaddr, len);
}

static size_t copy_piece(struct dbgmem_xfer *x, size_t at, struct page *page,
			 unsigned int offset, size_t len)
{
	char *kaddr = kmap_local_page(page);
	size_t n = copy_mapped(x, at, kaddr + offset, len);

	if (x->code)
		dbgmem_page_written(page, kaddr + offset, n);
	kunmap_local(kaddr);
	return n;
}

/**
 * dbgmem_copy_pages - copy between held pages of the target and the caller
 * @x: the transfer
 * @pages: the pages from that of x->addr on
 * @nr: how many; more than x->left needs are not touched
 *
 * Return: bytes copied; if fewer than there were, the caller's memory is not
 * there behind them.
 */
size_t dbgmem_copy_pages(struct dbgmem_xfer *x, struct page **pages,
			 unsigned long nr)
{
	unsigned int offset = offset_in_page(x->addr);
	size_t done = 0;
	unsigned long i;

	pagefault_disable();
	for (i = 0; i < nr && done < x->left; i++) {
		size_t len = min_t(size_t, PAGE_SIZE - offset, x->left - done);
		size_t n = copy_piece(x, done, pages[i], offset, len);

		done += n;
		if (n < len)
			break;
		offset = 0;
	}
	pagefault_enable();
	return done;
}

/* An iterator that gave nothing does not change its mind. */
static int refused_by_caller(struct dbgmem_xfer *x, size_t len)
{
	if (!x->caller.iter)
		return dbgmem_hold_lacks_buffer(x, 0, len);
	x->reason = DBGMEM_REASON_BUFFER;
	return -EFAULT;
}

/**
 * dbgmem_pinned_page - a transfer within one page, if it is resident
 * @x: the transfer
 *
 * Return: bytes moved; if not all, dbgmem_pinned_copy() tells why.
 */
size_t dbgmem_pinned_page(struct dbgmem_xfer *x)
{
	struct mm_struct *mm = x->session->mm;
	struct page *page;
	size_t n;
	long held;

	if (mmap_read_lock_killable(mm))
		return 0;
	/* As a rule the page is there: no need to be ready to wait for it. */
	held = dbgmem_hold_target_locked(x, x->addr, 1, &page,
					 x->foll | FOLL_NOFAULT, NULL);
	mmap_read_unlock(mm);
	if (held != 1)
		return 0;
	pagefault_disable();
	n = copy_piece(x, 0, page, offset_in_page(x->addr), x->left);
	pagefault_enable();
	dbgmem_drop_target(x, &page, 1, true);
	return n;
}

/**
 * dbgmem_pinned_copy - move one batch through held pages
 * @x: the transfer
 * @pages: room for page pointers
 * @nr_pages: how many
 *
 * Return: see dbgmem.h.
 */
ssize_t dbgmem_pinned_copy(struct dbgmem_xfer *x, struct page **pages,
			   unsigned int nr_pages)
{
	unsigned long want, done;
	size_t len;
	long held;

	want = min_t(unsigned long, nr_pages,
		     dbgmem_span_pages(x->addr, x->left));
	len = min_t(size_t, x->left,
		    want * PAGE_SIZE - offset_in_page(x->addr));
	/* Pages that the caller's buffer has nothing for stay shared. */
	if (x->write && (want > 1 || x->done)) {
		size_t readable = dbgmem_caller_readable(&x->caller, len);

		if (!readable)
			return refused_by_caller(x, len);
		want = dbgmem_span_pages(x->addr, readable);
	}
	held = dbgmem_hold_now(x, x->addr, want, pages);
	if (held < 0)
		return held;

	done = dbgmem_copy_pages(x, pages, held);
	dbgmem_drop_target(x, pages, held, done);

	return done ?: refused_by_caller(x, len);
}
