// SPDX-License-Identifier: GPL-2.0
/* The library's page cache: anything in any order, and several threads. */
#include "mock_cache.h"
#include "random.h"
#include <kselftest_harness.h>

#include <pthread.h>

/* --- anything at all --- */

/* What should be seen: the target's bytes, and those that it does not have. */
struct model {
	unsigned char seen[SIZE];
};

static void random_steps(struct __test_metadata *_metadata,
			 enum dbgmem_cache_mode mode, size_t pages,
			 unsigned int seed)
{
	uint64_t random = seed;
	static unsigned char buf[SIZE];
	struct dbgmem_cache *c;
	struct model model;
	struct mock_cache w;
	size_t from, len, i;
	uint32_t n;
	int step;

	mock_cache_init(&w);
	memcpy(model.seen, w.mem, SIZE);
	ASSERT_EQ(0, dbgmem__cache_new(&mock_cache_ops, &w.m, pages, mode, 0, &c));
	for (step = 0; step < 2000; step++) {
		from = random_below(&random, SIZE);
		len = random_below(&random, random_below(&random, 4) ?
				   2 * CACHE_PAGE : SIZE);
		if (len > SIZE - from)
			len = SIZE - from;
		switch (random_below(&random, 16)) {
		case 0 ... 6:
			ASSERT_EQ(0, dbgmem_read_virtual(c, BASE + from, buf,
							 len, &n));
			ASSERT_EQ(len, n);
			ASSERT_EQ(0, memcmp(buf, model.seen + from, len))
				TH_LOG("seed %u step %d", seed, step);
			break;
		case 7 ... 12:
			for (i = 0; i < len; i++)
				buf[i] = random_next(&random);
			/* A locked page is met now or at the flush. */
			dbgmem_write_virtual(c, BASE + from, buf, len, &n);
			memcpy(model.seen + from, buf, n);
			break;
		case 13:
			w.locked[from / CACHE_PAGE] = random_below(&random, 2);
			break;
		case 14:
			dbgmem_cache_flush(c, NULL, 0, NULL);
			break;
		case 15:
			dbgmem_cache_invalidate(c, BASE + from, len);
			break;
		}
	}
	memset(w.locked, 0, sizeof(w.locked));
	ASSERT_EQ(0, dbgmem_cache_flush(c, NULL, 0, NULL));
	ASSERT_EQ(0, memcmp(w.mem, model.seen, SIZE));
	dbgmem_cache_free(c);
}

TEST(random_steps_against_a_model)
{
	static const size_t pages[] = { 1, 2, 7, 8, 9, 17, 50, 200 };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(pages); i++) {
		random_steps(_metadata, DBGMEM_CACHE_WRITE_THROUGH, pages[i],
			     i);
		random_steps(_metadata, DBGMEM_CACHE_WRITE_BACK, pages[i],
			     100 + i);
	}
}

/* --- threads --- */

#define READERS	3

struct racer {
	struct mock_cache *w;
	struct dbgmem_cache *c;
	pthread_t thread;
	int torn, failed;
	bool stop;
};

/* All bytes of a page are always the same: of one write, or of one reading. */
static void *race_read(void *arg)
{
	struct racer *r = arg;
	unsigned char buf[CACHE_PAGE];
	uint64_t random = (uintptr_t)r;
	size_t i, page;

	while (!__atomic_load_n(&r->stop, __ATOMIC_RELAXED)) {
		page = random_below(&random, 12);
		if (dbgmem_read_virtual(r->c, BASE + page * CACHE_PAGE, buf, CACHE_PAGE,
					NULL))
			r->failed++;
		for (i = 1; i < CACHE_PAGE; i++)
			r->torn += buf[i] != buf[0];
	}
	return NULL;
}

