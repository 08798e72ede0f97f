// SPDX-License-Identifier: GPL-2.0
/*
 * EXACT vectors: all or nothing. When one fails, no byte differs on either side,
 * and the answer names the segment at fault.
 */
#include "device.h"
#include "race.h"
#include "vector_fixture.h"

#define NR	10000
#define STEP	16		/* bytes from one segment to the next */
#define BIG	(42 * PAGE)	/* NR * STEP, and some */

/* 10,000 segments of 1 to 12 bytes on both sides, in scrambled order. */
static void many(FIXTURE_DATA(vector) *self, char *mem, char *buf)
{
	size_t i, place;

	for (i = 0; i < NR; i++) {
		place = i * 7919 % NR * STEP;
		self->segs[i] = segment(mem + place + i % 4, buf + place,
					1 + i % 12);
	}
}

TEST_F_TIMEOUT(vector, exact_moves_all_of_it, 120)
{
	char *mem = private_alloc(BIG), *buf = private_alloc(BIG);
	size_t i, sum = 0, place;

	ASSERT_NE(NULL, mem);
	ASSERT_NE(NULL, buf);
	ASSERT_EQ(0, vector_restart(self));
	target_fill(self->target, self->job, mem, 0, BIG, 5);
	many(self, mem, buf);
	memset(buf, 0xee, BIG);
	for (i = 0; i < NR; i++)
		sum += self->segs[i].len;
	ASSERT_EQ(0, vec_read(self->fd, self->segs, NR, DBGMEM_EXACT,
			      &self->v));
	EXPECT_EQ(NR, self->v.nr_complete);
	EXPECT_EQ(sum, self->v.done);
	EXPECT_SUMMARY(&self->v, self->segs);
	for (i = 0; i < NR; i++) {
		char *b = (char *)(uintptr_t)self->segs[i].buf;
		size_t len = self->segs[i].len;

		place = self->segs[i].addr - (uintptr_t)mem;
		ASSERT_EQ(-1, pattern_differs(b, place, len, 5));
		ASSERT_EQ(-1, byte_differs(b + len, 0xee, STEP - len));
	}
	/* Swap what was read, so that the writes have something to do. */
	for (i = 0; i < BIG; i++)
		buf[i] = ~buf[i];
	ASSERT_EQ(0, vec_write(self->fd, self->segs, NR, DBGMEM_EXACT,
			       &self->v));
	EXPECT_EQ(NR, self->v.nr_complete);
	EXPECT_EQ(sum, self->v.done);
	memset(buf, 0xee, BIG);
	ASSERT_EQ(0, vec_read(self->fd, self->segs, NR, 0, &self->v));
	for (i = 0; i < NR; i++) {
		unsigned char *b = (void *)(uintptr_t)self->segs[i].buf;

		place = self->segs[i].addr - (uintptr_t)mem;
		ASSERT_EQ((unsigned char)~pattern_byte(5, place), b[0]);
	}
}

/* What is wrong with the one that is wrong. */
enum culprit {
	TARGET_HOLE, TARGET_END, TARGET_PROTECTED, CALLER_HOLE, CALLER_END,
};

static void one_bad(struct __test_metadata *_metadata,
		    FIXTURE_DATA(vector) *self, char *mem, char *buf,
		    uint32_t op, enum culprit culprit, uint32_t at)
{
	/* Behind the segments: a page of hole, and a page before it. */
	char *mem_hole = mem + BIG, *buf_hole = buf + BIG;
	struct dbgmem_segment *s = &self->segs[at];
	uint32_t reason = DBGMEM_REASON_UNMAPPED, i;
	uintptr_t fault = (uintptr_t)mem_hole;

	many(self, mem, buf);
	switch (culprit) {
	case TARGET_HOLE:
		fault += 8;
		*s = segment(mem_hole + 8, buf, 8);
		break;
	case TARGET_END:
		*s = segment(mem_hole - 3, buf, 8);
		break;
	case TARGET_PROTECTED:
		fault += PAGE + 24;
		reason = DBGMEM_REASON_PROTECTION;
		*s = segment(mem_hole + PAGE + 24, buf, 8);
		break;
	case CALLER_HOLE:
		reason = DBGMEM_REASON_BUFFER;
		fault = (uintptr_t)buf_hole + 16;
		*s = segment(mem, buf_hole + 16, 8);
		break;
	case CALLER_END:
		reason = DBGMEM_REASON_BUFFER;
		fault = (uintptr_t)buf_hole;
		*s = segment(mem, buf_hole - 7, 8);
		break;
	}
	EXPECT_EQ(-EFAULT, vec(self->fd, op, self->segs, NR, DBGMEM_EXACT,
			       &self->v))
		TH_LOG("op %u, culprit %d at %u", op, culprit, at);
	EXPECT_EQ(0, self->v.done);
	EXPECT_EQ(0, self->v.nr_complete);
	EXPECT_EQ(at, self->v.first_incomplete);
	EXPECT_EQ(fault, self->v.fault_addr);
	EXPECT_EQ(reason, s->reason);
	for (i = 0; i < NR; i++)
		ASSERT_EQ(0, self->segs[i].done);
	EXPECT_EQ(-1, pattern_differs(buf, 0, BIG, 6));
	EXPECT_EQ(-1, target_pattern_differs(self->target, self->job, mem, 0,
					     BIG, 5));
}

