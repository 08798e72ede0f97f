// SPDX-License-Identifier: GPL-2.0
/* libdbgmem: stable vectors, and vectors with expectations. */
#include "intercept.h"
#include "userlib_fixture.h"

#include <time.h>

/* Where the target scribbles, and where it looks whether to stop. */
#define BUSY	(2 * PAGE + 8)
#define STOP	(7 * PAGE)

static long scribble(void *unused)
{
	volatile uint64_t *word = (void *)(mem + BUSY);

	while (*(volatile char *)(mem + STOP) != 'S')
		++*word;
	return 0;
}

/* What cannot be split into several calls: one segment too many. */
static struct dbgmem_segment *too_many(struct dbgmem *m, uint64_t addr,
				       char *buf, size_t *nr)
{
	struct dbgmem_segment *s;
	struct dbgmem_info info = { .size = sizeof(info) };
	size_t i;

	if (dbgmem_get_info(m, &info))
		return NULL;
	*nr = (size_t)info.max_segments + 1;
	s = malloc(*nr * sizeof(*s));
	for (i = 0; s && i < *nr; i++)
		s[i] = user_segment(addr, buf, 1);
	return s;
}

/* --- DBGMEM_STABLE --- */

TEST_F(lib, stable_memory_is_read_twice)
{
	struct dbgmem_vector_options opt = {
		.size = sizeof(opt),
		.flags = DBGMEM_STABLE,
		.retries = 3,
		.first_unmet = 77,
		.nr_changed = 77,
		.passes = 77,
	};
	struct dbgmem_vector_result res;
	struct dbgmem_segment s[] = {
		user_segment(self->addr, self->buf, 8),
		user_segment(self->addr + PAGE - 3, self->buf + 8, 2 * PAGE),
	};

	EXPECT_EQ((ssize_t)(8 + 2 * PAGE),
		  dbgmem_read_segments_options(self->m, s, 2, &opt, &res))
		TH_LOG("%s", dbgmem_errstr());
	EXPECT_EQ(2, opt.passes);
	EXPECT_EQ(0, opt.nr_changed);
	EXPECT_EQ(0, opt.first_unmet);
	EXPECT_EQ(2, res.nr_complete);
	EXPECT_EQ(DBGMEM_REASON_NONE, s[0].reason);
	EXPECT_EQ(DBGMEM_REASON_NONE, s[1].reason);
	EXPECT_TRUE(is_pattern(self->buf, 0, 8));
	EXPECT_TRUE(is_pattern(self->buf + 8, PAGE - 3, 2 * PAGE));
}

/*
 * A word that changes, one before it that does not, and so much behind it that
 * does not either that the target comes to its turn between two passes.
 */
#define SLOW		64
#define NR_BUSY		(2 + SLOW)
#define SLOW_LEN	(4 * PAGE)
#define BUSY_LEN	(16 + SLOW * SLOW_LEN)

static struct dbgmem_segment *busy_vector(uint64_t addr)
{
	struct dbgmem_segment *s = calloc(NR_BUSY, sizeof(*s));
	char *buf = malloc(BUSY_LEN);
	size_t i;

	if (!s || !buf)
		return NULL;
	s[0] = user_segment(addr, buf, 8);
	s[1] = user_segment(addr + BUSY, buf + 8, 8);
	for (i = 0; i < SLOW; i++)
		s[2 + i] = user_segment(addr + 3 * PAGE, buf + 16 + i * SLOW_LEN,
				   SLOW_LEN);
	return s;
}

