// SPDX-License-Identifier: GPL-2.0
/*
 * libdbgmem, DBGMEM_STABLE: a vector is read until two reads agree or the retries are
 * used up; the answer names the segments that changed.
 */
#include "breakpoint.h"
#include "features.h"
#include "race.h"
#include "vector_fixture.h"

#include <dbgmem.h>

#define NR	100

static struct dbgmem_vector_options opt;	/* of the last read */

/* A handle on the target as it is now. */
static struct dbgmem *handle(pid_t pid)
{
	struct dbgmem *m;

	if (!dbgmem_open(pid, DBGMEM_OPEN_WRITE, &m))
		return m;
	fprintf(stderr, "# %s\n", dbgmem_errstr());
	return NULL;
}

/* With what is in @opt. 0 or -errno; @v gets the summary. */
static int call(struct dbgmem *m, uint32_t op, struct dbgmem_segment *segs,
		size_t nr, struct dbgmem_vector *v)
{
	struct dbgmem_vector_result res;
	ssize_t ret;
	size_t i;

	for (i = 0; i < nr; i++) {
		segs[i].done = 0xdeadbeef;
		segs[i].reason = 0xdead;
	}
	opt.size = sizeof(opt);
	opt.first_unmet = 0xdead;
	opt.nr_changed = 0xdead;
	opt.passes = 0xdead;
	ret = op == DBGMEM_OP_READ ?
	      dbgmem_read_segments_options(m, segs, nr, &opt, &res) :
	      dbgmem_write_segments_options(m, segs, nr, &opt, &res);
	*v = (struct dbgmem_vector){
		.nr_segments = nr,
		.done = res.result.done,
		.fault_addr = res.result.fault_addr,
		.nr_complete = res.nr_complete,
		.first_incomplete = res.first_incomplete,
	};
	return ret < 0 ? ret : 0;
}

static int stable(struct dbgmem *m, struct dbgmem_segment *segs, size_t nr,
		  uint32_t flags, uint32_t retries, struct dbgmem_vector *v)
{
	opt = (struct dbgmem_vector_options){
		.flags = DBGMEM_STABLE | flags,
		.retries = retries,
	};
	return call(m, DBGMEM_OP_READ, segs, nr, v);
}

/* Words, odd pieces, one over a page's end, a long one, an empty one. */
static void spread(FIXTURE_DATA(vector) *self, char *mem, char *buf)
{
	size_t i, at = 0, len;

	for (i = 0; i < NR; i++) {
		len = i == 50 ? 18 * PAGE : i == 60 ? 0 : i % 4 ? 8 : 37;
		self->segs[i] = segment(mem + at, buf + at, len);
		at += len + (i % 4 ? 0 : 3);
		if (i % 4 && i % 7 == 0)
			at = (at + 7) & -8;
	}
}

static size_t spread_bytes(FIXTURE_DATA(vector) *self)
{
	size_t i, sum = 0;

	for (i = 0; i < NR; i++)
		sum += self->segs[i].len;
	return sum;
}

TEST_F_TIMEOUT(vector, still_memory_is_read_twice, 60)
{
	static const uint32_t flags[] = {
		0, DBGMEM_EXACT, DBGMEM_NOFAULT, DBGMEM_RAW, DBGMEM_FORCE,
		DBGMEM_EXACT | DBGMEM_NOFAULT,
	};
	static const uint32_t retries[] = { 0, 1, DBGMEM_MAX_RETRIES };
	struct dbgmem *m = handle(self->target->pid);
	size_t f, r, i;

	ASSERT_NE(NULL, m);
	for (f = 0; f < ARRAY_SIZE(flags); f++)
		for (r = 0; r < ARRAY_SIZE(retries); r++) {
			if (!takes_flags(flags[f]))
				break;
			memset(self->buf, 0xee, AREA);
			spread(self, self->mem, self->buf);
			ASSERT_EQ(0, stable(m, self->segs, NR, flags[f],
					    retries[r], &self->v));
			EXPECT_EQ(2, opt.passes);
			EXPECT_EQ(0, opt.nr_changed);
			EXPECT_EQ(0, opt.first_unmet);
			EXPECT_EQ(NR, self->v.nr_complete);
			EXPECT_EQ(spread_bytes(self), self->v.done);
			EXPECT_SUMMARY(&self->v, self->segs);
			for (i = 0; i < NR; i++)
				ASSERT_EQ(-1, pattern_differs
					  ((char *)(uintptr_t)self->segs[i].buf,
					   self->segs[i].addr -
					   (uintptr_t)self->mem,
					   self->segs[i].len, 3))
					TH_LOG("segment %zu, flags %#x", i,
					       flags[f]);
		}
	/* And the target is as it was. */
	EXPECT_EQ(-1, target_pattern_differs(self->target, self->job, self->mem,
					     0, AREA, 3));
}

