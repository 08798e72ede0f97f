/* SPDX-License-Identifier: GPL-2.0 */
/* A transfer under way, and the engines that move its bytes. */
#ifndef KMOD_ENGINE_ENGINE_H
#define KMOD_ENGINE_ENGINE_H

#include "access/caller.h"
#include "breakpoint/shadow.h"
#include "target/change.h"

/* One EXACT transfer, and the pages that one may hold on either side. */
#define DBGMEM_MAX_EXACT	(64UL << 20)
#define DBGMEM_MAX_EXACT_PAGES	65536UL

struct dbgmem_expects;
struct dbgmem_valid;

/**
 * struct dbgmem_xfer - one transfer under way
 * @access: the target's side; its address is that of the next byte
 * @engine: DBGMEM_ENGINE_*
 * @caller: the caller's end, at the byte that goes with @access.addr
 * @valid: the validity bitmap, or NULL
 * @left: bytes from @access.addr to the end of the request
 * @shadow: what is held of the session's shadows
 * @expects: conditions to be checked before anything moves, or NULL
 * @mirror: where to look for the target's pages first, or NULL
 * @lacks: address of a page that the mirror was not able to learn, or 0
 * @fetching: the mirror did not know what is being copied
 * @fetch_meets: one of the pages of @fetch_span was being changed
 * @refetched: how often that was no good
 * @fetch_seq: of the mirror's changes, before what it did not know was looked up
 * @fetch_span: the pages that may be copied from then
 * @done: answer: bytes that moved
 * @fault_addr: answer
 */
struct dbgmem_xfer {
	struct dbgmem_access	access;
	u32			engine;
	struct dbgmem_caller	caller;
	struct dbgmem_valid	*valid;
	unsigned long		left;
	struct dbgmem_shadow	shadow;
	struct dbgmem_expects	*expects;
	struct dbgmem_mirror	*mirror;
	unsigned long		lacks;
	bool			fetching;
	bool			fetch_meets;
	u8			refetched;
	u32			fetch_seq;
	struct dbgmem_span	fetch_span;
	u64			done;
	u64			fault_addr;
};

/*
 * The engines. Each moves what it can of one batch from x->access.addr and returns
 * the bytes moved (> 0), or -EFAULT and x->access.reason = DBGMEM_REASON_BUFFER when
 * the caller's first byte was not accessible, or DBGMEM_HOLD_ABSENT (access/hold.h),
 * or another negative errno that dbgmem_reason_explain() understands. They do not
 * advance @x, and wait for neither side's pages.
 */
ssize_t dbgmem_pinned_copy(struct dbgmem_xfer *x, struct page **pages,
			   unsigned int nr_pages);
size_t dbgmem_pinned_page(struct dbgmem_xfer *x);
ssize_t dbgmem_remote_copy(struct dbgmem_xfer *x, struct page **pages,
			   unsigned int nr_pages);

/* exact.c */
int dbgmem_exact_run(struct dbgmem_xfer *x, const struct dbgmem_segment *segs,
		     u32 nr, u32 *bad);

/* Begin a batch: as dbgmem_shadow_lock(). */
static __always_inline int dbgmem_xfer_lock(struct dbgmem_xfer *x)
{
	return dbgmem_shadow_lock(&x->access, &x->shadow);
}

/* End it: as dbgmem_shadow_unlock(). */
static __always_inline bool dbgmem_xfer_unlock(struct dbgmem_xfer *x)
{
	return dbgmem_shadow_unlock(&x->access, &x->shadow);
}

/* Are there breakpoints to be hidden in a range? */
static __always_inline bool dbgmem_xfer_covers(const struct dbgmem_xfer *x,
					       unsigned long addr,
					       unsigned long len)
{
	return dbgmem_shadow_covers(x->access.session, &x->shadow, addr, len);
}

#endif /* KMOD_ENGINE_ENGINE_H */
