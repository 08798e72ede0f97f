// SPDX-License-Identifier: GPL-2.0
/*
 * IDebugDataSpaces4 ReadVirtual, WriteVirtual and their Uncached twins, sentence
 * by sentence: fills the buffer; success if at least one byte was transferred,
 * which may be fewer than asked for; the number, if it is not NULL; may reference a
 * cache when retrieving data, may only write to a cache when storing; the twins
 * behave identically, except that they avoid the cache, so that volatile memory
 * is neither contaminating nor invalidating it.
 */
#include "cached.h"
#include <kselftest_harness.h>

FIXTURE(virtual) {
	struct target t;
	struct dbgmem *m;
	struct dbgmem_cache *c;
	uint64_t addr;
	unsigned char buf[PAGES * PAGE];
	uint32_t n;
};

/* Each contract with each pair of functions, and of the cache each mode. */
FIXTURE_VARIANT(virtual) {
	enum dbgmem_cache_mode mode;
	int (*read)(struct dbgmem_cache *c, uint64_t addr, void *buf,
		    uint32_t len, uint32_t *done);
	int (*write)(struct dbgmem_cache *c, uint64_t addr, const void *buf,
		     uint32_t len, uint32_t *done);
};

FIXTURE_VARIANT_ADD(virtual, through) {
	DBGMEM_CACHE_WRITE_THROUGH, dbgmem_read_virtual, dbgmem_write_virtual,
};

FIXTURE_VARIANT_ADD(virtual, back) {
	DBGMEM_CACHE_WRITE_BACK, dbgmem_read_virtual, dbgmem_write_virtual,
};

FIXTURE_VARIANT_ADD(virtual, uncached) {
	DBGMEM_CACHE_WRITE_BACK, dbgmem_read_virtual_uncached,
	dbgmem_write_virtual_uncached,
};

FIXTURE_SETUP(virtual)
{
	ASSERT_TRUE(mem_make(PAGES));
	self->addr = (uintptr_t)mem;
	ASSERT_EQ(0, target_start(&self->t));
	ASSERT_EQ(0, dbgmem_open(self->t.pid, DBGMEM_OPEN_WRITE, &self->m));
	ASSERT_EQ(0, dbgmem_cache_new(self->m, 16, variant->mode, 0, &self->c));
}

FIXTURE_TEARDOWN(virtual)
{
	dbgmem_cache_free(self->c);
	dbgmem_close(self->m);
	target_stop(&self->t);
	munmap(mem, PAGES * PAGE);
}

#define READ(off, len) \
	variant->read(self->c, self->addr + (off), self->buf, len, &self->n)
#define WRITE(off, data, len) \
	variant->write(self->c, self->addr + (off), data, len, &self->n)
#define IS_PATTERN(from, len) \
	EXPECT_TRUE(is_pattern((char *)self->buf, from, len))
#define TRUTH(off)	target_call(&self->t, byte_get, mem + (off))

/* --- all of them --- */

TEST_F(virtual, fills_the_buffer_with_the_contents_of_memory)
{
	EXPECT_EQ(0, READ(3, sizeof(self->buf) - 3));
	EXPECT_EQ(sizeof(self->buf) - 3, self->n);
	IS_PATTERN(3, sizeof(self->buf) - 3);
	EXPECT_EQ(0, READ(PAGE - 1, 2));
	IS_PATTERN(PAGE - 1, 2);
}

TEST_F(virtual, a_read_of_one_byte_at_least_is_a_success)
{
	ASSERT_EQ(0, target_call(&self->t, page_unmap, mem + 3 * PAGE));
	memset(self->buf, 0x55, sizeof(self->buf));
	EXPECT_EQ(0, READ(PAGE, 5 * PAGE));
	EXPECT_EQ(2 * PAGE, self->n);
	IS_PATTERN(PAGE, 2 * PAGE);
	EXPECT_EQ(0x55, self->buf[2 * PAGE]);
	EXPECT_EQ(0, READ(3 * PAGE - 1, PAGE));
	EXPECT_EQ(1, self->n);
}

TEST_F(virtual, a_read_of_none_is_an_error)
{
	ASSERT_EQ(0, target_call(&self->t, page_unmap, mem + 3 * PAGE));
	self->n = 77;
	EXPECT_EQ(-EFAULT, READ(3 * PAGE + 100, 50));
	EXPECT_EQ(0, self->n);
	EXPECT_ERROR(EFAULT, DBGMEM_SOURCE_MEMORY, "cannot read 50 bytes",
		     "nothing is mapped there");
	EXPECT_EQ(self->addr + 3 * PAGE + 100,
		  dbgmem_last_error()->result.fault_addr);
}

TEST_F(virtual, writes_the_buffer_to_memory)
{
	EXPECT_EQ(0, WRITE(PAGE - 1, "abc", 3));
	EXPECT_EQ(3, self->n);
	EXPECT_EQ(0, READ(PAGE - 1, 3));
	EXPECT_EQ(0, memcmp(self->buf, "abc", 3));
	ASSERT_EQ(0, dbgmem_cache_flush(self->c, NULL, 0, NULL));
	EXPECT_EQ('a', TRUTH(PAGE - 1));
	EXPECT_EQ('c', TRUTH(PAGE + 1));
}

