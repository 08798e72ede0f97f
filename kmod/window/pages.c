// SPDX-License-Identifier: GPL-2.0
/*
 * Panes: the pages that windows may show, see window.h.
 */
#include <linux/bitops.h>
#include <linux/hash.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include "mirror/lookup.h"
#include "window.h"

static struct hlist_head *bucket(struct dbgmem_window *w, unsigned long number)
{
	return &w->hash[hash_long(number, DBGMEM_PANE_HASH_BITS)];
}

/**
 * dbgmem_pane_find - the pane of a group
 * @w: the windows; their mutex, or the mirror's lock, held
 * @number: of the group
 *
 * Return: it, or NULL.
 */
struct dbgmem_pane *dbgmem_pane_find(struct dbgmem_window *w,
				     unsigned long number)
{
	struct dbgmem_pane *pane;

	hlist_for_each_entry(pane, bucket(w, number), node)
		if (pane->number == number)
			return pane;
	return NULL;
}

/* How long a block is not shown after a change. */
#define COOL_TIME	msecs_to_jiffies(10)

/**
 * dbgmem_pane_cool - for how long is a block not to be shown?
 * @w: the windows
 * @number: of the group
 *
 * Return: jiffies, 0: it may be.
 */
unsigned long dbgmem_pane_cool(struct dbgmem_window *w, unsigned long number)
{
	long left = READ_ONCE(w->cool[hash_long(number, DBGMEM_COOL_BITS)]) -
		    jiffies;

	/* It may be as old as jiffies can tell. */
	return left > 0 && left <= (long)COOL_TIME ? left : 0;
}

static void mark(struct dbgmem_window *w, struct dbgmem_pane *pane,
		 unsigned long first, unsigned long last)
{
	u64 held = 0;

	if (!dbgmem_group_part(pane->number, &first, &last))
		return;
	for (; first <= last; first++)
		if (pane->page[first])
			held |= BIT_ULL(first);
	/* Who catches up comes to an end, as nobody holds pages meanwhile. */
	if (!held)
		return;
	pane->stale |= held;
	WRITE_ONCE(w->cool[hash_long(pane->number, DBGMEM_COOL_BITS)],
		   jiffies + COOL_TIME);
	if (list_empty(&pane->pending))
		list_add_tail(&pane->pending, &w->pending);
}

/**
 * dbgmem_pane_invalidate - the target takes pages away
 * @w: the windows, the mirror's lock held for writing
 * @first: page number
 * @last: page number, included
 *
 * From within the target's notifier: neither sleeps nor allocates.
 */
void dbgmem_pane_invalidate(struct dbgmem_window *w, unsigned long first,
			    unsigned long last)
{
	unsigned long number = first >> DBGMEM_LEAF_BITS;
	unsigned long end = last >> DBGMEM_LEAF_BITS;
	struct dbgmem_pane *pane;
	unsigned int i;

	/* It is there before the first pane is. */
	if (!READ_ONCE(w->nr))
		return;
	if (end - number >= ARRAY_SIZE(w->hash)) {
		for (i = 0; i < ARRAY_SIZE(w->hash); i++)
			hlist_for_each_entry(pane, &w->hash[i], node)
				mark(w, pane, first, last);
	} else {
		for (; number <= end; number++) {
			pane = dbgmem_pane_find(w, number);
			if (pane)
				mark(w, pane, first, last);
		}
	}
	if (!list_empty(&w->pending))
		queue_work(system_unbound_wq, &w->work);
}

/* The zero page needs none. */
static void put(struct page *page)
{
	if (page != ZERO_PAGE(0))
		put_page(page);
}

/* As get_page(), but not where the count is about to overflow. */
static bool get(struct page *page)
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
 * dbgmem_pane_hold - pages may be shown from now on
 * @w: the windows, their mutex and the mirror's lock held
 * @pane: the pane
 * @from: the first, of the pane
 * @nr: how many
 * @pfn: of a look that holds; those that are held already are the same
 *
 * To be followed by dbgmem_pane_count(), with no spinlock held.
 *
 * Return: bits of those that were not held before.
 */
