// SPDX-License-Identifier: GPL-2.0
/* libdbgmem: dbgmem_move() against memmove(3). */
#include "big.h"
#include "userlib_fixture.h"

static unsigned char want[BIG_SIZE], got[BIG_SIZE];

/* Something else at every place, in the target and here. */
static int pattern_put(struct dbgmem *m)
{
	size_t i;

	for (i = 0; i < BIG_SIZE; i++)
		want[i] = (unsigned char)(1 + i % 253 + i / 253 % 2);
	return dbgmem_write(m, BIG, want, BIG_SIZE) == BIG_SIZE ? 0 : -EFAULT;
}

static bool is_as_wanted(struct dbgmem *m)
{
	return dbgmem_read(m, BIG, got, BIG_SIZE) == BIG_SIZE &&
	       !memcmp(got, want, BIG_SIZE);
}

TEST_F(lib, places_that_overlap)
{
	static const struct {
		size_t to, from, len;
	} cases[] = {
		{ 0, 1, BIG_SIZE - 1 },
		{ 1, 0, BIG_SIZE - 1 },
		{ PAGE, 0, BIG_SIZE - PAGE },
		{ 0, PAGE, BIG_SIZE - PAGE },
		{ PIECE + 3, 7, 2 * PIECE - 9 },
		{ 7, PIECE + 3, 2 * PIECE - 9 },
		{ 2 * PIECE, 0, PIECE },
		{ 5, 5, BIG_SIZE - 5 },
		{ 100, 90, 30 },
		{ 90, 100, 30 },
		{ 100, 90, 0 },
	};
	struct dbgmem_move_result res;
	size_t i;

	ASSERT_EQ(0, target_call(&self->t, big_map, at(BIG)));
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		ASSERT_EQ(0, pattern_put(self->m));
		memmove(want + cases[i].to, want + cases[i].from, cases[i].len);
		EXPECT_EQ(cases[i].len,
			  dbgmem_move(self->m, BIG + cases[i].to, self->m,
				      BIG + cases[i].from, cases[i].len, 0,
				      NULL, &res))
			TH_LOG("%s", dbgmem_errstr());
		EXPECT_EQ(cases[i].len, res.result.done);
		EXPECT_EQ(0, res.result.fault_addr);
		EXPECT_TRUE(is_as_wanted(self->m)) TH_LOG("case %zu", i);
	}
}

TEST_F(lib, from_one_target_to_another)
{
	struct dbgmem_move_result res;
	struct dbgmem *other;
	struct target t;

	ASSERT_EQ(0, target_start(&t));
	ASSERT_EQ(0, dbgmem_open(t.pid, DBGMEM_OPEN_WRITE, &other));
	ASSERT_EQ(0, target_call(&self->t, big_map, at(BIG)));
	ASSERT_EQ(0, target_call(&t, big_map, at(BIG)));
	ASSERT_EQ(0, pattern_put(self->m));
	EXPECT_EQ(BIG_SIZE, dbgmem_move(other, BIG, self->m, BIG, BIG_SIZE, 0,
					NULL, &res));
	EXPECT_TRUE(is_as_wanted(other));
	/* It goes downwards, and no different. */
	memmove(want + 9, want, BIG_SIZE - 9);
	EXPECT_EQ(BIG_SIZE - 9, dbgmem_move(other, BIG + 9, self->m, BIG,
					    BIG_SIZE - 9, 0, NULL, &res));
	EXPECT_TRUE(is_as_wanted(other));
	dbgmem_close(other);
	target_stop(&t);
}

