// SPDX-License-Identifier: GPL-2.0
/*
 * Faults in windows. Each fills what is resident of the 64 pages around it.
 *
 * A fault runs under the agent's mmap_lock, and the target may at the same time
 * be an agent whose target is this one. So a fault drops the agent's lock before
 * it waits, killably, for a lock or a page of the target or for the end of a
 * change; then it begins anew.
 */
#include <linux/file.h>
#include <linux/hash.h>
#include <linux/mm.h>
#include <linux/sched/signal.h>

#include "compat/compat.h"
#include "access/fetch.h"
#include "target/lookup.h"
#include "target/target.h"
#include "window.h"

/* A target that does not stop changing is looked at again a tick later. */
#define MAX_TRIES	3

/* memfd_wait_for_pins() gives up after 155 ms (mm/memfd.c). */
#define SEALING_TIME	msecs_to_jiffies(200)

static int fault_lock_if_free(struct mm_struct *mm)
{
	return mmap_read_trylock(mm) ? 0 : -EBUSY;
}

/* The part of a lookup that is shown: pages @from to @to of its block. */
struct part {
	unsigned int from;
	unsigned int to;
};

static struct part fault_part_of(const struct dbgmem_lookup *l,
				 const struct vm_area_struct *vma)
{
	unsigned long start = vma->vm_pgoff << PAGE_SHIFT;
	unsigned long end = start + (vma->vm_end - vma->vm_start);

	start = max(start, l->range.start);
	end = min(end, l->range.end);
	return (struct part) {
		.from = (start >> PAGE_SHIFT) % DBGMEM_BLOCK_PAGES,
		.to = ((end - 1) >> PAGE_SHIFT) % DBGMEM_BLOCK_PAGES,
	};
}

/* The index in its block of the first page of a lookup. */
static unsigned int fault_first_of(const struct dbgmem_lookup *l)
{
	return (l->range.start >> PAGE_SHIFT) % DBGMEM_BLOCK_PAGES;
}

/* Hold what is not held yet. -EAGAIN: the target has changed since the lookup. */
static int fault_hold(struct dbgmem_window *w,
		      struct dbgmem_window_block *block,
		      const struct dbgmem_lookup *l, struct part part)
{
	u64 held = 0;
	bool good;

	write_lock(&w->changes.lock);
	good = dbgmem_lookup_holds(l);
	if (good)
		held = dbgmem_window_hold(w, block, part.from,
					  part.to - part.from + 1,
					  l->pfn + part.from - fault_first_of(l));
	write_unlock(&w->changes.lock);
	if (!good)
		return -EAGAIN;
	return dbgmem_window_count(w, block, held) ? 0 : -ENOMEM;
}

/* A part of a block, and where the agent is to have it. */
struct show {
	struct vm_area_struct	*vma;
	const struct dbgmem_window_block *block;
	struct part		part;
	unsigned long		addr;
};

static struct page *fault_page_at(const struct show *s, unsigned long addr)
{
	return s->block->page[s->part.from + ((addr - s->addr) >> PAGE_SHIFT)];
}

static void fault_show_each(const struct show *s)
{
	unsigned long addr = s->addr;
	unsigned int i;

	for (i = s->part.from; i <= s->part.to; i++, addr += PAGE_SIZE)
		if (s->block->page[i])
			vmf_insert_pfn(s->vma, addr,
				       page_to_pfn(s->block->page[i]));
}

#ifdef CONFIG_X86
static int fault_show_one(pte_t *pte, unsigned long addr, void *data)
{
	const struct show *s = data;
	struct page *page = fault_page_at(s, addr);

	if (page && pte_none(*pte))
		set_pte_at(s->vma->vm_mm, addr, pte,
			   pte_mkspecial(pfn_pte(page_to_pfn(page),
						 s->vma->vm_page_prot)));
	return 0;
}

/*
 * As vmf_insert_pfn() does, which asks for each page anew what memory it is, and
 * takes 530 instructions more for each. Ordinary memory is all of one kind.
 */
static void fault_show_neighbours(struct show *s, bool plain)
{
	if (plain)
		apply_to_page_range(s->vma->vm_mm, s->addr,
				    (s->part.to - s->part.from + 1UL) <<
				    PAGE_SHIFT, fault_show_one, s);
	else
		fault_show_each(s);
}
#else
static void fault_show_neighbours(struct show *s, bool plain)
{
	fault_show_each(s);
}
#endif

