// SPDX-License-Identifier: GPL-2.0
/*
 * Engine 2: hold a batch of the target's pages and copy directly between them
 * and the caller, without faults: the pages are not held for as long as the
 * caller's buffer does not come. No lock is held while that is touched.
 */
#include <linux/mm.h>

#include "access/hold.h"
#include "copy.h"

/* An iterator that gave nothing does not change its mind. */
static int pinned_refused(struct dbgmem_xfer *x, size_t len)
{
	if (!x->caller.iter)
		return dbgmem_hold_lacks_buffer(&x->access, x->caller.user, 0,
						len);
	x->access.reason = DBGMEM_REASON_BUFFER;
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
	struct mm_struct *mm = x->access.session->mm;
	struct page *page;
	size_t n;
	long held;

	if (mmap_read_lock_killable(mm))
		return 0;
	/* As a rule the page is there: no need to be ready to wait for it. */
	held = dbgmem_hold_target_locked(&x->access, x->access.addr, 1, &page,
					 x->access.foll | FOLL_NOFAULT, NULL);
	mmap_read_unlock(mm);
	if (held != 1)
		return 0;
	pagefault_disable();
	n = dbgmem_copy_piece(x, 0, page, offset_in_page(x->access.addr),
			      x->left);
	pagefault_enable();
	dbgmem_drop_target(&x->access, &page, 1, true);
	return n;
}

/**
 * dbgmem_pinned_copy - move one batch through held pages
 * @x: the transfer
 * @pages: room for page pointers
 * @nr_pages: how many
 *
 * Return: see engine.h.
 */
ssize_t dbgmem_pinned_copy(struct dbgmem_xfer *x, struct page **pages,
			   unsigned int nr_pages)
{
	unsigned long want, done;
	size_t len;
	long held;

	want = min_t(unsigned long, nr_pages,
		     dbgmem_span_pages(x->access.addr, x->left));
	len = min_t(size_t, x->left,
		    want * PAGE_SIZE - offset_in_page(x->access.addr));
	/* Pages that the caller's buffer has nothing for stay shared. */
	if (x->access.write && (want > 1 || x->done)) {
		size_t readable = dbgmem_caller_readable(&x->caller, len);

		if (!readable)
			return pinned_refused(x, len);
		want = dbgmem_span_pages(x->access.addr, readable);
	}
	held = dbgmem_hold_now(&x->access, x->access.addr, want, pages);
	if (held < 0)
		return held;

	done = dbgmem_copy_pages(x, pages, held);
	dbgmem_drop_target(&x->access, pages, held, done);

	return done ?: pinned_refused(x, len);
}
