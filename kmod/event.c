// SPDX-License-Identifier: GPL-2.0
/*
 * poll: EPOLLHUP once the target has exited or exec'ed.
 *
 * Two wait queues tell of it. An mmu notifier's release callback runs when the
 * address space ends, which both exit and execve bring about; the thread
 * group's own queue (the one behind pidfd polling) covers a target whose
 * address space lives on in another process. What neither tells is an execve
 * by a child of vfork(2) before its parent's memory goes: a poll that already
 * sleeps does not notice, the next call on the session does.
 *
 * Memory is always ready, so EPOLLIN and EPOLLOUT are set as the access allows.
 */
#include <linux/mm.h>
#include <linux/poll.h>
#include <linux/sched/mm.h>

#include "compat.h"
#include "dbgmem.h"

static void target_released(struct mmu_notifier *n, struct mm_struct *mm)
{
	struct dbgmem_session *s =
		container_of(n, struct dbgmem_session, notifier);

	wake_up_poll(&s->wait, EPOLLHUP);
}

static const struct mmu_notifier_ops event_ops = {
	.release = target_released,
};

/*
 * Registering locks every mapping of the target once, so it waits for the first
 * poller that really sleeps.
 */
static int watch(struct dbgmem_session *s)
{
	int ret = 0;

	mutex_lock(&s->lock);
	if (s->watching || !mmget_not_zero(s->mm))
		goto out;
	ret = mmap_write_lock_killable(s->mm);
	if (!ret) {
		s->notifier.ops = &event_ops;
		ret = __mmu_notifier_register(&s->notifier, s->mm);
		mmap_write_unlock(s->mm);
		s->watching = !ret;
	}
	mmput(s->mm);
out:
	mutex_unlock(&s->lock);
	return ret;
}

/**
 * dbgmem_poll - poll, select and epoll on a session
 * @file: the session's file
 * @wait: where to register
 */
__poll_t dbgmem_poll(struct file *file, poll_table *wait)
{
	struct dbgmem_session *s = dbgmem_session(file);
	__poll_t mask = 0;

	if (!dbgmem_target_attached(s))
		return EPOLLERR;

	if (!poll_does_not_wait(wait)) {
		if (watch(s))
			return EPOLLERR;
		poll_wait(file, &s->wait, wait);
		poll_wait(file, &s->pid->wait_pidfd, wait);
	}

	if (s->access & DBGMEM_ACCESS_READ)
		mask |= EPOLLIN | EPOLLRDNORM;
	if (s->access & DBGMEM_ACCESS_WRITE)
		mask |= EPOLLOUT | EPOLLWRNORM;
	if (dbgmem_target_state(s) != DBGMEM_STATE_ATTACHED)
		mask |= EPOLLHUP;
	return mask;
}

/**
 * dbgmem_event_release - stop watching the target
 * @s: a session that nobody uses any more
 */
void dbgmem_event_release(struct dbgmem_session *s)
{
	if (s->watching)
		mmu_notifier_unregister(&s->notifier, s->mm);
}
