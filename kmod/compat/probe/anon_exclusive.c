// SPDX-License-Identifier: GPL-2.0
/* 5.19 never copies a page from under those who pinned it. */
#include <linux/mm.h>
#include <linux/page-flags.h>

#ifndef DBGMEM_PROBE_ABSENT
int probe(struct page *page);
int probe(struct page *page)
{
	return PageAnonExclusive(page);
}
#else
extern char PageAnonExclusive;
#endif
