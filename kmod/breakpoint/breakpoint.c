// SPDX-License-Identifier: GPL-2.0
/*
 * Breakpoints: setting and clearing them, and taking them out when the session
 * ends.
 *
 * A worker takes them out when the session ends: the task that closes the file
 * may be dying, and the kernel faults no page in for a task that is being killed.
 * close() waits for the worker, usually for some microseconds, but not forever:
 * the target's memory may be behind a file system that does not answer. The worker
 * does not wait for that forever either, and reports the traps that it had to
 * leave.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cred.h>
#include <linux/delay.h>
#include <linux/hash.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "access/audit.h"
#include "access/reason.h"
#include "breakpoint.h"
#include "registry.h"
#include "request.h"
#include "shadow.h"
#include "trace.h"
#include "trap.h"
#include "unmap.h"

#define ACCESS_RW	(DBGMEM_ACCESS_READ | DBGMEM_ACCESS_WRITE)

/* How often the target may map something else before the trap is in. */
#define PLANT_TRIES	64

/* How long BP_CLEAR waits for pages that do not come; it can be killed. */
#define CLEAR_IN_VAIN	HZ

/*
 * The worker: how long it takes for all at most, and how long it waits for pages
 * that do not come; and how long close() waits for it, where it is called, and
 * where it is part of being killed.
 */
#define UNDO_WHOLE	(20 * HZ)
#define UNDO_IN_VAIN	(HZ / 4)
#define UNDO_WAIT	(5 * HZ)
#define UNDO_WAIT_DYING	(HZ / 2)
/* Out of memory: after how long it is tried again. */
#define UNDO_PAUSE_MS	20

/* Dying processes, by hash, and until when each may wait: for all its sessions. */
#define UNDO_DYING_BITS	4

struct undo_dying {
	const struct pid	*pid;	/* only compared */
	u64			start;	/* as pids are used again */
	unsigned long		end;
};

static struct undo_dying undo_dying[1 << UNDO_DYING_BITS];
static DEFINE_SPINLOCK(undo_dying_lock);

static struct workqueue_struct *undo_queue;

/* The module is being unloaded. */
static bool undo_hurry;

/* --- a session's tree --- */

static int bp_tree_add(struct dbgmem_session *s, struct dbgmem_breakpoint *bp)
{
	struct rb_node **link = &s->breakpoints.rb_node, *parent = NULL;

	lockdep_assert_held_write(&s->shadow_lock);
	if (dbgmem_tree_first(s, bp->addr, bp->len))
		return -EEXIST;
	if (s->nr_breakpoints == DBGMEM_MAX_BREAKPOINTS)
		return -ENOSPC;
	if (dbgmem_shadow_count(s, bp, 1))
		return -ENOMEM;
	while (*link) {
		parent = *link;
		link = bp->addr < rb_entry(parent, struct dbgmem_breakpoint,
					   node)->addr ?
		       &parent->rb_left : &parent->rb_right;
	}
	spin_lock(&s->unmap->lock);
	rb_link_node(&bp->node, parent, link);
	rb_insert_color(&bp->node, &s->breakpoints);
	spin_unlock(&s->unmap->lock);
	WRITE_ONCE(s->nr_breakpoints, s->nr_breakpoints + 1);
	return 0;
}

static void bp_tree_remove(struct dbgmem_session *s,
			   struct dbgmem_breakpoint *bp)
{
	dbgmem_shadow_count(s, bp, -1);
	spin_lock(&s->unmap->lock);
	rb_erase(&bp->node, &s->breakpoints);
	spin_unlock(&s->unmap->lock);
	WRITE_ONCE(s->nr_breakpoints, s->nr_breakpoints - 1);
}

static struct dbgmem_breakpoint *bp_tree_first(struct dbgmem_session *s)
{
	return rb_entry_safe(rb_first(&s->breakpoints),
			     struct dbgmem_breakpoint, node);
}

static void bp_free(struct dbgmem_breakpoint *bp)
{
	put_pid(bp->owner);
	put_cred(bp->cred);
	kfree(bp);
}

