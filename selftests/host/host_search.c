// SPDX-License-Identifier: GPL-2.0
/*
 * The search of the library on made-up targets, against one that looks at every
 * place: matches over borders of pages, pieces and ranges, and never over holes. What
 * was never touched is zeros, and stays untouched.
 */
#include "kselftest_harness.h"
#include "mock_target.h"

#include "../../user/lib/needle.h"

#define MAX_RANGES	4
#define MAX_MATCHES	(MAX_RANGES * MOCK_SIZE)

struct fixture {
	struct dbgmem_range ranges[MAX_RANGES];
	size_t nr;
	unsigned char bytes[80], mask[80];
	struct dbgmem_pattern pattern;
	size_t piece;
	bool extents;		/* where pages are is known */
};

static bool matches(const struct dbgmem_pattern *p, const unsigned char *at,
		    uint64_t addr)
{
	const unsigned char *bytes = p->bytes, *mask = p->mask;
	const int64_t align = p->align ? (int64_t)p->align : 1;
	size_t i;

	if (((int64_t)addr - (int64_t)p->align_from) % align)
		return false;
	for (i = 0; i < p->len; i++)
		if ((at[i] ^ bytes[i]) & (mask ? mask[i] : 0xff))
			return false;
	return true;
}

/* All of them, the slow way: look back from every byte that ends a match. */
static size_t search_slowly(const struct mock *f, const struct fixture *t,
			    uint64_t *found)
{
	size_t i, run = 0, nr = 0, len = t->pattern.len;
	uint64_t a, end = 0, at;

	for (i = 0; i < t->nr; i++) {
		for (a = t->ranges[i].addr;
		     a < t->ranges[i].addr + t->ranges[i].len; a++) {
			run = !mock_readable(f, a) ? 0 : a == end ? run + 1 : 1;
			end = a + 1;
			at = end - len;
			if (run >= len &&
			    matches(&t->pattern, f->mem + (at - MOCK_BASE), at))
				found[nr++] = at;
		}
	}
	return nr;
}

static struct dbgmem_search *search_start(struct mock *f, const struct fixture *t,
					  const struct dbgmem_progress *progress)
{
	struct dbgmem_search *s;
	struct dbgmem__walk *w;

	if (dbgmem_search_new(&f->m, t->ranges, t->nr, &t->pattern, 0, progress,
			      &s))
		return NULL;
	w = dbgmem__search_walk(s);
	w->read = mock_read;
	w->extent = t->extents ? mock_extent : NULL;
	if (t->piece && dbgmem__walk_resize(w, t->piece))
		abort();
	return s;
}

static void fixture_make(struct fixture *t, const struct mock *f,
		       unsigned int letters)
{
	size_t i, at;

	memset(t, 0, sizeof(*t));
	t->nr = 1 + mock_random(MAX_RANGES);
	for (i = 0; i < t->nr; i++) {
		t->ranges[i] = mock_range();
		/* Often right behind the one before. */
		if (i && mock_random(2))
			t->ranges[i].addr = t->ranges[i - 1].addr +
					    t->ranges[i - 1].len;
	}
	t->pattern = (struct dbgmem_pattern){
		.bytes = t->bytes,
		.len = 1 + (mock_random(4) ? mock_random(5) :
					     mock_random(sizeof(t->bytes))),
		.align = mock_random(2) ? 0 : mock_random(20),
		.align_from = mock_random(2) ? 0 :
			      MOCK_BASE + mock_random(MOCK_SIZE),
	};
	/* Something that is there, as a rule. */
	at = mock_random(MOCK_SIZE - sizeof(t->bytes));
	for (i = 0; i < t->pattern.len; i++) {
		t->bytes[i] = mock_random(9) ? f->mem[at + i] :
			      (unsigned char)('a' + mock_random(letters));
		t->mask[i] = mock_random(3) ? 0xff : mock_random(256);
	}
	t->mask[mock_random(t->pattern.len)] |= 1;
	if (mock_random(2))
		t->pattern.mask = t->mask;
	t->piece = 1 + mock_random(10 * MOCK_PAGE);
}

static int fixture_run(struct mock *f, const struct fixture *t, size_t *nr)
{
	static uint64_t want[MAX_MATCHES], got[MAX_MATCHES];
	struct dbgmem_search_stats stats = { .size = sizeof(stats) };
	struct dbgmem_search *s;
	uint64_t skipped = 0, total = 0, a;
	size_t i, n = 0;
	int ret;

	*nr = search_slowly(f, t, want);
	s = search_start(f, t, NULL);
	if (!s)
		return -EINVAL;
	while ((ret = dbgmem_search_next(s, &a)) > 0 && n < MAX_MATCHES)
		got[n++] = a;
	dbgmem_search_get_stats(s, &stats);
	dbgmem_search_free(s);
	for (i = 0; i < t->nr; i++) {
		total += t->ranges[i].len;
		for (a = 0; a < t->ranges[i].len; a++)
			skipped += !mock_readable(f, t->ranges[i].addr + a);
	}
	if (f->made)
		return -ENOTRECOVERABLE;
	if (ret || n != *nr || memcmp(got, want, n * sizeof(*got)))
		return -EBADMSG;
	return stats.total != total || stats.done != total ||
	       stats.skipped != skipped || stats.matches != n ? -EBADE : 0;
}

