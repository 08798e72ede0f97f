/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Differences between kernels. No other file of the module depends on them.
 */
#ifndef KMOD_COMPAT_COMPAT_H
#define KMOD_COMPAT_COMPAT_H

#include <linux/capability.h>
#include <linux/fs.h>
#include <linux/highmem.h>
#include <linux/magic.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/nospec.h>
#include <linux/pagemap.h>
#include <linux/poll.h>
#include <linux/smp.h>
#include <linux/uaccess.h>
#include <linux/uio.h>

/* Made by Kbuild: DBGMEM_HAVE_X is the answer of probe/x.c. */
#include "compat/probes.h"

#ifndef CONFIG_MMU_NOTIFIER
#error "dbgmem needs a kernel with CONFIG_MMU_NOTIFIER; KVM, for one, selects it"
#endif

#if !DBGMEM_HAVE_MM_USER_NS
#include <linux/sched/exec_state.h>
#endif

/*
 * Does instruction fetch see data writes without help? If not, access_process_vm()
 * does the cache maintenance for code; after a direct write dbgmem_page_written()
 * has to be called.
 */
#if defined(CONFIG_X86) || defined(CONFIG_S390)
#define DBGMEM_COHERENT_ICACHE	1
#else
#define DBGMEM_COHERENT_ICACHE	0
#endif

/* Is any of these pages for the target to run? Under its mmap_lock. */
static inline bool dbgmem_has_code(struct mm_struct *mm, unsigned long addr,
				   unsigned long nr)
{
	unsigned long last = (addr & PAGE_MASK) + ((nr - 1) << PAGE_SHIFT);
	struct vm_area_struct *vma = find_vma(mm, addr);

	while (vma && vma->vm_start <= last) {
		if (vma->vm_flags & VM_EXEC)
			return true;
		vma = find_vma(mm, vma->vm_end);
	}
	return false;
}

/*
 * Have all CPUs run what was written at @kaddr, which is in @page, instead of what
 * was there. They are interrupted for it: not to be done for data.
 */
static inline void dbgmem_page_written(struct page *page, const void *kaddr,
				       size_t len)
{
	unsigned long start = (unsigned long)kaddr;

	flush_dcache_page(page);
	if (DBGMEM_COHERENT_ICACHE)
		return;
	flush_icache_range(start, start + len);
#ifdef CONFIG_ARM64
	/* L1Ip is not PIPT: on some CPU the other mapping has lines of its own. */
	if ((read_sanitised_ftr_reg(SYS_CTR_EL0) >> 14 & 3) != 3) {
		asm volatile("ic ialluis" : : : "memory");
		dsb(ish);
		kick_all_cpus_sync();
	}
#endif
}

/*
 * generic_access_phys() maps device memory with the target's own protection. On
 * arm64 the kernel then oopses (fixed by 8f098037139b): keep away.
 */
#define DBGMEM_CAN_ACCESS_DEVICES	(!IS_ENABLED(CONFIG_ARM64))

#ifndef SECRETMEM_MAGIC
#define SECRETMEM_MAGIC		0x5345434d	/* of 5.14 */
#endif

/* Can pages be looked at without faulting them in? */
#if DBGMEM_HAVE_FOLL_NOFAULT
#define DBGMEM_CAN_NOFAULT	true

/* Not called. */
static inline bool dbgmem_page_mapped(struct mm_struct *mm, unsigned long addr,
				      bool write)
{
	return true;
}
#else
#define DBGMEM_CAN_NOFAULT	false
/*
 * The faults that it is to save are then taken, but for those that wait for the
 * page lock. What a file system does to read a page in is not among them: it is
 * asked only for pages that dbgmem_quick_pages() names. A page that the target
 * drops between that look and the fault, with the mmap_lock held for reading as
 * MADV_DONTNEED does, is read in all the same.
 */
enum { FOLL_NOFAULT = FOLL_NOWAIT };

/*
 * Is there a page, or part of a huge one, at @addr, that needs no fault to be read,
 * or written? Under the mmap_lock.
 */
