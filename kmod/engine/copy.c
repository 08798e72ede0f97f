// SPDX-License-Identifier: GPL-2.0
/*
 * Copying between pages of the target and the caller: see copy.h.
 */
#include <linux/highmem.h>
#include <linux/mm.h>

#include "copy.h"

static size_t copy_unit(struct dbgmem_xfer *x, size_t at, char *kaddr,
			size_t len)
{
	char unit[DBGMEM_SHADOW_UNIT] __aligned(sizeof(long));
	unsigned long addr = x->access.addr + at;

	if (x->access.write) {
		len = dbgmem_caller_get(&x->caller, at, unit, len);
		if (len)
			dbgmem_shadow_store(x->access.session, addr, kaddr,
					    unit, len);
		return len;
	}
	dbgmem_shadow_load(x->access.session, addr, unit, kaddr, len);
	return dbgmem_caller_put(&x->caller, at, unit, len);
}

static size_t copy_covered(struct dbgmem_xfer *x, size_t at, char *kaddr,
			   size_t len)
{
	size_t done = 0, want, got;
	bool covered;

	while (done < len) {
		want = dbgmem_shadow_piece(x->access.session,
					   x->access.addr + at + done,
					   len - done, &covered);
		if (covered)
			got = copy_unit(x, at + done, kaddr + done, want);
		else
			got = dbgmem_copy_plain(x, at + done, kaddr + done,
						want);
		done += got;
		if (got < want)
			break;
	}
	return done;
}

/**
 * dbgmem_copy_hidden - dbgmem_copy_mapped(), where there may be breakpoints
 * @x: as there
 * @at: as there
 * @kaddr: as there
 * @len: as there
 */
noinline size_t dbgmem_copy_hidden(struct dbgmem_xfer *x, size_t at,
				   char *kaddr, size_t len)
{
	return dbgmem_xfer_covers(x, x->access.addr + at, len) ?
	       copy_covered(x, at, kaddr, len) :
	       dbgmem_copy_plain(x, at, kaddr, len);
}

/**
 * dbgmem_copy_pages - copy between held pages of the target and the caller
 * @x: the transfer
 * @pages: the pages from that of x->access.addr on
 * @nr: how many; more than x->left needs are not touched
 *
 * Return: bytes copied; if fewer than there were, the caller's memory is not
 * there behind them.
 */
size_t dbgmem_copy_pages(struct dbgmem_xfer *x, struct page **pages,
			 unsigned long nr)
{
	unsigned int offset = offset_in_page(x->access.addr);
	size_t done = 0;
	unsigned long i;

	pagefault_disable();
	for (i = 0; i < nr && done < x->left; i++) {
		size_t len = min_t(size_t, PAGE_SIZE - offset, x->left - done);
		size_t n = dbgmem_copy_piece(x, done, pages[i], offset, len);

		done += n;
		if (n < len)
			break;
		offset = 0;
	}
	pagefault_enable();
	return done;
}