TEST_F_TIMEOUT(vector, nothing_at_all_is_stable, 60)
{
	struct dbgmem *m = handle(self->target->pid);

	ASSERT_NE(NULL, m);
	ASSERT_EQ(0, stable(m, NULL, 0, 0, 10, &self->v));
	EXPECT_EQ(0, opt.nr_changed);
	EXPECT_EQ(2, opt.passes);
	EXPECT_TRUE(vec_silent(&self->v));
}

/* --- memory that changes --- */

struct flipper {
	volatile uint64_t *word;
	int go, resting;
};

static void *flip(void *arg)
{
	struct flipper *f = arg;

	for (;;) {
		while (__atomic_load_n(&f->go, __ATOMIC_RELAXED))
			++*f->word;
		__atomic_store_n(&f->resting, 1, __ATOMIC_RELEASE);
	}
	return NULL;
}

/* A target_fn; the thread goes on when that has returned. */
static long job_flip(void *arg)
{
	pthread_t thread;

	return -pthread_create(&thread, NULL, flip, arg);
}

static bool within(const struct dbgmem_segment *s, const volatile void *word)
{
	return s->addr < (uintptr_t)word + 8 &&
	       (uintptr_t)word < s->addr + s->len;
}

TEST_F_TIMEOUT(vector, what_changes_is_named_and_nothing_else, 60)
{
	static const uint32_t flags[] = { 0, DBGMEM_EXACT, DBGMEM_NOFAULT };
	struct flipper *f = shared_alloc(PAGE);
	uint32_t changed, i;
	int n, seen[ARRAY_SIZE(flags)] = {};
	double start = now();
	struct dbgmem *m;

	f->word = (void *)(self->mem + 4 * PAGE);
	ASSERT_EQ(0, vector_restart(self));
	m = handle(self->target->pid);
	ASSERT_NE(NULL, m);
	ASSERT_EQ(0, target_call(self->target, job_flip, f));
	f->go = 1;
	for (n = 0; now() < start + 20 && (n < 60 || !seen[0] || !seen[1] ||
					   !seen[2]); n++) {
		uint32_t with = takes_flags(flags[n % 3]) ? flags[n % 3] : 0;

		spread(self, self->mem, self->buf);
		ASSERT_EQ(0, stable(m, self->segs, NR, with, n % 5, &self->v));
		for (i = changed = 0; i < NR; i++) {
			ASSERT_EQ(self->segs[i].len, self->segs[i].done);
			if (self->segs[i].reason == DBGMEM_REASON_NONE)
				continue;
			ASSERT_EQ(DBGMEM_REASON_CHANGED, self->segs[i].reason);
			ASSERT_TRUE(within(&self->segs[i], f->word))
				TH_LOG("segment %u", i);
			changed++;
		}
		ASSERT_EQ(changed, opt.nr_changed);
		/* Complete it is, changed or not. */
		ASSERT_EQ(NR, self->v.nr_complete);
		ASSERT_EQ(NR, self->v.first_incomplete);
		ASSERT_EQ(0, self->v.fault_addr);
		ASSERT_EQ(spread_bytes(self), self->v.done);
		/* It was tried as often as was asked for, and no more. */
		ASSERT_LE(opt.passes, 2 + n % 5);
		if (changed) {
			ASSERT_EQ(2 + n % 5, opt.passes);
			seen[n % 3]++;
		}
		/* What is quiet has arrived. */
		ASSERT_EQ(-1, pattern_differs(self->buf, 0, 32, 3));
	}
	for (i = 0; i < ARRAY_SIZE(flags); i++)
		EXPECT_LT(0, seen[i])
			TH_LOG("flags %#x: never seen to change", flags[i]);
}

