/* SPDX-License-Identifier: GPL-2.0 */
/* The target of a session. */
#ifndef KMOD_TARGET_TARGET_H
#define KMOD_TARGET_TARGET_H

#include <linux/mm_types.h>
#include <linux/poll.h>
#include <linux/sched.h>
#include <linux/sched/mm.h>

#include "session.h"

struct dbgmem_ucmd;

/* mem_fd.c */
int dbgmem_mem_fd_init(void);
u32 dbgmem_mem_fd_force(void);
int dbgmem_mem_fd_mm(struct file *mem_fd, struct mm_struct **mm);

/* target.c */
struct task_struct *dbgmem_target_find(pid_t nr, struct mm_struct *mm);
u32 dbgmem_target_state(struct dbgmem_session *s);
int dbgmem_target_errno(struct dbgmem_session *s);
u32 dbgmem_target_ended(struct dbgmem_session *s);
int dbgmem_target_gone(struct dbgmem_session *s, bool held);
struct task_struct *dbgmem_target_task(struct dbgmem_session *s);
bool dbgmem_target_traced_by_current(struct dbgmem_session *s);
bool dbgmem_target_capable(struct dbgmem_session *s, int cap);

/* poll.c */
int dbgmem_poll_init(void);
void dbgmem_poll_exit(void);
int dbgmem_poll_open(struct dbgmem_session *s);
__poll_t dbgmem_poll(struct file *file, poll_table *wait);
void dbgmem_poll_release(struct dbgmem_session *s);

/* region.c */
int dbgmem_ioc_region_list(struct dbgmem_ucmd *ucmd);

/* tables.c */
bool dbgmem_tables_find(struct vm_area_struct *vma, unsigned long *start,
			unsigned long *end, unsigned int *looks);

/**
 * dbgmem_target_attached - has ATTACH succeeded on this session?
 * @s: the session
 *
 * After true, all that ATTACH set may be read without a lock.
 */
static inline bool dbgmem_target_attached(struct dbgmem_session *s)
{
	/* Pairs with the release in attach_bind(). */
	return smp_load_acquire(&s->mm);
}

/* The quick answer; if false, look for another thread. */
static inline bool dbgmem_task_has_mm(const struct dbgmem_session *s)
{
	return READ_ONCE(s->task->mm) == s->mm;
}

/**
 * dbgmem_target_get - begin an operation on the target's memory
 * @s: an attached session
 *
 * Return: 0 with the memory held until dbgmem_target_put(), -ESRCH or -ESTALE.
 */
static inline int dbgmem_target_get(struct dbgmem_session *s)
{
	bool held = mmget_not_zero(s->mm);

	return likely(held && dbgmem_task_has_mm(s)) ?
	       0 : dbgmem_target_gone(s, held);
}

/**
 * dbgmem_target_put - end an operation on the target's memory
 * @s: the session
 */
static inline void dbgmem_target_put(struct dbgmem_session *s)
{
	mmput(s->mm);
}

/**
 * dbgmem_target_begin - the same, for a session that must have some access
 * @s: a session
 * @access: DBGMEM_ACCESS_* bits, all of them needed
 *
 * Return: as dbgmem_target_get(), -ENOTCONN or -EACCES.
 */
static inline int dbgmem_target_begin(struct dbgmem_session *s, u32 access)
{
	if (unlikely(!dbgmem_target_attached(s)))
		return -ENOTCONN;
	if (unlikely(access & ~s->access))
		return -EACCES;
	return dbgmem_target_get(s);
}

#endif /* KMOD_TARGET_TARGET_H */
