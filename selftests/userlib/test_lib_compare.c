// SPDX-License-Identifier: GPL-2.0
/*
 * libdbgmem: comparing memory of real targets. host_compare tests how differences
 * may lie.
 */
#include "big.h"
#include "userlib_fixture.h"

static int compare_all(struct dbgmem_compare *c, struct dbgmem_difference *d,
		       int max, struct dbgmem_compare_stats *stats)
{
	int n = 0, ret = 1;

	while (n < max && (ret = dbgmem_compare_next(c, &d[n])) > 0)
		n++;
	dbgmem_compare_get_stats(c, stats);
	dbgmem_compare_free(c);
	return ret < 0 ? ret : n;
}

#define EXPECT_DIFFERENCE(_kind, _offset, _len, _d) do {		\
	EXPECT_EQ(_kind, (_d).kind);					\
	EXPECT_EQ(_offset, (_d).offset);				\
	EXPECT_EQ(_len, (_d).len);					\
} while (0)

TEST_F(lib, two_targets)
{
	struct dbgmem_compare_stats stats = { .size = sizeof(stats) };
	struct dbgmem_difference d[16];
	struct dbgmem_compare *c;
	struct dbgmem *other;
	struct target t;

	ASSERT_EQ(0, target_start(&t));
	ASSERT_EQ(0, dbgmem_open(t.pid, DBGMEM_OPEN_WRITE, &other));
	ASSERT_EQ(0, target_call(&self->t, big_map, at(BIG)));
	ASSERT_EQ(0, target_call(&t, big_map, at(BIG)));
	ASSERT_EQ(0, dbgmem_compare_new(self->m, BIG, other, BIG, BIG_SIZE, 0,
					NULL, &c));
	EXPECT_EQ(0, compare_all(c, d, 16, &stats));
	EXPECT_EQ(BIG_SIZE, stats.equal);

	ASSERT_EQ(6, dbgmem_write(other, BIG + PIECE - 3, "xxxxxx", 6));
	ASSERT_EQ(0, target_call(&self->t, page_unmap, at(BIG + PIECE + PAGE)));
	ASSERT_EQ(0, target_call(&self->t, page_unmap,
				 at(BIG + PIECE + 2 * PAGE)));
	ASSERT_EQ(0, target_call(&t, page_unmap, at(BIG + PIECE + 2 * PAGE)));
	ASSERT_EQ(0, target_call(&t, page_unmap, at(BIG + PIECE + 3 * PAGE)));
	ASSERT_EQ(1, dbgmem_write(self->m, BIG + BIG_SIZE - 1, "x", 1));
	ASSERT_EQ(0, dbgmem_compare_new(self->m, BIG, other, BIG, BIG_SIZE, 0,
					NULL, &c));
	ASSERT_EQ(5, compare_all(c, d, 16, &stats));
	EXPECT_DIFFERENCE(DBGMEM_DIFFERENT, PIECE - 3, 6, d[0]);
	EXPECT_DIFFERENCE(DBGMEM_HOLE_A, PIECE + PAGE, PAGE, d[1]);
	EXPECT_DIFFERENCE(DBGMEM_HOLE_BOTH, PIECE + 2 * PAGE, PAGE, d[2]);
	EXPECT_DIFFERENCE(DBGMEM_HOLE_B, PIECE + 3 * PAGE, PAGE, d[3]);
	EXPECT_DIFFERENCE(DBGMEM_DIFFERENT, BIG_SIZE - 1, 1, d[4]);
	EXPECT_EQ(BIG_SIZE, stats.total);
	EXPECT_EQ(BIG_SIZE, stats.done);
	EXPECT_EQ(7, stats.different);
	EXPECT_EQ(3 * PAGE, stats.holes);
	EXPECT_EQ(BIG_SIZE - 3 * PAGE - 7, stats.equal);
	dbgmem_close(other);
	target_stop(&t);
}

