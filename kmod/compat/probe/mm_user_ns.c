// SPDX-License-Identifier: GPL-2.0
/* 7.2 keeps the namespace that a program was started in with its tasks. */
#include <linux/mm_types.h>
#include <linux/sched.h>

#ifndef DBGMEM_PROBE_ABSENT
struct user_namespace *probe(struct mm_struct *mm);
struct user_namespace *probe(struct mm_struct *mm)
{
	return mm->user_ns;
}
#else
#include <linux/sched/exec_state.h>

struct user_namespace *probe(struct task_struct *task);
struct user_namespace *probe(struct task_struct *task)
{
	return rcu_dereference(task->exec_state)->user_ns;
}
#endif
