/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Windows of a session: the target's memory in the agent's address space.
 *
 * The file offset of a mapping is the address in the target, so one address
 * space of the file's own, whatever the number of windows, finds every page table
 * entry that shows an address.
 *
 * Each page that may be shown is referenced by a pane, which is 64 neighbours.
 * When the target's mapping of it changes, the notifier only marks it as stale:
 * taking it out of the agent's page tables would start a notifier inside a
 * notifier. A worker does that, and only then lets go of the page. So a window
 * never shows a page that has become somebody else's; what it shows of a mapping
 * that has changed may be old until the worker, or DBGMEM_IOC_WINDOW_SYNC, has
 * caught up.
 *
 * Lock order: mmap_lock of the agent -> window->mutex -> mirror->lock. The
 * target's mmap_lock is only ever tried for under the agent's, and let go of
 * before the mutex is taken.
 */
#ifndef KMOD_WINDOW_H
#define KMOD_WINDOW_H

#include <linux/fs.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/workqueue.h>

#include "mirror.h"

/**
 * struct dbgmem_pane - pages of a group that may be shown
 * @node: with those of the same hash; under the mirror's lock
 * @all: in window->panes, the one that was filled last at the end; under the
 *	window's mutex
 * @pending: in window->pending, or empty; under the mirror's lock
 * @number: address >> DBGMEM_LEAF_SHIFT
 * @stale: bits of pages that are to be taken out; under the mirror's lock
 * @nr: pages that are there; under the window's mutex
 * @page: the pages, referenced, or NULL; changed under both locks
 */
struct dbgmem_pane {
	struct hlist_node	node;
	struct list_head	all;
	struct list_head	pending;
	unsigned long		number;
	u64			stale;
	unsigned int		nr;
	struct page		*page[DBGMEM_LEAF_PAGES];
};

#define DBGMEM_PANE_HASH_BITS	10

/**
 * struct dbgmem_window - all windows of a session
 * @session: the session
 * @mapping: of the session's file: finds what is mapped where
 * @mutex: held by who fills panes, and by who takes pages out
 * @hash: the panes by their hash; under the mirror's lock
 * @panes: all of them; under @mutex
 * @pending: those with stale pages; under the mirror's lock
 * @work: catches up with @pending
 * @nr: how many panes; under @mutex
 * @max: how many there may be
 * @pages: how many pages they hold; under @mutex
 * @maps: how many mappings there are
 */
struct dbgmem_window {
	struct dbgmem_session	*session;
	struct address_space	mapping;
	struct mutex		mutex;	/* see above */
	struct hlist_head	hash[1 << DBGMEM_PANE_HASH_BITS];
	struct list_head	panes;
	struct list_head	pending;
	struct work_struct	work;
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
u32 dbgmem_window_max(const struct dbgmem_session *s);
u32 dbgmem_window_pages(const struct dbgmem_session *s);
u32 dbgmem_window_maps(const struct dbgmem_session *s);

/* window_fault.c */
vm_fault_t dbgmem_window_fault(struct vm_fault *vmf);

/* pane.c */
void dbgmem_pane_invalidate(struct dbgmem_window *w, unsigned long first,
			    unsigned long last);
struct dbgmem_pane *dbgmem_pane_find(struct dbgmem_window *w,
				     unsigned long number);
struct dbgmem_pane *dbgmem_pane_get(struct dbgmem_window *w,
				    unsigned long number);
void dbgmem_pane_hold(struct dbgmem_window *w, struct dbgmem_pane *pane,
		      unsigned int from, unsigned int nr,
		      const unsigned long *pfn);
void dbgmem_pane_catch_up(struct dbgmem_window *w);
void dbgmem_pane_drop_range(struct dbgmem_window *w, unsigned long start,
			    unsigned long end);
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
#endif

#endif /* KMOD_WINDOW_H */
