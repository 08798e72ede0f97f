// SPDX-License-Identifier: GPL-2.0
/* 5.14 finds the mapping that an address is in. */
#include <linux/mm.h>

#ifndef DBGMEM_PROBE_ABSENT
struct vm_area_struct *probe(struct mm_struct *mm);
struct vm_area_struct *probe(struct mm_struct *mm)
{
	return vma_lookup(mm, 0);
}
#else
extern char vma_lookup;
#endif
