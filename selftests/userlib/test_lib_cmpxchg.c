// SPDX-License-Identifier: GPL-2.0
/* libdbgmem: compare and exchange. */
#include "intercept.h"
#include "userlib_fixture.h"

static long word_get(void *addr)
{
	return (long)*(volatile uint64_t *)addr;
}

/* The word of @width bytes at @off of the pattern. */
static uint64_t was(size_t off, unsigned int width)
{
	uint64_t v = 0;

	memcpy(&v, mem + off, width);
	return v;
}

TEST_F(lib, cmpxchg_of_all_widths)
{
	unsigned int width;
	uint64_t seen, old;

	for (width = 1; width <= 8; width *= 2) {
		const size_t off = 64 + 24 * width;
		const uint64_t addr = self->addr + off;
		const uint64_t new = 0x0102030405060708 >> (64 - 8 * width);

		old = was(off, width);
		seen = 77;
		EXPECT_EQ(0, dbgmem_cmpxchg(self->m, addr, width, old ^ 1, new,
					    0, &seen));
		EXPECT_EQ(old, seen);
		EXPECT_EQ(0, target_call(&self->t, bytes_changed, NULL));

		seen = 77;
		EXPECT_EQ(1, dbgmem_cmpxchg(self->m, addr, width, old, new, 0,
					    &seen))
			TH_LOG("%u: %s", width, dbgmem_errstr());
		EXPECT_EQ(old, seen);
		EXPECT_EQ((long)width,
			  target_call(&self->t, bytes_changed, NULL));
		EXPECT_EQ(1, dbgmem_cmpxchg(self->m, addr, width, new, old, 0,
					    NULL));
		EXPECT_EQ(0, target_call(&self->t, bytes_changed, NULL));
	}
	EXPECT_EQ(1, dbgmem_cmpxchg(self->m, self->addr, 8, was(0, 8),
				    0x1122334455667788, 0, NULL));
	EXPECT_EQ(0x1122334455667788, target_call(&self->t, word_get, mem));
}

TEST_F(lib, cmpxchg_that_makes_no_sense)
{
	uint64_t seen = 77;

	EXPECT_EQ(-EINVAL, dbgmem_cmpxchg(self->m, self->addr, 3, 0, 0, 0,
					  &seen));
	EXPECT_ERROR(EINVAL, DBGMEM_SOURCE_USAGE, "cannot exchange 3 bytes",
		     "1, 2, 4 or 8");
	EXPECT_ADDRESS(self->addr);
	EXPECT_EQ(-EINVAL, dbgmem_cmpxchg(self->m, self->addr, 0, 0, 0, 0,
					  NULL));
	EXPECT_EQ(-EINVAL, dbgmem_cmpxchg(self->m, self->addr + 2, 4, 0, 0, 0,
					  NULL));
	EXPECT_ERROR(EINVAL, DBGMEM_SOURCE_USAGE, "not a multiple");
	EXPECT_EQ(-EINVAL, dbgmem_cmpxchg(self->m, self->addr, 4, 1ULL << 32, 0,
					  0, NULL));
	EXPECT_ERROR(EINVAL, DBGMEM_SOURCE_USAGE, "does not fit");
	EXPECT_EQ(-EINVAL, dbgmem_cmpxchg(self->m, self->addr, 1, 0, 256, 0,
					  NULL));
	EXPECT_EQ(-EOPNOTSUPP, dbgmem_cmpxchg(self->m, self->addr, 1, 0, 1,
					      1U << 30, NULL));
	EXPECT_EQ(0, target_call(&self->t, bytes_changed, NULL));
}