static inline bool dbgmem_page_mapped(struct mm_struct *mm, unsigned long addr,
				      bool write)
{
	pgd_t *pgd = pgd_offset(mm, addr);
	p4d_t *p4d;
	pud_t *pud;
	pmd_t *pmd, pmdval;
	pte_t *pte;
	bool ret;

	if (pgd_none(*pgd) || unlikely(pgd_bad(*pgd)))
		return false;
	p4d = p4d_offset(pgd, addr);
	if (p4d_none(*p4d) || unlikely(p4d_bad(*p4d)))
		return false;
	pud = pud_offset(p4d, addr);
	if (pud_none(*pud))
		return false;
	if (unlikely(pud_bad(*pud)))
		return pud_present(*pud) && (!write || pud_write(*pud));
	pmd = pmd_offset(pud, addr);
	pmdval = READ_ONCE(*pmd);
	if (pmd_none(pmdval))
		return false;
	if (!pmd_present(pmdval) || unlikely(pmd_bad(pmdval)))
		return pmd_present(pmdval) && (!write || pmd_write(pmdval));
	pte = pte_offset_map(pmd, addr);
	ret = pte_present(*pte) && (!write || pte_write(*pte));
	pte_unmap(pte);
	return ret;
}
#endif

/*
 * NUMA balancing makes pages inaccessible for a while, to learn who uses them. A
 * lookup without faults does not find those, unless it has FOLL_FORCE.
 */
#if DBGMEM_HAVE_FOLL_HONOR_NUMA_FAULT
#define DBGMEM_HINTS_HIDE_PAGES	(!FOLL_HONOR_NUMA_FAULT)
#else
enum { FOLL_HONOR_NUMA_FAULT };
#define DBGMEM_HINTS_HIDE_PAGES	DBGMEM_CAN_NOFAULT
#endif

/*
 * Pages of the caller's own that are there: referenced, to be read, or pinned, to
 * be written.
 */
static inline long dbgmem_get_caller(unsigned long start, int nr,
				     struct page **pages)
{
#if DBGMEM_HAVE_FOLL_NOFAULT
	return get_user_pages_fast(start, nr, FOLL_NOFAULT, pages);
#else
	return get_user_pages_fast_only(start, nr, 0, pages);
#endif
}

static inline long dbgmem_pin_caller(unsigned long start, int nr,
				     struct page **pages)
{
#if DBGMEM_HAVE_FOLL_NOFAULT
	return pin_user_pages_fast(start, nr, FOLL_WRITE | FOLL_NOFAULT, pages);
#else
	return pin_user_pages_fast_only(start, nr, FOLL_WRITE, pages);
#endif
}

#if !DBGMEM_HAVE_FOLIO
struct folio { };		/* does not compile where there is one */
#endif

/*
 * Mark a page that was written as dirty. A file system may keep its lock for as
 * long as it likes: who is killed meanwhile leaves it as it is, and does not see
 * an answer that says it was written.
 */
static inline void dbgmem_mark_dirty(struct page *page)
{
#if DBGMEM_HAVE_FOLIO
	struct folio *folio = page_folio(page);

	if (folio_lock_killable(folio))
		return;
	folio_mark_dirty(folio);
	folio_unlock(folio);
#else
	page = compound_head(page);
	if (lock_page_killable(page))
		return;
	set_page_dirty(page);
	unlock_page(page);
#endif
}

/* Is the page of a file in the page cache, and nobody at work on it? */
static inline bool dbgmem_page_cached(struct address_space *mapping,
				      pgoff_t index)
{
	bool ret;
#if DBGMEM_HAVE_FOLIO
	struct folio *f = __filemap_get_folio(mapping, index, 0, 0);

	if (IS_ERR_OR_NULL(f))
		return false;
	ret = folio_test_uptodate(f) && !folio_test_locked(f) &&
	      !folio_test_readahead(f);
	folio_put(f);
#else
	struct page *page = find_get_page(mapping, index);

	if (!page)
		return false;
	ret = PageUptodate(page) && !PageLocked(page) && !PageReadahead(page);
	put_page(page);
#endif
	return ret;
}

