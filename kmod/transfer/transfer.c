// SPDX-License-Identifier: GPL-2.0
/*
 * One transfer: check the request, choose an engine, go on batch by batch, and
 * say how far it got.
 */
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/sched/signal.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "access/hold.h"
#include "access/reason.h"
#include "engine/pages.h"
#include "request.h"
#include "trace.h"
#include "transfer.h"
#include "valid.h"

/* The caller may be killed while this much is filled with zeros. */
#define ZERO_CHUNK	SZ_1M

static ssize_t transfer_copy_pages(struct dbgmem_xfer *x, struct page **pages,
				   unsigned int nr_pages)
{
	ssize_t ret;

	/* An iterator cannot go back to what was copied in part. */
	if (x->mirror && !x->caller.iter) {
		ret = dbgmem_mirror_copy(x);
		if (ret)
			return ret;
		dbgmem_mirror_fetch(x, x->access.addr, x->access.addr +
				    min(x->left, nr_pages * PAGE_SIZE) - 1);
	}
	if (x->engine == DBGMEM_ENGINE_REMOTE)
		return dbgmem_remote_copy(x, pages, nr_pages);

	ret = dbgmem_pinned_copy(x, pages, nr_pages);
	if ((ret == -EFAULT || ret == -EEXIST) &&
	    x->engine == DBGMEM_ENGINE_AUTO &&
	    x->access.reason != DBGMEM_REASON_BUFFER &&
	    dbgmem_reason_special(&x->access))
		ret = dbgmem_remote_copy(x, pages, nr_pages);
	return ret;
}

/*
 * A word of which a part was copied is copied again, as a whole, when the
 * caller's other page has come.
 */
static ssize_t transfer_whole_word(struct dbgmem_xfer *x, ssize_t n)
{
	if (likely(n <= 0 || n == x->left || x->left > sizeof(u64)) ||
	    x->caller.iter || x->access.absent.partial ||
	    offset_in_page(x->access.addr) + x->left > PAGE_SIZE)
		return n;
	return dbgmem_hold_lacks_buffer(&x->access, x->caller.user, n,
					x->left - n);
}

static ssize_t transfer_copy_batch(struct dbgmem_xfer *x, struct page **pages,
				   unsigned int nr_pages)
{
	ssize_t ret;
	bool good;

	x->access.absent.tries = 0;
	x->access.absent.last = 0;
	for (;;) {
		ret = dbgmem_xfer_lock(x);
		if (ret)
			return ret;
		ret = transfer_whole_word(x, transfer_copy_pages(x, pages,
								 nr_pages));
		good = likely(dbgmem_xfer_unlock(x)) &&
		       likely(dbgmem_mirror_fetched(x));
		if (unlikely(ret == DBGMEM_HOLD_ABSENT)) {
			ret = dbgmem_hold_wait(&x->access);
			if (ret)
				return ret;
			x->lacks = 0;
			continue;
		}
		if (good)
			return ret;
		if (x->caller.iter && ret > 0)
			iov_iter_revert(x->caller.iter, ret);
		/* The target may change for as long as it likes. */
		if (fatal_signal_pending(current))
			return -EINTR;
		cond_resched();
	}
}

static int transfer_stop(struct dbgmem_xfer *x, u32 reason)
{
	x->access.reason = reason;
	x->fault_addr = reason == DBGMEM_REASON_BUFFER ?
			(unsigned long)x->caller.user : x->access.addr;
	return dbgmem_reason_errno(reason);
}

static int transfer_may_go_on(struct dbgmem_xfer *x)
{
	u32 reason = dbgmem_target_ended(x->access.session);

	return reason ? transfer_stop(x, reason) : 0;
}

static int transfer_zero_fill(struct dbgmem_xfer *x, unsigned long len)
{
	int ret;

	while (len) {
		unsigned long n = min(len, ZERO_CHUNK);
		size_t zeroed = dbgmem_caller_zero(&x->caller, 0, n);

		dbgmem_transfer_advance(x, zeroed);
		if (zeroed < n)
			return transfer_stop(x, DBGMEM_REASON_BUFFER);
		len -= n;
		ret = len ? transfer_may_go_on(x) : 0;
		if (ret)
			return ret;
	}
	return 0;
}

/**
 * dbgmem_transfer_batches - dbgmem_transfer_run(), batch by batch
 * @x: the transfer
 */
