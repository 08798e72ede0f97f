// SPDX-License-Identifier: GPL-2.0
/*
 * The mirror of a session: its leaves, and the notifier that keeps them true.
 */
#include <linux/bits.h>
#include <linux/err.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/moduleparam.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>

#include "compat/compat.h"
#include "target/watch.h"
#include "window/window.h"

/* All of them may be looked at with the lock held. */
#define MAX_LEAVES	((u32)BIT(16))

/* How many leaves are asked whether they were used, before one has to go. */
#define MAX_LOOKS	64

static unsigned int mirror_pages = 262144;
module_param(mirror_pages, uint, 0644);
MODULE_PARM_DESC(mirror_pages, "the most pages of a target that a session's mirror knows, in groups of 64 (default 262144; 0: no mirrors)");

static struct kmem_cache *leaf_cache;

/**
 * dbgmem_mirror_init - when the module is loaded
 *
 * Return: 0 or -ENOMEM.
 */
int dbgmem_mirror_init(void)
{
	leaf_cache = kmem_cache_create("dbgmem_leaf",
				       sizeof(struct dbgmem_leaf), 0,
				       SLAB_ACCOUNT, NULL);
	return leaf_cache ? 0 : -ENOMEM;
}

/**
 * dbgmem_mirror_exit - when it is unloaded
 */
void dbgmem_mirror_exit(void)
{
	kmem_cache_destroy(leaf_cache);
}

static u32 max_leaves(void)
{
	return min(dbgmem_groups(READ_ONCE(mirror_pages)), MAX_LEAVES);
}

static struct dbgmem_mirror *mirror_of(struct dbgmem_session *s)
{
	return dbgmem_target_attached(s) ? s->mirror : NULL;
}

/**
 * dbgmem_mirror_max - the most pages that a mirror knows, for INFO
 * @s: the session, attached or not
 */
u32 dbgmem_mirror_max(struct dbgmem_session *s)
{
	const struct dbgmem_mirror *m = mirror_of(s);
	u32 leaves = m ? m->max : max_leaves();

	return leaves * DBGMEM_LEAF_PAGES;
}

/**
 * dbgmem_mirror_pages - how many the session's knows
 * @s: the session, attached or not
 */
u32 dbgmem_mirror_pages(struct dbgmem_session *s)
{
	const struct dbgmem_mirror *m = mirror_of(s);

	return m ? READ_ONCE(m->pages) : 0;
}

/**
 * dbgmem_leaf_alloc - memory for a leaf that knows nothing yet
 *
 * Return: it, or NULL.
 */
struct dbgmem_leaf *dbgmem_leaf_alloc(void)
{
	/* It goes without: nobody is to be killed for it. */
	return kmem_cache_zalloc(leaf_cache, GFP_KERNEL | __GFP_NORETRY |
					     __GFP_NOWARN);
}

/**
 * dbgmem_leaf_free - free a leaf that is in no mirror any more
 * @leaf: the leaf, or NULL
 */
void dbgmem_leaf_free(struct dbgmem_leaf *leaf)
{
	if (leaf)
		kmem_cache_free(leaf_cache, leaf);
}

/* Forget pages @from to @to of a leaf, @to included. */
static void leaf_drop(struct dbgmem_mirror *m, struct dbgmem_leaf *leaf,
		      unsigned int from, unsigned int to)
{
	for (; from <= to; from++) {
		if (leaf->page[from])
			WRITE_ONCE(m->pages, m->pages - 1);
		leaf->page[from] = NULL;
	}
}

/* The leaf that was not used for longest, or for long; it knows nothing now. */
static struct dbgmem_leaf *leaf_reclaim(struct dbgmem_mirror *m)
{
	struct dbgmem_leaf *leaf;
	unsigned int looks = 0;

	if (list_empty(&m->all))
		return NULL;
	for (;;) {
		leaf = list_first_entry(&m->all, struct dbgmem_leaf, all);
		if (!READ_ONCE(leaf->used) || ++looks == MAX_LOOKS)
			break;
		WRITE_ONCE(leaf->used, 0);
		list_move_tail(&leaf->all, &m->all);
	}
	leaf_drop(m, leaf, 0, DBGMEM_LEAF_PAGES - 1);
	list_del(&leaf->all);
	hlist_del(&leaf->node);
	m->nr--;
	return leaf;
}

/**
 * dbgmem_leaf_insert - a leaf for a group that had none a moment ago
 * @m: the mirror, its lock held for writing
 * @number: of the group
 * @spare: a new leaf, or NULL where there was no memory for it; NULL if it was
 *	taken
 *
 * Return: it, or NULL: there is no memory, and none that could be reused.
 */
struct dbgmem_leaf *dbgmem_leaf_insert(struct dbgmem_mirror *m,
				       unsigned long number,
				       struct dbgmem_leaf **spare)
{
	struct dbgmem_leaf *leaf;

	lockdep_assert_held_write(&m->lock);

	leaf = dbgmem_leaf_find(m, number);
	if (leaf)
		return leaf;
	if (m->nr < m->max)
		leaf = xchg(spare, NULL);
	if (!leaf)
		leaf = leaf_reclaim(m);
	if (!leaf)
		return NULL;
	leaf->number = number;
	leaf->used = 1;
	hlist_add_head(&leaf->node, &m->hash[hash_long(number, m->bits)]);
	list_add_tail(&leaf->all, &m->all);
	m->nr++;
	return leaf;
}

