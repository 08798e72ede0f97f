// SPDX-License-Identifier: GPL-2.0
/*
 * Trap bytes in the target's memory.
 *
 * They go in and out by atomic compare-and-exchange of the smallest aligned word
 * that holds them, so that neither a CPU that executes there nor a store of the
 * target's own beside them is disturbed. What does not fit into one word is done
 * word by word, see struct dbgmem_bp_set.
 */
#include <linux/backing-dev.h>
#include <linux/highmem.h>
#include <linux/mm.h>
#include <linux/pagemap.h>

#include "hold.h"
#include "trap.h"
#include "word.h"

/* Words that a trap may touch, none of them across pages. */
#define MAX_PIECES	(DBGMEM_BP_MAX_LEN / sizeof(long) + 1)

/* How often the target may take a page back that was just faulted in. */
#define HOLD_TRIES	16

/**
 * struct piece - what a breakpoint and an aligned word have in common
 * @at: its offset in the breakpoint
 * @len: bytes
 * @word: address of the word
 * @width: bytes of the word
 */
struct piece {
	unsigned int	at;
	unsigned int	len;
	unsigned long	word;
	unsigned int	width;
};

static struct piece piece(const struct dbgmem_breakpoint *bp, unsigned int at)
{
	unsigned long addr = bp->addr + at;
	unsigned int len = min_t(unsigned int, bp->len - at,
				 sizeof(long) - addr % sizeof(long));
	unsigned int width = 1;

	while ((addr & -width) != ((addr + len - 1) & -width))
		width *= 2;
	return (struct piece) {
		.at = at,
		.len = len,
		.word = addr & -(unsigned long)width,
		.width = width,
	};
}

static unsigned int pieces(const struct dbgmem_breakpoint *bp, struct piece *p)
{
	unsigned int at = 0, nr = 0;

	while (at < bp->len) {
		p[nr] = piece(bp, at);
		at += p[nr++].len;
	}
	return nr;
}

/*
 * Put @to into one word of @page. Only where @from is, if not NULL; what was
 * there goes to @was, if not NULL.
 */
static bool exchange(const struct dbgmem_breakpoint *bp, struct page *page,
		     const struct piece *p, const u8 *from, const u8 *to,
		     u8 *was)
{
	unsigned int at = bp->addr + p->at - p->word;
	char *kaddr = kmap_local_page(page);
	void *word = kaddr + offset_in_page(p->word);
	u8 bytes[sizeof(u64)] __aligned(sizeof(u64));
	bool same;
	u64 old;

	do {
		old = dbgmem_get_word(word, p->width);
		dbgmem_set_word(bytes, old, p->width);
		same = !from || !memcmp(bytes + at, from + p->at, p->len);
		if (!same)
			break;
		if (was)
			memcpy(was + p->at, bytes + at, p->len);
		memcpy(bytes + at, to + p->at, p->len);
	} while (dbgmem_cmpxchg_word(word, old,
				     dbgmem_get_word(bytes, p->width),
				     p->width) != old);
	if (same)
		dbgmem_page_written(page, word, p->width);
	kunmap_local(kaddr);
	return same;
}

/* Bytes from @at on that are on one page. */
static unsigned int part(const struct dbgmem_breakpoint *bp, unsigned int at)
{
	return min_t(unsigned long, bp->len - at,
		     PAGE_SIZE - offset_in_page(bp->addr + at));
}

/* Does that part of the trap stand? */
static bool standing(const struct dbgmem_breakpoint *bp, unsigned int at,
		     struct page *page)
{
	char *kaddr = kmap_local_page(page);
	bool ret;

	ret = !memcmp(kaddr + offset_in_page(bp->addr + at), bp->trap + at,
		      part(bp, at));
	kunmap_local(kaddr);
	return ret;
}

static int hold_pages(struct dbgmem_xfer *x, const struct dbgmem_breakpoint *bp,
		      struct page **pages, bool wait)
{
	unsigned long nr = dbgmem_span_pages(bp->addr, bp->len);
	unsigned long i;
	long ret;

