// SPDX-License-Identifier: GPL-2.0
/* The library's page cache: write-back. */
#include "mock_cache.h"
#include <kselftest_harness.h>

FIXTURE(back) {
	struct mock_cache w;
	struct dbgmem_cache *c;
	unsigned char buf[SIZE];
	uint32_t n;
};

FIXTURE_SETUP(back)
{
	mock_cache_init(&self->w);
	ASSERT_EQ(0, dbgmem__cache_new(&mock_cache_ops, &self->w.m, 8,
				       DBGMEM_CACHE_WRITE_BACK, 0, &self->c));
}

FIXTURE_TEARDOWN(back)
{
	dbgmem_cache_free(self->c);
}

TEST_F(back, the_target_has_it_after_the_flush)
{
	const unsigned char old = self->w.mem[10];
	size_t nr = 99;

	ASSERT_EQ(0, WRITE(BASE + 10, "abc", 3));
	EXPECT_EQ(old, self->w.mem[10]);
	EXPECT_EQ(3, stats_of(self->c).dirty);
	EXPECT_EQ(1, stats_of(self->c).dirty_pages);
	ASSERT_EQ(0, dbgmem_cache_flush(self->c, NULL, 0, &nr));
	EXPECT_EQ(0, nr);
	EXPECT_EQ(0, memcmp(self->w.mem + 10, "abc", 3));
	EXPECT_EQ(0, stats_of(self->c).dirty);
	EXPECT_EQ(3, stats_of(self->c).flushed);
	EXPECT_EQ(0, self->w.writes);
	/* Once is enough. */
	ASSERT_EQ(0, dbgmem_cache_flush(self->c, NULL, 0, &nr));
	EXPECT_EQ(1, self->w.vectors);
}

TEST_F(back, a_flush_writes_no_byte_that_was_not_written)
{
	size_t i;

	WRITE(BASE + 10, "abc", 3);
	WRITE(BASE + 13, "d", 1);
	WRITE(BASE + 20, "efghijklmnopqrst", 16);
	WRITE(BASE + 22, "x", 1);
	WRITE(BASE + CACHE_PAGE - 1, "yz", 2);
	EXPECT_EQ(22, stats_of(self->c).dirty);
	/* The target goes on meanwhile. */
	memset(self->w.mem, 0xee, 2 * CACHE_PAGE);
	ASSERT_EQ(0, dbgmem_cache_flush(self->c, NULL, 0, NULL));
	EXPECT_EQ(4, self->w.segments);
	for (i = 0; i < 2 * CACHE_PAGE; i++) {
		if ((i >= 10 && i < 14) || (i >= 20 && i < 36) ||
		    i == CACHE_PAGE - 1 || i == CACHE_PAGE) {
			ASSERT_NE(0xee, self->w.mem[i]);
		} else {
			ASSERT_EQ(0xee, self->w.mem[i]) {
				TH_LOG("byte %zu", i);
			}
		}
	}
	EXPECT_EQ(0, memcmp(self->w.mem + 20, "efxh", 4));
}

TEST_F(back, a_flush_that_fails_says_where_and_loses_nothing)
{
	struct dbgmem_cache_failure f[2];
	char word[32];
	size_t nr;

	WRITE(BASE + 4 * CACHE_PAGE + 5, "e", 1);
	WRITE(BASE + 2 * CACHE_PAGE + 7, "abc", 3);
	WRITE(BASE + 2 * CACHE_PAGE + 30, "d", 1);
	WRITE(BASE, "good", 4);
	WRITE(BASE + 6 * CACHE_PAGE, "fine", 4);
	self->w.locked[2] = true;
	self->w.hole[4] = true;
	ASSERT_EQ(-EFAULT, dbgmem_cache_flush(self->c, f, 2, &nr));
	EXPECT_NE(NULL, strstr(dbgmem_errstr(), "2 of 4 pages"))
		TH_LOG("%s", dbgmem_errstr());
	EXPECT_NE(NULL, strstr(dbgmem_errstr(), "they stay in the cache"));
	snprintf(word, sizeof(word), "at 0x%llx", BASE + 2 * CACHE_PAGE + 7);
	EXPECT_NE(NULL, strstr(dbgmem_errstr(), word));
	EXPECT_EQ(DBGMEM_SOURCE_MEMORY, dbgmem_last_error()->source);
	ASSERT_EQ(2, nr);
	EXPECT_EQ(BASE + 2 * CACHE_PAGE, f[0].page);
	EXPECT_EQ(BASE + 2 * CACHE_PAGE + 7, f[0].result.fault_addr);
	EXPECT_EQ(DBGMEM_REASON_PROTECTION, f[0].result.reason);
	EXPECT_EQ(-EFAULT, f[0].code);
	EXPECT_EQ(BASE + 4 * CACHE_PAGE, f[1].page);
	EXPECT_EQ(DBGMEM_REASON_UNMAPPED, f[1].result.reason);
	EXPECT_EQ(0, f[0].result.done);
	EXPECT_EQ(0, f[1].result.done);

	/* The others went. */
	EXPECT_EQ(0, memcmp(self->w.mem, "good", 4));
	EXPECT_EQ(0, memcmp(self->w.mem + 6 * CACHE_PAGE, "fine", 4));
	EXPECT_EQ(5, stats_of(self->c).dirty);
	EXPECT_EQ(2, stats_of(self->c).failed);
	ASSERT_EQ(0, READ(BASE + 2 * CACHE_PAGE + 7, 3));
	EXPECT_EQ(0, memcmp(self->buf, "abc", 3));

	/* Room for one: the number is all the same that of all. */
	ASSERT_EQ(-EFAULT, dbgmem_cache_flush(self->c, f, 1, &nr));
	EXPECT_EQ(2, nr);
	self->w.locked[2] = self->w.hole[4] = false;
	ASSERT_EQ(0, dbgmem_cache_flush(self->c, f, 2, &nr));
	EXPECT_EQ(0, nr);
	EXPECT_EQ(0, memcmp(self->w.mem + 2 * CACHE_PAGE + 7, "abc", 3));
	EXPECT_EQ('d', self->w.mem[2 * CACHE_PAGE + 30]);
	EXPECT_EQ('e', self->w.mem[4 * CACHE_PAGE + 5]);
}

