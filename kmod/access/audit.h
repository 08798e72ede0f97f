/* SPDX-License-Identifier: GPL-2.0 */
/* Records for the audit log. */
#ifndef KMOD_ACCESS_AUDIT_H
#define KMOD_ACCESS_AUDIT_H

#include <linux/bitops.h>

#include "session.h"

/**
 * enum dbgmem_audit_what - what is recorded once in a session
 * @DBGMEM_AUDIT_FORCE: it may write through protections, and asked for it
 * @DBGMEM_AUDIT_BP_SET: it has set a breakpoint
 */
enum dbgmem_audit_what {
	DBGMEM_AUDIT_FORCE,
	DBGMEM_AUDIT_BP_SET,
};

void dbgmem_audit_attach(pid_t nr, u32 access, int ret);
void dbgmem_audit_use(struct dbgmem_session *s, enum dbgmem_audit_what what);

/**
 * dbgmem_audit_first - record the first time only
 * @s: an attached session
 * @what: DBGMEM_AUDIT_*
 */
static inline void dbgmem_audit_first(struct dbgmem_session *s,
				      enum dbgmem_audit_what what)
{
	if (unlikely(!test_bit(what, &s->audited)))
		dbgmem_audit_use(s, what);
}

#endif /* KMOD_ACCESS_AUDIT_H */
