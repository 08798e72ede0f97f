// SPDX-License-Identifier: GPL-2.0
/*
 * Every reason that a segment can have, between segments that are good and must
 * not be affected; and how far an incomplete segment got.
 */
#include "device.h"
#include "features.h"
#include "vector_fixture.h"

#define GOOD	4
#define SCRATCH	(16 * PAGE)	/* where the good ones have their bytes */
#define ROUNDS	8		/* as many bad ones in a vector */

struct bad {
	void *addr, *buf;
	uint64_t len, done;
	uint32_t reason;
};

static const struct {
	size_t off, at, len;
} good[GOOD] = {
	{ 8, 16, 8 }, { 1003, 501, 777 }, { PAGE - 20, PAGE - 97, PAGE },
	{ 4, 3000, 4 },
};

/*
 * @bad between good ones, eight times in one vector. Good are the pages up to
 * SCRATCH of both sides; @bad is elsewhere.
 */
static void between(struct __test_metadata *_metadata,
		    FIXTURE_DATA(vector) *self, uint32_t op, uint32_t flags,
		    const struct bad *b)
{
	char *image = self->image;
	size_t r, i, nr = 0, sum = 0, off, at;
	struct dbgmem_segment *s;

	target_fill(self->target, self->job, self->mem, 0, SCRATCH, 3);
	pattern_fill(self->buf, 0, SCRATCH, 4);
	pattern_fill(image, 0, SCRATCH, op == DBGMEM_OP_READ ? 4 : 3);
	for (r = 0; r < ROUNDS; r++) {
		for (i = 0; i < GOOD; i++) {
			if (i == GOOD / 2)
				self->segs[nr++] = segment(b->addr, b->buf,
							   b->len);
			off = r * 2 * PAGE + good[i].off;
			at = r * 2 * PAGE + good[i].at;
			self->segs[nr++] = segment(self->mem + off,
						   self->buf + at, good[i].len);
			if (op == DBGMEM_OP_READ)
				pattern_fill(image + at, off, good[i].len, 3);
			else
				pattern_fill(image + off, at, good[i].len, 4);
			sum += good[i].len;
		}
	}
	ASSERT_EQ(0, vec(self->fd, op, self->segs, nr, flags, &self->v));
	EXPECT_SUMMARY(&self->v, self->segs);
	EXPECT_EQ(nr - ROUNDS, self->v.nr_complete);
	EXPECT_EQ(GOOD / 2, self->v.first_incomplete);
	EXPECT_EQ(sum + ROUNDS * b->done, self->v.done);
	for (i = 0; i < nr; i++) {
		s = &self->segs[i];
		if (i % (GOOD + 1) != GOOD / 2) {
			EXPECT_EQ(s->len, s->done);
			continue;
		}
		EXPECT_EQ(b->done, s->done);
		EXPECT_EQ(b->reason, s->reason);
	}
	if (op == DBGMEM_OP_READ) {
		EXPECT_EQ(0, memcmp(self->buf, image, SCRATCH));
	} else {
		EXPECT_EQ(0, target_memory_differs(self->target, self->job,
						   self->mem, image, SCRATCH));
	}
}

#define BETWEEN(op, flags, ...) \
	between(_metadata, self, op, flags, &(struct bad){ __VA_ARGS__ })

/* The page of the target that a test spoils, and the caller's that goes with it */
#define SPOILT	(18 * PAGE)

