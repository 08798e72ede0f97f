// SPDX-License-Identifier: GPL-2.0
/* 6.1 has no list of mappings any more. */
#include <linux/mm.h>

#ifndef DBGMEM_PROBE_ABSENT
struct vm_area_struct *probe(struct mm_struct *mm);
struct vm_area_struct *probe(struct mm_struct *mm)
{
	VMA_ITERATOR(vmi, mm, 0);

	return vma_next(&vmi);
}
#else
struct vm_area_struct *probe(struct vm_area_struct *vma);
struct vm_area_struct *probe(struct vm_area_struct *vma)
{
	return vma->vm_next;
}
#endif
