// SPDX-License-Identifier: GPL-2.0
/*
 * Counting the pages that windows hold. A reference to any page of a folio keeps
 * the whole folio from being freed or moved, so the whole folio counts, once.
 */
#include <linux/mm.h>
#include <linux/xarray.h>

#include "window.h"

/**
 * dbgmem_folio_count - a page of several is held that was not before
 * @w: the windows, their mutex held
 * @page: the page, referenced
 *
 * Return: false: no memory.
 */
bool dbgmem_folio_count(struct dbgmem_window *w, struct page *page)
{
	struct page *head = compound_head(page);
	unsigned long pfn = page_to_pfn(head), held;

	held = xa_to_value(xa_load(&w->folios, pfn));
	if (xa_is_err(xa_store(&w->folios, pfn, xa_mk_value(held + 1),
			       GFP_KERNEL_ACCOUNT | __GFP_NORETRY |
			       __GFP_NOWARN)))
		return false;
	if (!held)
		WRITE_ONCE(w->pages, w->pages + compound_nr(head));
	return true;
}

/**
 * dbgmem_folio_uncount - a page of several that was counted is to be let go of
 * @w: the windows, their mutex held
 * @page: the page, still referenced
 */
void dbgmem_folio_uncount(struct dbgmem_window *w, struct page *page)
{
	struct page *head = compound_head(page);
	unsigned long pfn = page_to_pfn(head), held;

	held = xa_to_value(xa_load(&w->folios, pfn));
	if (held > 1) {
		/* In place of a value there is no memory needed. */
		xa_store(&w->folios, pfn, xa_mk_value(held - 1), 0);
		return;
	}
	xa_erase(&w->folios, pfn);
	WRITE_ONCE(w->pages, w->pages - compound_nr(head));
}
