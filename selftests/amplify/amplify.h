/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A race amplifier: the compiler puts this before every source of a test build
 * of the module, which then waits at random after each unlock and wake-up, and
 * before and after each put and free. A window between two threads that is open
 * for some nanoseconds is open for up to 100 us. See amplify.c for how that is
 * adjusted.
 *
 * A freed object is poisoned first: whoever still has a pointer to it reads
 * 0x6b also on a kernel without slub_debug.
 *
 * What is redefined is included before, and is not where the kernel itself calls
 * it. Some of it is a macro on some kernels, and a macro of the same name would
 * hide that: hence the functions.
 */
#ifndef SELFTESTS_AMPLIFY_H
#define SELFTESTS_AMPLIFY_H

/* as the module's sources define it */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/completion.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/hmm.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/mmu_notifier.h>
#include <linux/mutex.h>
#include <linux/pagemap.h>
#include <linux/pid.h>
#include <linux/poll.h>
#include <linux/proc_fs.h>
#include <linux/rcupdate.h>
#include <linux/rwsem.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/srcu.h>
#include <linux/uaccess.h>
#include <linux/uio.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#define AMPLIFY_POISON	0x6b	/* as slab's */

struct dbgmem_ucmd;

void amplify(void);
int planted_ioc_bp_set(struct dbgmem_ucmd *ucmd);

/* After what gives something away. */
#define AMPLIFY_AFTER(name, type, arg)					\
static inline void amplify_##name(type arg)				\
{									\
	name(arg);							\
	amplify();							\
}

/* Before too: after the last use. */
#define AMPLIFY_AROUND(name, type, arg)					\
static inline void amplify_##name(type arg)				\
{									\
	amplify();							\
	name(arg);							\
	amplify();							\
}

/* --- unlocks --- */

AMPLIFY_AFTER(mutex_unlock, struct mutex *, lock)
AMPLIFY_AFTER(up_read, struct rw_semaphore *, lock)
AMPLIFY_AFTER(up_write, struct rw_semaphore *, lock)
AMPLIFY_AFTER(downgrade_write, struct rw_semaphore *, lock)
AMPLIFY_AFTER(mmap_read_unlock, struct mm_struct *, mm)
AMPLIFY_AFTER(mmap_write_unlock, struct mm_struct *, mm)
AMPLIFY_AFTER(spin_unlock, spinlock_t *, lock)
AMPLIFY_AFTER(spin_unlock_irq, spinlock_t *, lock)
AMPLIFY_AFTER(spin_unlock_bh, spinlock_t *, lock)
AMPLIFY_AFTER(read_unlock, rwlock_t *, lock)
AMPLIFY_AFTER(write_unlock, rwlock_t *, lock)
AMPLIFY_AFTER(task_unlock, struct task_struct *, task)
AMPLIFY_AFTER(unlock_page, struct page *, page)

static inline void amplify_rcu_read_unlock(void)
{
	rcu_read_unlock();
	amplify();
}

static inline void amplify_srcu_read_unlock(struct srcu_struct *srcu, int idx)
{
	srcu_read_unlock(srcu, idx);
	amplify();
}

static inline void amplify_spin_unlock_irqrestore(spinlock_t *lock,
						  unsigned long flags)
{
	spin_unlock_irqrestore(lock, flags);
	amplify();
}

#undef mutex_unlock
#define mutex_unlock(lock)		amplify_mutex_unlock(lock)
#undef up_read
#define up_read(lock)			amplify_up_read(lock)
#undef up_write
#define up_write(lock)			amplify_up_write(lock)
#undef downgrade_write
#define downgrade_write(lock)		amplify_downgrade_write(lock)
#undef mmap_read_unlock
#define mmap_read_unlock(mm)		amplify_mmap_read_unlock(mm)
#undef mmap_write_unlock
#define mmap_write_unlock(mm)		amplify_mmap_write_unlock(mm)
#undef spin_unlock
#define spin_unlock(lock)		amplify_spin_unlock(lock)
#undef spin_unlock_irq
#define spin_unlock_irq(lock)		amplify_spin_unlock_irq(lock)
#undef spin_unlock_bh
#define spin_unlock_bh(lock)		amplify_spin_unlock_bh(lock)
#undef spin_unlock_irqrestore
#define spin_unlock_irqrestore(lock, flags) \
	amplify_spin_unlock_irqrestore(lock, flags)
#undef read_unlock
#define read_unlock(lock)		amplify_read_unlock(lock)
#undef write_unlock
#define write_unlock(lock)		amplify_write_unlock(lock)
#undef task_unlock
#define task_unlock(task)		amplify_task_unlock(task)
#undef unlock_page
#define unlock_page(page)		amplify_unlock_page(page)
#undef rcu_read_unlock
#define rcu_read_unlock()		amplify_rcu_read_unlock()
#undef srcu_read_unlock
#define srcu_read_unlock(srcu, idx)	amplify_srcu_read_unlock(srcu, idx)