/* The flipping thread may have to wait for a processor, and so be still. */
TEST_F_TIMEOUT(vector, memory_that_comes_to_rest_is_stable_then, 60)
{
	const size_t len = 2 * MIB;
	struct flipper *f = shared_alloc(PAGE);
	char *mem = private_alloc(len), *buf = private_alloc(len);
	uint64_t word;
	int i, n;
	struct dbgmem *m;

	ASSERT_NE(NULL, mem);
	ASSERT_NE(NULL, buf);
	f->word = (void *)(mem + MIB);
	ASSERT_EQ(0, vector_restart(self));
	m = handle(self->target->pid);
	ASSERT_NE(NULL, m);
	target_fill(self->target, self->job, mem, 0, len, 5);
	ASSERT_EQ(0, target_call(self->target, job_flip, f));
	for (i = 0; i < 2; i++) {
		f->go = 1;
		self->segs[0] = segment(mem, buf, len);
		for (n = 0, opt.nr_changed = 0; n < 1000 &&
		     !opt.nr_changed; n++)
			ASSERT_EQ(0, stable(m, self->segs, 1,
					    i ? DBGMEM_EXACT : 0, 0, &self->v));
		EXPECT_EQ(1, opt.nr_changed);
		EXPECT_EQ(DBGMEM_REASON_CHANGED, self->segs[0].reason);
		f->resting = 0;
		__atomic_store_n(&f->go, 0, __ATOMIC_RELAXED);
		while (!__atomic_load_n(&f->resting, __ATOMIC_ACQUIRE))
			usleep(1000);
		ASSERT_EQ(0, mem_read(self->fd, f->word, &word, 8, 0, NULL));
		ASSERT_EQ(0, stable(m, self->segs, 1, i ? DBGMEM_EXACT : 0,
				    DBGMEM_MAX_RETRIES, &self->v));
		EXPECT_EQ(2, opt.passes);
		EXPECT_EQ(0, opt.nr_changed);
		EXPECT_EQ(DBGMEM_REASON_NONE, self->segs[0].reason);
		EXPECT_EQ(0, memcmp(buf + MIB, &word, 8));
		EXPECT_EQ(-1, pattern_differs(buf, 0, MIB, 5));
		EXPECT_EQ(-1, pattern_differs(buf + MIB + 8, MIB + 8,
					      MIB - 8, 5));
	}
}

/* --- one process on both ends: each pass moves a value one step further --- */

#define LINKS	6

/*
 * Segment i reads place LINKS - 1 - i of the chain into the next one: the value
 * of the first is in place p after p passes, and there is the last change.
 */
static void chain(struct __test_metadata *_metadata,
		  FIXTURE_DATA(vector) *self, struct dbgmem *m, uint64_t *place,
		  uint32_t links, uint32_t retries, uint32_t flags)
{
	const uint32_t most = 2 + retries;
	const uint32_t passes = most < links + 1 ? most : links + 1;
	const bool rests = links + 1 <= most;
	uint32_t i;

	memset(place, 0, (LINKS + 1) * sizeof(*place));
	place[0] = 1000;
	for (i = 0; i < links; i++)
		self->segs[i] = segment(&place[links - 1 - i],
					&place[links - i], 8);
	ASSERT_EQ(0, stable(m, self->segs, links, flags, retries, &self->v));
	EXPECT_EQ(passes < 2 ? 2 : passes, opt.passes)
		TH_LOG("%u links, %u retries, flags %#x", links, retries,
		       flags);
	EXPECT_EQ(!rests, opt.nr_changed);
	for (i = 0; i < links; i++)
		EXPECT_EQ(!rests && links - i == passes ?
			  DBGMEM_REASON_CHANGED : DBGMEM_REASON_NONE,
			  self->segs[i].reason);
	/* The later data, where it changed. */
	for (i = 1; i <= links; i++)
		EXPECT_EQ(i <= passes ? 1000 : 0, place[i]);
}

TEST_F_TIMEOUT(vector, passes_are_as_many_as_it_takes_or_retries_allow, 60)
{
	static const uint32_t flags[] = { 0, DBGMEM_EXACT, DBGMEM_NOFAULT };
	uint64_t *place = (void *)private_alloc(PAGE);
	struct dbgmem *m = handle(getpid());
	uint32_t links, retries;
	size_t f;

	ASSERT_NE(NULL, m);
	for (f = 0; f < ARRAY_SIZE(flags) && takes_flags(flags[f]); f++)
		for (links = 1; links <= LINKS; links++)
			for (retries = 0; retries < LINKS + 2; retries++)
				chain(_metadata, self, m, place, links,
				      retries, flags[f]);
}

