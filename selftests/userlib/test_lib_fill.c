// SPDX-License-Identifier: GPL-2.0
/* libdbgmem: dbgmem_fill(). */
#include "big.h"
#include "userlib_fixture.h"

static char copy[BIG_SIZE];

/* Is it the pattern in [@from, @to) of BIG, and zero elsewhere? */
static bool is_filled(struct dbgmem *m, size_t from, size_t to,
		      const char *pattern, size_t len)
{
	size_t i;

	if (dbgmem_read(m, BIG, copy, BIG_SIZE) != BIG_SIZE)
		return false;
	for (i = 0; i < BIG_SIZE; i++)
		if (copy[i] != (i < from || i >= to ? 0 :
				pattern[(i - from) % len]))
			return false;
	return true;
}

TEST_F(lib, patterns_of_any_length)
{
	static const size_t lens[] = {
		1, 2, 3, 1000, PAGE, PIECE - 1, PIECE, PIECE + 1, BIG_SIZE - 7,
	};
	static char pattern[BIG_SIZE];
	struct dbgmem_result res;
	size_t i;

	ASSERT_EQ(0, target_call(&self->t, big_map, at(BIG)));
	for (i = 0; i < sizeof(pattern); i++)
		pattern[i] = (char)(1 + i % 251);
	for (i = 0; i < ARRAY_SIZE(lens); i++) {
		EXPECT_EQ(BIG_SIZE - 9,
			  dbgmem_fill(self->m, BIG + 5, BIG_SIZE - 9, pattern,
				      lens[i], 0, NULL, &res))
			TH_LOG("%s", dbgmem_errstr());
		EXPECT_EQ(BIG_SIZE - 9, res.done);
		EXPECT_EQ(0, res.fault_addr);
		EXPECT_EQ(DBGMEM_REASON_NONE, res.reason);
		EXPECT_TRUE(is_filled(self->m, 5, BIG_SIZE - 4, pattern,
				      lens[i])) TH_LOG("%zu", lens[i]);
	}
}

TEST_F(lib, little_and_nothing)
{
	ASSERT_EQ(0, target_call(&self->t, big_map, at(BIG)));
	EXPECT_EQ(2, dbgmem_fill(self->m, BIG + 3, 2, "abcdef", 6, 0, NULL,
				 NULL));
	EXPECT_TRUE(is_filled(self->m, 3, 5, "ab", 2));
	EXPECT_EQ(0, dbgmem_fill(self->m, BIG + 3, 0, "x", 1, 0, NULL, NULL));
	EXPECT_TRUE(is_filled(self->m, 3, 5, "ab", 2));
	EXPECT_EQ(5, dbgmem_fill(self->m, BIG + 3, 5, "xyz", 3, DBGMEM_EXACT,
				 NULL, NULL));
	EXPECT_TRUE(is_filled(self->m, 3, 8, "xyz", 3));
}

TEST_F(lib, up_to_the_hole)
{
	const uint64_t hole = BIG + PIECE + 3 * PAGE;
	struct dbgmem_result res;

	ASSERT_EQ(0, target_call(&self->t, big_map, at(BIG)));
	ASSERT_EQ(0, target_call(&self->t, page_unmap, at(hole)));
	/* A part is its length, and why it was not more is known. */
	EXPECT_EQ(hole - BIG - 1, dbgmem_fill(self->m, BIG + 1, BIG_SIZE - 1,
					      "abc", 3, 0, NULL, &res));
	EXPECT_ERROR(EFAULT, DBGMEM_SOURCE_MEMORY, "nothing is mapped");
	EXPECT_ADDRESS(hole);
	EXPECT_EQ(hole - BIG - 1, res.done);
	EXPECT_EQ(hole - BIG - 1, dbgmem_last_error()->result.done);
	EXPECT_EQ(hole, res.fault_addr);
	EXPECT_EQ(DBGMEM_REASON_UNMAPPED, res.reason);
	EXPECT_EQ(-EFAULT, dbgmem_fill(self->m, hole, 3, "abc", 3, 0, NULL,
				       NULL));
	/* What is there is, and behind it nothing. */
	EXPECT_EQ(3, dbgmem_read(self->m, hole - 3, copy, 16));
	EXPECT_EQ("abc"[(hole - 1 - BIG - 1) % 3], copy[2]);
	EXPECT_EQ(0, target_call(&self->t, byte_get, at(hole + PAGE)));
}

TEST_F(lib, force_and_protections)
{
	struct dbgmem_result res;

	ASSERT_EQ(0, target_call(&self->t, page_protect_read, mem + PAGE));
	EXPECT_EQ(PAGE, dbgmem_fill(self->m, self->addr, 3 * PAGE, "x", 1, 0,
				    NULL, &res));
	EXPECT_EQ(PAGE, res.done);
	EXPECT_EQ(DBGMEM_REASON_PROTECTION, res.reason);
	EXPECT_EQ(3 * PAGE, dbgmem_fill(self->m, self->addr, 3 * PAGE, "y", 1,
					DBGMEM_FORCE, NULL, &res));
	EXPECT_EQ('y', target_call(&self->t, byte_get, mem + 2 * PAGE - 1));
}