TEST_F(lib, up_to_the_hole)
{
	const uint64_t hole = BIG + PIECE + 3 * PAGE;
	struct dbgmem_move_result res;

	ASSERT_EQ(0, target_call(&self->t, big_map, at(BIG)));
	ASSERT_EQ(0, pattern_put(self->m));
	ASSERT_EQ(0, target_call(&self->t, page_unmap, at(hole)));
	/* In what is read, */
	EXPECT_EQ(hole - BIG - 1, dbgmem_move(self->m, BIG, self->m, BIG + 1,
					      BIG_SIZE - 1, 0, NULL, &res));
	EXPECT_ERROR(EFAULT, DBGMEM_SOURCE_MEMORY, "cannot read",
		     "nothing is mapped");
	EXPECT_EQ(DBGMEM_OP_READ, res.op);
	EXPECT_EQ(DBGMEM_REASON_UNMAPPED, res.result.reason);
	EXPECT_EQ(hole, res.result.fault_addr);
	EXPECT_EQ(hole - BIG - 1, res.result.done);
	EXPECT_EQ(hole - BIG - 1, dbgmem_last_error()->result.done);
	EXPECT_EQ(hole - BIG, dbgmem_read(self->m, BIG, got, BIG_SIZE));
	memmove(want, want + 1, hole - BIG - 1);
	EXPECT_EQ(0, memcmp(got, want, hole - BIG));

	/* and in what is written. */
	EXPECT_EQ(PAGE, dbgmem_move(self->m, hole - PAGE, self->m, BIG,
				    2 * PAGE, 0, NULL, &res));
	EXPECT_ERROR(EFAULT, DBGMEM_SOURCE_MEMORY, "cannot write",
		     "nothing is mapped");
	EXPECT_EQ(DBGMEM_OP_WRITE, res.op);
	EXPECT_EQ(hole, res.result.fault_addr);
	EXPECT_EQ(PAGE, res.result.done);
	EXPECT_EQ(PAGE, dbgmem_read(self->m, hole - PAGE, got, PAGE));
	EXPECT_EQ(0, memcmp(got, want, PAGE));
	EXPECT_EQ(-EFAULT, dbgmem_move(self->m, BIG, self->m, hole, 1, 0, NULL,
				       NULL));
}

TEST_F(lib, down_to_the_hole)
{
	const uint64_t hole = BIG + PIECE + 3 * PAGE, end = hole + PAGE;
	const size_t behind = BIG + BIG_SIZE - end;
	struct dbgmem_move_result res;

	ASSERT_EQ(0, target_call(&self->t, big_map, at(BIG)));
	ASSERT_EQ(0, pattern_put(self->m));
	ASSERT_EQ(0, target_call(&self->t, page_unmap, at(hole)));
	/* The last bytes have moved: as many as are behind the hole. */
	EXPECT_EQ(behind - 9, dbgmem_move(self->m, BIG + 9, self->m, BIG,
					  BIG_SIZE - 9, 0, NULL, &res));
	EXPECT_ERROR(EFAULT, DBGMEM_SOURCE_MEMORY, "cannot read",
		     "nothing is mapped");
	EXPECT_EQ(DBGMEM_OP_READ, res.op);
	EXPECT_EQ(DBGMEM_REASON_UNMAPPED, res.result.reason);
	EXPECT_EQ(hole, res.result.fault_addr & ~(PAGE - 1));
	EXPECT_EQ(behind - 9, res.result.done);
	EXPECT_EQ(behind - 9, dbgmem_last_error()->result.done);
	memmove(want + (end - BIG) + 9, want + (end - BIG), behind - 9);
	EXPECT_EQ(behind, dbgmem_read(self->m, end, got, behind));
	EXPECT_EQ(0, memcmp(got, want + (end - BIG), behind));
	EXPECT_EQ(hole - BIG, dbgmem_read(self->m, BIG, got, BIG_SIZE));
	EXPECT_EQ(0, memcmp(got, want, hole - BIG));

	/* The same where it is in the way of what is written. */
	ASSERT_EQ(0, target_call(&self->t, page_protect_read,
				 at(hole - 5 * PAGE)));
	EXPECT_EQ(PAGE + 9, dbgmem_move(self->m, BIG + 9, self->m, BIG,
					PIECE, 0, NULL, &res));
	EXPECT_ERROR(EFAULT, DBGMEM_SOURCE_MEMORY, "cannot write", "protection");
	EXPECT_EQ(DBGMEM_OP_WRITE, res.op);
	EXPECT_EQ(DBGMEM_REASON_PROTECTION, res.result.reason);
	EXPECT_EQ(hole - 5 * PAGE, res.result.fault_addr & ~(PAGE - 1));
	EXPECT_EQ(2 * PAGE - PAGE + 9, res.result.done);
	memmove(want + PIECE - PAGE, want + PIECE - PAGE - 9, PAGE + 9);
	EXPECT_EQ(hole - BIG, dbgmem_read(self->m, BIG, got, BIG_SIZE));
	EXPECT_EQ(0, memcmp(got, want, hole - BIG));
	/* FORCE makes its way. */
	EXPECT_EQ(PIECE, dbgmem_move(self->m, BIG + 9, self->m, BIG, PIECE,
				     DBGMEM_FORCE, NULL, &res));
	EXPECT_EQ(PIECE, res.result.done);
}

