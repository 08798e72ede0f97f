// SPDX-License-Identifier: GPL-2.0
/*
 * VECTOR where all memory is accessible, over every engine: order, sizes and
 * alignments, limits.
 */
#include "features.h"
#include "vector_fixture.h"

#define KERNEL_ADDR	((void *)0xffff888000000000)

/* --- order --- */

TEST_F_TIMEOUT(vector, results_belong_to_their_segments, 60)
{
	const uint32_t nr = 600;
	size_t at = 0, off, i, len;
	uint64_t seed = 11;

	memset(self->buf, 0xee, AREA);
	for (i = 0; i < nr; i++) {
		len = random_below(&seed, i % 3 ? 16 : 200);
		off = random_below(&seed, AREA - len);
		self->segs[i] = segment(self->mem + off, self->buf + at, len);
		/* One byte between the buffers, to be left alone. */
		at += len + 1;
	}
	ASSERT_GT(AREA, at);
	ASSERT_EQ(0, vec_read(self->fd, self->segs, nr, 0, &self->v));
	EXPECT_SUMMARY(&self->v, self->segs);
	EXPECT_EQ(nr, self->v.nr_complete);
	EXPECT_EQ(at - nr, self->v.done);
	for (i = at = 0; i < nr; i++) {
		len = self->segs[i].len;
		off = self->segs[i].addr - (uintptr_t)self->mem;
		ASSERT_EQ(len, self->segs[i].done);
		ASSERT_EQ((uintptr_t)self->buf + at, self->segs[i].buf);
		ASSERT_EQ(-1, pattern_differs(self->buf + at, off, len, 3))
			TH_LOG("segment %zu", i);
		at += len;
		ASSERT_EQ(0xee, (unsigned char)self->buf[at++]);
	}
	EXPECT_EQ(-1, byte_differs(self->buf + at, 0xee, AREA - at));
}

/*
 * 2,000 segments of every size up to two pages, all over each other. A model
 * carries them out one after the other with memcpy().
 */
static void overlap(struct __test_metadata *_metadata,
		    FIXTURE_DATA(vector) *self, uint32_t op, uint32_t flags)
{
	char *image = self->image, *other = malloc(AREA);
	size_t off, at, len, i;
	uint64_t seed = 12;

	ASSERT_NE(NULL, other);
	pattern_fill(image, 0, AREA, op == DBGMEM_OP_READ ? 4 : 3);
	pattern_fill(other, 0, AREA, op == DBGMEM_OP_READ ? 3 : 4);
	for (i = 0; i < 2000; i++) {
		len = 1U << random_below(&seed, 4);
		if (i % 7 == 0)
			len = random_below(&seed, 2 * PAGE);
		off = random_below(&seed, 4 * PAGE) & -(i % 3 ? 8 : 1);
		at = random_below(&seed, 4 * PAGE) & -(i % 3 ? 8 : 1);
		if (op == DBGMEM_OP_READ) {
			self->segs[i] = segment(self->mem + off, self->buf + at,
						len);
			memcpy(image + at, other + off, len);
		} else {
			self->segs[i] = segment(self->mem + at, self->buf + off,
						len);
			memcpy(image + at, other + off, len);
		}
	}
	ASSERT_EQ(0, vec(self->fd, op, self->segs, i, flags, &self->v));
	EXPECT_EQ(i, self->v.nr_complete);
	EXPECT_SUMMARY(&self->v, self->segs);
	if (op == DBGMEM_OP_READ) {
		EXPECT_EQ(0, memcmp(self->buf, image, AREA));
		EXPECT_EQ(-1, target_pattern_differs(self->target, self->job,
						     self->mem, 0, AREA, 3));
	} else {
		EXPECT_EQ(0, target_memory_differs(self->target, self->job,
						   self->mem, image, AREA));
		EXPECT_EQ(0, memcmp(self->buf, other, AREA));
	}
	free(other);
}

TEST_F_TIMEOUT(vector, overlapping_reads_later_wins, 60)
{
	overlap(_metadata, self, DBGMEM_OP_READ, 0);
}

TEST_F_TIMEOUT(vector, overlapping_writes_later_wins, 60)
{
	overlap(_metadata, self, DBGMEM_OP_WRITE, 0);
}