/* --- setting --- */

/* Is the trap where the breakpoint is said to be? Then it can be listed. */
static bool bp_planted(struct dbgmem_breakpoint *bp)
{
	dbgmem_registry_lock();
	bp->planted = !READ_ONCE(bp->gone);
	dbgmem_registry_unlock();
	return bp->planted;
}

static int bp_explain(struct dbgmem_access *a, int err)
{
	unsigned long end;
	int ret;

	ret = dbgmem_reason_explain(a, err, &end);
	if (ret == -EFAULT && a->reason == DBGMEM_REASON_PROTECTION &&
	    !(a->flags & DBGMEM_FORCE))
		return -EPERM;
	return ret;
}

/* -EAGAIN: what it was planted in is not mapped any more. */
static int bp_try_plant(struct dbgmem_access *a, struct dbgmem_breakpoint *bp)
{
	struct page *pages[DBGMEM_TRAP_PAGES];
	bool written = false;
	int ret;

	/* Pages that are held from now on belong to what is mapped now. */
	dbgmem_unmap_reset(a->session, bp);
	ret = dbgmem_trap_hold(a, bp, pages);
	if (ret)
		return bp_explain(a, ret);
	ret = dbgmem_trap_may_plant(a, bp, pages);
	if (ret == -EPERM) {
		a->reason = DBGMEM_REASON_SHARED_FILE;
		ret = -EFAULT;
	}
	if (!ret) {
		dbgmem_shadow_begin(a->session);
		dbgmem_trap_plant(bp, pages);
		written = true;
		if (!bp_planted(bp)) {
			dbgmem_trap_take_back(bp, pages);
			ret = -EAGAIN;
		}
	}
	dbgmem_trap_drop(a, bp, pages, written);
	return ret;
}

/*
 * It could not be held, and yet the mapping allows it: the target may have changed
 * its protection in between.
 */
static bool bp_may_have_changed(const struct dbgmem_access *a, int ret)
{
	return ret == -EFAULT && a->reason == DBGMEM_REASON_BACKING;
}

static int bp_plant(struct dbgmem_access *a, struct dbgmem_breakpoint *bp)
{
	unsigned int tries;
	int ret;

	for (tries = 1; ; tries++) {
		a->reason = DBGMEM_REASON_NONE;
		ret = bp_try_plant(a, bp);
		if ((ret != -EAGAIN && !bp_may_have_changed(a, ret)) ||
		    tries == PLANT_TRIES || fatal_signal_pending(current))
			break;
		/*
		 * The mmap_lock goes from one to the next in turn: a target that
		 * changes its mapping back and forth would be met in the same
		 * state each time.
		 */
		if (tries > PLANT_TRIES / 2)
			schedule_timeout_killable(1);
		else
			cond_resched();
	}
	if (ret != -EAGAIN)
		return ret;
	a->reason = DBGMEM_REASON_UNMAPPED;
	a->addr = bp->addr;
	return -EFAULT;
}

/*
 * FORCE is asked for only where memory cannot be written without: the question
 * goes to the security modules as well, and a refusal into their logs.
 */
static int bp_plant_by_force(struct dbgmem_access *a,
			     struct dbgmem_breakpoint *bp)
{
	int ret;

	ret = dbgmem_force_check(a->session);
	if (ret)
		return ret;
	a->flags |= DBGMEM_FORCE;
	a->foll |= FOLL_FORCE;
	return bp_plant(a, bp);
}

static void bp_unregister(struct dbgmem_breakpoint *bp)
{
	dbgmem_registry_lock();
	dbgmem_registry_remove(bp);
	dbgmem_registry_unlock();
}

/* The place is taken before the trap goes in. */
static int bp_enter(struct dbgmem_access *a, struct dbgmem_breakpoint *bp)
{
	bool added;
	int ret;

	dbgmem_registry_lock();
	added = dbgmem_registry_add(bp);
	dbgmem_registry_unlock();
	if (!added)
		return -EBUSY;
	ret = bp_plant(a, bp);
	if (ret == -EPERM)
		ret = bp_plant_by_force(a, bp);
	if (ret)
		bp_unregister(bp);
	return ret;
}