TEST_F_TIMEOUT(vector, buffers_that_overlap_count_as_changes, 60)
{
	struct dbgmem *m = handle(self->target->pid);

	ASSERT_NE(NULL, m);
	self->segs[0] = segment(self->mem, self->buf, 64);
	self->segs[1] = segment(self->mem + 100, self->buf + 60, 64);
	self->segs[2] = segment(self->mem + 200, self->buf + 200, 64);
	ASSERT_EQ(0, stable(m, self->segs, 3, 0, 3, &self->v));
	EXPECT_EQ(5, opt.passes);
	EXPECT_EQ(2, opt.nr_changed);
	EXPECT_EQ(DBGMEM_REASON_CHANGED, self->segs[0].reason);
	EXPECT_EQ(DBGMEM_REASON_CHANGED, self->segs[1].reason);
	EXPECT_EQ(DBGMEM_REASON_NONE, self->segs[2].reason);
	/* The later wins, as ever. */
	EXPECT_EQ(-1, pattern_differs(self->buf, 0, 60, 3));
	EXPECT_EQ(-1, pattern_differs(self->buf + 60, 100, 64, 3));
}

/* --- what is not complete --- */

TEST_F_TIMEOUT(vector, incomplete_segments_say_why_and_are_no_change, 60)
{
	struct dbgmem *m = handle(self->target->pid);

	ASSERT_NE(NULL, m);
	ASSERT_EQ(0, target_unmap(self->target, self->job, self->mem + 2 * PAGE,
				  PAGE));
	ASSERT_EQ(0, target_protect(self->target, self->job,
				    self->mem + 5 * PAGE, PAGE, PROT_NONE));
	self->segs[0] = segment(self->mem, self->buf, 8);
	self->segs[1] = segment(self->mem + 2 * PAGE - 20, self->buf + 100, 99);
	self->segs[2] = segment(self->mem + 5 * PAGE, self->buf + 200, 8);
	self->segs[3] = segment(self->mem + 16, self->buf + 300, 8);
	ASSERT_EQ(0, stable(m, self->segs, 4, 0, 50, &self->v));
	EXPECT_SUMMARY(&self->v, self->segs);
	EXPECT_EQ(2, opt.passes);
	EXPECT_EQ(0, opt.nr_changed);
	EXPECT_EQ(2, self->v.nr_complete);
	EXPECT_EQ(1, self->v.first_incomplete);
	EXPECT_EQ(20, self->segs[1].done);
	EXPECT_EQ(DBGMEM_REASON_UNMAPPED, self->segs[1].reason);
	EXPECT_EQ(DBGMEM_REASON_PROTECTION, self->segs[2].reason);
	EXPECT_EQ(-1, pattern_differs(self->buf + 100, 2 * PAGE - 20, 20, 3));
	EXPECT_EQ(-1, pattern_differs(self->buf + 300, 16, 8, 3));
}

/* What did not fit into the caller's buffer did not change for that. */
TEST_F_TIMEOUT(vector, segments_without_room_are_no_change, 60)
{
	struct dbgmem *m = handle(self->target->pid);
	char *end = self->buf + 4 * PAGE, *end2 = self->buf + 8 * PAGE;

	ASSERT_NE(NULL, m);
	ASSERT_EQ(0, mprotect(end, PAGE, PROT_NONE));
	ASSERT_EQ(0, mprotect(end2, PAGE, PROT_NONE));
	self->segs[0] = segment(self->mem, self->buf, 8);
	self->segs[1] = segment(self->mem + 8, end - 400, 600);
	self->segs[2] = segment(self->mem + 3, end2 - 5, 16);
	self->segs[3] = segment(self->mem + 8, end, 8);
	self->segs[4] = segment(self->mem + 16, self->buf + 300, 8);
	ASSERT_EQ(0, stable(m, self->segs, 5, 0, 50, &self->v));
	EXPECT_SUMMARY(&self->v, self->segs);
	EXPECT_EQ(2, opt.passes);
	EXPECT_EQ(0, opt.nr_changed);
	EXPECT_EQ(2, self->v.nr_complete);
	EXPECT_EQ(1, self->v.first_incomplete);
	EXPECT_EQ(DBGMEM_REASON_BUFFER, self->segs[1].reason);
	EXPECT_EQ(DBGMEM_REASON_BUFFER, self->segs[2].reason);
	EXPECT_EQ(DBGMEM_REASON_BUFFER, self->segs[3].reason);
	EXPECT_EQ(-1, pattern_differs(self->buf + 300, 16, 8, 3));
}