TEST_F_TIMEOUT(vector, overlapping_in_exact_vectors_later_wins, 60)
{
	overlap(_metadata, self, DBGMEM_OP_READ, DBGMEM_EXACT);
	pattern_fill(self->buf, 0, AREA, 4);
	overlap(_metadata, self, DBGMEM_OP_WRITE, DBGMEM_EXACT);
}

/* One process on both ends: what a segment wrote, a later one reads. */
static void of_oneself(struct __test_metadata *_metadata,
		       FIXTURE_DATA(vector) *self, bool fresh, uint32_t flags)
{
	char *p = private_alloc(4 * PAGE);
	int fd = session_open(getpid(), O_RDWR);
	int i;

	ASSERT_NE(NULL, p);
	ASSERT_LE(0, fd);
	memset(p, 'a', 8);
	if (!fresh)
		memset(p + PAGE, 0, 3 * PAGE);
	for (i = 0; i < 3; i++)
		self->segs[i] = segment(p + i * PAGE, p + (i + 1) * PAGE, 8);
	ASSERT_EQ(0, vec_read(fd, self->segs, 3, flags, &self->v));
	EXPECT_EQ(3, self->v.nr_complete);
	EXPECT_EQ(-1, byte_differs(p + 3 * PAGE, 'a', 8))
		TH_LOG("read, flags %#x", flags);

	if (fresh)
		madvise(p + PAGE, 3 * PAGE, MADV_DONTNEED);

	memset(p, 'b', 8);
	for (i = 0; i < 3; i++)
		self->segs[i] = segment(p + (i + 1) * PAGE, p + i * PAGE, 8);
	ASSERT_EQ(0, vec_write(fd, self->segs, 3, flags, &self->v));
	EXPECT_EQ(3, self->v.nr_complete);
	EXPECT_EQ(-1, byte_differs(p + 3 * PAGE, 'b', 8))
		TH_LOG("write, flags %#x", flags);
	close(fd);
}

TEST_F_TIMEOUT(vector, of_oneself_is_carried_out_in_order, 60)
{
	of_oneself(_metadata, self, false, 0);
	of_oneself(_metadata, self, false, DBGMEM_EXACT);
}

/* The first write to a page replaces it: held before is not held after. */
TEST_F_TIMEOUT(vector, of_oneself_in_order_on_fresh_pages_too, 60)
{
	of_oneself(_metadata, self, true, 0);
	of_oneself(_metadata, self, true, DBGMEM_EXACT);
}

/* --- sizes and alignments --- */

TEST_F_TIMEOUT(vector, words_at_every_alignment_of_both_sides, 60)
{
	char *image = self->image, *b;
	int off, at, size;
	size_t nr = 0, i;

	memset(self->buf, 0xee, AREA);
	for (size = 1; size <= 16; size += size < 9 ? 1 : 7)
		for (off = 0; off < 9; off++)
			for (at = 0; at < 9; at++, nr++)
				self->segs[nr] = segment(
					self->mem + PAGE - 4 + off,
					self->buf + 32 * nr + at, size);
	ASSERT_EQ(0, vec_read(self->fd, self->segs, nr, 0, &self->v));
	EXPECT_EQ(nr, self->v.nr_complete);
	EXPECT_SUMMARY(&self->v, self->segs);
	for (i = 0; i < nr; i++) {
		size = self->segs[i].len;
		b = (char *)(uintptr_t)self->segs[i].buf;
		at = b - (self->buf + 32 * i);
		ASSERT_EQ(-1, pattern_differs(b, self->segs[i].addr -
					      (uintptr_t)self->mem, size, 3))
			TH_LOG("segment %zu", i);
		ASSERT_EQ(-1, byte_differs(b - at, 0xee, at));
		ASSERT_EQ(-1, byte_differs(b + size, 0xee, 32 - at - size));
	}

	/* The same sizes written, each to a place of its own. */
	pattern_fill(self->buf, 0, AREA, 4);
	pattern_fill(image, 0, AREA, 3);
	for (i = nr = 0; i < 10 * 81; i++) {
		size = self->segs[i].len;
		off = i / 9 % 9 + 32 * i + 5;
		at = i % 9 + 32 * (810 - i);
		self->segs[nr++] = segment(self->mem + off, self->buf + at,
					   size);
		memcpy(image + off, self->buf + at, size);
	}
	ASSERT_EQ(0, vec_write(self->fd, self->segs, nr, 0, &self->v));
	EXPECT_EQ(nr, self->v.nr_complete);
	EXPECT_EQ(0, target_memory_differs(self->target, self->job, self->mem,
					   image, AREA));
}