TEST_F(lib, stable_says_what_changed)
{
	struct dbgmem_vector_options opt = { .size = sizeof(opt), .flags = DBGMEM_STABLE };
	struct dbgmem_segment *s = busy_vector(self->addr);
	const time_t end = time(NULL) + 20;
	struct dbgmem_vector_result res;
	size_t i;

	ASSERT_NE(NULL, s);
	target_send(&self->t, scribble, NULL);
	do {
		ASSERT_EQ((ssize_t)BUSY_LEN,
			  dbgmem_read_segments_options(self->m, s, NR_BUSY, &opt, &res))
			TH_LOG("%s", dbgmem_errstr());
		ASSERT_EQ(2, opt.passes);
	} while (!opt.nr_changed && time(NULL) < end);
	EXPECT_EQ(1, opt.nr_changed);
	EXPECT_EQ(NR_BUSY, res.nr_complete);
	EXPECT_EQ(NR_BUSY, res.first_incomplete);
	EXPECT_EQ(8, s[1].done);
	for (i = 0; i < NR_BUSY; i++) {
		EXPECT_EQ(i == 1 ? DBGMEM_REASON_CHANGED : DBGMEM_REASON_NONE,
			  s[i].reason);
	}

	/* As many retries as asked for, if it never holds still. */
	opt.retries = 5;
	do {
		ASSERT_EQ((ssize_t)BUSY_LEN,
			  dbgmem_read_segments_options(self->m, s, NR_BUSY, &opt,
					       &res));
	} while (!opt.nr_changed && time(NULL) < end);
	EXPECT_EQ(1, opt.nr_changed);
	EXPECT_EQ(7, opt.passes);

	ASSERT_EQ(1, dbgmem_write(self->m, self->addr + STOP, "S", 1));
	ASSERT_EQ(0, target_wait(&self->t));
	EXPECT_EQ((ssize_t)BUSY_LEN,
		  dbgmem_read_segments_options(self->m, s, NR_BUSY, &opt, &res));
	EXPECT_EQ(0, opt.nr_changed);
	EXPECT_EQ(2, opt.passes);
	EXPECT_EQ(DBGMEM_REASON_NONE, s[1].reason);
}

/* Which have no place for the numbers. */
TEST_F(lib, stable_in_the_short_forms)
{
	struct dbgmem_segment *s = busy_vector(self->addr);
	const time_t end = time(NULL) + 20;
	struct dbgmem_scatter *sc;
	struct dbgmem_result r;
	size_t i;

	ASSERT_NE(NULL, s);
	target_send(&self->t, scribble, NULL);
	do {
		ASSERT_EQ((ssize_t)BUSY_LEN,
			  dbgmem_read_segments(self->m, s, NR_BUSY, DBGMEM_STABLE,
				       NULL));
	} while (!s[1].reason && time(NULL) < end);
	EXPECT_EQ(DBGMEM_REASON_CHANGED, s[1].reason);

	ASSERT_EQ(0, dbgmem_scatter_new(self->m, DBGMEM_OP_READ, DBGMEM_STABLE,
					&sc));
	for (i = 0; i < NR_BUSY; i++) {
		ASSERT_EQ((ssize_t)i,
			  dbgmem_scatter_add(sc, s[i].addr, NULL, s[i].len));
	}
	do {
		ASSERT_EQ((ssize_t)BUSY_LEN, dbgmem_scatter_execute(sc, NULL));
		ASSERT_EQ(0, dbgmem_scatter_result(sc, 1, &r));
	} while (!r.reason && time(NULL) < end);
	EXPECT_EQ(DBGMEM_REASON_CHANGED, r.reason);
	EXPECT_EQ(0, dbgmem_scatter_result(sc, 0, &r));
	EXPECT_EQ(DBGMEM_REASON_NONE, r.reason);
	dbgmem_scatter_free(sc);
}

TEST_F(lib, stable_is_one_call_or_none)
{
	struct dbgmem_vector_options opt = { .size = sizeof(opt), .flags = DBGMEM_STABLE };
	struct dbgmem_vector_result res;
	struct dbgmem_segment *s;
	size_t nr;

	s = too_many(self->m, self->addr, self->buf, &nr);
	ASSERT_NE(NULL, s);
	self->buf[0] = 'x';
	EXPECT_EQ(-E2BIG, dbgmem_read_segments_options(self->m, s, nr, &opt, &res));
	EXPECT_ERROR(E2BIG, DBGMEM_SOURCE_USAGE, "cannot read 65537 segments",
		     "STABLE", "at most 65536 segments");
	EXPECT_EQ(0, res.result.done);
	EXPECT_EQ(0, s[0].done);
	EXPECT_EQ(-E2BIG, dbgmem_read_segments(self->m, s, nr, DBGMEM_STABLE, NULL));
	EXPECT_EQ('x', self->buf[0]);
	EXPECT_EQ((ssize_t)nr - 1,
		  dbgmem_read_segments_options(self->m, s, nr - 1, &opt, NULL));
	free(s);
}

