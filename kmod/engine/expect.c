// SPDX-License-Identifier: GPL-2.0
/*
 * Expectations of a vector.
 *
 * Their pages are held after those of the segments: a page that is going to be
 * written may be replaced by the target's own copy at that, and it is the copy
 * that the target goes on with.
 */
#include <linux/highmem.h>
#include <linux/mm.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "access/hold.h"
#include "access/reason.h"
#include "expect.h"

static int expect_check(const struct dbgmem_expects *e)
{
	u32 i;

	for (i = 0; i < e->nr; i++) {
		if (e->item[i].reserved)
			return -EOPNOTSUPP;
		if (!IS_ALIGNED(e->item[i].addr, sizeof(u64)))
			return -EINVAL;
	}
	return 0;
}

/**
 * dbgmem_expects_get - copy the expectations of a vector in
 * @v: the request
 *
 * Return: them, to be given to dbgmem_expects_put(); NULL if there are none; or
 * an error pointer: -E2BIG, -EINVAL, -EFAULT, -EOPNOTSUPP, -ENOMEM.
 */
struct dbgmem_expects *dbgmem_expects_get(const struct dbgmem_vector *v)
{
	struct dbgmem_expects *e;
	int ret;

	if (!v->nr_expects)
		return v->expect_size && v->expect_size != sizeof(e->item[0]) ?
		       ERR_PTR(-EINVAL) : NULL;
	if (v->expect_size != sizeof(e->item[0]))
		return ERR_PTR(-EINVAL);
	if (v->nr_expects > DBGMEM_MAX_EXPECTS)
		return ERR_PTR(-E2BIG);

	/* The pages go behind the items. */
	e = kmalloc(struct_size(e, item, v->nr_expects) +
		    v->nr_expects * sizeof(*e->page), GFP_KERNEL_ACCOUNT);
	if (!e)
		return ERR_PTR(-ENOMEM);
	e->nr = v->nr_expects;
	e->unmet = e->nr;
	e->page = (struct page **)&e->item[e->nr];
	memset(e->page, 0, e->nr * sizeof(*e->page));

	ret = -EFAULT;
	if (copy_from_user(e->item, u64_to_user_ptr(v->expects),
			   e->nr * sizeof(e->item[0])))
		goto err;
	ret = expect_check(e);
	if (ret)
		goto err;
	return e;

err:
	kfree(e);
	return ERR_PTR(ret);
}

/**
 * dbgmem_expects_put - tell what was observed, and free the expectations
 * @e: from dbgmem_expects_get(), or NULL
 * @v: the request
 * @ret: what became of the vector
 *
 * Return: @ret, or -EFAULT if that could not be told.
 */
int dbgmem_expects_put(struct dbgmem_expects *e, struct dbgmem_vector *v,
		       int ret)
{
	if (!e)
		return ret;
	v->first_unmet = e->unmet;
	if ((!ret || ret == -ECANCELED) &&
	    copy_to_user(u64_to_user_ptr(v->expects), e->item,
			 e->nr * sizeof(e->item[0])))
		ret = -EFAULT;
	kfree(e);
	return ret;
}

/* Like @a, but the page of one expectation is only looked at. */
static struct dbgmem_access expect_access(const struct dbgmem_access *a,
					  u64 addr)
{
	return (struct dbgmem_access) {
		.session = a->session,
		.flags = a->flags,
		.foll = a->foll & ~FOLL_WRITE,
		.addr = addr,
	};
}

static int expect_hold(struct dbgmem_xfer *x, struct dbgmem_expect *item,
		       struct page **page)
{
	struct dbgmem_access r = expect_access(&x->access, item->addr);
	unsigned long end;
	long held;
	int ret;