/* Long ones and such as cross pages, in the middle of small ones. */
TEST_F_TIMEOUT(vector, segments_that_cross_pages_among_small_ones, 120)
{
	static const size_t lens[] = {
		8, PAGE, 8, 2 * PAGE, 1, 3 * PAGE, 4, MIB, 8, 8, 17 * PAGE, 2,
		3 * MIB, 8, 16 * PAGE, 8, 0, 15 * PAGE + 1, 8,
	};
	const size_t total = 6 * MIB, nr = ARRAY_SIZE(lens);
	char *mem = private_alloc(total), *buf = shared_alloc(total);
	size_t i, off, at;

	ASSERT_NE(NULL, mem);
	ASSERT_NE(NULL, buf);
	ASSERT_EQ(0, vector_restart(self));
	target_fill(self->target, self->job, mem, 0, total, 5);

	memset(buf, 0xee, total);
	for (i = 0, off = PAGE - 3, at = 5; i < nr; i++) {
		self->segs[i] = segment(mem + off, buf + at, lens[i]);
		off += lens[i] + 1;
		at += lens[i] + 2;
	}
	ASSERT_EQ(0, vec_read(self->fd, self->segs, nr, 0, &self->v));
	EXPECT_EQ(nr, self->v.nr_complete);
	EXPECT_SUMMARY(&self->v, self->segs);
	for (i = 0, off = PAGE - 3, at = 5; i < nr; i++) {
		EXPECT_EQ(-1, pattern_differs(buf + at, off, lens[i], 5))
			TH_LOG("segment %zu", i);
		EXPECT_EQ(-1, byte_differs(buf + at + lens[i], 0xee, 2));
		off += lens[i] + 1;
		at += lens[i] + 2;
	}

	pattern_fill(buf, 0, total, 6);
	ASSERT_EQ(0, vec_write(self->fd, self->segs, nr, 0, &self->v));
	EXPECT_EQ(nr, self->v.nr_complete);
	EXPECT_SUMMARY(&self->v, self->segs);
	for (i = 0, off = PAGE - 3, at = 5; i < nr; i++) {
		EXPECT_EQ(-1, target_pattern_differs(self->target, self->job,
						     mem + off, at, lens[i], 6))
			TH_LOG("segment %zu", i);
		EXPECT_EQ(-1, target_pattern_differs(self->target, self->job,
						     mem + off + lens[i],
						     off + lens[i], 1, 5));
		off += lens[i] + 1;
		at += lens[i] + 2;
	}
}

/* Each looks the page up again, which no write has been to before. */
TEST_F_TIMEOUT(vector, forced_writes_to_pages_in_turn, 60)
{
	static const uint32_t flags[] = {
		DBGMEM_FORCE, DBGMEM_FORCE | DBGMEM_EXACT,
	};
	const size_t nr = 60;
	char *image = self->image;
	size_t f, i, at;

	for (f = 0; f < ARRAY_SIZE(flags); f++) {
		ASSERT_EQ(0, vector_restart(self));
		ASSERT_EQ(0, target_protect(self->target, self->job, self->mem,
					    AREA, PROT_READ));
		pattern_fill(image, 0, AREA, 3);
		for (i = 0; i < nr; i++) {
			at = i % 3 * PAGE + 16 * i + 5;
			self->segs[i] = segment(self->mem + at,
						self->buf + 16 * i, 7);
			memcpy(image + at, self->buf + 16 * i, 7);
		}
		ASSERT_EQ(0, vec_write(self->fd, self->segs, nr, flags[f],
				       &self->v));
		EXPECT_EQ(nr, self->v.nr_complete);
		EXPECT_EQ(0, target_memory_differs(self->target, self->job,
						   self->mem, image, AREA))
			TH_LOG("flags %#x", flags[f]);
	}
}

