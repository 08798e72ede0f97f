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

#include "reason.h"
#include "target/vma.h"

static u32 reason_of_vma(const struct vm_area_struct *vma,
			 const struct dbgmem_access *a, int err)
{
	if (!dbgmem_vma_permitted(vma, a->foll))
		return DBGMEM_REASON_PROTECTION;
	if (dbgmem_vma_special(vma))
		return DBGMEM_REASON_SPECIAL;
	/* A page table entry without a struct page, in a mixed mapping. */
	if (err == -EEXIST)
		return DBGMEM_REASON_SPECIAL;
	if (a->flags & DBGMEM_NOFAULT)
		return DBGMEM_REASON_NOT_RESIDENT;
	return DBGMEM_REASON_BACKING;
}

static u32 reason_of_target(struct dbgmem_access *a, int err,
			    unsigned long *end)
{
	struct mm_struct *mm = a->session->mm;
	struct vm_area_struct *vma;
	u32 reason;

	*end = (a->addr | ~PAGE_MASK) + 1;
	if (err == -EHWPOISON)
		return DBGMEM_REASON_HWPOISON;
	if (mmap_read_lock_killable(mm))
		return DBGMEM_REASON_INTERRUPTED;

	vma = find_vma(mm, a->addr);
	if (!vma || a->addr < vma->vm_start) {
		reason = DBGMEM_REASON_UNMAPPED;
		*end = vma ? vma->vm_start : 0;
	} else {
		reason = reason_of_vma(vma, a, err);
		if (reason == DBGMEM_REASON_PROTECTION ||
		    reason == DBGMEM_REASON_SPECIAL)
			*end = vma->vm_end;
	}
	mmap_read_unlock(mm);
	return reason;
}

/**
 * dbgmem_reason_errno - what a transfer that moved nothing returns
 * @reason: DBGMEM_REASON_*
 */
int dbgmem_reason_errno(u32 reason)
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
 * dbgmem_reason_explain - turn an engine's error at a->addr into a reason
 * @a: the access; its reason is set, unless the engine blamed the caller's
 *	buffer already
 * @err: what the engine returned
 * @end: result, where -EFAULT is returned and the target's memory is to blame:
 *	the end of the range that shares the fate, 0 for the top of the address
 *	space
 *
 * Return: dbgmem_reason_errno() of the reason.
 */
int dbgmem_reason_explain(struct dbgmem_access *a, int err, unsigned long *end)
{
	switch (err) {
	case -ESRCH:
		a->reason = dbgmem_target_state(a->session) ==
			    DBGMEM_STATE_EXECED ? DBGMEM_REASON_EXECED :
						  DBGMEM_REASON_EXITED;
		break;
	case -ENOMEM:
		a->reason = DBGMEM_REASON_NOMEM;
		break;
	case -EINTR:
		a->reason = DBGMEM_REASON_INTERRUPTED;
		break;
	default:
		if (a->reason != DBGMEM_REASON_BUFFER)
			a->reason = reason_of_target(a, err, end);
	}
	return dbgmem_reason_errno(a->reason);
}

/**
 * dbgmem_reason_special - can a->addr be reached by access_process_vm() alone?
 * @a: the access, after the pinned engine failed there
 */
bool dbgmem_reason_special(struct dbgmem_access *a)
{
	struct mm_struct *mm = a->session->mm;
	struct vm_area_struct *vma;
	bool ret;

	if (!DBGMEM_CAN_ACCESS_DEVICES || mmap_read_lock_killable(mm))
		return false;
	vma = vma_lookup(mm, a->addr);
	ret = vma && vma->vm_ops && vma->vm_ops->access &&
	      dbgmem_vma_permitted(vma, a->foll);
	mmap_read_unlock(mm);
	return ret;
}
