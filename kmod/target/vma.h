/* SPDX-License-Identifier: GPL-2.0 */
/* The kind of a mapping of the target, and what it allows. */
#ifndef KMOD_TARGET_VMA_H
#define KMOD_TARGET_VMA_H

#include <linux/fs.h>
#include <linux/hugetlb_inline.h>
#include <linux/magic.h>
#include <linux/mm.h>

#include "compat/compat.h"

/**
 * dbgmem_vma_permitted - does a mapping allow it?
 * @vma: the mapping, under the mmap_lock
 * @foll: FOLL_WRITE, FOLL_FORCE
 */
static inline bool dbgmem_vma_permitted(const struct vm_area_struct *vma,
					unsigned int foll)
{
	bool force = foll & FOLL_FORCE;
	unsigned long flags = vma->vm_flags;

	/* check_vma_flags() in mm/gup.c */
	if (!(foll & FOLL_WRITE))
		return flags & (force ? VM_READ | VM_MAYREAD : VM_READ);
	if (flags & VM_WRITE && !(flags & VM_SHADOW_STACK))
		return true;
	return force && !is_vm_hugetlb_page((struct vm_area_struct *)vma) &&
	       (flags & (VM_SHARED | VM_MAYWRITE)) == VM_MAYWRITE;
}

/**
 * dbgmem_vma_special - is it device or secret memory?
 * @vma: a mapping, under the mmap_lock
 */
static inline bool dbgmem_vma_special(const struct vm_area_struct *vma)
{
	/* A mixed one without a file is the kernel's: its data for the vDSO. */
	return vma->vm_flags & (VM_IO | VM_PFNMAP) ||
	       (vma->vm_flags & VM_MIXEDMAP && !vma->vm_file) ||
	       (vma->vm_file &&
		file_inode(vma->vm_file)->i_sb->s_magic == SECRETMEM_MAGIC);
}

#endif /* KMOD_TARGET_VMA_H */
