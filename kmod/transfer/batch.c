// SPDX-License-Identifier: GPL-2.0
/*
 * A batch of a vector: hold the pages that its segments touch, with the target's
 * mmap_lock taken once and a page taken once for consecutive segments on it;
 * then, with no lock of the target's held, copy.
 */
#include <linux/mm.h>

#include "access/hold.h"
#include "batch.h"
#include "engine/copy.h"
#include "engine/expect.h"
#include "engine/segment.h"
#include "mirror/mirror.h"

/* A longer segment has batches of its own. */
#define SEGMENT_PAGES	DBGMEM_STACK_PAGES

/* A batch copies no more than this without a look at signals. */
#define BATCH_BYTES	(DBGMEM_BATCH_PAGES * PAGE_SIZE)

/* The first @held pages are held, the rest are too, or none. */
static noinline int batch_hold_rest(struct dbgmem_xfer *x, struct page **pages,
				    unsigned long addr, unsigned long nr,
				    long held)
{
	unsigned long start = addr & PAGE_MASK;
	long got;

	while (held < nr) {
		got = dbgmem_hold_prompt(&x->access, start + held * PAGE_SIZE,
					 nr - held, pages + held);
		if (got < 0) {
			dbgmem_drop_target(&x->access, pages, held, false);
			return got;
		}
		held += got;
	}
	return 0;
}

/* All of them or none. */
static int batch_hold_pages(struct dbgmem_xfer *x, struct dbgmem_pages *p,
			    unsigned long addr, unsigned long nr)
{
	long got = dbgmem_hold_prompt(&x->access, addr, nr, p->page + p->nr);

	if (likely(got == nr))
		return 0;
	return got < 0 ? got : batch_hold_rest(x, p->page + p->nr, addr, nr,
					       got);
}

/*
 * Hold what @seg needs beyond the pages held already. Else it is not for this
 * batch, as -ENOSPC and DBGMEM_HOLD_ABSENT say, or not for any.
 */
static int batch_add(struct dbgmem_xfer *x, struct dbgmem_pages *p,
		     const struct dbgmem_segment *seg)
{
	unsigned long addr, nr;
	int ret;

	/* On 32-bit: the target has no such addresses. */
	if (seg->addr + seg->len > ULONG_MAX)
		return -EFAULT;
	nr = dbgmem_pages_lacking(p, seg->addr, seg->len, &addr);
	if (!nr)
		return 0;
	if (unlikely(nr > SEGMENT_PAGES))
		return -EFAULT;
	if (unlikely(nr > p->max - p->nr))
		return -ENOSPC;
	ret = batch_hold_pages(x, p, addr, nr);
	if (unlikely(ret))
		return ret;
	p->nr += nr;
	p->last = (addr >> PAGE_SHIFT) + nr - 1;
	return 0;
}

/*
 * Hold the pages of segments from *@seg on, which becomes the first not included.
 * DBGMEM_HOLD_ABSENT if it is also the first.
 */
static int batch_hold(struct dbgmem_xfer *x, struct dbgmem_pages *p,
		      struct dbgmem_segment **seg, struct dbgmem_segment *end,
		      bool *alone)
{
	struct mm_struct *mm = x->access.session->mm;
	struct dbgmem_segment *first = *seg, *next = first;
	unsigned long bytes = 0;
	int ret = 0;

	if (mmap_read_lock_killable(mm))
		return 0;
	/* Many segments may share pages: a bound on bytes bounds the batch. */
	while (next < end && bytes < BATCH_BYTES) {
		if (!dbgmem_pages_have(p, next->addr, next->len)) {
			ret = batch_add(x, p, next);
			if (unlikely(ret))
				break;
		}
		bytes += next->len;
		next++;
	}
	mmap_read_unlock(mm);
	*seg = next;
	if (likely(!ret || ret == -ENOSPC))
		return 0;
	if (ret == DBGMEM_HOLD_ABSENT)
		return next == first ? ret : 0;
	*alone = true;
	return 0;
}

