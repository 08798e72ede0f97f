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

#include <linux/err.h>
#include <linux/fs.h>
#include <linux/hmm.h>
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

/* Kinds of faults, bits of the parameter fail_kinds. */
#define INJECT_MEMORY	1	/* no memory, of the kernel's or the target's */
#define INJECT_COPY	2	/* the caller's memory is not there */
#define INJECT_KILLED	4	/* the caller is being killed */

bool inject_fail(unsigned int kind);

#define INJECT(kind, instead, call) \
	(unlikely(inject_fail(INJECT_##kind)) ? (instead) : (call))

/* --- memory --- */

#define kmalloc(...) \
	INJECT(MEMORY, NULL, kmalloc(__VA_ARGS__))
#define kzalloc(...) \
	INJECT(MEMORY, NULL, kzalloc(__VA_ARGS__))
#define kcalloc(...) \
	INJECT(MEMORY, NULL, kcalloc(__VA_ARGS__))
#define kmalloc_array(...) \
	INJECT(MEMORY, NULL, kmalloc_array(__VA_ARGS__))
#define kvmalloc(...) \
	INJECT(MEMORY, NULL, kvmalloc(__VA_ARGS__))
#define kvmalloc_array(...) \
	INJECT(MEMORY, NULL, kvmalloc_array(__VA_ARGS__))
#define __get_free_pages(...) \
	INJECT(MEMORY, 0, __get_free_pages(__VA_ARGS__))
#define kvcalloc(...) \
	INJECT(MEMORY, NULL, kvcalloc(__VA_ARGS__))
#define kmem_cache_create(...) \
	INJECT(MEMORY, NULL, kmem_cache_create(__VA_ARGS__))
#define kmem_cache_zalloc(...) \
	INJECT(MEMORY, NULL, kmem_cache_zalloc(__VA_ARGS__))
#define get_user_pages_remote(...) \
	INJECT(MEMORY, -ENOMEM, get_user_pages_remote(__VA_ARGS__))
#define pin_user_pages_remote(...) \
	INJECT(MEMORY, -ENOMEM, pin_user_pages_remote(__VA_ARGS__))
#define get_user_pages_fast(...) \
	INJECT(MEMORY, -ENOMEM, get_user_pages_fast(__VA_ARGS__))
#define pin_user_pages_fast(...) \
	INJECT(MEMORY, -ENOMEM, pin_user_pages_fast(__VA_ARGS__))
#define access_process_vm(...) \
	INJECT(MEMORY, 0, access_process_vm(__VA_ARGS__))
#define __mmu_notifier_register(...) \
	INJECT(MEMORY, -ENOMEM, __mmu_notifier_register(__VA_ARGS__))
#define mmu_interval_notifier_insert_locked(...) \
	INJECT(MEMORY, -ENOMEM, mmu_interval_notifier_insert_locked(__VA_ARGS__))
#define hmm_range_fault(...) \
	INJECT(MEMORY, -EBUSY, hmm_range_fault(__VA_ARGS__))
#define alloc_workqueue(...) \
	INJECT(MEMORY, NULL, alloc_workqueue(__VA_ARGS__))
#define misc_register(...) \
	INJECT(MEMORY, -ENOMEM, misc_register(__VA_ARGS__))
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
	INJECT(COPY, n, clear_user(to, n))
#define copy_struct_from_user(...) \
	INJECT(COPY, -EFAULT, copy_struct_from_user(__VA_ARGS__))
#define fault_in_readable(uaddr, size) \
	INJECT(COPY, size, fault_in_readable(uaddr, size))
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
#define fatal_signal_pending(...) \
	INJECT(KILLED, true, fatal_signal_pending(__VA_ARGS__))

#endif /* SELFTESTS_INJECT_H */
