// SPDX-License-Identifier: GPL-2.0
/*
 * The target of a session: finding it, and noticing its end.
 *
 * A session holds the struct mm_struct (not its memory), which is what the
 * mem_fd stood for, and the struct pid of the thread group, which unlike a
 * number is never reused. The target is there as long as some thread of that
 * group has that mm: the first thread may exit while others live on, and an
 * execve by another thread changes which task leads. The task that is held
 * beside them only makes the usual answer a quick one.
 */
#include <linux/mm.h>
#include <linux/ptrace.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>

#include "compat/compat.h"
#include "target.h"

/*
 * A thread of @leader's group that has @mm, or NULL. *@other tells whether one
 * with another mm was met instead. Only pointers are compared, and @mm cannot be
 * reused as the caller holds it, so task->mm needs no lock.
 */
static struct task_struct *target_find_thread(struct task_struct *leader,
					      struct mm_struct *mm,
					      bool *other)
{
	struct task_struct *t;

	RCU_LOCKDEP_WARN(!rcu_read_lock_held(), "thread list needs RCU");

	for_each_thread(leader, t) {
		struct mm_struct *its = READ_ONCE(t->mm);

		if (its == mm)
			return t;
		if (its)
			*other = true;
	}
	return NULL;
}

/**
 * dbgmem_target_state - what has become of the target
 * @s: the session, attached or not
 *
 * An end once noticed stays: a target that exec'ed and then exited goes on
 * being reported as exec'ed.
 *
 * Return: DBGMEM_STATE_*.
 */
u32 dbgmem_target_state(struct dbgmem_session *s)
{
	struct task_struct *leader;
	bool other = false;
	u32 ended;

	if (!dbgmem_target_attached(s))
		return DBGMEM_STATE_UNBOUND;
	if (likely(dbgmem_task_has_mm(s)))
		return DBGMEM_STATE_ATTACHED;
	ended = READ_ONCE(s->ended);
	if (ended)
		return ended;

	rcu_read_lock();
	leader = pid_task(s->pid, PIDTYPE_TGID);
	if (leader && target_find_thread(leader, s->mm, &other)) {
		rcu_read_unlock();
		return DBGMEM_STATE_ATTACHED;
	}
	rcu_read_unlock();

	/* The first to notice decides: another may be past a later exit. */
	ended = other ? DBGMEM_STATE_EXECED : DBGMEM_STATE_EXITED;
	return cmpxchg(&s->ended, 0, ended) ?: ended;
}

/**
 * dbgmem_target_task - a live thread of the target
 * @s: an attached session
 *
 * Return: a task whose mm was the session's a moment ago, to be released with
 * put_task_struct(); NULL if there is none.
 */
struct task_struct *dbgmem_target_task(struct dbgmem_session *s)
{
	struct task_struct *leader, *t = NULL;
	bool other;

	rcu_read_lock();
	leader = pid_task(s->pid, PIDTYPE_TGID);
	if (leader)
		t = target_find_thread(leader, s->mm, &other);
	if (t)
		get_task_struct(t);
	rcu_read_unlock();
	return t;
}

/**
 * dbgmem_target_errno - what to tell of a target's end
 * @s: an attached session
 *
 * Return: 0 if the target is there, -ESRCH or -ESTALE.
 */
int dbgmem_target_errno(struct dbgmem_session *s)
{
	switch (dbgmem_target_state(s)) {
	case DBGMEM_STATE_ATTACHED:
		return 0;
	case DBGMEM_STATE_EXECED:
		return -ESTALE;
	default:
		return -ESRCH;
	}
}

/**
 * dbgmem_target_ended - is there still somebody to go on for, and from?
 * @s: an attached session, between two batches
 *
 * Return: why not, or DBGMEM_REASON_NONE.
 */
