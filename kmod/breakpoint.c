// SPDX-License-Identifier: GPL-2.0
/*
 * Breakpoints: setting, clearing and listing them, and taking them out when the
 * session ends.
 *
 * The last is done by a worker: whoever closes the file may be dying, and the
 * kernel faults no page in for one who is being killed. close() waits for it, as
 * a rule a few microseconds, but not for ever: the target's memory may be behind
 * a file system that does not answer.
 */
#include <linux/delay.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "audit.h"
#include "hold.h"
#include "registry.h"
#include "trace.h"
#include "trap.h"

#define ACCESS_RW	(DBGMEM_ACCESS_READ | DBGMEM_ACCESS_WRITE)

/* How long close() waits for the breakpoints to be taken out. */
#define UNDO_WAIT	(5 * HZ)
/* Out of memory: how often that is tried again, and after how long. */
#define UNDO_TRIES	50
#define UNDO_PAUSE_MS	20

/* Entries of BP_LIST that are gathered at a time. */
#define LIST_BATCH	64UL

static struct workqueue_struct *undo_queue;

/* --- a session's tree --- */

static int tree_add(struct dbgmem_session *s, struct dbgmem_breakpoint *bp)
{
	struct rb_node **link = &s->breakpoints.rb_node, *parent = NULL;

	lockdep_assert_held_write(&s->overlay);
	if (dbgmem_overlay_first(s, bp->addr, bp->len))
		return -EEXIST;
	if (s->nr_breakpoints == DBGMEM_MAX_BREAKPOINTS)
		return -ENOSPC;
	if (dbgmem_overlay_count(s, bp, 1))
		return -ENOMEM;
	while (*link) {
		parent = *link;
		link = bp->addr < rb_entry(parent, struct dbgmem_breakpoint,
					   node)->addr ?
		       &parent->rb_left : &parent->rb_right;
	}
	rb_link_node(&bp->node, parent, link);
	rb_insert_color(&bp->node, &s->breakpoints);
	WRITE_ONCE(s->nr_breakpoints, s->nr_breakpoints + 1);
	return 0;
}

static void tree_remove(struct dbgmem_session *s, struct dbgmem_breakpoint *bp)
{
	dbgmem_overlay_count(s, bp, -1);
	rb_erase(&bp->node, &s->breakpoints);
	WRITE_ONCE(s->nr_breakpoints, s->nr_breakpoints - 1);
}

static struct dbgmem_breakpoint *tree_first(struct dbgmem_session *s)
{
	return rb_entry_safe(rb_first(&s->breakpoints),
			     struct dbgmem_breakpoint, node);
}

static void free_breakpoint(struct dbgmem_breakpoint *bp)
{
	put_pid(bp->owner);
	kfree(bp);
}

/* --- setting --- */

/* The trap goes in, with its pages held; its shadow is complete thereafter. */
static int enter(struct dbgmem_session *s, struct dbgmem_breakpoint *bp,
		 struct page **pages)
{
	int ret;

	dbgmem_registry_lock();
	ret = dbgmem_registry_add(bp) ? 0 : -EBUSY;
	if (!ret) {
		dbgmem_overlay_begin(s);
		dbgmem_trap_plant(bp, pages);
	}
	dbgmem_registry_unlock();
	return ret;
}

static int explain(struct dbgmem_xfer *x, int err)
{
	unsigned long end;
	int ret;

	ret = dbgmem_fault_explain(x, err, &end);
	x->fault_addr = x->addr;
	if (ret == -EFAULT && x->reason == DBGMEM_REASON_PROTECTION &&
	    !(x->flags & DBGMEM_FORCE))
		return -EPERM;
	return ret;
}

static int plant(struct dbgmem_xfer *x, struct dbgmem_breakpoint *bp)
{
	struct page *pages[DBGMEM_TRAP_PAGES];
	int ret;

	ret = dbgmem_trap_hold(x, bp, pages);
	if (ret)
		return explain(x, ret);
	ret = dbgmem_trap_may_plant(bp, pages);
	if (!ret) {
		ret = enter(x->session, bp, pages);
	} else if (ret == -EPERM) {
		x->reason = DBGMEM_REASON_SHARED_FILE;
		x->fault_addr = bp->addr;
		ret = -EFAULT;
	}
	dbgmem_trap_drop(x, bp, pages, !ret);
	return ret;
}

