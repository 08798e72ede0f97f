/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Faults for kernels that have no fault injection: the compiler puts this
 * before every source of the module's test build, so that what the module asks
 * of the kernel can be refused once. See inject.c for how that is armed.
 *
 * What may be refused is included before it is redefined, and is not where it
 * is called by the kernel itself.
 */
#ifndef SELFTESTS_INJECT_H
#define SELFTESTS_INJECT_H

/* as the module's sources define it */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/completion.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/hmm.h>
#include <linux/kthread.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/mmu_notifier.h>
#include <linux/pagemap.h>
#include <linux/rwsem.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/uio.h>
#include <linux/workqueue.h>

#include "compat/probes.h"

/* Kinds of faults, bits of the parameter fail_kinds. */
#define INJECT_MEMORY	1	/* no memory, of the kernel's or the target's */
#define INJECT_COPY	2	/* the caller's memory is not there */
#define INJECT_KILLED	4	/* the caller is being killed */

bool inject_fail(unsigned int kind);

/* On some machines a macro: another of its name would hide it. */
static inline unsigned long inject_clear_user(void __user *to, unsigned long n)
{
	return clear_user(to, n);
}
#undef clear_user

#define INJECT(kind, instead, call) \
	(unlikely(inject_fail(INJECT_##kind)) ? (instead) : (call))

/* --- memory --- */

/* Macros on newer kernels, which a macro of the same name would hide. */
static inline void *inject_kmalloc(size_t size, gfp_t gfp)
{
	return kmalloc(size, gfp);
}

static inline void *inject_kvmalloc(size_t size, gfp_t gfp)
{
	return kvmalloc(size, gfp);
}

static inline void *inject_kmalloc_array(size_t n, size_t size, gfp_t gfp)
{
	return kmalloc_array(n, size, gfp);
}

static inline void *inject_kvmalloc_array(size_t n, size_t size, gfp_t gfp)
{
	return kvmalloc_array(n, size, gfp);
}

static inline unsigned long inject_get_free_pages(gfp_t gfp, unsigned int order)
{
	return __get_free_pages(gfp, order);
}

static inline struct kmem_cache *
inject_cache(const char *name, unsigned int size, unsigned int align,
	     slab_flags_t flags, void (*ctor)(void *object))
{
	return kmem_cache_create(name, size, align, flags, ctor);
}

static inline void *inject_cache_zalloc(struct kmem_cache *cache, gfp_t gfp)
{
	return kmem_cache_zalloc(cache, gfp);
}

static inline struct workqueue_struct *
inject_workqueue(const char *name, unsigned int flags, int max)
{
	return alloc_workqueue("%s", flags, max, name);
}

#undef kmalloc
#define kmalloc(...) \
	INJECT(MEMORY, NULL, inject_kmalloc(__VA_ARGS__))
#undef kzalloc
#define kzalloc(size, gfp) \
	INJECT(MEMORY, NULL, inject_kmalloc(size, (gfp) | __GFP_ZERO))
#undef kvmalloc
#define kvmalloc(...) \
	INJECT(MEMORY, NULL, inject_kvmalloc(__VA_ARGS__))
#undef kmalloc_array
#define kmalloc_array(...) \
	INJECT(MEMORY, NULL, inject_kmalloc_array(__VA_ARGS__))
#undef kcalloc
#define kcalloc(n, size, gfp) \
	INJECT(MEMORY, NULL, inject_kmalloc_array(n, size, (gfp) | __GFP_ZERO))
#undef kvmalloc_array
#define kvmalloc_array(...) \
	INJECT(MEMORY, NULL, inject_kvmalloc_array(__VA_ARGS__))
#undef __get_free_pages
#define __get_free_pages(...) \
	INJECT(MEMORY, 0, inject_get_free_pages(__VA_ARGS__))
#undef alloc_workqueue
#define alloc_workqueue(...) \
	INJECT(MEMORY, NULL, inject_workqueue(__VA_ARGS__))
#undef kvcalloc
#define kvcalloc(n, size, gfp) \
	INJECT(MEMORY, NULL, inject_kvmalloc_array(n, size, (gfp) | __GFP_ZERO))
#undef kmem_cache_create
#define kmem_cache_create(...) \
	INJECT(MEMORY, NULL, inject_cache(__VA_ARGS__))
#undef kmem_cache_zalloc
#define kmem_cache_zalloc(...) \
	INJECT(MEMORY, NULL, inject_cache_zalloc(__VA_ARGS__))
#define get_user_pages_remote(...) \
	INJECT(MEMORY, -ENOMEM, get_user_pages_remote(__VA_ARGS__))
#define pin_user_pages_remote(...) \
	INJECT(MEMORY, -ENOMEM, pin_user_pages_remote(__VA_ARGS__))
#define get_user_pages_fast(...) \
	INJECT(MEMORY, -ENOMEM, get_user_pages_fast(__VA_ARGS__))
#define pin_user_pages_fast(...) \
	INJECT(MEMORY, -ENOMEM, pin_user_pages_fast(__VA_ARGS__))
#define handle_mm_fault(...) \
	INJECT(MEMORY, VM_FAULT_OOM, handle_mm_fault(__VA_ARGS__))
#undef kthread_create
#define kthread_create(fn, data, ...) \
	INJECT(MEMORY, ERR_PTR(-ENOMEM), \
	       kthread_create_on_node(fn, data, NUMA_NO_NODE, __VA_ARGS__))
#define access_process_vm(...) \
	INJECT(MEMORY, 0, access_process_vm(__VA_ARGS__))
#define __mmu_notifier_register(...) \
	INJECT(MEMORY, -ENOMEM, __mmu_notifier_register(__VA_ARGS__))
#define hmm_range_fault(...) \
	INJECT(MEMORY, -EBUSY, hmm_range_fault(__VA_ARGS__))
#define misc_register(...) \
	INJECT(MEMORY, -ENOMEM, misc_register(__VA_ARGS__))
#define vm_mmap(...) \
	INJECT(MEMORY, -ENOMEM, vm_mmap(__VA_ARGS__))
#define filp_open(...) \
	INJECT(MEMORY, ERR_PTR(-ENOMEM), filp_open(__VA_ARGS__))

/* --- the caller's memory --- */

#define copy_from_user(to, from, n) \
	INJECT(COPY, n, copy_from_user(to, from, n))
#define __copy_from_user(to, from, n) \
	INJECT(COPY, n, __copy_from_user(to, from, n))
#define copy_to_user(to, from, n) \
	INJECT(COPY, n, copy_to_user(to, from, n))
#define clear_user(to, n) \
	INJECT(COPY, n, inject_clear_user(to, n))
#define copy_struct_from_user(...) \
	INJECT(COPY, -EFAULT, copy_struct_from_user(__VA_ARGS__))
#if DBGMEM_HAVE_FAULT_IN_READABLE
#define fault_in_readable(uaddr, size) \
	INJECT(COPY, size, fault_in_readable(uaddr, size))
#else
#define fault_in_pages_readable(...) \
	INJECT(COPY, -EFAULT, fault_in_pages_readable(__VA_ARGS__))
#endif
#define copy_to_iter(...) \
	INJECT(COPY, 0, copy_to_iter(__VA_ARGS__))
#define copy_from_iter(...) \
	INJECT(COPY, 0, copy_from_iter(__VA_ARGS__))
#define iov_iter_zero(...) \
	INJECT(COPY, 0, iov_iter_zero(__VA_ARGS__))

/* These are macros of the machine's: by the copies above. */
#undef get_user
#define get_user(x, ptr) ({						\
	__typeof__(x) __value = 0;					\
	int __ret = copy_from_user(&__value, ptr, sizeof(*(ptr))) ?	\
		    -EFAULT : 0;					\
									\
	BUILD_BUG_ON(sizeof(x) != sizeof(*(ptr)));			\
	(x) = __value;							\
	__ret;								\
})
#undef put_user
#define put_user(x, ptr) ({						\
	__typeof__(x) __value = (x);					\
									\
	BUILD_BUG_ON(sizeof(x) != sizeof(*(ptr)));			\
	copy_to_user(ptr, &__value, sizeof(__value)) ? -EFAULT : 0;	\
})

/* --- a signal --- */

#define mmap_read_lock_killable(...) \
	INJECT(KILLED, -EINTR, mmap_read_lock_killable(__VA_ARGS__))
#define mmap_write_lock_killable(...) \
	INJECT(KILLED, -EINTR, mmap_write_lock_killable(__VA_ARGS__))
#define down_read_killable(...) \
	INJECT(KILLED, -EINTR, down_read_killable(__VA_ARGS__))
#define down_write_killable(...) \
	INJECT(KILLED, -EINTR, down_write_killable(__VA_ARGS__))
#define lock_page_killable(...) \
	INJECT(KILLED, -EINTR, lock_page_killable(__VA_ARGS__))
#define wait_for_completion_killable(...) \
	INJECT(KILLED, -ERESTARTSYS, wait_for_completion_killable(__VA_ARGS__))
#define fatal_signal_pending(...) \
	INJECT(KILLED, true, fatal_signal_pending(__VA_ARGS__))

#endif /* SELFTESTS_INJECT_H */
