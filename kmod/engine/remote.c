// SPDX-License-Identifier: GPL-2.0
/*
 * Engine 1: access_process_vm() straight between the target and the caller's
 * pinned pages.
 *
 * access_process_vm() reaches memory that no page reference can (device mappings
 * with ->access), and does the cache maintenance that code needs. It takes a task
 * and reads its mm anew, so signal->exec_update_lock keeps an execve out between
 * the check and the access. It is held for one batch at a time, as the target's
 * execve waits for it.
 *
 * access_process_vm() waits for faults with the target's mmap_lock held, and
 * cannot be killed meanwhile. So it must not meet any: the pages are held before
 * the locks are taken. Pages that the target drops all the same are held again.
 * Pages that access_process_vm() cannot reach, such as those that NUMA balancing
 * has made inaccessible, are left to the other engine.
 */
#include <linux/highmem.h>
#include <linux/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>

#include "access/hold.h"
#include "access/reason.h"
#include "engine.h"
#include "pages.h"

/* A batch is what exec waits for, so it is small whatever room there is. */
#define REMOTE_BATCH_PAGES	DBGMEM_STACK_PAGES

/* How often the target may drop pages that are held for it. */
#define REMOTE_TRIES	8

/*
 * A thread of the target with its exec_update_lock held for reading, so that
 * its mm is the session's or NULL until remote_unlock().
 */
static struct task_struct *remote_lock(struct dbgmem_session *s)
{
	struct task_struct *task;

	for (;;) {
		task = dbgmem_target_task(s);
		if (!task)
			return ERR_PTR(-ESRCH);
		if (down_read_killable(&task->signal->exec_update_lock)) {
			put_task_struct(task);
			return ERR_PTR(-EINTR);
		}
		if (READ_ONCE(task->mm) == s->mm)
			return task;
		/* That thread exited or exec'ed; there may be others. */
		up_read(&task->signal->exec_update_lock);
		put_task_struct(task);
		if (dbgmem_target_state(s) != DBGMEM_STATE_ATTACHED)
			return ERR_PTR(-ESRCH);
		cond_resched();
	}
}

/*
 * Undo remote_lock(). @done is what was moved; if nothing was because that
 * thread has exited, -EAGAIN: another one may serve.
 */
static ssize_t remote_unlock(struct dbgmem_session *s, struct task_struct *task,
			     size_t done)
{
	bool gone = READ_ONCE(task->mm) != s->mm;

	up_read(&task->signal->exec_update_lock);
	put_task_struct(task);
	return done || !gone ? done : -EAGAIN;
}

/* The pages of the target that a batch holds. */
struct remote_held {
	struct page *page[REMOTE_BATCH_PAGES + 1];
	long nr;		/* or the error at x->access.addr */
	size_t len;		/* bytes that may be accessed */
};

/*
 * Hold at most @len bytes. Of what cannot be held, one page may be accessed all
 * the same if it is a device's; else not even tried, as access_process_vm() grows
 * a stack to reach an address below it, and faults hugetlb pages in.
 */
static int remote_hold_batch(struct dbgmem_xfer *x, struct remote_held *h,
			     size_t len)
{
	long pages = 1;

	h->nr = dbgmem_hold_now(&x->access, x->access.addr,
				dbgmem_span_pages(x->access.addr, len),
				h->page);
	if (h->nr > 0)
		pages = h->nr;
	else if (h->nr == -EINTR || h->nr == DBGMEM_HOLD_ABSENT ||
		 !dbgmem_reason_special(&x->access))
		return h->nr;
	h->len = min_t(size_t, len,
		       pages * PAGE_SIZE - offset_in_page(x->access.addr));
	return 0;
}

/* Undo remote_hold_batch(); what the batch has come to. */
static ssize_t remote_drop_batch(struct dbgmem_xfer *x, struct remote_held *h,
				 ssize_t ret)
{
	if (h->nr > 0)
		dbgmem_drop_target(&x->access, h->page, h->nr, ret > 0);
	if (ret)
		return ret;
	return h->nr < 0 ? h->nr : -EAGAIN;
}

static size_t remote_access_target(struct dbgmem_xfer *x,
				   struct task_struct *task, size_t at,
				   void *kaddr, size_t len)
{
	int ret = access_process_vm(task, x->access.addr + at, kaddr, len,
				    x->access.foll | FOLL_NOFAULT);

	return max(ret, 0);
}

