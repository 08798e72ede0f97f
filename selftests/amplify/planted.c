// SPDX-License-Identifier: GPL-2.0
/*
 * A use after free, to see that the machine finds it: what BP_SET once did. It
 * read the shadow, and its length, of the new breakpoint after the lock was
 * gone that kept another thread's BP_CLEAR from freeing it. On request only:
 * planted=1.
 */
#include <linux/module.h>

#include "breakpoint/breakpoint.h"
#include "breakpoint/tree.h"
#include "request.h"

static bool planted;
module_param(planted, bool, 0400);
MODULE_PARM_DESC(planted, "BP_SET uses a breakpoint that may be freed");

static struct dbgmem_breakpoint *planted_find(struct dbgmem_session *s,
					      unsigned long addr)
{
	struct dbgmem_breakpoint *bp;

	down_read(&s->shadow_lock);
	bp = dbgmem_tree_first(s, addr, 1);
	up_read(&s->shadow_lock);
	return bp;
}

/**
 * planted_ioc_bp_set - DBGMEM_IOC_BP_SET
 * @ucmd: the request
 */
int planted_ioc_bp_set(struct dbgmem_ucmd *ucmd)
{
	struct dbgmem_bp_set_args *b = &ucmd->req.bp_set;
	int ret = dbgmem_ioc_bp_set(ucmd);
	struct dbgmem_breakpoint *bp;

	if (ret || !planted)
		return ret;
	bp = planted_find(ucmd->session, b->addr);
	if (bp)
		memcpy(b->original, bp->shadow, bp->len);
	return ret;
}
