/* SPDX-License-Identifier: GPL-2.0 */
/* DBGMEM_IOC_VECTOR with retries and with expectations. */
#ifndef SELFTESTS_VECTOR_WITH_H
#define SELFTESTS_VECTOR_WITH_H

#include "vector.h"

#define MAX_EXPECTS	256
#define MAX_RETRIES	1000

static inline struct dbgmem_expect expect(const void *addr, uint64_t value)
{
	return (struct dbgmem_expect){
		.addr = (uintptr_t)addr,
		.value = value,
	};
}

/* 0 or -errno; @v gets the answer. */
static inline int vec_with(int fd, uint32_t op, struct dbgmem_segment *segs,
			   uint32_t nr, uint32_t flags, uint32_t retries,
			   struct dbgmem_expect *exps, uint32_t nr_exps,
			   struct dbgmem_vector *v)
{
	uint32_t i;

	*v = (struct dbgmem_vector){
		.size = sizeof(*v),
		.flags = flags,
		.segments = (uintptr_t)segs,
		.nr_segments = nr,
		.segment_size = sizeof(*segs),
		.op = op,
		.retries = retries,
		.expects = (uintptr_t)exps,
		.nr_expects = nr_exps,
		.expect_size = exps ? sizeof(*exps) : 0,
		/* Must be written back, as what is below. */
		.done = 0xdeadbeef,
		.nr_complete = 0xdead,
		.first_incomplete = 0xdead,
		.fault_addr = 0xdeadbeef,
		.first_unmet = 0xdead,
		.nr_changed = 0xdead,
		.passes = 0xdead,
	};
	for (i = 0; i < nr; i++) {
		segs[i].done = 0xdeadbeef;
		segs[i].reason = 0xdead;
	}
	for (i = 0; i < nr_exps; i++) {
		exps[i].observed = 0xdeadbeef;
		exps[i].reason = 0xdead;
	}
	return ioctl(fd, DBGMEM_IOC_VECTOR, v) ? -errno : 0;
}

#define vec_stable(fd, segs, nr, flags, retries, v)			\
	vec_with(fd, DBGMEM_OP_READ, segs, nr, DBGMEM_STABLE | (flags),	\
		 retries, NULL, 0, v)

#endif /* SELFTESTS_VECTOR_WITH_H */
