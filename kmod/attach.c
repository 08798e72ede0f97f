// SPDX-License-Identifier: GPL-2.0
/*
 * Attaching a session to its target.
 */
#include <linux/err.h>
#include <linux/file.h>
#include <linux/pid.h>
#include <linux/sched/mm.h>
#include <linux/sched/task.h>

#include "access/audit.h"
#include "ioctl.h"
#include "mirror/mirror.h"
#include "request.h"
#include "trace.h"

static u32 attach_access(fmode_t mode)
{
	return (mode & FMODE_READ ? DBGMEM_ACCESS_READ : 0) |
	       (mode & FMODE_WRITE ? DBGMEM_ACCESS_WRITE : 0);
}

/* The mirror, if one is asked for. */
static int attach_mirror(const struct dbgmem_attach *a, struct mm_struct *mm,
			 struct dbgmem_mirror **m)
{
	*m = NULL;
	if (!(a->flags & DBGMEM_ATTACH_MIRROR))
		return 0;
	if (!(a->access & DBGMEM_ACCESS_READ))
		return -EACCES;
	*m = dbgmem_mirror_create(mm);
	return PTR_ERR_OR_ZERO(*m);
}

static int attach_bind(struct dbgmem_ucmd *ucmd, struct file *mem_fd)
{
	struct dbgmem_session *s = ucmd->session;
	struct dbgmem_attach *a = &ucmd->req.attach;
	struct dbgmem_mirror *m;
	struct task_struct *task;
	struct mm_struct *mm;
	struct pid *pid;
	int ret;

	lockdep_assert_held(&s->lock);

	ret = dbgmem_mem_fd_mm(mem_fd, &mm);
	if (ret)
		return ret;
	task = dbgmem_target_find(a->pid, mm);
	if (IS_ERR(task))
		return PTR_ERR(task);
	pid = get_task_pid(task, PIDTYPE_TGID);
	if (!pid) {
		ret = -ESRCH;
		goto err_task;
	}

	a->access = attach_access(ucmd->file->f_mode & mem_fd->f_mode);
	if (!a->access) {
		ret = -EACCES;
		goto err_pid;
	}
	ret = attach_mirror(a, mm, &m);
	if (ret)
		goto err_pid;
	/* A caller who cannot be told the answer has not attached. */
	ret = dbgmem_respond(ucmd);
	if (ret)
		goto err_mirror;

	mmgrab(mm);
	s->mirror = m;
	s->pid = pid;
	s->task = task;
	s->access = a->access;
	/* Pairs with dbgmem_target_attached(): what is above is set. */
	smp_store_release(&s->mm, mm);
	return 0;

err_mirror:
	dbgmem_mirror_destroy(m);
err_pid:
	put_pid(pid);
err_task:
	put_task_struct(task);
	return ret;
}

static int attach_locked(struct dbgmem_ucmd *ucmd)
{
	struct dbgmem_session *s = ucmd->session;
	struct dbgmem_attach *a = &ucmd->req.attach;
	struct file *mem_fd;
	int ret;

	if (a->flags & ~DBGMEM_ATTACH_MIRROR || a->reserved)
		return -EOPNOTSUPP;
	if (a->flags & DBGMEM_ATTACH_MIRROR && !dbgmem_mirror_limit())
		return -EOPNOTSUPP;
	if (a->pid <= 0)
		return -EINVAL;

	mem_fd = fget(a->mem_fd);
	if (!mem_fd)
		return -EBADF;
	/* Its holder may wait for a page of the caller's, to write the answer. */
	ret = mutex_lock_killable(&s->lock);
	if (!ret) {
		ret = s->mm ? -EISCONN : attach_bind(ucmd, mem_fd);
		mutex_unlock(&s->lock);
	}
	fput(mem_fd);
	return ret;
}

/**
 * dbgmem_ioc_attach - DBGMEM_IOC_ATTACH
 * @ucmd: the request
 */
int dbgmem_ioc_attach(struct dbgmem_ucmd *ucmd)
{
	struct dbgmem_attach *a = &ucmd->req.attach;
	int ret;

	a->access = 0;
	ret = attach_locked(ucmd);
	/* The kernel restarts the ioctl. */
	if (ret == -ERESTARTNOINTR)
		return ret;
	trace_dbgmem_attach(a->pid, a->access, ret);
	dbgmem_audit_attach(a->pid, a->access, ret);
	return ret;
}
