// SPDX-License-Identifier: GPL-2.0
/*
 * Scatter/gather: many small transfers in one call, each with its own answer.
 *
 * Segments are taken in order, a batch at a time: hold the pages that the batch
 * touches, with the target's mmap_lock taken once and a page taken once for
 * consecutive segments on it; then, with no lock held, copy. A segment that is
 * long, or whose pages are not to be had, goes through the ordinary transfer,
 * which also finds out the reason.
 */
#include <linux/bits.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/sched/signal.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "dbgmem.h"
#include "hold.h"
#include "pages.h"
#include "trace.h"

/* A longer segment has batches of its own. */
#define SEGMENT_PAGES	DBGMEM_STACK_PAGES

/* A batch copies no more than this without a look at signals. */
#define BATCH_BYTES	(DBGMEM_BATCH_PAGES * PAGE_SIZE)

/* What segment->reason says of a segment not carried out yet. */
#define SEGMENT_WORD	(~0U)		/* naturally aligned on both sides */
#define SEGMENT_BYTES	(~0U - 1)

/**
 * struct dbgmem_scratch - what a vector needs while it is carried out
 * @size: bytes of all of it
 * @page: the pages of a batch
 * @segment: the kernel's copy of the segments
 */
struct dbgmem_scratch {
	size_t			size;
	struct page		*page[DBGMEM_BATCH_PAGES];
	struct dbgmem_segment	segment[];
};

/* Not more of it is kept by a session that is idle. */
#define SCRATCH_KEPT	SZ_64K

static struct dbgmem_scratch *scratch_get(struct dbgmem_session *s, u32 nr)
{
	struct dbgmem_scratch *scratch = xchg(&s->scratch, NULL);
	size_t size = struct_size(scratch, segment, nr);

	if (scratch && scratch->size >= size)
		return scratch;
	kvfree(scratch);
	/* Refused rather than the caller killed, if it may not have as much. */
	scratch = kvmalloc(size, GFP_KERNEL_ACCOUNT | __GFP_RETRY_MAYFAIL |
				 __GFP_NOWARN);
	if (scratch)
		scratch->size = size;
	return scratch;
}

static void scratch_put(struct dbgmem_session *s,
			struct dbgmem_scratch *scratch)
{
	if (scratch->size <= SCRATCH_KEPT)
		scratch = xchg(&s->scratch, scratch);
	kvfree(scratch);
}

/**
 * dbgmem_vector_release - free what a session keeps for vectors
 * @s: a session that nobody uses any more
 */
void dbgmem_vector_release(struct dbgmem_session *s)
{
	kvfree(s->scratch);
}

/* Lengths 1, 2, 4 and 8. */
#define WORD_LENGTHS	(BIT(1) | BIT(2) | BIT(4) | BIT(8))

/* Words are copied where page_address() and access_ok() suffice. */
static bool is_word(const struct dbgmem_segment *seg)
{
	return !IS_ENABLED(CONFIG_HIGHMEM) && seg->len <= sizeof(u64) &&
	       WORD_LENGTHS >> seg->len & 1 &&
	       !((seg->addr | seg->buf) & (seg->len - 1)) &&
	       access_ok(u64_to_user_ptr(seg->buf), seg->len);
}

static int check_segment(struct dbgmem_segment *seg)
{
	if (unlikely(seg->reserved))
		return -EOPNOTSUPP;
	if (unlikely(seg->addr + seg->len < seg->addr))
		return -EOVERFLOW;
	if (likely(is_word(seg))) {
		seg->reason = SEGMENT_WORD;
		return 0;
	}
	seg->reason = SEGMENT_BYTES;
	return seg->buf + seg->len < seg->buf ? -EOVERFLOW : 0;
}

/* Before anything moves: does every segment make sense? */
static int check_segments(struct dbgmem_segment *segs,
			  const struct dbgmem_vector *v, u32 *bad)
{
	struct dbgmem_segment *seg, *end = segs + v->nr_segments;
	int ret;

	for (seg = segs; seg < end; seg++) {
		ret = check_segment(seg);
		if (unlikely(ret)) {
			*bad = seg - segs;
			return ret;
		}
	}
	return 0;
}

