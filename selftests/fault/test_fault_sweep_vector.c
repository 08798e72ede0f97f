// SPDX-License-Identifier: GPL-2.0
/* Fault sweep of VECTOR: partial and exact, with expectations. */
#include "features.h"
#include "sweep.h"
#include "vector_fixture.h"

#define NR	14
#define EXPS	3
/* Pages that the segments leave alone: expectations are about these. */
#define WORDS	(22 * PAGE)

static int truth;

struct vector_case {
	const char *name;
	uint32_t op, flags;
	bool hole;		/* a segment of which there is nothing */
	bool expects;
	bool unmet;		/* one of them does not hold */
	uint64_t array;		/* its address, or 0: a good one */
	int want;
};

static const struct vector_case vectors[] = {
	{ .name = "read" },
	{ "read, a hole", .hole = true },
	{ "NOFAULT", .flags = DBGMEM_NOFAULT },
	{ "EXACT", .flags = DBGMEM_EXACT },
	{ "EXACT, a hole", .flags = DBGMEM_EXACT, .hole = true,
	  .want = -EFAULT },
	{ "no array", .array = 0x10, .want = -EFAULT },
	{ "read, expectations", .expects = true },
	{ "EXACT, expectations", .flags = DBGMEM_EXACT, .expects = true },
	{ "read, unmet", .expects = true, .unmet = true, .want = -ECANCELED },
	{ "EXACT, unmet", .flags = DBGMEM_EXACT, .expects = true,
	  .unmet = true, .want = -ECANCELED },
	{ "write", .op = DBGMEM_OP_WRITE },
	{ "write, FORCE", .op = DBGMEM_OP_WRITE, .flags = DBGMEM_FORCE },
	{ "write, a hole", .op = DBGMEM_OP_WRITE, .hole = true },
	{ "write, EXACT", .op = DBGMEM_OP_WRITE, .flags = DBGMEM_EXACT },
	{ "write, EXACT, a hole", .op = DBGMEM_OP_WRITE, .flags = DBGMEM_EXACT,
	  .hole = true, .want = -EFAULT },
	{ "write, EXACT, expectations", .op = DBGMEM_OP_WRITE,
	  .flags = DBGMEM_EXACT, .expects = true },
	{ "write, unmet", .op = DBGMEM_OP_WRITE, .expects = true,
	  .unmet = true, .want = -ECANCELED },
};

/* Words, odd pieces, one over a page's end, a long one. */
static void spread(FIXTURE_DATA(vector) *self, const struct vector_case *c)
{
	size_t i, len, at = 8;

	for (i = 0; i < NR; i++) {
		len = i == 7 ? 17 * PAGE : i % 3 ? 8 : 333;
		self->segs[i] = segment(self->mem + at, self->buf + at, len);
		at = (at + len + 7) & -8;
	}
	if (c->hole)
		self->segs[12].addr = (uintptr_t)self->mem + AREA - PAGE;
}

static size_t offset(FIXTURE_DATA(vector) *self, size_t i)
{
	return self->segs[i].buf - (uintptr_t)self->buf;
}

/* The first @done bytes of segment @i have moved. */
static bool moved(FIXTURE_DATA(vector) *self, size_t i, const char *there,
		  uint64_t done)
{
	size_t at = offset(self, i);

	return there ?
	       pattern_differs(there + at, at, done, 4) < 0 :
	       pattern_differs(self->buf + at, at, done, 3) < 0;
}

/* Nothing has, on either side; what is @there is told where it was written. */
static bool untouched(FIXTURE_DATA(vector) *self, const char *there)
{
	return pattern_differs(self->buf, 0, AREA, 4) < 0 &&
	       (!there || pattern_differs(there, 0, AREA - PAGE, 3) < 0);
}

static uint64_t total(FIXTURE_DATA(vector) *self)
{
	uint64_t sum = 0;
	size_t i;

	for (i = 0; i < NR; i++)
		sum += self->segs[i].len;
	return sum;
}