TEST_F_TIMEOUT(vector, exact_that_is_refused_moves_nothing, 60)
{
	struct dbgmem *m = handle(self->target->pid);

	ASSERT_NE(NULL, m);
	ASSERT_EQ(0, target_unmap(self->target, self->job, self->mem + 2 * PAGE,
				  PAGE));
	self->segs[0] = segment(self->mem, self->buf, 8);
	self->segs[1] = segment(self->mem + 2 * PAGE, self->buf + 8, 8);
	EXPECT_EQ(-EFAULT, stable(m, self->segs, 2, DBGMEM_EXACT, 5, &self->v));
	EXPECT_EQ(1, self->v.first_incomplete);
	EXPECT_EQ((uintptr_t)self->mem + 2 * PAGE, self->v.fault_addr);
	EXPECT_EQ(DBGMEM_REASON_UNMAPPED, self->segs[1].reason);
	EXPECT_EQ(0, self->v.done);
	EXPECT_EQ(0, opt.nr_changed);
	EXPECT_EQ(-1, pattern_differs(self->buf, 0, AREA, 4));
}

TEST_F_TIMEOUT(vector, nofault_brings_nothing_in, 60)
{
	char *mem = private_alloc(4 * PAGE);
	struct dbgmem *m;

	NEEDS_NOFAULT();
	ASSERT_EQ(0, vector_restart(self));
	m = handle(self->target->pid);
	ASSERT_NE(NULL, m);
	self->segs[0] = segment(mem, self->buf, 8);
	self->segs[1] = segment(self->mem, self->buf + 8, 8);
	ASSERT_EQ(0, stable(m, self->segs, 2, DBGMEM_NOFAULT, 5, &self->v));
	EXPECT_EQ(DBGMEM_REASON_NOT_RESIDENT, self->segs[0].reason);
	EXPECT_EQ(DBGMEM_REASON_NONE, self->segs[1].reason);
	EXPECT_EQ(0, opt.nr_changed);
	EXPECT_EQ(0, pagemap(self->target->pid, mem) & PAGEMAP_PRESENT);
}

TEST_F_TIMEOUT(vector, a_page_that_comes_and_goes_is_told_of_consistently, 60)
{
	struct race *r = shared_alloc(PAGE);
	uint32_t changed, i;
	long n, rounds = slow_rounds(300);
	struct dbgmem *m;

	ASSERT_EQ(0, vector_restart(self));
	m = handle(self->target->pid);
	ASSERT_NE(NULL, m);
	r->page = self->mem + 4 * PAGE;
	ASSERT_EQ(0, target_call(self->target, job_race, r));
	for (n = 0; n < rounds; n++) {
		spread(self, self->mem, self->buf);
		ASSERT_EQ(0, stable(m, self->segs, NR, 0, n % 4, &self->v));
		for (i = changed = 0; i < NR; i++) {
			struct dbgmem_segment *s = &self->segs[i];

			changed += s->reason == DBGMEM_REASON_CHANGED;
			ASSERT_EQ(s->done == s->len,
				  s->reason == DBGMEM_REASON_NONE ||
				  s->reason == DBGMEM_REASON_CHANGED);
			if (s->addr + s->len <= (uintptr_t)r->page ||
			    s->addr >= (uintptr_t)r->page + PAGE)
				ASSERT_EQ(DBGMEM_REASON_NONE, s->reason);
		}
		ASSERT_LE(changed, opt.nr_changed);
	}
}

/* --- a later pass that fails --- */

static long change_and_unmap(void *arg)
{
	char *mem = arg;
	double end = now() + 0.3;

	while (now() < end)
		__atomic_fetch_add((unsigned long *)mem, 1, __ATOMIC_RELAXED);
	return munmap(mem + AREA - PAGE, PAGE) ? -errno : 0;
}

