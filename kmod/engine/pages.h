/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Pages held for consecutive segments of a vector, a page once for consecutive
 * segments on it, and the walk over them in the same order.
 */
#ifndef KMOD_ENGINE_PAGES_H
#define KMOD_ENGINE_PAGES_H

#include <linux/mm.h>

/* Pages taken at once: the first few from the stack, then one array. */
#define DBGMEM_STACK_PAGES	16
#define DBGMEM_BATCH_PAGES	512

/**
 * struct dbgmem_pages - pages held so far
 * @page: the pages, in the order of the segments
 * @nr: how many
 * @max: room in @page
 * @last: page number of the last one; meaningless without any
 */
struct dbgmem_pages {
	struct page	**page;
	unsigned long	nr;
	unsigned long	max;
	unsigned long	last;
};

/**
 * struct dbgmem_cursor - the walk
 * @page: the page that was used last
 * @number: its page number
 * @kaddr: its address, where dbgmem_cursor_kaddr() is used
 */
struct dbgmem_cursor {
	struct page	**page;
	unsigned long	number;
	char		*kaddr;
};

/* Does all of a segment lie on the last page? */
static inline bool dbgmem_pages_have(const struct dbgmem_pages *p, u64 addr,
				     u64 len)
{
	return p->nr && addr >> PAGE_SHIFT == p->last &&
	       offset_in_page(addr) + len <= PAGE_SIZE;
}

/* Pages of a segment that are not held yet; the first of them in *@first. */
static inline unsigned long dbgmem_pages_lacking(const struct dbgmem_pages *p,
						 unsigned long addr,
						 unsigned long len,
						 unsigned long *first)
{
	unsigned long start = addr >> PAGE_SHIFT;
	unsigned long end = (addr + len - 1) >> PAGE_SHIFT;

	if (!len)
		return 0;
	if (p->nr && start == p->last)
		start++;
	*first = start << PAGE_SHIFT;
	return end + 1 - start;
}

static inline void dbgmem_cursor_init(struct dbgmem_cursor *c,
				      const struct dbgmem_pages *p)
{
	c->page = p->page - 1;
	c->number = ULONG_MAX;
	c->kaddr = NULL;
}

/* The address of a segment that lies on one page, without highmem. */
static inline void *dbgmem_cursor_kaddr(struct dbgmem_cursor *c,
					unsigned long addr)
{
	unsigned long number = addr >> PAGE_SHIFT;

	if (unlikely(number != c->number)) {
		c->number = number;
		c->kaddr = page_address(*++c->page);
	}
	return c->kaddr + offset_in_page(addr);
}

/* The pages of a segment of any length. */
static inline struct page **dbgmem_cursor_pages(struct dbgmem_cursor *c,
						unsigned long addr,
						unsigned long len)
{
	struct page **first;

	if (addr >> PAGE_SHIFT != c->number)
		c->page++;
	first = c->page;
	c->number = (addr + len - 1) >> PAGE_SHIFT;
	c->page += c->number - (addr >> PAGE_SHIFT);
	c->kaddr = page_address(*c->page);
	return first;
}

#endif /* KMOD_ENGINE_PAGES_H */
