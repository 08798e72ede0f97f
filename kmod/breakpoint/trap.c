// SPDX-License-Identifier: GPL-2.0
/*
 * Trap bytes in the target's memory.
 *
 * They are written and removed by atomic compare-and-exchange of the smallest
 * aligned word that holds them. This disturbs neither a CPU that executes there nor
 * a store of the target beside them. A longer trap is written word by word, see
 * struct dbgmem_bp_set_args.
 */
#include <linux/backing-dev.h>
#include <linux/highmem.h>
#include <linux/hugetlb.h>
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/userfaultfd_k.h>

#include "access/fetch.h"
#include "access/hold.h"
#include "access/word.h"
#include "trap.h"

/* Words that a trap may touch, none of them across pages. */
#define MAX_PIECES	(DBGMEM_BP_MAX_LEN / sizeof(long) + 1)

/* How often the target may take a page back that was just faulted in. */
#define HOLD_TRIES	16
/* How often it may protect it again, before it is written as it is. */
#define MAX_SHUT	4

#define TRAP_FOLL	(FOLL_FORCE | FOLL_HWPOISON)

/**
 * struct trap_piece - what a breakpoint and an aligned word have in common
 * @at: its offset in the breakpoint
 * @len: bytes
 * @word: address of the word
 * @width: bytes of the word
 */
struct trap_piece {
	unsigned int	at;
	unsigned int	len;
	unsigned long	word;
	unsigned int	width;
};

static struct trap_piece trap_piece(const struct dbgmem_breakpoint *bp,
				    unsigned int at)
{
	unsigned long addr = bp->addr + at;
	unsigned int len = min_t(unsigned int, bp->len - at,
				 sizeof(long) - addr % sizeof(long));
	unsigned int width = 1;

	while ((addr & -width) != ((addr + len - 1) & -width))
		width *= 2;
	return (struct trap_piece) {
		.at = at,
		.len = len,
		.word = addr & -(unsigned long)width,
		.width = width,
	};
}

static unsigned int trap_pieces(const struct dbgmem_breakpoint *bp,
				struct trap_piece *p)
{
	unsigned int at = 0, nr = 0;

	while (at < bp->len) {
		p[nr] = trap_piece(bp, at);
		at += p[nr++].len;
	}
	return nr;
}

/*
 * Put @to into one word of @page. Only where @from is, if not NULL; what was
 * there goes to @was, if not NULL.
 */
static bool trap_exchange(const struct dbgmem_breakpoint *bp, struct page *page,
			  const struct trap_piece *p, const u8 *from,
			  const u8 *to, u8 *was)
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
static unsigned int trap_part(const struct dbgmem_breakpoint *bp,
			      unsigned int at)
{
	return min_t(unsigned long, bp->len - at,
		     PAGE_SIZE - offset_in_page(bp->addr + at));
}

/* The bit of that part in bp->out. */
static u8 trap_part_bit(unsigned int at)
{
	return at ? 2 : 1;
}

/* Does that part of the trap stand? */
static bool trap_standing(const struct dbgmem_breakpoint *bp, unsigned int at,
			  struct page *page)
{
	char *kaddr = kmap_local_page(page);
	bool ret;

	ret = !dbgmem_racing_bytes(memcmp(kaddr +
					  offset_in_page(bp->addr + at),
					  bp->trap + at, trap_part(bp, at)));
	kunmap_local(kaddr);
	return ret;
}

/* --- the target's mmap_lock --- */

static bool trap_try_lock(struct mm_struct *mm, bool write)
{
	return write ? dbgmem_mmap_trylock_to_write(mm) : mmap_read_trylock(mm);
}

static void trap_unlock(struct mm_struct *mm, bool write)
{
	if (write)
		dbgmem_mmap_unlock_written(mm);
	else
		mmap_read_unlock(mm);
}

/*
 * The lock is only tried for: the target's page faults would wait behind a
 * writer that waits, and the worker that waits cannot be killed. @r tells how
 * long, NULL: until killed.
 */
static int trap_lock(struct mm_struct *mm, bool write,
		     const struct dbgmem_removal *r)
{
	while (!trap_try_lock(mm, write)) {
		if (r && (time_after(jiffies, r->end) || READ_ONCE(*r->hurry)))
			return -ETIMEDOUT;
		schedule_timeout_killable(1);
		if (fatal_signal_pending(current))
			return -EINTR;
	}
	return 0;
}

