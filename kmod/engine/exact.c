// SPDX-License-Identifier: GPL-2.0
/*
 * All or nothing, for one transfer or a whole vector: the pages of both sides
 * are held before the first byte moves, and copying between held pages cannot
 * fail. Memory that cannot be held (device mappings) is refused, whatever the
 * engine.
 *
 * No page is held while another is waited for. If a page is absent, all are
 * dropped, the pages of both sides are brought in, and the transfer begins anew.
 */
#include <linux/highmem.h>
#include <linux/mm.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "access/hold.h"
#include "access/reason.h"
#include "expect.h"
#include "pages.h"

/* How often that may happen. */
#define EXACT_TRIES	100

/**
 * struct exact - both sides of an EXACT transfer
 * @target: pages of the target
 * @caller: pages of the caller's buffers
 * @bring: they are brought in, not held
 * @tries: how often pages were brought in
 */
struct exact {
	struct dbgmem_pages	target;
	struct dbgmem_pages	caller;
	bool			bring;
	unsigned int		tries;
};

/* On 32-bit: neither side has such addresses. */
static bool exact_beyond_long(u64 addr, u64 len)
{
	return addr + len > ULONG_MAX;
}

typedef long (*exact_hold_fn)(struct dbgmem_access *a, unsigned long addr,
			      unsigned long nr, struct page **pages);