noinline int dbgmem_transfer_batches(struct dbgmem_xfer *x)
{
	struct page *stack[DBGMEM_STACK_PAGES], **pages = stack;
	unsigned int nr_pages = ARRAY_SIZE(stack);
	u64 hole_addr = 0;
	u32 hole_reason = DBGMEM_REASON_NONE;
	int ret = 0;

	x->access.absent.partial = false;
	if (x->left > ARRAY_SIZE(stack) * PAGE_SIZE) {
		pages = kmalloc_array(DBGMEM_BATCH_PAGES, sizeof(*pages),
				      GFP_KERNEL_ACCOUNT | __GFP_NORETRY |
				      __GFP_NOWARN);
		if (pages)
			nr_pages = DBGMEM_BATCH_PAGES;
		else
			pages = stack;
	}

	while (x->left) {
		ssize_t n = transfer_copy_batch(x, pages, nr_pages);
		unsigned long end;

		if (n > 0) {
			if (x->valid)
				ret = dbgmem_valid_mark(x->valid,
							x->access.addr, n,
							n == x->left);
			dbgmem_transfer_advance(x, n);
			x->done += n;
			if (ret) {
				transfer_stop(x, DBGMEM_REASON_BUFFER);
				break;
			}
		} else {
			ret = dbgmem_reason_explain(&x->access, n, &end);
			if (ret != -EFAULT ||
			    !(x->access.flags & DBGMEM_ZEROFILL) ||
			    x->access.reason == DBGMEM_REASON_BUFFER) {
				transfer_stop(x, x->access.reason);
				break;
			}
			if (!hole_reason) {
				hole_reason = x->access.reason;
				hole_addr = x->access.addr;
			}
			x->access.reason = DBGMEM_REASON_NONE;
			ret = transfer_zero_fill(x, min(x->left,
							end - x->access.addr));
			if (ret)
				break;
		}
		ret = x->left ? transfer_may_go_on(x) : 0;
		if (ret)
			break;
	}
	if (!ret && hole_reason) {
		x->access.reason = hole_reason;
		x->fault_addr = hole_addr;
	}
	if (x->valid && dbgmem_valid_flush(x->valid))
		ret = transfer_stop(x, DBGMEM_REASON_BUFFER);
	if (pages != stack)
		kfree(pages);
	return ret;
}

static int transfer_check_range(const struct dbgmem_transfer *t)
{
	u64 end;

	if (check_add_overflow(t->addr, t->len, &end) ||
	    check_add_overflow(t->buf, t->len, &end))
		return -EOVERFLOW;
	if (t->flags & DBGMEM_EXACT && t->len > DBGMEM_MAX_EXACT)
		return -EMSGSIZE;
	return 0;
}

static __always_inline int
transfer_check_request(const struct dbgmem_transfer *t, bool write)
{
	int ret;

	if (t->reserved)
		return -EOPNOTSUPP;
	ret = dbgmem_flags_check(t->flags, write ? DBGMEM_CALL_WRITE :
						   DBGMEM_CALL_READ);
	if (ret)
		return ret;
	if (t->valid ? !(t->flags & (DBGMEM_ZEROFILL | DBGMEM_NOFAULT)) :
		       t->valid_size)
		return -EINVAL;
	return transfer_check_range(t);
}

static noinline int transfer_run_exact(struct dbgmem_xfer *x,
				       const struct dbgmem_transfer *t)
{
	struct dbgmem_segment seg = {
		.addr = t->addr,
		.buf = t->buf,
		.len = t->len,
	};
	u32 bad;
	int ret;

	ret = dbgmem_exact_run(x, &seg, 1, &bad);
	if (!ret && x->valid &&
	    (dbgmem_valid_mark(x->valid, x->access.addr, x->left, true) ||
	     dbgmem_valid_flush(x->valid))) {
		x->access.reason = DBGMEM_REASON_BUFFER;
		x->fault_addr = t->valid;
	}
	return ret;
}

/* @valid is room for a validity bitmap, and lives as long as @x. */
static __always_inline int transfer_run_request(struct dbgmem_xfer *x,
						const struct dbgmem_transfer *t,
						struct dbgmem_valid *valid)
{
	int ret;

