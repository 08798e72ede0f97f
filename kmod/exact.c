// SPDX-License-Identifier: GPL-2.0
/*
 * All or nothing, for one transfer or a whole vector: the pages of both sides
 * are held before the first byte moves, and copying between held pages cannot
 * fail. What cannot be held (device mappings) is refused, whatever the engine.
 */
#include <linux/highmem.h>
#include <linux/mm.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "dbgmem.h"
#include "hold.h"
#include "pages.h"
#include "word.h"

/* Both sides of an EXACT transfer. */
struct exact {
	struct dbgmem_pages target;
	struct dbgmem_pages caller;
};

/* On 32-bit: neither side has such addresses. */
static bool beyond_long(u64 addr, u64 len)
{
	return addr + len > ULONG_MAX;
}

typedef long (*hold_fn)(struct dbgmem_xfer *x, unsigned long addr,
			unsigned long nr, struct page **pages);

/* Hold what a segment needs beyond the pages held already. */
static int hold(struct dbgmem_xfer *x, struct dbgmem_pages *p,
		unsigned long addr, unsigned long len, hold_fn fn)
{
	unsigned long first, nr;
	long got;

	nr = dbgmem_pages_lacking(p, addr, len, &first);
	while (nr) {
		got = fn(x, first, nr, p->page + p->nr);
		if (got < 0) {
			x->fault_addr = max(first, addr);
			return got;
		}
		first += (unsigned long)got << PAGE_SHIFT;
		nr -= got;
		p->nr += got;
		p->last = (first >> PAGE_SHIFT) - 1;
	}
	return 0;
}

static int hold_target(struct dbgmem_xfer *x, struct exact *e,
		       const struct dbgmem_segment *seg)
{
	unsigned long end;
	int ret;

	if (beyond_long(seg->addr, seg->len)) {
		x->reason = DBGMEM_REASON_UNMAPPED;
		x->fault_addr = seg->addr;
		return -EFAULT;
	}
	ret = hold(x, &e->target, seg->addr, seg->len, dbgmem_hold_target);
	if (!ret)
		return 0;
	x->addr = x->fault_addr;
	return dbgmem_fault_explain(x, ret, &end);
}

static int hold_caller(struct dbgmem_xfer *x, struct exact *e,
		       const struct dbgmem_segment *seg)
{
	int ret;

	if (beyond_long(seg->buf, seg->len)) {
		x->reason = DBGMEM_REASON_BUFFER;
		x->fault_addr = seg->buf;
		return -EFAULT;
	}
	ret = hold(x, &e->caller, seg->buf, seg->len, dbgmem_hold_caller);
	if (!ret)
		return 0;
	x->reason = ret == -EINTR ? DBGMEM_REASON_INTERRUPTED :
				    DBGMEM_REASON_BUFFER;
	return dbgmem_fault_errno(x->reason);
}

typedef int (*hold_side_fn)(struct dbgmem_xfer *x, struct exact *e,
			    const struct dbgmem_segment *seg);

static int hold_side(struct dbgmem_xfer *x, struct exact *e,
		     const struct dbgmem_segment *segs, u32 nr, u32 *bad,
		     hold_side_fn fn)
{
	u32 i;
	int ret;

	for (i = 0; i < nr; i++) {
		ret = fn(x, e, &segs[i]);
		if (ret) {
			*bad = i;
			return ret;
		}
		if (fatal_signal_pending(current)) {
			x->reason = DBGMEM_REASON_INTERRUPTED;
			return -EINTR;
		}
		cond_resched();
	}
	return 0;
}

/*
 * Hold everything, or say which segment is to blame. The side that is written
 * to first: where one process is both, that may replace pages of the other.
 */
static int hold_all(struct dbgmem_xfer *x, struct exact *e,
		    const struct dbgmem_segment *segs, u32 nr, u32 *bad)
{
	int ret;

	ret = hold_side(x, e, segs, nr, bad,
			x->write ? hold_target : hold_caller);
	if (ret)
		return ret;
	return hold_side(x, e, segs, nr, bad,
			 x->write ? hold_caller : hold_target);
}

static void copy_piece(void *dst, const void *src, size_t len, bool word)
{
	if (word)
		dbgmem_copy_word(dst, src, len);
	else
		memmove(dst, src, len);
}

