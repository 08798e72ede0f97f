// SPDX-License-Identifier: GPL-2.0
/*
 * Compare and exchange one word of the target, atomically.
 */
#include <linux/highmem.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/sizes.h>

#include "access/hold.h"
#include "access/reason.h"
#include "request.h"
#include "trace.h"
#include "transfer.h"

/*
 * The word has breakpoints: compare and exchange the bytes that transfers see.
 * The shadow cannot change, as the shadow_lock is held for writing.
 */
static void cmpxchg_covered(const struct dbgmem_xfer *x,
			    struct dbgmem_cmpxchg_args *c, char *word)
{
	u8 seen[sizeof(u64)] __aligned(sizeof(u64));
	u8 data[sizeof(u64)] __aligned(sizeof(u64));
	const struct dbgmem_session *s = x->access.session;
	u64 old;

	do {
		old = dbgmem_get_word(word, c->width);
		dbgmem_shadow_load(s, c->addr, seen, word, c->width);
		c->observed = dbgmem_get_word(seen, c->width);
		if (c->observed != c->expected)
			return;
		dbgmem_set_word(data, c->desired, c->width);
		dbgmem_shadow_mask(s, c->addr, data, word, c->width);
	} while (dbgmem_cmpxchg_word(word, old,
				     dbgmem_get_word(data, c->width),
				     c->width) != old);

	dbgmem_set_word(data, c->desired, c->width);
	dbgmem_shadow_commit(s, c->addr, data, word, c->width);
	c->exchanged = 1;
}

static void cmpxchg_page(const struct dbgmem_xfer *x, struct dbgmem_cmpxchg_args *c,
			 struct page *page)
{
	char *kaddr = kmap_local_page(page);
	char *word = kaddr + offset_in_page(c->addr);

	if (dbgmem_xfer_covers(x, c->addr, c->width)) {
		cmpxchg_covered(x, c, word);
	} else {
		c->observed = dbgmem_cmpxchg_word(word, c->expected,
						  c->desired, c->width);
		c->exchanged = c->observed == c->expected;
	}
	if (c->exchanged && x->access.code)
		dbgmem_page_written(page, word, c->width);
	kunmap_local(kaddr);
}

/* Return: 1 if the page was there, or a negative errno. */
static long cmpxchg_try(struct dbgmem_xfer *x, struct dbgmem_cmpxchg_args *c)
{
	struct page *page;
	long held;

	if (dbgmem_xfer_lock(x))
		return -EINTR;
	held = dbgmem_hold_now(&x->access, c->addr, 1, &page);
	if (held == 1) {
		cmpxchg_page(x, c, page);
		dbgmem_drop_target(&x->access, &page, 1, c->exchanged);
	}
	dbgmem_xfer_unlock(x);
	return held;
}

static int cmpxchg_run(struct dbgmem_xfer *x, struct dbgmem_cmpxchg_args *c)
{
	unsigned long end;
	long held;
	int ret;

	do {
		held = cmpxchg_try(x, c);
		if (held == DBGMEM_HOLD_ABSENT)
			held = dbgmem_hold_wait(&x->access) ?: -EAGAIN;
	} while (held == -EAGAIN);
	if (held == 1) {
		x->done = c->exchanged ? c->width : 0;
		return 0;
	}

	ret = dbgmem_reason_explain(&x->access, held, &end);
	x->fault_addr = x->access.addr;
	return x->access.reason == DBGMEM_REASON_PROTECTION ? -EACCES : ret;
}

static int cmpxchg_check(const struct dbgmem_cmpxchg_args *c)
{
	u64 above;

	if (c->flags & ~dbgmem_flags_of(DBGMEM_CALL_CMPXCHG) || c->reserved)
		return -EOPNOTSUPP;
	if (!is_power_of_2(c->width) || c->width > sizeof(u64) ||
	    !IS_ALIGNED(c->addr, c->width))
		return -EINVAL;
	above = c->width < sizeof(u64) ? ~0ULL << (8 * c->width) : 0;
	return (c->expected | c->desired) & above ? -EINVAL : 0;
}

/**
 * dbgmem_ioc_cmpxchg - DBGMEM_IOC_CMPXCHG
 * @ucmd: the request
 */
int dbgmem_ioc_cmpxchg(struct dbgmem_ucmd *ucmd)
{
	struct dbgmem_cmpxchg_args *c = &ucmd->req.cmpxchg;
	struct dbgmem_xfer x = {
		.access.session = ucmd->session,
		.access.addr = c->addr,
		.access.flags = c->flags,
		.access.write = true,
	};
	int ret;

	c->observed = 0;
	c->fault_addr = 0;
	c->reason = DBGMEM_REASON_NONE;
	c->exchanged = 0;

	ret = cmpxchg_check(c);
	if (ret)
		return ret;
	ret = dbgmem_transfer_begin(&x);
	if (ret)
		return ret;
	/* On 32-bit: the target has no such addresses. */
	if (!(x.access.session->access & DBGMEM_ACCESS_READ)) {
		ret = -EACCES;
	} else if (c->addr > ULONG_MAX) {
		x.access.reason = DBGMEM_REASON_UNMAPPED;
		x.fault_addr = c->addr;
		ret = -EFAULT;
	} else {
		ret = cmpxchg_run(&x, c);
	}
	dbgmem_transfer_end(&x);
	trace_dbgmem_transfer(pid_nr(x.access.session->pid), true, c->addr,
			      c->width, c->flags, x.done, x.access.reason);
	c->fault_addr = x.fault_addr;
	c->reason = x.access.reason;
	return ret;
}