/* Newer kernels have folios; the name is a macro from here on in any case. */
#define folio_unlock(folio) do {					\
	folio_unlock(folio);						\
	amplify();							\
} while (0)

/* --- puts --- */

AMPLIFY_AROUND(put_page, struct page *, page)
AMPLIFY_AROUND(unpin_user_page, struct page *, page)
AMPLIFY_AROUND(put_pid, struct pid *, pid)
AMPLIFY_AROUND(put_task_struct, struct task_struct *, task)
AMPLIFY_AROUND(mmput, struct mm_struct *, mm)
AMPLIFY_AROUND(mmput_async, struct mm_struct *, mm)
AMPLIFY_AROUND(mmdrop, struct mm_struct *, mm)
AMPLIFY_AROUND(fput, struct file *, file)
AMPLIFY_AROUND(mmu_notifier_put, struct mmu_notifier *, notifier)

#undef put_page
#define put_page(page)			amplify_put_page(page)
#undef unpin_user_page
#define unpin_user_page(page)		amplify_unpin_user_page(page)
#undef put_pid
#define put_pid(pid)			amplify_put_pid(pid)
#undef put_task_struct
#define put_task_struct(task)		amplify_put_task_struct(task)
#undef mmput
#define mmput(mm)			amplify_mmput(mm)
#undef mmput_async
#define mmput_async(mm)			amplify_mmput_async(mm)
#undef mmdrop
#define mmdrop(mm)			amplify_mmdrop(mm)
#undef fput
#define fput(file)			amplify_fput(file)
#undef mmu_notifier_put
#define mmu_notifier_put(notifier)	amplify_mmu_notifier_put(notifier)

/* --- frees --- */

static inline void amplify_poison(const void *object, size_t size)
{
	amplify();
	if (!ZERO_OR_NULL_PTR(object))
		memset((void *)object, AMPLIFY_POISON, size);
}

static inline void amplify_kfree(const void *object, size_t size)
{
	amplify_poison(object, size);
	kfree(object);
	amplify();
}

static inline void amplify_kvfree(const void *object, size_t size)
{
	amplify_poison(object, size);
	kvfree(object);
	amplify();
}

static inline void amplify_kmem_cache_free(struct kmem_cache *cache,
					   void *object, size_t size)
{
	amplify_poison(object, size);
	kmem_cache_free(cache, object);
	amplify();
}

/* Of an array the first element is poisoned. */
#undef kfree
#define kfree(object)	amplify_kfree(object, sizeof(*(object)))
#undef kvfree
#define kvfree(object)	amplify_kvfree(object, sizeof(*(object)))
#undef kmem_cache_free
#define kmem_cache_free(cache, object) \
	amplify_kmem_cache_free(cache, object, sizeof(*(object)))

/* --- wake-ups --- */

AMPLIFY_AFTER(complete, struct completion *, done)
AMPLIFY_AFTER(complete_all, struct completion *, done)

static inline bool amplify_queue_work(struct workqueue_struct *queue,
				      struct work_struct *work)
{
	bool ret = queue_work(queue, work);

	amplify();
	return ret;
}

static inline bool amplify_queue_delayed_work(struct workqueue_struct *queue,
					      struct delayed_work *work,
					      unsigned long delay)
{
	bool ret = queue_delayed_work(queue, work, delay);

	amplify();
	return ret;
}

static inline bool amplify_schedule_work(struct work_struct *work)
{
	bool ret = schedule_work(work);

	amplify();
	return ret;
}

static inline void amplify_wake_up_poll(wait_queue_head_t *wait, __poll_t mask)
{
	wake_up_poll(wait, mask);
	amplify();
}

static inline void amplify_wake_up_all(wait_queue_head_t *wait)
{
	wake_up_all(wait);
	amplify();
}

static inline void amplify_wake_up(wait_queue_head_t *wait)
{
	wake_up(wait);
	amplify();
}

#undef complete
#define complete(done)			amplify_complete(done)
#undef complete_all
#define complete_all(done)		amplify_complete_all(done)
#undef queue_work
#define queue_work(queue, work)		amplify_queue_work(queue, work)
#undef queue_delayed_work
#define queue_delayed_work(queue, work, delay) \
	amplify_queue_delayed_work(queue, work, delay)
#undef schedule_work
#define schedule_work(work)		amplify_schedule_work(work)
#undef wake_up_poll
#define wake_up_poll(wait, mask)	amplify_wake_up_poll(wait, mask)
#undef wake_up_all
#define wake_up_all(wait)		amplify_wake_up_all(wait)
#undef wake_up
#define wake_up(wait)			amplify_wake_up(wait)

#endif /* SELFTESTS_AMPLIFY_H */
