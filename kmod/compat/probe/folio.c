// SPDX-License-Identifier: GPL-2.0
/* 5.16 has folios, and what was done with pages goes away. */
#include <linux/mm.h>
#include <linux/pagemap.h>

#ifndef DBGMEM_PROBE_ABSENT
struct address_space *probe(struct page *page);
struct address_space *probe(struct page *page)
{
	struct folio *folio = page_folio(page);

	if (folio_lock_killable(folio))
		return NULL;
	folio_unlock(folio);
	return folio_mapping(folio);
}
#else
struct folio {
	struct page page;
};

struct address_space *probe(struct page *page);
struct address_space *probe(struct page *page)
{
	if (lock_page_killable(page))
		return NULL;
	unlock_page(page);
	return page_mapping(page);
}
#endif