/* Neither a torn page nor an old one is seen. */
static void race(struct __test_metadata *_metadata, enum dbgmem_cache_mode mode)
{
	struct racer r[READERS] = { 0 };
	struct dbgmem_cache *c;
	unsigned char buf[CACHE_PAGE];
	struct mock_cache w;
	int i, step;

	mock_cache_init(&w);
	memset(w.mem, 0, SIZE);
	ASSERT_EQ(0, dbgmem__cache_new(&mock_cache_ops, &w.m, 8, mode, 0, &c));
	for (i = 0; i < READERS; i++) {
		r[i].w = &w;
		r[i].c = c;
		ASSERT_EQ(0, pthread_create(&r[i].thread, NULL, race_read,
					    &r[i]));
	}
	for (step = 0; step < 100000; step++) {
		memset(buf, step, CACHE_PAGE);
		EXPECT_EQ(0, dbgmem_write_virtual(c, BASE + step % 12 * CACHE_PAGE,
						  buf, CACHE_PAGE, NULL));
		if (step % 16 == 5)
			dbgmem_cache_invalidate(c, BASE + step % 12 * CACHE_PAGE, 1);
		if (step % 100 == 50)
			dbgmem_cache_flush(c, NULL, 0, NULL);
		if (step % 1000 == 500)
			dbgmem_cache_ran(c);
		memset(buf, ~step, CACHE_PAGE);
		EXPECT_EQ(0, dbgmem_read_virtual(c, BASE + step % 12 * CACHE_PAGE,
						 buf, CACHE_PAGE, NULL));
		EXPECT_EQ((unsigned char)step, buf[0]);
		EXPECT_EQ((unsigned char)step, buf[CACHE_PAGE - 1]);
	}
	for (i = 0; i < READERS; i++)
		__atomic_store_n(&r[i].stop, true, __ATOMIC_RELAXED);
	for (i = 0; i < READERS; i++) {
		pthread_join(r[i].thread, NULL);
		EXPECT_EQ(0, r[i].torn);
		EXPECT_EQ(0, r[i].failed);
	}
	EXPECT_NE(0, stats_of(c).hits);
	EXPECT_NE(0, stats_of(c).evictions);
	dbgmem_cache_free(c);
}

TEST(threads_see_whole_pages_and_new_ones_write_through)
{
	race(_metadata, DBGMEM_CACHE_WRITE_THROUGH);
}

TEST(threads_see_whole_pages_and_new_ones_write_back)
{
	race(_metadata, DBGMEM_CACHE_WRITE_BACK);
}

/* A hit waits for nobody: not even for a miss that never comes back. */
static pthread_barrier_t inside, release;

static ssize_t stuck_read(struct dbgmem *m, uint64_t addr, void *buf,
			  size_t len, uint32_t flags,
			  struct dbgmem_result *res)
{
	if (addr >= BASE + 5 * CACHE_PAGE) {
		pthread_barrier_wait(&inside);
		pthread_barrier_wait(&release);
	}
	return mock_cache_read(m, addr, buf, len, flags, res);
}

static void *stuck_miss(void *arg)
{
	char byte;

	dbgmem_read_virtual(arg, BASE + 5 * CACHE_PAGE, &byte, 1, NULL);
	return NULL;
}

TEST(a_hit_takes_no_lock)
{
	static const struct dbgmem__cache_ops stuck_ops = {
		stuck_read, mock_cache_write, mock_cache_write_segments,
	};
	struct dbgmem_cache *c;
	pthread_t thread;
	struct mock_cache w;
	char byte;
	int i;

	mock_cache_init(&w);
	ASSERT_EQ(0, dbgmem__cache_new(&stuck_ops, &w.m, 8, 0, 0, &c));
	ASSERT_EQ(0, dbgmem_read_virtual(c, BASE, &byte, 1, NULL));
	pthread_barrier_init(&inside, NULL, 2);
	pthread_barrier_init(&release, NULL, 2);
	ASSERT_EQ(0, pthread_create(&thread, NULL, stuck_miss, c));
	pthread_barrier_wait(&inside);
	EXPECT_EQ(EBUSY, pthread_mutex_trylock(&c->lock));
	for (i = 0; i < 1000; i++)
		EXPECT_EQ(0, dbgmem_read_virtual(c, BASE, &byte, 1, NULL));
	pthread_barrier_wait(&release);
	pthread_join(thread, NULL);
	EXPECT_EQ(1000, stats_of(c).hits);
	dbgmem_cache_free(c);
}

TEST_HARNESS_MAIN
