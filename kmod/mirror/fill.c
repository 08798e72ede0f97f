// SPDX-License-Identifier: GPL-2.0
/*
 * Filling the mirror, a block of neighbouring pages at a time. The engines fetch
 * pages that are not resident, or find out why they cannot; the next read then
 * enters them here.
 */
#include <linux/mm.h>

#include "mirror.h"
#include "target/lookup.h"

/* A target that never stops changing is read the ordinary way. */
#define MAX_TRIES	3

/**
 * struct fill - what is to be learnt
 * @lookup: a lookup in the target's page tables
 * @spare: a block for it, if it needs one
 * @asked: @spare was asked for. If there is none, another block gives way
 */
struct fill {
	struct dbgmem_lookup	lookup;
	struct dbgmem_block	*spare;
	bool			asked;
};

/* So that it can be a pointer: it is inline, or a macro. */
static int fill_lock_killable(struct mm_struct *mm)
{
	return mmap_read_lock_killable(mm);
}

static char *fill_known(unsigned long pfn)
{
	struct page *page = dbgmem_lookup_page(pfn);

	return page && !PageHighMem(page) ? page_address(page) : NULL;
}

/*
 * Write it down. -EFAULT if the page of @addr is not there, -ENOSPC if a block is
 * needed that was not asked for.
 */
static int fill_learn(struct fill *f, struct dbgmem_mirror *m,
		      unsigned long addr)
{
	const struct hmm_range *range = &f->lookup.range;
	unsigned int at = (range->start >> PAGE_SHIFT) % DBGMEM_BLOCK_PAGES;
	unsigned int i, nr = (range->end - range->start) >> PAGE_SHIFT;
	unsigned long number = addr >> DBGMEM_BLOCK_SHIFT;
	struct dbgmem_block *block;

	block = dbgmem_block_find(m, number);
	if (!block && !f->asked)
		return -ENOSPC;
	if (!block)
		block = dbgmem_block_insert(m, number, &f->spare);
	if (!block)
		return -EFAULT;
	for (i = 0; i < nr; i++) {
		char *page = fill_known(f->lookup.pfn[i]);

		WRITE_ONCE(m->pages, m->pages + !!page -
				     !!block->page[at + i]);
		block->page[at + i] = page;
	}
	return block->page[(addr >> PAGE_SHIFT) % DBGMEM_BLOCK_PAGES] ?
	       0 : -EFAULT;
}

/* As fill_learn(), or -EAGAIN: the target has changed since the lookup. */
static int fill_learn_locked(struct fill *f, struct dbgmem_mirror *m,
			     unsigned long addr)
{
	int ret = -EAGAIN;

	write_lock(&m->changes.lock);
	if (dbgmem_lookup_holds(&f->lookup))
		ret = fill_learn(f, m, addr);
	write_unlock(&m->changes.lock);
	return ret;
}

static int fill_try(struct fill *f, struct dbgmem_mirror *m, unsigned long addr)
{
	int ret = dbgmem_lookup(&f->lookup, &m->changes, addr,
				fill_lock_killable);

	if (ret)
		return ret;
	ret = fill_learn_locked(f, m, addr);
	if (ret != -ENOSPC)
		return ret;
	f->spare = dbgmem_block_alloc();
	f->asked = true;
	return fill_learn_locked(f, m, addr);
}

/**
 * dbgmem_mirror_fill - learn where the page of @addr is, and its neighbours
 * @m: the mirror, of a target whose memory is held by mmget()
 * @addr: address in the target
 *
 * Return: whether it is known now.
 */
bool dbgmem_mirror_fill(struct dbgmem_mirror *m, unsigned long addr)
{
	struct fill f;
	int ret, tries = 0;

	f.spare = NULL;
	f.asked = false;
	do {
		ret = fill_try(&f, m, addr);
	} while (ret == -EAGAIN && ++tries < MAX_TRIES);
	dbgmem_block_free(f.spare);
	return !ret;
}