/*
 * Put them into the agent's page tables: that of the fault, then the others. As
 * long as the mutex is held nobody takes them out.
 */
static vm_fault_t fault_show(struct vm_fault *vmf,
			     const struct dbgmem_window_block *block,
			     struct part part, bool plain)
{
	unsigned long first = (block->number << DBGMEM_BLOCK_BITS) + part.from;
	struct vm_area_struct *vma = vmf->vma;
	struct show s = {
		.vma = vma,
		.block = block,
		.part = part,
		.addr = vma->vm_start + ((first - vma->vm_pgoff) << PAGE_SHIFT),
	};
	unsigned long addr = vmf->address & PAGE_MASK;
	vm_fault_t ret;

	/* Its reference count may be about to overflow. */
	if (!fault_page_at(&s, addr))
		return VM_FAULT_SIGBUS;
	ret = vmf_insert_pfn(vma, addr, page_to_pfn(fault_page_at(&s, addr)));
	if (ret == VM_FAULT_NOPAGE)
		fault_show_neighbours(&s, plain);
	return ret;
}

/* 0 and the result of the fault in *@ret, or as fault_hold(). */
static int fault_fill(struct dbgmem_window *w, struct vm_fault *vmf,
		      const struct dbgmem_lookup *l, vm_fault_t *ret)
{
	unsigned long number = l->range.start >> DBGMEM_BLOCK_SHIFT;
	struct part part = fault_part_of(l, vmf->vma);
	struct dbgmem_window_block *block;
	int err = -ENOMEM;

	mutex_lock(&w->mutex);
	/* The block may have stale pages. */
	dbgmem_window_catch_up(w);
	block = dbgmem_window_get(w, number);
	if (block)
		err = fault_hold(w, block, l, part);
	if (!err)
		*ret = fault_show(vmf, block, part, l->plain);
	mutex_unlock(&w->mutex);
	return err;
}

static struct dbgmem_failed *fault_failed_slot(struct dbgmem_window *w,
					       unsigned long page)
{
	unsigned long key = page ^ (unsigned long)current;

	return &w->failed[hash_long(key, DBGMEM_FAILED_BITS)];
}

/* Remember that there is nothing for this fault. Others may overwrite that. */
static void fault_failed_set(struct dbgmem_window *w, unsigned long page)
{
	write_lock(&w->changes.lock);
	*fault_failed_slot(w, page) = (struct dbgmem_failed) {
		.task = current,
		.page = page,
	};
	write_unlock(&w->changes.lock);
}

/* Is there nothing for this fault? Answers once; a new fault is a new chance. */
static bool fault_failed_test(struct dbgmem_window *w,
			      const struct vm_fault *vmf, unsigned long page)
{
	struct dbgmem_failed *f = fault_failed_slot(w, page);
	bool ret;

	write_lock(&w->changes.lock);
	ret = f->task == current && f->page == page;
	if (ret)
		f->task = NULL;
	write_unlock(&w->changes.lock);
	return ret && vmf->flags & FAULT_FLAG_TRIED;
}

/*
 * The entry of the file that was looked at, perhaps a new one. An entry is kept for
 * a while after its time, so that whoever waited for that finds it. NULL: there are
 * too many at a time.
 */
static struct dbgmem_sealing *fault_sealing_slot(struct dbgmem_window *w,
						 const struct dbgmem_lookup *l)
{
	struct dbgmem_sealing *s, *unused = NULL;

	for (s = w->sealing; s < w->sealing + ARRAY_SIZE(w->sealing); s++) {
		if (s->mapping == l->denied && s->inode == l->inode)
			return s;
		if (!s->mapping ||
		    time_after(jiffies, s->until + SEALING_TIME))
			unused = s;
	}
	if (unused)
		*unused = (struct dbgmem_sealing) {
			.mapping = l->denied,
			.inode = l->inode,
			.until = jiffies + SEALING_TIME,
		};
	return unused;
}

/*
 * For how many jiffies are pages of the looked at file not to be held? Who seals
 * a memfd against writing denies writable mappings first, and then waits for
 * references to its pages to go; a sealed one stays denied.
 */
static unsigned long fault_sealing(struct dbgmem_window *w,
				   const struct dbgmem_lookup *l)
{
	struct dbgmem_sealing *s;
	long left = 0;

	if (likely(!l->denied))
		return 0;
	write_lock(&w->changes.lock);
	s = fault_sealing_slot(w, l);
	if (s)
		left = s->until - jiffies;
	write_unlock(&w->changes.lock);
	return left > 0 && left <= (long)SEALING_TIME ? left : 0;
}

