// SPDX-License-Identifier: GPL-2.0
/*
 * Windows: making them and taking them down, see window.h.
 */
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/moduleparam.h>
#include <linux/overflow.h>
#include <linux/pagemap.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>

#include "compat/compat.h"
#include "request.h"
#include "target/target.h"
#include "trace.h"
#include "window.h"

static unsigned int window_pages = 65536;
module_param(window_pages, uint, 0644);
MODULE_PARM_DESC(window_pages, "the most pages of a target that a session's windows hold, in blocks of 64 (default 65536; 0: no windows)");

/* More than anybody can look at; a multiple of what a block has. */
#define MAX_PAGES	BIT(30)

/**
 * dbgmem_window_limit - the most pages that the windows of a new session hold
 */
u32 dbgmem_window_limit(void)
{
	u32 pages = min_t(u32, READ_ONCE(window_pages), MAX_PAGES);

	return dbgmem_blocks(pages) * DBGMEM_BLOCK_PAGES;
}

static struct dbgmem_window *window_of(const struct dbgmem_session *s)
{
	/* Pairs with the release in window_create(). */
	return smp_load_acquire(&s->window);
}

/**
 * dbgmem_window_max - the most pages that the session's windows hold
 * @s: the session
 *
 * Return: 0 if there was no WINDOW yet.
 */
u32 dbgmem_window_max(const struct dbgmem_session *s)
{
	const struct dbgmem_window *w = window_of(s);

	return w ? w->max : 0;
}

/**
 * dbgmem_window_pages - how many the session's hold
 * @s: the session
 */
u32 dbgmem_window_pages(const struct dbgmem_session *s)
{
	const struct dbgmem_window *w = window_of(s);

	return w ? READ_ONCE(w->pages) : 0;
}

/**
 * dbgmem_window_maps - how many windows are mapped
 * @s: the session
 */
u32 dbgmem_window_maps(const struct dbgmem_session *s)
{
	const struct dbgmem_window *w = window_of(s);

	return w ? atomic_read(&w->maps) : 0;
}

static void window_catch_up(struct work_struct *work)
{
	struct dbgmem_window *w = container_of(work, struct dbgmem_window,
					       work);

	mutex_lock(&w->mutex);
	dbgmem_window_catch_up(w);
	mutex_unlock(&w->mutex);
}

static void window_expire(struct work_struct *work)
{
	struct dbgmem_window *w = container_of(to_delayed_work(work),
					       struct dbgmem_window, lease);

	mutex_lock(&w->mutex);
	dbgmem_window_expire(w);
	mutex_unlock(&w->mutex);
}

/* No callback of it runs any more. */
static void window_free(struct dbgmem_changes *c)
{
	kfree(container_of(c, struct dbgmem_window, changes));
}

static const struct dbgmem_changes_ops window_changes_ops = {
	.drop = dbgmem_window_drop,
	.free = window_free,
};

static struct dbgmem_window *window_alloc(struct inode *inode)
{
	struct dbgmem_window *w = kzalloc(sizeof(*w), GFP_KERNEL_ACCOUNT);

	if (!w)
		return NULL;
	mutex_init(&w->mutex);
	INIT_LIST_HEAD(&w->blocks);
	INIT_LIST_HEAD(&w->pending);
	INIT_WORK(&w->work, window_catch_up);
	INIT_DELAYED_WORK(&w->lease, window_expire);
	xa_init(&w->folios);
	address_space_init_once(&w->mapping);
	w->mapping.host = inode;
	w->mapping.a_ops = &empty_aops;
	mapping_set_gfp_mask(&w->mapping, GFP_USER);
	return w;
}

/* Once for a session: nothing is mapped yet. */
static int window_create(struct dbgmem_session *s, struct file *file)
{
	struct dbgmem_window *w;
	u32 max = dbgmem_window_limit();
	int ret;

	lockdep_assert_held(&s->lock);

	if (s->window)
		return 0;
	if (!max)
		return -EOPNOTSUPP;
	w = window_alloc(file_inode(file));
	if (!w)
		return -ENOMEM;
	w->max = max;
	ret = dbgmem_changes_follow(&w->changes, &window_changes_ops, s->mm);
	if (ret) {
		kfree(w);
		return ret;
	}
	file->f_mapping = &w->mapping;
	/* Pairs with window_of(): whoever sees it may map. */
	smp_store_release(&s->window, w);
	return 0;
}

static int window_check(const struct dbgmem_window_args *r)
{
	u64 end;

	if (r->flags || r->reserved)
		return -EOPNOTSUPP;
	if (!r->len || !IS_ALIGNED(r->addr | r->len, PAGE_SIZE))
		return -EINVAL;
	if (check_add_overflow(r->addr, r->len - 1, &end) || end > ULONG_MAX)
		return -EOVERFLOW;
	return 0;
}