static int bp_set_locked(struct dbgmem_access *a, struct dbgmem_breakpoint *bp)
{
	int ret;

	ret = dbgmem_unmap_watch(a->session);
	if (ret)
		return ret;
	ret = bp_tree_add(a->session, bp);
	if (ret)
		return ret;
	ret = bp_enter(a, bp);
	if (ret)
		bp_tree_remove(a->session, bp);
	return ret;
}

/* Once the shadow_lock is let go, another thread may clear and free @bp. */
static int bp_set(struct dbgmem_access *a, struct dbgmem_breakpoint *bp,
		  struct dbgmem_bp_set_args *b)
{
	struct dbgmem_session *s = a->session;
	int ret;

	ret = down_write_killable(&s->shadow_lock);
	if (!ret) {
		ret = bp_set_locked(a, bp);
		if (!ret)
			memcpy(b->original, bp->original, b->len);
		up_write(&s->shadow_lock);
	}
	if (ret)
		bp_free(bp);
	return ret;
}

static int bp_check_set(const struct dbgmem_bp_set_args *b)
{
	u64 end;

	if (b->flags || b->reserved || b->reserved2)
		return -EOPNOTSUPP;
	if (!b->len || b->len > DBGMEM_BP_MAX_LEN)
		return -EINVAL;
	return check_add_overflow(b->addr, (u64)b->len, &end) ? -EOVERFLOW : 0;
}

static struct dbgmem_breakpoint *bp_new(struct dbgmem_session *s,
					const struct dbgmem_bp_set_args *b)
{
	struct dbgmem_breakpoint *bp;

	bp = kzalloc(sizeof(*bp), GFP_KERNEL_ACCOUNT);
	if (!bp)
		return NULL;
	bp->session = s;
	bp->mm = s->mm;
	bp->addr = b->addr;
	bp->len = b->len;
	memcpy(bp->trap, b->trap, b->len);
	bp->owner = get_task_pid(current, PIDTYPE_TGID);
	bp->cred = get_current_cred();
	return bp;
}

static int bp_begin_and_set(struct dbgmem_ucmd *ucmd)
{
	struct dbgmem_session *s = ucmd->session;
	struct dbgmem_bp_set_args *b = &ucmd->req.bp_set;
	struct dbgmem_access a = {
		.session = s,
		.foll = FOLL_WRITE | FOLL_HWPOISON,
		.write = true,
	};
	struct dbgmem_breakpoint *bp;
	int ret;

	ret = dbgmem_target_begin(s, ACCESS_RW);
	if (ret)
		return ret;
	ret = -ENOMEM;
	bp = bp_new(s, b);
	if (!bp)
		goto out;
	/* On 32-bit: the target has no such addresses. */
	if (b->addr + b->len > ULONG_MAX) {
		bp_free(bp);
		a.addr = b->addr;
		ret = bp_explain(&a, -EFAULT);
	} else {
		ret = bp_set(&a, bp, b);
	}
	b->fault_addr = a.reason ? a.addr : 0;
	b->reason = a.reason;
out:
	dbgmem_target_put(s);
	return ret;
}

/**
 * dbgmem_ioc_bp_set - DBGMEM_IOC_BP_SET
 * @ucmd: the request
 */
int dbgmem_ioc_bp_set(struct dbgmem_ucmd *ucmd)
{
	struct dbgmem_bp_set_args *b = &ucmd->req.bp_set;
	int ret;

	memset(b->original, 0, sizeof(b->original));
	b->fault_addr = 0;
	b->reason = DBGMEM_REASON_NONE;

	ret = bp_check_set(b);
	if (ret)
		return ret;
	ret = bp_begin_and_set(ucmd);
	if (!ret)
		dbgmem_audit_first(ucmd->session, DBGMEM_AUDIT_BP_SET);
	if (dbgmem_target_attached(ucmd->session))
		trace_dbgmem_breakpoint(pid_nr(ucmd->session->pid), true,
					b->addr, b->len, ret);
	return ret;
}

