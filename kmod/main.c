// SPDX-License-Identifier: GPL-2.0
/*
 * The device, and the module's beginning and end.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>

#include "breakpoint/breakpoint.h"
#include "compat/compat.h"
#include "ioctl.h"
#include "target/watch.h"
#include "transfer/transfer.h"
#include "window/window.h"

#define CREATE_TRACE_POINTS
#include "trace.h"

static int dbgmem_open(struct inode *inode, struct file *file)
{
	struct dbgmem_session *s = dbgmem_session_new();

	if (!s)
		return -ENOMEM;
	if (dbgmem_poll_open(s)) {
		dbgmem_session_put(s);
		return -ENOMEM;
	}
	file->private_data = s;
	dbgmem_unsigned_offsets(file);
	return 0;
}

static int dbgmem_release(struct inode *inode, struct file *file)
{
	struct dbgmem_session *s = dbgmem_session(file);

	dbgmem_poll_release(s);
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

	ret = dbgmem_mem_fd_init();
	if (ret)
		return ret;
	dbgmem_param_init(dbgmem_mem_fd_force());
	ret = dbgmem_poll_init();
	if (ret)
		return ret;
	ret = dbgmem_mirror_init();
	if (ret)
		goto err_poll;
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
err_poll:
	dbgmem_poll_exit();
	return ret;
}

static void __exit dbgmem_exit(void)
{
	misc_deregister(&dbgmem_dev);
	dbgmem_breakpoint_exit();
	dbgmem_poll_exit();
	dbgmem_watch_exit();
	dbgmem_mirror_exit();
	pr_info("unloaded\n");
}

module_init(dbgmem_init);
module_exit(dbgmem_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Read and write another process's memory");
MODULE_VERSION("0.1.0");
