// SPDX-License-Identifier: GPL-2.0
/* 5.11 maps pages for one thread, which may sleep. */
#include <linux/highmem.h>

#ifndef DBGMEM_PROBE_ABSENT
void probe(struct page *page);
void probe(struct page *page)
{
	kunmap_local(kmap_local_page(page));
}
#else
extern char kmap_local_page;
#endif
