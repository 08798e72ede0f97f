/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Shadows: transfers of a session read the original bytes where a trap of it
 * stands, and what they write there goes behind the trap.
 *
 * A batch of a transfer runs between dbgmem_shadow_lock() and _unlock(). A
 * session that never had a breakpoint does without the lock for reading: if one
 * came up meanwhile, _unlock() says so and the batch is read again.
 *
 * A trap is hidden as long as it stands and its mapping is there. A page that was
 * held before the mapping was removed may be read after that, with the trap in it:
 * then the batch is read again, too.
 */
#ifndef KMOD_BREAKPOINT_SHADOW_H
#define KMOD_BREAKPOINT_SHADOW_H

#include <linux/hash.h>
#include <linux/mm.h>

#include "access/access.h"
#include "tree.h"

/* dbgmem_shadow.held */
enum {
	DBGMEM_SHADOW_FREE,	/* nothing held, nothing to hide */
	DBGMEM_SHADOW_SHARED,	/* held for reading, nothing to hide */
	DBGMEM_SHADOW_READ,	/* held for reading */
	DBGMEM_SHADOW_WRITE,	/* held for writing */
};

/**
 * struct dbgmem_shadow - what a batch holds of its session's shadows
 * @held: DBGMEM_SHADOW_FREE, ...
 * @seq: what the breakpoints were found at, see unmap.h
 */
struct dbgmem_shadow {
	u8	held;
	u32	seq;
};

/* Hash values of pages: session->bp_pages has as many entries. */
#define DBGMEM_BP_HASH_BITS	10

/* Bytes that are copied at once where there are breakpoints. */
#define DBGMEM_SHADOW_UNIT	16

int dbgmem_shadow_count(struct dbgmem_session *s,
			const struct dbgmem_breakpoint *bp, int n);
int dbgmem_shadow_lock_slow(const struct dbgmem_access *a,
			    struct dbgmem_shadow *shadow);
bool dbgmem_shadow_unlock_slow(const struct dbgmem_access *a,
			       struct dbgmem_shadow *shadow);
size_t dbgmem_shadow_piece(const struct dbgmem_session *s, unsigned long addr,
			   size_t len, bool *covered);
void dbgmem_shadow_load(const struct dbgmem_session *s, unsigned long addr,
			void *buf, const char *kaddr, size_t len);
void dbgmem_shadow_store(const struct dbgmem_session *s, unsigned long addr,
			 char *kaddr, const void *buf, size_t len);
void dbgmem_shadow_mask(const struct dbgmem_session *s, unsigned long addr,
			void *buf, const char *kaddr, size_t len);
void dbgmem_shadow_commit(const struct dbgmem_session *s, unsigned long addr,
			  const void *buf, const char *kaddr, size_t len);
/**
 * dbgmem_shadow_lock - begin a batch
 * @a: the access
 * @shadow: result
 *
 * Return: 0, to be followed by dbgmem_shadow_unlock(), or -EINTR.
 */
static __always_inline int dbgmem_shadow_lock(const struct dbgmem_access *a,
					      struct dbgmem_shadow *shadow)
{
	if (likely(!a->write && !READ_ONCE(a->session->shadowed)))
		return 0;
	return dbgmem_shadow_lock_slow(a, shadow);
}

/**
 * dbgmem_shadow_unlock - end a batch
 * @a: the access
 * @shadow: from dbgmem_shadow_lock()
 *
 * Return: whether what was read is good; if not, it may show a trap that was
 * planted meanwhile, or whose mapping was taken away meanwhile.
 */
static __always_inline bool
dbgmem_shadow_unlock(const struct dbgmem_access *a,
		     struct dbgmem_shadow *shadow)
{
	if (unlikely(shadow->held != DBGMEM_SHADOW_FREE))
		return dbgmem_shadow_unlock_slow(a, shadow);
	/* Pairs with the barrier in dbgmem_shadow_begin(). */
	smp_rmb();
	return likely(!READ_ONCE(a->session->shadowed)) ||
	       a->flags & DBGMEM_RAW;
}

/**
 * dbgmem_shadow_begin - a trap is going to be planted
 * @s: the session, its shadow_lock held for writing
 */
static inline void dbgmem_shadow_begin(struct dbgmem_session *s)
{
	WRITE_ONCE(s->shadowed, true);
	/* A reader that sees the trap sees that, too. */
	smp_wmb();
}

/* May breakpoints touch a range, the session's shadow_lock being held? */
static inline bool dbgmem_shadow_near(const struct dbgmem_session *s,
				      unsigned long addr, unsigned long len)
{
	return offset_in_page(addr) + len > PAGE_SIZE ||
	       s->bp_pages[hash_long(addr >> PAGE_SHIFT, DBGMEM_BP_HASH_BITS)];
}

/**
 * dbgmem_shadow_covers - are there breakpoints to be hidden in a range?
 * @s: the session
 * @shadow: what is held of it
 * @addr: address in the target
 * @len: bytes
 */
static __always_inline bool
dbgmem_shadow_covers(const struct dbgmem_session *s,
		     const struct dbgmem_shadow *shadow, unsigned long addr,
		     unsigned long len)
{
	return unlikely(shadow->held >= DBGMEM_SHADOW_READ) &&
	       dbgmem_shadow_near(s, addr, len) &&
	       dbgmem_tree_first(s, addr, len);
}

#endif /* KMOD_BREAKPOINT_SHADOW_H */