TEST(finds_what_a_look_at_every_place_finds)
{
	size_t n, all = 0;
	struct fixture t;
	struct mock f;
	int i, letters;

	mock_seed(1);
	for (i = 0; i < 30000; i++) {
		letters = 1 + mock_random(4);
		mock_init(&f, letters, mock_random(3) ? mock_random(40) : 0);
		if (i % 2)
			mock_untouch(&f, mock_random(60));
		fixture_make(&t, &f, letters);
		t.extents = i % 2;
		ASSERT_EQ(0, fixture_run(&f, &t, &n))
			TH_LOG("fixture %d: %zu matches, pattern of %zu, align %llu, piece %zu",
			       i, n, t.pattern.len,
			       (unsigned long long)t.pattern.align, t.piece);
		all += n;
	}
	/* They were worth it. */
	EXPECT_GT(all, 100000);
}

TEST(a_match_over_every_border)
{
	struct dbgmem_range whole = { MOCK_BASE, MOCK_SIZE };
	struct dbgmem_search *s;
	struct fixture t = {
		.ranges = { whole },
		.nr = 1,
		.bytes = "needle",
		.pattern = { .bytes = t.bytes, .len = 6 },
	};
	struct mock f;
	uint64_t a;
	size_t at;

	for (t.piece = 1; t.piece < 3 * MOCK_PAGE; t.piece++) {
		for (at = 0; at <= MOCK_SIZE - 6; at++) {
			mock_init(&f, 1, 0);
			memcpy(f.mem + at, "needle", 6);
			s = search_start(&f, &t, NULL);
			ASSERT_NE(NULL, s);
			ASSERT_EQ(1, dbgmem_search_next(s, &a));
			ASSERT_EQ(MOCK_BASE + at, a);
			ASSERT_EQ(0, dbgmem_search_next(s, &a));
			dbgmem_search_free(s);
		}
	}
}

TEST(a_pattern_longer_than_a_piece)
{
	struct fixture t = {
		.ranges = { { MOCK_BASE, MOCK_SIZE } },
		.nr = 1,
		.piece = 2 * MOCK_PAGE,
	};
	struct mock f;
	size_t n;

	mock_seed(2);
	mock_init(&f, 26, 0);
	t.pattern.bytes = f.mem + 5;
	t.pattern.len = MOCK_SIZE - 7;
	ASSERT_EQ(0, fixture_run(&f, &t, &n));
	EXPECT_EQ(1, n);
	/* One hole in it is enough. */
	f.hole[MOCK_PAGES / 2] = true;
	ASSERT_EQ(0, fixture_run(&f, &t, &n));
	EXPECT_EQ(0, n);
	t.pattern.len = 4 * MOCK_SIZE;
	t.pattern.bytes = calloc(1, t.pattern.len);
	ASSERT_EQ(0, fixture_run(&f, &t, &n));
	EXPECT_EQ(0, n);
	free((void *)t.pattern.bytes);
}

TEST(nothing_to_search)
{
	struct fixture t = {
		.ranges = { { MOCK_BASE, 0 }, { 0, 0 } },
		.pattern = { .bytes = "a", .len = 1 },
	};
	struct mock f;
	size_t n;

	mock_init(&f, 1, 0);
	for (t.nr = 0; t.nr < 3; t.nr++) {
		ASSERT_EQ(0, fixture_run(&f, &t, &n));
		EXPECT_EQ(0, n);
	}
	EXPECT_EQ(0, f.reads);
}

/* --- progress --- */

struct watch {
	uint64_t last, total;
	unsigned int calls, cancel_every;
	bool bad;
};

static int watch(void *arg, uint64_t done, uint64_t total)
{
	struct watch *w = arg;

	w->calls++;
	w->bad |= done <= w->last || done > total ||
		  (w->total && w->total != total);
	w->last = done;
	w->total = total;
	return w->cancel_every && w->calls % w->cancel_every == 0;
}

TEST(progress_rises_to_the_end)
{
	struct watch w = { 0 };
	const struct dbgmem_progress p = { watch, &w };
	struct fixture t = {
		.ranges = { { MOCK_BASE, 100 }, { MOCK_BASE + 200, 50 } },
		.nr = 2,
		.pattern = { .bytes = "b", .len = 1 },
		.piece = MOCK_PAGE,
	};
	struct dbgmem_search *s;
	struct mock f;
	uint64_t a;

	mock_init(&f, 1, 0);
	s = search_start(&f, &t, &p);
	ASSERT_NE(NULL, s);
	EXPECT_EQ(0, w.calls);
	EXPECT_EQ(0, dbgmem_search_next(s, &a));
	EXPECT_EQ(7 + 4, w.calls);
	EXPECT_EQ(150, w.last);
	EXPECT_EQ(150, w.total);
	EXPECT_FALSE(w.bad);
	/* The end is the end. */
	EXPECT_EQ(0, dbgmem_search_next(s, &a));
	EXPECT_EQ(11, w.calls);
	dbgmem_search_free(s);
}