TEST_F(lib, stable_options_that_make_no_sense)
{
	struct dbgmem_vector_options opt = { .size = sizeof(opt), .retries = 1 };
	struct dbgmem_segment s = user_segment(self->addr, self->buf, 8);

	EXPECT_EQ(-EINVAL, dbgmem_read_segments_options(self->m, &s, 1, &opt, NULL));
	EXPECT_ERROR(EINVAL, DBGMEM_SOURCE_USAGE, "retries need STABLE");
	opt.flags = DBGMEM_STABLE;
	opt.retries = DBGMEM_MAX_RETRIES + 1;
	EXPECT_EQ(-EINVAL, dbgmem_read_segments_options(self->m, &s, 1, &opt, NULL));
	EXPECT_ERROR(EINVAL, DBGMEM_SOURCE_USAGE, "the maximum is");
	opt.retries = DBGMEM_MAX_RETRIES;
	EXPECT_EQ(8, dbgmem_read_segments_options(self->m, &s, 1, &opt, NULL));
	EXPECT_EQ(-EINVAL, dbgmem_write_segments(self->m, &s, 1, DBGMEM_STABLE, NULL));
	EXPECT_ERROR(EINVAL, DBGMEM_SOURCE_USAGE, "do not go together");
}

/* --- expectations --- */

static uint64_t word_at(size_t off)
{
	uint64_t v;

	memcpy(&v, mem + off, 8);
	return v;
}

TEST_F(lib, expectations_that_hold)
{
	struct dbgmem_expect x[] = {
		{ .addr = self->addr, .value = word_at(0), .observed = 77,
		  .reason = 77 },
		{ .addr = self->addr + 5 * PAGE, .value = word_at(5 * PAGE) },
	};
	struct dbgmem_vector_options opt = { .size = sizeof(opt), .expects = x, .nr_expects = 2 };
	struct dbgmem_segment s = user_segment(self->addr + 64, self->buf, 8);

	EXPECT_EQ(8, dbgmem_read_segments_options(self->m, &s, 1, &opt, NULL))
		TH_LOG("%s", dbgmem_errstr());
	EXPECT_EQ(2, opt.first_unmet);
	EXPECT_EQ(word_at(0), x[0].observed);
	EXPECT_EQ(DBGMEM_REASON_NONE, x[0].reason);
	EXPECT_TRUE(is_pattern(self->buf, 64, 8));
	opt.flags = DBGMEM_EXACT;
	s = user_segment(self->addr, "abcdefgh", 8);
	EXPECT_EQ(8, dbgmem_write_segments_options(self->m, &s, 1, &opt, NULL));
	/* It was true, and is not any more. */
	EXPECT_EQ(-ECANCELED,
		  dbgmem_write_segments_options(self->m, &s, 1, &opt, NULL));
	EXPECT_EQ(0, opt.first_unmet);
}

