// SPDX-License-Identifier: GPL-2.0
/*
 * EXACT: all or nothing. When a transfer fails, no byte differs on either side;
 * the tests compare all of both sides.
 */
#include "race.h"
#include "engine.h"


#define PAGES	6
#define AREA	(PAGES * PAGE)

FIXTURE(exact) {
	struct fixture fixture;
	struct target *target;
	struct job *job;
	struct dbgmem_info info;
	char *mem;		/* in the target: pattern 3 */
	char *buf;		/* the caller's: pattern 4 */
};

ENGINE_VARIANTS(exact);

FIXTURE_SETUP(exact)
{
	ASSERT_EQ(0, fixture_open(&self->fixture, variant->engine));
	self->target = &self->fixture.target;
	self->job = self->fixture.job;
	self->mem = private_alloc(AREA);
	ASSERT_NE(NULL, self->mem);
	self->buf = private_alloc(AREA);
	ASSERT_NE(NULL, self->buf);
	pattern_fill(self->buf, 0, AREA, 4);
	ASSERT_EQ(0, fixture_start(&self->fixture));
	target_fill(self->target, self->job, self->mem, 0, AREA, 3);
	ASSERT_EQ(0, module_info(self->fixture.fd, &self->info));
}

FIXTURE_TEARDOWN(exact)
{
	fixture_close(&self->fixture);
}

TEST_F_TIMEOUT(exact, moves_all_of_it_when_all_is_accessible, 60)
{
	static const struct {
		size_t off, len;
	} shapes[] = {
		{ 0, 0 }, { 5, 1 }, { 8, 8 }, { PAGE - 4, 8 }, { 0, PAGE },
		{ 1, PAGE - 1 }, { PAGE - 1, PAGE + 1 }, { 77, 5 * PAGE },
		{ 0, AREA },
	};
	struct dbgmem_transfer t;
	size_t i, off, len;

	for (i = 0; i < ARRAY_SIZE(shapes); i++) {
		off = shapes[i].off;
		len = shapes[i].len;
		memset(self->buf, 0xee, AREA);
		ASSERT_EQ(0, mem_read(self->fixture.fd, self->mem + off,
				      self->buf, len, DBGMEM_EXACT, &t));
		EXPECT_EQ(len, t.done);
		EXPECT_EQ(0, t.fault_addr);
		EXPECT_EQ(DBGMEM_REASON_NONE, t.reason);
		EXPECT_EQ(-1, pattern_differs(self->buf, off, len, 3));
		EXPECT_EQ(-1, byte_differs(self->buf + len, 0xee, AREA - len));

		pattern_fill(self->buf, 0, len, 10 + i);
		ASSERT_EQ(0, mem_write(self->fixture.fd, self->mem + off,
				       self->buf, len, DBGMEM_EXACT, &t));
		EXPECT_EQ(len, t.done);
		EXPECT_EQ(DBGMEM_REASON_NONE, t.reason);
		EXPECT_EQ(-1, target_pattern_differs(self->target, self->job,
						     self->mem + off, 0, len,
						     10 + i));
		EXPECT_EQ(-1, target_pattern_differs(self->target, self->job,
						     self->mem, 0, off, 3));
		EXPECT_EQ(-1, target_pattern_differs(self->target, self->job,
						     self->mem + off + len,
						     off + len,
						     AREA - off - len, 3));
		target_fill(self->target, self->job, self->mem, 0, AREA, 3);
	}
}

/* One transfer that must fail, and change nothing but page @bad of the target. */
static void refused(struct __test_metadata *_metadata,
		    FIXTURE_DATA(exact) *self, unsigned long cmd, size_t off,
		    size_t len, int bad, uint64_t fault_addr, uint32_t reason)
{
	struct dbgmem_transfer t;

	EXPECT_EQ(-EFAULT, xfer(self->fixture.fd, cmd,
				(uintptr_t)self->mem + off, self->buf + off,
				len, DBGMEM_EXACT, &t));
	EXPECT_EQ(0, t.done);
	EXPECT_EQ(fault_addr, t.fault_addr);
	EXPECT_EQ(reason, t.reason);
	EXPECT_EQ(-1, pattern_differs(self->buf, 0, AREA, 4));
	EXPECT_EQ(-1, target_pattern_differs(self->target, self->job, self->mem,
					     0, bad * PAGE, 3));
	EXPECT_EQ(-1, target_pattern_differs(self->target, self->job,
					     self->mem + (bad + 1) * PAGE,
					     (bad + 1) * PAGE,
					     (PAGES - bad - 1) * PAGE, 3));
}