/* The ordinary transfer, for what a batch does not do. */
static void run_alone(struct dbgmem_xfer *x, struct dbgmem_segment *seg)
{
	x->addr = seg->addr;
	x->left = seg->len;
	x->caller.user = u64_to_user_ptr(seg->buf);
	x->done = 0;
	x->reason = DBGMEM_REASON_NONE;
	if (seg->addr + seg->len > ULONG_MAX)
		x->reason = DBGMEM_REASON_UNMAPPED;
	else
		dbgmem_transfer_run(x);
	seg->done = x->done;
	seg->reason = x->reason;
}

/* All of them or none. */
static __always_inline bool
hold_flags(struct dbgmem_xfer *x, struct dbgmem_pages *p, unsigned long addr,
	   unsigned long nr, unsigned int foll, int *locked)
{
	long got = dbgmem_hold_target_locked(x, addr, nr, p->page + p->nr,
					     foll, locked);

	if (likely(got == nr))
		return true;
	if (got > 0)
		dbgmem_drop_target(x, p->page + p->nr, got, false);
	return false;
}

static bool hold(struct dbgmem_xfer *x, struct dbgmem_pages *p,
		 unsigned long addr, unsigned long nr, int *locked)
{
	/* As a rule the page is there: no need to be ready to wait for it. */
	return likely(hold_flags(x, p, addr, nr, x->foll | FOLL_NOFAULT,
				 NULL)) ||
	       hold_flags(x, p, addr, nr, x->foll, locked);
}

/*
 * Hold what @seg needs beyond the pages held already. False if it is not for
 * this batch; *@alone then tells whether for none.
 */
static bool batch_add(struct dbgmem_xfer *x, struct dbgmem_pages *p,
		      const struct dbgmem_segment *seg, int *locked,
		      bool *alone)
{
	unsigned long addr, nr;

	/* On 32-bit: the target has no such addresses. */
	if (seg->addr + seg->len > ULONG_MAX) {
		*alone = true;
		return false;
	}
	nr = dbgmem_pages_lacking(p, seg->addr, seg->len, &addr);
	if (!nr)
		return true;
	if (unlikely(nr > p->max - p->nr)) {
		*alone = nr > SEGMENT_PAGES;
		return false;
	}
	if (unlikely(nr > SEGMENT_PAGES || !hold(x, p, addr, nr, locked))) {
		*alone = true;
		return false;
	}
	p->nr += nr;
	p->last = (addr >> PAGE_SHIFT) + nr - 1;
	return true;
}

/* Hold the pages of segments from @seg on; returns the first not included. */
static struct dbgmem_segment *batch_hold(struct dbgmem_xfer *x,
					 struct dbgmem_pages *p,
					 struct dbgmem_segment *seg,
					 struct dbgmem_segment *end,
					 bool *alone)
{
	struct mm_struct *mm = x->session->mm;
	unsigned long bytes = 0;
	int locked;

	locked = !mmap_read_lock_killable(mm);
	/* Many segments may share pages: a bound on bytes bounds the batch. */
	while (seg < end && locked && bytes < BATCH_BYTES) {
		if (!dbgmem_pages_have(p, seg->addr, seg->len) &&
		    !batch_add(x, p, seg, &locked, alone))
			break;
		bytes += seg->len;
		seg++;
		/* A fault that had to wait dropped the lock. */
		if (unlikely(!locked))
			locked = !mmap_read_lock_killable(mm);
	}
	if (locked)
		mmap_read_unlock(mm);
	return seg;
}

#define put_word(type, fault) do {					\
	type __user *to = u64_to_user_ptr(seg->buf);			\
									\
	unsafe_put_user(READ_ONCE(*(type *)kaddr), to, fault);		\
} while (0)

/* Copy SEGMENT_WORDs up to one that is not, or is not accessible. */
static struct dbgmem_segment *put_words(struct dbgmem_segment *seg,
					struct dbgmem_segment *end,
					struct dbgmem_cursor *c)
{
	if (!user_write_access_begin(u64_to_user_ptr(seg->buf), seg->len))
		return seg;
	for (; seg < end && seg->reason == SEGMENT_WORD; seg++) {
		void *kaddr = dbgmem_cursor_kaddr(c, seg->addr);

		if (likely(seg->len == sizeof(u64)))
			put_word(u64, fault);
		else if (seg->len == sizeof(u32))
			put_word(u32, fault);
		else if (seg->len == sizeof(u16))
			put_word(u16, fault);
		else
			put_word(u8, fault);
		seg->done = seg->len;
		seg->reason = DBGMEM_REASON_NONE;
	}
fault:
	user_write_access_end();
	return seg;
}