	item->observed = 0;
	item->reason = DBGMEM_REASON_UNMAPPED;
	/* On 32-bit: the target has no such addresses. */
	if (item->addr > ULONG_MAX) {
		*page = NULL;
		return 0;
	}
	held = IS_ERR(*page) ? PTR_ERR(*page) :
			       dbgmem_hold_now(&r, r.addr, 1, page);
	item->reason = DBGMEM_REASON_NONE;
	if (held == 1)
		return 0;
	if (!IS_ERR(*page))
		*page = NULL;
	if (held == DBGMEM_HOLD_ABSENT) {
		x->access.absent.addr = r.absent.addr;
		x->access.absent.nr = r.absent.nr;
		x->access.absent.foll = r.absent.foll;
		x->access.absent.side = DBGMEM_ABSENT_EXPECT;
		return held;
	}
	ret = dbgmem_reason_explain(&r, held, &end);
	item->reason = r.reason;
	if (ret == -EFAULT)
		return 0;
	x->access.reason = r.reason;
	return ret;
}

static void expect_drop(struct page *page)
{
	if (!IS_ERR_OR_NULL(page))
		put_page(page);
}

static int expect_hold_all(struct dbgmem_xfer *x)
{
	struct dbgmem_expects *e = x->expects;
	u32 i;
	int ret;

	for (i = 0; i < e->nr; i++) {
		ret = expect_hold(x, &e->item[i], &e->page[i]);
		if (ret) {
			e->absent = i;
			while (i--)
				expect_drop(e->page[i]);
			return ret;
		}
	}
	return 0;
}

/**
 * dbgmem_expects_wait - wait for the page of an expectation
 * @x: the transfer, after DBGMEM_HOLD_ABSENT of dbgmem_expects_begin()
 *
 * A word that cannot be read does not hold: that is for dbgmem_expects_begin() to
 * say.
 *
 * Return: 0, -EINTR, -ENOMEM.
 */
int dbgmem_expects_wait(struct dbgmem_xfer *x)
{
	struct dbgmem_expects *e = x->expects;
	int ret = dbgmem_hold_wait(&x->access);
	unsigned long end;

	if (ret == -EINTR || ret == -ENOMEM)
		return dbgmem_reason_explain(&x->access, ret, &end);
	if (ret)
		e->page[e->absent] = ERR_PTR(ret);
	return 0;
}

/**
 * dbgmem_expects_drop - let go of what dbgmem_expects_begin() held
 * @x: the transfer
 */
void dbgmem_expects_drop(struct dbgmem_xfer *x)
{
	struct dbgmem_expects *e = x->expects;
	u32 i;

	for (i = 0; i < e->nr; i++)
		expect_drop(e->page[i]);
}

static u64 expect_observe(const struct dbgmem_xfer *x, u64 addr,
			  struct page *page)
{
	char *kaddr = kmap_local_page(page);
	char *word = kaddr + offset_in_page(addr);
	u64 value;

	if (dbgmem_xfer_covers(x, addr, sizeof(value)))
		dbgmem_shadow_load(x->access.session, addr, &value, word,
				   sizeof(value));
	else
		value = dbgmem_get_word(word, sizeof(value));
	kunmap_local(kaddr);
	return value;
}

static int expect_compare(struct dbgmem_xfer *x)
{
	struct dbgmem_expects *e = x->expects;
	u32 i;

	e->unmet = e->nr;
	for (i = 0; i < e->nr; i++) {
		struct dbgmem_expect *item = &e->item[i];

		bool there = !IS_ERR_OR_NULL(e->page[i]);

		if (there)
			item->observed = expect_observe(x, item->addr,
							e->page[i]);
		if (e->unmet == e->nr &&
		    (!there || item->observed != item->value))
			e->unmet = i;
	}
	return e->unmet == e->nr ? 0 : -ECANCELED;
}

/**
 * dbgmem_expects_begin - hold the pages of all expectations, and look
 * @x: the transfer
 *
 * An expectation whose page cannot be held is not met.
 *
 * Return: 0, to be followed by dbgmem_expects_drop(); else nothing is held:
 * -EINTR, -ENOMEM, DBGMEM_HOLD_ABSENT, or -ECANCELED, one of them does not hold.
 */
int dbgmem_expects_begin(struct dbgmem_xfer *x)
{
	int ret;

	ret = expect_hold_all(x);
	if (ret)
		return ret;
	ret = expect_compare(x);
	if (ret)
		dbgmem_expects_drop(x);
	return ret;
}
