// SPDX-License-Identifier: GPL-2.0
/*
 * All or nothing: the pages of both sides are held before the first byte moves,
 * and copying between held pages cannot fail. What cannot be held (device
 * mappings) is refused, whatever the engine.
 */
#include <linux/highmem.h>
#include <linux/mm.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "dbgmem.h"
#include "word.h"

/* Address of the first byte asked for in page @i from @addr's. */
static unsigned long page_start(unsigned long addr, unsigned long i)
{
	return i ? (addr & PAGE_MASK) + (i << PAGE_SHIFT) : addr;
}

/* Hold all @nr pages, or say at which and why not, and hold none. */
static int hold_target(struct dbgmem_xfer *x, struct page **pages,
		       unsigned long nr)
{
	unsigned long addr = x->addr, held = 0, end;
	long ret;

	while (held < nr) {
		ret = dbgmem_hold_target(x, page_start(addr, held), nr - held,
					 pages + held);
		if (ret > 0) {
			held += ret;
			continue;
		}
		dbgmem_drop_target(x, pages, held, false);
		x->addr = page_start(addr, held);
		ret = dbgmem_fault_explain(x, ret, &end);
		x->fault_addr = x->addr;
		x->addr = addr;
		return ret;
	}
	return 0;
}

static int hold_caller(struct dbgmem_xfer *x, struct page **pages,
		       unsigned long nr)
{
	unsigned long user = (unsigned long)x->caller.user, held = 0;
	long ret;

	while (held < nr) {
		ret = dbgmem_hold_caller(x, (char __user *)page_start(user, held),
					 nr - held, pages + held);
		if (ret > 0) {
			held += ret;
			continue;
		}
		dbgmem_drop_caller(x, pages, held, false);
		x->reason = ret == -EINTR ? DBGMEM_REASON_INTERRUPTED :
					    DBGMEM_REASON_BUFFER;
		x->fault_addr = page_start(user, held);
		return dbgmem_fault_errno(x->reason);
	}
	return 0;
}

static void copy_piece(void *dst, const void *src, size_t len, bool word)
{
	if (word)
		dbgmem_copy_word(dst, src, len);
	else
		memmove(dst, src, len);
}

static void copy_pages(struct dbgmem_xfer *x, struct page **target,
		       struct page **caller)
{
	unsigned int toff = offset_in_page(x->addr);
	unsigned int coff = offset_in_page(x->caller.user);
	unsigned long left = x->left;

	while (left) {
		size_t len = min_t(size_t, left,
				   PAGE_SIZE - max(toff, coff));
		char *t = kmap_local_page(*target);
		char *c = kmap_local_page(*caller);

		copy_piece(x->write ? t + toff : c + coff,
			   x->write ? c + coff : t + toff, len,
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

/**
 * dbgmem_exact_run - carry out an EXACT transfer
 * @x: the transfer, not longer than DBGMEM_MAX_EXACT, with a user buffer
 *
 * Return: 0 and all of it was moved, or a negative errno and nothing was.
 */
int dbgmem_exact_run(struct dbgmem_xfer *x)
{
	struct page *stack[DBGMEM_STACK_PAGES], **target = stack, **caller;
	unsigned long nr_target, nr_caller;
	int ret;

	if (!x->left)
		return 0;
	nr_target = dbgmem_span_pages(x->addr, x->left);
	nr_caller = dbgmem_span_pages((unsigned long)x->caller.user, x->left);
	if (nr_target + nr_caller > ARRAY_SIZE(stack)) {
		target = kvmalloc_array(nr_target + nr_caller, sizeof(*target),
					GFP_KERNEL_ACCOUNT);
		if (!target) {
			x->reason = DBGMEM_REASON_NOMEM;
			return -ENOMEM;
		}
	}
	caller = target + nr_target;

	ret = hold_target(x, target, nr_target);
	if (ret)
		goto out_free;
	ret = hold_caller(x, caller, nr_caller);
	if (!ret) {
		copy_pages(x, target, caller);
		x->done = x->left;
		dbgmem_drop_caller(x, caller, nr_caller, true);
	}
	dbgmem_drop_target(x, target, nr_target, !ret);
out_free:
	if (target != stack)
		kvfree(target);
	return ret;
}
