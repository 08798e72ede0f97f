// SPDX-License-Identifier: GPL-2.0
/*
 * Expectations: a vector is carried out only if words have their expected values;
 * otherwise the answer has the values found.
 */
#include "breakpoint.h"
#include "features.h"
#include "vector_fixture.h"

#define NR	20
#define EXPS	5

/* Segments on the first pages, on either side. */
static void spread(FIXTURE_DATA(vector) *self)
{
	size_t i;

	for (i = 0; i < NR; i++)
		self->segs[i] = segment(self->mem + i * 700,
					self->buf + i * 700, i % 3 ? 8 : 77);
}

/* Words of the pattern on the last pages; @wrong of them is not (-1: none). */
static void expectations(FIXTURE_DATA(vector) *self, struct dbgmem_expect *e,
			 uint32_t nr, int wrong)
{
	uint32_t i;

	for (i = 0; i < nr; i++) {
		size_t word = 20 * PAGE / 8 + i * 5;

		e[i] = expect(self->mem + word * 8, pattern_u64(3, word) ^
			      ((int)i == wrong ? 1ULL << 63 : 0));
	}
}

/* On both sides it is as it was. */
#define EXPECT_UNTOUCHED() do {						\
	EXPECT_EQ(-1, pattern_differs(self->buf, 0, AREA, 4));		\
	EXPECT_EQ(-1, target_pattern_differs(self->target, self->job,	\
					     self->mem, 0, AREA, 3));	\
} while (0)

/* --- whether --- */

TEST_F_TIMEOUT(vector, what_holds_lets_the_vector_through, 60)
{
	static const uint32_t flags[] = { 0, DBGMEM_EXACT, DBGMEM_FORCE,
					  DBGMEM_RAW };
	static const uint32_t nrs[] = { 1, EXPS, MAX_EXPECTS };
	struct dbgmem_expect e[MAX_EXPECTS];
	size_t f, n, i;
	uint32_t op;

	for (f = 0; f < ARRAY_SIZE(flags); f++)
		for (n = 0; n < ARRAY_SIZE(nrs); n++)
			for (op = 0; op < 2; op++) {
				spread(self);
				expectations(self, e, nrs[n], -1);
				ASSERT_EQ(0, vec_with(self->fd, op, self->segs,
						      NR, flags[f], e,
						      nrs[n], &self->v))
					TH_LOG("flags %#x, %u", flags[f],
					       nrs[n]);
				EXPECT_SUMMARY(&self->v, self->segs);
				EXPECT_EQ(NR, self->v.nr_complete);
				EXPECT_EQ(nrs[n], self->v.first_unmet);
				for (i = 0; i < nrs[n]; i++) {
					EXPECT_EQ(e[i].value, e[i].observed);
					EXPECT_EQ(0, e[i].reason);
				}
			}
	/* What was read was written back. */
	EXPECT_EQ(-1, pattern_differs(self->buf, 0, 77, 3));
	EXPECT_EQ(-1, pattern_differs(self->buf + 700, 700, 8, 3));
	EXPECT_EQ(-1, target_pattern_differs(self->target, self->job, self->mem,
					     0, AREA, 3));
}

TEST_F_TIMEOUT(vector, what_does_not_hold_stops_all_of_it, 60)
{
	static const uint32_t flags[] = { 0, DBGMEM_EXACT, DBGMEM_FORCE };
	struct dbgmem_expect e[EXPS];
	size_t f, i;
	int wrong;
	uint32_t op;

	for (f = 0; f < ARRAY_SIZE(flags); f++)
		for (wrong = 0; wrong < EXPS; wrong++)
			for (op = 0; op < 2; op++) {
				spread(self);
				expectations(self, e, EXPS, wrong);
				/* Another one behind it. */
				e[EXPS - 1].value ^= wrong < EXPS - 1;
				ASSERT_EQ(-ECANCELED,
					  vec_with(self->fd, op, self->segs, NR,
						   flags[f], e, EXPS,
						   &self->v));
				EXPECT_EQ(wrong, self->v.first_unmet);
				for (i = 0; i < EXPS; i++) {
					EXPECT_EQ(pattern_u64(3, 20 * PAGE / 8
							       + i * 5),
						  e[i].observed);
					EXPECT_EQ(0, e[i].reason);
				}
				EXPECT_EQ(0, self->v.done);
				EXPECT_EQ(0, self->v.nr_complete);
				for (i = 0; i < NR; i++)
					ASSERT_EQ(0, self->segs[i].done);
			}
	EXPECT_UNTOUCHED();
}

