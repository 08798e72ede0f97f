// SPDX-License-Identifier: GPL-2.0
/*
 * Faulting pages in by a kernel thread.
 *
 * Some file systems wait for a page in a way that nothing can end: FUSE does once
 * its server has the request (fs/fuse/dev.c, request_wait_answer()). A program
 * that touches such memory of its own has to live with that, but an agent must
 * not. So a thread touches the memory, while the agent waits and can be killed. A
 * thread whose agent was killed stays until the page comes, and holds the target's
 * memory and the module: hence the limits for each target and user.
 *
 * The thread does not make a second attempt within one fault, as
 * get_user_pages() does: that would wait with the mmap_lock held. Only a write to
 * a shared mapping does (->page_mkwrite), as the target's own would.
 */
#include <linux/completion.h>
#include <linux/cred.h>
#include <linux/kthread.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/refcount.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include "fetch.h"
#include "target/vma.h"

/*
 * Threads at a time: for one target, so that nobody's target can use up what there
 * is for others, and for one user other than root.
 */
#define MAX_OF_TARGET		64
#define MAX_OF_USER		256

/* How often a page may be gone again when it has come. */
#define MAX_TRIES		1000

/**
 * struct fetch - a request to a thread
 * @refs: who asked, and the thread
 * @mm: whose pages; held by mmget() for the thread
 * @addr: an address in the first page
 * @nr: how many
 * @foll: FOLL_* flags
 * @ret: answer
 * @done: the answer is there
 * @all: in the list of all; under fetch_lock
 * @left: who asked has been killed, or did not want to wait any longer; under
 *	fetch_lock
 * @cred: who asked: a file system looks at it
 */
struct fetch {
	refcount_t		refs;
	struct mm_struct	*mm;
	unsigned long		addr;
	unsigned long		nr;
	unsigned int		foll;
	int			ret;
	struct completion	done;
	struct list_head	all;
	bool			left;
	const struct cred	*cred;
};

static LIST_HEAD(fetch_all);
static DEFINE_SPINLOCK(fetch_lock);
static DECLARE_WAIT_QUEUE_HEAD(fetch_ended);

static void fetch_put(struct fetch *f)
{
	if (!refcount_dec_and_test(&f->refs))
		return;
	put_cred(f->cred);
	kfree(f);
}

/* One more of the list, if there may be. */
static bool fetch_enter(struct fetch *f)
{
	bool root = uid_eq(f->cred->uid, GLOBAL_ROOT_UID);
	unsigned int user = 0, target = 0;
	struct fetch *other;
	bool ret;

	spin_lock(&fetch_lock);
	list_for_each_entry(other, &fetch_all, all) {
		target += other->mm == f->mm;
		user += uid_eq(other->cred->uid, f->cred->uid);
	}
	ret = target < MAX_OF_TARGET && (root || user < MAX_OF_USER);
	if (ret)
		list_add(&f->all, &fetch_all);
	spin_unlock(&fetch_lock);
	return ret;
}

static void fetch_exit(struct fetch *f)
{
	spin_lock(&fetch_lock);
	list_del(&f->all);
	spin_unlock(&fetch_lock);
	wake_up(&fetch_ended);
}

static bool fetch_is_left(struct fetch *f)
{
	bool ret;

	spin_lock(&fetch_lock);
	ret = f->left;
	spin_unlock(&fetch_lock);
	return ret;
}

/* One fault. -EAGAIN: something was waited for, without the lock. */
static int fetch_try(struct fetch *f, unsigned long addr)
{
	unsigned int flags = FAULT_FLAG_REMOTE | FAULT_FLAG_ALLOW_RETRY |
			     FAULT_FLAG_KILLABLE;
	struct vm_area_struct *vma;
	vm_fault_t fault;

	if (f->foll & FOLL_WRITE)
		flags |= FAULT_FLAG_WRITE;
	if (mmap_read_lock_killable(f->mm))
		return -EINTR;
	vma = vma_lookup(f->mm, addr);
	if (!vma || dbgmem_vma_special(vma) ||
	    !dbgmem_vma_permitted(vma, f->foll)) {
		mmap_read_unlock(f->mm);
		return -EFAULT;
	}
	fault = handle_mm_fault(vma, addr, flags, NULL);
	if (dbgmem_fault_completed(fault))
		return 0;
	if (fault & VM_FAULT_RETRY)
		return -EAGAIN;
	mmap_read_unlock(f->mm);
	return fault & VM_FAULT_ERROR ? vm_fault_to_errno(fault, f->foll) : 0;
}

static int fetch_page(struct fetch *f, unsigned long addr)
{
	unsigned int tries = MAX_TRIES;
	int ret;

	do {
		ret = fetch_try(f, addr);
		if (fatal_signal_pending(current))
			return -EINTR;
		cond_resched();
	} while (ret == -EAGAIN && --tries);
	return ret == -EAGAIN ? -EFAULT : ret;
}