static int set(struct dbgmem_xfer *x, struct dbgmem_breakpoint *bp)
{
	struct dbgmem_session *s = x->session;
	int ret;

	if (down_write_killable(&s->overlay))
		return -EINTR;
	ret = tree_add(s, bp);
	if (!ret) {
		ret = plant(x, bp);
		if (ret)
			tree_remove(s, bp);
	}
	up_write(&s->overlay);
	return ret;
}

static int check_set(const struct dbgmem_bp_set *b)
{
	u64 end;

	if (b->flags || b->reserved || b->reserved2)
		return -EOPNOTSUPP;
	if (!b->len || b->len > DBGMEM_BP_MAX_LEN)
		return -EINVAL;
	return check_add_overflow(b->addr, (u64)b->len, &end) ? -EOVERFLOW : 0;
}

static struct dbgmem_breakpoint *new_breakpoint(struct dbgmem_session *s,
						const struct dbgmem_bp_set *b)
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
	return bp;
}

static int begin_and_set(struct dbgmem_ucmd *ucmd)
{
	struct dbgmem_session *s = ucmd->session;
	struct dbgmem_bp_set *b = &ucmd->req.bp_set;
	struct dbgmem_xfer x = {
		.session = s,
		.foll = FOLL_WRITE | FOLL_HWPOISON,
		.write = true,
	};
	struct dbgmem_breakpoint *bp;
	int force, ret;

	ret = dbgmem_target_begin(s, ACCESS_RW);
	if (ret)
		return ret;
	/* Without it, where the target itself may write. */
	force = dbgmem_force_check(s);
	ret = force;
	if (ret && ret != -EPERM)
		goto out;
	ret = -ENOMEM;
	bp = new_breakpoint(s, b);
	if (!bp)
		goto out;
	/* On 32-bit: the target has no such addresses. */
	if (b->addr + b->len > ULONG_MAX) {
		x.addr = b->addr;
		ret = explain(&x, -EFAULT);
	} else {
		if (!force) {
			x.flags = DBGMEM_FORCE;
			x.foll |= FOLL_FORCE;
		}
		ret = set(&x, bp);
	}
	if (!ret)
		memcpy(b->original, bp->shadow, bp->len);
	else
		free_breakpoint(bp);
	b->fault_addr = x.fault_addr;
	b->reason = x.reason;
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
	struct dbgmem_bp_set *b = &ucmd->req.bp_set;
	int ret;

	memset(b->original, 0, sizeof(b->original));
	b->fault_addr = 0;
	b->reason = DBGMEM_REASON_NONE;

	ret = check_set(b);
	if (ret)
		return ret;
	ret = begin_and_set(ucmd);
	if (!ret)
		dbgmem_audit_first(ucmd->session, DBGMEM_AUDIT_BP_SET);
	if (dbgmem_target_attached(ucmd->session))
		trace_dbgmem_breakpoint(pid_nr(ucmd->session->pid), true,
					b->addr, b->len, ret);
	return ret;
}

/* --- clearing --- */

static void forget(struct dbgmem_session *s, struct dbgmem_breakpoint *bp)
{
	dbgmem_registry_lock();
	dbgmem_registry_remove(bp);
	dbgmem_registry_unlock();
	tree_remove(s, bp);
	free_breakpoint(bp);
}

static int clear_one(struct dbgmem_xfer *x, struct dbgmem_breakpoint *bp,
		     struct dbgmem_bp_clear *c)
{
	struct dbgmem_session *s = x->session;
	unsigned long end;
	int ret;

	ret = dbgmem_trap_remove(x, bp);
	trace_dbgmem_breakpoint(pid_nr(s->pid), false, bp->addr, bp->len, ret);
	if (ret < 0) {
		ret = dbgmem_fault_explain(x, ret, &end);
		c->fault_addr = bp->addr;
		c->reason = x->reason;
		return ret;
	}
	if (!ret) {
		WRITE_ONCE(s->lost, s->lost + 1);
		c->lost++;
	}
	c->cleared++;
	forget(s, bp);
	return 0;
}

static int clear_all(struct dbgmem_xfer *x, struct dbgmem_bp_clear *c)
{
	struct rb_node *node, *next;
	int ret = 0, err;

	for (node = rb_first(&x->session->breakpoints); node; node = next) {
		next = rb_next(node);
		err = clear_one(x, rb_entry(node, struct dbgmem_breakpoint,
					    node), c);
		ret = ret ?: err;
		if (fatal_signal_pending(current))
			return -EINTR;
		cond_resched();
	}
	return ret;
}