TEST_F_TIMEOUT(vector, every_byte_of_a_word_counts, 60)
{
	struct dbgmem_expect e[1];
	int bit;

	for (bit = 0; bit < 64; bit += 7) {
		spread(self);
		expectations(self, e, 1, -1);
		e[0].value ^= 1ULL << bit;
		EXPECT_EQ(-ECANCELED, vec_with(self->fd, DBGMEM_OP_WRITE,
					       self->segs, NR, 0, e, 1,
					       &self->v));
	}
	EXPECT_UNTOUCHED();
}

TEST_F_TIMEOUT(vector, without_segments_it_is_a_question, 60)
{
	struct dbgmem_expect e[EXPS];
	uint32_t flags;

	for (flags = 0; flags <= DBGMEM_EXACT; flags++) {
		expectations(self, e, EXPS, -1);
		EXPECT_EQ(0, vec_with(self->fd, DBGMEM_OP_READ, NULL, 0, flags,
				      e, EXPS, &self->v));
		EXPECT_EQ(EXPS, self->v.first_unmet);
		expectations(self, e, EXPS, 2);
		EXPECT_EQ(-ECANCELED, vec_with(self->fd, DBGMEM_OP_READ, NULL,
					       0, flags, e, EXPS, &self->v));
		EXPECT_EQ(2, self->v.first_unmet);
		EXPECT_EQ(e[2].value ^ 1ULL << 63, e[2].observed);
	}
	/* And without expectations, none is unmet. */
	EXPECT_EQ(0, vec_with(self->fd, DBGMEM_OP_READ, NULL, 0, 0, NULL, 0,
			      &self->v));
	EXPECT_EQ(0, self->v.first_unmet);
}

/* --- words that are not there --- */

TEST_F_TIMEOUT(vector, a_word_that_cannot_be_read_does_not_hold, 60)
{
	const struct {
		const void *addr;
		uint32_t flags, reason;
	} bad[] = {
		{ NULL, 0, DBGMEM_REASON_UNMAPPED },
		{ (void *)0xffff888000000000, 0, DBGMEM_REASON_UNMAPPED },
		{ (void *)(1UL << 63), DBGMEM_FORCE, DBGMEM_REASON_UNMAPPED },
		{ self->mem + 22 * PAGE, 0, DBGMEM_REASON_UNMAPPED },
		{ self->mem + 22 * PAGE, DBGMEM_EXACT, DBGMEM_REASON_UNMAPPED },
		{ self->mem + 23 * PAGE, 0, DBGMEM_REASON_PROTECTION },
		{ self->mem + 23 * PAGE, DBGMEM_EXACT,
		  DBGMEM_REASON_PROTECTION },
	};
	struct dbgmem_expect e[3];
	size_t i;

	ASSERT_EQ(0, target_unmap(self->target, self->job,
				  self->mem + 22 * PAGE, PAGE));
	ASSERT_EQ(0, target_protect(self->target, self->job,
				    self->mem + 23 * PAGE, PAGE, PROT_NONE));
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		spread(self);
		expectations(self, e, 3, -1);
		e[1] = expect(bad[i].addr, 0);
		EXPECT_EQ(-ECANCELED, vec_with(self->fd, DBGMEM_OP_READ,
					       self->segs, NR, bad[i].flags,
					       e, 3, &self->v))
			TH_LOG("case %zu", i);
		EXPECT_EQ(1, self->v.first_unmet);
		EXPECT_EQ(bad[i].reason, e[1].reason);
		EXPECT_EQ(0, e[1].observed);
		EXPECT_EQ(0, e[0].reason);
		EXPECT_EQ(e[2].value, e[2].observed);
		EXPECT_EQ(0, e[2].reason);
		EXPECT_EQ(0, self->v.done);
	}
	EXPECT_EQ(-1, pattern_differs(self->buf, 0, AREA, 4));
	/* FORCE goes through protections here as well. */
	spread(self);
	e[0] = expect(self->mem + 23 * PAGE, pattern_u64(3, 23 * PAGE / 8));
	EXPECT_EQ(0, vec_with(self->fd, DBGMEM_OP_READ, self->segs, NR,
			      DBGMEM_FORCE, e, 1, &self->v));
}