#define get_word(type, fault) do {					\
	type __user *from = u64_to_user_ptr(seg->buf);			\
	type word;							\
									\
	unsafe_get_user(word, from, fault);				\
	WRITE_ONCE(*(type *)kaddr, word);				\
} while (0)

static struct dbgmem_segment *get_words(struct dbgmem_segment *seg,
					struct dbgmem_segment *end,
					struct dbgmem_cursor *c)
{
	if (!user_read_access_begin(u64_to_user_ptr(seg->buf), seg->len))
		return seg;
	for (; seg < end && seg->reason == SEGMENT_WORD; seg++) {
		void *kaddr = dbgmem_cursor_kaddr(c, seg->addr);

		if (likely(seg->len == sizeof(u64)))
			get_word(u64, fault);
		else if (seg->len == sizeof(u32))
			get_word(u32, fault);
		else if (seg->len == sizeof(u16))
			get_word(u16, fault);
		else
			get_word(u8, fault);
		seg->done = seg->len;
		seg->reason = DBGMEM_REASON_NONE;
	}
fault:
	user_read_access_end();
	return seg;
}

static void copy_bytes(struct dbgmem_xfer *x, struct dbgmem_segment *seg,
		       struct dbgmem_cursor *c)
{
	struct page **pages;

	seg->done = 0;
	if (seg->len) {
		x->addr = seg->addr;
		x->left = seg->len;
		x->caller.user = u64_to_user_ptr(seg->buf);
		pages = dbgmem_cursor_pages(c, seg->addr, seg->len);
		seg->done = dbgmem_copy_pages(x, pages, ULONG_MAX);
	}
	seg->reason = seg->done < seg->len ? DBGMEM_REASON_BUFFER :
					     DBGMEM_REASON_NONE;
}

static void batch_copy(struct dbgmem_xfer *x, struct dbgmem_pages *p,
		       struct dbgmem_segment *seg, struct dbgmem_segment *end)
{
	struct dbgmem_cursor c;

	dbgmem_cursor_init(&c, p);
	while (seg < end) {
		if (seg->reason == SEGMENT_WORD)
			seg = x->write ? get_words(seg, end, &c) :
					 put_words(seg, end, &c);
		/* Not a word, or one that the caller's buffer refused. */
		if (seg < end)
			copy_bytes(x, seg++, &c);
	}
}

static int run_partial(struct dbgmem_xfer *x, struct dbgmem_scratch *scratch,
		       u32 nr)
{
	struct dbgmem_pages p = {
		.page = scratch->page,
		.max = DBGMEM_BATCH_PAGES,
	};
	struct dbgmem_segment *seg = scratch->segment, *end = seg + nr, *next;
	bool one_by_one;
	u32 reason;

	/*
	 * One process on both ends: what a segment puts into the caller's
	 * memory may replace a page that a later one reads.
	 */
	one_by_one = x->engine == DBGMEM_ENGINE_REMOTE ||
		     x->session->mm == current->mm;

	while (seg < end) {
		bool alone = one_by_one;

		next = seg;
		if (!alone)
			next = batch_hold(x, &p, seg, end, &alone);
		if (next > seg) {
			batch_copy(x, &p, seg, next);
			dbgmem_drop_target(x, p.page, p.nr, true);
			p.nr = 0;
			seg = next;
		}
		if (alone)
			run_alone(x, seg++);
		reason = dbgmem_transfer_ended(x);
		if (reason) {
			for (; seg < end; seg++) {
				seg->done = 0;
				seg->reason = seg->len ? reason :
					      DBGMEM_REASON_NONE;
			}
		}
	}
	return fatal_signal_pending(current) ? -EINTR : 0;
}