u32 dbgmem_target_ended(struct dbgmem_session *s)
{
	if (fatal_signal_pending(current))
		return DBGMEM_REASON_INTERRUPTED;
	cond_resched();
	switch (dbgmem_target_state(s)) {
	case DBGMEM_STATE_EXITED:
		return DBGMEM_REASON_EXITED;
	case DBGMEM_STATE_EXECED:
		return DBGMEM_REASON_EXECED;
	default:
		return DBGMEM_REASON_NONE;
	}
}

/**
 * dbgmem_target_gone - the long answer of dbgmem_target_get()
 * @s: an attached session whose task has another mm now, or none
 * @held: its memory is held by mmget()
 *
 * Return: 0 if the target is there after all, with its memory held; else -ESRCH
 * or -ESTALE, and it is not.
 */
int dbgmem_target_gone(struct dbgmem_session *s, bool held)
{
	int ret = dbgmem_target_errno(s);

	if (!held)
		return ret ?: -ESRCH;
	if (ret)
		mmput(s->mm);
	return ret;
}

/**
 * dbgmem_target_traced_by_current - is the caller the target's tracer?
 * @s: an attached session
 */
bool dbgmem_target_traced_by_current(struct dbgmem_session *s)
{
	struct task_struct *leader, *t;
	bool traced = false;

	rcu_read_lock();
	leader = pid_task(s->pid, PIDTYPE_TGID);
	if (leader) {
		for_each_thread(leader, t) {
			traced = READ_ONCE(t->mm) == s->mm &&
				 ptrace_parent(t) == current;
			if (traced)
				break;
		}
	}
	rcu_read_unlock();
	return traced;
}

/**
 * dbgmem_target_capable - has the caller a capability over the target?
 * @s: an attached session
 * @cap: CAP_*
 *
 * Return: whether it has it in the user namespace that the target's program was
 * started in.
 */
bool dbgmem_target_capable(struct dbgmem_session *s, int cap)
{
	struct task_struct *task;
	bool ret;

	task = dbgmem_target_task(s);
	if (!task)
		return false;
	rcu_read_lock();
	ret = dbgmem_capable_over(task, s->mm, cap);
	rcu_read_unlock();
	put_task_struct(task);
	return ret;
}

/* Why no thread of @task's group has @mm. */
static int target_mismatch(struct task_struct *task, struct mm_struct *mm,
			   bool other)
{
	if (!mm)
		other = READ_ONCE(task->mm);
	if (!other)
		return -ESRCH;
	return mm && !atomic_read(&mm->mm_users) ? -ESTALE : -EXDEV;
}

/* A thread of @task's group that has @mm, to be put; as a rule @task itself. */
static struct task_struct *target_match_mm(struct task_struct *task,
					   struct mm_struct *mm)
{
	struct task_struct *t = NULL;
	bool other = false;

	if (task->flags & PF_KTHREAD)
		return ERR_PTR(-ENXIO);

	/* Under its lock it is certain. */
	task_lock(task);
	if (mm && task->mm == mm)
		t = get_task_struct(task);
	task_unlock(task);
	if (t)
		return t;

	rcu_read_lock();
	if (mm)
		t = target_find_thread(task, mm, &other);
	if (t)
		get_task_struct(t);
	else
		t = ERR_PTR(target_mismatch(task, mm, other));
	rcu_read_unlock();
	return t;
}

/**
 * dbgmem_target_find - a thread of the group that a number names
 * @nr: the number, in the caller's pid namespace
 * @mm: the address space that the thread must have, or NULL: it had none
 *
 * Return: it, to be released with put_task_struct(); or an error pointer:
 * -ESRCH, -ENXIO, -ESTALE, -EXDEV.
 */
struct task_struct *dbgmem_target_find(pid_t nr, struct mm_struct *mm)
{
	struct task_struct *task, *t;
	struct pid *pid;

	pid = find_get_pid(nr);
	task = get_pid_task(pid, PIDTYPE_PID);
	put_pid(pid);
	if (!task)
		return ERR_PTR(-ESRCH);

	t = target_match_mm(task, mm);
	put_task_struct(task);
	return t;
}
