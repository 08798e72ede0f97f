// SPDX-License-Identifier: GPL-2.0
/*
 * The comparison of the library on two made-up targets, against one byte by byte:
 * what was never touched counts as zeros, and stays untouched.
 */
#include "kselftest_harness.h"
#include "mock_target.h"

/* Bytes of each kind, those of enum dbgmem_difference_kind and equal ones. */
enum { EQUAL = DBGMEM_HOLE_BOTH + 1 };

struct fixture {
	struct mock a, b;
	uint64_t a_addr, b_addr, len;
	size_t piece;
	bool buffer, extents;
	unsigned char buf[2 * MOCK_SIZE];
	const struct dbgmem_progress *progress;
};

static unsigned int kind_slowly(const struct fixture *t, uint64_t off)
{
	uint64_t a = t->a_addr + off, b = t->b_addr + off;
	unsigned char other;

	if (t->buffer)
		other = t->buf[off];
	else if (mock_readable(&t->b, b))
		other = t->b.mem[b - MOCK_BASE];
	else
		return mock_readable(&t->a, a) ? DBGMEM_HOLE_B :
						 DBGMEM_HOLE_BOTH;
	if (!mock_readable(&t->a, a))
		return DBGMEM_HOLE_A;
	return t->a.mem[a - MOCK_BASE] == other ? EQUAL : DBGMEM_DIFFERENT;
}

/* The next stretch of a kind from @off on that is not equal. */
static bool next_slowly(const struct fixture *t, uint64_t off,
			struct dbgmem_difference *d)
{
	memset(d, 0, sizeof(*d));
	while (off < t->len && kind_slowly(t, off) == EQUAL)
		off++;
	if (off == t->len)
		return false;
	d->offset = off;
	d->kind = kind_slowly(t, off);
	while (off < t->len && kind_slowly(t, off) == d->kind)
		off++;
	d->len = off - d->offset;
	return true;
}

static struct dbgmem_compare *compare_start(struct fixture *t)
{
	struct dbgmem_compare *c;
	struct dbgmem__walk *w;
	int ret;

	ret = t->buffer ?
	      dbgmem_compare_new_buffer(&t->a.m, t->a_addr, t->buf, t->len, 0,
					t->progress, &c) :
	      dbgmem_compare_new(&t->a.m, t->a_addr, &t->b.m, t->b_addr, t->len,
				 0, t->progress, &c);
	if (ret)
		return NULL;
	w = dbgmem__compare_walk(c, false);
	w->read = mock_read;
	w->extent = t->extents ? mock_extent : NULL;
	if (dbgmem__walk_resize(w, t->piece))
		abort();
	w = dbgmem__compare_walk(c, true);
	w->read = mock_read;
	w->extent = t->extents ? mock_extent : NULL;
	if (!t->buffer && dbgmem__walk_resize(w, t->piece))
		abort();
	return c;
}

static void fixture_make(struct fixture *t)
{
	size_t i;

	mock_init(&t->a, 2, mock_random(2) ? mock_random(40) : 0);
	mock_init(&t->b, 2, mock_random(2) ? mock_random(40) : 0);
	t->a_addr = mock_range().addr;
	t->b_addr = mock_random(2) ? t->a_addr : mock_range().addr;
	t->len = mock_random(MOCK_SIZE);
	t->piece = 1 + mock_random(10 * MOCK_PAGE);
	t->buffer = mock_random(3) == 0;
	t->progress = NULL;
	t->extents = mock_random(2);
	for (i = 0; i < sizeof(t->buf); i++)
		t->buf[i] = (unsigned char)('a' + mock_random(2));
	/* Largely the same, more often than not. */
	if (mock_random(3)) {
		memcpy(t->b.mem, t->a.mem, MOCK_SIZE);
		for (i = 0; i < t->len; i++)
			if (mock_readable(&t->a, t->a_addr + i))
				t->buf[i] = t->a.mem[t->a_addr + i - MOCK_BASE];
		for (i = mock_random(5); i; i--) {
			t->b.mem[mock_random(MOCK_SIZE)] = 'x';
			t->buf[mock_random(MOCK_SIZE)] = 'x';
		}
	}
	if (!t->extents)
		return;
	mock_untouch(&t->a, mock_random(60));
	mock_untouch(&t->b, mock_random(60));
	/* Zeros that somebody has written. */
	for (i = 0; i < MOCK_SIZE; i++) {
		if (!t->b.zero[i / MOCK_PAGE] && mock_random(2))
			t->b.mem[i] = 0;
		if (mock_random(4) == 0)
			t->buf[i] = 0;
	}
}

static int fixture_run(struct fixture *t, size_t *nr)
{
	uint64_t of[EQUAL + 1] = { 0 }, off, end = 0;
	struct dbgmem_compare_stats s = { .size = sizeof(s) };
	struct dbgmem_difference d, want;
	struct dbgmem_compare *c;
	bool more;
	int ret;

	c = compare_start(t);
	if (!c)
		return -EINVAL;
	do {
		memset(&d, 0, sizeof(d));
		ret = dbgmem_compare_next(c, &d);
		more = next_slowly(t, end, &want);
		end = want.offset + want.len;
		*nr += more;
	} while (ret == 1 && more && !memcmp(&d, &want, sizeof(d)));
	dbgmem_compare_get_stats(c, &s);
	dbgmem_compare_free(c);
	if (t->a.made || t->b.made)
		return -ENOTRECOVERABLE;
	if (ret || more)
		return -EBADMSG;
	for (off = 0; off < t->len; off++)
		of[kind_slowly(t, off)]++;
	return s.total == t->len && s.done == t->len && s.equal == of[EQUAL] &&
	       s.different == of[DBGMEM_DIFFERENT] &&
	       s.holes == of[DBGMEM_HOLE_A] + of[DBGMEM_HOLE_B] +
			  of[DBGMEM_HOLE_BOTH] ? 0 : -EBADE;
}

