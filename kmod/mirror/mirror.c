// SPDX-License-Identifier: GPL-2.0
/*
 * The mirror of a session, and the blocks in it.
 */
#include <linux/bits.h>
#include <linux/err.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/moduleparam.h>
#include <linux/slab.h>

#include "mirror.h"

/* All of them may be looked at with the lock held. */
#define MAX_BLOCKS	((u32)BIT(16))

/* How many blocks are asked whether they were used, before one has to go. */
#define MAX_LOOKS	64

static unsigned int mirror_pages = 262144;
module_param(mirror_pages, uint, 0644);
MODULE_PARM_DESC(mirror_pages, "the most pages of a target that a session's mirror knows, in blocks of 64 (default 262144; 0: no mirrors)");

static struct kmem_cache *block_cache;

/**
 * dbgmem_mirror_init - when the module is loaded
 *
 * Return: 0 or -ENOMEM.
 */
int dbgmem_mirror_init(void)
{
	block_cache = kmem_cache_create("dbgmem_block",
					sizeof(struct dbgmem_block), 0,
					SLAB_ACCOUNT, NULL);
	return block_cache ? 0 : -ENOMEM;
}

/**
 * dbgmem_mirror_exit - when it is unloaded
 */
void dbgmem_mirror_exit(void)
{
	kmem_cache_destroy(block_cache);
}

static u32 mirror_max_blocks(void)
{
	return min(dbgmem_blocks(READ_ONCE(mirror_pages)), MAX_BLOCKS);
}

static struct dbgmem_mirror *mirror_of(struct dbgmem_session *s)
{
	return dbgmem_target_attached(s) ? s->mirror : NULL;
}

/**
 * dbgmem_mirror_limit - the most pages that a new mirror holds, for INFO
 */
u32 dbgmem_mirror_limit(void)
{
	return mirror_max_blocks() * DBGMEM_BLOCK_PAGES;
}

/**
 * dbgmem_mirror_max - the most pages that the session's mirror holds
 * @s: the session, attached or not
 *
 * Return: 0 if it has none.
 */