u64 dbgmem_pane_hold(struct dbgmem_window *w, struct dbgmem_pane *pane,
		     unsigned int from, unsigned int nr,
		     const unsigned long *pfn)
{
	struct page **at = pane->page + from;
	unsigned int i;
	u64 held = 0;

	for (i = 0; i < nr; i++) {
		struct page *page = dbgmem_look_page(pfn[i]);

		if (!page || at[i] || !get(page))
			continue;
		at[i] = page;
		held |= BIT_ULL(from + i);
		pane->nr++;
	}
	return held;
}

static void zap(struct dbgmem_window *w, unsigned long number,
		unsigned int from, unsigned int nr)
{
	loff_t start = (loff_t)((number << DBGMEM_LEAF_BITS) + from) <<
		       PAGE_SHIFT;

	unmap_mapping_range(&w->mapping, start, (loff_t)nr << PAGE_SHIFT, 1);
}

/* Take pages out of all windows, then let go of them. */
static void take_out(struct dbgmem_window *w, struct dbgmem_pane *pane,
		     u64 which)
{
	struct dbgmem_mirror *m = w->session->mirror;
	struct page *page[DBGMEM_LEAF_PAGES];
	unsigned int i, from, nr = 0, single = 0;

	lockdep_assert_held(&w->mutex);

	for (from = 0; from < DBGMEM_LEAF_PAGES; from = i + 1) {
		for (i = from; i < DBGMEM_LEAF_PAGES; i++)
			if (!(which & BIT_ULL(i)) || !pane->page[i])
				break;
		if (i > from)
			zap(w, pane->number, from, i - from);
	}
	write_lock(&m->lock);
	for (i = 0; i < DBGMEM_LEAF_PAGES; i++) {
		if (!(which & BIT_ULL(i)) || !pane->page[i])
			continue;
		page[nr++] = pane->page[i];
		pane->page[i] = NULL;
	}
	pane->nr -= nr;
	if (!pane->nr) {
		hlist_del(&pane->node);
		list_del_init(&pane->pending);
	}
	write_unlock(&m->lock);
	for (i = 0; i < nr; i++) {
		if (likely(!PageCompound(page[i])))
			single++;
		else
			dbgmem_folio_uncount(w, page[i]);
		put(page[i]);
	}
	WRITE_ONCE(w->pages, w->pages - single);
	if (!pane->nr) {
		list_del(&pane->all);
		WRITE_ONCE(w->nr, w->nr - 1);
		kfree(pane);
	}
}

/* Those that are not counted yet are let go of, and zapped by nobody. */
static void drop_uncounted(struct dbgmem_window *w, struct dbgmem_pane *pane,
			   u64 which)
{
	struct dbgmem_mirror *m = w->session->mirror;
	struct page *page[DBGMEM_LEAF_PAGES];
	unsigned int i, nr = 0;

	write_lock(&m->lock);
	for (i = 0; i < DBGMEM_LEAF_PAGES; i++) {
		if (!(which & BIT_ULL(i)))
			continue;
		page[nr++] = pane->page[i];
		pane->page[i] = NULL;
	}
	pane->nr -= nr;
	write_unlock(&m->lock);
	for (i = 0; i < nr; i++)
		put(page[i]);
}

/**
 * dbgmem_pane_count - account for what dbgmem_pane_hold() has taken
 * @w: the windows, their mutex held
 * @pane: the pane
 * @held: its answer
 *
 * If there is too much, the oldest goes, but not this one.
 *
 * Return: false: no memory; what could not be counted is not held.
 */
bool dbgmem_pane_count(struct dbgmem_window *w, struct dbgmem_pane *pane,
		       u64 held)
{
	struct dbgmem_pane *oldest;
	struct page *page;
	u32 single = 0;

	for (; held; held &= held - 1) {
		page = pane->page[__ffs64(held)];
		if (likely(!PageCompound(page)))
			single++;
		else if (!dbgmem_folio_count(w, page))
			break;
	}
	WRITE_ONCE(w->pages, w->pages + single);
	if (held) {
		drop_uncounted(w, pane, held);
		return false;
	}
	while (w->pages > w->max) {
		oldest = list_first_entry(&w->panes, struct dbgmem_pane, all);
		if (oldest == pane)
			break;
		take_out(w, oldest, ~0ULL);
	}
	return true;
}

