// SPDX-License-Identifier: GPL-2.0
/*
 * The shadows of a session: see shadow.h.
 *
 * A trap stands if the page that a transfer copies has its bytes. If a trap lies
 * across two pages, only its part on that page counts.
 */
#include <linux/bits.h>
#include <linux/slab.h>

#include "access/word.h"
#include "registry.h"
#include "shadow.h"
#include "unmap.h"

/**
 * dbgmem_shadow_count - a breakpoint comes or goes
 * @s: the session, its shadow_lock held for writing
 * @bp: the breakpoint
 * @n: 1 or -1
 *
 * Return: 0 or -ENOMEM.
 */
int dbgmem_shadow_count(struct dbgmem_session *s,
			const struct dbgmem_breakpoint *bp, int n)
{
	unsigned long first = bp->addr >> PAGE_SHIFT;
	unsigned long last = (bp->addr + (bp->len - 1)) >> PAGE_SHIFT;

	if (!s->bp_pages) {
		s->bp_pages = kcalloc(1UL << DBGMEM_BP_HASH_BITS,
				      sizeof(*s->bp_pages), GFP_KERNEL_ACCOUNT);
		if (!s->bp_pages)
			return -ENOMEM;
	}
	s->bp_pages[hash_long(first, DBGMEM_BP_HASH_BITS)] += n;
	if (last != first)
		s->bp_pages[hash_long(last, DBGMEM_BP_HASH_BITS)] += n;
	return 0;
}

/* Changes when a breakpoint's mapping was taken away. */
static unsigned int shadow_seq(const struct dbgmem_session *s)
{
	return s->unmap ? READ_ONCE(s->unmap->seq) : 0;
}

/**
 * dbgmem_shadow_lock_slow - dbgmem_shadow_lock(), where there may be shadows
 * @a: the access
 * @shadow: result
 */
int dbgmem_shadow_lock_slow(const struct dbgmem_access *a,
			    struct dbgmem_shadow *shadow)
{
	struct dbgmem_session *s = a->session;

	/* RAW accesses the bytes that are in memory, traps included. */
	if (a->flags & DBGMEM_RAW)
		return 0;
	/* As a rule it is free, and that is the cheaper question. */
	if (!down_read_trylock(&s->shadow_lock) &&
	    down_read_killable(&s->shadow_lock))
		return -EINTR;
	if (!s->shadowed) {
		shadow->held = DBGMEM_SHADOW_SHARED;
		return 0;
	}
	if (!a->write) {
		shadow->held = DBGMEM_SHADOW_READ;
		shadow->seq = shadow_seq(s);
		/* Nothing is read before. Pairs with unmap_mark(). */
		smp_rmb();
		return 0;
	}
	/* Shadows may change. */
	up_read(&s->shadow_lock);
	if (down_write_killable(&s->shadow_lock))
		return -EINTR;
	shadow->held = DBGMEM_SHADOW_WRITE;
	s->forcing = a->flags & DBGMEM_FORCE;
	return 0;
}

/**
 * dbgmem_shadow_unlock_slow - undo dbgmem_shadow_lock_slow()
 * @a: the access
 * @shadow: what is held
 *
 * Return: as dbgmem_shadow_unlock().
 */
bool dbgmem_shadow_unlock_slow(const struct dbgmem_access *a,
			       struct dbgmem_shadow *shadow)
{
	struct dbgmem_session *s = a->session;
	bool good = true;

	if (shadow->held == DBGMEM_SHADOW_WRITE) {
		up_write(&s->shadow_lock);
	} else {
		/* Pairs with the barrier in unmap_mark(). */
		smp_rmb();
		good = shadow->held != DBGMEM_SHADOW_READ ||
		       shadow->seq == shadow_seq(s);
		up_read(&s->shadow_lock);
	}
	shadow->held = DBGMEM_SHADOW_FREE;
	return good;
}

/* @kaddr is where the page of @addr, mapped, has it. */
static bool shadow_standing(const struct dbgmem_breakpoint *bp,
			    unsigned long addr, const char *kaddr)
{
	unsigned long page = addr & PAGE_MASK;
	unsigned long from = max(bp->addr, page);
	unsigned long to = min(bp->addr + (bp->len - 1), page | ~PAGE_MASK);

	return !dbgmem_breakpoint_gone(bp, from) &&
	       !dbgmem_racing_bytes(memcmp(kaddr + (long)(from - addr),
					   bp->trap + (from - bp->addr),
					   to - from + 1));
}

/**
 * struct shadow_touch - what a breakpoint and a piece of memory have in common
 * @at: its offset in the piece
 * @in: its offset in the breakpoint
 * @len: bytes
 */
struct shadow_touch {
	size_t at;
	size_t in;
	size_t len;
};

static struct shadow_touch shadow_touch(const struct dbgmem_breakpoint *bp,
					unsigned long addr, size_t len)
{
	unsigned long from = max(bp->addr, addr);
	unsigned long to = min(bp->addr + (bp->len - 1), addr + (len - 1));

	return (struct shadow_touch) {
		.at = from - addr,
		.in = from - bp->addr,
		.len = to - from + 1,
	};
}

