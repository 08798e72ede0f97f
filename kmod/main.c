// SPDX-License-Identifier: GPL-2.0
/*
 * The device: a session per open, and the dispatch of its ioctls.
 *
 * An ioctl is a row of a table: number, size of its structure, the size that was
 * first published, function. The structure is copied in once, here; functions
 * see only the kernel's copy. It is copied out once, whether they succeed or
 * not, clamped to the size that the caller knows.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/poll.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "compat.h"
#include "dbgmem.h"

#define CREATE_TRACE_POINTS
#include "trace.h"

struct ioctl_op {
	u32	size;
	u32	min_size;
	int	(*execute)(struct dbgmem_ucmd *ucmd);
};

#define IOCTL_OP(cmd, fn, type, last)				\
	[_IOC_NR(cmd)] = {					\
		.size = sizeof(type),				\
		.min_size = offsetofend(type, last),		\
		.execute = fn,					\
	}

static const struct ioctl_op ioctl_ops[] = {
	IOCTL_OP(DBGMEM_IOC_INFO, dbgmem_ioc_info, struct dbgmem_info,
		 reserved),
	IOCTL_OP(DBGMEM_IOC_ATTACH, dbgmem_ioc_attach, struct dbgmem_attach,
		 reserved),
	IOCTL_OP(DBGMEM_IOC_READ, dbgmem_ioc_read, struct dbgmem_transfer,
		 reserved),
	IOCTL_OP(DBGMEM_IOC_WRITE, dbgmem_ioc_write, struct dbgmem_transfer,
		 reserved),
	IOCTL_OP(DBGMEM_IOC_VECTOR, dbgmem_ioc_vector, struct dbgmem_vector,
		 fault_addr),
};

/* The ABI: a change here breaks programs. */
static_assert(sizeof(struct dbgmem_info) == 72);
static_assert(sizeof(struct dbgmem_attach) == 24);
static_assert(sizeof(struct dbgmem_transfer) == 72);
static_assert(sizeof(struct dbgmem_segment) == 40);
static_assert(sizeof(struct dbgmem_vector) == 56);

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
	ucmd->responded = true;
	if (copy_to_user(ucmd->uptr, &ucmd->req,
			 min(ucmd->usize, ucmd->ksize)))
		return -EFAULT;
	return 0;
}

static long dbgmem_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct dbgmem_ucmd ucmd = {
		.session = dbgmem_session(file),
		.file = file,
		.uptr = (void __user *)arg,
	};
	const struct ioctl_op *op;
	int ret;

	if (_IOC_NR(cmd) >= ARRAY_SIZE(ioctl_ops) ||
	    cmd != _IO(DBGMEM_IOC_TYPE, _IOC_NR(cmd)))
		return -ENOTTY;
	op = &ioctl_ops[_IOC_NR(cmd)];

	if (get_user(ucmd.usize, (u32 __user *)ucmd.uptr))
		return -EFAULT;
	if (ucmd.usize < op->min_size)
		return -EINVAL;
	if (ucmd.usize > PAGE_SIZE)
		return -E2BIG;
	ucmd.ksize = op->size;
	ret = copy_struct_from_user(&ucmd.req, op->size, ucmd.uptr,
				    ucmd.usize);
	if (ret)
		return ret;
	/* Another thread may have changed it between the two reads. */
	ucmd.req.info.size = ucmd.usize;

	ret = op->execute(&ucmd);
	if (!ucmd.responded && dbgmem_respond(&ucmd))
		return -EFAULT;
	return ret;
}

static int dbgmem_open(struct inode *inode, struct file *file)
{
	struct dbgmem_session *s;

	s = kzalloc(sizeof(*s), GFP_KERNEL_ACCOUNT);
	if (!s)
		return -ENOMEM;
	mutex_init(&s->lock);
	init_waitqueue_head(&s->wait);
	file->private_data = s;
	dbgmem_unsigned_offsets(file);
	return 0;
}

static int dbgmem_release(struct inode *inode, struct file *file)
{
	struct dbgmem_session *s = dbgmem_session(file);

	dbgmem_event_release(s);
	dbgmem_target_detach(s);
	kfree(s);
	return 0;
}

static const struct file_operations dbgmem_fops = {
	.owner		= THIS_MODULE,
	.open		= dbgmem_open,
	.release	= dbgmem_release,
	.unlocked_ioctl	= dbgmem_ioctl,
	.compat_ioctl	= compat_ptr_ioctl,
	.read_iter	= dbgmem_read_iter,
	.write_iter	= dbgmem_write_iter,
	.llseek		= dbgmem_llseek,
	.poll		= dbgmem_poll,
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
	ret = misc_register(&dbgmem_dev);
	if (ret)
		return ret;
	pr_info("loaded, ABI version %u\n", DBGMEM_ABI_VERSION);
	return 0;
}

static void __exit dbgmem_exit(void)
{
	misc_deregister(&dbgmem_dev);
	pr_info("unloaded\n");
}

module_init(dbgmem_init);
module_exit(dbgmem_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Read and write another process's memory");
MODULE_VERSION("0.1.0");