TEST(a_search_that_was_ended_goes_on_and_misses_nothing)
{
	static uint64_t want[MAX_MATCHES];
	struct watch w = { .cancel_every = 1 };
	const struct dbgmem_progress p = { watch, &w };
	struct fixture t = {
		.ranges = { { MOCK_BASE, MOCK_SIZE } },
		.nr = 1,
		.bytes = "aba",
		.pattern = { .bytes = t.bytes, .len = 3 },
		.piece = MOCK_PAGE,
	};
	struct dbgmem_search_stats stats = { .size = sizeof(stats) };
	struct dbgmem_search *s;
	unsigned int ended = 0;
	struct mock f;
	size_t nr, n = 0;
	uint64_t a;
	int ret;

	mock_seed(3);
	mock_init(&f, 2, 0);
	nr = search_slowly(&f, &t, want);
	ASSERT_GT(nr, 20);
	s = search_start(&f, &t, &p);
	ASSERT_NE(NULL, s);
	while ((ret = dbgmem_search_next(s, &a))) {
		if (ret < 0) {
			ASSERT_EQ(-ECANCELED, ret);
			EXPECT_EQ(w.last, dbgmem_last_error()->result.done);
			EXPECT_NE(NULL, strstr(dbgmem_errstr(), "by the caller"));
			dbgmem_search_get_stats(s, &stats);
			EXPECT_EQ(w.last, stats.done);
			ended++;
			continue;
		}
		ASSERT_LT(n, nr);
		EXPECT_EQ(want[n], a);
		n++;
	}
	EXPECT_EQ(nr, n);
	/* After every piece but the last. */
	EXPECT_EQ(MOCK_PAGES - 1, ended);
	EXPECT_FALSE(w.bad);
	dbgmem_search_free(s);
}

TEST(the_end_of_the_target)
{
	struct fixture t = {
		.ranges = { { MOCK_BASE, MOCK_SIZE } },
		.nr = 1,
		.pattern = { .bytes = "b", .len = 1 },
		.piece = 8 * MOCK_PAGE,
	};
	struct dbgmem_search_stats stats = { .size = sizeof(stats) };
	struct dbgmem_search *s;
	struct mock f;
	uint64_t a;

	mock_init(&f, 1, 0);
	f.ends_after = 2;
	/* Behind where it ends: must not be found, not even as zeros. */
	f.mem[23 * MOCK_PAGE] = 'b';
	f.mem[20 * MOCK_PAGE] = 'b';
	s = search_start(&f, &t, NULL);
	ASSERT_NE(NULL, s);
	EXPECT_EQ(1, dbgmem_search_next(s, &a));
	EXPECT_EQ(MOCK_BASE + 20 * MOCK_PAGE, a);
	EXPECT_EQ(-ESRCH, dbgmem_search_next(s, &a));
	EXPECT_EQ(-ESRCH, dbgmem_search_next(s, &a));
	dbgmem_search_get_stats(s, &stats);
	EXPECT_EQ(21 * MOCK_PAGE, stats.done);
	EXPECT_EQ(0, stats.skipped);
	EXPECT_EQ(1, stats.matches);
	dbgmem_search_free(s);
}

TEST(bad_arguments)
{
	struct dbgmem_range r[2] = { { MOCK_BASE, 1 }, { UINT64_MAX, 1 } };
	struct dbgmem_pattern p = { .bytes = "a", .len = 1 };
	struct dbgmem_search *s;
	struct mock f;

	mock_init(&f, 1, 0);
	EXPECT_EQ(-EOVERFLOW, dbgmem_search_new(&f.m, r, 2, &p, 0, NULL, &s));
	EXPECT_EQ(NULL, s);
	EXPECT_NE(NULL, strstr(dbgmem_errstr(), "0xffffffffffffffff"));
	r[0] = (struct dbgmem_range){ 0, UINT64_MAX };
	r[1] = (struct dbgmem_range){ 0, 1 };
	EXPECT_EQ(-EOVERFLOW, dbgmem_search_new(&f.m, r, 2, &p, 0, NULL, &s));
	EXPECT_EQ(-EINVAL, dbgmem_search_new(&f.m, NULL, 1, &p, 0, NULL, &s));
	EXPECT_EQ(-EINVAL, dbgmem_search_new(&f.m, r, 1, &p, DBGMEM_EXACT, NULL,
					     &s));
	p.mask = "";
	EXPECT_EQ(-EINVAL, dbgmem_search_new(&f.m, r, 1, &p, 0, NULL, &s));
	EXPECT_NE(NULL, strstr(dbgmem_errstr(), "mask"));
	p.len = 0;
	EXPECT_EQ(-EINVAL, dbgmem_search_new(&f.m, r, 1, &p, 0, NULL, &s));
	EXPECT_NE(NULL, strstr(dbgmem_errstr(), "without bytes"));
	EXPECT_EQ(NULL, s);
	dbgmem_search_free(NULL);
}

TEST_HARNESS_MAIN
