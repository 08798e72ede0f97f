// SPDX-License-Identifier: GPL-2.0
/*
 * Noticing that the target unmaps memory with breakpoints in it: see unmap.h.
 *
 * munmap(2), mmap(2) over a mapping, and mremap(2) that moves one, all notify
 * MMU_NOTIFY_UNMAP while the mmap_lock keeps others from mapping anything there.
 * A breakpoint is marked at the end of the notification: until then its trap may be
 * read, and nothing else is mapped there yet.
 *
 * A breakpoint is in session->breakpoints before its pages are held. If they belong
 * to a mapping that is being removed, the end of that finds and marks it.
 */
#include <linux/bits.h>
#include <linux/slab.h>

#include "target/watch.h"
#include "unmap.h"

/* Breakpoints that are marked before others get the lock. */
#define UNMAP_BATCH	64

/*
 * Mark a breakpoint on the pages from @first to @last, addresses of whole pages.
 * Readers have to read again only if the mark is new: a target that unmaps on and
 * on must not keep them reading.
 */
static void unmap_mark(struct dbgmem_unmap *u, struct dbgmem_breakpoint *bp,
		       unsigned long first, unsigned long last)
{
	unsigned long second = (bp->addr | ~PAGE_MASK) + 1;
	u8 gone = bp->gone;

	if (bp->addr >= first)
		gone |= BIT(0);
	if (second - bp->addr < bp->len && second <= last)
		gone |= BIT(1);
	if (gone == bp->gone)
		return;
	WRITE_ONCE(u->seq, u->seq + 1);
	/* Pairs with the barrier in dbgmem_shadow_unlock_slow(). */
	smp_wmb();
	WRITE_ONCE(bp->gone, gone);
}

/* Mark a few from *@at on. Return: there may be more, from *@at on. */
static bool unmap_some(struct dbgmem_unmap *u, unsigned long first,
		       unsigned long last, unsigned long *at)
{
	unsigned int left = UNMAP_BATCH;
	struct dbgmem_breakpoint *bp;

	bp = dbgmem_tree_first(u->session, *at, last - *at + 1);
	if (!bp)
		return false;
	for (; bp && left--; bp = dbgmem_tree_next(bp, last)) {
		unmap_mark(u, bp, first, last);
		*at = bp->addr + bp->len;
	}
	return bp && *at - 1 < last;
}

static void unmap_end(struct mmu_notifier *n,
		      const struct mmu_notifier_range *range)
{
	struct dbgmem_unmap *u = container_of(n, struct dbgmem_unmap, notifier);
	unsigned long first = range->start, last = range->end - 1, at = first;
	bool more;

	if (range->event != MMU_NOTIFY_UNMAP)
		return;
	do {
		spin_lock(&u->lock);
		more = u->session && unmap_some(u, first, last, &at);
		spin_unlock(&u->lock);
	} while (more);
}

static void unmap_free(struct mmu_notifier *n)
{
	kfree(container_of(n, struct dbgmem_unmap, notifier));
	dbgmem_watch_freed();
}

static const struct mmu_notifier_ops unmap_ops = {
	.invalidate_range_end = unmap_end,
	.free_notifier = unmap_free,
};

/**
 * dbgmem_unmap_reset - a breakpoint is going to be planted in what is mapped now
 * @s: the session, being watched
 * @bp: the breakpoint
 */
void dbgmem_unmap_reset(struct dbgmem_session *s, struct dbgmem_breakpoint *bp)
{
	spin_lock(&s->unmap->lock);
	WRITE_ONCE(bp->gone, 0);
	spin_unlock(&s->unmap->lock);
}

/**
 * dbgmem_unmap_watch - have the session's breakpoints watched from now on
 * @s: the session, its shadow_lock held for writing, its mm by mmget()
 *
 * Return: 0, -EINTR, -ERESTARTNOINTR or -ENOMEM.
 */
int dbgmem_unmap_watch(struct dbgmem_session *s)
{
	struct dbgmem_unmap *u;
	int ret;

	if (s->unmap)
		return 0;
	u = kzalloc(sizeof(*u), GFP_KERNEL_ACCOUNT);
	if (!u)
		return -ENOMEM;
	spin_lock_init(&u->lock);
	u->session = s;
	u->notifier.ops = &unmap_ops;
	ret = dbgmem_watch_register(&u->notifier, s->mm);
	if (ret) {
		kfree(u);
		return ret;
	}
	/* Readers look at it without the lock. */
	smp_store_release(&s->unmap, u);
	return 0;
}

/**
 * dbgmem_unmap_release - end that
 * @s: a session that has no breakpoints any more
 */
void dbgmem_unmap_release(struct dbgmem_session *s)
{
	struct dbgmem_unmap *u = s->unmap;

	if (!u)
		return;
	spin_lock(&u->lock);
	u->session = NULL;
	spin_unlock(&u->lock);
	dbgmem_watch_put(&u->notifier);
}