/* --- planting --- */

static int trap_hold_pages(struct dbgmem_access *a,
			   const struct dbgmem_breakpoint *bp,
			   struct page **pages, bool wait)
{
	unsigned long nr = dbgmem_span_pages(bp->addr, bp->len);
	unsigned long i;
	long ret;

	for (i = 0; i < nr; i += ret) {
		a->addr = i ? (bp->addr & PAGE_MASK) + i * PAGE_SIZE : bp->addr;
		if (wait)
			ret = dbgmem_hold_target(a, a->addr, nr - i, pages + i);
		else if (dbgmem_present(a->session->mm, a->addr))
			ret = dbgmem_hold_target_locked(a, a->addr, 1,
							pages + i,
							a->foll | FOLL_NOFAULT,
							NULL);
		else
			ret = -EFAULT;
		if (ret < 0) {
			dbgmem_drop_target(a, pages, i, false);
			return ret;
		}
	}
	return 0;
}

/**
 * dbgmem_trap_hold - hold the pages of a breakpoint
 * @a: session, flags, write and foll; on failure its addr tells where
 * @bp: the breakpoint
 * @pages: result, DBGMEM_TRAP_PAGES of them
 *
 * If pinning does not keep a page in place, the mmap_lock is held as well.
 *
 * Return: 0, or a negative errno for dbgmem_reason_explain().
 */
int dbgmem_trap_hold(struct dbgmem_access *a,
		     const struct dbgmem_breakpoint *bp, struct page **pages)
{
	unsigned int tries = HOLD_TRIES;
	int ret;

	do {
		ret = trap_hold_pages(a, bp, pages, true);
		if (ret || DBGMEM_PINNED_PAGES_STAY)
			return ret;
		/* Now they are there: once more, without waiting. */
		dbgmem_drop_target(a, pages,
				   dbgmem_span_pages(bp->addr, bp->len), false);
		if (trap_lock(a->session->mm, true, NULL))
			return -EINTR;
		ret = trap_hold_pages(a, bp, pages, false);
		if (!ret)
			return 0;
		trap_unlock(a->session->mm, true);
	} while (ret == -EFAULT && --tries);
	return ret;
}

/**
 * dbgmem_trap_drop - let go of the pages of a breakpoint
 * @a: as for dbgmem_trap_hold()
 * @bp: the breakpoint
 * @pages: the pages
 * @dirty: they were written
 */
void dbgmem_trap_drop(struct dbgmem_access *a,
		      const struct dbgmem_breakpoint *bp, struct page **pages,
		      bool dirty)
{
	if (!DBGMEM_PINNED_PAGES_STAY)
		trap_unlock(a->session->mm, true);
	dbgmem_drop_target(a, pages, dbgmem_span_pages(bp->addr, bp->len),
			   dirty);
}

/* Can a trap be on @page of @vma, and stay out of files? */
static bool trap_may_stand(const struct vm_area_struct *vma, struct page *page)
{
	if (PageAnon(compound_head(page)))
		return true;
	/* A private mapping may show a page that is not the target's own copy. */
	return vma->vm_flags & VM_SHARED && vma->vm_file &&
	       !mapping_can_writeback(vma->vm_file->f_mapping);
}

static int trap_may_plant(struct dbgmem_access *a,
			  const struct dbgmem_breakpoint *bp,
			  struct page **pages)
{
	unsigned long nr = dbgmem_span_pages(bp->addr, bp->len), i;
	struct vm_area_struct *vma;

	/* Otherwise @pages belong to the mapping that is there now. */
	if (READ_ONCE(bp->gone))
		return -EAGAIN;
	for (i = 0; i < nr; i++) {
		a->addr = i ? (bp->addr & PAGE_MASK) + i * PAGE_SIZE : bp->addr;
		vma = vma_lookup(a->session->mm, a->addr);
		/* It is being unmapped. */
		if (!vma)
			return -EAGAIN;
		if (!trap_may_stand(vma, pages[i]))
			return -EPERM;
	}
	return 0;
}

/**
 * dbgmem_trap_may_plant - would a trap stay out of files?
 * @a: session; on failure its addr tells where
 * @bp: the breakpoint
 * @pages: its pages, held for writing: of a private mapping, the target's own
 *
 * Return: 0, -EINTR, -EAGAIN: the mapping is not there any more, or -EPERM: the
 * pages belong to a file that is shared.
 */
