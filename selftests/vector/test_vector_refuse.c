// SPDX-License-Identifier: GPL-2.0
/* Requests that VECTOR refuses, over every engine; nothing is moved. */
#include "features.h"
#include "vector_fixture.h"

#define KERNEL_ADDR	((void *)0xffff888000000000)

#define EXPECT_UNTOUCHED() do {						\
	EXPECT_EQ(-1, pattern_differs(self->buf, 0, AREA, 4));		\
	EXPECT_EQ(-1, target_pattern_differs(self->target, self->job,	\
					     self->mem, 0, AREA, 3));	\
} while (0)

TEST_F_TIMEOUT(vector, bad_requests_are_refused, 60)
{
	static const struct {
		uint32_t flags, op, segment_size, reserved;
		int err;
	} bad[] = {
		{ 0, 2, 40, 0, EINVAL },
		{ 0, ~0U, 40, 0, EINVAL },
		{ 0, 0, 0, 0, EINVAL },
		{ 0, 0, 39, 0, EINVAL },
		{ 0, 0, 41, 0, EINVAL },
		{ 0, 1, 48, 0, EINVAL },
		{ 0, 0, 80, 0, EINVAL },
		{ DBGMEM_ZEROFILL, 0, 40, 0, EINVAL },
		{ DBGMEM_ZEROFILL, 1, 40, 0, EINVAL },
		{ DBGMEM_ZEROFILL | DBGMEM_EXACT, 0, 40, 0, EINVAL },
		{ DBGMEM_NOFAULT, 1, 40, 0, EINVAL },
		{ DBGMEM_NOFAULT | DBGMEM_EXACT, 1, 40, 0, EINVAL },
		{ 1U << 6, 0, 40, 0, EOPNOTSUPP },
		{ 1U << 31, 1, 40, 0, EOPNOTSUPP },
		{ 0, 0, 40, 1, EOPNOTSUPP },
		{ 0, 0, 40, 1U << 31, EOPNOTSUPP },
	};
	struct dbgmem_vector *v = &self->v;
	size_t i;

	_Static_assert(sizeof(struct dbgmem_segment) == 40, "segment_size");
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		if (!takes_flags(bad[i].flags & DBGMEM_NOFAULT))
			continue;
		self->segs[0] = segment(self->mem, self->buf, 8);
		self->segs[0].done = self->segs[0].reason = 77;
		*v = (struct dbgmem_vector){
			.size = sizeof(*v),
			.flags = bad[i].flags,
			.segments = (uintptr_t)self->segs,
			.nr_segments = 1,
			.segment_size = bad[i].segment_size,
			.op = bad[i].op,
			.reserved = bad[i].reserved,
			.done = 77,
			.nr_complete = 77,
			.first_incomplete = 77,
			.fault_addr = 77,
		};
		EXPECT_EQ(-1, ioctl(self->fd, DBGMEM_IOC_VECTOR, v));
		EXPECT_EQ(bad[i].err, errno)
			TH_LOG("case %zu", i);
		EXPECT_TRUE(vec_silent(v));
	}
	EXPECT_UNTOUCHED();
}

/* A thousand, of which @bad is number @at. */
static void refused(struct __test_metadata *_metadata,
		    FIXTURE_DATA(vector) *self, uint32_t op, uint32_t flags,
		    const struct dbgmem_segment *bad, uint32_t at, int err)
{
	uint32_t i;

	for (i = 0; i < 1000; i++)
		self->segs[i] = segment(self->mem + 8 * i, self->buf + 8 * i,
					8);
	self->segs[at] = *bad;
	EXPECT_EQ(err, vec(self->fd, op, self->segs, 1000, flags, &self->v))
		TH_LOG("%#llx, %#llx, %#llx at %u", bad->addr, bad->buf,
		       bad->len, at);
	EXPECT_EQ(at, self->v.first_incomplete);
	EXPECT_EQ(0, self->v.done);
	EXPECT_EQ(0, self->v.nr_complete);
	EXPECT_EQ(0, self->v.fault_addr);
}

TEST_F_TIMEOUT(vector, a_bad_segment_refuses_all_and_is_named, 60)
{
	const struct {
		uint64_t addr, buf, len;
		uint32_t reserved;
		int err;
	} bad[] = {
		{ (uintptr_t)self->mem, (uintptr_t)self->buf, 8, 1,
		  -EOPNOTSUPP },
		{ (uintptr_t)self->mem, (uintptr_t)self->buf, 8, 1U << 31,
		  -EOPNOTSUPP },
		{ (uintptr_t)self->mem, (uintptr_t)self->buf, 0, 1,
		  -EOPNOTSUPP },
		{ ~0ULL, (uintptr_t)self->buf, 2, 0, -EOVERFLOW },
		{ ~0ULL - 4094, (uintptr_t)self->buf, PAGE, 0, -EOVERFLOW },
		{ (uintptr_t)self->mem, ~0ULL, 2, 0, -EOVERFLOW },
		{ (uintptr_t)self->mem, (uintptr_t)self->buf, ~0ULL, 0,
		  -EOVERFLOW },
		{ 1ULL << 63, (uintptr_t)self->buf, 1ULL << 63, 0, -EOVERFLOW },
	};
	static const uint32_t at[] = { 0, 1, 500, 998, 999 };
	struct dbgmem_segment s;
	size_t i, j;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		s = segment((void *)bad[i].addr, (void *)bad[i].buf,
			    bad[i].len);
		s.reserved = bad[i].reserved;
		for (j = 0; j < ARRAY_SIZE(at); j++) {
			refused(_metadata, self, DBGMEM_OP_READ, 0, &s, at[j],
				bad[i].err);
			refused(_metadata, self, DBGMEM_OP_WRITE, 0, &s, at[j],
				bad[i].err);
			refused(_metadata, self, DBGMEM_OP_WRITE, DBGMEM_EXACT,
				&s, at[j], bad[i].err);
		}
	}
	EXPECT_UNTOUCHED();
}