static int call(FIXTURE_DATA(vector) *self, const struct vector_case *c,
		struct dbgmem_expect *e)
{
	struct dbgmem_vector *v = &self->v;

	if (c->array) {
		*v = (struct dbgmem_vector){
			.size = sizeof(*v),
			.segments = c->array,
			.nr_segments = 1,
			.segment_size = sizeof(self->segs[0]),
			.op = c->op,
		};
		return ioctl(self->fd, DBGMEM_IOC_VECTOR, v) ? -errno : 0;
	}
	return vec_with(self->fd, c->op, self->segs, NR, c->flags,
			c->expects ? e : NULL, c->expects ? EXPS : 0, v);
}

static void sweep_vector(struct __test_metadata *_metadata,
			 FIXTURE_DATA(vector) *self,
			 const struct vector_case *c)
{
	static char area[AREA];
	struct dbgmem_expect e[EXPS];
	char *there = c->op == DBGMEM_OP_WRITE ? area : NULL;
	uint64_t all;
	size_t i;
	int ret;

	SWEEP_EACH(nth) {
		pattern_fill(self->buf, 0, AREA, 4);
		spread(self, c);
		all = total(self);
		for (i = 0; i < EXPS; i++)
			e[i] = expect(self->mem + WORDS + i * 8,
				      pattern_u64(3, WORDS / 8 + i) +
				      (c->unmet && i == 1));
		/* Where that could not be looked at, the segments say so. */
		SWEEP_CALL(nth, ret, call(self, c, e), c->want,
			   MAY_ANY | (c->unmet ? MAY_SUCCEED : 0));
		/* The request was not read, or nothing came of it. */
		if (self->v.done == 0xdeadbeef)
			self->v.done = 0;
		if (there)
			ASSERT_EQ(AREA - PAGE,
				  pread(truth, there, AREA - PAGE,
					(uintptr_t)self->mem));
		if (c->flags & DBGMEM_EXACT && self->v.done)
			ASSERT_EQ(all, self->v.done);
		if (c->unmet)
			ASSERT_EQ(0, self->v.done);
		if (!self->v.done &&
		    (c->flags & DBGMEM_EXACT || c->unmet || ret))
			ASSERT_TRUE(untouched(self, there))
				TH_LOG("fault %u", nth);
		if (!ret)
			EXPECT_SUMMARY(&self->v, self->segs);
		for (i = 0; i < NR && !ret; i++)
			ASSERT_TRUE(moved(self, i, there, self->segs[i].done))
				TH_LOG("fault %u, segment %zu", nth, i);
		if (SWEEP_UNHARMED(nth) && !c->want)
			ASSERT_EQ(NR - c->hole, self->v.nr_complete);
		if (there) {
			pattern_fill(there, 0, AREA - PAGE, 3);
			ASSERT_EQ(AREA - PAGE,
				  pwrite(truth, there, AREA - PAGE,
					 (uintptr_t)self->mem));
		}
		ASSERT_EQ(0, mem_read(self->fd, self->mem, area, 64, 0, NULL));
		ASSERT_EQ(-1, pattern_differs(area, 0, 64, 3));
	}
}

TEST_F_TIMEOUT(vector, each_vector_fails_well, 60)
{
	size_t i;

	target_unmap(self->target, self->job, self->mem + AREA - PAGE, PAGE);
	truth = proc_open(self->target->pid, "mem", O_RDWR);
	ASSERT_LE(0, truth);
	for (i = 0; i < ARRAY_SIZE(vectors); i++) {
		if (!takes_flags(vectors[i].flags))
			continue;
		TH_LOG("%s", vectors[i].name);
		sweep_vector(_metadata, self, &vectors[i]);
	}
	close(truth);
}

int main(int argc, char **argv)
{
	return sweep_run(argc, argv, 800, test_harness_run);
}
