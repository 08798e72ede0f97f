// SPDX-License-Identifier: GPL-2.0
/*
 * A session, from open to close, and beyond as long as breakpoints are taken out.
 */
#include <linux/pid.h>
#include <linux/sched/mm.h>
#include <linux/sched/task.h>
#include <linux/slab.h>

#include "session.h"

/**
 * dbgmem_session_new - a session without a target
 *
 * Return: it, to be given to dbgmem_session_put(), or NULL.
 */
struct dbgmem_session *dbgmem_session_new(void)
{
	struct dbgmem_session *s = kzalloc(sizeof(*s), GFP_KERNEL_ACCOUNT);

	if (!s)
		return NULL;
	mutex_init(&s->lock);
	init_rwsem(&s->shadow_lock);
	refcount_set(&s->refs, 1);
	return s;
}

static void session_detach(struct dbgmem_session *s)
{
	if (!s->mm)
		return;
	put_task_struct(s->task);
	put_pid(s->pid);
	mmdrop(s->mm);
}

/**
 * dbgmem_session_put - let go of a session; the last one to do so frees it
 * @s: the session
 */
void dbgmem_session_put(struct dbgmem_session *s)
{
	if (!refcount_dec_and_test(&s->refs))
		return;
	session_detach(s);
	kfree(s->bp_pages);
	kfree(s);
}