/* A copy that faults may say less than it did: not to the caller. */
TEST_F_TIMEOUT(vector, a_buffer_is_used_to_its_last_byte, 120)
{
	char *end = self->buf + 4 * PAGE, *mem;
	size_t room;

	ASSERT_EQ(0, mprotect(end, PAGE, PROT_NONE));
	for (room = 1; room <= 130; room++) {
		mem = self->mem + 300 * room + room % 9;
		pattern_fill(end - PAGE, 0, PAGE, 4);
		self->segs[0] = segment(mem, end - room, 300);
		ASSERT_EQ(0, vec_read(self->fd, self->segs, 1, 0, &self->v));
		ASSERT_EQ(room, self->segs[0].done);
		ASSERT_EQ(DBGMEM_REASON_BUFFER, self->segs[0].reason);
		ASSERT_EQ(-1, pattern_differs(end - room, mem - self->mem, room,
					      3));
		ASSERT_EQ(-1, pattern_differs(end - PAGE, 0, PAGE - room, 4));

		pattern_fill(end - PAGE, 0, PAGE, 4);
		self->segs[0] = segment(mem, end - room, 300);
		ASSERT_EQ(0, vec_write(self->fd, self->segs, 1, 0, &self->v));
		ASSERT_EQ(room, self->segs[0].done);
		ASSERT_EQ(DBGMEM_REASON_BUFFER, self->segs[0].reason);
		ASSERT_EQ(-1, target_pattern_differs(self->target, self->job,
						     mem, PAGE - room, room,
						     4));
		ASSERT_EQ(-1, target_pattern_differs(self->target, self->job,
						     mem + room,
						     mem + room - self->mem,
						     280 - room, 3));
	}
}

TEST_F_TIMEOUT(vector, length_zero_is_complete_wherever_it_is, 60)
{
	void * const bad[] = {
		NULL, KERNEL_ADDR, (void *)-1L, (void *)(1UL << 63),
		(void *)(1UL << 47), (void *)-4096L,
	};
	static const uint32_t flags[] = { 0, DBGMEM_EXACT, DBGMEM_NOFAULT };
	size_t i, f, nr = 0;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		self->segs[nr++] = segment(bad[i], self->buf, 0);
		self->segs[nr++] = segment(self->mem, bad[i], 0);
		self->segs[nr++] = segment(bad[i], bad[i], 0);
		self->segs[nr++] = segment(self->mem + 8 * i,
					   self->buf + 8 * i, 8);
	}
	for (f = 0; f < ARRAY_SIZE(flags) && takes_flags(flags[f]); f++) {
		memset(self->buf, 0xee, PAGE);
		ASSERT_EQ(0, vec_read(self->fd, self->segs, nr, flags[f],
				      &self->v));
		EXPECT_EQ(nr, self->v.nr_complete);
		EXPECT_EQ(8 * i, self->v.done);
		EXPECT_SUMMARY(&self->v, self->segs);
		EXPECT_EQ(-1, pattern_differs(self->buf, 0, 8 * i, 3));
		EXPECT_EQ(-1, byte_differs(self->buf + 8 * i, 0xee, 100));
	}
	pattern_fill(self->buf, 0, PAGE, 4);
	ASSERT_EQ(0, vec_write(self->fd, self->segs, nr, 0, &self->v));
	EXPECT_EQ(nr, self->v.nr_complete);
	EXPECT_EQ(-1, target_pattern_differs(self->target, self->job, self->mem,
					     0, 8 * i, 4));
}

/* --- how many --- */

TEST_F_TIMEOUT(vector, no_segments_is_nothing_wherever_they_are, 60)
{
	static const uint32_t flags[] = { 0, DBGMEM_EXACT };
	void * const arrays[] = { NULL, KERNEL_ADDR, (void *)-1L, self->segs };
	uint32_t i, f, op;

	for (i = 0; i < ARRAY_SIZE(arrays); i++)
		for (f = 0; f < ARRAY_SIZE(flags); f++)
			for (op = 0; op < 2; op++) {
				EXPECT_EQ(0, vec(self->fd, op, arrays[i], 0,
						 flags[f], &self->v));
				EXPECT_TRUE(vec_silent(&self->v));
			}
}

