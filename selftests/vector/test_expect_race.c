// SPDX-License-Identifier: GPL-2.0
/*
 * Expectations and time: when and how often the words are read, with a target
 * that writes all the time.
 */
#include "vector_fixture.h"

#include <pthread.h>

/* --- one look for what fits into a batch --- */

/* The first write takes away what was expected; it is too late to matter. */
static void own_condition(struct __test_metadata *_metadata,
			  FIXTURE_DATA(vector) *self, uint32_t flags)
{
	struct dbgmem_expect e = expect(self->mem, pattern_u64(3, 0));
	size_t i;

	for (i = 0; i < 100; i++)
		self->segs[i] = segment(self->mem + i * 200, self->buf + i * 200,
					8);
	ASSERT_EQ(0, vec_with(self->fd, DBGMEM_OP_WRITE, self->segs, 100, flags,
			      &e, 1, &self->v))
		TH_LOG("flags %#x", flags);
	EXPECT_EQ(100, self->v.nr_complete);
	EXPECT_EQ(1, self->v.first_unmet);
	for (i = 0; i < 100; i++)
		ASSERT_EQ(-1, target_pattern_differs(self->target, self->job,
						     self->mem + i * 200,
						     i * 200, 8, 4));
}

TEST_F_TIMEOUT(vector, a_short_vector_is_carried_out_on_one_look, 60)
{
	own_condition(_metadata, self, 0);
}

TEST_F_TIMEOUT(vector, an_exact_vector_is_carried_out_on_one_look, 60)
{
	own_condition(_metadata, self, DBGMEM_EXACT);
}

/* The page is shared by fork: the copy is what is looked at and written. */
TEST_F_TIMEOUT(vector, expected_and_written_on_a_page_yet_to_be_copied, 60)
{
	uint64_t *mem = (void *)private_alloc(4 * PAGE), value;
	static const uint32_t flags[] = { 0, DBGMEM_EXACT };
	struct dbgmem_expect e;
	size_t f;

	for (f = 0; f < ARRAY_SIZE(flags); f++) {
		mem[PAGE / 8 * f] = 1000;
		mem[PAGE / 8 * f + 1] = 2000;
	}
	ASSERT_EQ(0, vector_restart(self));
	for (f = 0; f < ARRAY_SIZE(flags); f++) {
		uint64_t *word = mem + PAGE / 8 * f;

		e = expect(word, 1000);
		value = 3000;
		self->segs[0] = segment(word + 1, &value, 8);
		EXPECT_EQ(0, vec_with(self->fd, DBGMEM_OP_WRITE, self->segs, 1,
				      flags[f], &e, 1, &self->v));
		EXPECT_EQ(1000, e.observed);
		e = expect(word + 1, 3000);
		self->segs[0] = segment(word, &value, 8);
		EXPECT_EQ(0, vec_with(self->fd, DBGMEM_OP_WRITE, self->segs, 1,
				      flags[f], &e, 1, &self->v));
		EXPECT_EQ(3000, e.observed);
		EXPECT_EQ(1000, word[0]);
		EXPECT_EQ(2000, word[1]);
	}
}

/* --- another look before each further batch --- */

#define LONG_PAGES	1500UL

TEST_F_TIMEOUT(vector, a_long_vector_stops_where_it_does_not_hold_any_more, 60)
{
	char *mem = private_alloc(LONG_PAGES * PAGE), *out = malloc(LONG_PAGES);
	struct dbgmem_expect e;
	uint32_t i, first;

	ASSERT_NE(NULL, mem);
	ASSERT_EQ(0, vector_restart(self));
	target_fill(self->target, self->job, mem, 0, LONG_PAGES * PAGE, 5);
	memset(out, 0x41, LONG_PAGES);
	/* One byte in each page; the first takes away what was expected. */
	for (i = 0; i < LONG_PAGES; i++)
		self->segs[i] = segment(mem + i * PAGE, out + i, 1);
	e = expect(mem, pattern_u64(5, 0));
	ASSERT_EQ(-ECANCELED, vec_with(self->fd, DBGMEM_OP_WRITE, self->segs,
				       LONG_PAGES, 0, &e, 1, &self->v));
	EXPECT_EQ(0, self->v.first_unmet);
	EXPECT_EQ((pattern_u64(5, 0) & ~0xffULL) | 0x41, e.observed);
	EXPECT_SUMMARY(&self->v, self->segs);
	first = self->v.first_incomplete;
	EXPECT_LT(0, first);
	EXPECT_GE(512, first);
	EXPECT_EQ(first, self->v.done);
	for (i = 0; i < LONG_PAGES; i++) {
		ASSERT_EQ(i < first, self->segs[i].done);
		ASSERT_EQ(i < first ? DBGMEM_REASON_NONE :
				      DBGMEM_REASON_CANCELED,
			  self->segs[i].reason);
	}
	/* So it is in memory. */
	ASSERT_EQ(0, vec_read(self->fd, self->segs, LONG_PAGES, 0, &self->v));
	for (i = 0; i < LONG_PAGES; i++)
		ASSERT_EQ(i < first ? 0x41 : (char)pattern_byte(5, i * PAGE),
			  out[i]);
	free(out);
}

