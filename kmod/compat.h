/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What differs between kernels. No other file of the module knows of it.
 */
#ifndef KMOD_COMPAT_H
#define KMOD_COMPAT_H

#include <linux/mm.h>
#include <linux/uio.h>

/*
 * Where instruction fetch sees data writes without help, a page of code can be
 * written directly. Elsewhere access_process_vm() does the cache work.
 */
#if defined(CONFIG_X86) || defined(CONFIG_S390)
#define DBGMEM_COHERENT_ICACHE	1
#else
#define DBGMEM_COHERENT_ICACHE	0
#endif

static inline long dbgmem_get_pages_remote(struct mm_struct *mm,
					   unsigned long addr, unsigned long nr,
					   unsigned int flags,
					   struct page **pages, int *locked)
{
	return get_user_pages_remote(mm, addr, nr, flags, pages, NULL, locked);
}

static inline long dbgmem_pin_pages_remote(struct mm_struct *mm,
					   unsigned long addr, unsigned long nr,
					   unsigned int flags,
					   struct page **pages, int *locked)
{
	return pin_user_pages_remote(mm, addr, nr, flags, pages, NULL, locked);
}

/* The first contiguous piece of a user-backed @iter. */
static inline char __user *dbgmem_iter_segment(const struct iov_iter *iter,
					       size_t *len)
{
	struct iovec iov;

	if (iter_is_ubuf(iter)) {
		*len = iov_iter_count(iter);
		return iter->ubuf + iter->iov_offset;
	}
	iov = iov_iter_iovec(iter);
	*len = iov.iov_len;
	return iov.iov_base;
}

/* What fs/proc/task_mmu.c takes for the heap and for the stack. */
static inline bool dbgmem_vma_is_heap(const struct vm_area_struct *vma)
{
	return vma->vm_start <= vma->vm_mm->brk &&
	       vma->vm_end >= vma->vm_mm->start_brk;
}

static inline bool dbgmem_vma_is_stack(const struct vm_area_struct *vma)
{
	return vma->vm_start <= vma->vm_mm->start_stack &&
	       vma->vm_end >= vma->vm_mm->start_stack;
}

/* What prctl(PR_SET_VMA_ANON_NAME) named it, or NULL. Under the mmap_lock. */
static inline const char *dbgmem_vma_anon_name(const struct vm_area_struct *vma)
{
#ifdef CONFIG_ANON_VMA_NAME
	if (!vma->vm_file && vma->anon_name)
		return vma->anon_name->name;
#endif
	return NULL;
}

/* The file that user space mapped, or NULL. */
static inline const struct path *dbgmem_vma_path(const struct vm_area_struct *vma)
{
	return vma->vm_file ? &vma->vm_file->f_path : NULL;
}

static inline const struct inode *dbgmem_vma_inode(const struct vm_area_struct *vma)
{
	return file_inode(vma->vm_file);
}

/* Offsets of the file are addresses: those above 2^63 are valid. */
static inline void dbgmem_unsigned_offsets(struct file *file)
{
	file->f_mode |= FMODE_UNSIGNED_OFFSET;
}

/*
 * A variable that is filled whole before it is read, and large enough for the
 * zeroing of CONFIG_INIT_STACK_ALL_ZERO to be felt.
 */
#if __has_attribute(__uninitialized__)
#define dbgmem_uninitialized	__attribute__((__uninitialized__))
#else
#define dbgmem_uninitialized
#endif

#endif /* KMOD_COMPAT_H */
