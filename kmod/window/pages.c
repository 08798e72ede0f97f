// SPDX-License-Identifier: GPL-2.0
/*
 * The pages that windows may show, in blocks: see window.h.
 */
#include <linux/bitops.h>
#include <linux/hash.h>
#include <linux/mm.h>
#include <linux/moduleparam.h>
#include <linux/slab.h>

#include "target/lookup.h"
#include "window.h"

static unsigned int window_lease = 100;
module_param(window_lease, uint, 0644);
MODULE_PARM_DESC(window_lease, "milliseconds that windows hold a page before they look it up again (default 100; 0: as long as it is mapped)");

static struct hlist_head *pages_bucket(struct dbgmem_window *w,
				       unsigned long number)
{
	return &w->hash[hash_long(number, DBGMEM_WINDOW_HASH_BITS)];
}

/**
 * dbgmem_window_find - the block of a number
 * @w: the windows; their mutex, or the changes' lock, held
 * @number: of the block
 *
 * Return: it, or NULL.
 */
struct dbgmem_window_block *dbgmem_window_find(struct dbgmem_window *w,
					       unsigned long number)
{
	struct dbgmem_window_block *block;

	hlist_for_each_entry(block, pages_bucket(w, number), node)
		if (block->number == number)
			return block;
	return NULL;
}

/* How long a block is not shown after a change. */
#define COOL_TIME	msecs_to_jiffies(10)

/**
 * dbgmem_window_cool - for how long is a block not to be shown?
 * @w: the windows
 * @number: of the block
 *
 * Return: jiffies, 0: it may be.
 */
unsigned long dbgmem_window_cool(struct dbgmem_window *w, unsigned long number)
{
	long left = READ_ONCE(w->cool[hash_long(number, DBGMEM_COOL_BITS)]) -
		    jiffies;

	/* It may be as old as jiffies can tell. */
	return left > 0 && left <= (long)COOL_TIME ? left : 0;
}

static void pages_mark(struct dbgmem_window *w,
		       struct dbgmem_window_block *block, struct dbgmem_span s)
{
	u64 held = 0;

	if (!dbgmem_block_part(block->number, &s.first, &s.last))
		return;
	for (; s.first <= s.last; s.first++)
		if (block->page[s.first])
			held |= BIT_ULL(s.first);
	/* Catching up comes to an end, as nobody holds new pages meanwhile. */
	if (!held)
		return;
	block->stale |= held;
	WRITE_ONCE(w->cool[hash_long(block->number, DBGMEM_COOL_BITS)],
		   jiffies + COOL_TIME);
	if (list_empty(&block->pending))
		list_add_tail(&block->pending, &w->pending);
}

/**
 * dbgmem_window_drop - the target takes pages away
 * @c: the windows' changes, see struct dbgmem_changes_ops
 * @s: the pages
 */
void dbgmem_window_drop(struct dbgmem_changes *c, struct dbgmem_span s)
{
	struct dbgmem_window *w = container_of(c, struct dbgmem_window,
					       changes);
	unsigned long number = s.first >> DBGMEM_BLOCK_BITS;
	unsigned long end = s.last >> DBGMEM_BLOCK_BITS;
	struct dbgmem_window_block *block;
	unsigned int i;

	/* No block was added yet. */
	if (!READ_ONCE(w->nr))
		return;
	if (end - number >= ARRAY_SIZE(w->hash)) {
		for (i = 0; i < ARRAY_SIZE(w->hash); i++)
			hlist_for_each_entry(block, &w->hash[i], node)
				pages_mark(w, block, s);
	} else {
		for (; number <= end; number++) {
			block = dbgmem_window_find(w, number);
			if (block)
				pages_mark(w, block, s);
		}
	}
	if (!list_empty(&w->pending))
		queue_work(system_unbound_wq, &w->work);
}

/* The zero page needs no reference. */
static void pages_put(struct page *page)
{
	if (page != ZERO_PAGE(0))
		put_page(page);
}

/* As get_page(), but not where the count is about to overflow. */
static bool pages_get(struct page *page)
{
	if (page == ZERO_PAGE(0))
		return true;
	/* Not negative, and far from that. */
	if (unlikely((unsigned int)page_ref_count(compound_head(page)) >
		     INT_MAX / 2))
		return false;
	get_page(page);
	return true;
}

