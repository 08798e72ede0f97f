// SPDX-License-Identifier: GPL-2.0
/*
 * Reads where breakpoints are: they show the original bytes, for each size,
 * alignment, flag and engine. RAW shows the traps.
 */
#include "features.h"
#include "shadow_fixture.h"
#include "uring.h"

static const char trap[] = LONG_TRAP;

/* Does every way to read show the pattern there? The one that does not, or -1. */
static int way_that_differs(FIXTURE_DATA(shadow) *self, const char *at,
			    size_t len, size_t shift)
{
	char *buf = self->buf + shift;
	int way;

	for (way = 0; way < WAYS_TO_READ; way++) {
		memset(buf, 0xee, len + 1);
		if (go_read(self->b->fd, way, at, buf, len) != (ssize_t)len ||
		    pattern_differs(buf, at - self->b->mem, len, 3) >= 0 ||
		    buf[len] != (char)0xee)
			return way;
	}
	return -1;
}

TEST_F_TIMEOUT(shadow, reads_of_every_size_around_one_show_the_original, 120)
{
	static const uint32_t lens[] = { 1, 4, 8, 15, 16 };
	struct bed *b = self->b;
	size_t i, off, len;
	char *at;

	/* One after the other at a page's end, over it, and in its middle. */
	for (i = 0; i < ARRAY_SIZE(lens); i++) {
		at = b->mem + 2 * PAGE - 9 + i * 3;
		ASSERT_EQ(0, bp_set(b->fd, at, trap, lens[i], NULL));
		for (off = 0; off < 12; off++)
			for (len = 1; len < 30; len += len < 17 ? 1 : 11)
				ASSERT_EQ(-1, way_that_differs(self,
							       at - 10 + off,
							       len, off))
					TH_LOG("%zu bytes at %zu, trap of %u",
					       len, off, lens[i]);
		/* It was there all the time. */
		ASSERT_TRUE(truth_is(b, at, trap, lens[i]));
		ASSERT_EQ(0, bp_clear(b->fd, at, NULL));
	}
}

TEST_F_TIMEOUT(shadow, aligned_words_over_them_show_the_original, 60)
{
	struct bed *b = self->b;
	size_t size, off;

	/* Several in a word, one over two words, one that fills a word. */
	ASSERT_EQ(0, bp_set(b->fd, b->mem + 1, trap, 1, NULL));
	ASSERT_EQ(0, bp_set(b->fd, b->mem + 3, trap, 2, NULL));
	ASSERT_EQ(0, bp_set(b->fd, b->mem + 6, trap, 5, NULL));
	ASSERT_EQ(0, bp_set(b->fd, b->mem + 16, trap, 8, NULL));
	ASSERT_EQ(0, bp_set(b->fd, b->mem + 24, trap, 16, NULL));
	ASSERT_EQ(0, bp_set(b->fd, b->mem + PAGE - 1, trap, 2, NULL));
	for (size = 1; size <= 8; size *= 2)
		for (off = 0; off <= 40; off += size) {
			ASSERT_EQ(-1, way_that_differs(self, b->mem + off, size,
						       0))
				TH_LOG("%zu at %zu", size, off);
			ASSERT_EQ(-1, way_that_differs(self,
						       b->mem + PAGE - 8 + off,
						       size, 3));
		}
}

/* Of 1 to 16 bytes, 13 bytes apart, and over the borders of pages. */
static int plant_many(struct bed *b)
{
	size_t off = 5, len, nr = 0;

	for (; off + 16 < BED_SIZE; off += len + 13) {
		len = 1 + nr++ % 16;
		if (bp_set(b->fd, b->mem + off, trap, len, NULL))
			return -1;
	}
	return nr;
}

TEST_F_TIMEOUT(shadow, long_reads_over_a_thousand_show_the_original, 120)
{
	static const uint32_t flags[] = {
		0, DBGMEM_EXACT, DBGMEM_FORCE, DBGMEM_ZEROFILL,
		/* where there is NOFAULT */
		DBGMEM_NOFAULT,
		DBGMEM_ZEROFILL | DBGMEM_NOFAULT, DBGMEM_EXACT | DBGMEM_NOFAULT,
	};
	struct bed *b = self->b;
	struct dbgmem_transfer t;
	size_t i, shift;

	ASSERT_LT(1000, plant_many(b));
	for (i = 0; i < ARRAY_SIZE(flags) && takes_flags(flags[i]); i++)
		for (shift = 0; shift < 9; shift += 3) {
			memset(self->buf, 0xee, BED_SIZE + PAGE);
			ASSERT_EQ(0, mem_read(b->fd, b->mem + shift, self->buf +
					      9 - shift, BED_SIZE - shift,
					      flags[i], &t));
			ASSERT_EQ(BED_SIZE - shift, t.done);
			ASSERT_EQ(DBGMEM_REASON_NONE, t.reason);
			ASSERT_EQ(-1, pattern_differs(self->buf + 9 - shift,
						      shift, BED_SIZE - shift,
						      3))
				TH_LOG("flags %#x", flags[i]);
			ASSERT_EQ(-1, byte_differs(self->buf + BED_SIZE + 9 -
						   2 * shift, 0xee, 1000));
		}
	/* And RAW, what there is. */
	for (i = 0; i < ARRAY_SIZE(flags) && takes_flags(flags[i]); i++) {
		char *truth = self->buf + PAGE;

		ASSERT_EQ(PAGE, pread(b->truth, truth, PAGE,
				      (uintptr_t)b->mem + 2000));
		ASSERT_LE(0, pattern_differs(truth, 2000, PAGE, 3));
		ASSERT_EQ(0, mem_read(b->fd, b->mem + 2000, self->buf, PAGE,
				      flags[i] | DBGMEM_RAW, &t));
		ASSERT_EQ(PAGE, t.done);
		ASSERT_EQ(0, memcmp(self->buf, truth, PAGE));
	}
}