int dbgmem_trap_may_plant(struct dbgmem_access *a,
			  const struct dbgmem_breakpoint *bp,
			  struct page **pages)
{
	struct mm_struct *mm = a->session->mm;
	int ret;

	/* See dbgmem_trap_hold(). */
	if (!DBGMEM_PINNED_PAGES_STAY)
		return trap_may_plant(a, bp, pages);
	if (trap_lock(mm, false, NULL))
		return -EINTR;
	ret = trap_may_plant(a, bp, pages);
	trap_unlock(mm, false);
	return ret;
}

static struct page *trap_page_of(const struct dbgmem_breakpoint *bp,
				 struct page **pages,
				 const struct trap_piece *p)
{
	return pages[p->word >> PAGE_SHIFT != bp->addr >> PAGE_SHIFT];
}

/**
 * dbgmem_trap_plant - write the trap, and keep what was there
 * @bp: the breakpoint
 * @pages: its pages, held for writing
 */
void dbgmem_trap_plant(struct dbgmem_breakpoint *bp, struct page **pages)
{
	struct trap_piece p[MAX_PIECES];
	unsigned int i;

	/* A CPU that comes along begins at the first word. */
	for (i = trap_pieces(bp, p); i--; )
		trap_exchange(bp, trap_page_of(bp, pages, &p[i]), &p[i], NULL,
			      bp->trap, bp->original);
	memcpy(bp->shadow, bp->original, bp->len);
}

/**
 * dbgmem_trap_take_back - undo dbgmem_trap_plant()
 * @bp: the breakpoint
 * @pages: its pages, held since then
 */
void dbgmem_trap_take_back(struct dbgmem_breakpoint *bp, struct page **pages)
{
	struct trap_piece p[MAX_PIECES];
	unsigned int i, nr = trap_pieces(bp, p);

	for (i = 0; i < nr; i++)
		trap_exchange(bp, trap_page_of(bp, pages, &p[i]), &p[i],
			      bp->trap, bp->original, NULL);
}

/* --- removing --- */

/* The result of removing a part. Negative: an errno. */
enum {
	PART_LOST,	/* there is no trap any more */
	PART_OUT,	/* it is taken out */
	PART_ABSENT,	/* its page may be in swap, or in the page cache */
	PART_SHUT,	/* its page cannot be written without a fault */
};

/**
 * struct trap_attempt - at removing one part
 * @access: the access
 * @bp: the breakpoint
 * @at: offset of the part
 * @vma: where it is, while the target's mmap_lock is held
 * @page: the page that was written, pinned; or NULL
 * @untold: put the bytes back without the page fault that a write takes
 * @monitored: an absent page of the mapping is for userfaultfd to provide
 * @shut: how often it was faulted in to be written, and was protected again
 */
struct trap_attempt {
	struct dbgmem_access		*access;
	struct dbgmem_breakpoint	*bp;
	unsigned int			at;
	struct vm_area_struct		*vma;
	struct page			*page;
	bool				untold;
	bool				monitored;
	unsigned int			shut;
};

/* The page at @addr, without faulting it in, and without waiting. */
static int trap_look(struct mm_struct *mm, struct vm_area_struct *vma,
		     unsigned long addr, struct page **page)
{
	unsigned int foll = TRAP_FOLL | FOLL_NOFAULT;
	long ret;

	/* FOLL_NOFAULT is not heeded; this finds no page where none is at all. */
	if (is_vm_hugetlb_page(vma))
		foll = TRAP_FOLL | FOLL_DUMP | FOLL_NOWAIT;
	else if (!dbgmem_present(mm, addr))
		return -EFAULT;
	ret = dbgmem_get_pages_remote(mm, addr, 1, foll, page, NULL);
	if (ret == 1)
		return 0;
	return ret ?: -EFAULT;
}

/* If no page is mapped, may one with a trap be elsewhere? */
static bool trap_may_be_elsewhere(const struct vm_area_struct *vma)
{
	/* In the page cache; in swap; in swap, as a copy of a file's page. */
	return vma->vm_flags & VM_SHARED ||
	       (vma->anon_vma && !is_vm_hugetlb_page((void *)vma));
}

/*
 * The bytes to put back. The original bytes are the target's own. Bytes that were
 * written behind the trap since reach memory only now, so only if they may be
 * written: FORCE was used then, or the mapping is writable now.
 */