TEST_F_TIMEOUT(vector, exact_pass_that_fails_leaves_what_was_read_before, 60)
{
	struct dbgmem *m = handle(self->target->pid);
	int ret, i;

	ASSERT_NE(NULL, m);
	self->segs[0] = segment(self->mem, self->buf, 8);
	self->segs[1] = segment(self->mem + 8, self->buf + 8, AREA - 8);
	target_send(self->target, change_and_unmap, self->mem);
	do {
		ret = stable(m, self->segs, 2, DBGMEM_EXACT,
			     DBGMEM_MAX_RETRIES, &self->v);
		/* It was never read, or this is what was. */
		EXPECT_EQ(ret ? 0 : AREA, self->v.done);
		EXPECT_EQ(!ret, opt.passes > 0);
		for (i = 0; i < 2 && !ret; i++)
			EXPECT_EQ(self->segs[i].len, self->segs[i].done);
	} while (!ret);
	EXPECT_EQ(-EFAULT, ret);
	EXPECT_EQ(0, target_wait(self->target));
}

TEST_F_TIMEOUT(vector, expectations_are_looked_at_before_each_pass, 60)
{
	uint64_t *word = (void *)private_alloc(PAGE);
	struct dbgmem *m = handle(self->target->pid), *own = handle(getpid());
	struct dbgmem_expect e;

	ASSERT_NE(NULL, m);
	ASSERT_NE(NULL, own);
	/* Still. */
	e = expect(self->mem + 8 * PAGE, pattern_u64(3, PAGE));
	self->segs[0] = segment(self->mem, self->buf, 100);
	opt = (struct dbgmem_vector_options){
		.flags = DBGMEM_STABLE,
		.retries = 5,
		.expects = &e,
		.nr_expects = 1,
	};
	EXPECT_EQ(0, call(m, DBGMEM_OP_READ, self->segs, 1, &self->v));
	EXPECT_EQ(2, opt.passes);
	EXPECT_EQ(1, opt.first_unmet);
	e.value++;
	EXPECT_EQ(-ECANCELED, call(m, DBGMEM_OP_READ, self->segs, 1, &self->v));
	EXPECT_EQ(0, opt.passes);
	/* One process on both ends: the first pass changes what is expected. */
	word[0] = 0;
	word[1] = 5;
	e = expect(&word[0], 0);
	self->segs[0] = segment(&word[1], &word[0], 8);
	EXPECT_EQ(-ECANCELED, call(own, DBGMEM_OP_READ, self->segs, 1,
				   &self->v));
	EXPECT_EQ(5, e.observed);
	EXPECT_EQ(5, word[0]);
	/* The answer of the pass before. */
	EXPECT_EQ(8, self->v.done);
	EXPECT_EQ(1, opt.passes);
	EXPECT_EQ(1, opt.nr_changed);
	EXPECT_EQ(DBGMEM_REASON_CHANGED, self->segs[0].reason);
}

/* --- refused --- */

TEST_F_TIMEOUT(vector, what_excludes_stable_is_einval, 60)
{
	static const struct {
		uint32_t op, flags, retries;
	} bad[] = {
		{ DBGMEM_OP_WRITE, DBGMEM_STABLE, 0 },
		{ DBGMEM_OP_WRITE, DBGMEM_STABLE | DBGMEM_EXACT, 1 },
		{ DBGMEM_OP_READ, 0, 1 },
		{ DBGMEM_OP_READ, DBGMEM_EXACT, ~0U },
		{ DBGMEM_OP_WRITE, 0, 1 },
		{ DBGMEM_OP_READ, DBGMEM_STABLE, DBGMEM_MAX_RETRIES + 1 },
		{ DBGMEM_OP_READ, DBGMEM_STABLE, ~0U },
		{ DBGMEM_OP_READ, DBGMEM_STABLE | DBGMEM_ZEROFILL, 0 },
	};
	struct dbgmem *m = handle(self->target->pid);
	size_t i;

	ASSERT_NE(NULL, m);
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		self->segs[0] = segment(self->mem, self->buf, 8);
		opt = (struct dbgmem_vector_options){
			.flags = bad[i].flags,
			.retries = bad[i].retries,
		};
		EXPECT_EQ(-EINVAL, call(m, bad[i].op, self->segs, 1, &self->v))
			TH_LOG("case %zu", i);
		EXPECT_EQ(0, self->v.done);
		EXPECT_EQ(0, opt.nr_changed);
		EXPECT_EQ(0, opt.passes);
	}
	EXPECT_EQ(-1, pattern_differs(self->buf, 0, AREA, 4));
	EXPECT_EQ(-1, target_pattern_differs(self->target, self->job, self->mem,
					     0, AREA, 3));
	/* A flag of vectors alone, and of the library. */
	EXPECT_EQ(-EOPNOTSUPP, mem_read(self->fd, self->mem, self->buf, 8,
					DBGMEM_STABLE, NULL));
	EXPECT_EQ(-EOPNOTSUPP, mem_write(self->fd, self->mem, self->buf, 8,
					 DBGMEM_STABLE, NULL));
}

