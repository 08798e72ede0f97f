/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Windows of a session: the target's memory in the agent's address space.
 *
 * The file offset of a mapping is the address in the target. So the file's own
 * address_space finds every page table entry that shows an address, however many
 * windows there are.
 *
 * A block of 64 neighbours, struct dbgmem_window_block, references each page that
 * may be shown. When the target's mapping of a page changes, the notifier only
 * marks the page as stale: taking it out of the agent's page tables would start a
 * notifier inside a notifier. A worker takes it out, and drops the reference after
 * that. So a window never shows a page that has become somebody else's; but it may
 * show an old page until the worker, or DBGMEM_IOC_WINDOW_SYNC, has caught up.
 *
 * The kernel cannot move, split, seal or offline a page that somebody has a
 * reference to. So the references of a block are a lease: the worker takes its
 * pages out window_lease= milliseconds after the block was made, and the next
 * access finds them again. After a change a block is not shown for a moment: a
 * program that polls it would hold it again before the kernel has done its work.
 *
 * Lock order: mmap_lock of the agent -> window->mutex -> changes->lock. The
 * target's mmap_lock is only tried for under the agent's, and is dropped before the
 * mutex is taken.
 */
#ifndef KMOD_WINDOW_WINDOW_H
#define KMOD_WINDOW_WINDOW_H

#include <linux/fs.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>

#include "session.h"
#include "target/block.h"
#include "target/change.h"

struct dbgmem_ucmd;

/**
 * struct dbgmem_window_block - pages that may be shown
 * @node: with those of the same hash; under the changes' lock
 * @all: in window->blocks, the youngest at the end; under the window's mutex
 * @pending: in window->pending, or empty; under the changes' lock
 * @number: address >> DBGMEM_BLOCK_SHIFT
 * @stale: bits of pages that are to be taken out; under the changes' lock
 * @since: jiffies when it was made
 * @nr: pages that are there; under the window's mutex
 * @page: the pages, referenced, or NULL; changed under both locks
 */
struct dbgmem_window_block {
	struct hlist_node	node;
	struct list_head	all;
	struct list_head	pending;
	unsigned long		number;
	u64			stale;
	unsigned long		since;
	unsigned int		nr;
	struct page		*page[DBGMEM_BLOCK_PAGES];
};

#define DBGMEM_WINDOW_HASH_BITS	10

/* Blocks by hash: until when they are not shown. */
#define DBGMEM_COOL_BITS	8
/* Faults whose page the target does not get, by hash. */
#define DBGMEM_FAILED_BITS	6
/* Files that are being sealed at a time. */
#define DBGMEM_SEALING		16

/**
 * struct dbgmem_failed - a page that could not be fetched; all only compared
 * @task: for whose fault
 * @page: page number in the target
 */
struct dbgmem_failed {
	const struct task_struct *task;
	unsigned long		page;
};

/**
 * struct dbgmem_sealing - a file that may not be mapped for writing
 * @mapping: the file's; only compared
 * @inode: its number, as memory of a mapping may be that of another one later
 * @until: jiffies: sealing it has succeeded or failed by then
 */
struct dbgmem_sealing {
	const void		*mapping;
	unsigned long		inode;
	unsigned long		until;
};

/**
 * struct dbgmem_window - all windows of a session
 * @changes: of the target
 * @mapping: of the session's file: finds what is mapped where
 * @mutex: held by who fills blocks, and by who takes pages out
 * @hash: the blocks by their hash; under the changes' lock
 * @blocks: all of them; under @mutex
 * @pending: those with stale pages; under the changes' lock
 * @work: catches up with @pending
 * @lease: lets go of what was held for long enough
 * @folios: how many pages of a folio of several are held, by the number of its
 *	first page frame; under @mutex
 * @cool: jiffies before which blocks of a hash value are not shown
 * @failed: pages that could not be fetched; under the changes' lock
 * @sealing: files that are being sealed; under the changes' lock
 * @nr: how many blocks; under @mutex
 * @max: the most pages that may be held
 * @pages: how many are, whole folios counted; under @mutex
 * @maps: how many mappings there are
 */