/* --- clearing --- */

static void bp_forget(struct dbgmem_session *s, struct dbgmem_breakpoint *bp)
{
	bp_unregister(bp);
	bp_tree_remove(s, bp);
	bp_free(bp);
}

static int bp_clear_one(struct dbgmem_access *a, struct dbgmem_breakpoint *bp,
			struct dbgmem_bp_clear_args *c, struct dbgmem_removal *r)
{
	struct dbgmem_session *s = a->session;
	unsigned long end;
	int ret;

	ret = dbgmem_trap_remove(a, bp, r);
	trace_dbgmem_breakpoint(pid_nr(s->pid), false, bp->addr, bp->len, ret);
	if (ret < 0) {
		ret = dbgmem_reason_explain(a, ret, &end);
		c->fault_addr = bp->addr;
		c->reason = a->reason;
		return ret;
	}
	if (bp->withheld) {
		c->fault_addr = bp->addr;
		c->reason = DBGMEM_REASON_PROTECTION;
	}
	if (!ret || bp->withheld) {
		WRITE_ONCE(s->lost, s->lost + 1);
		c->lost++;
	}
	c->cleared++;
	bp_forget(s, bp);
	return 0;
}

static int bp_clear_all(struct dbgmem_access *a, struct dbgmem_bp_clear_args *c,
			struct dbgmem_removal *r)
{
	struct rb_node *node, *next;
	int ret = 0, err;

	for (node = rb_first(&a->session->breakpoints); node; node = next) {
		next = rb_next(node);
		err = bp_clear_one(a, rb_entry(node, struct dbgmem_breakpoint,
					       node), c, r);
		ret = ret ?: err;
		if (fatal_signal_pending(current))
			return -EINTR;
		cond_resched();
	}
	return ret;
}

static int bp_clear(struct dbgmem_access *a, struct dbgmem_bp_clear_args *c)
{
	struct dbgmem_removal r = {
		.end = jiffies + MAX_JIFFY_OFFSET,
		.in_vain = CLEAR_IN_VAIN,
		.hurry = &undo_hurry,
	};
	struct dbgmem_session *s = a->session;
	struct dbgmem_breakpoint *bp;
	int ret = -ENOENT;

	if (down_write_killable(&s->shadow_lock))
		return -EINTR;
	if (c->flags & DBGMEM_BP_ALL) {
		ret = bp_clear_all(a, c, &r);
	} else if (c->addr <= ULONG_MAX) {
		bp = dbgmem_tree_first(s, c->addr, 1);
		if (bp && bp->addr == c->addr)
			ret = bp_clear_one(a, bp, c, &r);
	}
	up_write(&s->shadow_lock);
	return ret;
}

/**
 * dbgmem_ioc_bp_clear - DBGMEM_IOC_BP_CLEAR
 * @ucmd: the request
 */
int dbgmem_ioc_bp_clear(struct dbgmem_ucmd *ucmd)
{
	struct dbgmem_bp_clear_args *c = &ucmd->req.bp_clear;
	struct dbgmem_access a = { .session = ucmd->session };
	int ret;

	c->cleared = 0;
	c->lost = 0;
	c->fault_addr = 0;
	c->reason = DBGMEM_REASON_NONE;

	if (c->flags & ~DBGMEM_BP_ALL || c->reserved)
		return -EOPNOTSUPP;
	if (c->flags & DBGMEM_BP_ALL && c->addr)
		return -EINVAL;
	ret = dbgmem_target_begin(a.session, 0);
	if (ret)
		return ret;
	ret = bp_clear(&a, c);
	dbgmem_target_put(a.session);
	return ret;
}

/* --- the end of the session --- */

/* Whether the trap, or some of it, had to be left in memory. */
static bool bp_undo_one(struct dbgmem_session *s, struct dbgmem_breakpoint *bp,
			struct dbgmem_removal *r)
{
	struct dbgmem_access a = { .session = s };
	int ret;

