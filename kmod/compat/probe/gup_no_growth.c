// SPDX-License-Identifier: GPL-2.0
/* 6.5, and 6.1 since, grow no stack for those who only look below it. */
#include <linux/mm.h>

#ifndef DBGMEM_PROBE_ABSENT
struct vm_area_struct *probe(struct mm_struct *mm, struct pt_regs *regs);
struct vm_area_struct *probe(struct mm_struct *mm, struct pt_regs *regs)
{
	return lock_mm_and_find_vma(mm, 0, regs);
}
#else
extern char lock_mm_and_find_vma;
#endif
