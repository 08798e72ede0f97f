// SPDX-License-Identifier: GPL-2.0
/*
 * poll: EPOLLHUP once the target has exited or exec'ed.
 *
 * Two wait queues are woken for it. An mmu notifier's release callback runs when
 * the address space ends, at exit and at execve; the thread group's own queue (the
 * one behind pidfd polling) covers a target whose address space lives on in
 * another process. Neither is woken by the execve of a child of vfork(2) that
 * comes before its parent's memory ends: a poll that already sleeps does not
 * notice, the next call on the session does.
 *
 * The notifier is registered by a worker. poll itself cannot: epoll holds a
 * mutex of its own while it calls, the kernel refuses a caller that has a signal
 * to handle, and a target may keep its mmap_lock for as long as it likes. The
 * worker only tries for that lock, and tries again later. Until the notifier is
 * registered, the worker checks whether the target has ended.
 *
 * Memory is always ready, so EPOLLIN and EPOLLOUT are set as the access allows.
 */
#include <linux/mm.h>
#include <linux/poll.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>

#include "compat/compat.h"
#include "target.h"
#include "watch.h"

/* Milliseconds between two tries: twice as many each time. */
#define FIRST_DELAY	1
#define LONGEST_DELAY	100

/**
 * struct dbgmem_poll - what waits for the end of a session's target
 * @notifier: tells of the end of the target's memory
 * @wait: woken at the end of the target
 * @work: registers @notifier
 * @session: the session, which waits for @work before it goes
 * @watching: @notifier is registered; set once, by @work
 * @delay: before the next try, in milliseconds; of @work
 *
 * The callback may still run when the session is gone: this is freed when the
 * kernel has let go of @notifier.
 */
struct dbgmem_poll {
	struct mmu_notifier	notifier;
	wait_queue_head_t	wait;
	struct delayed_work	work;
	struct dbgmem_session	*session;
	bool			watching;
	unsigned int		delay;
};

static struct workqueue_struct *poll_queue;

static void poll_mm_released(struct mmu_notifier *n, struct mm_struct *mm)
{
	struct dbgmem_poll *p =
		container_of(n, struct dbgmem_poll, notifier);

	wake_up_poll(&p->wait, EPOLLHUP);
}

static void poll_notifier_freed(struct mmu_notifier *n)
{
	kfree(container_of(n, struct dbgmem_poll, notifier));
	dbgmem_watch_freed();
}

static const struct mmu_notifier_ops poll_ops = {
	.release	= poll_mm_released,
	.free_notifier	= poll_notifier_freed,
};

/* Has the kernel promised to tell of the end, or is there no need to any more? */
static bool poll_try(struct dbgmem_poll *p)
{
	struct dbgmem_session *s = p->session;
	int ret;

	if (!mmget_not_zero(s->mm))
		return true;
	ret = dbgmem_watch_try(&p->notifier, s->mm);
	/* close() waits for this worker: do not tear the memory down here. */
	mmput_async(s->mm);
	if (!ret)
		/* Pairs with poll_watching(). */
		smp_store_release(&p->watching, true);
	return !ret;
}

static bool poll_watching(struct dbgmem_poll *p)
{
	/* Pairs with poll_try(): what is known of the notifier is set. */
	return smp_load_acquire(&p->watching);
}

/* The target may have ended before the notifier was registered. */
static void poll_work(struct work_struct *work)
{
	struct dbgmem_poll *p = container_of(to_delayed_work(work),
					      struct dbgmem_poll, work);
	bool done = poll_watching(p) || poll_try(p);

	if (dbgmem_target_state(p->session) != DBGMEM_STATE_ATTACHED) {
		wake_up_poll(&p->wait, EPOLLHUP);
	} else if (!done) {
		queue_delayed_work(poll_queue, &p->work,
				   msecs_to_jiffies(p->delay));
		p->delay = min_t(unsigned int, 2 * p->delay, LONGEST_DELAY);
	}
}

/**
 * dbgmem_poll - poll, select and epoll on a session
 * @file: the session's file
 * @wait: where to register
 */
__poll_t dbgmem_poll(struct file *file, poll_table *wait)
{
	struct dbgmem_session *s = dbgmem_session(file);
	struct dbgmem_poll *p = s->poll;
	__poll_t mask = 0;

	if (!dbgmem_target_attached(s))
		return EPOLLERR;

	if (!poll_does_not_wait(wait)) {
		poll_wait(file, &p->wait, wait);
		poll_wait(file, &s->pid->wait_pidfd, wait);
	}

	if (s->access & DBGMEM_ACCESS_READ)
		mask |= EPOLLIN | EPOLLRDNORM;
	if (s->access & DBGMEM_ACCESS_WRITE)
		mask |= EPOLLOUT | EPOLLWRNORM;
	if (dbgmem_target_state(s) != DBGMEM_STATE_ATTACHED)
		mask |= EPOLLHUP;
	else if (!poll_does_not_wait(wait) && !poll_watching(p))
		queue_delayed_work(poll_queue, &p->work, 0);
	return mask;
}

/**
 * dbgmem_poll_open - be ready for poll
 * @s: a new session
 *
 * Return: 0 or -ENOMEM.
 */
int dbgmem_poll_open(struct dbgmem_session *s)
{
	struct dbgmem_poll *p;

	p = kzalloc(sizeof(*p), GFP_KERNEL_ACCOUNT);
	if (!p)
		return -ENOMEM;
	p->notifier.ops = &poll_ops;
	init_waitqueue_head(&p->wait);
	INIT_DELAYED_WORK(&p->work, poll_work);
	p->session = s;
	p->delay = FIRST_DELAY;
	s->poll = p;
	return 0;
}

/**
 * dbgmem_poll_release - stop watching the target
 * @s: a session that nobody uses any more
 */
void dbgmem_poll_release(struct dbgmem_session *s)
{
	struct dbgmem_poll *p = s->poll;

	/* Waits for one try at most. */
	cancel_delayed_work_sync(&p->work);
	s->poll = NULL;
	if (!poll_watching(p)) {
		kfree(p);
		return;
	}
	dbgmem_watch_put(&p->notifier);
}

/**
 * dbgmem_poll_init - make the workqueue
 *
 * Return: 0 or -ENOMEM.
 */
int __init dbgmem_poll_init(void)
{
	poll_queue = alloc_workqueue("dbgmem_poll", WQ_UNBOUND, 0);
	return poll_queue ? 0 : -ENOMEM;
}

/**
 * dbgmem_poll_exit - free the workqueue
 */
void dbgmem_poll_exit(void)
{
	destroy_workqueue(poll_queue);
}