	/* On 32-bit: the target has no such addresses. */
	if (t->addr + t->len > ULONG_MAX) {
		x->access.reason = DBGMEM_REASON_UNMAPPED;
		x->fault_addr = t->addr;
		return -EFAULT;
	}
	if (t->valid && t->len) {
		x->valid = valid;
		ret = dbgmem_valid_init(valid, t);
		if (ret == -EFAULT) {
			x->access.reason = DBGMEM_REASON_BUFFER;
			x->fault_addr = t->valid;
		}
		if (ret)
			return ret;
	}
	if (t->flags & DBGMEM_EXACT)
		return transfer_run_exact(x, t);
	ret = dbgmem_transfer_run(x);
	return x->done ? 0 : ret;
}

static void transfer_trace(const struct dbgmem_session *s, bool write,
			   const struct dbgmem_transfer *t)
{
	trace_dbgmem_transfer(pid_nr(s->pid), write, t->addr, t->len, t->flags,
			      t->done, t->reason);
}

/*
 * A read within one page that the mirror knows: without a look at the target,
 * but for whether it still runs the same program. False if it is not one, or may
 * have met a trap.
 */
static __always_inline bool transfer_read_known(struct dbgmem_session *s,
						struct dbgmem_transfer *t)
{
	if (READ_ONCE(s->shadowed))
		return false;
	if (t->flags & ~dbgmem_flags_mirror() || t->valid ||
	    t->addr > ULONG_MAX)
		return false;
	/* Without one of no bytes. */
	if (t->len - 1 >= PAGE_SIZE - offset_in_page(t->addr) ||
	    !dbgmem_task_has_mm(s))
		return false;
	if (!dbgmem_mirror_read(s->mirror, t->addr, u64_to_user_ptr(t->buf),
				t->len))
		return false;
	/* Pairs with the barrier in dbgmem_shadow_begin(). */
	smp_rmb();
	if (unlikely(READ_ONCE(s->shadowed)))
		return false;
	t->done = t->len;
	atomic64_inc(&s->reads);
	atomic64_add(t->len, &s->bytes_read);
	return true;
}

/* Twice, for reading and for writing: half of the branches are known then. */
static __always_inline int transfer_request(struct dbgmem_ucmd *ucmd,
					    bool write)
{
	struct dbgmem_transfer *t = &ucmd->req.transfer;
	struct dbgmem_xfer x = {
		.access.session = ucmd->session,
		.access.addr = t->addr,
		.access.flags = t->flags,
		.access.write = write,
		.caller.user = u64_to_user_ptr(t->buf),
		.left = t->len,
	};
	struct dbgmem_valid valid;
	int ret;

	ret = dbgmem_transfer_begin(&x);
	if (ret)
		return ret;
	ret = transfer_run_request(&x, t, &valid);
	dbgmem_transfer_end(&x);
	t->done = x.done;
	t->fault_addr = x.fault_addr;
	t->reason = x.access.reason;
	if (trace_dbgmem_transfer_enabled())
		transfer_trace(x.access.session, write, t);
	return ret;
}

static __always_inline int transfer_prepare(struct dbgmem_transfer *t,
					    bool write)
{
	t->done = 0;
	t->fault_addr = 0;
	t->reason = DBGMEM_REASON_NONE;
	return transfer_check_request(t, write);
}

/* Out of each other's way. */
static noinline int transfer_read_ordinary(struct dbgmem_ucmd *ucmd)
{
	return transfer_request(ucmd, false);
}

static noinline int transfer_read_mirrored(struct dbgmem_ucmd *ucmd)
{
	struct dbgmem_transfer *t = &ucmd->req.transfer;

	if (!transfer_read_known(ucmd->session, t))
		return transfer_read_ordinary(ucmd);
	if (trace_dbgmem_transfer_enabled())
		transfer_trace(ucmd->session, false, t);
	return 0;
}

/**
 * dbgmem_ioc_read - DBGMEM_IOC_READ
 * @ucmd: the request
 */
int dbgmem_ioc_read(struct dbgmem_ucmd *ucmd)
{
	struct dbgmem_session *s = ucmd->session;
	int ret;

	ret = transfer_prepare(&ucmd->req.transfer, false);
	if (unlikely(ret))
		return ret;
	return dbgmem_target_attached(s) && s->mirror ?
	       transfer_read_mirrored(ucmd) : transfer_read_ordinary(ucmd);
}

/**
 * dbgmem_ioc_write - DBGMEM_IOC_WRITE
 * @ucmd: the request
 */
int dbgmem_ioc_write(struct dbgmem_ucmd *ucmd)
{
	int ret;

	ret = transfer_prepare(&ucmd->req.transfer, true);
	return ret ?: transfer_request(ucmd, true);
}
