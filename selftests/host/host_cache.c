// SPDX-License-Identifier: GPL-2.0
/* The library's page cache: what both modes promise, and write-through. */
#include "mock_cache.h"
#include <kselftest_harness.h>

FIXTURE(cache) {
	struct mock_cache w;
	struct dbgmem_cache *c;
	unsigned char buf[SIZE];
	uint32_t n;
};

/* Eight pages are one set: any page may take any place. */
FIXTURE_VARIANT(cache) {
	enum dbgmem_cache_mode mode;
	size_t pages;
};

FIXTURE_VARIANT_ADD(cache, through) { DBGMEM_CACHE_WRITE_THROUGH, 8 };
FIXTURE_VARIANT_ADD(cache, back) { DBGMEM_CACHE_WRITE_BACK, 8 };
FIXTURE_VARIANT_ADD(cache, through_50) { DBGMEM_CACHE_WRITE_THROUGH, 50 };
FIXTURE_VARIANT_ADD(cache, back_50) { DBGMEM_CACHE_WRITE_BACK, 50 };

FIXTURE_SETUP(cache)
{
	mock_cache_init(&self->w);
	ASSERT_EQ(0, dbgmem__cache_new(&mock_cache_ops, &self->w.m, variant->pages,
				       variant->mode, 0, &self->c));
}

FIXTURE_TEARDOWN(cache)
{
	dbgmem_cache_free(self->c);
}

/* --- both modes: reading --- */

TEST_F(cache, a_second_read_asks_the_target_nothing)
{
	ASSERT_EQ(0, READ(BASE + 5, 20));
	EXPECT_EQ(20, self->n);
	IS_MEMORY(5, 20);
	EXPECT_EQ(1, self->w.reads);
	/* The page is here, not just those bytes. */
	ASSERT_EQ(0, READ(BASE, CACHE_PAGE));
	IS_MEMORY(0, CACHE_PAGE);
	ASSERT_EQ(0, READ(BASE + 63, 1));
	IS_MEMORY(63, 1);
	EXPECT_EQ(1, self->w.reads);
	EXPECT_EQ(2, stats_of(self->c).hits);
	EXPECT_EQ(1, stats_of(self->c).misses);
	EXPECT_EQ(1, stats_of(self->c).pages);
}

TEST_F(cache, every_offset_and_length)
{
	size_t from, len;

	for (from = 0; from < 2 * CACHE_PAGE; from++) {
		for (len = 0; len < 2 * CACHE_PAGE; len++) {
			memset(self->buf, 0, sizeof(self->buf));
			ASSERT_EQ(0, READ(BASE + from, len));
			ASSERT_EQ(len, self->n);
			IS_MEMORY(from, len);
			ASSERT_EQ(0, self->buf[len]);
		}
	}
	EXPECT_LE(self->w.reads, 4);
}

TEST_F(cache, missing_pages_in_a_row_are_one_call)
{
	ASSERT_EQ(0, READ(BASE + 3, 7 * CACHE_PAGE));
	IS_MEMORY(3, 7 * CACHE_PAGE);
	EXPECT_EQ(1, self->w.reads);
	EXPECT_EQ(8, stats_of(self->c).misses);

	/* More than the cache can hold, with some of it here. */
	ASSERT_EQ(0, READ(BASE, SIZE));
	EXPECT_EQ(SIZE, self->n);
	IS_MEMORY(0, SIZE);
	EXPECT_LE(self->w.reads, 1 + SIZE / CACHE_PAGE / CACHE_RUN + 1);
}

TEST_F(cache, never_more_pages_than_asked_for)
{
	size_t i;

	EXPECT_EQ(variant->pages, stats_of(self->c).capacity);
	for (i = 0; i < CACHE_PAGES; i++) {
		ASSERT_EQ(0, READ(BASE + i * CACHE_PAGE, 1));
		ASSERT_LE(stats_of(self->c).pages, variant->pages);
	}
	EXPECT_EQ(variant->pages, stats_of(self->c).pages);
	EXPECT_EQ(CACHE_PAGES - variant->pages, stats_of(self->c).evictions);
}

