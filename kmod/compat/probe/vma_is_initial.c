// SPDX-License-Identifier: GPL-2.0
/* 6.6 has names for the heap and the first stack, and moved the bounds. */
#include <linux/mm.h>

#ifndef DBGMEM_PROBE_ABSENT
bool probe(struct vm_area_struct *vma);
bool probe(struct vm_area_struct *vma)
{
	return vma_is_initial_heap(vma) || vma_is_initial_stack(vma);
}
#else
extern char vma_is_initial_heap, vma_is_initial_stack;
#endif