static int clear(struct dbgmem_xfer *x, struct dbgmem_bp_clear *c)
{
	struct dbgmem_session *s = x->session;
	struct dbgmem_breakpoint *bp;
	int ret = -ENOENT;

	if (down_write_killable(&s->overlay))
		return -EINTR;
	if (c->flags & DBGMEM_BP_ALL) {
		ret = clear_all(x, c);
	} else if (c->addr <= ULONG_MAX) {
		bp = dbgmem_overlay_first(s, c->addr, 1);
		if (bp && bp->addr == c->addr)
			ret = clear_one(x, bp, c);
	}
	up_write(&s->overlay);
	return ret;
}

/**
 * dbgmem_ioc_bp_clear - DBGMEM_IOC_BP_CLEAR
 * @ucmd: the request
 */
int dbgmem_ioc_bp_clear(struct dbgmem_ucmd *ucmd)
{
	struct dbgmem_bp_clear *c = &ucmd->req.bp_clear;
	struct dbgmem_xfer x = { .session = ucmd->session };
	int ret;

	c->cleared = 0;
	c->lost = 0;
	c->fault_addr = 0;
	c->reason = DBGMEM_REASON_NONE;

	if (c->flags & ~DBGMEM_BP_ALL || c->reserved)
		return -EOPNOTSUPP;
	if (c->flags & DBGMEM_BP_ALL && c->addr)
		return -EINVAL;
	ret = dbgmem_target_begin(x.session, 0);
	if (ret)
		return ret;
	ret = clear(&x, c);
	dbgmem_target_put(x.session);
	return ret;
}

/* --- listing --- */

/**
 * struct list - a BP_LIST under way
 * @s: the session
 * @all: other sessions' too
 * @from: where to go on
 * @left: entries that there is still room for
 * @total: how many were passed: skipped, gathered, or counted behind those
 * @more: there is something at @from
 *
 * It goes over the addresses once, and what comes and goes meanwhile is there or
 * not as it is passed. So @total is never less than what was gathered.
 */
struct list {
	struct dbgmem_session	*s;
	bool			all;
	unsigned long		from;
	u32			left;
	u32			total;
	bool			more;
};

/* From @bp on, the first that is to be listed. */
static struct dbgmem_breakpoint *wanted(const struct list *l,
					struct dbgmem_breakpoint *bp)
{
	while (bp && !l->all && bp->session != l->s)
		bp = dbgmem_registry_next(bp);
	return bp;
}

static struct dbgmem_breakpoint *wanted_next(const struct list *l,
					     struct dbgmem_breakpoint *bp)
{
	return wanted(l, dbgmem_registry_next(bp));
}

/* Count what is below where it begins. */
static void skip(struct list *l)
{
	struct dbgmem_breakpoint *bp;

	dbgmem_registry_lock();
	bp = wanted(l, dbgmem_registry_from(l->s->mm, 0));
	for (; bp && bp->addr < l->from; bp = wanted_next(l, bp))
		l->total++;
	dbgmem_registry_unlock();
}

/* Some entries, and where to go on; with the last of them, count the rest. */
static u32 gather(struct list *l, struct dbgmem_bp *entries)
{
	u32 nr = 0, room = min_t(u32, LIST_BATCH, l->left);
	struct dbgmem_breakpoint *bp;

	dbgmem_registry_lock();
	bp = wanted(l, dbgmem_registry_from(l->s->mm, l->from));
	for (; bp && nr < room; bp = wanted_next(l, bp)) {
		struct dbgmem_bp *e = &entries[nr++];

		*e = (struct dbgmem_bp) {
			.addr = bp->addr,
			.len = bp->len,
			.owner = pid_vnr(bp->owner),
			.own = bp->session == l->s,
		};
		memcpy(e->trap, bp->trap, bp->len);
		memcpy(e->original, bp->shadow, bp->len);
	}
	l->left -= nr;
	l->total += nr;
	l->more = bp;
	l->from = bp ? bp->addr : 0;
	for (; bp && !l->left; bp = wanted_next(l, bp))
		l->total++;
	dbgmem_registry_unlock();
	return nr;
}