TEST_F_TIMEOUT(vector, max_segments_on_one_page_and_one_too_many, 120)
{
	struct dbgmem_info info;
	uint64_t *in;
	uint32_t i;

	ASSERT_EQ(0, module_info(self->fd, &info));
	EXPECT_TRUE(info.features & DBGMEM_FEATURE_VECTOR);
	ASSERT_EQ(MAX_SEGMENTS, info.max_segments);
	in = (uint64_t *)private_alloc((MAX_SEGMENTS + 1) * sizeof(*in));
	ASSERT_NE(NULL, in);
	for (i = 0; i <= MAX_SEGMENTS; i++)
		self->segs[i] = segment(self->mem + i % 512 * 8, in + i, 8);
	ASSERT_EQ(0, vec_read(self->fd, self->segs, MAX_SEGMENTS, 0, &self->v));
	EXPECT_EQ(MAX_SEGMENTS, self->v.nr_complete);
	EXPECT_EQ(8 * MAX_SEGMENTS, self->v.done);
	EXPECT_SUMMARY(&self->v, self->segs);
	for (i = 0; i < MAX_SEGMENTS; i++)
		ASSERT_EQ(pattern_u64(3, i % 512), in[i]);
	EXPECT_EQ(0, in[MAX_SEGMENTS]);
	ASSERT_EQ(0, vec_write(self->fd, self->segs, MAX_SEGMENTS, 0,
			       &self->v));
	EXPECT_EQ(MAX_SEGMENTS, self->v.nr_complete);
	EXPECT_EQ(-1, target_pattern_differs(self->target, self->job, self->mem,
					     0, AREA, 3));

	memset(in, 0xee, MAX_SEGMENTS * sizeof(*in));
	EXPECT_EQ(-E2BIG, vec_read(self->fd, self->segs, MAX_SEGMENTS + 1, 0,
				   &self->v));
	EXPECT_TRUE(vec_silent(&self->v));
	EXPECT_EQ(-E2BIG, vec_read(self->fd, self->segs, MAX_SEGMENTS + 1,
				   DBGMEM_EXACT, &self->v));
	EXPECT_EQ(-1, byte_differs(in, 0xee, MAX_SEGMENTS * sizeof(*in)));
	EXPECT_EQ(-E2BIG, vec_write(self->fd, self->segs, MAX_SEGMENTS + 1, 0,
				    &self->v));
	EXPECT_EQ(-1, target_pattern_differs(self->target, self->job, self->mem,
					     0, AREA, 3));
	/* Whatever the array is, it is too long. */
	self->v.nr_segments = ~0U;
	self->v.segments = 0;
	EXPECT_EQ(-1, ioctl(self->fd, DBGMEM_IOC_VECTOR, &self->v));
	EXPECT_EQ(E2BIG, errno);
}

TEST_F_TIMEOUT(vector, all_on_different_pages_in_any_order, 120)
{
	const size_t nr = 4096;
	char *mem = private_alloc(nr * PAGE);
	uint64_t in[nr];
	size_t i, page;

	ASSERT_NE(NULL, mem);
	ASSERT_EQ(0, vector_restart(self));
	target_fill(self->target, self->job, mem, 0, nr * PAGE, 5);
	for (i = 0; i < nr; i++)
		self->segs[i] = segment(mem + i * 2731 % nr * PAGE + i % 512 * 8,
					in + i, 8);
	ASSERT_EQ(0, vec_read(self->fd, self->segs, nr, 0, &self->v));
	EXPECT_EQ(nr, self->v.nr_complete);
	EXPECT_SUMMARY(&self->v, self->segs);
	for (i = 0; i < nr; i++) {
		page = i * 2731 % nr;
		ASSERT_EQ(pattern_u64(5, page * 512 + i % 512), in[i]);
		in[i] = ~in[i];
	}
	ASSERT_EQ(0, vec_write(self->fd, self->segs, nr, 0, &self->v));
	EXPECT_EQ(nr, self->v.nr_complete);
	memset(in, 0, sizeof(in));
	/* None of it needs a fault. */
	ASSERT_EQ(0, vec_read(self->fd, self->segs, nr,
			      takes_flags(DBGMEM_NOFAULT) ? DBGMEM_NOFAULT : 0,
			      &self->v));
	EXPECT_EQ(nr, self->v.nr_complete);
	for (i = 0; i < nr; i++) {
		page = i * 2731 % nr;
		ASSERT_EQ(~pattern_u64(5, page * 512 + i % 512), in[i]);
	}
}

TEST_HARNESS_MAIN
