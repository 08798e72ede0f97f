// SPDX-License-Identifier: GPL-2.0
/*
 * Faults in windows. Each fills what is resident of the 64 pages around it.
 *
 * A fault runs under the agent's mmap_lock, and the target may at the same time
 * be an agent that looks at this one. So for the target's lock, or for a page of
 * the target's that must be fetched, it waits with the agent's lock dropped, and
 * the fault begins anew.
 */
#include <linux/file.h>
#include <linux/mm.h>
#include <linux/sched/signal.h>

#include "compat.h"
#include "look.h"
#include "window.h"

/* A target that never stops changing lets the agent look at its signals. */
#define MAX_TRIES	3

static int lock_if_free(struct mm_struct *mm)
{
	return mmap_read_trylock(mm) ? 0 : -EBUSY;
}

/* What is shown of a look: pages @from to @to of its group. */
struct part {
	unsigned int from;
	unsigned int to;
};

static struct part part_of(const struct dbgmem_look *l,
			   const struct vm_area_struct *vma)
{
	unsigned long start = vma->vm_pgoff << PAGE_SHIFT;
	unsigned long end = start + (vma->vm_end - vma->vm_start);

	start = max(start, l->range.start);
	end = min(end, l->range.end);
	return (struct part) {
		.from = (start >> PAGE_SHIFT) % DBGMEM_LEAF_PAGES,
		.to = ((end - 1) >> PAGE_SHIFT) % DBGMEM_LEAF_PAGES,
	};
}

/* What it begins with, of its group. */
static unsigned int first_of(const struct dbgmem_look *l)
{
	return (l->range.start >> PAGE_SHIFT) % DBGMEM_LEAF_PAGES;
}

/* Hold what is not held yet. False if the target has changed since the look. */
static bool hold(struct dbgmem_window *w, struct dbgmem_pane *pane,
		 const struct dbgmem_look *l, struct part part)
{
	struct dbgmem_mirror *m = w->session->mirror;
	bool ret;

	write_lock(&m->lock);
	ret = dbgmem_look_holds(l);
	if (ret)
		dbgmem_pane_hold(w, pane, part.from, part.to - part.from + 1,
				 l->pfn + part.from - first_of(l));
	write_unlock(&m->lock);
	return ret;
}

/* A part of a pane, and where the agent is to have it. */
struct show {
	struct vm_area_struct	*vma;
	const struct dbgmem_pane *pane;
	struct part		part;
	unsigned long		addr;
};

static struct page *page_at(const struct show *s, unsigned long addr)
{
	return s->pane->page[s->part.from + ((addr - s->addr) >> PAGE_SHIFT)];
}

#ifdef CONFIG_X86
static int show_one(pte_t *pte, unsigned long addr, void *data)
{
	const struct show *s = data;
	struct page *page = page_at(s, addr);

	if (page && pte_none(*pte))
		set_pte_at(s->vma->vm_mm, addr, pte,
			   pte_mkspecial(pfn_pte(page_to_pfn(page),
						 s->vma->vm_page_prot)));
	return 0;
}

/* As vmf_insert_pfn() does, which asks for each page anew what memory it is. */
static void show_neighbours(struct show *s)
{
	apply_to_page_range(s->vma->vm_mm, s->addr,
			    (s->part.to - s->part.from + 1UL) << PAGE_SHIFT,
			    show_one, s);
}
#else
static void show_neighbours(struct show *s)
{
	unsigned long addr = s->addr;
	unsigned int i;

	for (i = s->part.from; i <= s->part.to; i++, addr += PAGE_SIZE)
		if (s->pane->page[i])
			vmf_insert_pfn(s->vma, addr,
				       page_to_pfn(s->pane->page[i]));
}
#endif

/*
 * Put them into the agent's page tables: that of the fault, then the others. As
 * long as the mutex is held nobody takes them out.
 */
static vm_fault_t show(struct vm_fault *vmf, const struct dbgmem_pane *pane,
		       struct part part)
{
	unsigned long first = (pane->number << DBGMEM_LEAF_BITS) + part.from;
	struct vm_area_struct *vma = vmf->vma;
	struct show s = {
		.vma = vma,
		.pane = pane,
		.part = part,
		.addr = vma->vm_start + ((first - vma->vm_pgoff) << PAGE_SHIFT),
	};
	unsigned long addr = vmf->address & PAGE_MASK;
	vm_fault_t ret;

	ret = vmf_insert_pfn(vma, addr, page_to_pfn(page_at(&s, addr)));
	if (ret == VM_FAULT_NOPAGE)
		show_neighbours(&s);
	return ret;
}