/* Memory of the caller's that is the kernel's page of zeros, or nothing yet. */
TEST_F_TIMEOUT(exact, zeros_that_nobody_has_written_are_moved, 60)
{
	char *zeros = private_alloc(AREA);
	struct dbgmem_transfer t;
	size_t i;

	ASSERT_NE(NULL, zeros);
	for (i = 0; i < PAGES; i += 2)
		EXPECT_EQ(0, *(volatile char *)(zeros + i * PAGE));
	ASSERT_EQ(0, mem_write(self->fixture.fd, self->mem, zeros, AREA,
			       DBGMEM_EXACT, &t));
	EXPECT_EQ(AREA, t.done);
	memset(self->buf, 0xee, AREA);
	ASSERT_EQ(0, mem_read(self->fixture.fd, self->mem, self->buf, AREA, 0,
			      &t));
	EXPECT_EQ(-1, byte_differs(self->buf, 0, AREA));
	/* And read into such memory. */
	ASSERT_EQ(0, madvise(zeros, AREA, MADV_DONTNEED));
	target_fill(self->target, self->job, self->mem, 0, AREA, 5);
	ASSERT_EQ(0, mem_read(self->fixture.fd, self->mem, zeros, AREA,
			      DBGMEM_EXACT, &t));
	EXPECT_EQ(-1, pattern_differs(zeros, 0, AREA, 5));
	munmap(zeros, AREA);
}

TEST_F_TIMEOUT(exact, across_a_hole_nothing_changes_on_either_side, 60)
{
	static const unsigned long cmds[] = {
		DBGMEM_IOC_READ, DBGMEM_IOC_WRITE
	};
	const int holes[] = { 0, 3, PAGES - 1 };
	uintptr_t hole, first;
	size_t i, j;

	for (i = 0; i < ARRAY_SIZE(holes); i++) {
		hole = (uintptr_t)self->mem + holes[i] * PAGE;
		first = (uintptr_t)self->mem + 9;
		if (hole > first)
			first = hole;
		ASSERT_EQ(0, target_unmap(self->target, self->job, (char *)hole,
					  PAGE));
		for (j = 0; j < ARRAY_SIZE(cmds); j++) {
			refused(_metadata, self, cmds[j], 0, AREA, holes[i],
				hole, DBGMEM_REASON_UNMAPPED);
			refused(_metadata, self, cmds[j], 9, AREA - 18,
				holes[i], first, DBGMEM_REASON_UNMAPPED);
		}
		/* A new target, whole again. */
		fixture_stop(&self->fixture);
		ASSERT_EQ(0, fixture_start(&self->fixture));
		target_fill(self->target, self->job, self->mem, 0, AREA, 3);
	}
}

/* Two pages of one small transfer: neither half of it may move. */
TEST_F_TIMEOUT(exact, eight_bytes_across_a_border_are_all_or_nothing, 60)
{
	ASSERT_EQ(0, target_unmap(self->target, self->job, self->mem + PAGE,
				  PAGE));
	refused(_metadata, self, DBGMEM_IOC_READ, PAGE - 4, 8, 1,
		(uintptr_t)self->mem + PAGE, DBGMEM_REASON_UNMAPPED);
	refused(_metadata, self, DBGMEM_IOC_WRITE, PAGE - 4, 8, 1,
		(uintptr_t)self->mem + PAGE, DBGMEM_REASON_UNMAPPED);
}

TEST_F_TIMEOUT(exact, a_protected_page_refuses_all_of_it, 60)
{
	uintptr_t bad = (uintptr_t)self->mem + 4 * PAGE;

	ASSERT_EQ(0, target_protect(self->target, self->job, (char *)bad, PAGE,
				    PROT_READ));
	refused(_metadata, self, DBGMEM_IOC_WRITE, 1, AREA - 2, 4, bad,
		DBGMEM_REASON_PROTECTION);
	EXPECT_EQ(0, mem_read(self->fixture.fd, self->mem, self->buf, AREA,
			      DBGMEM_EXACT, NULL));
	pattern_fill(self->buf, 0, AREA, 4);
	ASSERT_EQ(0, target_protect(self->target, self->job, (char *)bad, PAGE,
				    PROT_NONE));
	refused(_metadata, self, DBGMEM_IOC_READ, 1, AREA - 2, 4, bad,
		DBGMEM_REASON_PROTECTION);
}