TEST_F_TIMEOUT(vector, without_stable_nothing_is_told_of_it, 60)
{
	struct dbgmem *m = handle(self->target->pid);

	ASSERT_NE(NULL, m);
	self->segs[0] = segment(self->mem, self->buf, 8);
	opt = (struct dbgmem_vector_options){ 0 };
	ASSERT_EQ(0, call(m, DBGMEM_OP_READ, self->segs, 1, &self->v));
	EXPECT_EQ(0, opt.nr_changed);
	EXPECT_EQ(0, opt.passes);
}

/* --- breakpoints --- */

struct planter {
	char *at;
	int fd, stop;
	long rounds;
};

static void *plant(void *arg)
{
	struct planter *p = arg;

	while (!__atomic_load_n(&p->stop, __ATOMIC_RELAXED)) {
		bp_set(p->fd, p->at + p->rounds % 500, LONG_TRAP, 16, NULL);
		bp_clear_all(p->fd, NULL);
		__atomic_add_fetch(&p->rounds, 1, __ATOMIC_RELAXED);
	}
	return NULL;
}

TEST_F_TIMEOUT(vector, breakpoints_that_come_and_go_are_no_change, 60)
{
	struct dbgmem *m = handle(self->target->pid);
	struct planter p = { .at = self->mem };
	pthread_t thread;
	int n;

	ASSERT_NE(NULL, m);
	p.fd = dbgmem_fd(m);
	ASSERT_EQ(0, pthread_create(&thread, NULL, plant, &p));
	for (n = 0; n < 200 ||
	     __atomic_load_n(&p.rounds, __ATOMIC_RELAXED) < 100; n++) {
		spread(self, self->mem, self->buf);
		ASSERT_EQ(0, stable(m, self->segs, NR, n % 2 ? DBGMEM_EXACT : 0,
				    0, &self->v));
		ASSERT_EQ(0, opt.nr_changed);
		ASSERT_EQ(NR, self->v.nr_complete);
		ASSERT_EQ(-1, pattern_differs(self->buf, 0, 37, 3));
	}
	__atomic_store_n(&p.stop, 1, __ATOMIC_RELAXED);
	pthread_join(thread, NULL);
}

static void *plant_one(void *arg)
{
	struct planter *p = arg;
	int ret = bp_set(p->fd, p->at, LONG_TRAP, 16, NULL);

	__atomic_store_n(&p->stop, 1, __ATOMIC_RELAXED);
	return (void *)(long)ret;
}

/* Before it sessions read without asking who plants. */
TEST_F_TIMEOUT(vector, nor_is_the_first_of_a_session, 120)
{
	pthread_t thread;
	void *ret;
	int n;

	for (n = slow_rounds(300); n > 0; n--) {
		struct dbgmem *m = handle(self->target->pid);
		struct planter p = { .at = self->mem + n };

		ASSERT_NE(NULL, m);
		p.fd = dbgmem_fd(m);
		ASSERT_EQ(0, pthread_create(&thread, NULL, plant_one, &p));
		while (!__atomic_load_n(&p.stop, __ATOMIC_RELAXED)) {
			spread(self, self->mem, self->buf);
			ASSERT_EQ(0, stable(m, self->segs, NR,
					    n % 2 ? DBGMEM_EXACT : 0, 0,
					    &self->v));
			ASSERT_EQ(0, opt.nr_changed)
				TH_LOG("%d rounds to go", n);
			ASSERT_EQ(-1, pattern_differs(self->buf, 0, 37, 3));
		}
		pthread_join(thread, &ret);
		ASSERT_EQ(NULL, ret);
		dbgmem_close(m);
	}
}

TEST_HARNESS_MAIN
