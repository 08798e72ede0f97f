/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The mirror of a session: where the pages of its target are, as a software TLB.
 *
 * 64 neighbouring pages are a block, which is found by its hash and has the
 * kernel's address of each page, or NULL where that is not known. What is known is
 * true as long as the lock is held (target/change.h). So readers copy under the
 * lock, with page faults disabled, and never touch a page that may have become
 * somebody else's.
 *
 * The mirror references no page, and makes none resident.
 */
#ifndef KMOD_MIRROR_MIRROR_H
#define KMOD_MIRROR_MIRROR_H

#include <linux/err.h>
#include <linux/hash.h>
#include <linux/list.h>
#include <linux/uaccess.h>

#include "engine/engine.h"
#include "target/block.h"

/* A target that never stops changing is read as without a mirror. */
#define DBGMEM_MAX_FETCHES	8

#ifdef CONFIG_HMM_MIRROR
/**
 * struct dbgmem_block - what is known of 64 neighbouring pages
 * @node: with those of the same hash
 * @all: in mirror->all
 * @number: address >> DBGMEM_BLOCK_SHIFT
 * @used: something was read from it; so it is not the next one to go
 * @page: addresses of the pages in the kernel, or NULL
 */
struct dbgmem_block {
	struct hlist_node	node;
	struct list_head	all;
	unsigned long		number;
	u8			used;
	char			*page[DBGMEM_BLOCK_PAGES];
};

/**
 * struct dbgmem_mirror - all that is known
 * @changes: of the target. Their lock is held for reading to look up and copy, for
 *	writing to change anything
 * @hash: the blocks by their hash; under the lock
 * @bits: of a hash
 * @all: the blocks, the one to go next first; under the lock
 * @nr: how many; under the lock
 * @max: how many there may be
 * @pages: how many pages are known; under the lock
 */
struct dbgmem_mirror {
	struct dbgmem_changes	changes;
	struct hlist_head	*hash;
	unsigned int		bits;
	struct list_head	all;
	u32			nr;
	u32			max;
	u32			pages;
};

/* mirror.c */
int dbgmem_mirror_init(void);
void dbgmem_mirror_exit(void);
struct dbgmem_mirror *dbgmem_mirror_create(struct mm_struct *mm);
void dbgmem_mirror_destroy(struct dbgmem_mirror *m);
struct dbgmem_block *dbgmem_block_alloc(void);
void dbgmem_block_free(struct dbgmem_block *block);
struct dbgmem_block *dbgmem_block_insert(struct dbgmem_mirror *m,
					 unsigned long number,
					 struct dbgmem_block **spare);
u32 dbgmem_mirror_limit(void);
u32 dbgmem_mirror_max(struct dbgmem_session *s);
u32 dbgmem_mirror_pages(struct dbgmem_session *s);

/* fill.c */
bool dbgmem_mirror_fill(struct dbgmem_mirror *m, unsigned long addr);

/* copy.c */
size_t dbgmem_mirror_copy(struct dbgmem_xfer *x);
struct dbgmem_segment *dbgmem_mirror_batch(struct dbgmem_xfer *x,
					   struct dbgmem_segment *seg,
					   struct dbgmem_segment *end);

static __always_inline struct dbgmem_block *
dbgmem_block_find(const struct dbgmem_mirror *m, unsigned long number)
{
	struct dbgmem_block *block;

	hlist_for_each_entry(block, &m->hash[hash_long(number, m->bits)], node)
		if (likely(block->number == number))
			return block;
	return NULL;
}

/* The kernel's address of the page of @addr, or NULL. The lock is held. */
static __always_inline char *dbgmem_mirror_find(const struct dbgmem_mirror *m,
						unsigned long addr)
{
	struct dbgmem_block *block;

	block = dbgmem_block_find(m, addr >> DBGMEM_BLOCK_SHIFT);
	if (unlikely(!block))
		return NULL;
	/* Written only if it changes: others read beside it. */
	if (!READ_ONCE(block->used))
		WRITE_ONCE(block->used, 1);
	return block->page[(addr >> PAGE_SHIFT) % DBGMEM_BLOCK_PAGES];
}