	for (i = 0; i < nr; i += ret) {
		x->addr = i ? (bp->addr & PAGE_MASK) + i * PAGE_SIZE : bp->addr;
		ret = wait ? dbgmem_hold_target(x, x->addr, nr - i, pages + i) :
			     dbgmem_hold_target_locked(x, x->addr, nr - i,
						       pages + i, x->foll,
						       NULL);
		if (ret < 0) {
			dbgmem_drop_target(x, pages, i, false);
			return ret;
		}
	}
	return 0;
}

/**
 * dbgmem_trap_hold - hold the pages of a breakpoint
 * @x: session, flags, write and foll; on failure its addr tells where
 * @bp: the breakpoint
 * @pages: result, DBGMEM_TRAP_PAGES of them
 *
 * Where pinning does not keep a page in place, the mmap_lock is held with them.
 *
 * Return: 0, or a negative errno for dbgmem_fault_explain().
 */
int dbgmem_trap_hold(struct dbgmem_xfer *x, const struct dbgmem_breakpoint *bp,
		     struct page **pages)
{
	unsigned int tries = HOLD_TRIES;
	int ret;

	do {
		ret = hold_pages(x, bp, pages, true);
		if (ret || DBGMEM_PINNED_PAGES_STAY)
			return ret;
		/* Now they are there: once more, without waiting. */
		dbgmem_drop_target(x, pages,
				   dbgmem_span_pages(bp->addr, bp->len), false);
		if (dbgmem_mmap_lock_to_write(x->session->mm))
			return -EINTR;
		ret = hold_pages(x, bp, pages, false);
		if (!ret)
			return 0;
		dbgmem_mmap_unlock_written(x->session->mm);
	} while (ret == -EFAULT && --tries);
	return ret;
}

/**
 * dbgmem_trap_drop - let go of the pages of a breakpoint
 * @x: as for dbgmem_trap_hold()
 * @bp: the breakpoint
 * @pages: the pages
 * @dirty: they were written
 */
void dbgmem_trap_drop(struct dbgmem_xfer *x, const struct dbgmem_breakpoint *bp,
		      struct page **pages, bool dirty)
{
	dbgmem_drop_target(x, pages, dbgmem_span_pages(bp->addr, bp->len),
			   dirty);
	if (!DBGMEM_PINNED_PAGES_STAY)
		dbgmem_mmap_unlock_written(x->session->mm);
}

/* Would a write to @page get into a file on disk? Negative: interrupted. */
static int writes_file(struct page *page)
{
	struct address_space *mapping;
	int ret;

	page = compound_head(page);
	if (PageAnon(page))
		return false;
	if (dbgmem_lock_page_killable(page))
		return -EINTR;
	mapping = dbgmem_page_mapping(page);
	ret = mapping && mapping_can_writeback(mapping);
	dbgmem_unlock_page(page);
	return ret;
}

/**
 * dbgmem_trap_may_plant - would a trap stay out of files?
 * @bp: the breakpoint
 * @pages: its pages, held for writing: of a private mapping, the target's own
 *
 * Return: 0, -EINTR, or -EPERM: the pages belong to a file that is shared.
 */
int dbgmem_trap_may_plant(const struct dbgmem_breakpoint *bp,
			  struct page **pages)
{
	unsigned long nr = dbgmem_span_pages(bp->addr, bp->len), i;
	int ret;

	for (i = 0; i < nr; i++) {
		ret = writes_file(pages[i]);
		if (ret)
			return ret < 0 ? ret : -EPERM;
	}
	return 0;
}

/**
 * dbgmem_trap_plant - write the trap, and keep what was there
 * @bp: the breakpoint
 * @pages: its pages, held for writing
 */
void dbgmem_trap_plant(struct dbgmem_breakpoint *bp, struct page **pages)
{
	struct piece p[MAX_PIECES];
	unsigned int i;

	/* A CPU that comes along begins at the first word. */
	for (i = pieces(bp, p); i--; )
		exchange(bp, pages[p[i].word >> PAGE_SHIFT !=
				   bp->addr >> PAGE_SHIFT],
			 &p[i], NULL, bp->trap, bp->shadow);
}