TEST_F_TIMEOUT(vector, nofault_holds_for_expectations_too, 60)
{
	char *mem = private_alloc(4 * PAGE);
	struct dbgmem_expect e[1];

	NEEDS_NOFAULT();
	ASSERT_EQ(0, vector_restart(self));
	spread(self);
	e[0] = expect(mem, 0);
	EXPECT_EQ(-ECANCELED, vec_with(self->fd, DBGMEM_OP_READ, self->segs, NR,
				       DBGMEM_NOFAULT, e, 1, &self->v));
	EXPECT_EQ(DBGMEM_REASON_NOT_RESIDENT, e[0].reason);
	EXPECT_EQ(0, pagemap(self->target->pid, mem) & PAGEMAP_PRESENT);
	EXPECT_EQ(0, vec_with(self->fd, DBGMEM_OP_READ, self->segs, NR, 0, e,
			      1, &self->v));
	EXPECT_EQ(0, e[0].observed);
}

/* --- refused --- */

TEST_F_TIMEOUT(vector, bad_expectations_are_refused, 60)
{
	static const struct {
		uint32_t off, reserved, nr, size;
		int err;
	} bad[] = {
		{ 1, 0, 3, 32, EINVAL }, { 4, 0, 3, 32, EINVAL },
		{ 7, 0, 3, 32, EINVAL },
		{ 0, 1, 3, 32, EOPNOTSUPP },
		{ 0, 1U << 31, 3, 32, EOPNOTSUPP },
		{ 0, 0, 3, 0, EINVAL }, { 0, 0, 3, 31, EINVAL },
		{ 0, 0, 3, 33, EINVAL }, { 0, 0, 3, 64, EINVAL },
		{ 0, 0, MAX_EXPECTS + 1, 32, E2BIG },
		{ 0, 0, ~0U, 32, E2BIG },
		{ 0, 0, 0, 31, EINVAL },
	};
	struct dbgmem_expect e[MAX_EXPECTS + 1];
	struct dbgmem_vector *v = &self->v;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		spread(self);
		expectations(self, e, MAX_EXPECTS + 1, -1);
		e[2].addr += bad[i].off;
		e[2].reserved = bad[i].reserved;
		*v = (struct dbgmem_vector){
			.size = sizeof(*v),
			.segments = (uintptr_t)self->segs,
			.nr_segments = NR,
			.segment_size = sizeof(self->segs[0]),
			.op = i % 2,
			.expects = (uintptr_t)e,
			.nr_expects = bad[i].nr,
			.expect_size = bad[i].size,
			.done = 77, .nr_complete = 77, .first_incomplete = 77,
			.fault_addr = 77,
		};
		EXPECT_EQ(-1, ioctl(self->fd, DBGMEM_IOC_VECTOR, v));
		EXPECT_EQ(bad[i].err, errno)
			TH_LOG("case %zu", i);
		EXPECT_TRUE(vec_silent(v));
	}
	EXPECT_UNTOUCHED();
}