/* Hold what a segment needs beyond the pages held already. */
static int exact_hold(struct dbgmem_xfer *x, struct dbgmem_pages *p,
		      unsigned long addr, unsigned long len, exact_hold_fn fn)
{
	unsigned long first, nr;
	long got;

	nr = dbgmem_pages_lacking(p, addr, len, &first);
	while (nr) {
		got = fn(&x->access, first, nr, p->page + p->nr);
		if (got == DBGMEM_HOLD_ABSENT)
			return got;
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

static int exact_hold_target(struct dbgmem_xfer *x, struct exact *e,
			     const struct dbgmem_segment *seg)
{
	unsigned long end;
	int ret;

	if (exact_beyond_long(seg->addr, seg->len)) {
		x->access.reason = DBGMEM_REASON_UNMAPPED;
		x->fault_addr = seg->addr;
		return -EFAULT;
	}
	ret = exact_hold(x, &e->target, seg->addr, seg->len,
			 e->bring ? dbgmem_bring_target : dbgmem_hold_now);
	if (!ret || ret == DBGMEM_HOLD_ABSENT)
		return ret;
	x->access.addr = x->fault_addr;
	return dbgmem_reason_explain(&x->access, ret, &end);
}

static int exact_hold_caller(struct dbgmem_xfer *x, struct exact *e,
			     const struct dbgmem_segment *seg)
{
	int ret;

	if (exact_beyond_long(seg->buf, seg->len)) {
		x->access.reason = DBGMEM_REASON_BUFFER;
		x->fault_addr = seg->buf;
		return -EFAULT;
	}
	ret = exact_hold(x, &e->caller, seg->buf, seg->len,
			 e->bring ? dbgmem_bring_caller : dbgmem_hold_caller);
	if (!ret || ret == DBGMEM_HOLD_ABSENT)
		return ret;
	x->access.reason = ret == -EINTR ? DBGMEM_REASON_INTERRUPTED :
			   ret == -ENOMEM ? DBGMEM_REASON_NOMEM :
					    DBGMEM_REASON_BUFFER;
	return dbgmem_reason_errno(x->access.reason);
}

typedef int (*exact_side_fn)(struct dbgmem_xfer *x, struct exact *e,
			     const struct dbgmem_segment *seg);

static int exact_hold_side(struct dbgmem_xfer *x, struct exact *e,
			   const struct dbgmem_segment *segs, u32 nr, u32 *bad,
			   exact_side_fn fn)
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
			x->access.reason = DBGMEM_REASON_INTERRUPTED;
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
static int exact_hold_all(struct dbgmem_xfer *x, struct exact *e,
			  const struct dbgmem_segment *segs, u32 nr, u32 *bad)
{
	int ret;

	ret = exact_hold_side(x, e, segs, nr, bad,
			      x->access.write ? exact_hold_target : exact_hold_caller);
	if (ret)
		return ret;
	return exact_hold_side(x, e, segs, nr, bad,
			       x->access.write ? exact_hold_caller : exact_hold_target);
}

static void exact_copy_bytes(void *dst, const void *src, size_t len, bool word)
{
	if (word)
		dbgmem_copy_word(dst, src, len);
	else
		dbgmem_racing_bytes(memmove(dst, src, len));
}

/* @t is the target's @addr, @c the caller's, both mapped. */
static void exact_copy_plain(struct dbgmem_xfer *x, char *t, char *c,
			     size_t len)
{
	bool word = dbgmem_is_word(t, len);

	if (x->access.write)
		exact_copy_bytes(t, c, len, word);
	else
		exact_copy_bytes(c, t, len, word);
}

static void exact_copy_covered(struct dbgmem_xfer *x, unsigned long addr,
			       char *t, char *c, size_t len)
{
	char unit[DBGMEM_SHADOW_UNIT] __aligned(sizeof(long));

	if (x->access.write) {
		dbgmem_racing_bytes(memcpy(unit, c, len));
		dbgmem_shadow_store(x->access.session, addr, t, unit, len);
		return;
	}
	dbgmem_shadow_load(x->access.session, addr, unit, t, len);
	dbgmem_racing_bytes(memcpy(c, unit, len));
}

static void exact_copy_pieces(struct dbgmem_xfer *x, unsigned long addr,
			      char *t, char *c, size_t len)
{
	size_t n;
	bool covered;

	for (; len; addr += n, t += n, c += n, len -= n) {
		n = dbgmem_shadow_piece(x->access.session, addr, len, &covered);
		if (covered)
			exact_copy_covered(x, addr, t, c, n);
		else
			exact_copy_plain(x, t, c, n);
	}
}

static void exact_copy_segment(struct dbgmem_xfer *x,
			       const struct dbgmem_segment *seg,
			       struct page **target, struct page **caller)
{
	unsigned int toff = offset_in_page(seg->addr);
	unsigned int coff = offset_in_page(seg->buf);
	unsigned long addr = seg->addr;
	unsigned long left = seg->len;

	while (left) {
		size_t len = min_t(size_t, left, PAGE_SIZE - max(toff, coff));
		char *t = kmap_local_page(*target);
		char *c = kmap_local_page(*caller);

		if (dbgmem_xfer_covers(x, addr, len))
			exact_copy_pieces(x, addr, t + toff, c + coff, len);
		else
			exact_copy_plain(x, t + toff, c + coff, len);
		if (x->access.code)
			dbgmem_page_written(*target, t + toff, len);
		kunmap_local(c);
		kunmap_local(t);

		left -= len;
		addr += len;
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

static void exact_copy_all(struct dbgmem_xfer *x, struct exact *e,
			   const struct dbgmem_segment *segs, u32 nr)
{
	struct dbgmem_cursor target, caller;
	const struct dbgmem_segment *seg;

	dbgmem_cursor_init(&target, &e->target);
	dbgmem_cursor_init(&caller, &e->caller);
	for (seg = segs; seg < segs + nr; seg++) {
		if (!seg->len)
			continue;
		exact_copy_segment(x, seg,
				   dbgmem_cursor_pages(&target, seg->addr, seg->len),
				   dbgmem_cursor_pages(&caller, seg->buf, seg->len));
		x->done += seg->len;
	}
}

/* Pages needed on one side; saturates well above any limit. */
static unsigned long exact_count_pages(const struct dbgmem_segment *segs,
				       u32 nr, bool target)
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

/* Nothing is held or waited for between the look and the copying. */
static int exact_copy_if_expected(struct dbgmem_xfer *x, struct exact *e,
				  const struct dbgmem_segment *segs, u32 nr)
{
	int ret;

	ret = dbgmem_expects_begin(x);
	if (ret)
		return ret;
	exact_copy_all(x, e, segs, nr);
	dbgmem_expects_drop(x);
	return 0;
}

static int exact_run(struct dbgmem_xfer *x, struct exact *e,
		     const struct dbgmem_segment *segs, u32 nr, u32 *bad)
{
	int ret;

	ret = exact_hold_all(x, e, segs, nr, bad);
	if (!ret && x->expects)
		ret = exact_copy_if_expected(x, e, segs, nr);
	else if (!ret)
		exact_copy_all(x, e, segs, nr);
	dbgmem_drop_caller(&x->access, e->caller.page, e->caller.nr, !ret);
	dbgmem_drop_target(&x->access, e->target.page, e->target.nr, !ret);
	e->target.nr = 0;
	e->caller.nr = 0;
	return ret;
}

/* A page is taken back each time. */
static int exact_give_up(struct dbgmem_xfer *x)
{
	unsigned long end;

	x->fault_addr = x->access.absent.addr;
	if (x->access.absent.side == DBGMEM_ABSENT_BUFFER) {
		x->access.reason = DBGMEM_REASON_BUFFER;
		return -EFAULT;
	}
	x->access.addr = x->access.absent.addr;
	return dbgmem_reason_explain(&x->access, -EFAULT, &end);
}

/* Wait for what is not there, with nothing held. */
static int exact_bring_all(struct dbgmem_xfer *x, struct exact *e,
			   const struct dbgmem_segment *segs, u32 nr, u32 *bad)
{
	int ret;

	if (x->access.absent.side == DBGMEM_ABSENT_EXPECT)
		return dbgmem_expects_wait(x);
	if (e->tries++ >= EXACT_TRIES)
		return exact_give_up(x);
	e->bring = true;
	ret = exact_hold_all(x, e, segs, nr, bad);
	e->bring = false;
	e->target.nr = 0;
	e->caller.nr = 0;
	return ret;
}

/*
 * The same with nobody planting a trap meanwhile: what was copied is not copied
 * again, as that might fail.
 */
static int exact_run_locked(struct dbgmem_xfer *x, struct exact *e,
			    const struct dbgmem_segment *segs, u32 nr, u32 *bad)
{
	int ret;

	x->access.absent.tries = 0;
	do {
		x->done = 0;
		if (dbgmem_shadow_lock_slow(&x->access, &x->shadow)) {
			x->access.reason = DBGMEM_REASON_INTERRUPTED;
			return -EINTR;
		}
		ret = exact_run(x, e, segs, nr, bad);
		dbgmem_xfer_unlock(x);
		if (ret != DBGMEM_HOLD_ABSENT)
			break;
		ret = exact_bring_all(x, e, segs, nr, bad);
	} while (!ret);
	return ret;
}

/**
 * dbgmem_exact_run - carry out an EXACT transfer or vector
 * @x: the transfer, with session, flags and write; done, reason and fault_addr
 *	are answers
 * @segs: the segments; only addr, buf and len are used
 * @nr: how many
 * @bad: result on -EFAULT: index of the segment that is to blame
 *
 * Return: 0 and all of it was moved, or a negative errno and nothing was
 * (-ECANCELED: for an expectation).
 */
int dbgmem_exact_run(struct dbgmem_xfer *x, const struct dbgmem_segment *segs,
		     u32 nr, u32 *bad)
{
	struct page *stack[DBGMEM_STACK_PAGES], **pages = stack;
	struct exact e = {
		.target.max = exact_count_pages(segs, nr, true),
		.caller.max = exact_count_pages(segs, nr, false),
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
			x->access.reason = DBGMEM_REASON_NOMEM;
			return -ENOMEM;
		}
	}
	e.target.page = pages;
	e.caller.page = pages + e.target.max;

	ret = exact_run_locked(x, &e, segs, nr, bad);
	if (pages != stack)
		kvfree(pages);
	return ret;
}