/*
 * dbgmem_hold_target() for one page, to read it, and for those who cannot
 * wait: a page that userfaultfd has yet to provide has no trap.
 */
static int hold_at_once(struct dbgmem_xfer *x, unsigned long addr, u32 foll,
			struct page **page)
{
	struct mm_struct *mm = x->session->mm;
	long ret;

	x->addr = addr;
	x->write = false;
	if (mmap_read_lock_killable(mm))
		return -EINTR;
	ret = dbgmem_hold_target_locked(x, addr, 1, page, foll, NULL);
	mmap_read_unlock(mm);
	return min(ret, 0L);
}

/* The words of one part; each only if the trap is in it. */
static bool restore(const struct dbgmem_breakpoint *bp, unsigned int at,
		    struct page *page)
{
	unsigned int end = at + part(bp, at);
	struct piece p;

	while (at < end) {
		p = piece(bp, at);
		if (!exchange(bp, page, &p, bp->trap, bp->shadow, NULL))
			return false;
		at += p.len;
	}
	return true;
}

/* As dbgmem_trap_remove(), what is on one page. */
static int remove_part(struct dbgmem_xfer *x,
		       const struct dbgmem_breakpoint *bp, unsigned int at)
{
	u32 foll = FOLL_FORCE | FOLL_HWPOISON;
	struct page *page;
	bool ret;
	int err;

	/* Look first: where nothing is to be done memory stays as it is. */
	err = hold_at_once(x, bp->addr + at, foll, &page);
	if (err == -EINTR || err == -ENOMEM)
		return err;
	if (err)
		return 0;
	ret = standing(bp, at, page);
	dbgmem_drop_target(x, &page, 1, false);
	if (!ret)
		return 0;

	x->write = true;
	if (dbgmem_mmap_lock_to_write(x->session->mm))
		return -EINTR;
	err = dbgmem_hold_target_locked(x, x->addr, 1, &page,
					foll | FOLL_WRITE, NULL);
	if (err > 0) {
		ret = standing(bp, at, page) && restore(bp, at, page);
		dbgmem_drop_target(x, &page, 1, ret);
		err = ret;
	}
	dbgmem_mmap_unlock_written(x->session->mm);
	return err;
}

/**
 * dbgmem_trap_remove - put the original bytes back, where the trap stands
 * @x: session; on failure addr, write and flags tell what was tried
 * @bp: the breakpoint
 *
 * Return: 1 if they are back, 0 if the trap, or its part on one of two pages, was
 * not there any more, -EINTR, or for dbgmem_fault_explain(): it is there, but its
 * memory cannot be written.
 */
int dbgmem_trap_remove(struct dbgmem_xfer *x,
		       const struct dbgmem_breakpoint *bp)
{
	unsigned int at;
	int ret = 1, err;

	x->flags = DBGMEM_FORCE;
	for (at = 0; at < bp->len; at += part(bp, at)) {
		err = remove_part(x, bp, at);
		if (err < 0)
			return err;
		ret &= err;
	}
	return ret;
}

/**
 * dbgmem_trap_state - does the trap stand?
 * @x: session
 * @bp: the breakpoint
 *
 * Return: DBGMEM_BP_STANDING, ...
 */
u32 dbgmem_trap_state(struct dbgmem_xfer *x, const struct dbgmem_breakpoint *bp)
{
	u32 foll = FOLL_FORCE | FOLL_HWPOISON | FOLL_NOFAULT;
	struct page *page;
	unsigned int at;
	bool stands;

	x->flags = DBGMEM_FORCE | DBGMEM_NOFAULT;
	for (at = 0; at < bp->len; at += part(bp, at)) {
		if (hold_at_once(x, bp->addr + at, foll, &page))
			return DBGMEM_BP_UNKNOWN;
		stands = standing(bp, at, page);
		dbgmem_drop_target(x, &page, 1, false);
		if (!stands)
			return DBGMEM_BP_LOST;
	}
	return DBGMEM_BP_STANDING;
}