TEST_F(back, a_flush_that_gets_into_the_middle_keeps_the_rest)
{
	struct dbgmem_cache_failure f;

	memset(self->buf, 0xaa, CACHE_PAGE);
	WRITE(BASE + CACHE_PAGE, self->buf, CACHE_PAGE);
	self->w.cut = BASE + CACHE_PAGE + 20;
	ASSERT_EQ(-EFAULT, dbgmem_cache_flush(self->c, &f, 1, NULL));
	EXPECT_EQ(20, f.result.done);
	EXPECT_EQ(CACHE_PAGE - 20, stats_of(self->c).dirty);
	EXPECT_EQ(0xaa, self->w.mem[CACHE_PAGE + 19]);
	EXPECT_NE(0xaa, self->w.mem[CACHE_PAGE + 20]);
	EXPECT_EQ(BASE + CACHE_PAGE + 20, dbgmem_last_error()->result.fault_addr);
	self->w.cut = 0;
	ASSERT_EQ(0, dbgmem_cache_flush(self->c, NULL, 0, NULL));
	EXPECT_EQ(0xaa, self->w.mem[2 * CACHE_PAGE - 1]);
}

TEST(many_ranges_take_several_calls)
{
	enum { NR = 40 * CACHE_PAGE / 2 };
	struct dbgmem_cache *c;
	struct mock_cache w;
	size_t i;

	mock_cache_init(&w);
	memset(w.mem, 0, SIZE);
	ASSERT_EQ(0, dbgmem__cache_new(&mock_cache_ops, &w.m, 40, DBGMEM_CACHE_WRITE_BACK,
				       0, &c));
	for (i = 0; i < NR; i++)
		ASSERT_EQ(0, dbgmem_write_virtual(c, BASE + 2 * i, "x", 1,
						  NULL));
	w.locked[7] = true;
	w.locked[8] = true;
	EXPECT_EQ(-EFAULT, dbgmem_cache_flush(c, NULL, 0, &i));
	EXPECT_EQ(2, i);
	EXPECT_EQ(CACHE_PAGE, stats_of(c).dirty);
	EXPECT_EQ(NR, w.segments);
	w.locked[7] = w.locked[8] = false;
	EXPECT_EQ(0, dbgmem_cache_flush(c, NULL, 0, NULL));
	EXPECT_EQ(NR, stats_of(c).flushed);
	for (i = 0; i < 40 * CACHE_PAGE; i++)
		ASSERT_EQ(i % 2 ? 0 : 'x', w.mem[i]);
	dbgmem_cache_free(c);
}

TEST_F(back, what_was_written_stays_over_what_is_read_anew)
{
	size_t i;

	WRITE(BASE + 10, "abc", 3);
	memset(self->w.mem, 0xee, CACHE_PAGE);
	dbgmem_cache_ran(self->c);
	EXPECT_EQ(3, stats_of(self->c).dirty);
	EXPECT_EQ(1, stats_of(self->c).pages);
	ASSERT_EQ(0, READ(BASE, CACHE_PAGE));
	for (i = 0; i < CACHE_PAGE; i++)
		ASSERT_EQ(i >= 10 && i < 13 ? "abc"[i - 10] : 0xee,
			  self->buf[i]);
	/* And again from the cache. */
	self->w.reads = 0;
	ASSERT_EQ(0, READ(BASE + 9, 5));
	EXPECT_EQ(0, memcmp(self->buf, "\356abc\356", 5));
	EXPECT_EQ(0, self->w.reads);

	/* Where the page cannot be read any more it is not made up. */
	dbgmem_cache_ran(self->c);
	self->w.hole[0] = true;
	EXPECT_EQ(-EFAULT, READ(BASE + 10, 3));
	EXPECT_EQ(3, stats_of(self->c).dirty);
	/* Half of it: what there is, with what was written. */
	self->w.hole[0] = false;
	self->w.cut = BASE + 12;
	ASSERT_EQ(0, READ(BASE + 9, 5));
	EXPECT_EQ(3, self->n);
	EXPECT_EQ(0, memcmp(self->buf, "\356ab", 3));
	self->w.cut = 0;
	ASSERT_EQ(0, dbgmem_cache_flush(self->c, NULL, 0, NULL));
	EXPECT_EQ(0, stats_of(self->c).pages);
	EXPECT_EQ(0, memcmp(self->w.mem + 9, "\356abc\356", 5));
}

