/* SPDX-License-Identifier: GPL-2.0 */
/* The calls that move bytes. */
#ifndef KMOD_TRANSFER_TRANSFER_H
#define KMOD_TRANSFER_TRANSFER_H

#include "mirror/mirror.h"
#include "param.h"

#define DBGMEM_MAX_SEGMENTS	65536

/* Expectations bypass the mirror, and so do some flags. */
static inline bool dbgmem_transfer_may_mirror(const struct dbgmem_xfer *x)
{
	return !x->access.write && !x->expects &&
	       !(x->access.flags & ~dbgmem_flags_mirror());
}

/**
 * dbgmem_transfer_begin - may this transfer touch the target?
 * @x: the transfer, with session, flags and write set
 *
 * Return: as dbgmem_access_begin(), and then to be followed by
 * dbgmem_transfer_end().
 */
static __always_inline int dbgmem_transfer_begin(struct dbgmem_xfer *x)
{
	int ret = dbgmem_access_begin(&x->access);

	if (unlikely(ret))
		return ret;
	x->mirror = x->access.session->mirror;
	if (unlikely(x->mirror) && !dbgmem_transfer_may_mirror(x))
		x->mirror = NULL;
	x->engine = dbgmem_engine();
	return 0;
}

/**
 * dbgmem_transfer_end - account for a transfer and let go of the target
 * @x: the transfer
 */
static __always_inline void dbgmem_transfer_end(struct dbgmem_xfer *x)
{
	dbgmem_access_end(&x->access, x->done);
}

static inline void dbgmem_transfer_advance(struct dbgmem_xfer *x,
					   unsigned long n)
{
	x->access.addr += n;
	x->left -= n;
	if (!x->caller.iter)
		x->caller.user += n;
}

/* transfer.c */
int dbgmem_ioc_read(struct dbgmem_ucmd *ucmd);
int dbgmem_ioc_write(struct dbgmem_ucmd *ucmd);
int dbgmem_transfer_batches(struct dbgmem_xfer *x);

static __always_inline size_t dbgmem_transfer_one(struct dbgmem_xfer *x)
{
	size_t n;

	if (unlikely(dbgmem_xfer_lock(x)))
		return 0;
	n = x->mirror ? dbgmem_mirror_copy(x) : dbgmem_pinned_page(x);
	return likely(dbgmem_xfer_unlock(x)) ? n : 0;
}

/**
 * dbgmem_transfer_run - carry out a transfer that is not EXACT
 * @x: the transfer
 *
 * Return: 0 if the end was reached, else dbgmem_reason_errno() of its reason;
 * x->done may be positive in either case.
 */
static __always_inline int dbgmem_transfer_run(struct dbgmem_xfer *x)
{
	size_t n;

	/* Most transfers are a few bytes on one page. */
	if (offset_in_page(x->access.addr) + x->left <= PAGE_SIZE &&
	    x->engine != DBGMEM_ENGINE_REMOTE && !x->valid && !x->caller.iter) {
		if (!x->left)
			return 0;
		n = dbgmem_transfer_one(x);
		if (likely(n == x->left)) {
			dbgmem_transfer_advance(x, n);
			x->done += n;
			return 0;
		}
		/* What was copied is copied again. */
	}
	return dbgmem_transfer_batches(x);
}

/* cmpxchg.c */
int dbgmem_ioc_cmpxchg(struct dbgmem_ucmd *ucmd);

/* vector.c */
int dbgmem_ioc_vector(struct dbgmem_ucmd *ucmd);
void dbgmem_vector_release(struct dbgmem_session *s);

/* rw.c */
ssize_t dbgmem_read_iter(struct kiocb *iocb, struct iov_iter *to);
ssize_t dbgmem_write_iter(struct kiocb *iocb, struct iov_iter *from);
loff_t dbgmem_llseek(struct file *file, loff_t offset, int whence);

#endif /* KMOD_TRANSFER_TRANSFER_H */