/* -EAGAIN if the target has changed since the look. */
static int fill(struct dbgmem_window *w, struct vm_fault *vmf,
		const struct dbgmem_look *l, vm_fault_t *ret)
{
	unsigned long number = l->range.start >> DBGMEM_LEAF_SHIFT;
	struct part part = part_of(l, vmf->vma);
	struct dbgmem_pane *pane;
	int err = 0;

	mutex_lock(&w->mutex);
	/* What is there may be stale. */
	dbgmem_pane_catch_up(w);
	pane = dbgmem_pane_get(w, number);
	if (!pane)
		*ret = VM_FAULT_OOM;
	else if (!hold(w, pane, l, part))
		err = -EAGAIN;
	else
		*ret = show(vmf, pane, part);
	mutex_unlock(&w->mutex);
	return err;
}

/* Have the target fetch a page, under its lock. 0 or -errno. */
static int fetch_locked(struct mm_struct *mm, unsigned long addr, int *locked)
{
	struct page *page;
	long got;

	got = dbgmem_get_pages_remote(mm, addr, 1, FOLL_HWPOISON, &page,
				      locked);
	if (got == 1)
		put_page(page);
	return got == 1 ? 0 : -EFAULT;
}

static bool may_retry(const struct vm_fault *vmf)
{
	return vmf->flags & FAULT_FLAG_ALLOW_RETRY &&
	       !(vmf->flags & FAULT_FLAG_RETRY_NOWAIT);
}

/*
 * Wait for the target's lock, and for its page if @fetch, without the agent's.
 * Nothing of @vmf is touched after that: its mapping may be gone.
 */
static vm_fault_t wait_without_lock(struct dbgmem_session *s,
				    struct vm_fault *vmf, unsigned long addr,
				    bool fetch)
{
	struct file *file = get_file(vmf->vma->vm_file);
	int locked = 1;

	mmap_read_unlock(vmf->vma->vm_mm);
	if (!mmap_read_lock_killable(s->mm)) {
		if (fetch)
			fetch_locked(s->mm, addr, &locked);
		if (locked)
			mmap_read_unlock(s->mm);
	}
	mmput_async(s->mm);
	fput(file);
	return VM_FAULT_RETRY;
}

/* It is not resident: fetch it. -EAGAIN if it is worth another look. */
static int fetch(struct dbgmem_session *s, unsigned long addr)
{
	int ret;

	if (!mmap_read_trylock(s->mm))
		return -EBUSY;
	ret = fetch_locked(s->mm, addr, NULL);
	mmap_read_unlock(s->mm);
	return ret ?: -EAGAIN;
}

static bool is_resident(const struct dbgmem_look *l, unsigned long addr)
{
	return dbgmem_look_page(l->pfn[(addr - l->range.start) >> PAGE_SHIFT]);
}

/*
 * One try. 0 and the result of the fault in *@ret; -EAGAIN: once more; -EBUSY:
 * the target's lock is taken; -ENXIO: the page is to be fetched without ours;
 * -EFAULT: there is nothing.
 */
static int try(struct dbgmem_session *s, struct vm_fault *vmf,
	       unsigned long addr, vm_fault_t *ret)
{
	struct dbgmem_look l;
	int err;

	err = dbgmem_look(&l, s->mirror, addr, lock_if_free);
	if (err)
		return err;
	if (is_resident(&l, addr))
		return fill(s->window, vmf, &l, ret);
	/* The first time, it may take as long as it wants. */
	if (may_retry(vmf) && !(vmf->flags & FAULT_FLAG_TRIED))
		return -ENXIO;
	return fetch(s, addr);
}

/**
 * dbgmem_window_fault - a page of a window is not there
 * @vmf: the fault
 */
vm_fault_t dbgmem_window_fault(struct vm_fault *vmf)
{
	struct dbgmem_session *s = dbgmem_session(vmf->vma->vm_file);
	unsigned long addr = vmf->pgoff << PAGE_SHIFT;
	vm_fault_t ret = VM_FAULT_NOPAGE;
	int err = -EFAULT, tries = 0;

	if (!mmget_not_zero(s->mm))
		return VM_FAULT_SIGBUS;
	if (dbgmem_target_state(s) == DBGMEM_STATE_ATTACHED) {
		do {
			err = try(s, vmf, addr, &ret);
		} while (err == -EAGAIN && ++tries < MAX_TRIES);
	}
	if ((err == -EBUSY || err == -ENXIO) && may_retry(vmf))
		return wait_without_lock(s, vmf, addr, err == -ENXIO);
	/* Perhaps the last one: its memory is not to be freed under our lock. */
	mmput_async(s->mm);
	return err == -EFAULT ? VM_FAULT_SIGBUS : ret;
}