TEST_F(lib, cmpxchg_refusals_say_who)
{
	struct dbgmem *ro;

	ASSERT_EQ(0, target_call(&self->t, page_unmap, mem + 3 * PAGE));
	EXPECT_EQ(-EFAULT, dbgmem_cmpxchg(self->m, self->addr + 3 * PAGE, 8, 0,
					  0, 0, NULL));
	EXPECT_ERROR(EFAULT, DBGMEM_SOURCE_MEMORY, "nothing is mapped");
	EXPECT_ADDRESS(self->addr + 3 * PAGE);
	EXPECT_EQ(DBGMEM_REASON_UNMAPPED, dbgmem_last_error()->result.reason);

	ASSERT_EQ(0, dbgmem_open(self->t.pid, DBGMEM_OPEN_RDONLY, &ro));
	EXPECT_EQ(-EACCES, dbgmem_cmpxchg(ro, self->addr, 8, 0, 0, 0, NULL));
	EXPECT_ERROR(EACCES, DBGMEM_SOURCE_SESSION, "no write access");
	dbgmem_close(ro);
}

TEST_F(lib, cmpxchg_and_protection)
{
	const uint64_t old = was(PAGE, 4);

	ASSERT_EQ(0, target_call(&self->t, page_protect_read, mem + PAGE));
	EXPECT_EQ(-EACCES, dbgmem_cmpxchg(self->m, self->addr + PAGE, 4, old, 1,
					  0, NULL));
	EXPECT_ERROR(EACCES, DBGMEM_SOURCE_MEMORY, "protection", "FORCE");
	EXPECT_EQ(DBGMEM_REASON_PROTECTION, dbgmem_last_error()->result.reason);
	EXPECT_EQ(self->addr + PAGE, dbgmem_last_error()->result.fault_addr);
	ASSERT_EQ(0, param_set("force", "never"));
	EXPECT_EQ(-EPERM, dbgmem_cmpxchg(self->m, self->addr + PAGE, 4, old, 1,
					 DBGMEM_FORCE, NULL));
	EXPECT_ERROR(EPERM, DBGMEM_SOURCE_POLICY, "policy is never");
	ASSERT_EQ(0, param_set("force", "capable"));
	EXPECT_EQ(1, dbgmem_cmpxchg(self->m, self->addr + PAGE, 4, old, 1,
				    DBGMEM_FORCE, NULL))
		TH_LOG("%s", dbgmem_errstr());
	EXPECT_EQ(1, target_call(&self->t, byte_get, mem + PAGE));
}

TEST_F(lib, cmpxchg_over_a_breakpoint)
{
	const uint64_t old = was(0, 8), new = 0x4141414141414141;
	uint64_t seen;

	ASSERT_EQ(0, dbgmem_bp_set(self->m, self->addr, "\xcc", 1, NULL));
	EXPECT_EQ(0, dbgmem_cmpxchg(self->m, self->addr, 8, old, new,
				    DBGMEM_RAW, &seen));
	EXPECT_EQ((old & ~0xffULL) | 0xcc, seen);
	EXPECT_EQ(1, dbgmem_cmpxchg(self->m, self->addr, 8, old, new, 0, &seen));
	EXPECT_EQ(old, seen);
	EXPECT_EQ(0xcc, target_call(&self->t, byte_get, mem));
	EXPECT_EQ(0, dbgmem_bp_clear(self->m, self->addr));
	EXPECT_EQ((long)new, target_call(&self->t, word_get, mem));
}

TEST_F(lib, cmpxchg_of_a_target_that_is_gone)
{
	kill(self->t.pid, SIGKILL);
	while (poll(&(struct pollfd){ .fd = dbgmem_fd(self->m) }, 1, 10) < 1)
		;
	EXPECT_EQ(-ESRCH, dbgmem_cmpxchg(self->m, self->addr, 8, 0, 0, 0, NULL));
	EXPECT_ERROR(ESRCH, DBGMEM_SOURCE_TARGET, "exited");
}

TEST_F(lib, cmpxchg_module_without_it)
{
	struct dbgmem *old;

	features_hidden = DBGMEM_FEATURE_CMPXCHG;
	ASSERT_EQ(0, dbgmem_open(self->t.pid, DBGMEM_OPEN_WRITE, &old));
	features_hidden = 0;
	EXPECT_EQ(-EOPNOTSUPP, dbgmem_cmpxchg(old, self->addr, 8, 0, 0, 0,
					      NULL));
	EXPECT_ERROR(EOPNOTSUPP, DBGMEM_SOURCE_MODULE, "compare and exchange",
		     "same release");
	dbgmem_close(old);
}

TEST_HARNESS_MAIN