TEST_F(cache, a_read_ends_at_a_hole)
{
	self->w.hole[3] = true;
	memset(self->buf, 0, sizeof(self->buf));
	ASSERT_EQ(0, READ(BASE + 10, 5 * CACHE_PAGE));
	EXPECT_EQ(3 * CACHE_PAGE - 10, self->n);
	IS_MEMORY(10, 3 * CACHE_PAGE - 10);
	EXPECT_EQ(0, self->buf[3 * CACHE_PAGE - 10]);
	EXPECT_EQ(3, stats_of(self->c).pages);

	EXPECT_EQ(-EFAULT, READ(BASE + 3 * CACHE_PAGE, 1));
	EXPECT_EQ(0, self->n);
	/* Nothing is remembered of it. */
	self->w.hole[3] = false;
	ASSERT_EQ(0, READ(BASE + 3 * CACHE_PAGE, 1));
	IS_MEMORY(3 * CACHE_PAGE, 1);
}

TEST_F(cache, a_page_that_is_there_in_part_is_read_but_not_kept)
{
	self->w.cut = BASE + CACHE_PAGE + 20;
	ASSERT_EQ(0, READ(BASE + CACHE_PAGE + 5, 40));
	EXPECT_EQ(15, self->n);
	IS_MEMORY(CACHE_PAGE + 5, 15);
	EXPECT_EQ(0, stats_of(self->c).pages);
	EXPECT_EQ(-EFAULT, READ(BASE + CACHE_PAGE + 20, 1));
	self->w.cut = 0;
	ASSERT_EQ(0, READ(BASE + CACHE_PAGE + 5, 40));
	EXPECT_EQ(40, self->n);
	IS_MEMORY(CACHE_PAGE + 5, 40);
}

TEST_F(cache, addresses_at_the_end)
{
	EXPECT_EQ(-EOVERFLOW, READ(UINT64_MAX - 3, 8));
	EXPECT_EQ(0, self->n);
	EXPECT_EQ(-EOVERFLOW, WRITE(UINT64_MAX - 3, "12345678", 8));
	EXPECT_EQ(-EFAULT, READ(UINT64_MAX - 3, 3));
	EXPECT_EQ(-EFAULT, WRITE(UINT64_MAX - 3, "123", 3));
	EXPECT_EQ(0, READ(UINT64_MAX, 0));
	EXPECT_EQ(0, WRITE(UINT64_MAX, "", 0));
	EXPECT_EQ(0, self->n);
}

TEST_F(cache, what_is_read_again_and_again_stays)
{
	unsigned int before;
	size_t i;

	for (i = 1; i < CACHE_PAGES; i++) {
		READ(BASE + i * CACHE_PAGE, 1);
		before = self->w.reads;
		READ(BASE, 1);
		if (i > 1)
			ASSERT_EQ(before, self->w.reads) {
				TH_LOG("gone after %zu pages", i);
			}
	}
}

TEST_F(cache, invalidate_forgets_a_range)
{
	READ(BASE, 4 * CACHE_PAGE);
	self->w.reads = 0;
	memset(self->w.mem, 0xee, 4 * CACHE_PAGE);
	dbgmem_cache_invalidate(self->c, BASE + CACHE_PAGE, 0);
	READ(BASE + CACHE_PAGE, CACHE_PAGE);
	EXPECT_EQ(0, self->w.reads);
	/* The last byte of one page and the first of the next. */
	dbgmem_cache_invalidate(self->c, BASE + 2 * CACHE_PAGE - 1, 2);
	EXPECT_EQ(2, stats_of(self->c).invalidations);
	ASSERT_EQ(0, READ(BASE, 4 * CACHE_PAGE));
	EXPECT_EQ(1, self->w.reads);
	EXPECT_NE(0xee, self->buf[CACHE_PAGE - 1]);
	EXPECT_EQ(0xee, self->buf[CACHE_PAGE]);
	EXPECT_EQ(0xee, self->buf[3 * CACHE_PAGE - 1]);
	EXPECT_NE(0xee, self->buf[3 * CACHE_PAGE]);
}

