// SPDX-License-Identifier: GPL-2.0
/*
 * Information about the module and a session: DBGMEM_IOC_INFO,
 * DBGMEM_IOC_SESSION_INFO and /proc/PID/fdinfo.
 */
#include <linux/mm.h>
#include <linux/seq_file.h>

#include "breakpoint/breakpoint.h"
#include "compat/compat.h"
#include "engine/expect.h"
#include "ioctl.h"
#include "request.h"
#include "transfer/transfer.h"
#include "window/window.h"

static const char * const state_names[] = {
	[DBGMEM_STATE_UNBOUND]	= "unbound",
	[DBGMEM_STATE_ATTACHED]	= "attached",
	[DBGMEM_STATE_EXITED]	= "exited",
	[DBGMEM_STATE_EXECED]	= "execed",
};

/**
 * dbgmem_ioc_info - DBGMEM_IOC_INFO
 * @ucmd: the request
 */
int dbgmem_ioc_info(struct dbgmem_ucmd *ucmd)
{
	struct dbgmem_info *info = &ucmd->req.info;
	bool bad = info->flags;

	*info = (struct dbgmem_info) { .size = info->size };
	if (bad)
		return -EOPNOTSUPP;

	info->abi_version = DBGMEM_ABI_VERSION;
	info->page_size = PAGE_SIZE;
	info->features = DBGMEM_FEATURE_EXACT | DBGMEM_FEATURE_FORCE |
			 DBGMEM_FEATURE_ZEROFILL | DBGMEM_FEATURE_RW |
			 DBGMEM_FEATURE_POLL | DBGMEM_FEATURE_VECTOR |
			 DBGMEM_FEATURE_BREAKPOINT | DBGMEM_FEATURE_CMPXCHG |
			 DBGMEM_FEATURE_EXPECT | DBGMEM_FEATURE_REGION |
			 DBGMEM_FEATURE_TABLES;
	if (DBGMEM_CAN_NOFAULT)
		info->features |= DBGMEM_FEATURE_NOFAULT;
	info->max_mirror_pages = dbgmem_mirror_limit();
	if (info->max_mirror_pages) {
		info->features |= DBGMEM_FEATURE_MIRROR;
		info->attach_flags = DBGMEM_ATTACH_MIRROR;
	}
	info->max_window_pages = dbgmem_window_limit();
	if (info->max_window_pages) {
		info->features |= DBGMEM_FEATURE_WINDOW;
		info->window_lease = dbgmem_window_lease();
	}
	info->transfer_flags = dbgmem_flags_of(DBGMEM_CALL_READ |
					       DBGMEM_CALL_WRITE);
	info->max_exact = DBGMEM_MAX_EXACT;
	info->max_exact_pages = DBGMEM_MAX_EXACT_PAGES;
	info->max_segments = DBGMEM_MAX_SEGMENTS;
	info->max_breakpoints = DBGMEM_MAX_BREAKPOINTS;
	info->max_expects = DBGMEM_MAX_EXPECTS;
	info->engine = dbgmem_engine();
	info->force_policy = dbgmem_force_policy();
	return 0;
}

/**
 * dbgmem_ioc_session_info - DBGMEM_IOC_SESSION_INFO
 * @ucmd: the request
 */
int dbgmem_ioc_session_info(struct dbgmem_ucmd *ucmd)
{
	struct dbgmem_session *s = ucmd->session;
	struct dbgmem_session_info *info = &ucmd->req.session_info;
	bool bad = info->flags;

	*info = (struct dbgmem_session_info) { .size = info->size };
	if (bad)
		return -EOPNOTSUPP;

	info->state = dbgmem_target_state(s);
	if (info->state != DBGMEM_STATE_UNBOUND) {
		info->access = s->access;
		info->pid = pid_vnr(s->pid);
	}
	info->breakpoints = READ_ONCE(s->nr_breakpoints);
	info->breakpoints_lost = READ_ONCE(s->lost);
	info->max_mirror_pages = dbgmem_mirror_max(s);
	info->mirror_pages = dbgmem_mirror_pages(s);
	info->max_window_pages = dbgmem_window_max(s);
	info->window_pages = dbgmem_window_pages(s);
	info->windows = dbgmem_window_maps(s);
	return 0;
}

/**
 * dbgmem_show_fdinfo - who is attached to what, and how much went by
 * @m: output
 * @file: the session's file
 */
void dbgmem_show_fdinfo(struct seq_file *m, struct file *file)
{
	struct dbgmem_session *s = dbgmem_session(file);
	u32 state = dbgmem_target_state(s);
	bool bound = state != DBGMEM_STATE_UNBOUND;
	u32 access = bound ? s->access : 0;

	seq_printf(m, "dbgmem-pid:\t%d\n", bound ? pid_vnr(s->pid) : 0);
	seq_printf(m, "dbgmem-state:\t%s\n", state_names[state]);
	seq_printf(m, "dbgmem-access:\t%c%c\n",
		   access & DBGMEM_ACCESS_READ ? 'r' : '-',
		   access & DBGMEM_ACCESS_WRITE ? 'w' : '-');
	seq_printf(m, "dbgmem-reads:\t%lld\n", atomic64_read(&s->reads));
	seq_printf(m, "dbgmem-writes:\t%lld\n", atomic64_read(&s->writes));
	seq_printf(m, "dbgmem-read-bytes:\t%lld\n",
		   atomic64_read(&s->bytes_read));
	seq_printf(m, "dbgmem-written-bytes:\t%lld\n",
		   atomic64_read(&s->bytes_written));
	seq_printf(m, "dbgmem-breakpoints:\t%u\n",
		   READ_ONCE(s->nr_breakpoints));
	seq_printf(m, "dbgmem-breakpoints-lost:\t%u\n", READ_ONCE(s->lost));
	seq_printf(m, "dbgmem-mirror:\t%s\n",
		   bound && s->mirror ? "yes" : "no");
	seq_printf(m, "dbgmem-mirror-pages:\t%u\n",
		   bound ? dbgmem_mirror_pages(s) : 0);
	seq_printf(m, "dbgmem-windows:\t%u\n", dbgmem_window_maps(s));
	seq_printf(m, "dbgmem-window-pages:\t%u\n", dbgmem_window_pages(s));
}