/**
 * dbgmem_shadow_piece - what can be copied in one go
 * @s: the session, its shadow_lock held
 * @addr: address in the target
 * @len: bytes that are to be copied, on one page
 * @covered: result: breakpoints touch the piece
 *
 * A naturally aligned word is always one piece.
 *
 * Return: bytes; not more than DBGMEM_SHADOW_UNIT where @covered.
 */
size_t dbgmem_shadow_piece(const struct dbgmem_session *s, unsigned long addr,
			   size_t len, bool *covered)
{
	const struct dbgmem_breakpoint *bp = dbgmem_tree_first(s, addr, len);

	*covered = bp;
	if (!bp || dbgmem_is_word((void *)addr, len))
		return len;
	if (bp->addr > addr) {
		*covered = false;
		return bp->addr - addr;
	}
	return min_t(size_t, len, DBGMEM_SHADOW_UNIT);
}

static void shadow_copy_bytes(void *dst, const void *src, size_t len, bool word)
{
	if (word)
		dbgmem_copy_word(dst, src, len);
	else
		dbgmem_racing_bytes(memcpy(dst, src, len));
}

/**
 * dbgmem_shadow_load - read a piece as transfers are to see it
 * @s: the session, its shadow_lock held
 * @addr: address in the target
 * @buf: where to
 * @kaddr: where its page is mapped
 * @len: bytes, on one page
 */
void dbgmem_shadow_load(const struct dbgmem_session *s, unsigned long addr,
			void *buf, const char *kaddr, size_t len)
{
	const struct dbgmem_breakpoint *bp;

	shadow_copy_bytes(buf, kaddr, len, dbgmem_is_word(kaddr, len));
	bp = dbgmem_tree_first(s, addr, len);
	for (; bp; bp = dbgmem_tree_next(bp, addr + (len - 1))) {
		struct shadow_touch t = shadow_touch(bp, addr, len);

		if (shadow_standing(bp, addr, kaddr))
			memcpy(buf + t.at, bp->shadow + t.in, t.len);
	}
}

/**
 * dbgmem_shadow_mask - put the traps that stand over what will be written
 * @s: the session, its shadow_lock held for writing
 * @addr: address in the target
 * @buf: the data
 * @kaddr: where its page is mapped
 * @len: bytes, on one page
 */
void dbgmem_shadow_mask(const struct dbgmem_session *s, unsigned long addr,
			void *buf, const char *kaddr, size_t len)
{
	const struct dbgmem_breakpoint *bp;

	bp = dbgmem_tree_first(s, addr, len);
	for (; bp; bp = dbgmem_tree_next(bp, addr + (len - 1))) {
		struct shadow_touch t = shadow_touch(bp, addr, len);

		if (shadow_standing(bp, addr, kaddr))
			memcpy(buf + t.at, bp->trap + t.in, t.len);
	}
}

static u16 shadow_bits(const struct shadow_touch *t)
{
	return ((1U << t->len) - 1) << t->in;
}

/**
 * dbgmem_shadow_commit - keep what was written behind the traps that stand
 * @s: the session, its shadow_lock held for writing
 * @addr: address in the target
 * @buf: the data, as it was before dbgmem_shadow_mask()
 * @kaddr: where its page is mapped
 * @len: bytes, on one page
 */
void dbgmem_shadow_commit(const struct dbgmem_session *s, unsigned long addr,
			  const void *buf, const char *kaddr, size_t len)
{
	struct dbgmem_breakpoint *bp;

	dbgmem_registry_lock();
	bp = dbgmem_tree_first(s, addr, len);
	for (; bp; bp = dbgmem_tree_next(bp, addr + (len - 1))) {
		struct shadow_touch t = shadow_touch(bp, addr, len);

		if (!shadow_standing(bp, addr, kaddr))
			continue;
		memcpy(bp->shadow + t.in, buf + t.at, t.len);
		if (s->forcing)
			bp->forced |= shadow_bits(&t);
		else
			bp->forced &= ~shadow_bits(&t);
	}
	dbgmem_registry_unlock();
}

/**
 * dbgmem_shadow_store - write a piece, behind the traps where they stand
 * @s: the session, its shadow_lock held for writing
 * @addr: address in the target
 * @kaddr: where its page is mapped
 * @buf: the data
 * @len: bytes, on one page, at most DBGMEM_SHADOW_UNIT
 */
void dbgmem_shadow_store(const struct dbgmem_session *s, unsigned long addr,
			 char *kaddr, const void *buf, size_t len)
{
	u8 masked[DBGMEM_SHADOW_UNIT] __aligned(sizeof(long));

	memcpy(masked, buf, len);
	dbgmem_shadow_commit(s, addr, buf, kaddr, len);
	dbgmem_shadow_mask(s, addr, masked, kaddr, len);
	shadow_copy_bytes(kaddr, masked, len, dbgmem_is_word(kaddr, len));
}