TEST_F(cache, ran_forgets_all)
{
	READ(BASE, 4 * CACHE_PAGE);
	memset(self->w.mem, 0xee, 4 * CACHE_PAGE);
	ASSERT_EQ(0, READ(BASE, 1));
	EXPECT_NE(0xee, self->buf[0]);
	dbgmem_cache_ran(self->c);
	EXPECT_EQ(0, stats_of(self->c).pages);
	EXPECT_EQ(4, stats_of(self->c).invalidations);
	ASSERT_EQ(0, READ(BASE, 4 * CACHE_PAGE));
	IS_MEMORY(0, 4 * CACHE_PAGE);
}

/* --- both modes: writing --- */

TEST_F(cache, a_write_is_read_back)
{
	size_t from, i;

	memset(self->buf, 0xaa, CACHE_PAGE);
	for (from = 0; from < 3 * CACHE_PAGE; from += 29) {
		ASSERT_EQ(0, WRITE(BASE + from, self->buf, CACHE_PAGE));
		ASSERT_EQ(CACHE_PAGE, self->n);
	}
	ASSERT_EQ(0, READ(BASE, 4 * CACHE_PAGE));
	for (i = 0; i < 3 * CACHE_PAGE; i++)
		ASSERT_EQ(0xaa, self->buf[i]) TH_LOG("byte %zu", i);
	ASSERT_EQ(0, dbgmem_cache_flush(self->c, NULL, 0, NULL));
	IS_MEMORY(0, 4 * CACHE_PAGE);
	EXPECT_EQ(0, stats_of(self->c).dirty);
}

TEST_F(cache, a_write_ends_at_a_hole)
{
	unsigned char before = self->w.mem[4 * CACHE_PAGE];

	self->w.hole[3] = true;
	memset(self->buf, 0xaa, sizeof(self->buf));
	ASSERT_EQ(0, WRITE(BASE + 10, self->buf, 5 * CACHE_PAGE));
	EXPECT_EQ(3 * CACHE_PAGE - 10, self->n);
	EXPECT_EQ(-EFAULT, WRITE(BASE + 3 * CACHE_PAGE, "x", 1));
	EXPECT_EQ(0, self->n);
	ASSERT_EQ(0, dbgmem_cache_flush(self->c, NULL, 0, NULL));
	EXPECT_EQ(0xaa, self->w.mem[3 * CACHE_PAGE - 1]);
	EXPECT_EQ(before, self->w.mem[4 * CACHE_PAGE]);
}

TEST_F(cache, a_session_that_may_not_write_says_so_at_once)
{
	self->w.m.access = DBGMEM_ACCESS_READ;
	self->w.locked[0] = true;
	READ(BASE, 1);
	EXPECT_EQ(-EFAULT, WRITE(BASE, "x", 1));
	EXPECT_EQ(0, stats_of(self->c).dirty);
	ASSERT_EQ(0, READ(BASE, 1));
	IS_MEMORY(0, 1);
}

TEST_F(cache, uncached_neither_uses_nor_changes_it)
{
	const unsigned char old = self->w.mem[0];

	READ(BASE, 1);
	self->w.mem[0] = 0xee;
	ASSERT_EQ(0, dbgmem_read_virtual_uncached(self->c, BASE, self->buf, 1,
						  &self->n));
	EXPECT_EQ(1, self->n);
	EXPECT_EQ(0xee, self->buf[0]);
	ASSERT_EQ(0, READ(BASE, 1));
	EXPECT_EQ(old, self->buf[0]);
	ASSERT_EQ(0, dbgmem_write_virtual_uncached(self->c, BASE, "\x11", 1,
						   &self->n));
	EXPECT_EQ(0x11, self->w.mem[0]);
	ASSERT_EQ(0, READ(BASE, 1));
	EXPECT_EQ(old, self->buf[0]);
	EXPECT_EQ(1, stats_of(self->c).pages);
}