TEST_F_TIMEOUT(vector, exact_with_one_bad_in_10000_changes_nothing, 240)
{
	static const uint32_t at[] = { 0, NR / 2, NR - 1 };
	char *mem = private_alloc(BIG + 2 * PAGE);
	char *buf = private_alloc(BIG + PAGE);
	uint32_t op, i;
	int culprit;

	ASSERT_NE(NULL, mem);
	ASSERT_NE(NULL, buf);
	ASSERT_EQ(0, munmap(mem + BIG, PAGE));
	ASSERT_EQ(0, mprotect(mem + BIG + PAGE, PAGE, PROT_NONE));
	ASSERT_EQ(0, vector_restart(self));
	ASSERT_EQ(0, munmap(buf + BIG, PAGE));
	pattern_fill(buf, 0, BIG, 6);
	target_fill(self->target, self->job, mem, 0, BIG, 5);
	for (op = 0; op < 2; op++)
		for (culprit = TARGET_HOLE; culprit <= CALLER_END; culprit++)
			for (i = 0; i < ARRAY_SIZE(at); i++)
				one_bad(_metadata, self, mem, buf, op, culprit,
					at[i]);
	/* Without the culprit the same vector goes through. */
	many(self, mem, buf);
	EXPECT_EQ(0, vec_read(self->fd, self->segs, NR, DBGMEM_EXACT,
			      &self->v));
	EXPECT_LE(0, pattern_differs(buf, 0, BIG, 6));
}

TEST_F_TIMEOUT(vector, exact_refuses_what_cannot_be_held, 60)
{
	char *mem = private_alloc(2 * PAGE);
	uint32_t op;

	ASSERT_NE(NULL, mem);
	if (!map_device(mem + PAGE))
		SKIP(return, "no graphics adapter with memory to map");
	ASSERT_EQ(0, vector_restart(self));
	for (op = 0; op < 2; op++) {
		self->segs[0] = segment(self->mem, self->buf, 8);
		self->segs[1] = segment(mem + PAGE + 8, self->buf + 8, 8);
		self->segs[2] = segment(self->mem + 8, self->buf + 16, 8);
		EXPECT_EQ(-EFAULT, vec(self->fd, op, self->segs, 3,
				       DBGMEM_EXACT, &self->v));
		EXPECT_EQ(1, self->v.first_incomplete);
		EXPECT_EQ((uintptr_t)mem + PAGE + 8, self->v.fault_addr);
		EXPECT_EQ(DBGMEM_REASON_SPECIAL, self->segs[1].reason);
		EXPECT_EQ(-1, pattern_differs(self->buf, 0, AREA, 4));
		EXPECT_EQ(-1, target_pattern_differs(self->target, self->job,
						     self->mem, 0, AREA, 3));
	}
}

/* --- limits --- */

#define LIMIT_SPAN	((MAX_SEGMENTS + 1) * PAGE)

static long job_bytes_at_page_ends(void *arg)
{
	struct job *j = arg;
	size_t i;

	for (i = 0; i < j->len; i++)
		if ((unsigned char)j->addr[(i + 1) * PAGE - 1] != j->seed)
			return i;
	return -1;
}

