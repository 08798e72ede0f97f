/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What transfers of a session see of its breakpoints: the original bytes, as
 * long as the trap stands; and what they write there goes behind it.
 *
 * A batch of a transfer runs between dbgmem_overlay_lock() and _unlock(). A
 * session that never had a breakpoint does without the lock for reading: if one
 * came up meanwhile, _unlock() says so and the batch is read again. Not so where
 * what was read is compared: a trap would be told as a change.
 *
 * A trap is hidden as long as it stands and its mapping is there. A page that was
 * held before the mapping was taken away may be read thereafter, with the trap in
 * it: then the batch is read again, too.
 */
#ifndef KMOD_OVERLAY_H
#define KMOD_OVERLAY_H

#include <linux/hash.h>
#include <linux/mm.h>

#include "dbgmem.h"

/**
 * struct dbgmem_breakpoint - a trap in a target
 * @node: in session->breakpoints, by address; under session->overlay
 * @registered: among all of all sessions, by address space and address; under
 *	the registry's lock
 * @session: who set it, only to be compared; NULL once that is closed
 * @mm: where
 * @owner: the process that set it
 * @cred: its credentials
 * @addr: its address
 * @len: bytes
 * @planted: the trap is in memory, and @original complete; under the registry's
 *	lock
 * @gone: the mapping that it was planted in is not there any more, see unmap.h: a
 *	bit for each of the pages it is on; changed under session->unmap->lock
 * @out: its parts that were taken out, when others could not be: a bit for each of
 *	the pages it is on; under session->overlay
 * @withheld: some of what was written behind it was not put back; as @out
 * @forced: a bit for each byte of @shadow that was written by FORCE; as @shadow
 * @trap: what is in memory
 * @original: what was there
 * @shadow: what transfers see; under session->overlay for writing, and the
 *	registry's lock
 */
struct dbgmem_breakpoint {
	struct rb_node		node;
	struct rb_node		registered;
	struct dbgmem_session	*session;
	struct mm_struct	*mm;
	struct pid		*owner;
	const struct cred	*cred;
	unsigned long		addr;
	unsigned int		len;
	bool			planted;
	u8			gone;
	u8			out;
	bool			withheld;
	u16			forced;
	u8			trap[DBGMEM_BP_MAX_LEN];
	u8			original[DBGMEM_BP_MAX_LEN];
	u8			shadow[DBGMEM_BP_MAX_LEN];
};

/* dbgmem_xfer.overlay */
enum {
	DBGMEM_OVERLAY_FREE,	/* nothing held, nothing to hide */
	DBGMEM_OVERLAY_SHARED,	/* held for reading, nothing to hide */
	DBGMEM_OVERLAY_READ,	/* held for reading */
	DBGMEM_OVERLAY_WRITE,	/* held for writing */
};

/* Hash values of pages: session->bp_pages has as many entries. */
#define DBGMEM_BP_HASH_BITS	10

/* What is copied at once where breakpoints are in the way. */
#define DBGMEM_OVERLAY_UNIT	16

int dbgmem_overlay_count(struct dbgmem_session *s,
			 const struct dbgmem_breakpoint *bp, int n);
int dbgmem_overlay_lock_slow(struct dbgmem_xfer *x);
bool dbgmem_overlay_unlock_slow(struct dbgmem_xfer *x);
struct dbgmem_breakpoint *dbgmem_overlay_first(const struct dbgmem_session *s,
					       unsigned long addr,
					       unsigned long len);
struct dbgmem_breakpoint *dbgmem_overlay_next(const struct dbgmem_breakpoint *bp,
					      unsigned long last);
size_t dbgmem_overlay_piece(const struct dbgmem_session *s, unsigned long addr,
			    size_t len, bool *covered);
void dbgmem_overlay_load(const struct dbgmem_session *s, unsigned long addr,
			 void *buf, const char *kaddr, size_t len);
void dbgmem_overlay_store(const struct dbgmem_session *s, unsigned long addr,
			  char *kaddr, const void *buf, size_t len);
void dbgmem_overlay_mask(const struct dbgmem_session *s, unsigned long addr,
			 void *buf, const char *kaddr, size_t len);
void dbgmem_overlay_commit(const struct dbgmem_session *s, unsigned long addr,
			   const void *buf, const char *kaddr, size_t len);
size_t dbgmem_overlay_copy(struct dbgmem_xfer *x, size_t at, char *kaddr,
			   size_t len);

/**
 * dbgmem_overlay_lock - begin a batch
 * @x: the transfer
 *
 * Return: 0, to be followed by dbgmem_overlay_unlock(), or -EINTR.
 */
static __always_inline int dbgmem_overlay_lock(struct dbgmem_xfer *x)
{
	if (likely(!x->write && !x->caller.compare &&
		   !READ_ONCE(x->session->overlaid)))
		return 0;
	return dbgmem_overlay_lock_slow(x);
}

/**
 * dbgmem_overlay_unlock - end a batch
 * @x: the transfer
 *
 * Return: whether what was read is good; if not, it may show a trap that was
 * planted meanwhile, or whose mapping was taken away meanwhile.
 */
static __always_inline bool dbgmem_overlay_unlock(struct dbgmem_xfer *x)
{
	if (unlikely(x->overlay != DBGMEM_OVERLAY_FREE))
		return dbgmem_overlay_unlock_slow(x);
	/* Pairs with the barrier in dbgmem_overlay_begin(). */
	smp_rmb();
	return likely(!READ_ONCE(x->session->overlaid)) ||
	       x->flags & DBGMEM_RAW;
}

/**
 * dbgmem_overlay_begin - a trap is going to be planted
 * @s: the session, its overlay held for writing
 */
static inline void dbgmem_overlay_begin(struct dbgmem_session *s)
{
	WRITE_ONCE(s->overlaid, true);
	/* A reader that sees the trap sees that, too. */
	smp_wmb();
}

/* May breakpoints touch a range, the session's overlay being held? */
static inline bool dbgmem_overlay_near(const struct dbgmem_session *s,
				       unsigned long addr, unsigned long len)
{
	return offset_in_page(addr) + len > PAGE_SIZE ||
	       s->bp_pages[hash_long(addr >> PAGE_SHIFT, DBGMEM_BP_HASH_BITS)];
}

/* Was the mapping taken away whose page at @addr has some of a breakpoint? */
static inline bool dbgmem_overlay_gone(const struct dbgmem_breakpoint *bp,
				       unsigned long addr)
{
	unsigned int page = addr >> PAGE_SHIFT != bp->addr >> PAGE_SHIFT;

	return READ_ONCE(bp->gone) >> page & 1;
}

/**
 * dbgmem_overlay_covers - are there breakpoints to be hidden in a range?
 * @x: the transfer
 * @addr: address in the target
 * @len: bytes
 */
static __always_inline bool dbgmem_overlay_covers(const struct dbgmem_xfer *x,
						  unsigned long addr,
						  unsigned long len)
{
	return unlikely(x->overlay >= DBGMEM_OVERLAY_READ) &&
	       dbgmem_overlay_near(x->session, addr, len) &&
	       dbgmem_overlay_first(x->session, addr, len);
}

#endif /* KMOD_OVERLAY_H */