/**
 * dbgmem_mirror_read - read from one page, if it is known
 * @m: the mirror
 * @addr: address in the target
 * @to: the caller's buffer
 * @len: bytes, on one page, > 0
 *
 * Breakpoints are not hidden.
 *
 * Return: whether all was read. If not, some of it may have been.
 */
static __always_inline bool dbgmem_mirror_read(struct dbgmem_mirror *m,
					       unsigned long addr,
					       char __user *to, size_t len)
{
	struct dbgmem_caller c = { .user = to };
	size_t done = 0;
	char *page;

	read_lock(&m->changes.lock);
	page = dbgmem_mirror_find(m, addr);
	if (likely(page)) {
		pagefault_disable();
		done = dbgmem_caller_put(&c, 0, page + offset_in_page(addr),
					 len);
		pagefault_enable();
	}
	read_unlock(&m->changes.lock);
	return likely(done == len);
}

/**
 * dbgmem_mirror_fetch - what the mirror does not know will be copied from pages
 * that are looked up and held
 * @x: the transfer
 * @start: the first address that may be copied from
 * @last: the last one
 *
 * The target may have such a page elsewhere, with other contents, by the time
 * that it is copied.
 */
static inline void dbgmem_mirror_fetch(struct dbgmem_xfer *x,
				       unsigned long start, unsigned long last)
{
	struct dbgmem_mirror *m = x->mirror;
	struct dbgmem_span s = { start >> PAGE_SHIFT, last >> PAGE_SHIFT };

	x->fetching = true;
	x->fetch_span = s;
	read_lock(&m->changes.lock);
	x->fetch_seq = m->changes.seq;
	x->fetch_meets = dbgmem_changes_meet(&m->changes, s);
	read_unlock(&m->changes.lock);
}

/**
 * dbgmem_mirror_fetched - the batch was copied
 * @x: the transfer
 *
 * Return: whether what was read is good: it was there as it was copied. The batch
 * has to be copied again if not.
 */
static __always_inline bool dbgmem_mirror_fetched(struct dbgmem_xfer *x)
{
	struct dbgmem_mirror *m = x->mirror;
	bool good;

	if (likely(!x->fetching))
		return true;
	x->fetching = false;
	/* The lock makes a change visible before what was written after it. */
	read_lock(&m->changes.lock);
	good = !x->fetch_meets &&
	       !dbgmem_changes_since(&m->changes, x->fetch_seq, x->fetch_span);
	read_unlock(&m->changes.lock);
	if (good || x->refetched == DBGMEM_MAX_FETCHES) {
		x->refetched = 0;
		return true;
	}
	x->refetched++;
	cond_resched();
	return false;
}
#else
static inline int dbgmem_mirror_init(void)
{
	return 0;
}

static inline void dbgmem_mirror_exit(void) { }

static inline struct dbgmem_mirror *dbgmem_mirror_create(struct mm_struct *mm)
{
	return ERR_PTR(-EOPNOTSUPP);
}

static inline void dbgmem_mirror_destroy(struct dbgmem_mirror *m) { }

static inline u32 dbgmem_mirror_limit(void)
{
	return 0;
}

static inline u32 dbgmem_mirror_max(struct dbgmem_session *s)
{
	return 0;
}

static inline u32 dbgmem_mirror_pages(struct dbgmem_session *s)
{
	return 0;
}

static inline void dbgmem_mirror_fetch(struct dbgmem_xfer *x,
				       unsigned long start,
				       unsigned long last) { }

static inline bool dbgmem_mirror_fetched(struct dbgmem_xfer *x)
{
	return true;
}

static inline size_t dbgmem_mirror_copy(struct dbgmem_xfer *x)
{
	return 0;
}

static inline struct dbgmem_segment *
dbgmem_mirror_batch(struct dbgmem_xfer *x, struct dbgmem_segment *seg,
		    struct dbgmem_segment *end)
{
	return seg;
}

static inline bool dbgmem_mirror_read(struct dbgmem_mirror *m,
				      unsigned long addr, char __user *to,
				      size_t len)
{
	return false;
}
#endif

#endif /* KMOD_MIRROR_MIRROR_H */
