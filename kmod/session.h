/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A session: one open of /dev/dbgmem.
 *
 * Lock order, outermost first:
 *
 *	session->lock
 *	session->shadow_lock -> target's signal->exec_update_lock -> its mmap_lock
 *	registry of breakpoints, session->unmap->lock (innermost spinlocks: the
 *		target's notifiers take the second)
 *	session->lock -> changes->lock
 *	mmap_lock -> window->mutex -> changes->lock (see window/window.h)
 *	session->shadow_lock -> changes->lock (innermost: the target's notifiers
 *		take it, so nothing is allocated, waited for or faulted in under it)
 *
 * The caller's memory is touched (faulted in, pinned, copied to or from) with
 * none of the target's locks held, so that an agent and its target may be the
 * same process, or watch each other. The session's two locks are taken killably
 * and first of all, and never by a fault: the answer of ATTACH is written under
 * session->lock, and batches are copied, without faults, under shadow_lock. Pages
 * of either side are waited for with neither of them held (access/hold.h).
 */
#ifndef KMOD_SESSION_H
#define KMOD_SESSION_H

#include <linux/atomic.h>
#include <linux/completion.h>
#include <linux/fs.h>
#include <linux/mutex.h>
#include <linux/rbtree.h>
#include <linux/refcount.h>
#include <linux/rwsem.h>
#include <linux/workqueue.h>

#include <dbgmem/uapi.h>

/**
 * struct dbgmem_session - one open of /dev/dbgmem
 * @lock: serialises ATTACH
 * @mm: the target's address space, held by mmgrab() so that the memory itself
 *	is not; NULL until attached, then constant. Publishes @pid and @access
 * @pid: the target's thread group
 * @task: a thread of it that had @mm when the session was attached: as long as
 *	it still has, the target is there, and no other needs to be looked for
 * @access: DBGMEM_ACCESS_* bits
 * @mirror: what is known of the target's page tables, or NULL; constant once
 *	attached
 * @window: all windows of the session, or NULL before the first
 * @ended: DBGMEM_STATE_EXITED or _EXECED once that was noticed, else 0
 * @poll: what poll waits for; constant from open to close
 * @audited: DBGMEM_AUDIT_* bits, of what is in the audit log already
 * @scratch: memory of the last vector, for the next one; NULL while in use
 * @shadow_lock: held for reading by a batch that is copied, for writing by one
 *	that may change a shadow, and by what sets and clears breakpoints
 * @shadowed: there is, or was, a breakpoint; set under @shadow_lock, never reset
 * @forcing: who holds @shadow_lock for writing was allowed FORCE; under it
 * @unmap: marks breakpoints whose mapping goes; NULL before the first BP_SET,
 *	then constant
 * @breakpoints: struct dbgmem_breakpoint by address; under @shadow_lock, changed
 *	under unmap->lock too
 * @bp_pages: how many touch pages of each hash value, so that most of memory
 *	needs no look at @breakpoints; NULL before the first; under @shadow_lock
 * @nr_breakpoints: how many; under @shadow_lock
 * @lost: breakpoints that were found overwritten; under @shadow_lock
 * @refs: the file, and @undo while it is queued
 * @undo: takes the breakpoints out after the file was closed
 * @undone: that has happened
 * @reads: READ requests, pread and the like, that got as far as the target
 * @writes: the same for writes
 * @bytes_read: bytes that came from the target
 * @bytes_written: bytes that went to it
 */
struct dbgmem_session {
	struct mutex		lock;	/* see above */
	struct mm_struct	*mm;
	struct pid		*pid;
	struct task_struct	*task;
	u32			access;
	struct dbgmem_mirror	*mirror;
	struct dbgmem_window	*window;
	u32			ended;
	struct dbgmem_poll	*poll;
	unsigned long		audited;
	struct dbgmem_scratch	*scratch;
	struct rw_semaphore	shadow_lock;	/* see above */
	bool			shadowed;
	bool			forcing;
	struct dbgmem_unmap	*unmap;
	struct rb_root		breakpoints;
	u16			*bp_pages;
	u32			nr_breakpoints;
	u32			lost;
	refcount_t		refs;
	struct work_struct	undo;
	struct completion	undone;
	atomic64_t		reads;
	atomic64_t		writes;
	atomic64_t		bytes_read;
	atomic64_t		bytes_written;
};

struct dbgmem_session *dbgmem_session_new(void);
void dbgmem_session_put(struct dbgmem_session *s);

static inline struct dbgmem_session *dbgmem_session(struct file *file)
{
	return file->private_data;
}

#endif /* KMOD_SESSION_H */