TEST_F(lib, exact_is_all_or_nothing)
{
	struct dbgmem_move_result res;
	struct dbgmem_info info = { .size = sizeof(info) };

	ASSERT_EQ(0, target_call(&self->t, big_map, at(BIG)));
	ASSERT_EQ(0, pattern_put(self->m));
	memmove(want + 5, want, BIG_SIZE - 5);
	EXPECT_EQ(BIG_SIZE - 5, dbgmem_move(self->m, BIG + 5, self->m, BIG,
					    BIG_SIZE - 5, DBGMEM_EXACT, NULL,
					    &res));
	EXPECT_EQ(BIG_SIZE - 5, res.result.done);
	EXPECT_TRUE(is_as_wanted(self->m));
	EXPECT_EQ(-EFAULT, dbgmem_move(self->m, BIG + 6, self->m, BIG,
				       BIG_SIZE - 5, DBGMEM_EXACT, NULL, &res));
	EXPECT_ERROR(EFAULT, DBGMEM_SOURCE_MEMORY, "nothing was transferred");
	EXPECT_EQ(DBGMEM_OP_WRITE, res.op);
	EXPECT_EQ(0, res.result.done);
	EXPECT_TRUE(is_as_wanted(self->m));
	ASSERT_EQ(0, dbgmem_get_info(self->m, &info));
	EXPECT_EQ(-EMSGSIZE, dbgmem_move(self->m, BIG, self->m, BIG,
					 info.max_exact + 1, DBGMEM_EXACT, NULL,
					 &res));
	EXPECT_ERROR(EMSGSIZE, DBGMEM_SOURCE_USAGE, "split it");
}

TEST_F(lib, progress_and_cancel)
{
	struct watch w = { .cancel_at = 1 };
	const struct dbgmem_progress p = { watch, &w };
	struct dbgmem_move_result res;
	int64_t n;

	ASSERT_EQ(0, target_call(&self->t, big_map, at(BIG)));
	ASSERT_EQ(0, pattern_put(self->m));
	n = dbgmem_move(self->m, BIG, self->m, BIG + 1, BIG_SIZE - 1, 0, &p,
			&res);
	EXPECT_ERROR(ECANCELED, DBGMEM_SOURCE_USAGE, "by the caller");
	EXPECT_EQ(w.last, n);
	EXPECT_EQ(w.last, res.result.done);
	EXPECT_GT(BIG_SIZE - 1, res.result.done);
	memmove(want, want + 1, res.result.done);
	EXPECT_TRUE(is_as_wanted(self->m));
	/* Downwards: it is the last bytes that have moved. */
	w = (struct watch){ .cancel_at = 2 };
	n = dbgmem_move(self->m, BIG + 1, self->m, BIG, BIG_SIZE - 1, 0, &p,
			&res);
	EXPECT_EQ(w.last, n);
	EXPECT_EQ(w.last, res.result.done);
	EXPECT_EQ(w.last, dbgmem_last_error()->result.done);
	EXPECT_FALSE(w.falls);
	memmove(want + BIG_SIZE - res.result.done, want + BIG_SIZE - 1 - res.result.done,
		res.result.done);
	EXPECT_TRUE(is_as_wanted(self->m));
}

TEST_F(lib, exit_in_the_middle)
{
	struct watch w = { .kill_at = 1, .pid = self->t.pid };
	const struct dbgmem_progress p = { watch, &w };
	struct dbgmem_move_result res;

	ASSERT_EQ(0, target_call(&self->t, big_map, at(BIG)));
	EXPECT_EQ(PIECE, dbgmem_move(self->m, BIG + 1, self->m, BIG,
				     BIG_SIZE - 1, 0, &p, &res));
	EXPECT_ERROR(ESRCH, DBGMEM_SOURCE_TARGET, "has exited");
	EXPECT_EQ(PIECE, res.result.done);
}

TEST_F(lib, bad_arguments)
{
	struct dbgmem_move_result res = { .result.done = 1 };

	EXPECT_EQ(-EOVERFLOW, dbgmem_move(self->m, UINT64_MAX, self->m,
					  self->addr, 1, 0, NULL, &res));
	EXPECT_ERROR(EOVERFLOW, DBGMEM_SOURCE_USAGE, "cannot write");
	EXPECT_EQ(-EOVERFLOW, dbgmem_move(self->m, self->addr, self->m,
					  UINT64_MAX, 1, 0, NULL, NULL));
	EXPECT_ERROR(EOVERFLOW, DBGMEM_SOURCE_USAGE, "cannot read");
	EXPECT_EQ(-EINVAL, dbgmem_move(self->m, self->addr, self->m,
				       self->addr, 1, DBGMEM_NOFAULT, NULL,
				       NULL));
	EXPECT_ERROR(EINVAL, DBGMEM_SOURCE_USAGE, "flags 0x8");
	EXPECT_EQ(0, res.result.done);
}

TEST_HARNESS_MAIN
