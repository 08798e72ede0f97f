/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Internal types and prototypes of the dbgmem module.
 *
 * Lock order, outermost first:
 *
 *	session->lock
 *	session->overlay -> target's signal->exec_update_lock -> its mmap_lock
 *	registry of breakpoints, session->unmap->lock (innermost spinlocks: the
 *		target's notifiers take the second)
 *	session->lock -> mirror->lock
 *	mmap_lock -> window->mutex -> mirror->lock (see window.h)
 *	session->overlay -> mirror->lock (innermost: the target's notifiers take
 *		it, so nothing is allocated, waited for or faulted in under it)
 *
 * The caller's memory is touched (faulted in, pinned, copied to or from) with
 * none of the target's held, so that an agent and its target may be the same
 * process, or watch each other. The session's two are taken killable and first
 * of all, and never by a fault: the answer of ATTACH is written under the one,
 * and batches are copied, without faults, under the other. Pages of either side
 * are waited for with neither of the locks held (hold.h).
 */
#ifndef KMOD_DBGMEM_H
#define KMOD_DBGMEM_H

#include <linux/atomic.h>
#include <linux/fs.h>
#include <linux/mm_types.h>
#include <linux/mmu_notifier.h>
#include <linux/mutex.h>
#include <linux/pid.h>
#include <linux/poll.h>
#include <linux/rbtree.h>
#include <linux/refcount.h>
#include <linux/rwsem.h>
#include <linux/sched.h>
#include <linux/sched/mm.h>
#include <linux/uio.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include "../uapi/dbgmem.h"
#include "target/change.h"

/* Pages taken at once: the first few from the stack, then one array. */
#define DBGMEM_STACK_PAGES	16
#define DBGMEM_BATCH_PAGES	512

/* One EXACT transfer, and the pages that one may hold on either side. */
#define DBGMEM_MAX_EXACT	(64UL << 20)
#define DBGMEM_MAX_EXACT_PAGES	65536UL
#define DBGMEM_MAX_SEGMENTS	65536
#define DBGMEM_MAX_EXPECTS	256
#define DBGMEM_MAX_RETRIES	1000
#define DBGMEM_MAX_BREAKPOINTS	16384

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
 * @event: what poll waits for; constant from open to close
 * @audited: DBGMEM_AUDIT_* bits, of what is in the audit log already
 * @scratch: memory of the last vector, for the next one; NULL while in use
 * @overlay: held for reading by a batch that is copied, for writing by one that
 *	may change a shadow, and by what sets and clears breakpoints
 * @overlaid: there is, or was, a breakpoint; set under @overlay, never reset
 * @forcing: who holds @overlay for writing was allowed FORCE; under @overlay
 * @unmap: marks breakpoints whose mapping goes; NULL before the first BP_SET,
 *	then constant
 * @breakpoints: struct dbgmem_breakpoint by address; under @overlay, changed under
 *	unmap->lock too
 * @bp_pages: how many touch pages of each hash value, so that most of memory
 *	needs no look at @breakpoints; NULL before the first; under @overlay
 * @nr_breakpoints: how many; under @overlay
 * @lost: breakpoints that were found overwritten; under @overlay
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
	struct dbgmem_event	*event;
	unsigned long		audited;
	struct dbgmem_scratch	*scratch;
	struct rw_semaphore	overlay;	/* see above */
	bool			overlaid;
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

/**
 * struct dbgmem_caller - the caller's end of a transfer
 * @user: the caller's buffer
 * @iter: where it is kernel memory instead (registered io_uring buffers), else
 *	NULL; only the bytes of the current transfer
 * @compare: reading: it was read before, and what differs is to be told
 * @changed: something differed; set with @compare, reset by who looks at it
 */
struct dbgmem_caller {
	char __user	*user;
	struct iov_iter	*iter;
	bool		compare;
	bool		changed;
};

/**
 * struct dbgmem_valid - the validity bitmap of a READ
 * @map: the caller's bitmap, or NULL
 * @base: page number that bit 0 answers for
 * @byte: index of the byte that @bits belongs to
 * @bits: bits not yet written to @map
 */
struct dbgmem_valid {
	u8 __user	*map;
	u64		base;
	u64		byte;
	u8		bits;
};

/* dbgmem_absent.side */
enum {
	DBGMEM_ABSENT_TARGET,
	DBGMEM_ABSENT_EXPECT,	/* the target's, of an expectation */
	DBGMEM_ABSENT_BUFFER,
};

/**
 * struct dbgmem_absent - pages that have to be waited for
 * @addr: an address in the first one
 * @nr: how many
 * @foll: FOLL_* flags, for the target's
 * @side: whose
 * @tries: how often they have been waited for
 * @last: what was waited for last of the caller's buffer
 * @partial: the caller's buffer ends within a word
 */
struct dbgmem_absent {
	unsigned long	addr;
	unsigned long	nr;
	u32		foll;
	u8		side;
	u16		tries;
	bool		partial;
	unsigned long	last;
};

/**
 * struct dbgmem_xfer - one transfer under way
 * @session: an attached session, whose mm is held by mmget() for the time being
 * @engine: DBGMEM_ENGINE_*
 * @caller: the caller's end, at the byte that goes with @addr
 * @valid: the validity bitmap
 * @addr: the next target address
 * @left: bytes from @addr to the end of the request
 * @flags: DBGMEM_EXACT, ...
 * @foll: FOLL_* flags for the target's side
 * @write: to the target
 * @code: pages that were held to be written are for the target to run; only where
 *	that matters (compat.h: DBGMEM_COHERENT_ICACHE)
 * @overlay: what is held of the session's, see overlay.h
 * @overlay_seq: what the breakpoints were found at, see unmap.h
 * @fetching: the mirror did not know what is being copied
 * @refetched: how often that was no good
 * @absent: what was not there, see hold.h
 * @expects: conditions to be checked before anything moves, or NULL
 * @mirror: where to look for the target's pages first, or NULL
 * @fetch_seq: of the mirror's changes, before what it did not know was looked up
 * @fetch_span: the pages that may be copied from then
 * @fetch_meets: one of them was being changed
 * @nr_changed: segments of a vector that were not what they were before
 * @done: answer: bytes that moved
 * @fault_addr: answer
 * @reason: answer: DBGMEM_REASON_*
 */
struct dbgmem_xfer {
	struct dbgmem_session	*session;
	u32			engine;
	struct dbgmem_caller	caller;
	struct dbgmem_valid	valid;
	unsigned long		addr;
	unsigned long		left;
	u32			flags;
	u32			foll;
	bool			write;
	bool			code;
	u8			overlay;
	u32			overlay_seq;
	bool			fetching;
	bool			fetch_meets;
	u8			refetched;
	u32			fetch_seq;
	struct dbgmem_span	fetch_span;
	struct dbgmem_absent	absent;
	struct dbgmem_expects	*expects;
	struct dbgmem_mirror	*mirror;
	u32			nr_changed;
	u64			done;
	u64			fault_addr;
	u32			reason;
};

struct dbgmem_ucmd;

/**
 * struct dbgmem_ioctl_op - what dispatch knows of an ioctl
 * @size: bytes of its structure
 * @min_size: bytes of the first version that was published
 * @out: offset of the first output; only outputs and reserved fields follow
 * @execute: carry it out
 */
struct dbgmem_ioctl_op {
	u32	size;
	u32	min_size;
	u32	out;
	int	(*execute)(struct dbgmem_ucmd *ucmd);
};

/**
 * struct dbgmem_ucmd - one ioctl under way
 * @session: the session
 * @file: its open file
 * @uptr: the caller's structure
 * @usize: the size that the caller gave it
 * @op: its row in the table
 * @responded: the answer was written back already
 * @req: the kernel's copy of the structure
 * @req.info: DBGMEM_IOC_INFO
 * @req.attach: DBGMEM_IOC_ATTACH
 * @req.transfer: DBGMEM_IOC_READ, DBGMEM_IOC_WRITE
 * @req.vector: DBGMEM_IOC_VECTOR
 * @req.bp_set: DBGMEM_IOC_BP_SET
 * @req.bp_clear: DBGMEM_IOC_BP_CLEAR
 * @req.bp_list: DBGMEM_IOC_BP_LIST
 * @req.cmpxchg: DBGMEM_IOC_CMPXCHG
 * @req.region_list: DBGMEM_IOC_REGION
 * @req.window: DBGMEM_IOC_WINDOW
 * @req.window_sync: DBGMEM_IOC_WINDOW_SYNC
 */
struct dbgmem_ucmd {
	struct dbgmem_session	*session;
	struct file		*file;
	void __user		*uptr;
	const struct dbgmem_ioctl_op *op;
	u32			usize;
	bool			responded;
	union {
		struct dbgmem_info	info;
		struct dbgmem_attach	attach;
		struct dbgmem_transfer	transfer;
		struct dbgmem_vector	vector;
		struct dbgmem_bp_set	bp_set;
		struct dbgmem_bp_clear	bp_clear;
		struct dbgmem_bp_list	bp_list;
		struct dbgmem_cmpxchg	cmpxchg;
		struct dbgmem_region_list region_list;
		struct dbgmem_window_map window;
		struct dbgmem_window_sync window_sync;
	} req;
};

/* main.c */
int dbgmem_respond(struct dbgmem_ucmd *ucmd);
void dbgmem_session_put(struct dbgmem_session *s);

/* param.c */
void dbgmem_param_init(u32 force_default);
u32 dbgmem_engine(void);
u32 dbgmem_force_policy(void);

/* info.c */
int dbgmem_ioc_info(struct dbgmem_ucmd *ucmd);
void dbgmem_show_fdinfo(struct seq_file *m, struct file *file);

/* receipt.c */
int dbgmem_receipt_init(void);
u32 dbgmem_receipt_force(void);
int dbgmem_receipt_mm(struct file *receipt, struct mm_struct **mm);

/* target.c */
int dbgmem_ioc_attach(struct dbgmem_ucmd *ucmd);
void dbgmem_target_detach(struct dbgmem_session *s);
u32 dbgmem_target_state(struct dbgmem_session *s);
int dbgmem_target_errno(struct dbgmem_session *s);
int dbgmem_target_gone(struct dbgmem_session *s, bool held);
struct task_struct *dbgmem_target_task(struct dbgmem_session *s);
bool dbgmem_target_traced_by_current(struct dbgmem_session *s);
bool dbgmem_target_capable(struct dbgmem_session *s, int cap);

/* event.c */
int dbgmem_event_init(void);
void dbgmem_event_exit(void);
int dbgmem_event_open(struct dbgmem_session *s);
__poll_t dbgmem_poll(struct file *file, poll_table *wait);
void dbgmem_event_release(struct dbgmem_session *s);

/* transfer.c */
int dbgmem_ioc_read(struct dbgmem_ucmd *ucmd);
int dbgmem_ioc_write(struct dbgmem_ucmd *ucmd);
int dbgmem_transfer_begin(struct dbgmem_xfer *x);
int dbgmem_transfer_run(struct dbgmem_xfer *x);
void dbgmem_transfer_end(struct dbgmem_xfer *x);
u32 dbgmem_transfer_ended(struct dbgmem_xfer *x);
u32 dbgmem_transfer_flags(void);
int dbgmem_force_check(struct dbgmem_session *s);

/*
 * The engines. Each moves what it can of one batch from x->addr and returns the
 * bytes moved (> 0), or -EFAULT and x->reason = DBGMEM_REASON_BUFFER when the
 * caller's first byte was not accessible, or DBGMEM_HOLD_ABSENT (hold.h), or
 * another negative errno that dbgmem_fault_explain() understands. They do not
 * advance @x, and wait for neither side's pages.
 */
ssize_t dbgmem_pinned_copy(struct dbgmem_xfer *x, struct page **pages,
			   unsigned int nr_pages);
size_t dbgmem_pinned_page(struct dbgmem_xfer *x);
size_t dbgmem_copy_mapped(struct dbgmem_xfer *x, size_t at, char *kaddr,
			  size_t len);
size_t dbgmem_copy_pages(struct dbgmem_xfer *x, struct page **pages,
			 unsigned long nr);
ssize_t dbgmem_remote_copy(struct dbgmem_xfer *x, struct page **pages,
			   unsigned int nr_pages);

/* exact.c */
int dbgmem_exact_run(struct dbgmem_xfer *x, struct dbgmem_segment *segs,
		     u32 nr, u32 *bad);

/* breakpoint.c */
int dbgmem_breakpoint_init(void);
void dbgmem_breakpoint_exit(void);
int dbgmem_ioc_bp_set(struct dbgmem_ucmd *ucmd);
int dbgmem_ioc_bp_clear(struct dbgmem_ucmd *ucmd);
int dbgmem_ioc_bp_list(struct dbgmem_ucmd *ucmd);
void dbgmem_breakpoint_release(struct dbgmem_session *s);

/* cmpxchg.c */
int dbgmem_ioc_cmpxchg(struct dbgmem_ucmd *ucmd);

/* region.c */
int dbgmem_ioc_region(struct dbgmem_ucmd *ucmd);

/* tables.c */
bool dbgmem_tables_find(struct vm_area_struct *vma, unsigned long *start,
			unsigned long *end, unsigned int *looks);

/* vector.c */
int dbgmem_ioc_vector(struct dbgmem_ucmd *ucmd);
void dbgmem_vector_release(struct dbgmem_session *s);

/* fault.c */
int dbgmem_fault_explain(struct dbgmem_xfer *x, int err, unsigned long *end);
bool dbgmem_fault_special(struct dbgmem_xfer *x);
int dbgmem_fault_errno(u32 reason);
bool dbgmem_vma_special(const struct vm_area_struct *vma);
bool dbgmem_vma_permitted(const struct vm_area_struct *vma, unsigned int foll);

/* valid.c */
int dbgmem_valid_init(struct dbgmem_valid *v, const struct dbgmem_transfer *t);
int dbgmem_valid_mark(struct dbgmem_valid *v, unsigned long addr,
		      unsigned long len, bool last);
int dbgmem_valid_flush(struct dbgmem_valid *v);

/* rw.c */
ssize_t dbgmem_read_iter(struct kiocb *iocb, struct iov_iter *to);
ssize_t dbgmem_write_iter(struct kiocb *iocb, struct iov_iter *from);
loff_t dbgmem_llseek(struct file *file, loff_t offset, int whence);

/**
 * dbgmem_target_attached - has ATTACH succeeded on this session?
 * @s: the session
 *
 * After true, all that ATTACH set may be read without a lock.
 */
static inline bool dbgmem_target_attached(struct dbgmem_session *s)
{
	/* Pairs with the release in bind(). */
	return smp_load_acquire(&s->mm);
}

/* The quick answer; if false, look for another thread. */
static inline bool dbgmem_task_has_mm(const struct dbgmem_session *s)
{
	return READ_ONCE(s->task->mm) == s->mm;
}

/**
 * dbgmem_target_get - begin an operation on the target's memory
 * @s: an attached session
 *
 * Return: 0 with the memory held until dbgmem_target_put(), -ESRCH or -ESTALE.
 */
static inline int dbgmem_target_get(struct dbgmem_session *s)
{
	bool held = mmget_not_zero(s->mm);

	return likely(held && dbgmem_task_has_mm(s)) ?
	       0 : dbgmem_target_gone(s, held);
}

/**
 * dbgmem_target_put - end an operation on the target's memory
 * @s: the session
 */
static inline void dbgmem_target_put(struct dbgmem_session *s)
{
	mmput(s->mm);
}

/**
 * dbgmem_target_begin - the same, for a session that must have some access
 * @s: a session
 * @access: DBGMEM_ACCESS_* bits, all of them needed
 *
 * Return: as dbgmem_target_get(), -ENOTCONN or -EACCES.
 */
static inline int dbgmem_target_begin(struct dbgmem_session *s, u32 access)
{
	if (unlikely(!dbgmem_target_attached(s)))
		return -ENOTCONN;
	if (unlikely(access & ~s->access))
		return -EACCES;
	return dbgmem_target_get(s);
}

static inline unsigned long dbgmem_span_pages(unsigned long addr,
					      unsigned long len)
{
	return ((addr + len - 1) >> PAGE_SHIFT) - (addr >> PAGE_SHIFT) + 1;
}

static inline struct dbgmem_session *dbgmem_session(struct file *file)
{
	return file->private_data;
}

#endif /* KMOD_DBGMEM_H */
