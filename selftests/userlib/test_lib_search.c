// SPDX-License-Identifier: GPL-2.0
/*
 * libdbgmem: searching memory of a target. host_search tests how matches may lie.
 */
#include "big.h"
#include "features.h"
#include "userlib_fixture.h"

#define NEEDLE_LEN	10
#define FAR		(BIG + (4ULL << 40))	/* 4 TiB */

/* Made when the target is there already: it must not have one of its own. */
static unsigned char needle_bytes[NEEDLE_LEN];
static const struct dbgmem_pattern needle = {
	.bytes = needle_bytes,
	.len = NEEDLE_LEN,
};

static ssize_t needle_put(struct dbgmem *m, uint64_t addr)
{
	static const volatile unsigned char inverse[NEEDLE_LEN] = {
		0xfe, 0x75, 0x91, 0x9a, 0x9a, 0x9b, 0x93, 0x9a, 0x00, 0xff,
	};
	size_t i;

	for (i = 0; i < NEEDLE_LEN; i++)
		needle_bytes[i] = ~inverse[i];
	return dbgmem_write(m, addr, needle_bytes, NEEDLE_LEN);
}

/* The first @max matches, or a negative errno. */
static int search_all(struct dbgmem *m, const struct dbgmem_range *r, size_t nr,
		      const struct dbgmem_pattern *p, uint32_t flags,
		      uint64_t *found, int max,
		      struct dbgmem_search_stats *stats)
{
	struct dbgmem_search *s;
	int n = 0, ret;

	ret = dbgmem_search_new(m, r, nr, p, flags, NULL, &s);
	if (ret)
		return ret;
	while (n < max && (ret = dbgmem_search_next(s, &found[n])) > 0)
		n++;
	if (stats)
		dbgmem_search_get_stats(s, stats);
	dbgmem_search_free(s);
	return ret < 0 ? ret : n;
}

#define put(addr) \
	ASSERT_EQ(NEEDLE_LEN, needle_put(self->m, addr))

TEST_F(lib, over_borders_of_pages_and_pieces)
{
	const uint64_t want[] = {
		BIG, BIG + PAGE - 1, BIG + 5 * PAGE - 9, BIG + PIECE - 5,
		BIG + PIECE + 10, BIG + 2 * PIECE - 1,
		BIG + BIG_SIZE - NEEDLE_LEN,
	};
	const size_t nr = ARRAY_SIZE(want);
	const struct dbgmem_range r = { BIG, BIG_SIZE };
	struct dbgmem_search_stats stats = { .size = sizeof(stats) };
	uint64_t got[16];
	size_t i;

	ASSERT_EQ(0, target_call(&self->t, big_map, at(BIG)));
	for (i = 0; i < nr; i++)
		put(want[i]);
	ASSERT_EQ((int)nr, search_all(self->m, &r, 1, &needle, 0, got, 16,
				      &stats));
	for (i = 0; i < nr; i++)
		EXPECT_EQ(want[i], got[i]);
	EXPECT_EQ(BIG_SIZE, stats.total);
	EXPECT_EQ(BIG_SIZE, stats.done);
	EXPECT_EQ(0, stats.skipped);
	EXPECT_EQ(nr, stats.matches);
}

TEST_F(lib, holes_are_skipped_and_never_matched_across)
{
	const struct dbgmem_range r = { BIG - 3 * PAGE, BIG_SIZE + 5 * PAGE };
	const uint64_t hole = BIG + PIECE + 7 * PAGE;
	struct dbgmem_search_stats stats = { .size = sizeof(stats) };
	uint64_t got[16];

	ASSERT_EQ(0, target_call(&self->t, big_map, at(BIG)));
	put(hole - NEEDLE_LEN);
	put(hole + PAGE);
	/* One that would be there without the hole. */
	put(hole + 9 * PAGE - 4);
	put(hole + 20 * PAGE - 4);
	ASSERT_EQ(0, target_call(&self->t, page_unmap, at(hole)));
	ASSERT_EQ(0, target_call(&self->t, page_unmap, at(hole + 9 * PAGE)));
	ASSERT_EQ(0, target_call(&self->t, page_protect_none,
				 at(hole + 20 * PAGE)));
	ASSERT_EQ(2, search_all(self->m, &r, 1, &needle, 0, got, 16, &stats));
	EXPECT_EQ(hole - NEEDLE_LEN, got[0]);
	EXPECT_EQ(hole + PAGE, got[1]);
	EXPECT_EQ(r.len, stats.done);
	EXPECT_EQ((3 + 2 + 3) * PAGE, stats.skipped);

	/* FORCE looks behind the protection. */
	ASSERT_EQ(3, search_all(self->m, &r, 1, &needle, DBGMEM_FORCE, got, 16,
				&stats));
	EXPECT_EQ(hole + 20 * PAGE - 4, got[2]);
	EXPECT_EQ((3 + 2 + 2) * PAGE, stats.skipped);
}