static size_t remote_copy_user_pages(struct dbgmem_xfer *x,
				     struct task_struct *task,
				     struct page **pages, size_t left)
{
	unsigned int offset = offset_in_page(x->caller.user);
	size_t done = 0;

	for (; done < left; pages++) {
		size_t len = min_t(size_t, PAGE_SIZE - offset, left - done);
		char *kaddr = kmap_local_page(*pages);
		size_t n;

		n = remote_access_target(x, task, done, kaddr + offset, len);
		kunmap_local(kaddr);
		done += n;
		if (n < len)
			break;
		offset = 0;
	}
	return done;
}

/* @pages hold at least h->len bytes of the caller's buffer. */
static ssize_t remote_access_user(struct dbgmem_xfer *x, struct page **pages,
				  const struct remote_held *h)
{
	struct task_struct *task = remote_lock(x->access.session);
	ssize_t ret;

	if (IS_ERR(task))
		return PTR_ERR(task);
	ret = remote_copy_user_pages(x, task, pages, h->len);
	return remote_unlock(x->access.session, task, ret);
}

static ssize_t remote_copy_user(struct dbgmem_xfer *x, struct page **pages,
				unsigned int nr_pages)
{
	unsigned long user = (unsigned long)x->caller.user;
	unsigned long want;
	struct remote_held h;
	ssize_t ret;
	long held;

	want = min_t(unsigned long, dbgmem_span_pages(user, x->left), nr_pages);
	held = dbgmem_hold_caller(&x->access, user, want, pages);
	if (held == -EINTR || held == DBGMEM_HOLD_ABSENT)
		return held;
	if (held < 0) {
		x->access.reason = DBGMEM_REASON_BUFFER;
		return -EFAULT;
	}
	ret = remote_hold_batch(x, &h, min_t(size_t, x->left, held * PAGE_SIZE -
					     offset_in_page(user)));
	if (!ret)
		ret = remote_drop_batch(x, &h,
					remote_access_user(x, pages, &h));
	dbgmem_drop_caller(&x->access, pages, held, ret > 0);
	return ret;
}

/* Around a piece of the target, so that breakpoints beside it are seen whole. */
struct remote_around {
	char		byte[DBGMEM_SHADOW_UNIT + 2 * DBGMEM_BP_MAX_LEN];
	unsigned long	addr;
};

/* The place of @addr in @w, or NULL. Stays on its page. */
static char *remote_look_around(struct dbgmem_xfer *x, struct task_struct *task,
				struct remote_around *w, unsigned long addr,
				size_t len)
{
	unsigned long page = addr & PAGE_MASK, last = addr + (len - 1);
	u32 foll = x->access.foll | FOLL_NOFAULT;
	unsigned long to;

	/* Memory that can be written need not be readable. */
	if (x->access.write)
		foll = (foll & ~FOLL_WRITE) | FOLL_FORCE;
	w->addr = addr - min(addr - page, (unsigned long)DBGMEM_BP_MAX_LEN);
	to = last + min((page | ~PAGE_MASK) - last,
			(unsigned long)DBGMEM_BP_MAX_LEN);
	if (access_process_vm(task, w->addr, w->byte, to - w->addr + 1,
			      foll) != to - w->addr + 1)
		return NULL;
	return w->byte + (addr - w->addr);
}

/* One piece with breakpoints in it, between the target and @buf. */
static size_t remote_access_covered(struct dbgmem_xfer *x,
				    struct task_struct *task, size_t at,
				    char *buf, size_t len)
{
	char data[DBGMEM_SHADOW_UNIT];
	unsigned long addr = x->access.addr + at;
	struct remote_around w;
	char *there;

	there = remote_look_around(x, task, &w, addr, len);
	if (!there)
		return 0;
	if (!x->access.write) {
		dbgmem_shadow_load(x->access.session, addr, buf, there, len);
		return len;
	}
	memcpy(data, buf, len);
	dbgmem_shadow_mask(x->access.session, addr, data, there, len);
	if (remote_access_target(x, task, at, data, len) != len)
		return 0;
	dbgmem_shadow_commit(x->access.session, addr, buf, there, len);
	return len;
}