static int check_vector(const struct dbgmem_vector *v, bool write)
{
	u32 flags = DBGMEM_EXACT | DBGMEM_FORCE | DBGMEM_NOFAULT;

	if (v->flags & ~dbgmem_transfer_flags() || v->reserved)
		return -EOPNOTSUPP;
	if (v->flags & ~flags || (write && v->flags & DBGMEM_NOFAULT))
		return -EINVAL;
	if (v->op > DBGMEM_OP_WRITE ||
	    v->segment_size != sizeof(struct dbgmem_segment))
		return -EINVAL;
	return v->nr_segments > DBGMEM_MAX_SEGMENTS ? -E2BIG : 0;
}

/* Sum up the answers. */
static void summarise(struct dbgmem_vector *v, const struct dbgmem_segment *segs)
{
	const struct dbgmem_segment *seg = segs, *end = segs + v->nr_segments;
	const struct dbgmem_segment *bad = end;
	u32 incomplete = 0;
	u64 done = 0;

	for (; seg < end; seg++) {
		done += seg->done;
		if (unlikely(seg->done != seg->len) && !incomplete++)
			bad = seg;
	}
	v->done = done;
	v->nr_complete = v->nr_segments - incomplete;
	v->first_incomplete = bad - segs;
	if (bad < end)
		v->fault_addr = bad->done +
				(bad->reason == DBGMEM_REASON_BUFFER ?
				 bad->buf : bad->addr);
}

static int run_exact(struct dbgmem_xfer *x, struct dbgmem_vector *v,
		     struct dbgmem_segment *segs)
{
	struct dbgmem_segment *seg;
	int ret;

	ret = dbgmem_exact_run(x, segs, v->nr_segments, &v->first_incomplete);
	for (seg = segs; seg < segs + v->nr_segments; seg++) {
		seg->done = ret ? 0 : seg->len;
		seg->reason = DBGMEM_REASON_NONE;
	}
	if (ret == -EFAULT) {
		segs[v->first_incomplete].reason = x->reason;
		v->fault_addr = x->fault_addr;
	}
	return ret;
}

static int run_vector(struct dbgmem_xfer *x, struct dbgmem_vector *v,
		      struct dbgmem_scratch *scratch)
{
	int ret;

	ret = dbgmem_transfer_begin(x);
	if (ret)
		return ret;
	if (v->flags & DBGMEM_EXACT)
		ret = run_exact(x, v, scratch->segment);
	else
		ret = run_partial(x, scratch, v->nr_segments);
	if (!ret || !(v->flags & DBGMEM_EXACT))
		summarise(v, scratch->segment);
	x->done = v->done;
	dbgmem_transfer_end(x);
	trace_dbgmem_vector(pid_nr(x->session->pid), x->write, v->nr_segments,
			    v->flags, v->done, v->first_incomplete);
	return ret;
}

/**
 * dbgmem_ioc_vector - DBGMEM_IOC_VECTOR
 * @ucmd: the request
 */
int dbgmem_ioc_vector(struct dbgmem_ucmd *ucmd)
{
	struct dbgmem_vector *v = &ucmd->req.vector;
	struct dbgmem_xfer x = {
		.session = ucmd->session,
		.flags = v->flags,
		.write = v->op == DBGMEM_OP_WRITE,
	};
	size_t bytes = v->nr_segments * sizeof(struct dbgmem_segment);
	void __user *array = u64_to_user_ptr(v->segments);
	struct dbgmem_scratch *scratch;
	int ret;

	v->done = 0;
	v->nr_complete = 0;
	v->first_incomplete = 0;
	v->fault_addr = 0;

	ret = check_vector(v, x.write);
	if (ret)
		return ret;
	scratch = scratch_get(x.session, v->nr_segments);
	if (!scratch)
		return -ENOMEM;

	ret = -EFAULT;
	if (copy_from_user(scratch->segment, array, bytes))
		goto out;
	ret = check_segments(scratch->segment, v, &v->first_incomplete);
	if (ret)
		goto out;
	ret = run_vector(&x, v, scratch);
	if ((!ret || ret == -EFAULT) &&
	    copy_to_user(array, scratch->segment, bytes))
		ret = -EFAULT;
out:
	scratch_put(x.session, scratch);
	return ret;
}