	for (;;) {
		ret = dbgmem_trap_remove(&a, bp, r);
		if (ret != -ENOMEM || time_after(jiffies, r->end) ||
		    READ_ONCE(undo_hurry))
			break;
		msleep(UNDO_PAUSE_MS);
	}
	trace_dbgmem_breakpoint(pid_nr(s->pid), false, bp->addr, bp->len, ret);
	/* If its memory lives on elsewhere, the trap is in it. */
	if (!ret && READ_ONCE(bp->gone))
		trace_dbgmem_breakpoint_left(pid_nr(s->pid), bp->addr, bp->len,
					     -ESTALE);
	if (ret >= 0)
		return false;
	trace_dbgmem_breakpoint_left(pid_nr(s->pid), bp->addr, bp->len, ret);
	return true;
}

static unsigned int bp_undo_all(struct dbgmem_session *s)
{
	struct dbgmem_removal r = {
		.end = jiffies + UNDO_WHOLE,
		.in_vain = UNDO_IN_VAIN,
		.hurry = &undo_hurry,
	};
	/* The address space may live on in another process. */
	bool held = mmget_not_zero(s->mm);
	struct dbgmem_breakpoint *bp;
	unsigned int left = 0;

	while ((bp = bp_tree_first(s))) {
		left += held && bp_undo_one(s, bp, &r);
		bp_forget(s, bp);
		cond_resched();
	}
	if (held)
		mmput(s->mm);
	return left;
}

static void bp_undo(struct work_struct *work)
{
	struct dbgmem_session *s =
		container_of(work, struct dbgmem_session, undo);
	unsigned int left;

	/* Nobody else has the session. */
	down_write(&s->shadow_lock);
	left = bp_undo_all(s);
	up_write(&s->shadow_lock);
	if (left)
		pr_notice_ratelimited("%u trap(s) left in process %d\n", left,
				      pid_nr(s->pid));
	dbgmem_unmap_release(s);
	complete(&s->undone);
	dbgmem_session_put(s);
}

/* How many jiffies are left of those that a dying process may wait, in all. */
static long bp_undo_dying_left(void)
{
	struct pid *pid = task_tgid(current);
	struct undo_dying *d = &undo_dying[hash_ptr(pid, UNDO_DYING_BITS)];
	u64 start = current->group_leader->start_time;
	long left;

	spin_lock(&undo_dying_lock);
	if (d->pid != pid || d->start != start) {
		d->pid = pid;
		d->start = start;
		d->end = jiffies + UNDO_WAIT_DYING;
	}
	left = d->end - jiffies;
	spin_unlock(&undo_dying_lock);
	return left;
}

/* As a rule it is done at once. A signal shortens it: who is killed has to go. */
static void bp_wait_for_undo(struct dbgmem_session *s)
{
	long left;

	if (!(current->flags & PF_EXITING) &&
	    wait_for_completion_killable_timeout(&s->undone, UNDO_WAIT) >= 0)
		return;
	left = bp_undo_dying_left();
	if (left > 0)
		wait_for_completion_timeout(&s->undone, left);
}

/**
 * dbgmem_breakpoint_release - take out what a session has planted
 * @s: a session that nobody uses any more
 */
void dbgmem_breakpoint_release(struct dbgmem_session *s)
{
	if (!s->nr_breakpoints) {
		dbgmem_unmap_release(s);
		return;
	}
	init_completion(&s->undone);
	INIT_WORK(&s->undo, bp_undo);
	refcount_inc(&s->refs);
	queue_work(undo_queue, &s->undo);
	bp_wait_for_undo(s);
}

/**
 * dbgmem_breakpoint_init - get ready for breakpoints
 *
 * Return: 0 or -ENOMEM.
 */
int __init dbgmem_breakpoint_init(void)
{
	undo_queue = alloc_workqueue("dbgmem", WQ_UNBOUND, 0);
	return undo_queue ? 0 : -ENOMEM;
}

/**
 * dbgmem_breakpoint_exit - wait for what is still to be taken out
 */
void dbgmem_breakpoint_exit(void)
{
	WRITE_ONCE(undo_hurry, true);
	destroy_workqueue(undo_queue);
}