TEST_F(cache, a_target_that_is_gone)
{
	READ(BASE, 1);
	WRITE(BASE, "x", 1);
	self->w.gone = true;
	EXPECT_EQ(-ESRCH, READ(BASE + CACHE_PAGE, 1));
	EXPECT_EQ(-ESRCH, WRITE(BASE + CACHE_PAGE, "x", 1));
	/* What is here is here, and was true. */
	EXPECT_EQ(0, READ(BASE, 1));
	EXPECT_EQ('x', self->buf[0]);
	if (variant->mode == DBGMEM_CACHE_WRITE_BACK) {
		EXPECT_EQ(-ESRCH, dbgmem_cache_flush(self->c, NULL, 0, NULL));
		EXPECT_NE(NULL, strstr(dbgmem_errstr(), "has exited"))
			TH_LOG("%s", dbgmem_errstr());
		EXPECT_EQ(1, stats_of(self->c).dirty);
	}
}

/* --- write-through --- */

FIXTURE(through) {
	struct mock_cache w;
	struct dbgmem_cache *c;
	unsigned char buf[SIZE];
	uint32_t n;
};

FIXTURE_SETUP(through)
{
	mock_cache_init(&self->w);
	ASSERT_EQ(0, dbgmem__cache_new(&mock_cache_ops, &self->w.m, 8,
				       DBGMEM_CACHE_WRITE_THROUGH, 0,
				       &self->c));
}

FIXTURE_TEARDOWN(through)
{
	dbgmem_cache_free(self->c);
}

TEST_F(through, the_target_has_it_at_once_and_the_cache_too)
{
	READ(BASE, CACHE_PAGE);
	ASSERT_EQ(0, WRITE(BASE + 60, "abcdefgh", 8));
	EXPECT_EQ(1, self->w.writes);
	EXPECT_EQ(0, memcmp(self->w.mem + 60, "abcdefgh", 8));
	EXPECT_EQ(8, stats_of(self->c).through);
	/* The page that was not here is not brought in. */
	EXPECT_EQ(1, stats_of(self->c).pages);
	ASSERT_EQ(0, READ(BASE, CACHE_PAGE));
	EXPECT_EQ(1, self->w.reads);
	IS_MEMORY(0, CACHE_PAGE);
}

TEST_F(through, the_cache_has_only_what_the_target_took)
{
	READ(BASE, 3 * CACHE_PAGE);
	self->w.locked[1] = true;
	memset(self->buf, 0xaa, 3 * CACHE_PAGE);
	ASSERT_EQ(0, WRITE(BASE, self->buf, 3 * CACHE_PAGE));
	EXPECT_EQ(CACHE_PAGE, self->n);
	ASSERT_EQ(0, READ(BASE, 3 * CACHE_PAGE));
	IS_MEMORY(0, 3 * CACHE_PAGE);
	EXPECT_EQ(-EFAULT, WRITE(BASE + CACHE_PAGE, self->buf, 1));
	ASSERT_EQ(0, READ(BASE, 3 * CACHE_PAGE));
	IS_MEMORY(0, 3 * CACHE_PAGE);
	EXPECT_EQ(1, self->w.reads);
}

TEST(bad_arguments)
{
	struct dbgmem_cache *c = (void *)1;
	struct mock_cache w;

	mock_cache_init(&w);
	EXPECT_EQ(-EINVAL, dbgmem__cache_new(&mock_cache_ops, &w.m, 0, 0, 0, &c));
	EXPECT_EQ(NULL, c);
	EXPECT_NE(NULL, strstr(dbgmem_errstr(), "at least one page"));
	EXPECT_EQ(-EINVAL, dbgmem__cache_new(&mock_cache_ops, &w.m, 1, 7, 0, &c));
	EXPECT_NE(NULL, strstr(dbgmem_errstr(), "WRITE_BACK"));
	EXPECT_EQ(-EINVAL, dbgmem__cache_new(&mock_cache_ops, &w.m, 1, 0, DBGMEM_ZEROFILL,
					     &c));
	EXPECT_NE(NULL, strstr(dbgmem_errstr(), "0x4"));
	EXPECT_EQ(-ENOMEM, dbgmem__cache_new(&mock_cache_ops, &w.m, SIZE_MAX / 32, 0, 0,
					     &c));
	EXPECT_EQ(-ENOMEM, dbgmem__cache_new(&mock_cache_ops, &w.m, SIZE_MAX / 128, 1, 0,
					     &c));
	dbgmem_cache_free(NULL);
}

TEST_HARNESS_MAIN