static void look(struct dbgmem_session *s, struct dbgmem_bp *e)
{
	struct dbgmem_breakpoint bp = { .addr = e->addr, .len = e->len };
	struct dbgmem_xfer x = { .session = s };

	memcpy(bp.trap, e->trap, e->len);
	e->state = dbgmem_trap_state(&x, &bp);
}

static int list(struct list *l, struct dbgmem_bp_list *b,
		struct dbgmem_bp *entries)
{
	struct dbgmem_bp __user *to = u64_to_user_ptr(b->entries);
	u32 nr, i;

	skip(l);
	/* Also finds out about more when there is no room at all. */
	do {
		nr = gather(l, entries);
		for (i = 0; i < nr; i++)
			look(l->s, &entries[i]);
		if (copy_to_user(to + b->nr, entries, nr * sizeof(*entries)))
			return -EFAULT;
		b->nr += nr;
		if (fatal_signal_pending(current))
			return -EINTR;
		cond_resched();
	} while (l->more && l->left);
	b->more = l->more;
	b->next = l->from;
	b->total = l->total;
	return 0;
}

/**
 * dbgmem_ioc_bp_list - DBGMEM_IOC_BP_LIST
 * @ucmd: the request
 */
int dbgmem_ioc_bp_list(struct dbgmem_ucmd *ucmd)
{
	struct dbgmem_bp_list *b = &ucmd->req.bp_list;
	struct list l = {
		.s = ucmd->session,
		.all = b->flags & DBGMEM_BP_ALL,
		.from = b->from,
		.left = b->nr_entries,
	};
	struct dbgmem_bp *entries;
	int ret;

	b->nr = 0;
	b->more = 0;
	b->next = 0;
	b->total = 0;

	if (b->flags & ~DBGMEM_BP_ALL || b->reserved)
		return -EOPNOTSUPP;
	if (b->entry_size != sizeof(struct dbgmem_bp))
		return -EINVAL;
	ret = dbgmem_target_begin(l.s, DBGMEM_ACCESS_READ);
	if (ret)
		return ret;
	ret = -ENOMEM;
	entries = kmalloc_array(LIST_BATCH, sizeof(*entries),
				GFP_KERNEL_ACCOUNT);
	if (entries)
		ret = list(&l, b, entries);
	kfree(entries);
	dbgmem_target_put(l.s);
	return ret;
}

/* --- the end of the session --- */

static void undo_one(struct dbgmem_session *s, struct dbgmem_breakpoint *bp)
{
	struct dbgmem_xfer x = { .session = s };
	unsigned int tries = UNDO_TRIES;
	int ret;

	for (;;) {
		ret = dbgmem_trap_remove(&x, bp);
		if (ret != -ENOMEM || !--tries)
			break;
		msleep(UNDO_PAUSE_MS);
	}
	trace_dbgmem_breakpoint(pid_nr(s->pid), false, bp->addr, bp->len, ret);
}

static void undo(struct work_struct *work)
{
	struct dbgmem_session *s =
		container_of(work, struct dbgmem_session, undo);
	/* Where the address space lives on, whoever has it now. */
	bool held = mmget_not_zero(s->mm);
	struct dbgmem_breakpoint *bp;

	down_write(&s->overlay);
	while ((bp = tree_first(s))) {
		if (held)
			undo_one(s, bp);
		forget(s, bp);
		cond_resched();
	}
	up_write(&s->overlay);
	if (held)
		mmput(s->mm);
	complete(&s->undone);
	dbgmem_session_put(s);
}

/**
 * dbgmem_breakpoint_release - take out what a session has planted
 * @s: a session that nobody uses any more
 */
void dbgmem_breakpoint_release(struct dbgmem_session *s)
{
	struct rb_node *node;

	if (!s->nr_breakpoints)
		return;
	/* Another session may soon be where this one was. */
	dbgmem_registry_lock();
	for (node = rb_first(&s->breakpoints); node; node = rb_next(node))
		rb_entry(node, struct dbgmem_breakpoint, node)->session = NULL;
	dbgmem_registry_unlock();

	init_completion(&s->undone);
	INIT_WORK(&s->undo, undo);
	refcount_inc(&s->refs);
	queue_work(undo_queue, &s->undo);
	wait_for_completion_timeout(&s->undone, UNDO_WAIT);
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
	destroy_workqueue(undo_queue);
}
