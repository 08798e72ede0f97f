// SPDX-License-Identifier: GPL-2.0
#include "cmpxchg.h"

int cx(int fd, const void *addr, uint32_t width, uint64_t expected,
       uint64_t desired, uint32_t flags, struct dbgmem_cmpxchg_args *c)
{
	*c = (struct dbgmem_cmpxchg_args){
		.size = sizeof(*c),
		.flags = flags,
		.addr = (uintptr_t)addr,
		.expected = expected,
		.desired = desired,
		.width = width,
		/* Must be written back. */
		.observed = 0xdeadbeef,
		.fault_addr = 0xdeadbeef,
		.reason = 0xdead,
		.exchanged = 0xdead,
	};
	return ioctl(fd, DBGMEM_IOC_CMPXCHG, c) ? -errno : 0;
}

uint64_t pattern_value(size_t at, uint32_t width)
{
	uint64_t v = 0;

	pattern_fill(&v, at, width, 3);
	return v;
}