/* Copy DBGMEM_SEGMENT_WORDs up to one that is not, or is not accessible. */
static struct dbgmem_segment *batch_put_words(struct dbgmem_segment *seg,
					      struct dbgmem_segment *end,
					      struct dbgmem_cursor *c)
{
	if (!user_write_access_begin(u64_to_user_ptr(seg->buf), seg->len))
		return seg;
	while (seg < end && seg->reason == DBGMEM_SEGMENT_WORD &&
	       dbgmem_segment_put(seg, dbgmem_cursor_kaddr(c, seg->addr)))
		seg++;
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

static struct dbgmem_segment *batch_get_words(struct dbgmem_segment *seg,
					      struct dbgmem_segment *end,
					      struct dbgmem_cursor *c)
{
	if (!user_read_access_begin(u64_to_user_ptr(seg->buf), seg->len))
		return seg;
	for (; seg < end && seg->reason == DBGMEM_SEGMENT_WORD; seg++) {
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

/* False, and no answer, if the caller's buffer is not there. */
static bool batch_copy_bytes(struct dbgmem_xfer *x, struct dbgmem_segment *seg,
			     struct dbgmem_cursor *c)
{
	struct page **pages;

	if (seg->len) {
		x->access.addr = seg->addr;
		x->left = seg->len;
		x->caller.user = u64_to_user_ptr(seg->buf);
		pages = dbgmem_cursor_pages(c, seg->addr, seg->len);
		if (dbgmem_copy_pages(x, pages, ULONG_MAX) < seg->len)
			return false;
	}
	dbgmem_segment_answer(seg, seg->len, DBGMEM_REASON_NONE);
	return true;
}

/*
 * Up to a segment whose buffer is not there, which is not waited for with the
 * pages held: that one is for no batch.
 */
static struct dbgmem_segment *batch_copy(struct dbgmem_xfer *x,
					 struct dbgmem_pages *p,
					 struct dbgmem_segment *seg,
					 struct dbgmem_segment *end,
					 bool *alone)
{
	struct dbgmem_cursor c;

	dbgmem_cursor_init(&c, p);
	pagefault_disable();
	while (seg < end) {
		if (seg->reason == DBGMEM_SEGMENT_WORD)
			seg = x->access.write ? batch_get_words(seg, end, &c) :
						batch_put_words(seg, end, &c);
		/* Not a word, or one that the caller's buffer refused. */
		if (seg < end) {
			if (!batch_copy_bytes(x, seg, &c)) {
				*alone = true;
				break;
			}
			seg++;
		}
	}
	pagefault_enable();
	return seg;
}

/* Words are copied without a look at breakpoints: not these. */
static void batch_mark_covered(struct dbgmem_xfer *x,
			       struct dbgmem_segment *seg,
			       struct dbgmem_segment *end)
{
	for (; seg < end; seg++) {
		if (seg->reason == DBGMEM_SEGMENT_WORD &&
		    dbgmem_xfer_covers(x, seg->addr, seg->len))
			seg->reason = DBGMEM_SEGMENT_BYTES;
	}
}

/* Nothing is held or waited for between the look and the copying. */
static int batch_copy_if_expected(struct dbgmem_xfer *x, struct dbgmem_pages *p,
				  struct dbgmem_segment **seg,
				  struct dbgmem_segment *end, bool *alone)
{
	int ret;

	ret = dbgmem_expects_begin(x);
	if (ret)
		return ret;
	*seg = batch_copy(x, p, *seg, end, alone);
	dbgmem_expects_drop(x);
	return 0;
}

static int batch_run_held(struct dbgmem_xfer *x, struct dbgmem_pages *p,
			  struct dbgmem_segment **seg,
			  struct dbgmem_segment *end, bool *alone)
{
	struct dbgmem_segment *next = *seg;
	int ret = batch_hold(x, p, &next, end, alone);

	if (unlikely(ret))
		return ret;
	if (unlikely(x->shadow.held >= DBGMEM_SHADOW_READ))
		batch_mark_covered(x, *seg, next);
	if (unlikely(x->expects) && next > *seg)
		ret = batch_copy_if_expected(x, p, seg, next, alone);
	else
		*seg = batch_copy(x, p, *seg, next, alone);
	dbgmem_drop_target(&x->access, p->page, p->nr, !ret);
	p->nr = 0;
	return ret;
}

/* Tell the mirror which pages may be copied from. */
static void batch_fetch_segments(struct dbgmem_xfer *x,
				 const struct dbgmem_segment *seg,
				 const struct dbgmem_segment *end)
{
	unsigned long first = ULONG_MAX, last = 0;

	for (; seg < end; seg++) {
		/* On 32-bit: the target has no such addresses. */
		if (!seg->len || seg->addr + seg->len > ULONG_MAX)
			continue;
		first = min_t(u64, first, seg->addr);
		last = max_t(u64, last, seg->addr + seg->len - 1);
	}
	dbgmem_mirror_fetch(x, first, last);
}

/* Pages that the mirror knows need not be held. */
static int batch_run_mirrored(struct dbgmem_xfer *x, struct dbgmem_pages *p,
			      struct dbgmem_segment **seg,
			      struct dbgmem_segment *end, bool *alone)
{
	struct dbgmem_segment *first = *seg;

	end = min(end, first + DBGMEM_BATCH_PAGES);
	if (unlikely(x->shadow.held >= DBGMEM_SHADOW_READ))
		batch_mark_covered(x, first, end);
	*seg = dbgmem_mirror_batch(x, first, end);
	if (likely(*seg > first))
		return 0;
	/* Fetch the others for a few segments at once. */
	end = min(end, first + DBGMEM_STACK_PAGES);
	batch_fetch_segments(x, first, end);
	return batch_run_held(x, p, seg, end, alone);
}

/* Carrying the segment out alone finds out why a page does not come. */
static int batch_wait(struct dbgmem_xfer *x, bool *alone)
{
	if (x->access.absent.side == DBGMEM_ABSENT_EXPECT)
		return dbgmem_expects_wait(x);
	*alone = dbgmem_hold_wait(&x->access);
	x->lacks = 0;
	return 0;
}

/**
 * dbgmem_batch_run - carry out as many segments as can be held together
 * @x: the transfer
 * @p: room for pages; none are in it before and after
 * @seg: the first segment; on success, the first that is not done
 * @end: behind the last segment
 * @alone: result: *@seg is not for any batch
 *
 * Return: 0; -EINTR, -ENOMEM, or -ECANCELED if an expectation does not hold, and
 * nothing was done.
 */
int dbgmem_batch_run(struct dbgmem_xfer *x, struct dbgmem_pages *p,
		     struct dbgmem_segment **seg, struct dbgmem_segment *end,
		     bool *alone)
{
	struct dbgmem_segment *next;
	bool good;
	int ret;

	x->access.absent.tries = 0;
	do {
		*alone = false;
		ret = dbgmem_xfer_lock(x);
		if (unlikely(ret))
			return ret;
		next = *seg;
		ret = x->mirror ? batch_run_mirrored(x, p, &next, end, alone) :
				  batch_run_held(x, p, &next, end, alone);
		good = likely(dbgmem_xfer_unlock(x)) &&
		       likely(dbgmem_mirror_fetched(x));
		if (unlikely(ret == DBGMEM_HOLD_ABSENT)) {
			ret = batch_wait(x, alone);
			good = ret || *alone;
		}
		/* The target may change for as long as it likes. */
		if (unlikely(!good) && fatal_signal_pending(current))
			return -EINTR;
	} while (unlikely(!good));
	if (!ret)
		*seg = next;
	return ret;
}