TEST(finds_what_a_look_at_every_byte_finds)
{
	static struct fixture t;
	size_t nr = 0;
	int i;

	mock_seed(1);
	for (i = 0; i < 30000; i++) {
		fixture_make(&t);
		ASSERT_EQ(0, fixture_run(&t, &nr))
			TH_LOG("fixture %d: %llu bytes, piece %zu%s", i,
			       (unsigned long long)t.len, t.piece,
			       t.buffer ? ", buffer" : "");
	}
	EXPECT_GT(nr, 100000);
}

static int cancel(void *arg, uint64_t done, uint64_t total)
{
	*(uint64_t *)arg = done;
	return done <= total;
}

TEST(a_comparison_that_was_ended_goes_on)
{
	static struct fixture t;
	uint64_t last = 0;
	const struct dbgmem_progress p = { cancel, &last };
	struct dbgmem_difference d;
	struct dbgmem_compare *c;
	unsigned int ended = 0;
	int ret;

	mock_seed(2);
	mock_init(&t.a, 1, 0);
	mock_init(&t.b, 1, 0);
	t.a_addr = MOCK_BASE;
	t.b_addr = MOCK_BASE;
	t.len = MOCK_SIZE;
	t.piece = MOCK_PAGE;
	t.progress = &p;
	/* Over the border of two pieces: still one. */
	memset(t.b.mem + 5 * MOCK_PAGE - 3, 'x', 7);
	c = compare_start(&t);
	ASSERT_NE(NULL, c);
	while ((ret = dbgmem_compare_next(c, &d)) == -ECANCELED) {
		EXPECT_EQ(last, dbgmem_last_error()->result.done);
		ended++;
	}
	EXPECT_EQ(1, ret);
	EXPECT_EQ(5, ended);
	EXPECT_EQ(DBGMEM_DIFFERENT, d.kind);
	EXPECT_EQ(5 * MOCK_PAGE - 3, d.offset);
	EXPECT_EQ(7, d.len);
	while ((ret = dbgmem_compare_next(c, &d)) == -ECANCELED)
		ended++;
	EXPECT_EQ(0, ret);
	EXPECT_EQ(MOCK_PAGES - 1, ended);
	dbgmem_compare_free(c);
}

TEST(the_end_of_a_target)
{
	static struct fixture t;
	struct dbgmem_compare_stats s = { .size = sizeof(s) };
	struct dbgmem_difference d;
	struct dbgmem_compare *c;

	mock_seed(3);
	mock_init(&t.a, 1, 0);
	mock_init(&t.b, 1, 0);
	t.a_addr = MOCK_BASE;
	t.b_addr = MOCK_BASE;
	t.len = MOCK_SIZE;
	t.piece = 8 * MOCK_PAGE;
	t.progress = NULL;
	t.b.ends_after = 2;
	t.b.mem[21 * MOCK_PAGE - 1] = 'x';
	c = compare_start(&t);
	ASSERT_NE(NULL, c);
	/* What was found is told before that it is over. */
	EXPECT_EQ(1, dbgmem_compare_next(c, &d));
	EXPECT_EQ(21 * MOCK_PAGE - 1, d.offset);
	EXPECT_EQ(1, d.len);
	EXPECT_EQ(-ESRCH, dbgmem_compare_next(c, &d));
	EXPECT_EQ(-ESRCH, dbgmem_compare_next(c, &d));
	dbgmem_compare_get_stats(c, &s);
	EXPECT_EQ(21 * MOCK_PAGE, s.done);
	EXPECT_EQ(1, s.different);
	EXPECT_EQ(0, s.holes);
	dbgmem_compare_free(c);
}

TEST(bad_arguments)
{
	struct dbgmem_compare *c;
	struct mock f;

	mock_init(&f, 1, 0);
	EXPECT_EQ(-EOVERFLOW, dbgmem_compare_new(&f.m, 2, &f.m, UINT64_MAX - 1,
						 2, 0, NULL, &c));
	EXPECT_EQ(NULL, c);
	EXPECT_NE(NULL, strstr(dbgmem_errstr(), "0xfffffffffffffffe"));
	EXPECT_EQ(-EOVERFLOW, dbgmem_compare_new_buffer(&f.m, UINT64_MAX, "a",
							1, 0, NULL, &c));
	EXPECT_EQ(-EINVAL, dbgmem_compare_new_buffer(&f.m, MOCK_BASE, NULL, 1,
						     0, NULL, &c));
	EXPECT_EQ(-EINVAL, dbgmem_compare_new(&f.m, MOCK_BASE, &f.m, MOCK_BASE,
					      1, DBGMEM_ZEROFILL, NULL, &c));
	EXPECT_EQ(NULL, c);
	dbgmem_compare_free(NULL);
}

TEST_HARNESS_MAIN
