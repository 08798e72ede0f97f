// SPDX-License-Identifier: GPL-2.0
/*
 * All breakpoints: see registry.h.
 */
#include <linux/spinlock.h>

#include "registry.h"

static DEFINE_SPINLOCK(lock);
static struct rb_root registry = RB_ROOT;

/**
 * dbgmem_registry_lock - keep the registry, and all shadows, as they are
 *
 * For a moment, as it is one for all sessions: nobody sleeps under it, or goes
 * over more than a few breakpoints.
 */
void dbgmem_registry_lock(void)
	__acquires(&lock)
{
	spin_lock(&lock);
}

/**
 * dbgmem_registry_unlock - undo dbgmem_registry_lock()
 */
void dbgmem_registry_unlock(void)
	__releases(&lock)
{
	spin_unlock(&lock);
}

static struct dbgmem_breakpoint *registry_entry(struct rb_node *node)
{
	return rb_entry_safe(node, struct dbgmem_breakpoint, registered);
}

/* Is @a before @b? Not, either way round, if they overlap. */
static bool registry_before(const struct dbgmem_breakpoint *a,
			    const struct dbgmem_breakpoint *b)
{
	if (a->mm != b->mm)
		return a->mm < b->mm;
	return a->addr + (a->len - 1) < b->addr;
}

/**
 * dbgmem_registry_add - make a breakpoint known
 * @bp: the breakpoint
 *
 * The caller holds the registry's lock.
 *
 * Return: false if it overlaps one that is known.
 */
bool dbgmem_registry_add(struct dbgmem_breakpoint *bp)
{
	struct rb_node **link = &registry.rb_node, *parent = NULL;

	lockdep_assert_held(&lock);
	while (*link) {
		struct dbgmem_breakpoint *other = registry_entry(*link);

		parent = *link;
		if (registry_before(bp, other))
			link = &parent->rb_left;
		else if (registry_before(other, bp))
			link = &parent->rb_right;
		else
			return false;
	}
	rb_link_node(&bp->registered, parent, link);
	rb_insert_color(&bp->registered, &registry);
	return true;
}

/**
 * dbgmem_registry_remove - forget a breakpoint
 * @bp: the breakpoint
 *
 * The caller holds the registry's lock.
 */
void dbgmem_registry_remove(struct dbgmem_breakpoint *bp)
{
	lockdep_assert_held(&lock);
	rb_erase(&bp->registered, &registry);
}

/**
 * dbgmem_registry_from - the first breakpoint at or above an address
 * @mm: in this address space
 * @addr: address
 *
 * The caller holds the registry's lock.
 *
 * Return: it, or NULL.
 */
struct dbgmem_breakpoint *dbgmem_registry_from(struct mm_struct *mm,
					       unsigned long addr)
{
	struct rb_node *node = registry.rb_node;
	struct dbgmem_breakpoint *bp, *first = NULL;

	lockdep_assert_held(&lock);
	while (node) {
		bp = registry_entry(node);
		if (bp->mm < mm || (bp->mm == mm && bp->addr < addr)) {
			node = node->rb_right;
		} else {
			if (bp->mm == mm)
				first = bp;
			node = node->rb_left;
		}
	}
	return first;
}

/**
 * dbgmem_registry_next - the next one in the same address space
 * @bp: a breakpoint
 *
 * The caller holds the registry's lock.
 *
 * Return: it, or NULL.
 */
struct dbgmem_breakpoint *dbgmem_registry_next(struct dbgmem_breakpoint *bp)
{
	struct dbgmem_breakpoint *n = registry_entry(rb_next(&bp->registered));

	return n && n->mm == bp->mm ? n : NULL;
}