TEST_F_TIMEOUT(exact, a_bad_buffer_of_the_caller_changes_nothing, 60)
{
	char *bad = self->buf + 3 * PAGE;
	struct dbgmem_transfer t;

	ASSERT_EQ(0, mprotect(bad, PAGE, PROT_NONE));
	EXPECT_EQ(-EFAULT, mem_write(self->fixture.fd, self->mem + 7, self->buf,
				     5 * PAGE, DBGMEM_EXACT, &t));
	EXPECT_EQ(0, t.done);
	EXPECT_EQ((uintptr_t)bad, t.fault_addr);
	EXPECT_EQ(DBGMEM_REASON_BUFFER, t.reason);
	EXPECT_EQ(-EFAULT, mem_read(self->fixture.fd, self->mem + 7, self->buf,
				    5 * PAGE, DBGMEM_EXACT, &t));
	EXPECT_EQ(0, t.done);
	EXPECT_EQ((uintptr_t)bad, t.fault_addr);
	EXPECT_EQ(DBGMEM_REASON_BUFFER, t.reason);

	/* Read-only: to be written from, not read into. */
	ASSERT_EQ(0, mprotect(bad, PAGE, PROT_READ));
	EXPECT_EQ(-EFAULT, mem_read(self->fixture.fd, self->mem + 7, self->buf,
				    5 * PAGE, DBGMEM_EXACT, &t));
	EXPECT_EQ(0, t.done);
	EXPECT_EQ((uintptr_t)bad, t.fault_addr);
	EXPECT_EQ(DBGMEM_REASON_BUFFER, t.reason);
	EXPECT_EQ(-1, pattern_differs(self->buf, 0, AREA, 4));
	EXPECT_EQ(-1, target_pattern_differs(self->target, self->job, self->mem,
					     0, AREA, 3));
	EXPECT_EQ(0, mem_write(self->fixture.fd, self->mem, self->buf, AREA,
			       DBGMEM_EXACT, &t));
	EXPECT_EQ(-1, target_pattern_differs(self->target, self->job, self->mem,
					     0, AREA, 4));
}

TEST_F_TIMEOUT(exact, longer_than_max_exact_is_emsgsize_with_nothing_done, 60)
{
	uint64_t len = self->info.max_exact + 1;
	struct dbgmem_transfer t;
	char *large;

	ASSERT_LE(PAGE, self->info.max_exact);
	EXPECT_EQ(-EMSGSIZE, mem_read(self->fixture.fd, self->mem, self->buf, len,
				      DBGMEM_EXACT, &t));
	EXPECT_EQ(0, t.done);
	EXPECT_EQ(-EMSGSIZE, mem_write(self->fixture.fd, self->mem, self->buf,
				       len, DBGMEM_EXACT, &t));
	EXPECT_EQ(0, t.done);
	EXPECT_EQ(-1, pattern_differs(self->buf, 0, AREA, 4));
	EXPECT_EQ(-1, target_pattern_differs(self->target, self->job, self->mem,
					     0, AREA, 3));
	/* The limit is that of EXACT alone. */
	large = alias_alloc((len + 2 * MIB) & -MIB, MIB);
	ASSERT_NE(NULL, large);
	EXPECT_EQ(0, mem_read(self->fixture.fd, self->mem, large, len, 0, &t));
	EXPECT_LE(AREA, t.done);
}

/* Both sides off the page borders: as many pages as there can be. */
TEST_F_TIMEOUT(exact, max_exact_bytes_are_moved_at_any_alignment, 120)
{
	uint64_t len = self->info.max_exact;
	struct dbgmem_transfer t;
	char *mem, *buf;

	if (len > 128 * MIB)
		SKIP(return, "max_exact is more than the guest's memory");
	mem = private_alloc(len + 2 * PAGE);
	ASSERT_NE(NULL, mem);
	buf = shared_alloc(len + PAGE);
	ASSERT_NE(NULL, buf);
	fixture_stop(&self->fixture);
	ASSERT_EQ(0, fixture_start(&self->fixture));
	target_fill(self->target, self->job, mem, 0, len + 2 * PAGE, 5);

	ASSERT_EQ(0, mem_read(self->fixture.fd, mem + PAGE - 1, buf + 3, len,
			      DBGMEM_EXACT, &t));
	EXPECT_EQ(len, t.done);
	EXPECT_EQ(0, target_memory_differs(self->target, self->job,
					   mem + PAGE - 1, buf + 3, len));
	pattern_fill(buf + 3, 0, len, 6);
	ASSERT_EQ(0, mem_write(self->fixture.fd, mem + PAGE - 1, buf + 3, len,
			       DBGMEM_EXACT, &t));
	EXPECT_EQ(len, t.done);
	EXPECT_EQ(0, target_memory_differs(self->target, self->job,
					   mem + PAGE - 1, buf + 3, len));

	/* The last page of so many missing: nothing of it moves. */
	memset(buf, 0xee, len + PAGE);
	ASSERT_EQ(0, target_unmap(self->target, self->job,
				  (char *)(((uintptr_t)mem + PAGE + len - 2) &
					   -PAGE), PAGE));
	EXPECT_EQ(-EFAULT, mem_write(self->fixture.fd, mem + PAGE - 1, buf + 3,
				     len, DBGMEM_EXACT, &t));
	EXPECT_EQ(0, t.done);
	EXPECT_EQ(-1, target_pattern_differs(self->target, self->job,
					     mem + PAGE - 1, 0, len - PAGE, 6));
	EXPECT_EQ(-EFAULT, mem_read(self->fixture.fd, mem + PAGE - 1, buf + 3,
				    len, DBGMEM_EXACT, &t));
	EXPECT_EQ(-1, byte_differs(buf, 0xee, len + PAGE));
}

