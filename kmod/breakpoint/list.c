// SPDX-License-Identifier: GPL-2.0
/*
 * Listing breakpoints.
 *
 * The registry's lock is one for all sessions, and the lists of some may be
 * long: it is held for a few breakpoints at a time.
 */
#include <linux/mm.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "breakpoint.h"
#include "registry.h"
#include "request.h"
#include "trap.h"

/* Entries of BP_LIST that are gathered at a time. */
#define LIST_BATCH	64UL

/* Breakpoints that are passed with the registry locked. */
#define LIST_WALK	64

/**
 * struct bp_list - a BP_LIST under way
 * @s: the session
 * @all: other sessions' too
 * @from: where it begins
 * @left: entries that there is still room for
 * @total: how many were passed: skipped, gathered, or counted behind those
 * @more: there is one that there was no room for
 * @next: its address
 *
 * The walk passes each address once. A breakpoint that comes or goes meanwhile is
 * listed or not; @total is never less than the number of gathered entries.
 */
struct bp_list {
	struct dbgmem_session	*s;
	bool			all;
	unsigned long		from;
	u32			left;
	u32			total;
	bool			more;
	unsigned long		next;
};

static bool bp_list_wanted(const struct bp_list *l,
			   const struct dbgmem_breakpoint *bp)
{
	return bp->planted && (l->all || bp->session == l->s);
}

static void bp_list_fill(const struct bp_list *l, struct dbgmem_bp *e,
			 const struct dbgmem_breakpoint *bp)
{
	*e = (struct dbgmem_bp) {
		.addr = bp->addr,
		.len = bp->len,
		.state = READ_ONCE(bp->gone) ? DBGMEM_BP_STATE_LOST :
					       DBGMEM_BP_STATE_UNKNOWN,
		.owner = pid_vnr(bp->owner),
		.own = bp->session == l->s,
	};
	memcpy(e->trap, bp->trap, bp->len);
	memcpy(e->original, bp->shadow, bp->len);
}

/**
 * struct bp_list_walk - over all breakpoints of an address space
 * @at: where to go on
 * @more: there may be something at @at
 * @entries: where entries go, or NULL
 * @nr: how many there are
 */
struct bp_list_walk {
	unsigned long		at;
	bool			more;
	struct dbgmem_bp	*entries;
	u32			nr;
};

/* The next one, to be counted or gathered; false: the batch ends before it. */
static bool bp_list_pass(struct bp_list *l, struct bp_list_walk *w,
			 const struct dbgmem_breakpoint *bp)
{
	if (!bp_list_wanted(l, bp) || bp->addr < l->from) {
		l->total += bp_list_wanted(l, bp);
		return true;
	}
	if (l->left) {
		if (w->nr == LIST_BATCH)
			return false;
		bp_list_fill(l, &w->entries[w->nr++], bp);
		l->left--;
	} else if (!l->more) {
		l->more = true;
		l->next = bp->addr;
	}
	l->total++;
	return true;
}

static void bp_list_pass_some(struct bp_list *l, struct bp_list_walk *w)
{
	unsigned int left = LIST_WALK;
	struct dbgmem_breakpoint *bp;

	dbgmem_registry_lock();
	bp = dbgmem_registry_from(l->s->mm, w->at);
	for (; bp && left-- && bp_list_pass(l, w, bp);
	     bp = dbgmem_registry_next(bp))
		;
	w->more = bp;
	w->at = bp ? bp->addr : 0;
	dbgmem_registry_unlock();
}

static void bp_list_look(struct dbgmem_session *s, struct dbgmem_bp *e)
{
	struct dbgmem_breakpoint bp = { .addr = e->addr, .len = e->len };

	if (e->state == DBGMEM_BP_STATE_LOST)
		return;
	memcpy(bp.trap, e->trap, e->len);
	e->state = dbgmem_trap_state(s->mm, &bp);
}

static int bp_list_run(struct bp_list *l, struct dbgmem_bp_list_args *b,
		       struct dbgmem_bp *entries)
{
	struct dbgmem_bp __user *to = u64_to_user_ptr(b->entries);
	struct bp_list_walk w = { .entries = entries };
	u32 i;

	do {
		w.nr = 0;
		bp_list_pass_some(l, &w);
		for (i = 0; i < w.nr; i++)
			bp_list_look(l->s, &entries[i]);
		if (copy_to_user(to + b->nr, entries, w.nr * sizeof(*entries)))
			return -EFAULT;
		b->nr += w.nr;
		if (fatal_signal_pending(current))
			return -EINTR;
		cond_resched();
	} while (w.more);
	b->more = l->more;
	b->next = l->next;
	b->total = l->total;
	return 0;
}

/**
 * dbgmem_ioc_bp_list - DBGMEM_IOC_BP_LIST
 * @ucmd: the request
 */
int dbgmem_ioc_bp_list(struct dbgmem_ucmd *ucmd)
{
	struct dbgmem_bp_list_args *b = &ucmd->req.bp_list;
	struct bp_list l = {
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
		ret = bp_list_run(&l, b, entries);
	kfree(entries);
	dbgmem_target_put(l.s);
	return ret;
}
