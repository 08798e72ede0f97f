// SPDX-License-Identifier: GPL-2.0
/*
 * Why an address of the target could not be accessed.
 *
 * Asked only after the fact: the engines do not look at mappings beforehand, so
 * the answer may be that of a mapping which changed since.
 */
#include <linux/hugetlb.h>
#include <linux/magic.h>
#include <linux/mm.h>

#include "compat/compat.h"
#include "dbgmem.h"

/**
 * dbgmem_vma_permitted - does a mapping allow it?
 * @vma: the mapping, under the mmap_lock
 * @foll: FOLL_WRITE, FOLL_FORCE
 */
bool dbgmem_vma_permitted(const struct vm_area_struct *vma, unsigned int foll)
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

static bool permitted(const struct vm_area_struct *vma,
		      const struct dbgmem_xfer *x)
{
	return dbgmem_vma_permitted(vma,
				    (x->write ? FOLL_WRITE : 0) |
				    (x->flags & DBGMEM_FORCE ? FOLL_FORCE : 0));
}

/**
 * dbgmem_vma_special - is it device or secret memory?
 * @vma: a mapping, under the mmap_lock
 */
bool dbgmem_vma_special(const struct vm_area_struct *vma)
{
	/* A mixed one without a file is the kernel's: its data for the vDSO. */
	return vma->vm_flags & (VM_IO | VM_PFNMAP) ||
	       (vma->vm_flags & VM_MIXEDMAP && !vma->vm_file) ||
	       (vma->vm_file &&
		file_inode(vma->vm_file)->i_sb->s_magic == SECRETMEM_MAGIC);
}

static u32 vma_reason(const struct vm_area_struct *vma,
		      const struct dbgmem_xfer *x, int err)
{
	if (!permitted(vma, x))
		return DBGMEM_REASON_PROTECTION;
	if (dbgmem_vma_special(vma))
		return DBGMEM_REASON_SPECIAL;
	/* A page table entry without a struct page, in a mixed mapping. */
	if (err == -EEXIST)
		return DBGMEM_REASON_SPECIAL;
	if (x->flags & DBGMEM_NOFAULT)
		return DBGMEM_REASON_NOT_RESIDENT;
	return DBGMEM_REASON_BACKING;
}

static u32 target_reason(struct dbgmem_xfer *x, int err, unsigned long *end)
{
	struct mm_struct *mm = x->session->mm;
	struct vm_area_struct *vma;
	u32 reason;

	*end = (x->addr | ~PAGE_MASK) + 1;
	if (err == -EHWPOISON)
		return DBGMEM_REASON_HWPOISON;
	if (mmap_read_lock_killable(mm))
		return DBGMEM_REASON_INTERRUPTED;

	vma = find_vma(mm, x->addr);
	if (!vma || x->addr < vma->vm_start) {
		reason = DBGMEM_REASON_UNMAPPED;
		*end = vma ? vma->vm_start : 0;
	} else {
		reason = vma_reason(vma, x, err);
		if (reason == DBGMEM_REASON_PROTECTION ||
		    reason == DBGMEM_REASON_SPECIAL)
			*end = vma->vm_end;
	}
	mmap_read_unlock(mm);
	return reason;
}

/**
 * dbgmem_fault_errno - what a transfer that moved nothing returns
 * @reason: DBGMEM_REASON_*
 */
int dbgmem_fault_errno(u32 reason)
{
	switch (reason) {
	case DBGMEM_REASON_NONE:
		return 0;
	case DBGMEM_REASON_EXITED:
		return -ESRCH;
	case DBGMEM_REASON_EXECED:
		return -ESTALE;
	case DBGMEM_REASON_NOMEM:
		return -ENOMEM;
	case DBGMEM_REASON_INTERRUPTED:
		return -EINTR;
	default:
		return -EFAULT;
	}
}

/**
 * dbgmem_fault_explain - turn an engine's error at x->addr into a reason
 * @x: the transfer; its reason is set, unless the engine blamed the caller's
 *	buffer already
 * @err: what the engine returned
 * @end: result, where -EFAULT is returned and the target's memory is to blame:
 *	the end of the range that shares the fate, 0 for the top of the address
 *	space
 *
 * Return: dbgmem_fault_errno() of the reason.
 */
int dbgmem_fault_explain(struct dbgmem_xfer *x, int err, unsigned long *end)
{
	switch (err) {
	case -ESRCH:
		x->reason = dbgmem_target_state(x->session) ==
			    DBGMEM_STATE_EXECED ? DBGMEM_REASON_EXECED :
						  DBGMEM_REASON_EXITED;
		break;
	case -ENOMEM:
		x->reason = DBGMEM_REASON_NOMEM;
		break;
	case -EINTR:
		x->reason = DBGMEM_REASON_INTERRUPTED;
		break;
	default:
		if (x->reason != DBGMEM_REASON_BUFFER)
			x->reason = target_reason(x, err, end);
	}
	return dbgmem_fault_errno(x->reason);
}

/**
 * dbgmem_fault_special - can x->addr be reached by access_process_vm() alone?
 * @x: the transfer, after the pinned engine failed there
 */
bool dbgmem_fault_special(struct dbgmem_xfer *x)
{
	struct mm_struct *mm = x->session->mm;
	struct vm_area_struct *vma;
	bool ret;

	if (!DBGMEM_CAN_ACCESS_DEVICES || mmap_read_lock_killable(mm))
		return false;
	vma = vma_lookup(mm, x->addr);
	ret = vma && vma->vm_ops && vma->vm_ops->access && permitted(vma, x);
	mmap_read_unlock(mm);
	return ret;
}