TEST_F_TIMEOUT(vector, an_array_that_is_not_accessible_is_efault, 60)
{
	struct dbgmem_expect *e = (void *)private_alloc(2 * PAGE);

	ASSERT_NE(NULL, e);
	ASSERT_EQ(0, munmap((char *)e + PAGE, PAGE));
	spread(self);
	self->v = (struct dbgmem_vector){
		.size = sizeof(self->v),
		.segments = (uintptr_t)self->segs,
		.nr_segments = NR,
		.segment_size = sizeof(self->segs[0]),
		.nr_expects = 2,
		.expect_size = sizeof(*e),
		.expects = (uintptr_t)e + PAGE - sizeof(*e),
	};
	EXPECT_EQ(-1, ioctl(self->fd, DBGMEM_IOC_VECTOR, &self->v));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_TRUE(vec_silent(&self->v));
	self->v.expects = 0;
	EXPECT_EQ(-1, ioctl(self->fd, DBGMEM_IOC_VECTOR, &self->v));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(-1, pattern_differs(self->buf, 0, AREA, 4));

	/* It can be read only: then what was asked for has been done. */
	expectations(self, e, 2, -1);
	ASSERT_EQ(0, mprotect(e, PAGE, PROT_READ));
	self->v.expects = (uintptr_t)e;
	EXPECT_EQ(-1, ioctl(self->fd, DBGMEM_IOC_VECTOR, &self->v));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(-1, pattern_differs(self->buf, 0, 77, 3));
}

/* A word that is told of is a word that is read. */
TEST_F_TIMEOUT(vector, session_that_may_not_read_may_not_expect, 60)
{
	struct dbgmem_expect e[1];
	uint32_t flags;
	int wo;

	/* Who may not read has no use for a mirror. */
	attach_flags = 0;
	wo = session_open(self->target->pid, O_WRONLY);
	ASSERT_LE(0, wo);
	for (flags = 0; flags <= DBGMEM_EXACT; flags++) {
		spread(self);
		expectations(self, e, 1, 0);
		EXPECT_EQ(-EACCES, vec_with(wo, DBGMEM_OP_WRITE, self->segs, NR,
					    flags, e, 1, &self->v));
		EXPECT_NE(e[0].value ^ 1ULL << 63, e[0].observed);
		expectations(self, e, 1, -1);
		EXPECT_EQ(-EACCES, vec_with(wo, DBGMEM_OP_WRITE, self->segs, NR,
					    flags, e, 1, &self->v));
	}
	EXPECT_UNTOUCHED();
	EXPECT_EQ(0, vec_with(wo, DBGMEM_OP_WRITE, self->segs, NR, 0, NULL,
			      0, &self->v));
	close(wo);
}

TEST_F_TIMEOUT(vector, after_the_targets_end_it_is_esrch, 60)
{
	struct dbgmem_expect e[1];

	expectations(self, e, 1, -1);
	spread(self);
	target_stop(self->target);
	self->fixture.target.pid = 0;
	EXPECT_EQ(-ESRCH, vec_with(self->fd, DBGMEM_OP_READ, self->segs, NR, 0,
				   e, 1, &self->v));
	EXPECT_TRUE(vec_silent(&self->v));
}

/* --- breakpoints --- */

TEST_F_TIMEOUT(vector, expectations_see_what_transfers_see, 60)
{
	struct dbgmem_expect e[2];
	uint64_t raw;

	expectations(self, e, 2, -1);
	ASSERT_EQ(0, bp_set(self->fd, (void *)e[0].addr, LONG_TRAP, 3, NULL));
	ASSERT_EQ(0, bp_set(self->fd, (void *)(e[1].addr - 5), LONG_TRAP, 16,
			    NULL));
	spread(self);
	EXPECT_EQ(0, vec_with(self->fd, DBGMEM_OP_READ, self->segs, NR, 0, e,
			      2, &self->v));
	EXPECT_EQ(0, vec_with(self->fd, DBGMEM_OP_READ, self->segs, NR,
			      DBGMEM_EXACT, e, 2, &self->v));
	EXPECT_EQ(-ECANCELED, vec_with(self->fd, DBGMEM_OP_READ, self->segs, NR,
				       DBGMEM_RAW, e, 2, &self->v));
	EXPECT_EQ(0, self->v.first_unmet);
	raw = e[0].value;
	memcpy(&raw, LONG_TRAP, 3);
	EXPECT_EQ(raw, e[0].observed);
	memcpy(&raw, LONG_TRAP + 5, 8);
	EXPECT_EQ(raw, e[1].observed);
}

TEST_HARNESS_MAIN