#ifndef VM_SHADOW_STACK
#define VM_SHADOW_STACK		VM_NONE		/* of 6.6 */
#endif

#ifndef FUSE_SUPER_MAGIC
#define FUSE_SUPER_MAGIC	0x65735546	/* of 5.15 */
#endif

#if !DBGMEM_HAVE_FAULT_COMPLETED
enum { VM_FAULT_COMPLETED };	/* no fault is; does not compile where there is one */
#endif

/* Has the fault been taken care of, and the mmap_lock been dropped with it? */
static inline bool dbgmem_fault_completed(vm_fault_t fault)
{
	return fault & VM_FAULT_COMPLETED;
}

/* The end of a thread that has a reference to the module. */
#if DBGMEM_HAVE_KTHREAD_EXIT
#define dbgmem_thread_exit()	module_put_and_kthread_exit(0)
#else
#define dbgmem_thread_exit()	module_put_and_exit(0)
enum { __module_put_and_kthread_exit };	/* does not compile where there is one */
#endif

/* Is a page that somebody has pinned the target's until it is unpinned? */
#if DBGMEM_HAVE_ANON_EXCLUSIVE
#define DBGMEM_PINNED_PAGES_STAY	true
#else
#define DBGMEM_PINNED_PAGES_STAY	false
enum { PageAnonExclusive };	/* does not compile where there is one */
#endif

/* Take the mmap_lock as a writer, if it is free. */
static inline bool dbgmem_mmap_write_trylock(struct mm_struct *mm)
{
#if DBGMEM_HAVE_MMAP_WRITE_TRYLOCK
	return mmap_write_trylock(mm);
#else
	if (!down_write_trylock(&mm->mmap_lock))
		return false;
	/* as mmap_write_lock() does; mmap_write_unlock() ends it */
	mm_lock_seqcount_begin(mm);
	return true;
#endif
}

/*
 * Take the mmap_lock for finding a page to write to, and for writing to it.
 *
 * Without PageAnonExclusive a write fault copies a page that somebody has
 * pinned, which then is not the target's any more: what goes to the one while
 * the other is made is lost. Only who keeps all faults out is safe from that.
 */
static inline bool dbgmem_mmap_trylock_to_write(struct mm_struct *mm)
{
#if DBGMEM_HAVE_ANON_EXCLUSIVE
	(void)PageAnonExclusive;	/* compiles where there is one */
	return mmap_read_trylock(mm);
#else
	return dbgmem_mmap_write_trylock(mm);
#endif
}

static inline void dbgmem_mmap_unlock_written(struct mm_struct *mm)
{
	if (DBGMEM_PINNED_PAGES_STAY)
		mmap_read_unlock(mm);
	else
		mmap_write_unlock(mm);
}

/* 6.1 of today is silent below a stack. Before it grew, later it is logged. */
#if DBGMEM_HAVE_GUP_NO_GROWTH && !DBGMEM_HAVE_GUP_NO_VMAS
static inline unsigned long dbgmem_pages_above_gaps(struct mm_struct *mm,
						    unsigned long addr,
						    unsigned long nr)
{
	(void)lock_mm_and_find_vma;	/* compiles where there is one */
	return nr;
}
#else
#if !DBGMEM_HAVE_GUP_NO_GROWTH
extern char lock_mm_and_find_vma;	/* does not where there is one */
#endif

/* Pages from that of @addr on before a gap that a stack would grow into. */
static inline unsigned long dbgmem_pages_above_gaps(struct mm_struct *mm,
						    unsigned long addr,
						    unsigned long nr)
{
	unsigned long start = addr & PAGE_MASK, at = start;
	struct vm_area_struct *vma;

	while (at - start < nr << PAGE_SHIFT) {
		vma = find_vma(mm, at);
		if (!vma)
			break;
		if (vma->vm_start > at && vma->vm_flags & VM_GROWSDOWN)
			return (at - start) >> PAGE_SHIFT;
		at = vma->vm_end;
	}
	return nr;
}
#endif

