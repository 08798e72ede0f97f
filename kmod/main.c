// SPDX-License-Identifier: GPL-2.0
/*
 * The device: a session per open, and the dispatch of its ioctls.
 *
 * An ioctl is a row of a table: number, size of its structure, the size that was
 * first published, first output, function. The structure is copied in once,
 * here; functions see only the kernel's copy. From the first output on it is
 * copied out once, whether they succeed or not, clamped to the size that the
 * caller knows.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/poll.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "compat/compat.h"
#include "dbgmem.h"
#include "target/watch.h"
#include "window/window.h"

#define CREATE_TRACE_POINTS
#include "trace.h"

#define IOCTL_OP(cmd, fn, type, first_out, last)		\
	[_IOC_NR(cmd)] = {					\
		.size = sizeof(type),				\
		.min_size = offsetofend(type, last),		\
		.out = offsetof(type, first_out),		\
		.execute = fn,					\
	}

static const struct dbgmem_ioctl_op ioctl_ops[] = {
	IOCTL_OP(DBGMEM_IOC_INFO, dbgmem_ioc_info,
		 struct dbgmem_info, abi_version, reserved),
	IOCTL_OP(DBGMEM_IOC_ATTACH, dbgmem_ioc_attach,
		 struct dbgmem_attach, access, reserved),
	IOCTL_OP(DBGMEM_IOC_READ, dbgmem_ioc_read,
		 struct dbgmem_transfer, done, reserved),
	IOCTL_OP(DBGMEM_IOC_WRITE, dbgmem_ioc_write,
		 struct dbgmem_transfer, done, reserved),
	IOCTL_OP(DBGMEM_IOC_VECTOR, dbgmem_ioc_vector,
		 struct dbgmem_vector, done, fault_addr),
	IOCTL_OP(DBGMEM_IOC_BP_SET, dbgmem_ioc_bp_set,
		 struct dbgmem_bp_set, original, reserved2),
	IOCTL_OP(DBGMEM_IOC_BP_CLEAR, dbgmem_ioc_bp_clear,
		 struct dbgmem_bp_clear, cleared, reserved),
	IOCTL_OP(DBGMEM_IOC_BP_LIST, dbgmem_ioc_bp_list,
		 struct dbgmem_bp_list, nr, reserved),
	IOCTL_OP(DBGMEM_IOC_CMPXCHG, dbgmem_ioc_cmpxchg,
		 struct dbgmem_cmpxchg, observed, exchanged),
	IOCTL_OP(DBGMEM_IOC_REGION, dbgmem_ioc_region,
		 struct dbgmem_region_list, nr, reserved),
	IOCTL_OP(DBGMEM_IOC_WINDOW, dbgmem_ioc_window,
		 struct dbgmem_window_map, offset, offset),
	IOCTL_OP(DBGMEM_IOC_WINDOW_SYNC, dbgmem_ioc_window_sync,
		 struct dbgmem_window_sync, pages, reserved),
};

/* The ABI: a change here breaks programs. */
static_assert(sizeof(struct dbgmem_info) == 128);
static_assert(sizeof(struct dbgmem_attach) == 24);
static_assert(sizeof(struct dbgmem_transfer) == 72);
static_assert(sizeof(struct dbgmem_segment) == 40);
static_assert(sizeof(struct dbgmem_expect) == 32);
static_assert(sizeof(struct dbgmem_vector) == 88);
static_assert(sizeof(struct dbgmem_bp_set) == 72);
static_assert(sizeof(struct dbgmem_bp_clear) == 40);
static_assert(sizeof(struct dbgmem_bp) == 56);
static_assert(sizeof(struct dbgmem_bp_list) == 56);
static_assert(sizeof(struct dbgmem_cmpxchg) == 64);
static_assert(sizeof(struct dbgmem_region) == 64);
static_assert(sizeof(struct dbgmem_region_list) == 80);
static_assert(sizeof(struct dbgmem_window_map) == 40);
static_assert(sizeof(struct dbgmem_window_sync) == 16);

/*
 * Requests are a few words long. Moving them one by one costs half of what the
 * generic copies do, with their checks of an object that is on the stack here.
 * Only the most frequent one is worth a loop of known length.
 */
static bool by_word(const void __user *p, size_t size)
{
	return IS_ALIGNED((unsigned long)p | size, sizeof(u64));
}