TEST_F_TIMEOUT(shadow, reads_of_many_batches_show_the_original, 120)
{
	const size_t total = 5 * MIB;
	char *mem = private_alloc(total), *buf = private_alloc(total);
	struct bed *b = self->b;
	struct dbgmem_transfer t;
	size_t i;

	ASSERT_NE(NULL, mem);
	ASSERT_NE(NULL, buf);
	ASSERT_EQ(0, bed_restart(b));
	target_fill(b->target, b->job, mem, 0, total, 5);
	/* One over the border of every 64th page, the batches' among them. */
	for (i = 64 * PAGE; i < total; i += 64 * PAGE)
		ASSERT_EQ(0, bp_set(b->fd, mem + i - 3, trap, 7, NULL));
	for (i = 0; i < 2; i++) {
		memset(buf, 0xee, total);
		ASSERT_EQ(0, mem_read(b->fd, mem + 1, buf, total - 1,
				      i ? DBGMEM_EXACT : 0, &t));
		ASSERT_EQ(total - 1, t.done);
		EXPECT_EQ(-1, pattern_differs(buf, 1, total - 1, 5));
	}
	memset(buf, 0xee, total);
	ASSERT_EQ((ssize_t)total, pread(b->fd, buf, total, (uintptr_t)mem));
	EXPECT_EQ(-1, pattern_differs(buf, 0, total, 5));
	memset(buf, 0xee, total);
	ASSERT_EQ((ssize_t)total, way_vector(b->fd, false, (uintptr_t)mem, buf,
					     total, false, 0));
	EXPECT_EQ(-1, pattern_differs(buf, 0, total, 5));
}

/* --- read(2) and friends --- */

TEST_F_TIMEOUT(shadow, io_uring_reads_and_writes_behind_them_too, 60)
{
	struct bed *b = self->b;
	struct iovec all = { self->buf, BED_SIZE + PAGE };
	struct io_uring ring;

	if (io_uring_queue_init(4, &ring, 0))
		SKIP(return, "this kernel has no io_uring");
	ASSERT_LT(1000, plant_many(b));
	ASSERT_EQ(0, io_uring_register_buffers(&ring, &all, 1));
	memset(self->buf, 0xee, BED_SIZE + PAGE);
	io_uring_prep_read_fixed(io_uring_get_sqe(&ring), b->fd, self->buf + 7,
				 BED_SIZE, (uintptr_t)b->mem, 0);
	ASSERT_EQ((int)BED_SIZE, uring_submit(&ring));
	EXPECT_EQ(-1, pattern_differs(self->buf + 7, 0, BED_SIZE, 3));
	io_uring_prep_read(io_uring_get_sqe(&ring), b->fd, self->buf, BED_SIZE,
			   (uintptr_t)b->mem);
	ASSERT_EQ((int)BED_SIZE, uring_submit(&ring));
	EXPECT_EQ(-1, pattern_differs(self->buf, 0, BED_SIZE, 3));

	pattern_fill(self->buf, 0, BED_SIZE, 4);
	io_uring_prep_write_fixed(io_uring_get_sqe(&ring), b->fd, self->buf,
				  BED_SIZE, (uintptr_t)b->mem, 0);
	ASSERT_EQ((int)BED_SIZE, uring_submit(&ring));
	EXPECT_TRUE(truth_is(b, b->mem + 5, trap, 1));
	EXPECT_EQ(0, bp_clear_all(b->fd, NULL));
	EXPECT_EQ(-1, target_pattern_differs(b->target, b->job, b->mem, 0,
					     BED_SIZE, 4));
	io_uring_queue_exit(&ring);
}

TEST_F_TIMEOUT(shadow, read_and_lseek_show_the_original, 60)
{
	struct bed *b = self->b;
	size_t at = 0, n;

	ASSERT_LT(1000, plant_many(b));
	ASSERT_EQ((off_t)b->mem, lseek(b->fd, (off_t)b->mem, SEEK_SET));
	for (n = 1; at < BED_SIZE; at += n, n = n * 7 % 1009) {
		n = n < BED_SIZE - at ? n : BED_SIZE - at;
		ASSERT_EQ((ssize_t)n, read(b->fd, self->buf, n));
		ASSERT_EQ(-1, pattern_differs(self->buf, at, n, 3));
	}
}