TEST_F_TIMEOUT(vector, unmapped, 60)
{
	char *bad = self->mem + SPOILT, *buf = self->buf + SPOILT;
	void * const addr[] = {
		NULL, (void *)8, (void *)0xffff888000000000,
		(void *)0xffffffff81000000, (void *)(1UL << 63),
		(void *)(1UL << 47), (void *)-4096L, (void *)-9L,
	};
	uint32_t op;
	size_t i;

	ASSERT_EQ(0, target_unmap(self->target, self->job, bad, PAGE));
	for (op = 0; op < 2; op++) {
		BETWEEN(op, 0, bad, buf, 8, 0, DBGMEM_REASON_UNMAPPED);
		BETWEEN(op, 0, bad + 7, buf, 1, 0, DBGMEM_REASON_UNMAPPED);
		BETWEEN(op, 0, bad, buf, PAGE, 0, DBGMEM_REASON_UNMAPPED);
		/* Up to it, in small and large; behind it there is memory. */
		BETWEEN(op, 0, bad - 4, buf, 8, 4, DBGMEM_REASON_UNMAPPED);
		BETWEEN(op, 0, bad - 100, buf, 2 * PAGE, 100,
			DBGMEM_REASON_UNMAPPED);
		BETWEEN(op, DBGMEM_FORCE, bad, buf, 8, 0,
			DBGMEM_REASON_UNMAPPED);
		for (i = 0; i < ARRAY_SIZE(addr); i++) {
			BETWEEN(op, 0, addr[i], buf, 8, 0,
				DBGMEM_REASON_UNMAPPED);
			BETWEEN(op, DBGMEM_FORCE, addr[i], buf, 5, 0,
				DBGMEM_REASON_UNMAPPED);
		}
	}
	if (takes_flags(DBGMEM_NOFAULT))
		BETWEEN(DBGMEM_OP_READ, DBGMEM_NOFAULT, bad - 9, buf, 100, 9,
			DBGMEM_REASON_UNMAPPED);
}

TEST_F_TIMEOUT(vector, protection, 60)
{
	char *bad = self->mem + SPOILT, *buf = self->buf + SPOILT;

	ASSERT_EQ(0, target_protect(self->target, self->job, bad, PAGE,
				    PROT_READ));
	BETWEEN(DBGMEM_OP_WRITE, 0, bad, buf, 8, 0, DBGMEM_REASON_PROTECTION);
	BETWEEN(DBGMEM_OP_WRITE, 0, bad - 1, buf, 30, 1,
		DBGMEM_REASON_PROTECTION);
	ASSERT_EQ(0, target_protect(self->target, self->job, bad, PAGE,
				    PROT_NONE));
	BETWEEN(DBGMEM_OP_READ, 0, bad, buf, 8, 0, DBGMEM_REASON_PROTECTION);
	BETWEEN(DBGMEM_OP_READ, 0, bad - PAGE, buf, 3 * PAGE, PAGE,
		DBGMEM_REASON_PROTECTION);
	BETWEEN(DBGMEM_OP_WRITE, 0, bad + 1, buf, 1, 0,
		DBGMEM_REASON_PROTECTION);
}

TEST_F_TIMEOUT(vector, not_resident, 60)
{
	char *fresh = private_alloc(3 * PAGE), *buf = self->buf + SPOILT;

	NEEDS_NOFAULT();
	ASSERT_NE(NULL, fresh);
	ASSERT_EQ(0, vector_restart(self));
	target_fill(self->target, self->job, fresh, 0, PAGE, 3);
	BETWEEN(DBGMEM_OP_READ, DBGMEM_NOFAULT, fresh + PAGE, buf, 8, 0,
		DBGMEM_REASON_NOT_RESIDENT);
	BETWEEN(DBGMEM_OP_READ, DBGMEM_NOFAULT, fresh + PAGE - 20, buf,
		2 * PAGE, 20, DBGMEM_REASON_NOT_RESIDENT);
	/* Asking did not bring it in. */
	BETWEEN(DBGMEM_OP_READ, DBGMEM_NOFAULT, fresh + PAGE, buf, 1, 0,
		DBGMEM_REASON_NOT_RESIDENT);
}

