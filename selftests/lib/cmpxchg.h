/* SPDX-License-Identifier: GPL-2.0 */
/* DBGMEM_IOC_CMPXCHG for the tests: the call, and a fixture once per engine. */
#ifndef SELFTESTS_CMPXCHG_H
#define SELFTESTS_CMPXCHG_H

#include "breakpoint.h"

/* 0 or -errno; @c gets the answer. */
int cx(int fd, const void *addr, uint32_t width, uint64_t expected,
       uint64_t desired, uint32_t flags, struct dbgmem_cmpxchg_args *c);

#define EXPECT_ANSWER(was, did) do {					\
	EXPECT_EQ(was, self->c.observed);				\
	EXPECT_EQ(did, self->c.exchanged);				\
	EXPECT_EQ(0, self->c.fault_addr);				\
	EXPECT_EQ(DBGMEM_REASON_NONE, self->c.reason);			\
} while (0)

/* The @width bytes of the bed at @at, as a number. */
uint64_t pattern_value(size_t at, uint32_t width);

#endif /* SELFTESTS_CMPXCHG_H */