TEST_F_TIMEOUT(vector, exact_at_the_limit_of_pages_and_beyond, 240)
{
	struct dbgmem_info info;
	char *mem, *out;
	uint32_t i, nr;

	ASSERT_EQ(0, module_info(self->fd, &info));
	nr = info.max_exact_pages;
	if (nr != MAX_SEGMENTS)
		SKIP(return, "max_exact_pages is %u, the test is for %u", nr,
		     MAX_SEGMENTS);
	mem = private_alloc(LIMIT_SPAN);
	ASSERT_NE(NULL, mem);
	out = private_alloc(nr + 2);
	ASSERT_NE(NULL, out);
	ASSERT_EQ(0, vector_restart(self));

	/* The last byte of each page, to one buffer. */
	for (i = 0; i < nr; i++)
		self->segs[i] = segment(mem + (i + 1) * PAGE - 1, out + i, 1);
	memset(out, 0xee, nr + 2);
	ASSERT_EQ(0, vec_read(self->fd, self->segs, nr, DBGMEM_EXACT,
			      &self->v));
	EXPECT_EQ(nr, self->v.done);
	EXPECT_EQ(-1, byte_differs(out, 0, nr));
	EXPECT_EQ(-1, byte_differs(out + nr, 0xee, 2));

	/* One page more, in the last segment. */
	memset(out, 0xee, nr + 2);
	self->segs[nr - 1].len = 2;
	EXPECT_EQ(-EMSGSIZE, vec_read(self->fd, self->segs, nr, DBGMEM_EXACT,
				      &self->v));
	EXPECT_TRUE(vec_silent(&self->v));
	EXPECT_EQ(-EMSGSIZE, vec_write(self->fd, self->segs, nr, DBGMEM_EXACT,
				       &self->v));
	EXPECT_EQ(-1, byte_differs(out, 0xee, nr + 2));
	/* One segment is as many pages as a vector of small ones. */
	self->segs[0] = segment(mem, mem, LIMIT_SPAN);
	EXPECT_EQ(-EMSGSIZE, vec_read(self->fd, self->segs, 1, DBGMEM_EXACT,
				      &self->v));
	self->segs[0] = segment(mem, out, ~0ULL - (uintptr_t)mem);
	if ((uintptr_t)out < (uintptr_t)mem) {
		EXPECT_EQ(-EMSGSIZE, vec_read(self->fd, self->segs, 1,
					      DBGMEM_EXACT, &self->v));
	}

	/* The limit is that of either side: here of the caller's. */
	for (i = 0; i < nr; i++)
		self->segs[i] = segment(self->mem + i % PAGE,
					mem + (i + 1) * PAGE - 1, 1);
	self->segs[nr - 1].len = 2;
	EXPECT_EQ(-EMSGSIZE, vec_read(self->fd, self->segs, nr, DBGMEM_EXACT,
				      &self->v));
	EXPECT_EQ(-EMSGSIZE, vec_write(self->fd, self->segs, nr, DBGMEM_EXACT,
				       &self->v));
	EXPECT_EQ(-1, target_pattern_differs(self->target, self->job, self->mem,
					     0, AREA, 3));
	self->segs[nr - 1].len = 1;
	EXPECT_EQ(0, vec_write(self->fd, self->segs, nr, DBGMEM_EXACT,
			       &self->v));
	EXPECT_EQ(nr, self->v.nr_complete);
	/* It is one of EXACT alone. */
	self->segs[nr - 1].len = 2;
	EXPECT_EQ(0, vec_write(self->fd, self->segs, nr, 0, &self->v));
	EXPECT_EQ(nr, self->v.nr_complete);

	if (file_number("/proc/meminfo", "MemAvailable:") < 400 * 1024)
		SKIP(return, "too little memory for writes to 256 MiB");
	for (i = 0; i < nr; i++)
		self->segs[i] = segment(mem + (i + 1) * PAGE - 1, out + i, 1);
	ASSERT_EQ(0, vec_write(self->fd, self->segs, nr, DBGMEM_EXACT,
			       &self->v));
	EXPECT_EQ(nr, self->v.done);
	*self->job = (struct job){ .addr = mem, .len = nr, .seed = 0xee };
	EXPECT_EQ(-1, target_call(self->target, job_bytes_at_page_ends,
				  self->job));
}