TEST_F_TIMEOUT(vector, an_array_that_cannot_be_read_is_efault, 60)
{
	struct dbgmem_segment *segs, good;
	char *p = private_alloc(2 * PAGE);
	uint64_t array[] = {
		0, (uintptr_t)KERNEL_ADDR, 1ULL << 63, ~0ULL - 4095, ~0ULL,
		1ULL << 47, (uintptr_t)p + PAGE,
	};
	size_t i, n;

	ASSERT_NE(NULL, p);
	good = segment(self->mem, self->buf, 8);
	ASSERT_EQ(0, vec_read(self->fd, &good, 1, 0, &self->v));
	pattern_fill(self->buf, 0, 8, 4);
	ASSERT_EQ(0, munmap(p + PAGE, PAGE));
	for (i = 0; i < ARRAY_SIZE(array); i++) {
		self->v.segments = array[i];
		self->v.done = 77;
		EXPECT_EQ(-1, ioctl(self->fd, DBGMEM_IOC_VECTOR, &self->v));
		EXPECT_EQ(EFAULT, errno);
		EXPECT_TRUE(vec_silent(&self->v));
	}
	/* All but the last byte of it, all but the last segment. */
	for (n = 1; n <= 40; n += 39) {
		segs = (void *)(p + PAGE - 4 * sizeof(*segs) + n);
		for (i = 0; i < 3; i++)
			memcpy(&segs[i], &good, sizeof(good));
		memcpy(&segs[3], &good, sizeof(good) - n);
		self->v.segments = (uintptr_t)segs;
		self->v.nr_segments = 4;
		EXPECT_EQ(-1, ioctl(self->fd, DBGMEM_IOC_VECTOR, &self->v));
		EXPECT_EQ(EFAULT, errno);
		EXPECT_TRUE(vec_silent(&self->v));
	}
	EXPECT_UNTOUCHED();
}

/* The answers cannot be given; what was asked for may have been done. */
TEST_F_TIMEOUT(vector, a_read_only_array_is_efault, 60)
{
	struct dbgmem_segment *segs = (void *)private_alloc(PAGE);

	ASSERT_NE(NULL, segs);
	segs[0] = segment(self->mem, self->buf, 8);
	segs[0].done = segs[0].reason = 77;
	ASSERT_EQ(0, mprotect(segs, PAGE, PROT_READ));
	self->v = (struct dbgmem_vector){
		.size = sizeof(self->v),
		.segments = (uintptr_t)segs,
		.nr_segments = 1,
		.segment_size = sizeof(*segs),
	};
	EXPECT_EQ(-1, ioctl(self->fd, DBGMEM_IOC_VECTOR, &self->v));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(77, segs[0].done);
	EXPECT_EQ(-1, pattern_differs(self->buf + 8, 8, AREA - 8, 4));
}

TEST_F_TIMEOUT(vector, sessions_without_the_right_are_refused, 60)
{
	static const uint32_t flags[] = { 0, DBGMEM_EXACT };
	int none = dev_open(O_RDWR), ro, wo;
	size_t f;

	ro = session_open(self->target->pid, O_RDONLY);
	/* Who may not read has no use for a mirror. */
	attach_flags = 0;
	wo = session_open(self->target->pid, O_WRONLY);
	ASSERT_LE(0, none);
	ASSERT_LE(0, ro);
	ASSERT_LE(0, wo);
	self->segs[0] = segment(self->mem, self->buf, 8);
	for (f = 0; f < ARRAY_SIZE(flags); f++) {
		EXPECT_EQ(-ENOTCONN, vec_read(none, self->segs, 1, flags[f],
					      &self->v));
		EXPECT_TRUE(vec_silent(&self->v));
		EXPECT_EQ(-EACCES, vec_write(ro, self->segs, 1, flags[f],
					     &self->v));
		EXPECT_TRUE(vec_silent(&self->v));
		EXPECT_EQ(-EACCES, vec_read(wo, self->segs, 1, flags[f],
					    &self->v));
		EXPECT_TRUE(vec_silent(&self->v));
	}
	EXPECT_UNTOUCHED();
	EXPECT_EQ(0, vec_write(wo, self->segs, 1, 0, &self->v));
	EXPECT_EQ(0, vec_read(ro, self->segs, 1, 0, &self->v));
	ASSERT_EQ(0, param_set("force", "never"));
	EXPECT_EQ(-EPERM, vec_read(ro, self->segs, 1, DBGMEM_FORCE, &self->v));
	ASSERT_EQ(0, param_set("force", "capable"));
	EXPECT_EQ(0, vec_read(ro, self->segs, 1, DBGMEM_FORCE, &self->v));
	kill(self->target->pid, SIGKILL);
	while (vec_read(ro, self->segs, 1, 0, &self->v) != -ESRCH)
		usleep(1000);
	EXPECT_TRUE(vec_silent(&self->v));
	EXPECT_EQ(-ESRCH, vec_read(ro, self->segs, 1, DBGMEM_EXACT, &self->v));
	EXPECT_EQ(-ESRCH, vec_read(ro, NULL, 0, 0, &self->v));
	close(none);
	close(ro);
	close(wo);
}

TEST_HARNESS_MAIN