TEST_F_TIMEOUT(vector, special_secret, 60)
{
	char *mem = private_alloc(3 * PAGE), *buf = self->buf + SPOILT;
	uint32_t op;

	ASSERT_NE(NULL, mem);
	if (!map_secret(mem + PAGE))
		SKIP(return, "no memfd_secret(2): %s (boot with secretmem.enable=1)",
		     strerror(errno));
	memset(mem + PAGE, 'x', PAGE);
	ASSERT_EQ(0, vector_restart(self));
	for (op = 0; op < 2; op++) {
		BETWEEN(op, 0, mem + PAGE, buf, 8, 0, DBGMEM_REASON_SPECIAL);
		BETWEEN(op, 0, mem + PAGE - 3, buf, 2 * PAGE, 3,
			DBGMEM_REASON_SPECIAL);
	}
	EXPECT_EQ(-1, byte_differs(mem + PAGE, 'x', PAGE));
	EXPECT_EQ(-1, pattern_differs(buf + 3, SPOILT + 3, PAGE, 4));
}

TEST_F_TIMEOUT(vector, special_device, 60)
{
	char *mem = private_alloc(3 * PAGE), *buf = self->buf + SPOILT;
	uint64_t word = 0;
	uint32_t op;

	ASSERT_NE(NULL, mem);
	if (!map_device(mem + PAGE))
		SKIP(return, "no graphics adapter with memory to map");
	ASSERT_EQ(0, vector_restart(self));
	target_fill(self->target, self->job, mem, 0, 3 * PAGE, 3);
	if (!REACHES_DEVICES(variant->engine)) {
		for (op = 0; op < 2; op++) {
			BETWEEN(op, 0, mem + PAGE, buf, 8, 0,
				DBGMEM_REASON_SPECIAL);
			BETWEEN(op, 0, mem + PAGE - 3, buf, 2 * PAGE, 3,
				DBGMEM_REASON_SPECIAL);
		}
		return;
	}
	/* Reached by the engine that can, in the middle of the others. */
	self->segs[0] = segment(self->mem, self->buf, 8);
	self->segs[1] = segment(mem + PAGE + 8, &word, 8);
	self->segs[2] = segment(mem + 1, buf, 3 * PAGE - 1);
	self->segs[3] = segment(self->mem + 8, self->buf + 8, 8);
	ASSERT_EQ(0, vec_read(self->fd, self->segs, 4, 0, &self->v));
	EXPECT_EQ(4, self->v.nr_complete);
	EXPECT_SUMMARY(&self->v, self->segs);
	EXPECT_EQ(pattern_u64(3, 513), word);
	EXPECT_EQ(-1, pattern_differs(buf, 1, 3 * PAGE - 1, 3));
	EXPECT_EQ(-1, pattern_differs(self->buf, 0, 16, 3));
	word = ~word;
	ASSERT_EQ(0, vec_write(self->fd, self->segs, 2, 0, &self->v));
	EXPECT_EQ(2, self->v.nr_complete);
	EXPECT_EQ(8, target_pattern_differs(self->target, self->job, mem + PAGE,
					    PAGE, PAGE, 3));
}