TEST_F(virtual, a_write_of_one_byte_at_least_is_a_success)
{
	ASSERT_EQ(0, target_call(&self->t, page_unmap, mem + 3 * PAGE));
	memset(self->buf, 0x55, sizeof(self->buf));
	EXPECT_EQ(0, WRITE(PAGE, self->buf, 5 * PAGE));
	EXPECT_EQ(2 * PAGE, self->n);
	EXPECT_EQ(0, WRITE(3 * PAGE - 1, "xy", 2));
	EXPECT_EQ(1, self->n);
	ASSERT_EQ(0, dbgmem_cache_flush(self->c, NULL, 0, NULL));
	EXPECT_EQ(0x55, TRUTH(PAGE));
	EXPECT_EQ('x', TRUTH(3 * PAGE - 1));
	EXPECT_EQ(pattern(4 * PAGE), TRUTH(4 * PAGE));
}

TEST_F(virtual, a_write_of_none_is_an_error)
{
	ASSERT_EQ(0, target_call(&self->t, page_unmap, mem + 3 * PAGE));
	self->n = 77;
	EXPECT_EQ(-EFAULT, WRITE(3 * PAGE, "abc", 3));
	EXPECT_EQ(0, self->n);
	EXPECT_ERROR(EFAULT, DBGMEM_SOURCE_MEMORY, "cannot write 3 bytes",
		     "nothing is mapped there");
}

TEST_F(virtual, a_null_number_is_not_returned)
{
	EXPECT_EQ(0, variant->read(self->c, self->addr, self->buf, 1, NULL));
	EXPECT_EQ(0, variant->write(self->c, self->addr, "x", 1, NULL));
	EXPECT_EQ(-EFAULT, variant->read(self->c, 0, self->buf, 1, NULL));
	EXPECT_EQ(-EFAULT, variant->write(self->c, 0, "x", 1, NULL));
}

TEST_F(virtual, no_bytes_are_a_success)
{
	self->n = 77;
	EXPECT_EQ(0, READ(0, 0));
	EXPECT_EQ(0, self->n);
	self->n = 77;
	EXPECT_EQ(0, WRITE(0, "", 0));
	EXPECT_EQ(0, self->n);
}

/* --- the cached pair --- */

static bool cached(int (*read)(struct dbgmem_cache *c, uint64_t addr, void *buf,
			       uint32_t len, uint32_t *done))
{
	return read == dbgmem_read_virtual;
}

TEST_F(virtual, a_read_references_the_cache_only_where_it_may)
{
	long before;

	READ(0, 1);
	before = READS(self->m);
	ASSERT_GT(before, 0);
	ASSERT_EQ(0, target_call(&self->t, byte_fill, mem));
	EXPECT_EQ(0, READ(0, 1));
	if (cached(variant->read)) {
		EXPECT_EQ(pattern(0), self->buf[0]);
		EXPECT_EQ(before, READS(self->m));
		dbgmem_cache_ran(self->c);
		EXPECT_EQ(0, READ(0, 1));
	}
	EXPECT_EQ(0xee, self->buf[0]);
}

TEST_F(virtual, a_write_ends_in_the_cache_only_where_it_may)
{
	EXPECT_EQ(0, WRITE(5, "x", 1));
	if (cached(variant->read) && variant->mode == DBGMEM_CACHE_WRITE_BACK) {
		EXPECT_EQ(pattern(5), TRUTH(5));
		EXPECT_EQ(0, WRITES(self->m));
		ASSERT_EQ(0, dbgmem_cache_flush(self->c, NULL, 0, NULL));
	}
	EXPECT_EQ('x', TRUTH(5));
	EXPECT_EQ(1, WRITES(self->m));
}

/* --- the uncached pair, beside the other --- */

TEST_F(virtual, uncached_does_not_contaminate_the_cache)
{
	struct dbgmem_cache_stats stats = { .size = sizeof(stats) };

	EXPECT_EQ(0, dbgmem_read_virtual_uncached(self->c, self->addr,
						  self->buf, PAGE, &self->n));
	EXPECT_EQ(0, dbgmem_write_virtual_uncached(self->c, self->addr, "x", 1,
						   &self->n));
	dbgmem_cache_get_stats(self->c, &stats);
	EXPECT_EQ(0, stats.pages);
	EXPECT_EQ(0, stats.hits + stats.misses);
	EXPECT_EQ(0, stats.through);
}

TEST_F(virtual, uncached_does_not_invalidate_the_cache)
{
	long before;

	dbgmem_read_virtual(self->c, self->addr, self->buf, 1, &self->n);
	EXPECT_EQ(0, dbgmem_write_virtual_uncached(self->c, self->addr, "x", 1,
						   &self->n));
	EXPECT_EQ(0, dbgmem_read_virtual_uncached(self->c, self->addr,
						  self->buf, 1, &self->n));
	EXPECT_EQ('x', self->buf[0]);
	before = READS(self->m);
	EXPECT_EQ(0, dbgmem_read_virtual(self->c, self->addr, self->buf, 1,
					 &self->n));
	EXPECT_EQ(before, READS(self->m));
	EXPECT_EQ(pattern(0), self->buf[0]);
}

TEST_F(virtual, uncached_sees_every_change)
{
	int i;

	dbgmem_read_virtual(self->c, self->addr, self->buf, 1, &self->n);
	for (i = 0; i < 4; i++) {
		ASSERT_EQ(0, target_call(&self->t, byte_fill, mem));
		EXPECT_EQ(0, dbgmem_read_virtual_uncached(self->c, self->addr,
							  self->buf, 1,
							  &self->n));
		EXPECT_EQ(0xee, self->buf[0]);
		ASSERT_EQ(1, dbgmem_write(self->m, self->addr, "y", 1));
		EXPECT_EQ(0, dbgmem_read_virtual_uncached(self->c, self->addr,
							  self->buf, 1,
							  &self->n));
		EXPECT_EQ('y', self->buf[0]);
	}
}

TEST_HARNESS_MAIN