/* The whole of @buf, on any number of pages. */
static size_t remote_access_pieces(struct dbgmem_xfer *x,
				   struct task_struct *task, char *buf,
				   size_t len)
{
	size_t done = 0, want, got;

	while (done < len) {
		unsigned long addr = x->access.addr + done;
		bool covered = false;

		want = min_t(size_t, len - done,
			     PAGE_SIZE - offset_in_page(addr));
		if (x->shadow.held >= DBGMEM_SHADOW_READ)
			want = dbgmem_shadow_piece(x->access.session, addr,
						   want, &covered);
		got = covered ? remote_access_covered(x, task, done, buf + done,
						      want) :
				remote_access_target(x, task, done, buf + done,
						     want);
		done += got;
		if (got < want)
			break;
	}
	return done;
}

static ssize_t remote_access_bounce(struct dbgmem_xfer *x, char *bounce,
				    size_t len)
{
	struct task_struct *task;
	struct remote_held h;
	ssize_t ret;

	ret = remote_hold_batch(x, &h, len);
	if (ret)
		return ret;
	task = remote_lock(x->access.session);
	if (IS_ERR(task)) {
		ret = PTR_ERR(task);
	} else {
		ret = remote_access_pieces(x, task, bounce, h.len);
		ret = remote_unlock(x->access.session, task, ret);
	}
	return remote_drop_batch(x, &h, ret);
}

/* An iterator that gave nothing does not change its mind. */
static ssize_t remote_refused(struct dbgmem_xfer *x, size_t len)
{
	if (!x->caller.iter)
		return dbgmem_hold_lacks_buffer(&x->access, x->caller.user, 0,
						len);
	x->access.reason = DBGMEM_REASON_BUFFER;
	return -EFAULT;
}

static size_t remote_get_bounce(struct dbgmem_xfer *x, char *bounce, size_t len)
{
	pagefault_disable();
	len = dbgmem_caller_get(&x->caller, 0, bounce, len);
	pagefault_enable();
	return len;
}

static size_t remote_put_bounce(struct dbgmem_xfer *x, char *bounce, size_t len)
{
	pagefault_disable();
	len = dbgmem_caller_put(&x->caller, 0, bounce, len);
	pagefault_enable();
	return len;
}

static ssize_t remote_write_bounce(struct dbgmem_xfer *x, char *bounce,
				   size_t len)
{
	size_t got = remote_get_bounce(x, bounce, len);
	ssize_t ret;

	if (!got)
		return remote_refused(x, len);
	ret = remote_access_bounce(x, bounce, got);
	if (x->caller.iter)
		iov_iter_revert(x->caller.iter, got - max_t(ssize_t, ret, 0));
	return ret;
}

static ssize_t remote_read_bounce(struct dbgmem_xfer *x, char *bounce,
				  size_t len)
{
	ssize_t ret = remote_access_bounce(x, bounce, len);

	if (ret <= 0)
		return ret;
	return remote_put_bounce(x, bounce, ret) ?: remote_refused(x, ret);
}

/*
 * Through a page of our own, where the caller's end is kernel memory (which has
 * no user address to pin), or what is in the target is not what is wanted there.
 */
static ssize_t remote_copy_bounce(struct dbgmem_xfer *x)
{
	size_t len = min_t(size_t, PAGE_SIZE, x->left);
	ssize_t ret = -ENOMEM;
	char *bounce;

	bounce = (char *)__get_free_page(GFP_KERNEL_ACCOUNT);
	if (!bounce)
		return ret;
	ret = x->access.write ? remote_write_bounce(x, bounce, len) :
				remote_read_bounce(x, bounce, len);
	free_page((unsigned long)bounce);
	return ret;
}

static bool remote_needs_bounce(const struct dbgmem_xfer *x)
{
	return x->caller.iter ||
	       dbgmem_xfer_covers(x, x->access.addr, x->left);
}

/**
 * dbgmem_remote_copy - move one batch by access_process_vm()
 * @x: the transfer
 * @pages: room for page pointers
 * @nr_pages: how many
 *
 * Return: see engine.h.
 */
ssize_t dbgmem_remote_copy(struct dbgmem_xfer *x, struct page **pages,
			   unsigned int nr_pages)
{
	unsigned int tries = REMOTE_TRIES;
	ssize_t ret;

	nr_pages = min_t(unsigned int, nr_pages, REMOTE_BATCH_PAGES);
	do {
		if (fatal_signal_pending(current))
			return -EINTR;
		ret = unlikely(remote_needs_bounce(x)) ? remote_copy_bounce(x) :
							 remote_copy_user(x, pages, nr_pages);
	} while (ret == -EAGAIN && --tries);
	return ret == -EAGAIN ? dbgmem_pinned_copy(x, pages, nr_pages) : ret;
}
