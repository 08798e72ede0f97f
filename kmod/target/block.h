/* SPDX-License-Identifier: GPL-2.0 */
/* Blocks of 64 neighbouring pages. */
#ifndef KMOD_TARGET_BLOCK_H
#define KMOD_TARGET_BLOCK_H

#include <linux/bits.h>
#include <linux/mm.h>

#define DBGMEM_BLOCK_BITS	6
#define DBGMEM_BLOCK_PAGES	((unsigned int)BIT(DBGMEM_BLOCK_BITS))
#define DBGMEM_BLOCK_SHIFT	(PAGE_SHIFT + DBGMEM_BLOCK_BITS)

/* How many blocks @pages pages may be of, at most. */
static inline u32 dbgmem_blocks(u32 pages)
{
	return (pages >> DBGMEM_BLOCK_BITS) + !!(pages % DBGMEM_BLOCK_PAGES);
}

/*
 * Cut pages *@first to *@last, included, down to those of block @number, and turn
 * them into indices in it. False: there are none.
 */
static inline bool dbgmem_block_part(unsigned long number, unsigned long *first,
				     unsigned long *last)
{
	unsigned long start = number << DBGMEM_BLOCK_BITS;
	unsigned long end = start + DBGMEM_BLOCK_PAGES - 1;

	if (*first > end || *last < start)
		return false;
	*first = max(*first, start) - start;
	*last = min(*last, end) - start;
	return true;
}

#endif /* KMOD_TARGET_BLOCK_H */