u32 dbgmem_mirror_max(struct dbgmem_session *s)
{
	const struct dbgmem_mirror *m = mirror_of(s);

	return m ? m->max * DBGMEM_BLOCK_PAGES : 0;
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
 * dbgmem_block_alloc - memory for a block that knows nothing yet
 *
 * Return: it, or NULL.
 */
struct dbgmem_block *dbgmem_block_alloc(void)
{
	/* Fail instead of invoking the OOM killer. */
	return kmem_cache_zalloc(block_cache, GFP_KERNEL | __GFP_NORETRY |
					     __GFP_NOWARN);
}

/**
 * dbgmem_block_free - free a block that is in no mirror any more
 * @block: the block, or NULL
 */
void dbgmem_block_free(struct dbgmem_block *block)
{
	if (block)
		kmem_cache_free(block_cache, block);
}

/* Forget pages @from to @to of a block, @to included. */
static void mirror_block_drop(struct dbgmem_mirror *m,
			      struct dbgmem_block *block, unsigned int from,
			      unsigned int to)
{
	for (; from <= to; from++) {
		if (block->page[from])
			WRITE_ONCE(m->pages, m->pages - 1);
		block->page[from] = NULL;
	}
}

/* The block that was not used for longest, or for long; it knows nothing now. */
static struct dbgmem_block *mirror_block_reclaim(struct dbgmem_mirror *m)
{
	struct dbgmem_block *block;
	unsigned int looks = 0;

	if (list_empty(&m->all))
		return NULL;
	for (;;) {
		block = list_first_entry(&m->all, struct dbgmem_block, all);
		if (!READ_ONCE(block->used) || ++looks == MAX_LOOKS)
			break;
		WRITE_ONCE(block->used, 0);
		list_move_tail(&block->all, &m->all);
	}
	mirror_block_drop(m, block, 0, DBGMEM_BLOCK_PAGES - 1);
	list_del(&block->all);
	hlist_del(&block->node);
	m->nr--;
	return block;
}

/**
 * dbgmem_block_insert - a block for a number that has none
 * @m: the mirror, its lock held for writing
 * @number: of the block
 * @spare: a new block, or NULL where there was no memory for it; NULL if it was
 *	taken
 *
 * Return: it, or NULL: there is no memory, and none that could be reused.
 */
struct dbgmem_block *dbgmem_block_insert(struct dbgmem_mirror *m,
					 unsigned long number,
					 struct dbgmem_block **spare)
{
	struct dbgmem_block *block = NULL;

	lockdep_assert_held_write(&m->changes.lock);

	if (m->nr < m->max)
		block = xchg(spare, NULL);
	if (!block)
		block = mirror_block_reclaim(m);
	if (!block)
		return NULL;
	block->number = number;
	block->used = 1;
	hlist_add_head(&block->node, &m->hash[hash_long(number, m->bits)]);
	list_add_tail(&block->all, &m->all);
	m->nr++;
	return block;
}

/* Forget pages @first to @last of a block, as far as they are in it. */
static void mirror_block_invalidate(struct dbgmem_mirror *m,
				    struct dbgmem_block *block,
				    unsigned long first, unsigned long last)
{
	if (dbgmem_block_part(block->number, &first, &last))
		mirror_block_drop(m, block, first, last);
}

/* Forget pages @first to @last, by the block or all in turn. */
static void mirror_drop(struct dbgmem_mirror *m, unsigned long first,
			unsigned long last)
{
	unsigned long number = first >> DBGMEM_BLOCK_BITS;
	unsigned long end = last >> DBGMEM_BLOCK_BITS;
	struct dbgmem_block *block;

	if (end - number >= m->nr) {
		list_for_each_entry(block, &m->all, all)
			mirror_block_invalidate(m, block, first, last);
		return;
	}
	for (; number <= end; number++) {
		block = dbgmem_block_find(m, number);
		if (block)
			mirror_block_invalidate(m, block, first, last);
	}
}

static void mirror_free(struct dbgmem_mirror *m)
{
	struct dbgmem_block *block, *next;

	list_for_each_entry_safe(block, next, &m->all, all)
		dbgmem_block_free(block);
	kvfree(m->hash);
	kfree(m);
}

static struct dbgmem_mirror *mirror_of_changes(struct dbgmem_changes *c)
{
	return container_of(c, struct dbgmem_mirror, changes);
}

static void mirror_changes_drop(struct dbgmem_changes *c, struct dbgmem_span s)
{
	struct dbgmem_mirror *m = mirror_of_changes(c);

	if (m->pages)
		mirror_drop(m, s.first, s.last);
}

static void mirror_changes_free(struct dbgmem_changes *c)
{
	mirror_free(mirror_of_changes(c));
}

static const struct dbgmem_changes_ops mirror_changes_ops = {
	.drop = mirror_changes_drop,
	.free = mirror_changes_free,
};

/**
 * dbgmem_mirror_create - a mirror that knows nothing yet
 * @mm: the target's address space
 *
 * Return: it, or an error pointer: -EOPNOTSUPP, -ENOMEM, or as
 * dbgmem_changes_follow().
 */
struct dbgmem_mirror *dbgmem_mirror_create(struct mm_struct *mm)
{
	u32 max = mirror_max_blocks();
	struct dbgmem_mirror *m;
	int ret = -ENOMEM;

	if (!max)
		return ERR_PTR(-EOPNOTSUPP);
	m = kzalloc(sizeof(*m), GFP_KERNEL_ACCOUNT);
	if (!m)
		return ERR_PTR(ret);
	INIT_LIST_HEAD(&m->all);
	m->max = max;
	/* A hash of no bits is not defined. */
	m->bits = max(order_base_2(max), 1);
	m->hash = kvcalloc(1UL << m->bits, sizeof(*m->hash),
			   GFP_KERNEL_ACCOUNT | __GFP_RETRY_MAYFAIL |
			   __GFP_NOWARN);
	if (m->hash)
		ret = dbgmem_changes_follow(&m->changes, &mirror_changes_ops,
					    mm);
	if (ret) {
		mirror_free(m);
		return ERR_PTR(ret);
	}
	return m;
}

/**
 * dbgmem_mirror_destroy - forget everything
 * @m: a mirror that nobody reads any more, or NULL
 */
void dbgmem_mirror_destroy(struct dbgmem_mirror *m)
{
	if (m)
		dbgmem_changes_put(&m->changes);
}