/* The next pane with stale pages, and which these are; or NULL. */
static struct dbgmem_pane *next_pending(struct dbgmem_window *w, u64 *stale)
{
	struct dbgmem_mirror *m = w->session->mirror;
	struct dbgmem_pane *pane;

	write_lock(&m->lock);
	pane = list_first_entry_or_null(&w->pending, struct dbgmem_pane,
					pending);
	if (pane) {
		list_del_init(&pane->pending);
		*stale = pane->stale;
		pane->stale = 0;
	}
	write_unlock(&m->lock);
	return pane;
}

/**
 * dbgmem_pane_catch_up - take out what the target has taken away
 * @w: the windows, their mutex held
 */
void dbgmem_pane_catch_up(struct dbgmem_window *w)
{
	struct dbgmem_pane *pane;
	u64 stale;

	while ((pane = next_pending(w, &stale)))
		take_out(w, pane, stale);
}

/* How many jiffies pages are held; 0: as long as they are mapped. */
static unsigned long lease_time(void)
{
	return msecs_to_jiffies(dbgmem_window_lease());
}

/**
 * dbgmem_pane_expire - let go of what was held for long enough
 * @w: the windows, their mutex held
 */
void dbgmem_pane_expire(struct dbgmem_window *w)
{
	unsigned long lease = lease_time();
	struct dbgmem_pane *pane;
	long left;

	while (lease && w->nr) {
		pane = list_first_entry(&w->panes, struct dbgmem_pane, all);
		left = pane->since + lease - jiffies;
		if (left > 0) {
			queue_delayed_work(system_unbound_wq, &w->lease, left);
			return;
		}
		take_out(w, pane, ~0ULL);
	}
}

/**
 * dbgmem_pane_drop_range - let go of pages that nobody shows any more
 * @w: the windows, their mutex held
 * @start: address in the target
 * @end: address behind
 *
 * If another window does show them, it finds them again.
 */
void dbgmem_pane_drop_range(struct dbgmem_window *w, unsigned long start,
			    unsigned long end)
{
	struct dbgmem_pane *pane, *next;

	list_for_each_entry_safe(pane, next, &w->panes, all) {
		unsigned long first = start >> PAGE_SHIFT;
		unsigned long last = (end - 1) >> PAGE_SHIFT;

		if (dbgmem_group_part(pane->number, &first, &last))
			take_out(w, pane, GENMASK_ULL(last, first));
	}
}

/**
 * dbgmem_pane_get - the pane of a group, to be filled
 * @w: the windows, their mutex held
 * @number: of the group
 *
 * If there are too many the oldest goes.
 *
 * Return: it, or NULL: no memory.
 */
struct dbgmem_pane *dbgmem_pane_get(struct dbgmem_window *w,
				    unsigned long number)
{
	struct dbgmem_mirror *m = w->session->mirror;
	struct dbgmem_pane *pane = dbgmem_pane_find(w, number);
	unsigned long lease = lease_time();

	if (pane)
		return pane;
	/* Blocks take memory even if they hold nothing. */
	while (w->nr >= w->max / DBGMEM_LEAF_PAGES)
		take_out(w, list_first_entry(&w->panes, struct dbgmem_pane,
					     all), ~0ULL);
	pane = kzalloc(sizeof(*pane), GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
	if (!pane)
		return NULL;
	INIT_LIST_HEAD(&pane->pending);
	pane->number = number;
	pane->since = jiffies;
	/* Does nothing where it is queued for an older one. */
	if (lease)
		queue_delayed_work(system_unbound_wq, &w->lease, lease);
	list_add_tail(&pane->all, &w->panes);
	WRITE_ONCE(w->nr, w->nr + 1);
	write_lock(&m->lock);
	hlist_add_head(&pane->node, bucket(w, number));
	write_unlock(&m->lock);
	return pane;
}