#if DBGMEM_HAVE_GUP_NO_VMAS
#define DBGMEM_GUP_VMAS
#else
#define DBGMEM_GUP_VMAS		NULL,
#endif

/*
 * get_user_pages_remote() drops the tag of an address, where there is such a thing.
 * Breakpoints, and the areas of a target, are found by all of it.
 */
static inline bool dbgmem_tagged(unsigned long addr)
{
#if defined(CONFIG_ARM64)
	return untagged_addr(addr) != addr;
#elif defined(CONFIG_X86_64)
	/* LAM, whether the target has it or not: nothing is mapped there. */
	return addr >= TASK_SIZE_MAX && (long)addr >= 0;
#else
	return false;
#endif
}

static inline long dbgmem_get_pages_remote(struct mm_struct *mm,
					   unsigned long addr, unsigned long nr,
					   unsigned int flags,
					   struct page **pages, int *locked)
{
	nr = dbgmem_pages_above_gaps(mm, addr, nr);
	if (!nr || dbgmem_tagged(addr))
		return -EFAULT;
	return get_user_pages_remote(mm, addr, nr, flags, pages,
				     DBGMEM_GUP_VMAS locked);
}

#if DBGMEM_HAVE_ANON_EXCLUSIVE
static inline long dbgmem_pin_all(struct mm_struct *mm, unsigned long addr,
				  unsigned long nr, unsigned int flags,
				  struct page **pages, int *locked)
{
	return pin_user_pages_remote(mm, addr, nr, flags, pages,
				     DBGMEM_GUP_VMAS locked);
}
#else
/*
 * The page of @addr, if it is the target's alone and pinned by now. By force it
 * would be faulted for writing once more, which copies a pinned page: what goes
 * to it by the older pin would be lost.
 */
static inline struct page *dbgmem_pin_again(struct mm_struct *mm,
					    unsigned long addr,
					    unsigned int flags)
{
	struct page *page;

	if (pin_user_pages_remote(mm, addr, 1, (flags & ~FOLL_WRITE) |
				  FOLL_NOWAIT, &page, DBGMEM_GUP_VMAS NULL) != 1)
		return NULL;
	if (PageAnon(page) && !PageCompound(page) && !PageSwapCache(page) &&
	    page_mapcount(page) == 1 &&
	    page_ref_count(page) >= 2 * GUP_PIN_COUNTING_BIAS)
		return page;
	unpin_user_page(page);
	return NULL;
}

static inline long dbgmem_pin_all(struct mm_struct *mm, unsigned long addr,
				  unsigned long nr, unsigned int flags,
				  struct page **pages, int *locked)
{
	const unsigned int forced = FOLL_FORCE | FOLL_WRITE;
	unsigned long i;
	long got;

	if ((flags & forced) != forced)
		return pin_user_pages_remote(mm, addr, nr, flags, pages,
					     DBGMEM_GUP_VMAS locked);
	for (i = 0; i < nr && (!locked || *locked); i++) {
		unsigned long at = addr + (i << PAGE_SHIFT);

		pages[i] = dbgmem_pin_again(mm, at, flags);
		if (pages[i])
			continue;
		got = pin_user_pages_remote(mm, at, 1, flags, &pages[i],
					    DBGMEM_GUP_VMAS locked);
		if (got != 1)
			return i ?: got;
	}
	return i;
}
#endif

static inline long dbgmem_pin_pages_remote(struct mm_struct *mm,
					   unsigned long addr, unsigned long nr,
					   unsigned int flags,
					   struct page **pages, int *locked)
{
	nr = dbgmem_pages_above_gaps(mm, addr, nr);
	if (!nr || dbgmem_tagged(addr))
		return -EFAULT;
	return dbgmem_pin_all(mm, addr, nr, flags, pages, locked);
}

/*
 * The page of @addr, pinned without asking for a write, if what is written to it
 * is seen by the target and by nobody who has a copy: NULL if it is not, or not
 * there. Without waiting.
 */
