// SPDX-License-Identifier: GPL-2.0
/*
 * Changes of a target's mappings: see change.h.
 */
#include <linux/bitops.h>
#include <linux/bug.h>
#include <linux/minmax.h>

#include "change.h"

/**
 * dbgmem_changes_begin - a change begins
 * @c: the changes, their owner's lock held for writing
 * @s: the pages
 */
void dbgmem_changes_begin(struct dbgmem_changes *c, struct dbgmem_span s)
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

/**
 * dbgmem_changes_end - a change has ended
 * @c: the changes, their owner's lock held for writing
 * @s: the pages, as when it began
 *
 * If two changes of the same pages are open, it does not matter which one ends.
 */
void dbgmem_changes_end(struct dbgmem_changes *c, struct dbgmem_span s)
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
