// SPDX-License-Identifier: GPL-2.0
/*
 * The mem_fd: an open /proc/PID/mem as proof that the kernel gave its opener access
 * to that address space.
 *
 * ptrace_may_access() and the security hook behind it are not exported, and
 * imitating their rules would bypass Yama, SELinux and AppArmor. Opening
 * /proc/PID/mem runs all of them and ties the verdict to one mm
 * (fs/proc/base.c, mem_open). The file is recognised by its f_op, learned from
 * /proc/self/mem when the module is loaded: comparing only the superblock, or
 * private_data, would let in /proc/PID/auxv and environ, which hold the mm too
 * but passed a mere PTRACE_MODE_READ check.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/err.h>
#include <linux/magic.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/printk.h>

#include "target.h"

static const struct file_operations *proc_mem_fops __ro_after_init;

static bool mem_fd_on_procfs(struct file *file)
{
	return file_inode(file)->i_sb->s_magic == PROC_SUPER_MAGIC;
}

/**
 * dbgmem_mem_fd_init - learn what a mem_fd looks like, and prove it
 *
 * Only at load: whoever loads a module may do anything, while a later caller's
 * mount namespace could show something else as /proc/self/mem.
 *
 * Return: 0, or a negative errno after saying in the log why the module cannot
 * work here.
 */
int __init dbgmem_mem_fd_init(void)
{
	struct file *file;
	int ret = 0;

	file = filp_open("/proc/self/mem", O_RDONLY, 0);
	if (IS_ERR(file)) {
		pr_err("not loaded: cannot open /proc/self/mem (error %ld), is /proc mounted?\n",
		       PTR_ERR(file));
		return PTR_ERR(file);
	}
	if (!mem_fd_on_procfs(file)) {
		pr_err("not loaded: /proc/self/mem is not a file of procfs\n");
		ret = -ENODEV;
	} else if (!current->mm || file->private_data != current->mm) {
		pr_err("not loaded: this kernel's /proc/PID/mem does not hold the address space\n");
		ret = -ENODEV;
	} else {
		proc_mem_fops = file->f_op;
	}
	filp_close(file, NULL);
	return ret;
}

/* Write a byte of the current process at @addr onto itself. 0 or -errno. */
static int mem_fd_write_self(unsigned long addr)
{
	loff_t pos = addr;
	struct file *file;
	ssize_t n;

	file = filp_open("/proc/self/mem", O_RDWR, 0);
	if (IS_ERR(file))
		return PTR_ERR(file);
	/* kernel_write() does without such a method; the byte is user memory. */
	if (file->f_op != proc_mem_fops || !proc_mem_fops->write)
		n = -ENODEV;
	else
		n = proc_mem_fops->write(file, (char __user *)addr, 1, &pos);
	filp_close(file, NULL);
	if (n < 0)
		return n;
	return n == 1 ? 0 : -EIO;
}

/**
 * dbgmem_mem_fd_force - learn who may write through protections by default
 *
 * Kernels since 6.12 may be told not to let /proc/PID/mem do it (see
 * proc_mem.force_override in the kernel's list of parameters), but for the
 * tracer. What was closed there is not opened here unless the administrator says
 * so. Only at load, for the same reason as above; nothing changes by the try.
 *
 * Return: DBGMEM_FORCE_POLICY_CAPABLE, or DBGMEM_FORCE_POLICY_PTRACE after saying why in the
 * log.
 */
u32 __init dbgmem_mem_fd_force(void)
{
	unsigned long page;
	int ret;

	page = vm_mmap(NULL, 0, PAGE_SIZE, PROT_READ,
		       MAP_PRIVATE | MAP_ANONYMOUS, 0);
	if (IS_ERR_VALUE(page)) {
		ret = page;
	} else {
		ret = mem_fd_write_self(page);
		vm_munmap(page, PAGE_SIZE);
	}
	if (!ret)
		return DBGMEM_FORCE_POLICY_CAPABLE;
	if (ret == -EIO)
		pr_info("force=ptrace by default: this kernel does not let /proc/PID/mem write through protections\n");
	else
		pr_info("force=ptrace by default: could not find out what this kernel allows (error %d)\n",
			ret);
	return DBGMEM_FORCE_POLICY_PTRACE;
}

/**
 * dbgmem_mem_fd_mm - the address space that a mem_fd stands for
 * @mem_fd: what the caller handed in
 * @mm: result, valid as long as @mem_fd is; NULL where it was opened on a
 *	task that had none
 *
 * Return: 0, -EBADFD or -EKEYREJECTED.
 */
int dbgmem_mem_fd_mm(struct file *mem_fd, struct mm_struct **mm)
{
	if (mem_fd->f_op != proc_mem_fops)
		return mem_fd_on_procfs(mem_fd) ? -EKEYREJECTED : -EBADFD;
	*mm = mem_fd->private_data;
	return 0;
}