TEST_F_TIMEOUT(vector, backing, 60)
{
	int file = file_create(PAGE + 100, 3);
	char *mem, *buf = self->buf + SPOILT;
	uint32_t op;

	ASSERT_LE(0, file);
	mem = mmap(NULL, 3 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
	ASSERT_NE(MAP_FAILED, mem);
	ASSERT_EQ(0, vector_restart(self));
	for (op = 0; op < 2; op++) {
		BETWEEN(op, 0, mem + 2 * PAGE, buf, 8, 0,
			DBGMEM_REASON_BACKING);
		BETWEEN(op, 0, mem + 2 * PAGE - 3, buf, 8, 3,
			DBGMEM_REASON_BACKING);
		BETWEEN(op, 0, mem + 1, buf, 3 * PAGE - 1, 2 * PAGE - 1,
			DBGMEM_REASON_BACKING);
	}
	close(file);
}

TEST_F_TIMEOUT(vector, hwpoison, 60)
{
	char *bad = self->mem + SPOILT, *buf = self->buf + SPOILT;
	uint32_t op;
	long ret;

	*self->job = (struct job){ .addr = bad };
	ret = target_call(self->target, job_poison, self->job);
	if (ret)
		SKIP(return, "no MADV_HWPOISON: %s", strerror(-ret));
	for (op = 0; op < 2; op++) {
		BETWEEN(op, 0, bad, buf, 8, 0, DBGMEM_REASON_HWPOISON);
		BETWEEN(op, 0, bad - 5, buf, 100, 5, DBGMEM_REASON_HWPOISON);
	}
}

/* --- the caller's side --- */

TEST_F_TIMEOUT(vector, buffer, 60)
{
	char *bad = self->buf + SPOILT, *mem = self->mem + SPOILT;
	void * const buf[] = {
		NULL, (void *)8, (void *)0xffff888000000000,
		(void *)0xffffffff81000000, (void *)(1UL << 63),
		(void *)(1UL << 47), (void *)-4096L, (void *)-8192L,
		(void *)((1UL << 47) - PAGE),
	};
	uint32_t op;
	size_t i;

	ASSERT_EQ(0, mprotect(bad, PAGE, PROT_NONE));
	for (op = 0; op < 2; op++) {
		/* Words, which have a way of their own, and others. */
		for (i = 1; i <= 8; i++) {
			BETWEEN(op, 0, mem, bad, i, 0, DBGMEM_REASON_BUFFER);
			BETWEEN(op, 0, mem + 1, bad + 1, i, 0,
				DBGMEM_REASON_BUFFER);
		}
		BETWEEN(op, 0, mem, bad, 3 * PAGE, 0, DBGMEM_REASON_BUFFER);
		for (i = 0; i < ARRAY_SIZE(buf); i++) {
			BETWEEN(op, 0, mem, buf[i], 8, 0,
				DBGMEM_REASON_BUFFER);
			BETWEEN(op, 0, mem, buf[i], 13, 0,
				DBGMEM_REASON_BUFFER);
			BETWEEN(op, 0, mem, buf[i], PAGE - 1, 0,
				DBGMEM_REASON_BUFFER);
		}
	}
	ASSERT_EQ(0, munmap(bad, PAGE));
	for (op = 0; op < 2; op++)
		BETWEEN(op, 0, mem, bad, 8, 0, DBGMEM_REASON_BUFFER);
	EXPECT_EQ(-1, target_pattern_differs(self->target, self->job, mem,
					     SPOILT, AREA - SPOILT, 3));
}

TEST_F_TIMEOUT(vector, buffer_that_ends_within_a_segment, 60)
{
	char *bad = self->buf + SPOILT, *mem = self->mem + SPOILT;
	uint32_t op;
	size_t i;

	ASSERT_EQ(0, munmap(bad, PAGE));
	for (op = 0; op < 2; op++) {
		for (i = 1; i < 8; i++) {
			/* A word for the target, not for the caller. */
			BETWEEN(op, 0, mem, bad - i, 8, i,
				DBGMEM_REASON_BUFFER);
			BETWEEN(op, 0, mem + 3, bad - i, 8, i,
				DBGMEM_REASON_BUFFER);
		}
		BETWEEN(op, 0, mem, bad - 100, 200, 100, DBGMEM_REASON_BUFFER);
		BETWEEN(op, 0, mem, bad - PAGE, 3 * PAGE, PAGE,
			DBGMEM_REASON_BUFFER);
		BETWEEN(op, 0, mem + 5, bad - PAGE - 9, 3 * PAGE, PAGE + 9,
			DBGMEM_REASON_BUFFER);
	}
}

TEST_F_TIMEOUT(vector, read_only_buffer_serves_writes_alone, 60)
{
	char *bad = self->buf + SPOILT, *mem = self->mem + SPOILT;

	ASSERT_EQ(0, mprotect(bad, PAGE, PROT_READ));
	BETWEEN(DBGMEM_OP_READ, 0, mem, bad, 8, 0, DBGMEM_REASON_BUFFER);
	BETWEEN(DBGMEM_OP_READ, 0, mem, bad + 1, 77, 0, DBGMEM_REASON_BUFFER);
	BETWEEN(DBGMEM_OP_READ, 0, mem, bad - 11, 77, 11,
		DBGMEM_REASON_BUFFER);
	EXPECT_EQ(-1, pattern_differs(bad, SPOILT, PAGE, 4));
	self->segs[0] = segment(mem, bad, 8);
	self->segs[1] = segment(mem + 8, bad + 8, PAGE - 8);
	ASSERT_EQ(0, vec_write(self->fd, self->segs, 2, 0, &self->v));
	EXPECT_EQ(2, self->v.nr_complete);
	EXPECT_EQ(-1, target_pattern_differs(self->target, self->job, mem,
					     SPOILT, PAGE, 4));
}

/* --- a long segment, and many --- */

TEST_F_TIMEOUT(vector, hole_in_the_middle_of_a_long_segment, 60)
{
	const size_t len = 2 * MIB, hole = MIB + 77 * PAGE;
	char *mem = private_alloc(len), *buf = private_alloc(len);
	uint32_t op;

	ASSERT_NE(NULL, mem);
	ASSERT_NE(NULL, buf);
	ASSERT_EQ(0, vector_restart(self));
	target_fill(self->target, self->job, mem, 0, len, 5);
	ASSERT_EQ(0, target_unmap(self->target, self->job, mem + hole, PAGE));
	for (op = 0; op < 2; op++)
		BETWEEN(op, 0, mem + 9, buf + 5, len - 9, hole - 9,
			DBGMEM_REASON_UNMAPPED);
	EXPECT_EQ(-1, pattern_differs(buf + 5, 9, hole - 9, 5));
	EXPECT_EQ(-1, byte_differs(buf + 5 + hole - 9, 0, len - hole));
	ASSERT_EQ(0, munmap(buf + MIB, PAGE));
	for (op = 0; op < 2; op++)
		BETWEEN(op, 0, mem + 9, buf + 5, len - 9, MIB - 5,
			DBGMEM_REASON_BUFFER);
}

/* Every other one is bad, of one kind or the other. */
TEST_F_TIMEOUT(vector, thousands_of_bad_ones_stop_nothing, 60)
{
	char *bad = self->mem + SPOILT;
	const uint32_t nr = 4000;
	uint32_t i;

	ASSERT_EQ(0, target_unmap(self->target, self->job, bad, PAGE));
	ASSERT_EQ(0, munmap(self->buf + SPOILT, PAGE));
	for (i = 0; i < nr; i++) {
		self->segs[i] = segment(self->mem + 8 * i, self->buf + 8 * i,
					8);
		if (i % 4 == 1)
			self->segs[i].addr = (uintptr_t)bad + i;
		if (i % 4 == 3)
			self->segs[i].buf = (uintptr_t)self->buf + SPOILT + i;
	}
	ASSERT_EQ(0, vec_read(self->fd, self->segs, nr, 0, &self->v));
	EXPECT_SUMMARY(&self->v, self->segs);
	EXPECT_EQ(nr / 2, self->v.nr_complete);
	EXPECT_EQ(1, self->v.first_incomplete);
	for (i = 0; i < nr; i++) {
		ASSERT_EQ(i % 4 == 1 ? DBGMEM_REASON_UNMAPPED :
			  i % 4 == 3 ? DBGMEM_REASON_BUFFER :
			  DBGMEM_REASON_NONE, self->segs[i].reason)
			TH_LOG("segment %u", i);
		ASSERT_EQ(-1, pattern_differs(self->buf + 8 * i, 8 * i, 8,
					      i % 2 ? 4 : 3));
	}
}

TEST_HARNESS_MAIN