TEST_F(lib, expectation_that_does_not_hold)
{
	struct dbgmem_expect x[] = {
		{ .addr = self->addr, .value = word_at(0) },
		{ .addr = self->addr + 8, .value = 0x1234 },
		{ .addr = self->addr + 16, .value = word_at(16) },
	};
	struct dbgmem_vector_options opt = { .size = sizeof(opt), .expects = x, .nr_expects = 3 };
	struct dbgmem_vector_result res = { .result.done = 77 };
	struct dbgmem_segment s = user_segment(self->addr + 64, "abcdefgh", 8);
	char found[64];

	EXPECT_EQ(-ECANCELED,
		  dbgmem_write_segments_options(self->m, &s, 1, &opt, &res));
	EXPECT_ERROR(ECANCELED, DBGMEM_SOURCE_EXPECTATION, "cannot write 1 segments",
		     "expectation 1 does not hold", "not 0x1234",
		     "nothing was transferred");
	snprintf(found, sizeof(found), "word at 0x%llx is 0x%llx",
		 (unsigned long long)self->addr + 8,
		 (unsigned long long)word_at(8));
	EXPECT_NE(NULL, strstr(dbgmem_errstr(), found))
		TH_LOG("%s", dbgmem_errstr());
	EXPECT_EQ(self->addr + 8, dbgmem_last_error()->result.fault_addr);
	EXPECT_EQ(1, opt.first_unmet);
	EXPECT_EQ(word_at(0), x[0].observed);
	EXPECT_EQ(word_at(8), x[1].observed);
	EXPECT_EQ(word_at(16), x[2].observed);
	EXPECT_EQ(0, res.result.done);
	EXPECT_EQ(0, s.done);
	EXPECT_EQ(0, target_call(&self->t, bytes_changed, NULL));

	s = user_segment(self->addr + 64, self->buf, 8);
	memcpy(self->buf, "untouched", 9);
	EXPECT_EQ(-ECANCELED,
		  dbgmem_read_segments_options(self->m, &s, 1, &opt, &res));
	EXPECT_EQ(0, memcmp("untouched", self->buf, 9));
}

TEST_F(lib, expectation_that_cannot_be_read)
{
	struct dbgmem_expect x = { .addr = self->addr + 3 * PAGE };
	struct dbgmem_vector_options opt = { .size = sizeof(opt), .expects = &x, .nr_expects = 1 };
	struct dbgmem_segment s = user_segment(self->addr, "abcdefgh", 8);

	ASSERT_EQ(0, target_call(&self->t, page_unmap, mem + 3 * PAGE));
	EXPECT_EQ(-ECANCELED,
		  dbgmem_write_segments_options(self->m, &s, 1, &opt, NULL));
	EXPECT_ERROR(ECANCELED, DBGMEM_SOURCE_EXPECTATION,
		     "could not be read: nothing is mapped");
	EXPECT_EQ(0, opt.first_unmet);
	EXPECT_EQ(DBGMEM_REASON_UNMAPPED, x.reason);
	EXPECT_EQ(0, target_call(&self->t, bytes_changed, mem + 3 * PAGE));
}

/* What the kernel says when it stops on the way. */
static int stopped_on_the_way(unsigned long cmd, void *arg)
{
	struct dbgmem_vector *v = arg;
	struct dbgmem_segment *s = (void *)(uintptr_t)v->segments;
	struct dbgmem_expect *x = (void *)(uintptr_t)v->expects;

	if (cmd != DBGMEM_IOC_VECTOR || v->nr_segments != 2 ||
	    v->nr_expects != 1 || v->expect_size != sizeof(*x))
		return -EINVAL;
	s[0].done = s[0].len;
	s[1].done = 0;
	s[1].reason = DBGMEM_REASON_CANCELED;
	x->observed = 0xbeef;
	v->done = s[0].len;
	v->nr_complete = 1;
	v->first_incomplete = 1;
	v->fault_addr = s[1].addr;
	v->first_unmet = 0;
	return -ECANCELED;
}

TEST_F(lib, expectation_that_holds_no_longer)
{
	struct dbgmem_expect x = { .addr = self->addr, .value = 0xdead };
	struct dbgmem_vector_options opt = { .size = sizeof(opt), .expects = &x, .nr_expects = 1 };
	struct dbgmem_vector_result res;
	struct dbgmem_segment s[] = {
		user_segment(self->addr, self->buf, 8),
		user_segment(self->addr + PAGE, self->buf, 8),
	};

	answer = stopped_on_the_way;
	EXPECT_EQ(-ECANCELED,
		  dbgmem_read_segments_options(self->m, s, 2, &opt, &res));
	answer = NULL;
	EXPECT_ERROR(ECANCELED, DBGMEM_SOURCE_EXPECTATION, "is 0xbeef, not 0xdead",
		     "8 bytes had been transferred before");
	EXPECT_EQ(8, dbgmem_last_error()->result.done);
	EXPECT_EQ(8, res.result.done);
	EXPECT_EQ(1, res.nr_complete);
	EXPECT_EQ(1, res.first_incomplete);
	EXPECT_EQ(self->addr + PAGE, res.result.fault_addr);
	EXPECT_EQ(DBGMEM_REASON_CANCELED, res.result.reason);
}