static bool trap_bytes_back(const struct trap_attempt *t, u8 *back)
{
	const struct dbgmem_breakpoint *bp = t->bp;
	unsigned int i, end = t->at + trap_part(bp, t->at);
	bool all = true;

	for (i = t->at; i < end; i++) {
		bool may = t->vma->vm_flags & VM_WRITE || bp->forced & BIT(i);

		back[i] = may ? bp->shadow[i] : bp->original[i];
		all &= back[i] == bp->shadow[i];
	}
	return all;
}

/* The words of one part; each only if the trap is in it. */
static bool trap_restore(const struct trap_attempt *t)
{
	unsigned int at = t->at, end = at + trap_part(t->bp, at);
	u8 back[DBGMEM_BP_MAX_LEN];
	struct trap_piece p;
	bool all;

	all = trap_bytes_back(t, back);
	while (at < end) {
		p = trap_piece(t->bp, at);
		if (!trap_exchange(t->bp, t->page, &p, t->bp->trap, back, NULL))
			return false;
		at += p.len;
	}
	t->bp->withheld |= !all;
	return true;
}

/*
 * Pin the page to put bytes back. As a rule as every write does, and where a fault
 * waits for nobody the target has its own copy at once: one that forks on would
 * take it away again. But a shared mapping that became read-only refuses that,
 * and where userfaultfd protects memory it waits for its monitor, which has had
 * its time. Then the page is pinned as if to be read, which the kernel grants only
 * if it is the target's alone, or shared memory: the trap is ours, and nobody else
 * takes it out.
 */
static bool trap_pin(struct trap_attempt *t)
{
	unsigned long addr = t->bp->addr + t->at;
	struct mm_struct *mm = t->access->session->mm;

	if (dbgmem_hold_prompt(t->access, addr, 1, &t->page) == 1)
		return true;
	t->page = NULL;
	if (t->untold &&
	    (!(t->vma->vm_flags & VM_SHARED) || t->vma->vm_flags & VM_MAYWRITE))
		t->page = dbgmem_pin_as_is(mm, addr, TRAP_FOLL);
	return t->page;
}

/* One attempt, under the target's mmap_lock. */
static int trap_try_part(struct trap_attempt *t)
{
	struct mm_struct *mm = t->access->session->mm;
	unsigned long addr = t->bp->addr + t->at;
	struct page *page;
	bool stands;

	t->vma = vma_lookup(mm, addr);
	if (!t->vma || dbgmem_breakpoint_gone(t->bp, addr))
		return PART_LOST;
	t->monitored = userfaultfd_missing(t->vma);
	if (trap_look(mm, t->vma, addr, &page))
		return trap_may_be_elsewhere(t->vma) ? PART_ABSENT : PART_LOST;
	/* If the trap is gone, do not touch the memory. */
	stands = trap_may_stand(t->vma, page) &&
		 trap_standing(t->bp, t->at, page);
	put_page(page);
	if (!stands)
		return PART_LOST;
	if (!trap_pin(t))
		return PART_SHUT;
	return trap_may_stand(t->vma, t->page) &&
	       trap_standing(t->bp, t->at, t->page) && trap_restore(t);
}

static int trap_try_locked(struct trap_attempt *t, struct dbgmem_removal *r)
{
	struct mm_struct *mm = t->access->session->mm;
	int ret;

	t->page = NULL;
	ret = trap_lock(mm, true, r);
	if (ret)
		return ret;
	ret = trap_try_part(t);
	trap_unlock(mm, true);
	/* Some of it may have been written, whatever came of it. */
	if (t->page)
		dbgmem_drop(&t->page, 1, true, true);
	return ret;
}

/* Have the page faulted in, with nothing held of the target's. */
static int trap_fetch(const struct trap_attempt *t, unsigned int foll,
		      struct dbgmem_removal *r)
{
	int ret;

	/* Not tried at all. */
	if (READ_ONCE(*r->hurry) || time_after(jiffies, r->end))
		return -EBUSY;
	/* Pages in swap come soon, even after one that did not come. */
	ret = dbgmem_fetch_timeout(t->access->session->mm, t->bp->addr + t->at,
				   1, foll, t->bp->cred,
				   max_t(long, r->in_vain, HZ / 50));
	if (ret == -ETIMEDOUT)
		r->in_vain = 0;
	return ret;
}

static int trap_fetch_absent(const struct trap_attempt *t,
			     struct dbgmem_removal *r)
{
	int ret = trap_fetch(t, TRAP_FOLL, r);

