// SPDX-License-Identifier: GPL-2.0
/*
 * The parts of a mapping that have page tables. Terabytes that were reserved and
 * never used have none: a few entries of the upper levels say so, and no page is
 * looked at.
 *
 * The tables that are read here cannot be freed. The mmap_lock is held for reading
 * and the mapping was found under it: tables of the upper levels are only freed
 * when their mapping is removed, which needs the lock for writing. Tables of the
 * lowest level may go at any time (khugepaged, reclaim of empty ones), and so may
 * a pmd table of hugetlbfs, which processes share. Neither is read.
 */
#include <linux/hugetlb.h>
#include <linux/mm.h>

#include "target.h"

/*
 * Is there a page table, or a huge page, below the lowest entry for @addr that may be
 * looked at? *@next is where the entry that says so ends, or @end.
 */
static bool tables_at(struct vm_area_struct *vma, unsigned long addr,
		      unsigned long end, unsigned long *next)
{
	pgd_t *pgd = pgd_offset(vma->vm_mm, addr);
	p4d_t *p4dp, p4d;
	pud_t *pudp, pud;

	/* If a level is folded, the level above says where its entry ends. */
	*next = pgd_addr_end(addr, end);
	if (pgd_none(*pgd))
		return false;
	if (unlikely(pgd_bad(*pgd)))
		return true;
	p4dp = p4d_offset(pgd, addr);
	p4d = READ_ONCE(*p4dp);
	*next = p4d_addr_end(addr, *next);
	if (p4d_none(p4d))
		return false;
	if (unlikely(p4d_bad(p4d)))
		return true;
	pudp = pud_offset(p4dp, addr);
	pud = READ_ONCE(*pudp);
	*next = pud_addr_end(addr, *next);
	if (pud_none(pud))
		return false;
	/* A huge page is bad as a table. */
	if (is_vm_hugetlb_page(vma) || unlikely(pud_bad(pud)))
		return true;
	*next = pmd_addr_end(addr, *next);
	return !pmd_none(READ_ONCE(*pmd_offset(pudp, addr)));
}

/**
 * dbgmem_tables_find - the next part of a mapping that has page tables
 * @vma: the mapping
 * @start: where to begin; where that part begins, or how far none was found
 * @end: where to end, at most the end of @vma; the end of that part
 * @looks: how many entries may be looked at, at least 1; how many are left. If none
 *	is, there may be more behind.
 *
 * Context: under the mmap_lock, which was not dropped since @vma was found.
 * Return: true if there is such a part.
 */
bool dbgmem_tables_find(struct vm_area_struct *vma, unsigned long *start,
			unsigned long *end, unsigned int *looks)
{
	unsigned long addr = *start, next;
	bool found = false;

	lockdep_assert_held(&vma->vm_mm->mmap_lock);

	for (; addr < *end && *looks; addr = next) {
		--*looks;
		if (tables_at(vma, addr, *end, &next) == found)
			continue;
		if (found)
			break;
		found = true;
		*start = addr;
	}
	if (found)
		*end = addr;
	else
		*start = addr;
	return found;
}