struct dbgmem_window {
	struct dbgmem_changes	changes;
	struct address_space	mapping;
	struct mutex		mutex;	/* see above */
	struct hlist_head	hash[1 << DBGMEM_WINDOW_HASH_BITS];
	struct list_head	blocks;
	struct list_head	pending;
	struct work_struct	work;
	struct delayed_work	lease;
	struct xarray		folios;
	unsigned long		cool[1 << DBGMEM_COOL_BITS];
	struct dbgmem_failed	failed[1 << DBGMEM_FAILED_BITS];
	struct dbgmem_sealing	sealing[DBGMEM_SEALING];
	u32			nr;
	u32			max;
	u32			pages;
	atomic_t		maps;
};

#ifdef CONFIG_HMM_MIRROR
/* window.c */
int dbgmem_ioc_window(struct dbgmem_ucmd *ucmd);
int dbgmem_ioc_window_sync(struct dbgmem_ucmd *ucmd);
int dbgmem_mmap(struct file *file, struct vm_area_struct *vma);
void dbgmem_window_release(struct dbgmem_session *s, struct file *file);
u32 dbgmem_window_limit(void);
u32 dbgmem_window_max(const struct dbgmem_session *s);
u32 dbgmem_window_pages(const struct dbgmem_session *s);
u32 dbgmem_window_maps(const struct dbgmem_session *s);

/* fault.c */
vm_fault_t dbgmem_window_fault(struct vm_fault *vmf);

/* pages.c */
u32 dbgmem_window_lease(void);
void dbgmem_window_drop(struct dbgmem_changes *c, struct dbgmem_span s);
struct dbgmem_window_block *dbgmem_window_find(struct dbgmem_window *w,
					       unsigned long number);
struct dbgmem_window_block *dbgmem_window_get(struct dbgmem_window *w,
					      unsigned long number);
u64 dbgmem_window_hold(struct dbgmem_window *w,
		       struct dbgmem_window_block *block, unsigned int from,
		       unsigned int nr, const unsigned long *pfn);
bool dbgmem_window_count(struct dbgmem_window *w,
			 struct dbgmem_window_block *block, u64 held);
unsigned long dbgmem_window_cool(struct dbgmem_window *w, unsigned long number);
void dbgmem_window_catch_up(struct dbgmem_window *w);
void dbgmem_window_expire(struct dbgmem_window *w);
void dbgmem_window_drop_range(struct dbgmem_window *w, unsigned long start,
			      unsigned long end);

/* folio.c */
bool dbgmem_folio_count(struct dbgmem_window *w, struct page *page);
void dbgmem_folio_uncount(struct dbgmem_window *w, struct page *page);
#else
#define dbgmem_ioc_window	dbgmem_no_window
#define dbgmem_ioc_window_sync	dbgmem_no_window

static inline int dbgmem_no_window(struct dbgmem_ucmd *ucmd)
{
	return -EOPNOTSUPP;
}

static inline int dbgmem_mmap(struct file *file, struct vm_area_struct *vma)
{
	return -ENODEV;
}

static inline void dbgmem_window_release(struct dbgmem_session *s,
					 struct file *file) { }

static inline u32 dbgmem_window_limit(void)
{
	return 0;
}

static inline u32 dbgmem_window_max(const struct dbgmem_session *s)
{
	return 0;
}

static inline u32 dbgmem_window_pages(const struct dbgmem_session *s)
{
	return 0;
}

static inline u32 dbgmem_window_maps(const struct dbgmem_session *s)
{
	return 0;
}

static inline u32 dbgmem_window_lease(void)
{
	return 0;
}
#endif

#endif /* KMOD_WINDOW_WINDOW_H */