TEST_F(back, what_goes_past_the_cache_is_not_undone_by_a_flush)
{
	WRITE(BASE + 10, "abc", 3);
	dbgmem_cache_ran(self->c);
	/* The page is not to be had: so the target gets it. */
	self->w.cut = BASE + 20;
	ASSERT_EQ(0, WRITE(BASE + 11, "x", 1));
	EXPECT_EQ('x', self->w.mem[11]);
	EXPECT_EQ(2, stats_of(self->c).dirty);
	ASSERT_EQ(0, dbgmem_cache_flush(self->c, NULL, 0, NULL));
	EXPECT_EQ(0, memcmp(self->w.mem + 10, "axc", 3));
}

TEST_F(back, discard_forgets_what_was_written)
{
	const unsigned char old = self->w.mem[10];

	WRITE(BASE + 10, "abc", 3);
	WRITE(BASE + CACHE_PAGE, "def", 3);
	EXPECT_EQ(0, dbgmem_cache_discard(self->c, BASE + 13, CACHE_PAGE - 13));
	EXPECT_EQ(0, dbgmem_cache_discard(self->c, BASE + 10, 0));
	EXPECT_EQ(1, dbgmem_cache_discard(self->c, BASE, 11));
	ASSERT_EQ(0, READ(BASE + 10, 3));
	EXPECT_EQ(old, self->buf[0]);
	EXPECT_EQ('b', self->buf[1]);
	EXPECT_EQ(5, dbgmem_cache_discard(self->c, 0, UINT64_MAX));
	ASSERT_EQ(0, dbgmem_cache_flush(self->c, NULL, 0, NULL));
	EXPECT_EQ(0, self->w.vectors);
	ASSERT_EQ(0, READ(BASE, 2 * CACHE_PAGE));
	IS_MEMORY(0, 2 * CACHE_PAGE);
}

TEST_F(back, eviction_writes_what_was_written)
{
	size_t i;

	for (i = 0; i < 20; i++)
		ASSERT_EQ(0, WRITE(BASE + i * CACHE_PAGE, "x", 1));
	EXPECT_EQ(8, stats_of(self->c).dirty);
	EXPECT_EQ(12, stats_of(self->c).flushed);
	ASSERT_EQ(0, dbgmem_cache_flush(self->c, NULL, 0, NULL));
	for (i = 0; i < 20; i++)
		EXPECT_EQ('x', self->w.mem[i * CACHE_PAGE]);
}

TEST_F(back, clean_pages_make_room_first)
{
	size_t i;

	for (i = 0; i < 4; i++)
		WRITE(BASE + i * CACHE_PAGE, "x", 1);
	for (i = 4; i < CACHE_PAGES; i++)
		READ(BASE + i * CACHE_PAGE, 1);
	EXPECT_EQ(4, stats_of(self->c).dirty);
	EXPECT_EQ(0, stats_of(self->c).flushed);
}

TEST_F(back, a_full_cache_that_cannot_be_flushed_loses_nothing)
{
	size_t i;

	for (i = 0; i < 8; i++) {
		WRITE(BASE + i * CACHE_PAGE, "x", 1);
		self->w.locked[i] = true;
	}
	/* Reads and writes go past it. */
	ASSERT_EQ(0, READ(BASE + 20 * CACHE_PAGE, 3 * CACHE_PAGE));
	EXPECT_EQ(3 * CACHE_PAGE, self->n);
	IS_MEMORY(20 * CACHE_PAGE, 3 * CACHE_PAGE);
	ASSERT_EQ(0, WRITE(BASE + 20 * CACHE_PAGE, "direct", 6));
	EXPECT_EQ(0, memcmp(self->w.mem + 20 * CACHE_PAGE, "direct", 6));
	EXPECT_EQ(8, stats_of(self->c).dirty);
	memset(self->w.locked, 0, sizeof(self->w.locked));
	ASSERT_EQ(0, dbgmem_cache_flush(self->c, NULL, 0, NULL));
	for (i = 0; i < 8; i++)
		EXPECT_EQ('x', self->w.mem[i * CACHE_PAGE]);
}

TEST_HARNESS_MAIN