	if (!ret)
		return PART_ABSENT;
	if (ret == -EINTR || ret == -ENOMEM)
		return ret;
	if (ret == -EBUSY || (ret == -ETIMEDOUT && !t->monitored))
		return -EFAULT;
	return PART_LOST;
}

static int trap_fetch_shut(struct trap_attempt *t, struct dbgmem_removal *r)
{
	int ret;

	/* It was tried. */
	if (t->untold)
		return -EFAULT;
	ret = trap_fetch(t, TRAP_FOLL | FOLL_WRITE, r);
	if (ret == -EINTR || ret == -ENOMEM)
		return ret;
	/* A target that goes on protecting its memory has been told, too. */
	t->untold = ret || ++t->shut == MAX_SHUT;
	return PART_SHUT;
}

/* As dbgmem_trap_remove(), what is on one page. */
static int trap_remove_part(struct dbgmem_access *a,
			    struct dbgmem_breakpoint *bp, unsigned int at,
			    struct dbgmem_removal *r)
{
	struct trap_attempt t = { .access = a, .bp = bp, .at = at };
	unsigned int tries = HOLD_TRIES;
	int ret;

	do {
		a->addr = bp->addr + at;
		ret = trap_try_locked(&t, r);
		if (ret == PART_ABSENT)
			ret = trap_fetch_absent(&t, r);
		else if (ret == PART_SHUT)
			ret = trap_fetch_shut(&t, r);
		if (ret < PART_ABSENT)
			return ret;
	} while (--tries);
	return -EFAULT;
}

/**
 * dbgmem_trap_remove - put the original bytes back, where the trap stands
 * @a: session; on failure addr, write and flags tell what was tried
 * @bp: the breakpoint
 * @r: how long to wait
 *
 * Nothing is waited for with a lock of the target's held, and page faults are for
 * dbgmem_fetch() to wait for.
 *
 * Return: 1 if they are back, 0 if the trap, or its part on one of two pages, was
 * not there any more, -EINTR, or for dbgmem_reason_explain(): it is there, but its
 * memory cannot be written, or it may be in memory that does not come.
 */
int dbgmem_trap_remove(struct dbgmem_access *a, struct dbgmem_breakpoint *bp,
		       struct dbgmem_removal *r)
{
	unsigned int at;
	int ret = 1, err;

	a->flags = DBGMEM_FORCE;
	a->write = true;
	a->foll = TRAP_FOLL | FOLL_WRITE;
	for (at = 0; at < bp->len; at += trap_part(bp, at)) {
		if (bp->out & trap_part_bit(at))
			continue;
		err = trap_remove_part(a, bp, at, r);
		if (err < 0)
			return err;
		if (err == PART_OUT)
			bp->out |= trap_part_bit(at);
		ret &= err;
	}
	return ret;
}

/* --- looking --- */

static u32 trap_part_state(struct mm_struct *mm,
			   const struct dbgmem_breakpoint *bp, unsigned int at)
{
	unsigned long addr = bp->addr + at;
	struct vm_area_struct *vma;
	struct page *page;
	bool stands;

	vma = vma_lookup(mm, addr);
	if (!vma)
		return DBGMEM_BP_STATE_LOST;
	/* One that is absent would be faulted in. */
	if (is_vm_hugetlb_page(vma) || trap_look(mm, vma, addr, &page))
		return DBGMEM_BP_STATE_UNKNOWN;
	stands = trap_may_stand(vma, page) && trap_standing(bp, at, page);
	put_page(page);
	return stands ? DBGMEM_BP_STATE_STANDING : DBGMEM_BP_STATE_LOST;
}

/**
 * dbgmem_trap_state - does the trap stand?
 * @mm: the target's memory
 * @bp: the breakpoint
 *
 * Return: DBGMEM_BP_STATE_*; _UNKNOWN also if the caller is being killed.
 */
u32 dbgmem_trap_state(struct mm_struct *mm, const struct dbgmem_breakpoint *bp)
{
	u32 state = DBGMEM_BP_STATE_STANDING;
	unsigned int at;

	if (trap_lock(mm, false, NULL))
		return DBGMEM_BP_STATE_UNKNOWN;
	for (at = 0; at < bp->len && state == DBGMEM_BP_STATE_STANDING;
	     at += trap_part(bp, at))
		if (!(bp->out & trap_part_bit(at)))
			state = trap_part_state(mm, bp, at);
	trap_unlock(mm, false);
	return state;
}
