// SPDX-License-Identifier: GPL-2.0
/*
 * Records for the audit log: attaching, granted or refused, and the first FORCE
 * and breakpoint of a session. They have neither addresses nor contents.
 *
 * A record is made without waiting. The audit subsystem would have its callers
 * wait up to a minute for room in its queue, and no signal ends that; a record
 * for which there is no room is counted there as lost. How many are let through
 * is its administrator's choice too (auditctl -r and -b).
 */
#include <linux/audit.h>
#include <linux/cred.h>
#include <linux/moduleparam.h>
#include <linux/pid.h>
#include <linux/sched.h>
#include <linux/sched/task.h>
#include <linux/user_namespace.h>

#include "audit.h"

static bool audit_wanted = true;
module_param_named(audit, audit_wanted, bool, 0644);
MODULE_PARM_DESC(audit, "write ATTACH, and the first FORCE and BP_SET of a session, to the audit log (default: Y)");

static bool audit_on(void)
{
	return READ_ONCE(audit_wanted) && audit_enabled;
}

/* In hex, as all text that somebody else has chosen may be. */
static void audit_record_comm(struct audit_buffer *ab, struct task_struct *task)
{
	char comm[TASK_COMM_LEN];
	int i;

	get_task_comm(comm, task);
	audit_log_format(ab, " ocomm=");
	for (i = 0; comm[i]; i++)
		audit_log_format(ab, "%02X", (unsigned char)comm[i]);
}

/* A record about @pid, or about nobody if that is NULL. */
static struct audit_buffer *audit_record_start(const char *op, struct pid *pid)
{
	struct task_struct *task = get_pid_task(pid, PIDTYPE_PID);
	struct audit_buffer *ab;

	ab = audit_log_start(audit_context(), GFP_ATOMIC, AUDIT_KERNEL_OTHER);
	if (ab) {
		audit_log_format(ab, "op=dbgmem_%s", op);
		audit_log_task_info(ab);
		audit_log_format(ab, " opid=%d", pid_nr(pid));
	}
	if (ab && task) {
		audit_log_format(ab, " ouid=%u",
				 from_kuid(&init_user_ns, task_uid(task)));
		audit_record_comm(ab, task);
	}
	if (task)
		put_task_struct(task);
	return ab;
}

static void audit_record_end(struct audit_buffer *ab, u32 access, int ret)
{
	if (!ab)
		return;
	audit_log_format(ab, " access=%s%s errno=%d res=%d",
			 access & DBGMEM_ACCESS_READ ? "r" : "-",
			 access & DBGMEM_ACCESS_WRITE ? "w" : "-", -ret, !ret);
	audit_log_end(ab);
}

/**
 * dbgmem_audit_attach - record an ATTACH
 * @nr: the target's number, in the caller's pid namespace
 * @access: DBGMEM_ACCESS_* bits that were had
 * @ret: 0, or why it was refused
 *
 * Called without locks.
 */
void dbgmem_audit_attach(pid_t nr, u32 access, int ret)
{
	struct pid *pid;

	if (!audit_on())
		return;
	pid = find_get_pid(nr);
	audit_record_end(audit_record_start("attach", pid), ret ? 0 : access,
			 ret);
	put_pid(pid);
}

/**
 * dbgmem_audit_use - record a use of a session, unless it is recorded already
 * @s: an attached session
 * @what: DBGMEM_AUDIT_*
 */
void dbgmem_audit_use(struct dbgmem_session *s, enum dbgmem_audit_what what)
{
	static const char * const ops[] = {
		[DBGMEM_AUDIT_FORCE]	= "force",
		[DBGMEM_AUDIT_BP_SET]	= "bp_set",
	};

	if (audit_on() && !test_and_set_bit(what, &s->audited))
		audit_record_end(audit_record_start(ops[what], s->pid),
				 s->access, 0);
}
