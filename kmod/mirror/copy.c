// SPDX-License-Identifier: GPL-2.0
/*
 * Reading what the mirror knows: see mirror.h.
 */
#include <linux/mm.h>
#include <linux/uaccess.h>

#include "engine/copy.h"
#include "engine/pages.h"
#include "engine/segment.h"
#include "mirror.h"

/* A batch copies no more than this without a look at signals. */
#define BATCH_BYTES	(DBGMEM_BATCH_PAGES * PAGE_SIZE)

/* Copied under the lock at once, at most: the target may be waiting for it. */
#define LOCKED_PAGES	8
#define LOCKED_WORDS	128

/* Copy from x->access.addr + @at on, as far as is known. *@known: is it further? */
static size_t mirror_copy_known(struct dbgmem_xfer *x, size_t at, size_t max,
				bool *known)
{
	struct dbgmem_mirror *m = x->mirror;
	size_t done = 0, len, n;
	unsigned int i;
	char *page;

	*known = true;
	read_lock(&m->changes.lock);
	pagefault_disable();
	for (i = 0; i < LOCKED_PAGES && done < max; i++) {
		unsigned long addr = x->access.addr + at + done;

		page = dbgmem_mirror_find(m, addr);
		if (!page) {
			*known = false;
			break;
		}
		len = min_t(size_t, max - done,
			    PAGE_SIZE - offset_in_page(addr));
		n = dbgmem_copy_mapped(x, at + done,
				       page + offset_in_page(addr), len);
		done += n;
		if (n < len)
			break;
	}
	pagefault_enable();
	read_unlock(&m->changes.lock);
	return done;
}

/* Once for a page, until it has been waited for: the answer would be the same. */
static bool mirror_learn(struct dbgmem_xfer *x, unsigned long addr)
{
	unsigned long page = addr & PAGE_MASK;

	if (page && x->lacks == page)
		return false;
	if (dbgmem_mirror_fill(x->mirror, addr))
		return true;
	x->lacks = page;
	return false;
}

/**
 * dbgmem_mirror_copy - move one batch as far as the mirror knows, or can learn
 * @x: the transfer, reading
 *
 * Return: bytes moved, perhaps none: at the next one the target's page is not
 * resident, or is not for mirrors, or the caller's is not resident.
 */
size_t dbgmem_mirror_copy(struct dbgmem_xfer *x)
{
	size_t max = min_t(size_t, x->left, BATCH_BYTES);
	size_t done = 0, n;
	bool known, learnt = false;

	while (done < max) {
		n = mirror_copy_known(x, done, max - done, &known);
		done += n;
		if (n)
			learnt = false;
		else if (learnt || known)
			break;
		if (!known) {
			learnt = mirror_learn(x, x->access.addr + done);
			if (!learnt)
				break;
		}
	}
	return done;
}

/* Copy DBGMEM_SEGMENT_WORDs up to one that is not, or is not to be had. */
static struct dbgmem_segment *mirror_put_words(struct dbgmem_mirror *m,
					       struct dbgmem_segment *seg,
					       struct dbgmem_segment *end)
{
	unsigned long number = 0;
	char *page = NULL;

	end = min(end, seg + LOCKED_WORDS);
	read_lock(&m->changes.lock);
	pagefault_disable();
	if (!user_write_access_begin(u64_to_user_ptr(seg->buf), seg->len))
		goto out;
	for (; seg < end && seg->reason == DBGMEM_SEGMENT_WORD; seg++) {
		if (!page || seg->addr >> PAGE_SHIFT != number) {
			page = dbgmem_mirror_find(m, seg->addr);
			if (!page)
				break;
			number = seg->addr >> PAGE_SHIFT;
		}
		if (!dbgmem_segment_put(seg, page + offset_in_page(seg->addr)))
			break;
	}
	user_write_access_end();
out:
	pagefault_enable();
	read_unlock(&m->changes.lock);
	return seg;
}

static struct dbgmem_segment *
mirror_put_words_learning(struct dbgmem_xfer *x, struct dbgmem_segment *seg,
			  struct dbgmem_segment *end)
{
	struct dbgmem_segment *next = mirror_put_words(x->mirror, seg, end);

	if (unlikely(next == seg) && mirror_learn(x, seg->addr))
		next = mirror_put_words(x->mirror, seg, end);
	return next;
}

static struct dbgmem_segment *mirror_put_bytes(struct dbgmem_xfer *x,
					       struct dbgmem_segment *seg)
{
	x->access.addr = seg->addr;
	x->left = seg->len;
	x->caller.user = u64_to_user_ptr(seg->buf);
	if (dbgmem_mirror_copy(x) < seg->len)
		return seg;
	dbgmem_segment_answer(seg, seg->len, DBGMEM_REASON_NONE);
	return seg + 1;
}

/**
 * dbgmem_mirror_batch - carry out segments of a vector that reads
 * @x: the transfer
 * @seg: the first segment
 * @end: behind the last one
 *
 * Return: the first segment that is not done.
 */
struct dbgmem_segment *dbgmem_mirror_batch(struct dbgmem_xfer *x,
					   struct dbgmem_segment *seg,
					   struct dbgmem_segment *end)
{
	struct dbgmem_segment *next;
	unsigned long bytes = 0;

	while (seg < end && bytes < BATCH_BYTES) {
		/* On 32-bit: the target has no such addresses. */
		if (seg->addr + seg->len > ULONG_MAX)
			next = seg;
		else if (likely(seg->reason == DBGMEM_SEGMENT_WORD))
			next = mirror_put_words_learning(x, seg, end);
		else
			next = mirror_put_bytes(x, seg);
		if (next == seg)
			break;
		bytes += seg->len;
		seg = next;
	}
	return seg;
}