TEST_F(lib, ranges_that_touch_are_one)
{
	const struct dbgmem_range r[] = {
		{ BIG, 100 }, { BIG + 100, 2 * PAGE }, { BIG + 3 * PAGE, 104 },
		{ BIG + 3 * PAGE + 105, PAGE },
	};
	uint64_t got[16];

	ASSERT_EQ(0, target_call(&self->t, big_map, at(BIG)));
	put(BIG + 95);
	put(BIG + 2 * PAGE + 95);	/* begins in a range, ends in none */
	put(BIG + 3 * PAGE + 100);	/* a byte of it is in no range */
	ASSERT_EQ(1, search_all(self->m, r, 4, &needle, 0, got, 16, NULL));
	EXPECT_EQ(BIG + 95, got[0]);
}

TEST_F(lib, wildcards_and_alignment)
{
	const struct dbgmem_range r = { BIG, BIG_SIZE };
	struct dbgmem_pattern p = needle;
	uint64_t got[16];

	ASSERT_EQ(0, target_call(&self->t, big_map, at(BIG)));
	put(BIG + PIECE - 3);
	put(BIG + PIECE + 0x100);
	ASSERT_EQ(1, dbgmem_write(self->m, BIG + PIECE, "?", 1));
	EXPECT_EQ(1, search_all(self->m, &r, 1, &p, 0, got, 16, NULL));
	p.mask = "\xff\xff\xff\0\xff\xff\xff\xff\xff\xff";
	ASSERT_EQ(2, search_all(self->m, &r, 1, &p, 0, got, 16, NULL));
	EXPECT_EQ(BIG + PIECE - 3, got[0]);
	p.align = 16;
	ASSERT_EQ(1, search_all(self->m, &r, 1, &p, 0, got, 16, NULL));
	EXPECT_EQ(BIG + PIECE + 0x100, got[0]);
	p.align_from = BIG + 13;
	ASSERT_EQ(1, search_all(self->m, &r, 1, &p, 0, got, 16, NULL));
	EXPECT_EQ(BIG + PIECE - 3, got[0]);
}

TEST_F(lib, only_what_is_writable)
{
	struct dbgmem_range *r;
	uint64_t got[16];
	size_t nr, i;

	ASSERT_EQ(0, target_call(&self->t, big_map, at(BIG)));
	put(BIG + PAGE + 100);
	put(BIG + 3 * PAGE);
	put(BIG + 2 * PAGE - 4);	/* over the border of the two */
	ASSERT_EQ(0, target_call(&self->t, page_protect_read, at(BIG + PAGE)));
	ASSERT_EQ(0, dbgmem_ranges_find(self->m, BIG, BIG_SIZE,
					DBGMEM_REGION_WRITE, &r, &nr))
		TH_LOG("%s", dbgmem_errstr());
	ASSERT_EQ(2, nr);
	EXPECT_EQ(BIG, r[0].addr);
	EXPECT_EQ(PAGE, r[0].len);
	EXPECT_EQ(BIG + 2 * PAGE, r[1].addr);
	EXPECT_EQ(BIG_SIZE - 2 * PAGE, r[1].len);
	ASSERT_EQ(1, search_all(self->m, r, nr, &needle, 0, got, 16, NULL));
	EXPECT_EQ(BIG + 3 * PAGE, got[0]);
	dbgmem_ranges_free(r);

	/* Whatever is mapped: regions that touch are one range. */
	ASSERT_EQ(0, dbgmem_ranges_find(self->m, BIG + 5, BIG_SIZE, 0, &r, &nr));
	ASSERT_EQ(1, nr);
	EXPECT_EQ(BIG + 5, r[0].addr);
	EXPECT_EQ(BIG_SIZE - 5, r[0].len);
	EXPECT_EQ(3, search_all(self->m, r, nr, &needle, 0, got, 16, NULL));
	dbgmem_ranges_free(r);

	/* All of the address space, and nothing of it. */
	ASSERT_EQ(0, dbgmem_ranges_find(self->m, 0, UINT64_MAX, 0, &r, &nr));
	EXPECT_GT(nr, 3);
	for (i = 1; i < nr; i++)
		EXPECT_GT(r[i].addr, r[i - 1].addr + r[i - 1].len);
	EXPECT_EQ(3, search_all(self->m, r, nr, &needle, 0, got, 16, NULL));
	dbgmem_ranges_free(r);
	ASSERT_EQ(0, dbgmem_ranges_find(self->m, FAR, PAGE, 0, &r, &nr));
	EXPECT_EQ(0, nr);
	EXPECT_EQ(NULL, r);
	EXPECT_EQ(0, dbgmem_ranges_find(self->m, BIG, 0, 0, &r, &nr));
	EXPECT_EQ(0, nr);
	EXPECT_EQ(-EOVERFLOW, dbgmem_ranges_find(self->m, BIG, UINT64_MAX, 0,
						 &r, &nr));
	EXPECT_ERROR(EOVERFLOW, DBGMEM_SOURCE_USAGE, "exceeds 64 bits");
}

