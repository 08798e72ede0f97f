/* SPDX-License-Identifier: GPL-2.0 */
/* DBGMEM_IOC_CMPXCHG for the tests: the call, and a fixture once per engine. */
#ifndef SELFTESTS_CMPXCHG_H
#define SELFTESTS_CMPXCHG_H

#include "breakpoint.h"
#include <kselftest_harness.h>

FIXTURE(cmpxchg) {
	struct bed bed;
	struct bed *b;
	struct dbgmem_cmpxchg c;
};

FIXTURE_VARIANT(cmpxchg) {
	const char *engine;
};

FIXTURE_VARIANT_ADD(cmpxchg, remote) { .engine = "remote", };
FIXTURE_VARIANT_ADD(cmpxchg, pinned) { .engine = "pinned", };
FIXTURE_VARIANT_ADD(cmpxchg, auto) { .engine = "auto", };
FIXTURE_VARIANT_ADD(cmpxchg, mirror) { .engine = "mirror", };

FIXTURE_SETUP(cmpxchg)
{
	self->b = &self->bed;
	ASSERT_EQ(0, engine_set(variant->engine));
	ASSERT_EQ(0, bed_start(self->b));
}

FIXTURE_TEARDOWN(cmpxchg)
{
	bed_stop(self->b);
	engine_set("auto");
	param_set("force", "capable");
}

/* 0 or -errno; @c gets the answer. */
static inline int cx(int fd, const void *addr, uint32_t width,
		     uint64_t expected, uint64_t desired, uint32_t flags,
		     struct dbgmem_cmpxchg *c)
{
	*c = (struct dbgmem_cmpxchg){
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

#define EXPECT_ANSWER(was, did) do {					\
	EXPECT_EQ(was, self->c.observed);				\
	EXPECT_EQ(did, self->c.exchanged);				\
	EXPECT_EQ(0, self->c.fault_addr);				\
	EXPECT_EQ(DBGMEM_REASON_NONE, self->c.reason);			\
} while (0)

/* The @width bytes of the bed at @at, as a number. */
static inline uint64_t pattern_value(size_t at, uint32_t width)
{
	uint64_t v = 0;

	pattern_fill(&v, at, width, 3);
	return v;
}

#endif /* SELFTESTS_CMPXCHG_H */
