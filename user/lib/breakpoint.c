// SPDX-License-Identifier: LGPL-2.1-or-later
/* Breakpoints: planted, taken out, listed. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

#define LIST_MIN	64

/* @t has what the kernel said of an address, @what is the begin. */
static int bp_fail(struct dbgmem *m, const struct dbgmem_transfer *t, int code,
		   const char *what)
{
	struct dbgmem_error e = {
		.code = code,
		.source = DBGMEM_SOURCE_USAGE,
		.pid = m->pid,
		.result.fault_addr = t->addr,
	};
	char forced[224];

	switch (code) {
	case EEXIST:
		e.source = DBGMEM_SOURCE_BREAKPOINT;
		return dbgmem__fail(&e, "%s: this session already has a breakpoint there: clear it first",
				    what);
	case EBUSY:
		e.source = DBGMEM_SOURCE_BREAKPOINT;
		return dbgmem__fail(&e, "%s: another session has a breakpoint there and must clear it: 'dbgmem bp list %d' shows whose it is",
				    what, (int)m->pid);
	case ENOSPC:
		return dbgmem__fail(&e, "%s: the session has %u breakpoints, the maximum: clear some, or open another session",
				    what, m->max_breakpoints);
	case ENOENT:
		return dbgmem__fail(&e, "%s: this session has no breakpoint there",
				    what);
	case EPERM:
		snprintf(forced, sizeof(forced), "%s: the target itself may not write there, so FORCE is needed",
			 what);
		return dbgmem__transfer_fail(m, DBGMEM_IOC_WRITE, t, code,
					     forced);
	default:
		return dbgmem__transfer_fail(m, DBGMEM_IOC_WRITE, t, code,
					     what);
	}
}

static int set_fail(struct dbgmem *m, const struct dbgmem_bp_set_args *s, int code)
{
	const struct dbgmem_transfer t = {
		.flags = DBGMEM_FORCE,	/* it does, where that is allowed */
		.addr = s->addr,
		.fault_addr = s->fault_addr,
		.reason = s->reason,
	};
	char what[128];

	snprintf(what, sizeof(what),
		 "cannot set a breakpoint of %u bytes at 0x%llx of process %d",
		 s->len, (unsigned long long)s->addr, (int)m->pid);
	return bp_fail(m, &t, code, what);
}

DBGMEM_EXPORT int dbgmem_bp_set(struct dbgmem *m, uint64_t addr,
				const void *trap, size_t len,
				uint8_t *original)
{
	struct dbgmem_bp_set_args s = { .size = sizeof(s), .addr = addr };
	int ret;

	if (!trap && !len)
		trap = dbgmem_bp_trap(&len);
	else if (!trap || !len || len > sizeof(s.trap))
		return dbgmem__fail_simple(EINVAL, DBGMEM_SOURCE_USAGE,
			"cannot set a breakpoint at 0x%llx of process %d: a trap has 1 to %zu bytes, not %zu",
			(unsigned long long)addr, (int)m->pid, sizeof(s.trap),
			trap ? len : 0);
	if (!trap)
		return -dbgmem_last_error()->code;
	ret = dbgmem__feature(m, DBGMEM_FEATURE_BREAKPOINT, "breakpoints");
	if (ret)
		return ret;
	s.len = (uint32_t)len;
	memcpy(s.trap, trap, len);
	ret = dbgmem__node_ioctl(m->fd, DBGMEM_IOC_BP_SET, &s);
	if (ret)
		return set_fail(m, &s, -ret);
	__atomic_store_n(&m->has_planted, true, __ATOMIC_RELAXED);
	if (original)
		memcpy(original, s.original, len);
	return 0;
}

/* @c->flags and @c->addr are filled in. */
static int clear(struct dbgmem *m, struct dbgmem_bp_clear_args *c)
{
	struct dbgmem_transfer t = { .addr = c->addr };
	char what[160];
	int ret;

	ret = dbgmem__feature(m, DBGMEM_FEATURE_BREAKPOINT, "breakpoints");
	if (ret)
		return ret;
	c->size = sizeof(*c);
	ret = dbgmem__node_ioctl(m->fd, DBGMEM_IOC_BP_CLEAR, c);
	if (!ret)
		return 0;
	t.fault_addr = c->fault_addr;
	t.reason = c->reason;
	if (c->flags & DBGMEM_BP_ALL)
		snprintf(what, sizeof(what),
			 "cannot clear all breakpoints of this session on process %d, only %u",
			 (int)m->pid, c->cleared);
	else
		snprintf(what, sizeof(what),
			 "cannot clear the breakpoint at 0x%llx of process %d",
			 (unsigned long long)c->addr, (int)m->pid);
	return bp_fail(m, &t, -ret, what);
}

DBGMEM_EXPORT int dbgmem_bp_clear(struct dbgmem *m, uint64_t addr)
{
	struct dbgmem_bp_clear_args c = { .addr = addr };
	int ret = clear(m, &c);

	return ret ? ret : c.lost > 0;
}

DBGMEM_EXPORT int dbgmem_bp_clear_all(struct dbgmem *m, uint32_t *cleared,
				      uint32_t *lost)
{
	struct dbgmem_bp_clear_args c = { .flags = DBGMEM_BP_ALL };
	int ret = clear(m, &c);

	if (cleared)
		*cleared = c.cleared;
	if (lost)
		*lost = c.lost;
	return ret;
}

static int list_fail(struct dbgmem *m, uint32_t flags, int code)
{
	const struct dbgmem_transfer t = { .flags = flags };
	char what[96];

	snprintf(what, sizeof(what), "cannot list the breakpoints of process %d",
		 (int)m->pid);
	return dbgmem__transfer_fail(m, DBGMEM_IOC_READ, &t, code, what);
}

/* Room for more than @nr in *@bps. 0 or -ENOMEM. */
static int room_get(struct dbgmem_bp **bps, size_t nr, size_t *room)
{
	struct dbgmem_bp *more;
	size_t want;

	if (nr < *room)
		return 0;
	want = *room ? 2 * *room : LIST_MIN;
	more = reallocarray(*bps, want, sizeof(*more));
	if (!more)
		return -ENOMEM;
	*bps = more;
	*room = want;
	return 0;
}

DBGMEM_EXPORT int dbgmem_bp_list(struct dbgmem *m, uint32_t flags,
				 struct dbgmem_bp **list, size_t *nr)
{
	struct dbgmem_bp_list_args l = { 0 };
	struct dbgmem_bp *bps = NULL;
	size_t room = 0;
	int ret;

	*list = NULL;
	*nr = 0;
	ret = dbgmem__feature(m, DBGMEM_FEATURE_BREAKPOINT, "breakpoints");
	if (ret)
		return ret;
	do {
		ret = room_get(&bps, *nr, &room);
		if (ret)
			break;
		l = (struct dbgmem_bp_list_args){
			.size = sizeof(l),
			.flags = flags,
			.entries = (uintptr_t)(bps + *nr),
			.nr_entries = (uint32_t)(room - *nr),
			.entry_size = sizeof(*bps),
			.from = l.next,
		};
		ret = dbgmem__node_ioctl(m->fd, DBGMEM_IOC_BP_LIST, &l);
		*nr += l.nr;
	} while (!ret && l.more);
	if (ret || !*nr) {
		free(bps);
		bps = NULL;
	}
	if (ret)
		*nr = 0;
	*list = bps;
	return ret ? list_fail(m, flags, -ret) : 0;
}

DBGMEM_EXPORT void dbgmem_bp_list_free(struct dbgmem_bp *list)
{
	free(list);
}
