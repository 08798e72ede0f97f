// SPDX-License-Identifier: GPL-2.0
/*
 * The right to write through protections.
 */
#include <linux/capability.h>

#include "access.h"
#include "audit.h"
#include "param.h"

static bool access_force_allowed(struct dbgmem_session *s)
{
	u32 policy = dbgmem_force_policy();

	if (policy == DBGMEM_FORCE_POLICY_ALWAYS)
		return true;
	if (policy == DBGMEM_FORCE_POLICY_NEVER)
		return false;
	return dbgmem_target_traced_by_current(s) ||
	       (policy == DBGMEM_FORCE_POLICY_CAPABLE &&
		dbgmem_target_capable(s, CAP_SYS_PTRACE));
}

/**
 * dbgmem_force_check - may the caller write through protections just now?
 * @s: an attached session
 *
 * Return: 0, -EPERM, or -ESRCH or -ESTALE: there is no target any more to be
 * asked about.
 */
int dbgmem_force_check(struct dbgmem_session *s)
{
	if (likely(access_force_allowed(s))) {
		dbgmem_audit_first(s, DBGMEM_AUDIT_FORCE);
		return 0;
	}
	return dbgmem_target_errno(s) ?: -EPERM;
}