static inline struct page *dbgmem_pin_as_is(struct mm_struct *mm,
					    unsigned long addr,
					    unsigned int flags)
{
#if DBGMEM_HAVE_ANON_EXCLUSIVE
	struct page *page;

	/* A pin to read would have to un-share anonymous memory: a fault. */
	if (pin_user_pages_remote(mm, addr, 1, flags | FOLL_NOFAULT, &page,
				  DBGMEM_GUP_VMAS NULL) != 1)
		return NULL;
	return page;
#else
	struct page *page;

	if (pin_user_pages_remote(mm, addr, 1, flags | FOLL_NOWAIT, &page,
				  DBGMEM_GUP_VMAS NULL) != 1)
		return NULL;
	if (!PageAnon(compound_head(page)) ||
	    (!PageKsm(page) && !PageCompound(page) && !PageSwapCache(page) &&
	     page_mapcount(page) == 1))
		return page;
	unpin_user_page(page);
	return NULL;
#endif
}

/*
 * Is a page mapped at @addr? Only where FOLL_NOFAULT does not tell: FOLL_NOWAIT
 * waits for a FUSE server all the same, where a mapping is read at random
 * (mm/filemap.c, filemap_fault()). Under the mmap_lock.
 */
static inline bool dbgmem_present(struct mm_struct *mm, unsigned long addr)
{
	return DBGMEM_CAN_NOFAULT || dbgmem_page_mapped(mm, addr, false);
}

/*
 * Has the caller @cap over the namespace in which the program was started that
 * @task runs in @mm? Under RCU, as no reference to the namespace is taken.
 */
static inline bool dbgmem_capable_over(struct task_struct *task,
				       struct mm_struct *mm, int cap)
{
#if DBGMEM_HAVE_MM_USER_NS
	return ns_capable(mm->user_ns, cap);
#else
	struct task_exec_state *state = rcu_dereference(task->exec_state);

	return state && READ_ONCE(task->mm) == mm &&
	       ns_capable(state->user_ns, cap);
#endif
}

/* Set and clear flags of a mapping that is being made. */
static inline void dbgmem_vm_flags_mod(struct vm_area_struct *vma,
				       unsigned long set, unsigned long clear)
{
#if DBGMEM_HAVE_VM_FLAGS_MOD
	vm_flags_mod(vma, set, clear);
#else
	vma->vm_flags = (vma->vm_flags | set) & ~clear;
#endif
}

#if !DBGMEM_HAVE_KMAP_LOCAL
/* kmap_atomic() would keep the copying from faulting. */
static inline void *kmap_local_page(struct page *page)
{
	return kmap(page);
}

static inline void kunmap_local(const void *kaddr)
{
	kunmap(kmap_to_page((void *)kaddr));
}
#endif

#if !DBGMEM_HAVE_FAULT_IN_READABLE
/* Bytes at the end that cannot be read. */
static inline size_t fault_in_readable(const char __user *uaddr, size_t size)
{
	size_t done = 0, n;

	if (!access_ok(uaddr, size))
		return size;
	for (; done < size; done += n) {
		n = min_t(size_t, size - done,
			  PAGE_SIZE - offset_in_page(uaddr + done));
		if (fault_in_pages_readable(uaddr + done, n))
			break;
	}
	return size - done;
}
#endif

#if !DBGMEM_HAVE_ITER_UBUF
static inline bool iter_is_ubuf(const struct iov_iter *iter)
{
	return false;
}

static inline bool user_backed_iter(const struct iov_iter *iter)
{
	return iter_is_iovec(iter);
}
#endif

/* The first contiguous piece of a user-backed @iter. */
static inline char __user *dbgmem_iter_segment(const struct iov_iter *iter,
					       size_t *len)
{
#if DBGMEM_HAVE_ITER_UBUF
	if (iter_is_ubuf(iter)) {
		*len = iov_iter_count(iter);
		return iter->ubuf + iter->iov_offset;
	}
#endif
#if DBGMEM_HAVE_ITER_IOV_ADDR
	*len = min(iter_iov_len(iter), iov_iter_count(iter));
	return iter_iov_addr(iter);
#else
	{
		struct iovec iov = iov_iter_iovec(iter);

		*len = iov.iov_len;
		return iov.iov_base;
	}
#endif
}