static __always_inline int get_words(u64 *dst, const u64 __user *src,
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

static __always_inline int put_words(u64 __user *dst, const u64 *src,
				     size_t size)
{
	size_t i;

	if (!user_write_access_begin(dst, size))
		return -EFAULT;
#pragma GCC unroll 4
	for (i = 0; i < size / sizeof(u64); i++)
		unsafe_put_user(src[i], dst + i, fault);
	user_write_access_end();
	return 0;
fault:
	user_write_access_end();
	return -EFAULT;
}

static int get_request(struct dbgmem_ucmd *ucmd)
{
	size_t size = ucmd->op->size;

	if (unlikely(ucmd->usize != size || !by_word(ucmd->uptr, size)))
		return copy_struct_from_user(&ucmd->req, size, ucmd->uptr,
					     ucmd->usize);
	if (likely(size == sizeof(struct dbgmem_transfer)))
		return get_words((u64 *)&ucmd->req, ucmd->uptr,
				 sizeof(struct dbgmem_transfer));
	return copy_from_user(&ucmd->req, ucmd->uptr, size) ? -EFAULT : 0;
}

static __always_inline int respond(struct dbgmem_ucmd *ucmd)
{
	size_t size = min(ucmd->usize, ucmd->op->size) - ucmd->op->out;
	void __user *to = ucmd->uptr + ucmd->op->out;
	void *from = (void *)&ucmd->req + ucmd->op->out;

	ucmd->responded = true;
	if (likely(by_word(to, size)))
		return put_words(to, from, size);
	return copy_to_user(to, from, size) ? -EFAULT : 0;
}

/**
 * dbgmem_respond - write the answer back
 * @ucmd: the request, now with its outputs
 *
 * Done after every ioctl; one that must not take effect unless the caller could
 * be told calls it itself.
 *
 * Return: 0 or -EFAULT.
 */
int dbgmem_respond(struct dbgmem_ucmd *ucmd)
{
	return respond(ucmd);
}

static long dbgmem_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
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
	ret = get_request(&ucmd);
	if (unlikely(ret))
		return ret;
	/* Another thread may have changed it between the two reads. */
	ucmd.req.info.size = ucmd.usize;

	ret = op->execute(&ucmd);
	if (likely(!ucmd.responded) && respond(&ucmd))
		return -EFAULT;
	return ret;
}

static int dbgmem_open(struct inode *inode, struct file *file)
{
	struct dbgmem_session *s;

	s = kzalloc(sizeof(*s), GFP_KERNEL_ACCOUNT);
	if (!s)
		return -ENOMEM;
	if (dbgmem_event_open(s)) {
		kfree(s);
		return -ENOMEM;
	}
	mutex_init(&s->lock);
	init_rwsem(&s->overlay);
	refcount_set(&s->refs, 1);
	file->private_data = s;
	dbgmem_unsigned_offsets(file);
	return 0;
}

/**
 * dbgmem_session_put - let go of a session; the last one to do so frees it
 * @s: the session
 */
void dbgmem_session_put(struct dbgmem_session *s)
{
	if (!refcount_dec_and_test(&s->refs))
		return;
	dbgmem_target_detach(s);
	kfree(s->bp_pages);
	kfree(s);
}

static int dbgmem_release(struct inode *inode, struct file *file)
{
	struct dbgmem_session *s = dbgmem_session(file);

	dbgmem_event_release(s);
	dbgmem_vector_release(s);
	dbgmem_window_release(s, file);
	dbgmem_mirror_destroy(s->mirror);
	s->mirror = NULL;
	dbgmem_breakpoint_release(s);
	dbgmem_session_put(s);
	return 0;
}

static const struct file_operations dbgmem_fops = {
	.owner		= THIS_MODULE,
	DBGMEM_FOPS_UNSIGNED_OFFSETS
	.open		= dbgmem_open,
	.release	= dbgmem_release,
	.unlocked_ioctl	= dbgmem_ioctl,
	.compat_ioctl	= compat_ptr_ioctl,
	.read_iter	= dbgmem_read_iter,
	.write_iter	= dbgmem_write_iter,
	.llseek		= dbgmem_llseek,
	.poll		= dbgmem_poll,
	.mmap		= dbgmem_mmap,
	.show_fdinfo	= dbgmem_show_fdinfo,
};

static struct miscdevice dbgmem_dev = {
	.minor	= MISC_DYNAMIC_MINOR,
	.name	= "dbgmem",
	.fops	= &dbgmem_fops,
	.mode	= 0600,
};

static int __init dbgmem_init(void)
{
	int ret;

	ret = dbgmem_receipt_init();
	if (ret)
		return ret;
	dbgmem_param_init(dbgmem_receipt_force());
	ret = dbgmem_event_init();
	if (ret)
		return ret;
	ret = dbgmem_mirror_init();
	if (ret)
		goto err_event;
	ret = dbgmem_breakpoint_init();
	if (ret)
		goto err_mirror;
	ret = misc_register(&dbgmem_dev);
	if (ret)
		goto err_breakpoint;
	pr_info("loaded, ABI version %u\n", DBGMEM_ABI_VERSION);
	return 0;

err_breakpoint:
	dbgmem_breakpoint_exit();
err_mirror:
	dbgmem_mirror_exit();
err_event:
	dbgmem_event_exit();
	return ret;
}

static void __exit dbgmem_exit(void)
{
	misc_deregister(&dbgmem_dev);
	dbgmem_breakpoint_exit();
	dbgmem_event_exit();
	dbgmem_watch_exit();
	dbgmem_mirror_exit();
	pr_info("unloaded\n");
}

module_init(dbgmem_init);
module_exit(dbgmem_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Read and write another process's memory");
MODULE_VERSION("0.1.0");