/* --- holes --- */

TEST_F_TIMEOUT(shadow, holes_are_what_they_were, 60)
{
	unsigned char map = 0xff;
	struct bed *b = self->b;
	struct dbgmem_transfer t = {
		.size = sizeof(t),
		.flags = DBGMEM_ZEROFILL,
		.addr = (uintptr_t)b->mem,
		.buf = (uintptr_t)self->buf,
		.len = BED_SIZE,
		.valid = (uintptr_t)&map,
		.valid_size = 1,
	};

	ASSERT_LT(1000, plant_many(b));
	ASSERT_EQ(0, target_unmap(b->target, b->job, b->mem + 3 * PAGE,
				  2 * PAGE));
	ASSERT_EQ(0, ioctl(b->fd, DBGMEM_IOC_READ, &t));
	EXPECT_EQ(6 * PAGE, t.done);
	EXPECT_EQ(0xe7, map);
	EXPECT_EQ((uintptr_t)b->mem + 3 * PAGE, t.fault_addr);
	EXPECT_EQ(DBGMEM_REASON_UNMAPPED, t.reason);
	EXPECT_EQ(-1, pattern_differs(self->buf, 0, 3 * PAGE, 3));
	EXPECT_EQ(-1, byte_differs(self->buf + 3 * PAGE, 0, 2 * PAGE));
	EXPECT_EQ(-1, pattern_differs(self->buf + 5 * PAGE, 5 * PAGE, 3 * PAGE,
				      3));
	/* A shadow is no memory. */
	EXPECT_EQ(-EFAULT, mem_read(b->fd, b->mem + 3 * PAGE, self->buf, 100, 0,
				    &t));
	EXPECT_EQ(-EFAULT, mem_write(b->fd, b->mem + 3 * PAGE, self->buf, 100,
				     0, &t));
	EXPECT_EQ(0, mem_read(b->fd, b->mem, self->buf, BED_SIZE, 0, &t));
	EXPECT_EQ(3 * PAGE, t.done);
	EXPECT_EQ((uintptr_t)b->mem + 3 * PAGE, t.fault_addr);
}

TEST_F_TIMEOUT(shadow, protected_memory_is_refused_as_ever, 60)
{
	struct bed *b = self->b;
	struct dbgmem_transfer t;

	ASSERT_LT(1000, plant_many(b));
	ASSERT_EQ(0, target_protect(b->target, b->job, b->mem + PAGE, PAGE,
				    PROT_READ));
	pattern_fill(self->buf, 0, 2 * PAGE, 4);
	EXPECT_EQ(0, mem_write(b->fd, b->mem, self->buf, 2 * PAGE, 0, &t));
	EXPECT_EQ(PAGE, t.done);
	EXPECT_EQ(DBGMEM_REASON_PROTECTION, t.reason);
	EXPECT_EQ(-EFAULT, mem_write(b->fd, b->mem + PAGE + 5, self->buf, 1, 0,
				     &t));
	EXPECT_EQ(DBGMEM_REASON_PROTECTION, t.reason);
	EXPECT_TRUE(shows_pattern(b, b->mem + PAGE, BED_SIZE - PAGE, 0));
	EXPECT_EQ(0, bp_clear_all(b->fd, NULL));
	EXPECT_EQ(-1, target_pattern_differs(b->target, b->job, b->mem, 0, PAGE,
					     4));
	EXPECT_TRUE(truth_is_pattern(b, b->mem + PAGE, BED_SIZE - PAGE));
}

/* --- counts --- */

TEST_F_TIMEOUT(shadow, transfers_count_as_what_was_asked_for, 60)
{
	struct bed *b = self->b;

	ASSERT_LT(1000, plant_many(b));
	ASSERT_EQ(0, fdinfo_number(b->fd, "dbgmem-reads:"));
	ASSERT_EQ(0, fdinfo_number(b->fd, "dbgmem-writes:"));
	ASSERT_EQ(0, mem_read(b->fd, b->mem, self->buf, BED_SIZE, 0, NULL));
	ASSERT_EQ(0, mem_read(b->fd, b->mem, self->buf, 8, 0, NULL));
	EXPECT_EQ(2, fdinfo_number(b->fd, "dbgmem-reads:"));
	EXPECT_EQ((long)BED_SIZE + 8,
		  fdinfo_number(b->fd, "dbgmem-read-bytes:"));
	ASSERT_EQ(0, mem_write(b->fd, b->mem, self->buf, 8, 0, NULL));
	ASSERT_EQ(0, mem_write(b->fd, b->mem, self->buf, PAGE, DBGMEM_EXACT,
			       NULL));
	EXPECT_EQ(2, fdinfo_number(b->fd, "dbgmem-writes:"));
	EXPECT_EQ((long)PAGE + 8,
		  fdinfo_number(b->fd, "dbgmem-written-bytes:"));
}

TEST_HARNESS_MAIN
