// SPDX-License-Identifier: GPL-2.0
/*
 * Scatter/gather: many small transfers in one call, each with its own answer.
 *
 * Segments are taken in order, a batch at a time. A segment that is long, or
 * whose pages are not to be had, goes through the ordinary transfer, which also
 * finds out the reason.
 */
#include <linux/bits.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/sched/signal.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "access/hold.h"
#include "batch.h"
#include "engine/expect.h"
#include "engine/segment.h"
#include "request.h"
#include "trace.h"
#include "transfer.h"

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

static struct dbgmem_scratch *vector_scratch_get(struct dbgmem_session *s,
						 u32 nr)
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

static void vector_scratch_put(struct dbgmem_session *s,
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

/*
 * Words are copied where page_address() and access_ok() suffice, and nothing is to
 * be done after writing.
 */
static bool vector_is_word(const struct dbgmem_segment *seg, u32 op)
{
	return (DBGMEM_COHERENT_ICACHE || op == DBGMEM_OP_READ) &&
	       !IS_ENABLED(CONFIG_HIGHMEM) && seg->len <= sizeof(u64) &&
	       WORD_LENGTHS >> seg->len & 1 &&
	       !((seg->addr | seg->buf) & (seg->len - 1)) &&
	       access_ok(u64_to_user_ptr(seg->buf), seg->len);
}

static int vector_check_segment(struct dbgmem_segment *seg, u32 op)
{
	if (unlikely(seg->reserved))
		return -EOPNOTSUPP;
	if (unlikely(seg->addr + seg->len < seg->addr))
		return -EOVERFLOW;
	if (likely(vector_is_word(seg, op))) {
		seg->reason = DBGMEM_SEGMENT_WORD;
		return 0;
	}
	seg->reason = DBGMEM_SEGMENT_BYTES;
	return seg->buf + seg->len < seg->buf ? -EOVERFLOW : 0;
}

/* Before anything moves: does every segment make sense? */
static int vector_check_segments(struct dbgmem_segment *segs,
				 const struct dbgmem_vector *v, u32 *bad)
{
	struct dbgmem_segment *seg, *end = segs + v->nr_segments;
	int ret;

	for (seg = segs; seg < end; seg++) {
		ret = vector_check_segment(seg, v->op);
		if (unlikely(ret)) {
			*bad = seg - segs;
			return ret;
		}
	}
	return 0;
}

/* The ordinary transfer, for what a batch does not do. */
static void vector_run_alone(struct dbgmem_xfer *x, struct dbgmem_segment *seg)
{
	x->access.addr = seg->addr;
	x->left = seg->len;
	x->caller.user = u64_to_user_ptr(seg->buf);
	x->done = 0;
	x->access.reason = DBGMEM_REASON_NONE;
	if (seg->addr + seg->len > ULONG_MAX)
		x->access.reason = DBGMEM_REASON_UNMAPPED;
	else
		dbgmem_transfer_run(x);
	dbgmem_segment_answer(seg, x->done, x->access.reason);
}

/* Look at what is expected, where no batch does. */
static int vector_check_expects(struct dbgmem_xfer *x)
{
	bool good;
	int ret;

	x->access.absent.tries = 0;
	do {
		ret = dbgmem_xfer_lock(x);
		if (ret)
			return ret;
		ret = dbgmem_expects_begin(x);
		if (!ret)
			dbgmem_expects_drop(x);
		good = dbgmem_xfer_unlock(x);
		if (ret == DBGMEM_HOLD_ABSENT) {
			ret = dbgmem_expects_wait(x);
			good = ret;
		}
		if (!good && fatal_signal_pending(current))
			return -EINTR;
	} while (!good);
	return ret;
}

/* The next segments, at least one. */
static int vector_run_some(struct dbgmem_xfer *x, struct dbgmem_pages *p,
			   struct dbgmem_segment **seg,
			   struct dbgmem_segment *end)
{
	bool alone;
	int ret;

	ret = dbgmem_batch_run(x, p, seg, end, &alone);
	if (!ret && alone && x->expects)
		ret = vector_check_expects(x);
	if (!ret && alone)
		vector_run_alone(x, (*seg)++);
	return ret;
}

/* The next segment, with a look at what is expected as often as batches have. */
static int vector_run_one(struct dbgmem_xfer *x, struct dbgmem_segment **seg,
			  const struct dbgmem_segment *first)
{
	int ret;

	if (x->expects && ((*seg - first) % DBGMEM_BATCH_PAGES == 0 ||
			   (*seg)->len > DBGMEM_STACK_PAGES * PAGE_SIZE)) {
		ret = vector_check_expects(x);
		if (ret)
			return ret;
	}
	vector_run_alone(x, (*seg)++);
	return 0;
}

/* Answer segments that the vector did not come to. */
static void vector_give_up(struct dbgmem_segment *seg,
			   struct dbgmem_segment *end, u32 reason)
{
	for (; seg < end; seg++) {
		seg->done = 0;
		seg->reason = seg->len ? reason : DBGMEM_REASON_NONE;
	}
}

static int vector_run_partial(struct dbgmem_xfer *x,
			      struct dbgmem_scratch *scratch, u32 nr)
{
	struct dbgmem_pages p = {
		.page = scratch->page,
		.max = DBGMEM_BATCH_PAGES,
	};
	struct dbgmem_segment *first = scratch->segment;
	struct dbgmem_segment *seg = first, *end = first + nr;
	bool one_by_one;
	u32 reason;
	int ret;

	if (!nr && x->expects)
		return vector_check_expects(x);
	/*
	 * One process on both ends: what a segment puts into the caller's
	 * memory may replace a page that a later one reads.
	 */
	one_by_one = x->engine == DBGMEM_ENGINE_REMOTE ||
		     x->access.session->mm == current->mm;

	while (seg < end) {
		ret = one_by_one ? vector_run_one(x, &seg, first) :
				   vector_run_some(x, &p, &seg, end);
		if (ret == -ECANCELED) {
			vector_give_up(seg, end, DBGMEM_REASON_CANCELED);
			return ret;
		}
		reason = dbgmem_target_ended(x->access.session);
		if (!reason && ret)
			reason = x->access.reason ?: DBGMEM_REASON_NOMEM;
		if (reason) {
			vector_give_up(seg, end, reason);
			seg = end;
		}
	}
	return fatal_signal_pending(current) ? -EINTR : 0;
}

static int vector_check(const struct dbgmem_vector *v, bool write)
{
	int ret;

	if (v->reserved || v->reserved2)
		return -EOPNOTSUPP;
	ret = dbgmem_flags_check(v->flags, write ? DBGMEM_CALL_VECTOR_WRITE :
						   DBGMEM_CALL_VECTOR_READ);
	if (ret)
		return ret;
	if (v->op > DBGMEM_OP_WRITE ||
	    v->segment_size != sizeof(struct dbgmem_segment))
		return -EINVAL;
	return v->nr_segments > DBGMEM_MAX_SEGMENTS ? -E2BIG : 0;
}

/* Sum up the answers. */
static void vector_summarise(struct dbgmem_vector *v,
			     const struct dbgmem_segment *segs)
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

static int vector_run_exact(struct dbgmem_xfer *x, struct dbgmem_vector *v,
			    struct dbgmem_segment *segs)
{
	struct dbgmem_segment *seg;
	int ret;

	x->done = 0;
	ret = dbgmem_exact_run(x, segs, v->nr_segments, &v->first_incomplete);
	for (seg = segs; seg < segs + v->nr_segments; seg++) {
		seg->done = ret ? 0 : seg->len;
		seg->reason = DBGMEM_REASON_NONE;
	}
	if (ret == -EFAULT) {
		segs[v->first_incomplete].reason = x->access.reason;
		v->fault_addr = x->fault_addr;
	}
	return ret;
}

static int vector_run(struct dbgmem_xfer *x, struct dbgmem_vector *v,
		      struct dbgmem_scratch *scratch)
{
	bool exact = v->flags & DBGMEM_EXACT;
	int ret;

	ret = dbgmem_transfer_begin(x);
	if (ret)
		return ret;
	if (x->expects && !(x->access.session->access & DBGMEM_ACCESS_READ)) {
		dbgmem_transfer_end(x);
		return -EACCES;
	}
	if (exact)
		ret = vector_run_exact(x, v, scratch->segment);
	else
		ret = vector_run_partial(x, scratch, v->nr_segments);
	if (!ret || !exact)
		vector_summarise(v, scratch->segment);
	x->done = v->done;
	dbgmem_transfer_end(x);
	trace_dbgmem_vector(pid_nr(x->access.session->pid), x->access.write,
			    v->nr_segments, v->flags, v->done,
			    v->first_incomplete);
	return ret;
}

static int vector_run_request(struct dbgmem_xfer *x, struct dbgmem_vector *v,
			      struct dbgmem_scratch *scratch)
{
	size_t bytes = v->nr_segments * sizeof(struct dbgmem_segment);
	void __user *array = u64_to_user_ptr(v->segments);
	int ret;

	if (copy_from_user(scratch->segment, array, bytes))
		return -EFAULT;
	ret = vector_check_segments(scratch->segment, v, &v->first_incomplete);
	if (ret)
		return ret;
	ret = vector_run(x, v, scratch);
	if ((!ret || ret == -EFAULT || ret == -ECANCELED) &&
	    copy_to_user(array, scratch->segment, bytes))
		return -EFAULT;
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
		.access.session = ucmd->session,
		.access.flags = v->flags,
		.access.write = v->op == DBGMEM_OP_WRITE,
	};
	struct dbgmem_scratch *scratch;
	int ret;

	v->done = 0;
	v->nr_complete = 0;
	v->first_incomplete = 0;
	v->fault_addr = 0;
	v->first_unmet = 0;

	ret = vector_check(v, x.access.write);
	if (ret)
		return ret;
	x.expects = dbgmem_expects_get(v);
	if (IS_ERR(x.expects))
		return PTR_ERR(x.expects);
	ret = -ENOMEM;
	scratch = vector_scratch_get(x.access.session, v->nr_segments);
	if (scratch) {
		ret = vector_run_request(&x, v, scratch);
		vector_scratch_put(x.access.session, scratch);
	}
	return dbgmem_expects_put(x.expects, v, ret);
}