/**
 * dbgmem_window_hold - pages may be shown from now on
 * @w: the windows, their mutex and the changes' lock held
 * @block: the block
 * @from: the first, of the block
 * @nr: how many
 * @pfn: of a lookup that holds; those that are held already are the same
 *
 * To be followed by dbgmem_window_count(), with no spinlock held.
 *
 * Return: bits of those that were not held before.
 */
u64 dbgmem_window_hold(struct dbgmem_window *w,
		       struct dbgmem_window_block *block, unsigned int from,
		       unsigned int nr, const unsigned long *pfn)
{
	struct page **at = block->page + from;
	unsigned int i;
	u64 held = 0;

	for (i = 0; i < nr; i++) {
		struct page *page = dbgmem_lookup_page(pfn[i]);

		if (!page || at[i] || !pages_get(page))
			continue;
		at[i] = page;
		held |= BIT_ULL(from + i);
		block->nr++;
	}
	return held;
}

static void pages_zap(struct dbgmem_window *w, unsigned long number,
		      unsigned int from, unsigned int nr)
{
	loff_t start = (loff_t)((number << DBGMEM_BLOCK_BITS) + from) <<
		       PAGE_SHIFT;

	unmap_mapping_range(&w->mapping, start, (loff_t)nr << PAGE_SHIFT, 1);
}

/* Take pages out of all windows, then let go of them. */
static void pages_take_out(struct dbgmem_window *w,
			   struct dbgmem_window_block *block, u64 which)
{
	struct page *page[DBGMEM_BLOCK_PAGES];
	unsigned int i, from, nr = 0, single = 0;

	lockdep_assert_held(&w->mutex);

	for (from = 0; from < DBGMEM_BLOCK_PAGES; from = i + 1) {
		for (i = from; i < DBGMEM_BLOCK_PAGES; i++)
			if (!(which & BIT_ULL(i)) || !block->page[i])
				break;
		if (i > from)
			pages_zap(w, block->number, from, i - from);
	}
	write_lock(&w->changes.lock);
	for (i = 0; i < DBGMEM_BLOCK_PAGES; i++) {
		if (!(which & BIT_ULL(i)) || !block->page[i])
			continue;
		page[nr++] = block->page[i];
		block->page[i] = NULL;
	}
	block->nr -= nr;
	if (!block->nr) {
		hlist_del(&block->node);
		list_del_init(&block->pending);
	}
	write_unlock(&w->changes.lock);
	for (i = 0; i < nr; i++) {
		if (likely(!PageCompound(page[i])))
			single++;
		else
			dbgmem_folio_uncount(w, page[i]);
		pages_put(page[i]);
	}
	WRITE_ONCE(w->pages, w->pages - single);
	if (!block->nr) {
		list_del(&block->all);
		WRITE_ONCE(w->nr, w->nr - 1);
		kfree(block);
	}
}

/* Drop pages that are not counted yet: they are in no page table. */
static void pages_drop_uncounted(struct dbgmem_window *w,
				 struct dbgmem_window_block *block, u64 which)
{
	struct page *page[DBGMEM_BLOCK_PAGES];
	unsigned int i, nr = 0;

	write_lock(&w->changes.lock);
	for (i = 0; i < DBGMEM_BLOCK_PAGES; i++) {
		if (!(which & BIT_ULL(i)))
			continue;
		page[nr++] = block->page[i];
		block->page[i] = NULL;
	}
	block->nr -= nr;
	write_unlock(&w->changes.lock);
	for (i = 0; i < nr; i++)
		pages_put(page[i]);
}

/**
 * dbgmem_window_count - account for what dbgmem_window_hold() has taken
 * @w: the windows, their mutex held
 * @block: the block
 * @held: its answer
 *
 * If there is too much, the oldest goes, but not this one.
 *
 * Return: false: no memory; what could not be counted is not held.
 */
bool dbgmem_window_count(struct dbgmem_window *w,
			 struct dbgmem_window_block *block, u64 held)
{
	struct dbgmem_window_block *oldest;
	struct page *page;
	u32 single = 0;

