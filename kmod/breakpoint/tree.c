// SPDX-License-Identifier: GPL-2.0
/*
 * Finding breakpoints of a session by address.
 */
#include "tree.h"

/**
 * dbgmem_tree_first - the first breakpoint that touches a range
 * @s: the session, its shadow_lock or its unmap->lock held
 * @addr: address in the target
 * @len: bytes, > 0
 *
 * Return: it, or NULL.
 */
struct dbgmem_breakpoint *dbgmem_tree_first(const struct dbgmem_session *s,
					    unsigned long addr,
					    unsigned long len)
{
	struct rb_node *node = s->breakpoints.rb_node;
	struct dbgmem_breakpoint *bp, *first = NULL;
	unsigned long last = addr + len - 1;

	/* They do not overlap, so their ends are in the same order. */
	while (node) {
		bp = rb_entry(node, struct dbgmem_breakpoint, node);
		if (bp->addr > last) {
			node = node->rb_left;
		} else if (addr > bp->addr + (bp->len - 1)) {
			node = node->rb_right;
		} else {
			first = bp;
			node = node->rb_left;
		}
	}
	return first;
}

/**
 * dbgmem_tree_next - the next one
 * @bp: a breakpoint
 * @last: the last address that is of interest
 *
 * Return: it, or NULL if it begins behind @last.
 */
struct dbgmem_breakpoint *dbgmem_tree_next(const struct dbgmem_breakpoint *bp,
					   unsigned long last)
{
	struct rb_node *node = rb_next(&bp->node);
	struct dbgmem_breakpoint *n;

	if (!node)
		return NULL;
	n = rb_entry(node, struct dbgmem_breakpoint, node);
	return n->addr <= last ? n : NULL;
}
