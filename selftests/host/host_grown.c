// SPDX-License-Identifier: GPL-2.0
/*
 * A program of today with a library of tomorrow: it is compiled with the headers
 * that there are, and linked to a library (and told a kernel) whose structures have
 * more fields. Nothing is written behind those that the program has.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <dbgmem_interfaces.h>

#include "../../user/lib/internal.h"
#include "kselftest_harness.h"

/* --- a kernel that knows more fields, instead of node.c --- */

int dbgmem__node_open(int oflags)
{
	return open("/dev/null", oflags | O_CLOEXEC);
}

/* The known fields, and all of those that the caller has room for. */
static void answer(void *to, size_t size, const void *known, size_t len)
{
	memset(to, 0xaa, size);
	memcpy(to, known, len);
}

static void info_answer(struct dbgmem_info *info)
{
	const struct dbgmem_info known = {
		.size = info->size,
		.abi_version = DBGMEM_ABI_VERSION,
		.page_size = 4096,
		.features = ~0ULL,
		.max_segments = 16,
		.max_expects = 8,
		.window_lease = 77,
	};

	answer(info, info->size, &known, sizeof(known));
}

static void session_answer(struct dbgmem_session_info *info)
{
	const struct dbgmem_session_info known = {
		.size = info->size,
		.state = DBGMEM_STATE_ATTACHED,
	};

	answer(info, info->size, &known, sizeof(known));
}

int dbgmem__node_ioctl(int fd, unsigned long cmd, void *arg)
{
	struct dbgmem_vector *v = arg;

	switch (cmd) {
	case DBGMEM_IOC_INFO:
		info_answer(arg);
		return 0;
	case DBGMEM_IOC_SESSION_INFO:
		session_answer(arg);
		return 0;
	case DBGMEM_IOC_ATTACH:
		((struct dbgmem_attach *)arg)->access = DBGMEM_ACCESS_READ;
		return 0;
	case DBGMEM_IOC_VECTOR:
		v->nr_complete = v->nr_segments;
		v->first_incomplete = v->nr_segments;
		v->first_unmet = v->nr_expects;
		return 0;
	default:
		return -ENOTTY;
	}
}

/* --- a program --- */

FIXTURE(grown) {
	struct dbgmem *m;
};

static struct dbgmem *null_open(void)
{
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	struct dbgmem *m;

	dbgmem_open_mem_fd(getpid(), fd, 0, &m);
	close(fd);
	return m;
}

FIXTURE_SETUP(grown)
{
	ASSERT_NE(NULL, self->m = null_open()) TH_LOG("%s", dbgmem_errstr());
}

FIXTURE_TEARDOWN(grown)
{
	dbgmem_close(self->m);
}

/* A structure of today's, and what must stay as it is behind it. */
#define GUARDED(type) struct { type v; unsigned char guard[256]; }

static bool is_whole(const unsigned char *guard)
{
	size_t i;

	for (i = 0; i < 256; i++)
		if (guard[i] != 0x5a)
			return false;
	return true;
}

/* As a program that sets only the size. */
#define RESET(s) do {							\
	memset(&(s), 0x5a, sizeof(s));					\
	memset(&(s).v, 0, sizeof((s).v));				\
	(s).v.size = sizeof((s).v);					\
} while (0)

TEST_F(grown, info)
{
	GUARDED(struct dbgmem_info) s;

	RESET(s);
	ASSERT_EQ(0, dbgmem_get_info(self->m, &s.v));
	EXPECT_EQ(77, s.v.window_lease);
	EXPECT_EQ(sizeof(s.v), s.v.size);
	EXPECT_TRUE(is_whole(s.guard));
	RESET(s);
	ASSERT_EQ(0, dbgmem_get_info(NULL, &s.v));
	EXPECT_EQ(77, s.v.window_lease);
	EXPECT_TRUE(is_whole(s.guard));
}

TEST_F(grown, session_info)
{
	GUARDED(struct dbgmem_session_info) s;

	RESET(s);
	ASSERT_EQ(0, dbgmem_get_session_info(self->m, &s.v));
	EXPECT_EQ(DBGMEM_STATE_ATTACHED, s.v.state);
	EXPECT_EQ(sizeof(s.v), s.v.size);
	EXPECT_TRUE(is_whole(s.guard));
}

TEST_F(grown, options_of_a_vector)
{
	GUARDED(struct dbgmem_vector_options) s;
	struct dbgmem_segment seg = { 0 };

	RESET(s);
	s.v.flags = DBGMEM_STABLE;
	ASSERT_EQ(0, dbgmem_read_segments_options(self->m, &seg, 1, &s.v, NULL));
	EXPECT_EQ(2, s.v.passes);
	EXPECT_TRUE(is_whole(s.guard));
	RESET(s);
	ASSERT_EQ(0, dbgmem_write_segments_options(self->m, &seg, 1, &s.v,
						   NULL));
	EXPECT_EQ(0, s.v.passes);
	EXPECT_EQ(sizeof(s.v), s.v.size);
	EXPECT_TRUE(is_whole(s.guard));
}