	for (; held; held &= held - 1) {
		page = block->page[__ffs64(held)];
		if (likely(!PageCompound(page)))
			single++;
		else if (!dbgmem_folio_count(w, page))
			break;
	}
	WRITE_ONCE(w->pages, w->pages + single);
	if (held) {
		pages_drop_uncounted(w, block, held);
		return false;
	}
	while (w->pages > w->max) {
		oldest = list_first_entry(&w->blocks,
					  struct dbgmem_window_block, all);
		if (oldest == block)
			break;
		pages_take_out(w, oldest, ~0ULL);
	}
	return true;
}

/* The next block with stale pages, and which these are; or NULL. */
static struct dbgmem_window_block *pages_next_pending(struct dbgmem_window *w,
						      u64 *stale)
{
	struct dbgmem_window_block *block;

	write_lock(&w->changes.lock);
	block = list_first_entry_or_null(&w->pending,
					 struct dbgmem_window_block, pending);
	if (block) {
		list_del_init(&block->pending);
		*stale = block->stale;
		block->stale = 0;
	}
	write_unlock(&w->changes.lock);
	return block;
}

/**
 * dbgmem_window_catch_up - take out what the target has taken away
 * @w: the windows, their mutex held
 */
void dbgmem_window_catch_up(struct dbgmem_window *w)
{
	struct dbgmem_window_block *block;
	u64 stale;

	while ((block = pages_next_pending(w, &stale)))
		pages_take_out(w, block, stale);
}

/**
 * dbgmem_window_lease - the window_lease= parameter, for INFO too
 */
u32 dbgmem_window_lease(void)
{
	return READ_ONCE(window_lease);
}

/* How many jiffies pages are held; 0: as long as they are mapped. */
static unsigned long pages_lease_time(void)
{
	return msecs_to_jiffies(dbgmem_window_lease());
}

/**
 * dbgmem_window_expire - let go of what was held for long enough
 * @w: the windows, their mutex held
 */
void dbgmem_window_expire(struct dbgmem_window *w)
{
	unsigned long lease = pages_lease_time();
	struct dbgmem_window_block *block;
	long left;

	while (lease && w->nr) {
		block = list_first_entry(&w->blocks, struct dbgmem_window_block,
					 all);
		left = block->since + lease - jiffies;
		if (left > 0) {
			queue_delayed_work(system_unbound_wq, &w->lease, left);
			return;
		}
		pages_take_out(w, block, ~0ULL);
	}
}

/**
 * dbgmem_window_drop_range - let go of pages that nobody shows any more
 * @w: the windows, their mutex held
 * @start: address in the target
 * @end: address behind
 *
 * If another window does show them, it finds them again.
 */
void dbgmem_window_drop_range(struct dbgmem_window *w, unsigned long start,
			      unsigned long end)
{
	struct dbgmem_window_block *block, *next;

	list_for_each_entry_safe(block, next, &w->blocks, all) {
		unsigned long first = start >> PAGE_SHIFT;
		unsigned long last = (end - 1) >> PAGE_SHIFT;

		if (dbgmem_block_part(block->number, &first, &last))
			pages_take_out(w, block, GENMASK_ULL(last, first));
	}
}

/**
 * dbgmem_window_get - the block of a number, to be filled
 * @w: the windows, their mutex held
 * @number: of the block
 *
 * If there are too many the oldest goes.
 *
 * Return: it, or NULL: no memory.
 */
struct dbgmem_window_block *dbgmem_window_get(struct dbgmem_window *w,
					      unsigned long number)
{
	struct dbgmem_window_block *block = dbgmem_window_find(w, number);
	unsigned long lease = pages_lease_time();

	if (block)
		return block;
	/* Blocks take memory even if they hold nothing. */
	while (w->nr >= w->max / DBGMEM_BLOCK_PAGES)
		pages_take_out(w, list_first_entry(&w->blocks,
						   struct dbgmem_window_block,
						   all), ~0ULL);
	block = kzalloc(sizeof(*block), GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
	if (!block)
		return NULL;
	INIT_LIST_HEAD(&block->pending);
	block->number = number;
	block->since = jiffies;
	/* Does nothing where it is queued for an older one. */
	if (lease)
		queue_delayed_work(system_unbound_wq, &w->lease, lease);
	list_add_tail(&block->all, &w->blocks);
	WRITE_ONCE(w->nr, w->nr + 1);
	write_lock(&w->changes.lock);
	hlist_add_head(&block->node, pages_bucket(w, number));
	write_unlock(&w->changes.lock);
	return block;
}