static int window_prepare(struct dbgmem_session *s, struct file *file)
{
	int ret;

	if (s->mm == current->mm)
		return -ELOOP;
	if (mutex_lock_killable(&s->lock))
		return -EINTR;
	ret = window_create(s, file);
	mutex_unlock(&s->lock);
	return ret;
}

/**
 * dbgmem_ioc_window - DBGMEM_IOC_WINDOW
 * @ucmd: the request
 */
int dbgmem_ioc_window(struct dbgmem_ucmd *ucmd)
{
	struct dbgmem_window_args *r = &ucmd->req.window;
	struct dbgmem_session *s = ucmd->session;
	int ret;

	r->offset = 0;
	ret = window_check(r);
	if (ret)
		return ret;
	ret = dbgmem_target_begin(s, DBGMEM_ACCESS_READ);
	if (ret)
		return ret;
	ret = window_prepare(s, ucmd->file);
	dbgmem_target_put(s);
	/* The kernel restarts the ioctl. */
	if (ret == -ERESTARTNOINTR)
		return ret;
	trace_dbgmem_window(pid_nr(s->pid), r->addr, r->len, ret);
	if (!ret)
		r->offset = r->addr;
	return ret;
}

/**
 * dbgmem_ioc_window_sync - DBGMEM_IOC_WINDOW_SYNC
 * @ucmd: the request
 */
int dbgmem_ioc_window_sync(struct dbgmem_ucmd *ucmd)
{
	struct dbgmem_window_sync_args *r = &ucmd->req.window_sync;
	struct dbgmem_session *s = ucmd->session;
	struct dbgmem_window *w;

	r->pages = 0;
	if (r->flags || r->reserved)
		return -EOPNOTSUPP;
	if (!dbgmem_target_attached(s))
		return -ENOTCONN;
	w = window_of(s);
	if (!w)
		return 0;
	if (mutex_lock_killable(&w->mutex))
		return -EINTR;
	dbgmem_window_catch_up(w);
	r->pages = w->pages;
	mutex_unlock(&w->mutex);
	return 0;
}

static void window_open(struct vm_area_struct *vma)
{
	struct dbgmem_session *s = dbgmem_session(vma->vm_file);

	atomic_inc(&s->window->maps);
}

static void window_close(struct vm_area_struct *vma)
{
	struct dbgmem_window *w = dbgmem_session(vma->vm_file)->window;
	unsigned long start = vma->vm_pgoff << PAGE_SHIFT;

	mutex_lock(&w->mutex);
	dbgmem_window_drop_range(w, start,
				 start + (vma->vm_end - vma->vm_start));
	mutex_unlock(&w->mutex);
	atomic_dec(&w->maps);
}

static const struct vm_operations_struct window_ops = {
	.open	= window_open,
	.close	= window_close,
	.fault	= dbgmem_window_fault,
};

/**
 * dbgmem_mmap - map a window
 * @file: the session's file
 * @vma: where; its offset is the address in the target
 *
 * Return: 0; -ENODEV: DBGMEM_IOC_WINDOW was not called; -EINVAL: not shared;
 * -EACCES: not for reading alone; -ELOOP: the target's own.
 */
int dbgmem_mmap(struct file *file, struct vm_area_struct *vma)
{
	struct dbgmem_session *s = dbgmem_session(file);
	struct dbgmem_window *w = window_of(s);

	if (!w)
		return -ENODEV;
	/* VM_SHARED goes where the file may not be written. */
	if (!(vma->vm_flags & VM_MAYSHARE))
		return -EINVAL;
	if (vma->vm_flags & (VM_WRITE | VM_EXEC))
		return -EACCES;
	if (vma->vm_mm == s->mm)
		return -ELOOP;
	/* VM_IO, so that madvise(MADV_DOFORK) does not undo VM_DONTCOPY. */
	dbgmem_vm_flags_mod(vma, VM_PFNMAP | VM_IO | VM_DONTCOPY |
			    VM_DONTEXPAND | VM_DONTDUMP,
			    VM_MAYWRITE | VM_MAYEXEC);
	vma->vm_ops = &window_ops;
	atomic_inc(&w->maps);
	return 0;
}

/**
 * dbgmem_window_release - the session is closed; so nothing is mapped any more
 * @s: the session
 * @file: its file
 */
void dbgmem_window_release(struct dbgmem_session *s, struct file *file)
{
	struct dbgmem_window *w = s->window;

	if (!w)
		return;
	mutex_lock(&w->mutex);
	dbgmem_window_drop_range(w, 0, ULONG_MAX);
	mutex_unlock(&w->mutex);
	/* Without a block nobody queues them again. */
	cancel_work_sync(&w->work);
	cancel_delayed_work_sync(&w->lease);
	file->f_mapping = file_inode(file)->i_mapping;
	xa_destroy(&w->folios);
	dbgmem_changes_put(&w->changes);
}