/* What a leaf has of pages @first to @last. */
static void leaf_invalidate(struct dbgmem_mirror *m, struct dbgmem_leaf *leaf,
			    unsigned long first, unsigned long last)
{
	if (dbgmem_group_part(leaf->number, &first, &last))
		leaf_drop(m, leaf, first, last);
}

/* Forget pages @first to @last, by the group or all in turn. */
static void drop(struct dbgmem_mirror *m, unsigned long first,
		 unsigned long last)
{
	unsigned long number = first >> DBGMEM_LEAF_BITS;
	unsigned long end = last >> DBGMEM_LEAF_BITS;
	struct dbgmem_leaf *leaf;

	if (end - number >= m->nr) {
		list_for_each_entry(leaf, &m->all, all)
			leaf_invalidate(m, leaf, first, last);
		return;
	}
	for (; number <= end; number++) {
		leaf = dbgmem_leaf_find(m, number);
		if (leaf)
			leaf_invalidate(m, leaf, first, last);
	}
}

static struct dbgmem_mirror *mirror_of_notifier(struct mmu_notifier *n)
{
	return container_of(n, struct dbgmem_mirror, notifier);
}

static int change_begins(struct mmu_notifier *n,
			 const struct mmu_notifier_range *range)
{
	struct dbgmem_mirror *m = mirror_of_notifier(n);
	struct dbgmem_span s = dbgmem_span(range->start, range->end);

	/* Waits for readers that copy a few pages, so also where it must not. */
	write_lock(&m->lock);
	dbgmem_changes_begin(&m->changes, s);
	if (m->pages)
		drop(m, s.first, s.last);
	if (m->window)
		dbgmem_pane_invalidate(m->window, s.first, s.last);
	write_unlock(&m->lock);
	return 0;
}

static void change_ends(struct mmu_notifier *n,
			const struct mmu_notifier_range *range)
{
	struct dbgmem_mirror *m = mirror_of_notifier(n);

	write_lock(&m->lock);
	dbgmem_changes_end(&m->changes, dbgmem_span(range->start, range->end));
	write_unlock(&m->lock);
}

/* Forget all, and learn nothing any more. */
static void mirror_end(struct dbgmem_mirror *m)
{
	const unsigned long last = ULONG_MAX >> PAGE_SHIFT;

	write_lock(&m->lock);
	m->changes.over = true;
	drop(m, 0, last);
	if (m->window)
		dbgmem_pane_invalidate(m->window, 0, last);
	write_unlock(&m->lock);
}

/* The memory goes, or has lost its last user: no change is told of after that. */
static void mirror_release(struct mmu_notifier *n, struct mm_struct *mm)
{
	mirror_end(mirror_of_notifier(n));
}

static void mirror_free(struct dbgmem_mirror *m)
{
	struct dbgmem_leaf *leaf, *next;

	list_for_each_entry_safe(leaf, next, &m->all, all)
		dbgmem_leaf_free(leaf);
	kvfree(m->hash);
	kfree(m);
}

/* No callback of it runs any more. */
static void mirror_unwatched(struct mmu_notifier *n)
{
	mirror_free(mirror_of_notifier(n));
	dbgmem_watch_freed();
}

static const struct mmu_notifier_ops mirror_ops = {
	.invalidate_range_start	= change_begins,
	.invalidate_range_end	= change_ends,
	.release		= mirror_release,
	.free_notifier		= mirror_unwatched,
};

/* The kernel locks all mappings of the target for it, if it is the first. */
static int watch(struct dbgmem_mirror *m, struct mm_struct *mm)
{
	int ret;

	if (!mmget_not_zero(mm))
		return -ESRCH;
	m->notifier.ops = &mirror_ops;
	ret = dbgmem_watch_register(&m->notifier, mm);
	mmput(mm);
	return ret;
}

/**
 * dbgmem_mirror_create - a mirror that knows nothing yet
 * @mm: the target's address space
 *
 * Return: it, or an error pointer: -EOPNOTSUPP, -ENOMEM, -ESRCH, or as
 * dbgmem_watch_register().
 */
struct dbgmem_mirror *dbgmem_mirror_create(struct mm_struct *mm)
{
	u32 max = max_leaves();
	struct dbgmem_mirror *m;
	int ret = -ENOMEM;

	if (!max)
		return ERR_PTR(-EOPNOTSUPP);
	m = kzalloc(sizeof(*m), GFP_KERNEL_ACCOUNT);
	if (!m)
		return ERR_PTR(ret);
	rwlock_init(&m->lock);
	INIT_LIST_HEAD(&m->all);
	m->max = max;
	/* A hash of no bits is not defined. */
	m->bits = max(order_base_2(max), 1);
	m->hash = kvcalloc(1UL << m->bits, sizeof(*m->hash),
			   GFP_KERNEL_ACCOUNT | __GFP_RETRY_MAYFAIL |
			   __GFP_NOWARN);
	if (m->hash)
		ret = watch(m, mm);
	if (ret) {
		mirror_free(m);
		return ERR_PTR(ret);
	}
	return m;
}

/**
 * dbgmem_mirror_destroy - forget everything
 * @m: a mirror that nobody reads any more, or NULL
 *
 * It is freed when its last callback has returned, which is not waited for.
 */
void dbgmem_mirror_destroy(struct dbgmem_mirror *m)
{
	if (!m)
		return;
	mirror_end(m);
	dbgmem_watch_put(&m->notifier);
}
