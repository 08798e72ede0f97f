// SPDX-License-Identifier: GPL-2.0
/*
 * Changes of a target's mappings: see change.h.
 */
#include <linux/bitops.h>
#include <linux/bug.h>
#include <linux/minmax.h>
#include <linux/sched/mm.h>

#include "change.h"
#include "watch.h"

static struct dbgmem_changes *changes_of(struct mmu_notifier *n)
{
	return container_of(n, struct dbgmem_changes, notifier);
}

static void changes_note_begin(struct dbgmem_changes *c, struct dbgmem_span s)
{
	unsigned int i = ffz(c->used);

	c->begun[c->seq++ % DBGMEM_CHANGES_KEPT] = s;
	if (i < DBGMEM_CHANGES_OPEN) {
		c->open[i] = s;
		c->used |= BIT(i);
	} else if (c->more++) {
		c->hull.first = min(c->hull.first, s.first);
		c->hull.last = max(c->hull.last, s.last);
	} else {
		c->hull = s;
	}
}

/* If two changes of the same pages are open, it does not matter which one ends. */
static void changes_note_end(struct dbgmem_changes *c, struct dbgmem_span s)
{
	unsigned int i;

	for (i = 0; c->used >> i; i++) {
		if (c->used & BIT(i) && c->open[i].first == s.first &&
		    c->open[i].last == s.last) {
			c->used &= ~BIT(i);
			return;
		}
	}
	if (!WARN_ON_ONCE(!c->more))
		c->more--;
}

static int changes_begin(struct mmu_notifier *n,
			 const struct mmu_notifier_range *range)
{
	struct dbgmem_span s = dbgmem_span(range->start, range->end);
	struct dbgmem_changes *c = changes_of(n);

	/* Waits for readers that copy a few pages, so also where it must not. */
	write_lock(&c->lock);
	changes_note_begin(c, s);
	c->ops->drop(c, s);
	write_unlock(&c->lock);
	return 0;
}

static void changes_end(struct mmu_notifier *n,
			const struct mmu_notifier_range *range)
{
	struct dbgmem_changes *c = changes_of(n);

	write_lock(&c->lock);
	changes_note_end(c, dbgmem_span(range->start, range->end));
	write_unlock(&c->lock);
}

/* Drop all, and learn nothing any more. */
static void changes_finish(struct dbgmem_changes *c)
{
	write_lock(&c->lock);
	c->over = true;
	c->ops->drop(c, dbgmem_span(0, ULONG_MAX));
	write_unlock(&c->lock);
}

/* The memory goes, or has lost its last user: no change is reported after that. */
static void changes_release(struct mmu_notifier *n, struct mm_struct *mm)
{
	changes_finish(changes_of(n));
}

static void changes_free(struct mmu_notifier *n)
{
	struct dbgmem_changes *c = changes_of(n);

	c->ops->free(c);
	dbgmem_watch_freed();
}

static const struct mmu_notifier_ops changes_notifier_ops = {
	.invalidate_range_start	= changes_begin,
	.invalidate_range_end	= changes_end,
	.release		= changes_release,
	.free_notifier		= changes_free,
};

/**
 * dbgmem_changes_follow - follow the changes of a target from now on
 * @c: the changes, zeroed; their owner is ready for its @ops
 * @ops: the owner's
 * @mm: the target's address space
 *
 * The kernel locks all mappings of the target for it, if it is the first.
 *
 * Return: 0, to be followed by dbgmem_changes_put(); -ESRCH or as
 * dbgmem_watch_register().
 */
int dbgmem_changes_follow(struct dbgmem_changes *c,
			  const struct dbgmem_changes_ops *ops,
			  struct mm_struct *mm)
{
	int ret;

	rwlock_init(&c->lock);
	c->ops = ops;
	c->notifier.ops = &changes_notifier_ops;
	if (!mmget_not_zero(mm))
		return -ESRCH;
	ret = dbgmem_watch_register(&c->notifier, mm);
	mmput(mm);
	return ret;
}

/**
 * dbgmem_changes_put - drop all, and follow no changes any more
 * @c: the changes
 *
 * The owner is freed when the last callback has returned. This does not wait.
 */
void dbgmem_changes_put(struct dbgmem_changes *c)
{
	changes_finish(c);
	dbgmem_watch_put(&c->notifier);
}
