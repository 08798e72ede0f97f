/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Changes of a target's mappings, as an MMU notifier reports them.
 *
 * A lookup in the target's page tables is valid if none of its pages was being
 * changed when the lookup began, and no change of them has begun since. Nobody
 * waits for a change to end: a target can make that take forever.
 *
 * Whoever caches what a lookup found embeds struct dbgmem_changes. What it caches is
 * true as long as the lock is held: the notifier takes the lock for writing, and has
 * the owner drop the pages, before the target's mapping of them changes.
 */
#ifndef KMOD_TARGET_CHANGE_H
#define KMOD_TARGET_CHANGE_H

#include <linux/compiler.h>
#include <linux/mm.h>
#include <linux/mmu_notifier.h>
#include <linux/spinlock.h>
#include <linux/types.h>

/* Changes in progress whose ranges are told apart. */
#define DBGMEM_CHANGES_OPEN	8
/* The last changes that began. */
#define DBGMEM_CHANGES_KEPT	32

/* Pages @first to @last, included. */
struct dbgmem_span {
	unsigned long	first;
	unsigned long	last;
};

struct dbgmem_changes;

/**
 * struct dbgmem_changes_ops - the owner of a struct dbgmem_changes
 * @drop: pages of the span go; the lock is held for writing, and this neither
 *	sleeps nor allocates
 * @free: no callback runs any more
 */
struct dbgmem_changes_ops {
	void (*drop)(struct dbgmem_changes *c, struct dbgmem_span s);
	void (*free)(struct dbgmem_changes *c);
};

/**
 * struct dbgmem_changes - the changes of a target
 * @notifier: reports them
 * @ops: the owner's
 * @seq: how many have begun; this and what follows is under @lock
 * @used: bits of those of @open that are in progress
 * @more: how many others are in progress
 * @hull: a range around all of those
 * @open: ranges in progress
 * @begun: ranges of the last changes, by @seq
 * @over: no change will be reported any more: the memory is gone
 * @lock: innermost: nobody sleeps, or faults, under it. It protects what the owner
 *	caches, too
 */
struct dbgmem_changes {
	struct mmu_notifier	notifier;
	const struct dbgmem_changes_ops *ops;
	u32			seq;
	u32			used;
	u32			more;
	struct dbgmem_span	hull;
	struct dbgmem_span	open[DBGMEM_CHANGES_OPEN];
	struct dbgmem_span	begun[DBGMEM_CHANGES_KEPT];
	bool			over;
	rwlock_t		lock;
};

int dbgmem_changes_follow(struct dbgmem_changes *c,
			  const struct dbgmem_changes_ops *ops,
			  struct mm_struct *mm);
void dbgmem_changes_put(struct dbgmem_changes *c);

static inline bool dbgmem_span_meets(struct dbgmem_span a, struct dbgmem_span b)
{
	return a.first <= b.last && a.last >= b.first;
}

/* The pages from that of @start up to that of @end, which is not included. */
static inline struct dbgmem_span dbgmem_span(unsigned long start,
					     unsigned long end)
{
	return (struct dbgmem_span) {
		.first = start >> PAGE_SHIFT,
		.last = (end - 1) >> PAGE_SHIFT,
	};
}

/* Is a page of @s being changed? */
static inline bool dbgmem_changes_meet(const struct dbgmem_changes *c,
				       struct dbgmem_span s)
{
	unsigned int i;

	if (unlikely(c->over))
		return true;
	if (unlikely(c->more) && dbgmem_span_meets(c->hull, s))
		return true;
	for (i = 0; c->used >> i; i++)
		if (c->used & BIT(i) && dbgmem_span_meets(c->open[i], s))
			return true;
	return false;
}

/* Has a change of a page of @s begun since @seq was read? */
static inline bool dbgmem_changes_since(const struct dbgmem_changes *c, u32 seq,
					struct dbgmem_span s)
{
	if (unlikely(c->over))
		return true;
	if (likely(seq == c->seq))
		return false;
	if (c->seq - seq > DBGMEM_CHANGES_KEPT)
		return true;
	for (; seq != c->seq; seq++)
		if (dbgmem_span_meets(c->begun[seq % DBGMEM_CHANGES_KEPT], s))
			return true;
	return false;
}

#endif /* KMOD_TARGET_CHANGE_H */
