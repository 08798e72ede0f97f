// SPDX-License-Identifier: GPL-2.0
/*
 * read, pread, preadv, io_uring and the writing ones: file offset = address,
 * PARTIAL semantics.
 *
 * pread64() and preadv() refuse offsets above 2^63 before they ask the file
 * (fs/read_write.c); lseek() and read(), and io_uring, reach those.
 */
#include <linux/ptrace.h>
#include <linux/uio.h>

#include "compat/compat.h"
#include "trace.h"
#include "transfer.h"

/* One contiguous piece of the caller's memory; what is left of it in x->left. */
static int rw_segment(struct dbgmem_xfer *x, struct iov_iter *iter)
{
	size_t len;
	u64 before = x->done;
	int ret;

	if (!user_backed_iter(iter)) {
		x->caller.iter = iter;
		x->left = iov_iter_count(iter);
		return dbgmem_transfer_run(x);
	}
	x->caller.user = dbgmem_iter_segment(iter, &len);
	x->left = len;
	ret = dbgmem_transfer_run(x);
	iov_iter_advance(iter, x->done - before);
	return ret;
}

static ssize_t rw(struct kiocb *iocb, struct iov_iter *iter, bool write)
{
	struct dbgmem_xfer x = {
		.access.session = dbgmem_session(iocb->ki_filp),
		.access.addr = (u64)iocb->ki_pos,
		.access.write = write,
	};
	size_t len = iov_iter_count(iter);
	int ret;

	ret = dbgmem_transfer_begin(&x);
	if (ret)
		return ret;
	while (iov_iter_count(iter)) {
		ret = rw_segment(&x, iter);
		if (ret)
			break;
	}
	dbgmem_transfer_end(&x);
	if (trace_dbgmem_transfer_enabled())
		trace_dbgmem_transfer(pid_nr(x.access.session->pid), write,
				      (u64)iocb->ki_pos, len, 0, x.done,
				      x.access.reason);
	iocb->ki_pos += x.done;
	return x.done ?: ret;
}

/**
 * dbgmem_read_iter - read from the target at the file offset
 * @iocb: the call
 * @to: the caller's memory
 */
ssize_t dbgmem_read_iter(struct kiocb *iocb, struct iov_iter *to)
{
	return rw(iocb, to, false);
}

/**
 * dbgmem_write_iter - write to the target at the file offset
 * @iocb: the call
 * @from: the caller's memory
 */
ssize_t dbgmem_write_iter(struct kiocb *iocb, struct iov_iter *from)
{
	return rw(iocb, from, true);
}

/**
 * dbgmem_llseek - SEEK_SET and SEEK_CUR over the whole address space
 * @file: the session's file
 * @offset: address, or difference
 * @whence: the end of an address space means nothing: no SEEK_END
 */
loff_t dbgmem_llseek(struct file *file, loff_t offset, int whence)
{
	switch (whence) {
	case SEEK_CUR:
		/* nothing orders two who use one position, as of all devices */
		offset += data_race(file->f_pos);
		fallthrough;
	case SEEK_SET:
		/* see above */
		data_race(file->f_pos = offset);
		break;
	default:
		return -EINVAL;
	}
	/* An address may look like an errno. */
	force_successful_syscall_return();
	return offset;
}