TEST_F(lib, two_places_of_one_target)
{
	struct dbgmem_compare_stats stats = { .size = sizeof(stats) };
	struct dbgmem_difference d[16];
	struct dbgmem_compare *c;

	ASSERT_EQ(0, target_call(&self->t, big_map, at(BIG)));
	ASSERT_EQ(3, dbgmem_write(self->m, BIG + PIECE + 100, "abc", 3));
	/* That page, where it is in the one and in the other. */
	ASSERT_EQ(0, dbgmem_compare_new(self->m, BIG, self->m, BIG + 50,
					BIG_SIZE - 50, 0, NULL, &c));
	ASSERT_EQ(2, compare_all(c, d, 16, &stats));
	EXPECT_DIFFERENCE(DBGMEM_DIFFERENT, PIECE + 50, 3, d[0]);
	EXPECT_DIFFERENCE(DBGMEM_DIFFERENT, PIECE + 100, 3, d[1]);
	ASSERT_EQ(0, dbgmem_compare_new(self->m, BIG, self->m, BIG, BIG_SIZE, 0,
					NULL, &c));
	EXPECT_EQ(0, compare_all(c, d, 16, &stats));
}

TEST_F(lib, a_target_and_a_buffer)
{
	struct dbgmem_compare_stats stats = { .size = sizeof(stats) };
	struct dbgmem_difference d[16];
	struct dbgmem_compare *c;

	ASSERT_EQ(0, target_call(&self->t, page_unmap, mem + 3 * PAGE));
	mem[5] ^= 1;
	mem[4 * PAGE] ^= 1;
	ASSERT_EQ(0, dbgmem_compare_new_buffer(self->m, self->addr, mem,
					       PAGES * PAGE, 0, NULL, &c));
	ASSERT_EQ(3, compare_all(c, d, 16, &stats));
	EXPECT_DIFFERENCE(DBGMEM_DIFFERENT, 5, 1, d[0]);
	EXPECT_DIFFERENCE(DBGMEM_HOLE_A, 3 * PAGE, PAGE, d[1]);
	EXPECT_DIFFERENCE(DBGMEM_DIFFERENT, 4 * PAGE, 1, d[2]);
	EXPECT_EQ(PAGE, stats.holes);
	mem[5] ^= 1;
	mem[4 * PAGE] ^= 1;
}

TEST_F(lib, terabytes_of_nothing)
{
	const uint64_t far = 1ULL << 42;
	struct dbgmem_compare_stats stats = { .size = sizeof(stats) };
	struct dbgmem_difference d[16];
	struct dbgmem_compare *c;

	ASSERT_EQ(0, target_call(&self->t, big_map, at(BIG)));
	ASSERT_EQ(0, target_call(&self->t, big_map, at(BIG + far)));
	ASSERT_EQ(1, dbgmem_write(self->m, BIG + far, "x", 1));
	ASSERT_EQ(0, dbgmem_compare_new(self->m, BIG, self->m, BIG + far, far,
					0, NULL, &c));
	ASSERT_EQ(2, compare_all(c, d, 16, &stats));
	EXPECT_DIFFERENCE(DBGMEM_DIFFERENT, 0, 1, d[0]);
	EXPECT_DIFFERENCE(DBGMEM_HOLE_BOTH, BIG_SIZE, far - BIG_SIZE, d[1]);
	EXPECT_EQ(far, stats.done);
}

TEST_F(lib, exit_of_either)
{
	struct watch w = { .kill_at = 1 };
	const struct dbgmem_progress p = { watch, &w };
	struct dbgmem_difference d;
	struct dbgmem_compare *c;
	struct dbgmem *other;
	struct target t;

	ASSERT_EQ(0, target_start(&t));
	ASSERT_EQ(0, dbgmem_open(t.pid, DBGMEM_OPEN_WRITE, &other));
	ASSERT_EQ(0, target_call(&self->t, big_map, at(BIG)));
	ASSERT_EQ(0, target_call(&t, big_map, at(BIG)));
	ASSERT_EQ(1, dbgmem_write(self->m, BIG + PIECE - 1, "x", 1));
	w.pid = t.pid;
	ASSERT_EQ(0, dbgmem_compare_new(self->m, BIG, other, BIG, BIG_SIZE,
					DBGMEM_FAULT_IN, &p, &c));
	EXPECT_EQ(1, dbgmem_compare_next(c, &d));
	EXPECT_DIFFERENCE(DBGMEM_DIFFERENT, PIECE - 1, 1, d);
	EXPECT_EQ(-ESRCH, dbgmem_compare_next(c, &d));
	EXPECT_ERROR(ESRCH, DBGMEM_SOURCE_TARGET, "has exited");
	EXPECT_EQ(t.pid, dbgmem_last_error()->pid);
	dbgmem_compare_free(c);
	dbgmem_close(other);
	target_stop(&t);
}

TEST_HARNESS_MAIN