/* Up to the first page that is not to be had. */
static int fetch_pages(struct fetch *f)
{
	unsigned long addr = f->addr, i;
	int ret = 0;

	for (i = 0; i < f->nr && !ret; i++) {
		ret = fetch_page(f, addr);
		if (ret && !i)
			return ret;
		addr = (addr & PAGE_MASK) + PAGE_SIZE;
		if (!addr)
			break;
	}
	return 0;
}

static int fetch_thread(void *data)
{
	struct fetch *f = data;
	const struct cred *old;

	allow_kernel_signal(SIGKILL);
	f->ret = -EINTR;
	/* A signal from before that was ignored. */
	if (!fetch_is_left(f)) {
		/* Charge pages that are read in to the target's cgroup. */
		kthread_use_mm(f->mm);
		old = override_creds(f->cred);
		f->ret = fetch_pages(f);
		revert_creds(old);
		kthread_unuse_mm(f->mm);
	}
	mmput(f->mm);
	fetch_exit(f);
	complete(&f->done);
	fetch_put(f);
	dbgmem_thread_exit();
}

static struct fetch *fetch_alloc(struct mm_struct *mm, unsigned long addr,
				 unsigned long nr, unsigned int foll,
				 const struct cred *cred)
{
	struct fetch *f = kzalloc(sizeof(*f), GFP_KERNEL_ACCOUNT);

	if (!f)
		return NULL;
	refcount_set(&f->refs, 2);
	f->mm = mm;
	f->addr = addr;
	f->nr = nr;
	f->foll = foll;
	f->cred = get_cred(cred);
	init_completion(&f->done);
	return f;
}

/* The thread goes on alone, and ends as soon as it can. */
static void fetch_leave(struct fetch *f, struct task_struct *task)
{
	spin_lock(&fetch_lock);
	f->left = true;
	spin_unlock(&fetch_lock);
	send_sig(SIGKILL, task, 1);
}

static int fetch_start(struct fetch *f, struct task_struct **task)
{
	/* Fails while the module is being unloaded. */
	if (!try_module_get(THIS_MODULE))
		return -EINTR;
	*task = kthread_create(fetch_thread, f, "dbgmem_fetch");
	if (IS_ERR(*task)) {
		module_put(THIS_MODULE);
		return PTR_ERR(*task) == -EINTR ? -EINTR : -ENOMEM;
	}
	get_task_struct(*task);
	mmget(f->mm);
	wake_up_process(*task);
	return 0;
}

/* Until others have ended, if need be. Jiffies that are left, or as @timeout. */
static long fetch_wait_to_enter(struct fetch *f, long timeout)
{
	return wait_event_killable_timeout(fetch_ended, fetch_enter(f),
					   timeout);
}

/**
 * dbgmem_fetch_timeout - dbgmem_fetch() that does not wait for ever
 * @mm: the memory, held by mmget()
 * @addr: an address in the first page
 * @nr: how many pages
 * @foll: FOLL_* flags, as there
 * @cred: who it is for
 * @timeout: jiffies
 *
 * Return: as dbgmem_fetch(), or -ETIMEDOUT.
 */
int dbgmem_fetch_timeout(struct mm_struct *mm, unsigned long addr,
			 unsigned long nr, unsigned int foll,
			 const struct cred *cred, long timeout)
{
	struct task_struct *task;
	struct fetch *f;
	long left;
	int ret;

	if (dbgmem_tagged(addr))
		return -EFAULT;
	f = fetch_alloc(mm, addr, nr, foll, cred);
	if (!f)
		return -ENOMEM;
	left = fetch_wait_to_enter(f, timeout);
	if (left <= 0) {
		ret = left ? -EINTR : -ETIMEDOUT;
		goto err;
	}
	ret = fetch_start(f, &task);
	if (ret) {
		fetch_exit(f);
		goto err;
	}
	left = wait_for_completion_killable_timeout(&f->done, left);
	if (left > 0) {
		ret = f->ret;
	} else {
		fetch_leave(f, task);
		ret = left ? -EINTR : -ETIMEDOUT;
	}
	put_task_struct(task);
	fetch_put(f);
	return ret;

err:
	put_cred(f->cred);
	kfree(f);
	return ret;
}

/**
 * dbgmem_fetch - have pages faulted in; none of them is held
 * @mm: the memory, held by mmget()
 * @addr: an address in the first page
 * @nr: how many pages
 * @foll: FOLL_WRITE, FOLL_FORCE, FOLL_HWPOISON; others have no effect
 *
 * May wait for anything, but not longer than until the caller is killed. No lock
 * is to be held.
 *
 * Return: 0: the first page was there a moment ago, and the others up to one that
 * is not to be had; -EINTR: the caller is being killed, or the module unloaded;
 * -EFAULT, -EHWPOISON, -ENOMEM.
 */
int dbgmem_fetch(struct mm_struct *mm, unsigned long addr, unsigned long nr,
		 unsigned int foll)
{
	return dbgmem_fetch_timeout(mm, addr, nr, foll, current_cred(),
				    MAX_SCHEDULE_TIMEOUT);
}