TEST_F_TIMEOUT(vector, a_long_vector_that_is_exact_is_all_or_none, 60)
{
	char *mem = private_alloc(LONG_PAGES * PAGE), *out = malloc(LONG_PAGES);
	struct dbgmem_expect e;
	uint32_t i;

	ASSERT_EQ(0, vector_restart(self));
	memset(out, 0x41, LONG_PAGES);
	for (i = 0; i < LONG_PAGES; i++)
		self->segs[i] = segment(mem + i * PAGE, out + i, 1);
	e = expect(mem, 0);
	ASSERT_EQ(0, vec_with(self->fd, DBGMEM_OP_WRITE, self->segs, LONG_PAGES,
			      DBGMEM_EXACT, &e, 1, &self->v));
	EXPECT_EQ(LONG_PAGES, self->v.nr_complete);
	EXPECT_EQ(-ECANCELED, vec_with(self->fd, DBGMEM_OP_WRITE, self->segs,
				       LONG_PAGES, DBGMEM_EXACT, &e, 1,
				       &self->v));
	EXPECT_EQ(0x41, e.observed);
	EXPECT_EQ(0, self->v.done);
	free(out);
}

/* --- a target with a sequence counter --- */

#define WORDS	64

struct sequence {
	uint64_t *count;	/* odd while it writes */
	uint64_t *data;		/* WORDS of them, each half of the count */
	int stop;
};

static long job_write(void *arg)
{
	const int pause = 3000 * (int)slow_factor();
	struct sequence *s = arg;
	volatile int spin;
	uint64_t n;
	int i;

	for (n = 0; !__atomic_load_n(&s->stop, __ATOMIC_RELAXED); n += 2) {
		__atomic_store_n(s->count, n + 1, __ATOMIC_SEQ_CST);
		for (i = 0; i < WORDS; i++)
			__atomic_store_n(&s->data[i], n / 2 + 1,
					 __ATOMIC_SEQ_CST);
		__atomic_store_n(s->count, n + 2, __ATOMIC_SEQ_CST);
		/* Nothing is written for a while, mostly. */
		for (spin = 0; spin < (n % 64 ? pause : 0); spin++)
			;
	}
	return 0;
}

/*
 * Expected: that the counter is as it was, and even. With the counter once more
 * as the last segment this is a reader of a sequence lock: if that is the same,
 * the data is of one piece. If the expectation did not hold, nothing came.
 */
static void read_sequence(struct __test_metadata *_metadata,
			  FIXTURE_DATA(vector) *self, uint32_t flags)
{
	struct sequence *s = shared_alloc(PAGE);
	long good = 0, late = 0, canceled = 0;
	uint64_t in[WORDS + 1], seen;
	struct dbgmem_expect e;
	double start = now();
	int i, ret;

	s->count = (void *)self->mem;
	s->data = (void *)(self->mem + 3 * PAGE - 128);
	ASSERT_EQ(0, vector_restart(self));
	memset(in, 0, sizeof(in));
	ASSERT_EQ(0, mem_write(self->fd, s->data, in, sizeof(in), 0, NULL));
	ASSERT_EQ(0, mem_write(self->fd, s->count, in, 8, 0, NULL));
	target_send(self->target, job_write, s);
	while (now() < start + 20 && (good < 500 || canceled < 20)) {
		ASSERT_EQ(0, mem_read(self->fd, s->count, &seen, 8, 0, NULL));
		seen &= ~1ULL;
		for (i = 0; i < WORDS; i++)
			self->segs[i] = segment(&s->data[i], &in[i], 8);
		self->segs[WORDS] = segment(s->count, &in[WORDS], 8);
		memset(in, 0xee, sizeof(in));
		e = expect(s->count, seen);
		ret = vec_with(self->fd, DBGMEM_OP_READ, self->segs, WORDS + 1,
			       flags, &e, 1, &self->v);
		if (ret) {
			ASSERT_EQ(-ECANCELED, ret);
			ASSERT_NE(seen, e.observed);
			ASSERT_EQ(-1, byte_differs(in, 0xee, sizeof(in)));
			canceled++;
			continue;
		}
		ASSERT_EQ(seen, e.observed);
		ASSERT_EQ(WORDS + 1, self->v.nr_complete);
		/* A look, no lock: the target may have gone on. */
		if (in[WORDS] != seen) {
			late++;
			continue;
		}
		for (i = 0; i < WORDS; i++)
			ASSERT_EQ(seen / 2, in[i])
				TH_LOG("word %d", i);
		good++;
	}
	__atomic_store_n(&s->stop, 1, __ATOMIC_RELAXED);
	EXPECT_EQ(0, target_wait(self->target));
	TH_LOG("%ld of one piece, %ld overtaken, %ld canceled", good, late,
	       canceled);
	EXPECT_LT(0, good);
	EXPECT_LT(0, canceled);
}

TEST_F_TIMEOUT(vector, sequence_counter_tells_data_of_one_piece, 60)
{
	read_sequence(_metadata, self, 0);
}

TEST_F_TIMEOUT(vector, sequence_counter_with_exact, 60)
{
	read_sequence(_metadata, self, DBGMEM_EXACT);
}

TEST_HARNESS_MAIN