/* --- the race: a page in the middle comes and goes --- */

/*
 * Page 1 of three comes and goes, 0 and 2 stay: these are all new after a
 * success and all old after a failure, whatever the hole did.
 */
TEST_F_TIMEOUT(exact, write_racing_with_a_hole_is_never_half_done, 120)
{
	int wins = 0, losses = 0, fd, ret;
	uint64_t old = 3, next;
	struct dbgmem_transfer t;
	struct race *r;
	double start;
	char *seen;

	r = shared_alloc(PAGE);
	ASSERT_NE(NULL, r);
	seen = malloc(PAGE);
	fixture_stop(&self->fixture);
	ASSERT_EQ(0, fixture_start(&self->fixture));
	target_fill(self->target, self->job, self->mem, 0, AREA, old);
	fd = proc_open(self->target->pid, "mem", O_RDONLY);
	ASSERT_LE(0, fd);
	r->page = self->mem + PAGE;
	ASSERT_EQ(0, target_call(self->target, job_race, r));

	start = now();
	while (now() - start < 60 &&
	       (!race_enough(r) ||
		!wins || !losses)) {
		next = old + 1;
		pattern_fill(self->buf, 0, 3 * PAGE, next);
		ret = mem_write(self->fixture.fd, self->mem, self->buf, 3 * PAGE,
				DBGMEM_EXACT, &t);
		if (!ret) {
			ASSERT_EQ(3 * PAGE, t.done);
			old = next;
			wins++;
		} else {
			ASSERT_EQ(-EFAULT, ret);
			ASSERT_EQ(0, t.done);
			ASSERT_EQ((uintptr_t)r->page, t.fault_addr);
			losses++;
		}
		ASSERT_EQ(PAGE, pread(fd, seen, PAGE, (uintptr_t)self->mem));
		ASSERT_EQ(-1, pattern_differs(seen, 0, PAGE, old));
		ASSERT_EQ(PAGE, pread(fd, seen, PAGE,
				      (uintptr_t)self->mem + 2 * PAGE));
		ASSERT_EQ(-1, pattern_differs(seen, 2 * PAGE, PAGE, old));
	}
	EXPECT_EQ(0, r->failed);
	EXPECT_TRUE(race_enough(r));
	EXPECT_LT(0, wins);
	EXPECT_LT(0, losses);
	TH_LOG("%d writes done, %d refused, in %.1f s", wins, losses,
	       now() - start);
	close(fd);
}

TEST_F_TIMEOUT(exact, read_racing_with_a_hole_is_never_half_done, 120)
{
	int wins = 0, losses = 0, ret;
	struct dbgmem_transfer t;
	struct race *r;
	double start;

	r = shared_alloc(PAGE);
	ASSERT_NE(NULL, r);
	fixture_stop(&self->fixture);
	ASSERT_EQ(0, fixture_start(&self->fixture));
	target_fill(self->target, self->job, self->mem, 0, AREA, 3);
	r->page = self->mem + PAGE;
	ASSERT_EQ(0, target_call(self->target, job_race, r));

	start = now();
	while (now() - start < 60 &&
	       (!race_enough(r) ||
		!wins || !losses)) {
		memset(self->buf, 0xee, AREA);
		ret = mem_read(self->fixture.fd, self->mem, self->buf, 3 * PAGE,
			       DBGMEM_EXACT, &t);
		if (ret) {
			ASSERT_EQ(-EFAULT, ret);
			ASSERT_EQ(0, t.done);
			ASSERT_EQ((uintptr_t)r->page, t.fault_addr);
			ASSERT_EQ(-1, byte_differs(self->buf, 0xee, AREA));
			losses++;
			continue;
		}
		wins++;
		ASSERT_EQ(3 * PAGE, t.done);
		ASSERT_EQ(-1, pattern_differs(self->buf, 0, PAGE, 3));
		/* The page of before the race, or a fresh one. */
		if (byte_differs(self->buf + PAGE, 0, PAGE) >= 0) {
			ASSERT_EQ(-1, pattern_differs(self->buf + PAGE, PAGE,
						      PAGE, 3));
		}
		ASSERT_EQ(-1, pattern_differs(self->buf + 2 * PAGE, 2 * PAGE,
					      PAGE, 3));
	}
	EXPECT_EQ(0, r->failed);
	EXPECT_TRUE(race_enough(r));
	EXPECT_LT(0, wins);
	EXPECT_LT(0, losses);
	TH_LOG("%d reads done, %d refused, in %.1f s", wins, losses,
	       now() - start);
}

TEST_HARNESS_MAIN