/* A reason to wait, with the agent's lock dropped. */
struct wait {
	bool		fetch;	/* the page */
	unsigned long	nap;	/* jiffies, or else the target's lock */
};

static void fault_wait_for(struct dbgmem_session *s, unsigned long addr,
			   const struct wait *w)
{
	int err;

	if (w->fetch) {
		err = dbgmem_fetch(s->mm, addr, 1, FOLL_HWPOISON);
		if (err == -EFAULT || err == -EHWPOISON)
			fault_failed_set(s->window, addr >> PAGE_SHIFT);
		else if (err)
			schedule_timeout_killable(1);
	} else if (w->nap) {
		schedule_timeout_killable(w->nap);
	} else if (!mmap_read_lock_killable(s->mm)) {
		mmap_read_unlock(s->mm);
	}
}

/* Nothing of @vmf is touched after the lock is dropped: its mapping may be gone. */
static vm_fault_t fault_wait_without_lock(struct dbgmem_session *s,
					  struct vm_fault *vmf,
					  unsigned long addr,
					  const struct wait *w)
{
	struct file *file = get_file(vmf->vma->vm_file);

	mmap_read_unlock(vmf->vma->vm_mm);
	fault_wait_for(s, addr, w);
	mmput_async(s->mm);
	fput(file);
	return VM_FAULT_RETRY;
}

static bool fault_may_wait(const struct vm_fault *vmf)
{
	return vmf->flags & FAULT_FLAG_ALLOW_RETRY &&
	       !(vmf->flags & FAULT_FLAG_RETRY_NOWAIT);
}

static unsigned long fault_pfn_at(const struct dbgmem_lookup *l,
				  unsigned long addr)
{
	return l->pfn[(addr - l->range.start) >> PAGE_SHIFT];
}

/*
 * One try. 0 and the result of the fault in *@ret; -EAGAIN: once more; -EBUSY:
 * what has to be waited for is in *@wait; -ENOMEM; -EFAULT: there is nothing.
 */
static int fault_try(struct dbgmem_session *s, struct vm_fault *vmf,
		     unsigned long addr, vm_fault_t *ret, struct wait *wait)
{
	struct dbgmem_window *w = s->window;
	struct dbgmem_lookup l;
	int err;

	wait->nap = dbgmem_window_cool(w, addr >> DBGMEM_BLOCK_SHIFT);
	if (wait->nap)
		return -EBUSY;
	err = dbgmem_lookup(&l, &w->changes, addr, fault_lock_if_free);
	if (err)
		return err;
	if (!dbgmem_lookup_page(fault_pfn_at(&l, addr))) {
		/* Something is there, but no page. */
		if (fault_pfn_at(&l, addr) & HMM_PFN_ERROR)
			return -EFAULT;
		if (fault_failed_test(w, vmf, addr >> PAGE_SHIFT))
			return -EFAULT;
		wait->fetch = true;
		return -EBUSY;
	}
	wait->nap = fault_sealing(w, &l);
	return wait->nap ? -EBUSY : fault_fill(w, vmf, &l, ret);
}

/**
 * dbgmem_window_fault - a page of a window is not there
 * @vmf: the fault
 */
vm_fault_t dbgmem_window_fault(struct vm_fault *vmf)
{
	struct dbgmem_session *s = dbgmem_session(vmf->vma->vm_file);
	unsigned long addr = vmf->pgoff << PAGE_SHIFT;
	vm_fault_t ret = VM_FAULT_SIGBUS;
	int err = -EFAULT, tries = 0;
	struct wait wait = {};

	if (!mmget_not_zero(s->mm))
		return ret;
	if (dbgmem_target_state(s) == DBGMEM_STATE_ATTACHED) {
		do {
			err = fault_try(s, vmf, addr, &ret, &wait);
		} while (err == -EAGAIN && ++tries < MAX_TRIES);
	}
	if (err == -EAGAIN)
		wait.nap = 1;
	if ((err == -EBUSY || err == -EAGAIN) && fault_may_wait(vmf))
		return fault_wait_without_lock(s, vmf, addr, &wait);
	/* Perhaps the last one: its memory is not to be freed under our lock. */
	mmput_async(s->mm);
	return err == -ENOMEM ? VM_FAULT_OOM : ret;
}
