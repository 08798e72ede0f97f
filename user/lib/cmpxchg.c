// SPDX-License-Identifier: LGPL-2.1-or-later
/* Compare and exchange one word. */
#include <errno.h>
#include <stdio.h>

#include "internal.h"

static int usage(const char *what, const char *why)
{
	return dbgmem__fail_simple(EINVAL, DBGMEM_SOURCE_USAGE, "%s: %s", what,
				   why);
}

DBGMEM_EXPORT int dbgmem_cmpxchg(struct dbgmem *m, uint64_t addr,
				 unsigned int width, uint64_t expected,
				 uint64_t desired, uint32_t flags,
				 uint64_t *observed)
{
	struct dbgmem_cmpxchg_args c = {
		.size = sizeof(c),
		.flags = flags,
		.addr = addr,
		.expected = expected,
		.desired = desired,
		.width = width,
	};
	struct dbgmem_transfer t = { .flags = flags, .addr = addr };
	char what[128];
	int ret;

	if (observed)
		*observed = 0;
	snprintf(what, sizeof(what),
		 "cannot exchange %u bytes at 0x%llx of process %d", width,
		 (unsigned long long)addr, (int)m->pid);
	if (width != 1 && width != 2 && width != 4 && width != 8)
		return usage(what, "a word has 1, 2, 4 or 8 bytes");
	if (addr % width)
		return usage(what, "the address is not a multiple of its size");
	if (width < 8 && (expected | desired) >> 8 * width)
		return usage(what, "a value does not fit into it");
	ret = dbgmem__feature(m, DBGMEM_FEATURE_CMPXCHG, "compare and exchange");
	if (ret)
		return ret;
	ret = dbgmem__node_ioctl(m->fd, DBGMEM_IOC_CMPXCHG, &c);
	if (ret) {
		t.fault_addr = c.fault_addr;
		t.reason = c.reason;
		return dbgmem__transfer_fail(m, DBGMEM_IOC_WRITE, &t, -ret,
					     what);
	}
	if (observed)
		*observed = c.observed;
	return (int)c.exchanged;
}