TEST_F(lib, only_what_is_resident)
{
	const struct dbgmem_range r = { BIG, BIG_SIZE };
	struct dbgmem_search_stats stats = { .size = sizeof(stats) };
	uint64_t got[16];
	char c;

	NEEDS_NOFAULT();
	ASSERT_EQ(0, target_call(&self->t, big_map, at(BIG)));
	put(BIG + PIECE);
	put(BIG + PIECE + 2 * PAGE);
	ASSERT_EQ(0, target_call(&self->t, page_drop, at(BIG + PIECE)));
	ASSERT_EQ(1, search_all(self->m, &r, 1, &needle, DBGMEM_NOFAULT, got,
				16, &stats));
	EXPECT_EQ(BIG + PIECE + 2 * PAGE, got[0]);
	EXPECT_EQ(BIG_SIZE - PAGE, stats.skipped);
	/* It has not become so. */
	EXPECT_EQ(-EFAULT, dbgmem_read_flags(self->m, BIG + PIECE, &c, 1,
					     DBGMEM_NOFAULT, NULL));
	EXPECT_EQ(DBGMEM_REASON_NOT_RESIDENT, dbgmem_last_error()->result.reason);
}

TEST_F(lib, terabytes_of_nothing)
{
	const struct dbgmem_range r = { PAGE, (1ULL << 47) - 2 * PAGE };
	struct dbgmem_search_stats stats = { .size = sizeof(stats) };
	uint64_t got[16];

	ASSERT_EQ(0, target_call(&self->t, big_map, at(BIG)));
	ASSERT_EQ(0, target_call(&self->t, big_map, at(FAR)));
	put(BIG + 77);
	put(FAR + 7 * PAGE - 1);
	ASSERT_EQ(2, search_all(self->m, &r, 1, &needle, 0, got, 16, &stats));
	EXPECT_EQ(BIG + 77, got[0]);
	EXPECT_EQ(FAR + 7 * PAGE - 1, got[1]);
	EXPECT_EQ(r.len, stats.done);
	EXPECT_GT(stats.skipped, r.len - (1ULL << 30));
}

TEST_F(lib, exit_in_the_middle)
{
	struct watch w = { .kill_at = 2, .pid = self->t.pid };
	const struct dbgmem_progress p = { watch, &w };
	const struct dbgmem_range r = { BIG, BIG_SIZE };
	struct dbgmem_search_stats stats = { .size = sizeof(stats) };
	struct dbgmem_search *s;
	uint64_t addr;

	ASSERT_EQ(0, target_call(&self->t, big_map, at(BIG)));
	put(BIG + PIECE);
	put(BIG + 2 * PIECE);
	ASSERT_EQ(0, dbgmem_search_new(self->m, &r, 1, &needle,
				       DBGMEM_FAULT_IN, &p, &s));
	EXPECT_EQ(1, dbgmem_search_next(s, &addr));
	EXPECT_EQ(BIG + PIECE, addr);
	EXPECT_EQ(-ESRCH, dbgmem_search_next(s, &addr));
	EXPECT_ERROR(ESRCH, DBGMEM_SOURCE_TARGET, "has exited");
	dbgmem_search_get_stats(s, &stats);
	EXPECT_EQ(2 * PIECE, stats.done);
	EXPECT_EQ(2, w.calls);
	EXPECT_EQ(BIG_SIZE, w.total);
	EXPECT_FALSE(w.falls);
	dbgmem_search_free(s);
}

TEST_F(lib, cancelled_and_resumed)
{
	struct watch w = { .cancel_at = 1 };
	const struct dbgmem_progress p = { watch, &w };
	const struct dbgmem_range r = { BIG, BIG_SIZE };
	struct dbgmem_search *s;
	uint64_t addr;

	ASSERT_EQ(0, target_call(&self->t, big_map, at(BIG)));
	put(BIG + PIECE - 1);
	ASSERT_EQ(0, dbgmem_search_new(self->m, &r, 1, &needle,
				       DBGMEM_FAULT_IN, &p, &s));
	EXPECT_EQ(-ECANCELED, dbgmem_search_next(s, &addr));
	EXPECT_ERROR(ECANCELED, DBGMEM_SOURCE_USAGE, "by the caller");
	EXPECT_EQ(PIECE, dbgmem_last_error()->result.done);
	EXPECT_EQ(1, dbgmem_search_next(s, &addr));
	EXPECT_EQ(BIG + PIECE - 1, addr);
	EXPECT_EQ(0, dbgmem_search_next(s, &addr));
	EXPECT_EQ(BIG_SIZE, w.last);
	dbgmem_search_free(s);
}

TEST_HARNESS_MAIN