#if !DBGMEM_HAVE_VMA_LOOKUP
static inline struct vm_area_struct *vma_lookup(struct mm_struct *mm,
						unsigned long addr)
{
	struct vm_area_struct *vma = find_vma(mm, addr);

	return vma && vma->vm_start <= addr ? vma : NULL;
}
#endif

#if !DBGMEM_HAVE_VMA_ITERATOR
struct vma_iterator {
	struct mm_struct	*mm;
	unsigned long		addr;
	struct vm_area_struct	*vma;
};

#define VMA_ITERATOR(name, __mm, __addr)				\
	struct vma_iterator name = {					\
		.mm = __mm,						\
		.addr = __addr,						\
	}

/* Not to be called again after NULL. */
static inline struct vm_area_struct *vma_next(struct vma_iterator *vmi)
{
	vmi->vma = vmi->vma ? vmi->vma->vm_next :
			      find_vma(vmi->mm, vmi->addr);
	return vmi->vma;
}
#endif

#if !DBGMEM_HAVE_VMA_IS_INITIAL
/* The heap and the stack, as fs/proc/task_mmu.c had them. */
static inline bool vma_is_initial_heap(const struct vm_area_struct *vma)
{
	return vma->vm_start <= vma->vm_mm->brk &&
	       vma->vm_end >= vma->vm_mm->start_brk;
}

static inline bool vma_is_initial_stack(const struct vm_area_struct *vma)
{
	return vma->vm_start <= vma->vm_mm->start_stack &&
	       vma->vm_end >= vma->vm_mm->start_stack;
}
#endif

/* The name from prctl(PR_SET_VMA_ANON_NAME), or NULL. Under the mmap_lock. */
static inline const char *dbgmem_vma_anon_name(const struct vm_area_struct *vma)
{
#ifdef CONFIG_ANON_VMA_NAME
	if (!vma->vm_file && vma->anon_name)
		return vma->anon_name->name;
#endif
	return NULL;
}

#if !DBGMEM_HAVE_FILE_USER_PATH
static inline const struct path *file_user_path(const struct file *file)
{
	return &file->f_path;
}
#endif

/* The file that user space mapped, or NULL. */
static inline const struct path *dbgmem_vma_path(const struct vm_area_struct *vma)
{
	return vma->vm_file ? file_user_path(vma->vm_file) : NULL;
}

static inline const struct inode *dbgmem_vma_inode(const struct vm_area_struct *vma)
{
#if DBGMEM_HAVE_FILE_USER_PATH
	return d_inode(file_user_path(vma->vm_file)->dentry);
#else
	return file_inode(vma->vm_file);
#endif
}

/* Offsets of the file are addresses: those above 2^63 are valid. */
#if DBGMEM_HAVE_FOP_UNSIGNED_OFFSET
#define DBGMEM_FOPS_UNSIGNED_OFFSETS	.fop_flags = FOP_UNSIGNED_OFFSET,
static inline void dbgmem_unsigned_offsets(struct file *file) { }
#else
#define DBGMEM_FOPS_UNSIGNED_OFFSETS
static inline void dbgmem_unsigned_offsets(struct file *file)
{
	file->f_mode |= FMODE_UNSIGNED_OFFSET;
}
#endif

#if !DBGMEM_HAVE_POLL_DOES_NOT_WAIT
static inline bool poll_does_not_wait(const poll_table *p)
{
	return !p || !p->_qproc;
}
#endif

/* Some machines have none to make, and before 6.3 no macro either. */
#ifndef barrier_nospec
#define barrier_nospec()	do { } while (0)
#endif

/*
 * A variable that is filled whole before it is read, and large enough for the
 * zeroing of CONFIG_INIT_STACK_ALL_ZERO to be felt.
 */
#if __has_attribute(__uninitialized__)
#define dbgmem_uninitialized	__attribute__((__uninitialized__))
#else
#define dbgmem_uninitialized
#endif

#endif /* KMOD_COMPAT_COMPAT_H */