TEST_F(lib, expectations_that_make_no_sense)
{
	struct dbgmem_segment s = user_segment(self->addr, self->buf, 8), *many;
	struct dbgmem_vector_options opt = { .size = sizeof(opt), .nr_expects = 1 };
	struct dbgmem_info info = { .size = sizeof(info) };
	struct dbgmem_expect *x;
	size_t nr;

	ASSERT_EQ(0, dbgmem_get_info(self->m, &info));
	ASSERT_LT(0, info.max_expects);
	x = calloc(info.max_expects + 1, sizeof(*x));
	ASSERT_NE(NULL, x);
	for (nr = 0; nr <= info.max_expects; nr++)
		x[nr] = (struct dbgmem_expect){ .addr = self->addr,
						.value = word_at(0) };

	EXPECT_EQ(-EINVAL, dbgmem_read_segments_options(self->m, &s, 1, &opt, NULL));
	EXPECT_ERROR(EINVAL, DBGMEM_SOURCE_USAGE, "1 expectations, but their array is NULL");
	opt.expects = x;
	opt.nr_expects = nr;
	EXPECT_EQ(-E2BIG, dbgmem_read_segments_options(self->m, &s, 1, &opt, NULL));
	EXPECT_ERROR(E2BIG, DBGMEM_SOURCE_USAGE, "expectations: the maximum is");
	opt.nr_expects = nr - 1;
	EXPECT_EQ(8, dbgmem_read_segments_options(self->m, &s, 1, &opt, NULL))
		TH_LOG("%s", dbgmem_errstr());

	opt.nr_expects = 2;
	x[1].addr += 4;
	EXPECT_EQ(-EINVAL, dbgmem_read_segments_options(self->m, &s, 1, &opt, NULL));
	EXPECT_ERROR(EINVAL, DBGMEM_SOURCE_USAGE, "expectation 1",
		     "not a multiple of 8");
	x[1].addr -= 4;
	x[1].reserved = 1;
	EXPECT_EQ(-EOPNOTSUPP,
		  dbgmem_read_segments_options(self->m, &s, 1, &opt, NULL));
	x[1].reserved = 0;

	many = too_many(self->m, self->addr, self->buf, &nr);
	ASSERT_NE(NULL, many);
	EXPECT_EQ(-E2BIG, dbgmem_write_segments_options(self->m, many, nr, &opt, NULL));
	EXPECT_ERROR(E2BIG, DBGMEM_SOURCE_USAGE, "expectations", "split it");
	EXPECT_EQ(0, target_call(&self->t, bytes_changed, NULL));
	free(many);
	free(x);
}

/* --- an older module --- */

TEST_F(lib, options_of_a_module_without_them)
{
	struct dbgmem_expect x = { .addr = self->addr, .value = word_at(0) };
	struct dbgmem_vector_options opt = {
		.size = sizeof(opt),
		.expects = &x,
		.nr_expects = 1,
	};
	struct dbgmem_segment s = user_segment(self->addr, self->buf, 8);
	struct dbgmem *old;

	features_hidden = DBGMEM_FEATURE_EXPECT;
	ASSERT_EQ(0, dbgmem_open(self->t.pid, DBGMEM_OPEN_WRITE, &old));
	features_hidden = 0;
	EXPECT_EQ(-EOPNOTSUPP, dbgmem_read_segments_options(old, &s, 1, &opt, NULL));
	EXPECT_ERROR(EOPNOTSUPP, DBGMEM_SOURCE_MODULE, "expectations",
		     "same release");
	/* Without, they are as good as ever; STABLE is the library's own. */
	opt.nr_expects = 0;
	opt.flags = DBGMEM_STABLE;
	EXPECT_EQ(8, dbgmem_read_segments_options(old, &s, 1, &opt, NULL));
	dbgmem_close(old);
}

TEST_HARNESS_MAIN