TEST_F(lib, exact_is_all_or_nothing)
{
	struct dbgmem_result res;
	struct dbgmem_info info = { .size = sizeof(info) };

	ASSERT_EQ(0, target_call(&self->t, big_map, at(BIG)));
	EXPECT_EQ(BIG_SIZE, dbgmem_fill(self->m, BIG, BIG_SIZE, "ab", 2,
					DBGMEM_EXACT, NULL, &res)) TH_LOG("%s", dbgmem_errstr());
	EXPECT_TRUE(is_filled(self->m, 0, BIG_SIZE, "ab", 2));
	EXPECT_EQ(-EFAULT, dbgmem_fill(self->m, BIG, BIG_SIZE + 1, "c", 1,
				       DBGMEM_EXACT, NULL, &res));
	EXPECT_ERROR(EFAULT, DBGMEM_SOURCE_MEMORY, "nothing was transferred");
	EXPECT_EQ(0, res.done);
	EXPECT_EQ(BIG + BIG_SIZE, res.fault_addr);
	EXPECT_TRUE(is_filled(self->m, 0, BIG_SIZE, "ab", 2));

	ASSERT_EQ(0, dbgmem_get_info(self->m, &info));
	EXPECT_EQ(-EMSGSIZE, dbgmem_fill(self->m, BIG, info.max_exact + 1, "c",
					 1, DBGMEM_EXACT, NULL, &res));
	EXPECT_ERROR(EMSGSIZE, DBGMEM_SOURCE_USAGE, "split it");
	EXPECT_TRUE(is_filled(self->m, 0, BIG_SIZE, "ab", 2));
}

TEST_F(lib, progress_and_cancel)
{
	struct watch w = { 0 };
	const struct dbgmem_progress p = { watch, &w };
	struct dbgmem_result res;
	int64_t n;

	ASSERT_EQ(0, target_call(&self->t, big_map, at(BIG)));
	EXPECT_EQ(BIG_SIZE, dbgmem_fill(self->m, BIG, BIG_SIZE, "abc", 3, 0, &p,
					&res));
	EXPECT_GE(w.calls, 3);
	EXPECT_FALSE(w.falls);
	EXPECT_EQ(BIG_SIZE, w.last);
	EXPECT_EQ(BIG_SIZE, w.total);

	w = (struct watch){ .cancel_at = 2 };
	n = dbgmem_fill(self->m, BIG, BIG_SIZE, "\0", 1, 0, &p, &res);
	EXPECT_ERROR(ECANCELED, DBGMEM_SOURCE_USAGE, "by the caller");
	EXPECT_EQ(2, w.calls);
	EXPECT_EQ(w.last, n);
	EXPECT_EQ(w.last, res.done);
	EXPECT_EQ(w.last, dbgmem_last_error()->result.done);
	EXPECT_EQ(0, res.fault_addr);
	EXPECT_EQ(0, target_call(&self->t, byte_get, at(BIG + res.done - 1)));
	EXPECT_EQ("abc"[res.done % 3],
		  target_call(&self->t, byte_get, at(BIG + res.done)));
}

TEST_F(lib, exit_in_the_middle)
{
	struct watch w = { .kill_at = 2, .pid = self->t.pid };
	const struct dbgmem_progress p = { watch, &w };
	struct dbgmem_result res;

	ASSERT_EQ(0, target_call(&self->t, big_map, at(BIG)));
	EXPECT_EQ(2 * PIECE, dbgmem_fill(self->m, BIG, BIG_SIZE, "x", 1, 0, &p,
					 &res));
	EXPECT_ERROR(ESRCH, DBGMEM_SOURCE_TARGET, "has exited");
	EXPECT_EQ(2 * PIECE, res.done);
}

TEST_F(lib, bad_arguments)
{
	struct dbgmem_result res = { 1, 1, 1 };

	EXPECT_EQ(-EINVAL, dbgmem_fill(self->m, self->addr, 1, "", 0, 0, NULL,
				       &res));
	EXPECT_ERROR(EINVAL, DBGMEM_SOURCE_USAGE, "no pattern");
	EXPECT_EQ(0, res.done);
	EXPECT_EQ(-EINVAL, dbgmem_fill(self->m, self->addr, 1, NULL, 1, 0, NULL,
				       NULL));
	EXPECT_EQ(-EOVERFLOW, dbgmem_fill(self->m, self->addr, UINT64_MAX, "x",
					  1, 0, NULL, NULL));
	EXPECT_ERROR(EOVERFLOW, DBGMEM_SOURCE_USAGE, "exceeds 64 bits");
	EXPECT_EQ(-EINVAL, dbgmem_fill(self->m, self->addr, 1, "x", 1,
				       DBGMEM_ZEROFILL, NULL, NULL));
	EXPECT_ERROR(EINVAL, DBGMEM_SOURCE_USAGE, "flags 0x4");
	EXPECT_EQ(0, target_call(&self->t, bytes_changed, NULL));
}

TEST_HARNESS_MAIN