/* Something to ask for its statistics. */
FIXTURE(counts) {
	struct dbgmem *m;
	struct dbgmem_compare *compare;
	struct dbgmem_search *search;
	struct dbgmem_cache *cache;
	struct dbgmem_runs *runs;
};

FIXTURE_SETUP(counts)
{
	const struct dbgmem_range range = { 0x1000, 64 };
	const struct dbgmem_pattern pattern = { .bytes = "x", .len = 1 };

	ASSERT_NE(NULL, self->m = null_open());
	ASSERT_EQ(0, dbgmem_search_new(self->m, &range, 1, &pattern, 0, NULL,
				       &self->search));
	ASSERT_EQ(0, dbgmem_compare_new(self->m, 0, self->m, 0x1000, 64, 0,
					NULL, &self->compare));
	ASSERT_EQ(0, dbgmem_cache_new(self->m, 4, DBGMEM_CACHE_WRITE_THROUGH,
				      0, &self->cache));
	ASSERT_EQ(0, dbgmem_runs_new(self->m, &range, 1, 0, NULL,
				     &self->runs));
}

FIXTURE_TEARDOWN(counts)
{
	dbgmem_runs_free(self->runs);
	dbgmem_search_free(self->search);
	dbgmem_compare_free(self->compare);
	dbgmem_cache_free(self->cache);
	dbgmem_close(self->m);
}

TEST_F(counts, what_the_program_has_room_for)
{
	GUARDED(struct dbgmem_compare_stats) compare;
	GUARDED(struct dbgmem_search_stats) search;
	GUARDED(struct dbgmem_cache_stats) cache;
	GUARDED(struct dbgmem_runs_stats) runs;

	RESET(search);
	RESET(compare);
	RESET(cache);
	RESET(runs);
	EXPECT_EQ(0, dbgmem_search_get_stats(self->search, &search.v));
	EXPECT_EQ(0, dbgmem_compare_get_stats(self->compare, &compare.v));
	EXPECT_EQ(0, dbgmem_cache_get_stats(self->cache, &cache.v));
	EXPECT_EQ(0, dbgmem_runs_get_stats(self->runs, &runs.v));
	EXPECT_EQ(64, search.v.total);
	EXPECT_EQ(0, search.v.matches);
	EXPECT_EQ(64, compare.v.total);
	EXPECT_EQ(0, compare.v.holes);
	EXPECT_EQ(4, cache.v.capacity);
	EXPECT_EQ(64, runs.v.total);
	EXPECT_EQ(sizeof(cache.v), cache.v.size);
	EXPECT_TRUE(is_whole(search.guard));
	EXPECT_TRUE(is_whole(compare.guard));
	EXPECT_TRUE(is_whole(cache.guard));
	EXPECT_TRUE(is_whole(runs.guard));
}

/* And the other way: the program has fields that the library does not know. */
TEST_F(counts, zeros_for_a_program_that_knows_more)
{
	GUARDED(struct dbgmem_search_stats) s;

	RESET(s);
	s.v.size = sizeof(s);
	EXPECT_EQ(0, dbgmem_search_get_stats(self->search, &s.v));
	EXPECT_EQ(64, s.v.total);
	EXPECT_EQ(sizeof(s), s.v.size);
	EXPECT_EQ(0, s.guard[255]);
}

TEST_F(counts, size_that_was_not_set)
{
	struct dbgmem_search_stats s = { .total = 1 };

	EXPECT_EQ(-EINVAL, dbgmem_search_get_stats(self->search, &s));
	EXPECT_NE(NULL, strstr(dbgmem_errstr(),
			       "sizeof(struct dbgmem_search_stats)"));
	s.size = sizeof(s) - 1;
	EXPECT_EQ(-EINVAL, dbgmem_search_get_stats(self->search, &s));
	/* Garbage is not a size to write to. */
	memset(&s.size, 0x5a, sizeof(s.size));
	EXPECT_EQ(-EINVAL, dbgmem_search_get_stats(self->search, &s));
	EXPECT_EQ(1, s.total);
}

TEST_F(grown, program_that_knows_more)
{
	GUARDED(struct dbgmem_vector_options) opt;
	struct dbgmem_vector_result res = { .nr_complete = 1 };
	struct dbgmem_segment seg = { 0 };

	memset(&opt, 0, sizeof(opt));
	opt.v.size = sizeof(opt);
	EXPECT_EQ(0, dbgmem_read_segments_options(self->m, &seg, 1, &opt.v,
						  NULL));
	opt.guard[255] = 1;
	EXPECT_EQ(-E2BIG, dbgmem_read_segments_options(self->m, &seg, 1,
						       &opt.v, &res));
	EXPECT_NE(NULL, strstr(dbgmem_errstr(), "older than the program"));
	EXPECT_EQ(0, res.nr_complete);
	opt.v.size = 0;
	EXPECT_EQ(-EINVAL, dbgmem_read_segments_options(self->m, &seg, 1,
							&opt.v, NULL));
}

TEST_HARNESS_MAIN
