// SPDX-License-Identifier: GPL-2.0
/*
 * The dispatch of ioctls.
 *
 * An ioctl is a row of a table: number, size of its structure, the size that was
 * first published, first output, function. The structure is copied in once,
 * here; functions see only the kernel's copy. From the first output on it is
 * copied out once, whether they succeed or not, clamped to the size that the
 * caller knows.
 */
#include <linux/fs.h>
#include <linux/uaccess.h>

#include "breakpoint/breakpoint.h"
#include "compat/compat.h"
#include "ioctl.h"
#include "request.h"
#include "transfer/transfer.h"
#include "window/window.h"

#define IOCTL_OP(cmd, fn, type, first_out, last)		\
	[_IOC_NR(cmd)] = {					\
		.size = sizeof(type),				\
		.min_size = offsetofend(type, last),		\
		.out = offsetof(type, first_out),		\
		.execute = fn,					\
	}

static const struct dbgmem_ioctl_op ioctl_ops[] = {
	IOCTL_OP(DBGMEM_IOC_INFO, dbgmem_ioc_info,
		 struct dbgmem_info, abi_version, window_lease),
	IOCTL_OP(DBGMEM_IOC_ATTACH, dbgmem_ioc_attach,
		 struct dbgmem_attach, access, reserved),
	IOCTL_OP(DBGMEM_IOC_READ, dbgmem_ioc_read,
		 struct dbgmem_transfer, done, reserved),
	IOCTL_OP(DBGMEM_IOC_WRITE, dbgmem_ioc_write,
		 struct dbgmem_transfer, done, reserved),
	IOCTL_OP(DBGMEM_IOC_VECTOR, dbgmem_ioc_vector,
		 struct dbgmem_vector, done, reserved2),
	IOCTL_OP(DBGMEM_IOC_BP_SET, dbgmem_ioc_bp_set,
		 struct dbgmem_bp_set_args, original, reserved2),
	IOCTL_OP(DBGMEM_IOC_BP_CLEAR, dbgmem_ioc_bp_clear,
		 struct dbgmem_bp_clear_args, cleared, reserved),
	IOCTL_OP(DBGMEM_IOC_BP_LIST, dbgmem_ioc_bp_list,
		 struct dbgmem_bp_list_args, nr, reserved),
	IOCTL_OP(DBGMEM_IOC_CMPXCHG, dbgmem_ioc_cmpxchg,
		 struct dbgmem_cmpxchg_args, observed, exchanged),
	IOCTL_OP(DBGMEM_IOC_REGION_LIST, dbgmem_ioc_region_list,
		 struct dbgmem_region_list, nr, reserved),
	IOCTL_OP(DBGMEM_IOC_WINDOW, dbgmem_ioc_window,
		 struct dbgmem_window_args, offset, offset),
	IOCTL_OP(DBGMEM_IOC_WINDOW_SYNC, dbgmem_ioc_window_sync,
		 struct dbgmem_window_sync_args, pages, reserved),
	IOCTL_OP(DBGMEM_IOC_SESSION_INFO, dbgmem_ioc_session_info,
		 struct dbgmem_session_info, state, windows),
};

/* The ABI: a change here breaks programs. */
static_assert(sizeof(struct dbgmem_info) == 80);
static_assert(sizeof(struct dbgmem_session_info) == 48);
static_assert(sizeof(struct dbgmem_attach) == 24);
static_assert(sizeof(struct dbgmem_transfer) == 72);
static_assert(sizeof(struct dbgmem_segment) == 40);
static_assert(sizeof(struct dbgmem_expect) == 32);
static_assert(sizeof(struct dbgmem_vector) == 80);
static_assert(sizeof(struct dbgmem_bp_set_args) == 72);
static_assert(sizeof(struct dbgmem_bp_clear_args) == 40);
static_assert(sizeof(struct dbgmem_bp) == 56);
static_assert(sizeof(struct dbgmem_bp_list_args) == 56);
static_assert(sizeof(struct dbgmem_cmpxchg_args) == 64);
static_assert(sizeof(struct dbgmem_region) == 64);
static_assert(sizeof(struct dbgmem_region_list) == 80);
static_assert(sizeof(struct dbgmem_window_args) == 40);
static_assert(sizeof(struct dbgmem_window_sync_args) == 16);

static __always_inline int ioctl_get_words(u64 *dst, const u64 __user *src,
					   size_t size)
{
	size_t i;

	if (!user_read_access_begin(src, size))
		return -EFAULT;
#pragma GCC unroll 16
	for (i = 0; i < size / sizeof(u64); i++)
		unsafe_get_user(dst[i], src + i, fault);
	user_read_access_end();
	return 0;
fault:
	user_read_access_end();
	return -EFAULT;
}

static int ioctl_get_request(struct dbgmem_ucmd *ucmd)
{
	size_t size = ucmd->op->size;

	if (unlikely(ucmd->usize != size || !dbgmem_by_word(ucmd->uptr, size)))
		return copy_struct_from_user(&ucmd->req, size, ucmd->uptr,
					     ucmd->usize);
	if (likely(size == sizeof(struct dbgmem_transfer)))
		return ioctl_get_words((u64 *)&ucmd->req, ucmd->uptr,
				       sizeof(struct dbgmem_transfer));
	return copy_from_user(&ucmd->req, ucmd->uptr, size) ? -EFAULT : 0;
}

/**
 * dbgmem_ioctl - carry out a request
 * @file: the session's file
 * @cmd: DBGMEM_IOC_*
 * @arg: its structure
 */
long dbgmem_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	const struct dbgmem_ioctl_op *op;
	struct dbgmem_ucmd ucmd dbgmem_uninitialized;
	int ret;

	if (_IOC_NR(cmd) >= ARRAY_SIZE(ioctl_ops) ||
	    cmd != _IO(DBGMEM_IOC_TYPE, _IOC_NR(cmd)))
		return -ENOTTY;
	op = &ioctl_ops[_IOC_NR(cmd)];

	ucmd.session = dbgmem_session(file);
	ucmd.file = file;
	ucmd.uptr = (void __user *)arg;
	ucmd.op = op;
	ucmd.responded = false;

	if (get_user(ucmd.usize, (u32 __user *)ucmd.uptr))
		return -EFAULT;
	if (ucmd.usize < op->min_size)
		return -EINVAL;
	if (ucmd.usize > PAGE_SIZE)
		return -E2BIG;
	ret = ioctl_get_request(&ucmd);
	if (unlikely(ret))
		return ret;
	/* Another thread may have changed it between the two reads. */
	ucmd.req.info.size = ucmd.usize;

	ret = op->execute(&ucmd);
	if (likely(!ucmd.responded) && dbgmem_respond(&ucmd))
		return -EFAULT;
	return ret;
}
