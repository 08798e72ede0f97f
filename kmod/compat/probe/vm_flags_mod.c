// SPDX-License-Identifier: GPL-2.0
/* 6.3 has vm_flags changed by functions alone. */
#include <linux/mm.h>

#ifndef DBGMEM_PROBE_ABSENT
void probe(struct vm_area_struct *vma);
void probe(struct vm_area_struct *vma)
{
	vm_flags_mod(vma, VM_PFNMAP, VM_MAYWRITE);
}
#else
extern char vm_flags_mod;
#endif
