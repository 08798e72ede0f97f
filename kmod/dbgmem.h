/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Internal types and prototypes of the dbgmem module.
 *
 * Lock order, outermost first:
 *
 *	session->lock -> target's signal->exec_update_lock -> target's mmap_lock
 *
 * The caller's memory is touched (faulted in, pinned, copied to or from) with
 * none of them held, so that an agent and its target may be the same process,
 * or watch each other. The one exception is the answer of ATTACH, written under
 * session->lock, which no fault ever takes.
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
#include <linux/sched.h>
#include <linux/sched/mm.h>
#include <linux/uio.h>
#include <linux/wait.h>

#include "../uapi/dbgmem.h"

/* Pages taken at once: the first few from the stack, then one array. */
#define DBGMEM_STACK_PAGES	16
#define DBGMEM_BATCH_PAGES	512

/* One EXACT transfer, and the pages that one may hold on either side. */
#define DBGMEM_MAX_EXACT	(64UL << 20)
#define DBGMEM_MAX_EXACT_PAGES	65536UL
#define DBGMEM_MAX_SEGMENTS	65536

/**
 * struct dbgmem_session - one open of /dev/dbgmem
 * @lock: serialises ATTACH, and the registration of @notifier
 * @mm: the target's address space, held by mmgrab() so that the memory itself
 *	is not; NULL until attached, then constant. Publishes @pid and @access
 * @pid: the target's thread group
 * @task: a thread of it that had @mm when the session was attached: as long as
 *	it still has, the target is there, and no other needs to be looked for
 * @access: DBGMEM_ACCESS_* bits
 * @ended: DBGMEM_STATE_EXITED or _EXECED once that was noticed, else 0
 * @notifier: tells of the end of @mm; registered by the first poll that waits
 * @watching: @notifier is registered; under @lock
 * @wait: woken when @mm ends
 * @scratch: memory of the last vector, for the next one; NULL while in use
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
	u32			ended;
	struct mmu_notifier	notifier;
	bool			watching;
	wait_queue_head_t	wait;
	struct dbgmem_scratch	*scratch;
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
 */
struct dbgmem_caller {
	char __user	*user;
	struct iov_iter	*iter;
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
	} req;
};

/* main.c */
int dbgmem_respond(struct dbgmem_ucmd *ucmd);

/* param.c */
u32 dbgmem_engine(void);
u32 dbgmem_force_policy(void);

/* info.c */
int dbgmem_ioc_info(struct dbgmem_ucmd *ucmd);
void dbgmem_show_fdinfo(struct seq_file *m, struct file *file);

/* receipt.c */
int dbgmem_receipt_init(void);
int dbgmem_receipt_mm(struct file *receipt, struct mm_struct **mm);

/* target.c */
int dbgmem_ioc_attach(struct dbgmem_ucmd *ucmd);
void dbgmem_target_detach(struct dbgmem_session *s);
u32 dbgmem_target_state(struct dbgmem_session *s);
int dbgmem_target_gone(struct dbgmem_session *s, bool held);
struct task_struct *dbgmem_target_task(struct dbgmem_session *s);
bool dbgmem_target_traced_by_current(struct dbgmem_session *s);

/* event.c */
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

/*
 * The engines. Each moves what it can of one batch from x->addr and returns the
 * bytes moved (> 0), or -EFAULT and x->reason = DBGMEM_REASON_BUFFER when the
 * caller's first byte was not accessible, or another negative errno that
 * dbgmem_fault_explain() understands. They do not advance @x.
 */
ssize_t dbgmem_pinned_copy(struct dbgmem_xfer *x, struct page **pages,
			   unsigned int nr_pages);
size_t dbgmem_pinned_page(struct dbgmem_xfer *x);
size_t dbgmem_copy_pages(struct dbgmem_xfer *x, struct page **pages,
			 unsigned long nr);
ssize_t dbgmem_remote_copy(struct dbgmem_xfer *x, struct page **pages,
			   unsigned int nr_pages);

/* exact.c */
int dbgmem_exact_run(struct dbgmem_xfer *x, const struct dbgmem_segment *segs,
		     u32 nr, u32 *bad);

/* vector.c */
int dbgmem_ioc_vector(struct dbgmem_ucmd *ucmd);
void dbgmem_vector_release(struct dbgmem_session *s);

/* fault.c */
int dbgmem_fault_explain(struct dbgmem_xfer *x, int err, unsigned long *end);
bool dbgmem_fault_special(struct dbgmem_xfer *x);
int dbgmem_fault_errno(u32 reason);

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