/* --- the race: the page of one segment comes and goes --- */

#define RACERS	64		/* segments */

static void race_start(struct __test_metadata *_metadata,
		       FIXTURE_DATA(vector) *self, struct race *r)
{
	uint32_t i;

	ASSERT_NE(NULL, r);
	ASSERT_EQ(0, vector_restart(self));
	/* 8 pages and more: the page that comes and goes is one of them. */
	for (i = 0; i < RACERS; i++)
		self->segs[i] = segment(self->mem + i * 500, self->buf + i * 500,
					i % 3 ? 8 : 77);
	r->page = self->mem + 4 * PAGE;
	ASSERT_EQ(0, target_call(self->target, job_race, r));
}

static bool races(const struct race *r, const struct dbgmem_segment *s)
{
	return s->addr + s->len > (uintptr_t)r->page &&
	       s->addr < (uintptr_t)r->page + PAGE;
}

TEST_F_TIMEOUT(vector, exact_reads_in_a_race_are_never_half_done, 180)
{
	struct race *r = shared_alloc(PAGE);
	int wins = 0, losses = 0, ret;
	double start = now();
	uint32_t i;

	race_start(_metadata, self, r);
	while (now() < start + 90 && (!race_enough(r) || !wins || !losses)) {
		memset(self->buf, 0xee, RACERS * 500);
		ret = vec_read(self->fd, self->segs, RACERS, DBGMEM_EXACT,
			       &self->v);
		if (ret) {
			ASSERT_EQ(-EFAULT, ret);
			ASSERT_TRUE(races(r, &self->segs
					  [self->v.first_incomplete]));
			ASSERT_EQ(-1, byte_differs(self->buf, 0xee,
						   RACERS * 500));
			losses++;
			continue;
		}
		wins++;
		for (i = 0; i < RACERS; i++) {
			if (races(r, &self->segs[i]))
				continue;
			ASSERT_EQ(-1, pattern_differs(self->buf + i * 500,
						      i * 500,
						      self->segs[i].len, 3));
		}
	}
	EXPECT_EQ(0, r->failed);
	EXPECT_TRUE(race_enough(r));
	EXPECT_LT(0, wins);
	EXPECT_LT(0, losses);
	TH_LOG("%d done, %d refused, in %.1f s", wins, losses, now() - start);
}

TEST_F_TIMEOUT(vector, exact_writes_in_a_race_are_never_half_done, 180)
{
	struct race *r = shared_alloc(PAGE);
	int wins = 0, losses = 0, fd, ret;
	double start = now();
	char *seen = malloc(AREA);
	uint64_t old = 0, next;
	uint32_t i;

	race_start(_metadata, self, r);
	fd = proc_open(self->target->pid, "mem", O_RDONLY);
	ASSERT_LE(0, fd);
	while (now() < start + 90 && (!race_enough(r) || !wins || !losses)) {
		next = 10 + wins;
		pattern_fill(self->buf, 0, RACERS * 500, next);
		ret = vec_write(self->fd, self->segs, RACERS, DBGMEM_EXACT,
				&self->v);
		if (!ret) {
			old = next;
			wins++;
		} else {
			ASSERT_EQ(-EFAULT, ret);
			ASSERT_TRUE(races(r, &self->segs
					  [self->v.first_incomplete]));
			losses++;
		}
		/* All new or all old, on the pages that stay. */
		ASSERT_EQ(4 * PAGE, pread(fd, seen, 4 * PAGE,
					  (uintptr_t)self->mem));
		ASSERT_EQ(3 * PAGE, pread(fd, seen + 5 * PAGE, 3 * PAGE,
					  (uintptr_t)self->mem + 5 * PAGE));
		for (i = 0; i < RACERS && old; i++) {
			if (races(r, &self->segs[i]))
				continue;
			ASSERT_EQ(-1, pattern_differs(seen + i * 500, i * 500,
						      self->segs[i].len, old))
				TH_LOG("segment %u", i);
		}
	}
	EXPECT_EQ(0, r->failed);
	EXPECT_TRUE(race_enough(r));
	EXPECT_LT(0, wins);
	EXPECT_LT(0, losses);
	TH_LOG("%d done, %d refused, in %.1f s", wins, losses, now() - start);
	close(fd);
}

TEST_HARNESS_MAIN
