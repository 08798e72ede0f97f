// SPDX-License-Identifier: GPL-2.0
/*
 * Registering MMU notifiers with a target.
 *
 * A writer that waits for the target's mmap_lock would block the target's own
 * page faults, so the lock is only tried for. The kernel refuses while any signal
 * is pending, because it takes the locks of all mappings (mm/mmap.c,
 * mm_take_all_locks()): the signal has to be handled first.
 */
#include <linux/atomic.h>
#include <linux/errno.h>
#include <linux/mm.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/wait.h>

#include "compat/compat.h"
#include "watch.h"

/* Notifiers that were put and are not freed yet. */
static atomic_t unfreed = ATOMIC_INIT(0);
static DECLARE_WAIT_QUEUE_HEAD(all_freed);

/**
 * dbgmem_watch_try - register a notifier, if the target's mmap_lock is free
 * @n: the notifier, with its operations
 * @mm: the target's memory, held by mmget()
 *
 * Unregister it with dbgmem_watch_put().
 *
 * Return: 0, -EAGAIN: the lock is taken, -EINTR: a signal is pending, -ENOMEM.
 */
int dbgmem_watch_try(struct mmu_notifier *n, struct mm_struct *mm)
{
	int ret;

	if (!dbgmem_mmap_write_trylock(mm))
		return -EAGAIN;
	ret = __mmu_notifier_register(n, mm);
	mmap_write_unlock(mm);
	return ret;
}

/**
 * dbgmem_watch_register - register a notifier, for an ioctl
 * @n: the notifier, with its operations
 * @mm: the target's memory, held by mmget()
 *
 * Return: 0, -EINTR: the caller is being killed, -ERESTARTNOINTR: the caller has
 * a signal to handle and the ioctl is to start anew, -ENOMEM.
 */
int dbgmem_watch_register(struct mmu_notifier *n, struct mm_struct *mm)
{
	int ret;

	while ((ret = dbgmem_watch_try(n, mm)) == -EAGAIN) {
		schedule_timeout_killable(1);
		if (fatal_signal_pending(current))
			return -EINTR;
	}
	if (ret == -EINTR && !fatal_signal_pending(current))
		ret = -ERESTARTNOINTR;
	return ret;
}

/**
 * dbgmem_watch_put - unregister a notifier
 * @n: the notifier; its free_notifier() frees it when its last callback has
 *	returned, and ends with dbgmem_watch_freed()
 *
 * Does not wait: mmu_notifier_unregister() would, for the callbacks of everybody's
 * notifiers.
 */
void dbgmem_watch_put(struct mmu_notifier *n)
{
	atomic_inc(&unfreed);
	mmu_notifier_put(n);
}

/**
 * dbgmem_watch_freed - the last thing that a free_notifier() does
 */
void dbgmem_watch_freed(void)
{
	if (atomic_dec_and_test(&unfreed))
		wake_up(&all_freed);
}

/**
 * dbgmem_watch_exit - wait for all notifiers to be freed, at unload
 *
 * mmu_notifier_synchronize() sees the end of the other callbacks; what it says of
 * those of free_notifier is only true of those on its own CPU.
 */
void dbgmem_watch_exit(void)
{
	mmu_notifier_synchronize();
	wait_event(all_freed, !atomic_read(&unfreed));
	/* The last one is on its way out, with bottom halves off. */
	synchronize_rcu();
}