static void copy_segment(bool write, const struct dbgmem_segment *seg,
			 struct page **target, struct page **caller)
{
	unsigned int toff = offset_in_page(seg->addr);
	unsigned int coff = offset_in_page(seg->buf);
	unsigned long left = seg->len;

	while (left) {
		size_t len = min_t(size_t, left, PAGE_SIZE - max(toff, coff));
		char *t = kmap_local_page(*target);
		char *c = kmap_local_page(*caller);

		copy_piece(write ? t + toff : c + coff,
			   write ? c + coff : t + toff, len,
			   dbgmem_is_word(t + toff, len));
		kunmap_local(c);
		kunmap_local(t);

		left -= len;
		toff += len;
		coff += len;
		if (toff == PAGE_SIZE) {
			toff = 0;
			target++;
		}
		if (coff == PAGE_SIZE) {
			coff = 0;
			caller++;
		}
		cond_resched();
	}
}

static void copy_all(struct dbgmem_xfer *x, struct exact *e,
		     const struct dbgmem_segment *segs, u32 nr)
{
	struct dbgmem_cursor target, caller;
	const struct dbgmem_segment *seg;

	dbgmem_cursor_init(&target, &e->target);
	dbgmem_cursor_init(&caller, &e->caller);
	for (seg = segs; seg < segs + nr; seg++) {
		if (!seg->len)
			continue;
		copy_segment(x->write, seg,
			     dbgmem_cursor_pages(&target, seg->addr, seg->len),
			     dbgmem_cursor_pages(&caller, seg->buf, seg->len));
		x->done += seg->len;
	}
}

/* Pages needed on one side; saturates well above any limit. */
static unsigned long count_pages(const struct dbgmem_segment *segs, u32 nr,
				 bool target)
{
	struct dbgmem_pages p = {};
	unsigned long first, lacking;
	u32 i;

	for (i = 0; i < nr && p.nr <= DBGMEM_MAX_EXACT_PAGES; i++) {
		unsigned long addr = target ? segs[i].addr : segs[i].buf;

		lacking = dbgmem_pages_lacking(&p, addr, segs[i].len, &first);
		if (!lacking)
			continue;
		p.nr += min(lacking, DBGMEM_MAX_EXACT_PAGES + 1);
		p.last = (first >> PAGE_SHIFT) + lacking - 1;
	}
	return p.nr;
}

/**
 * dbgmem_exact_run - carry out an EXACT transfer or vector
 * @x: the transfer, with session, flags and write; done, reason and fault_addr
 *	are answers
 * @segs: the segments; only addr, buf and len are used
 * @nr: how many
 * @bad: result on -EFAULT: index of the segment that is to blame
 *
 * Return: 0 and all of it was moved, or a negative errno and nothing was.
 */
int dbgmem_exact_run(struct dbgmem_xfer *x, const struct dbgmem_segment *segs,
		     u32 nr, u32 *bad)
{
	struct page *stack[DBGMEM_STACK_PAGES], **pages = stack;
	struct exact e = {
		.target.max = count_pages(segs, nr, true),
		.caller.max = count_pages(segs, nr, false),
	};
	unsigned long total = e.target.max + e.caller.max;
	int ret;

	if (e.target.max > DBGMEM_MAX_EXACT_PAGES ||
	    e.caller.max > DBGMEM_MAX_EXACT_PAGES)
		return -EMSGSIZE;
	if (total > ARRAY_SIZE(stack)) {
		pages = kvmalloc_array(total, sizeof(*pages),
				       GFP_KERNEL_ACCOUNT |
				       __GFP_RETRY_MAYFAIL | __GFP_NOWARN);
		if (!pages) {
			x->reason = DBGMEM_REASON_NOMEM;
			return -ENOMEM;
		}
	}
	e.target.page = pages;
	e.caller.page = pages + e.target.max;

	ret = hold_all(x, &e, segs, nr, bad);
	if (!ret)
		copy_all(x, &e, segs, nr);
	dbgmem_drop_caller(x, e.caller.page, e.caller.nr, !ret);
	dbgmem_drop_target(x, e.target.page, e.target.nr, !ret);
	if (pages != stack)
		kvfree(pages);
	return ret;
}
