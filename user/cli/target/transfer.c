// SPDX-License-Identifier: GPL-2.0
/* Reports of transfers that did not complete. */
#include <stdio.h>

#include "target/transfer.h"
#include "text/message.h"

static const char *advice(const struct transfer *p, uint32_t reason)
{
	switch (reason) {
	case DBGMEM_REASON_PROTECTION:
		if (p->flags & DBGMEM_FORCE)
			return "; shared memory that the target may not write cannot be forced";
		if (p->write)
			return "; --force writes it anyway if the mapping is private";
		return "; --force reads it anyway";
	case DBGMEM_REASON_NOT_RESIDENT:
		return "; without --no-fault the page is brought in";
	case DBGMEM_REASON_UNMAPPED:
	case DBGMEM_REASON_BACKING:
	case DBGMEM_REASON_HWPOISON:
		if (p->write || p->flags & (DBGMEM_ZEROFILL | DBGMEM_EXACT))
			return "; 'dbgmem maps PID' shows what is mapped";
		return "; see 'dbgmem maps PID'; --zero-fill continues after holes";
	case DBGMEM_REASON_SPECIAL:
		return p->flags & DBGMEM_EXACT ?
			"; --exact needs memory that can be pinned" : "";
	default:
		return "";
	}
}

static int stop_at(const struct transfer *p, uint64_t fault, uint32_t reason)
{
	const char *verb = p->write ? "write" : "read";
	char of[32] = "";

	if (p->len != LEN_UNKNOWN)
		snprintf(of, sizeof(of), " of %llu",
			 (unsigned long long)p->len);
	if (p->done) {
		msg("%s at 0x%llx of process %d: stopped at 0x%llx after %llu%s bytes: %s%s",
		    verb, (unsigned long long)p->addr, (int)p->pid,
		    (unsigned long long)fault, (unsigned long long)p->done, of,
		    dbgmem_reason_str(reason), advice(p, reason));
		return STATUS_PARTIAL;
	}
	msg("cannot %s at 0x%llx of process %d: at 0x%llx: %s%s%s", verb,
	    (unsigned long long)p->addr, (int)p->pid,
	    (unsigned long long)fault, dbgmem_reason_str(reason),
	    p->flags & DBGMEM_EXACT ? "; nothing was transferred" : "",
	    advice(p, reason));
	return STATUS_FAILED;
}

int transfer_short(const struct transfer *p, const struct dbgmem_result *res)
{
	return stop_at(p, res->fault_addr, res->reason);
}

int transfer_failed(const struct transfer *p)
{
	const struct dbgmem_error *e = dbgmem_last_error();

	if (e->source == DBGMEM_SOURCE_MEMORY)
		return stop_at(p, e->result.fault_addr, e->result.reason);
	if (!p->done) {
		msg("%s", dbgmem_errstr());
		return STATUS_FAILED;
	}
	msg("%s at 0x%llx: stopped after %llu bytes: %s",
	    p->write ? "write" : "read", (unsigned long long)p->addr,
	    (unsigned long long)p->done, dbgmem_errstr());
	return STATUS_PARTIAL;
}

int transfer_holes(const struct transfer *p, const struct dbgmem_result *hole)
{
	msg("read at 0x%llx of process %d: %llu of %llu bytes were read, the rest are zeros: first hole at 0x%llx: %s%s",
	    (unsigned long long)p->addr, (int)p->pid,
	    (unsigned long long)p->done, (unsigned long long)p->len,
	    (unsigned long long)hole->fault_addr,
	    dbgmem_reason_str(hole->reason), advice(p, hole->reason));
	return STATUS_PARTIAL;
}

int transfer_changed(const struct transfer *p, uint32_t passes)
{
	msg("read at 0x%llx of process %d: the %llu bytes changed while they were read, %u times: the last reading is printed",
	    (unsigned long long)p->addr, (int)p->pid,
	    (unsigned long long)p->len, passes);
	return STATUS_PARTIAL;
}

int transfer_exact(struct dbgmem *m, uint64_t len, uint64_t *limit)
{
	struct dbgmem_info info = { .size = sizeof(info) };

	if (dbgmem_get_info(m, &info)) {
		msg("%s", dbgmem_errstr());
		return STATUS_FAILED;
	}
	*limit = info.max_exact;
	if (len <= info.max_exact)
		return STATUS_OK;
	msg("--exact takes at most %llu bytes at once; split the range, or leave out --exact",
	    (unsigned long long)info.max_exact);
	return STATUS_FAILED;
}
