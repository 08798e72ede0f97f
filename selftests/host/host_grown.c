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

#include "../../user/lib/internal.h"
#include "kselftest_harness.h"

#define BPS	3

/* --- a kernel that knows more fields, instead of node.c --- */

int dbgmem__node_open(int oflags)
{
	return open("/dev/null", oflags | O_CLOEXEC);
}

/* The known fields, and all of those that are new. */
static void answer(void *to, size_t size, const void *known, size_t len)
{
	if (size <= len)
		abort();	/* the library has not grown */
	memcpy(to, known, len);
	memset((char *)to + len, 0xaa, size - len);
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
		.max_retries = 8,
		.max_breakpoints = BPS,
		.window_lease = 77,
	};

	answer(info, info->size, &known, sizeof(known));
}

static void bps_answer(struct dbgmem_bp_list_args *l)
{
	struct dbgmem_bp bp = { .len = 1, .own = 1 };
	uint32_t i;

	for (i = 0; i < BPS; i++) {
		bp.addr = 0x1000 * (i + 1);
		answer((char *)(uintptr_t)l->entries + i * l->entry_size,
		       l->entry_size, &bp, sizeof(bp));
	}
	l->nr = l->total = BPS;
	l->more = 0;
}

static void regions_answer(struct dbgmem_region_list *l)
{
	struct dbgmem_region region = { .page_size = 4096 };
	uint32_t i;

	for (i = 0; i < l->nr_entries && i < 2; i++) {
		region.start = 0x1000 * (i + 1);
		region.end = region.start + 0x1000;
		answer((char *)(uintptr_t)l->entries + i * l->entry_size,
		       l->entry_size, &region, sizeof(region));
	}
	l->nr = i;
	l->more = 0;
}

int dbgmem__node_ioctl(int fd, unsigned long cmd, void *arg)
{
	struct dbgmem_vector *v = arg;

	switch (cmd) {
	case DBGMEM_IOC_INFO:
		info_answer(arg);
		return 0;
	case DBGMEM_IOC_ATTACH:
		((struct dbgmem_attach *)arg)->access = DBGMEM_ACCESS_READ;
		return 0;
	case DBGMEM_IOC_BP_LIST:
		bps_answer(arg);
		return 0;
	case DBGMEM_IOC_REGION_LIST:
		regions_answer(arg);
		return 0;
	case DBGMEM_IOC_VECTOR:
		v->nr_complete = v->nr_segments;
		v->first_incomplete = v->nr_segments;
		v->first_unmet = v->nr_expects;
		v->passes = 2;
		return 0;
	default:
		return -ENOTTY;
	}
}

/* --- a program --- */

FIXTURE(grown) {
	struct dbgmem *m;
};

FIXTURE_SETUP(grown)
{
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

	ASSERT_EQ(0, dbgmem_open_mem_fd(getpid(), fd, 0, &self->m))
		TH_LOG("%s", dbgmem_errstr());
	close(fd);
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

#define RESET(s)	memset(&(s), 0x5a, sizeof(s))

TEST_F(grown, info)
{
	GUARDED(struct dbgmem_info) s;

	RESET(s);
	ASSERT_EQ(0, dbgmem_get_info(self->m, &s.v));
	EXPECT_EQ(77, s.v.window_lease);
	EXPECT_EQ(0, s.v.reserved);
	EXPECT_TRUE(is_whole(s.guard));
	RESET(s);
	ASSERT_EQ(0, dbgmem_get_info(NULL, &s.v));
	EXPECT_EQ(sizeof(s.v), s.v.size);
	EXPECT_TRUE(is_whole(s.guard));
	RESET(s);
	ASSERT_EQ(0, (dbgmem_get_info)(self->m, &s.v));
	EXPECT_EQ(77, s.v.window_lease);
	EXPECT_TRUE(is_whole(s.guard));
}

TEST_F(grown, regions)
{
	GUARDED(struct dbgmem_region) s;
	struct dbgmem_regions *r;
	int i;

	for (i = 0; i < 4; i++) {
		RESET(s);
		ASSERT_EQ(1, i == 0 ? dbgmem_region_query(self->m, 0, 0, &s.v,
							  NULL, 0) :
			     i == 1 ? dbgmem_region_next(self->m, 0, 0, &s.v,
							 NULL, 0) :
			     i == 2 ? (dbgmem_region_query)(self->m, 0, 0, &s.v,
							    NULL, 0) :
			     (dbgmem_region_next)(self->m, 0, 0, &s.v, NULL,
						  0));
		EXPECT_EQ(0x1000, s.v.start);
		EXPECT_EQ(0, s.v.reserved);
		EXPECT_TRUE(is_whole(s.guard)) TH_LOG("%d", i);
	}
	ASSERT_EQ(0, dbgmem_regions_open(self->m, 0, 0, 0, 0, &r));
	RESET(s);
	ASSERT_EQ(1, dbgmem_regions_next(r, &s.v, NULL));
	EXPECT_EQ(0x1000, s.v.start);
	EXPECT_TRUE(is_whole(s.guard));
	RESET(s);
	ASSERT_EQ(1, (dbgmem_regions_next)(r, &s.v, NULL));
	EXPECT_EQ(0x2000, s.v.start);
	EXPECT_TRUE(is_whole(s.guard));
	EXPECT_EQ(0, dbgmem_regions_next(r, &s.v, NULL));
	dbgmem_regions_close(r);
}

TEST_F(grown, breakpoints)
{
	struct dbgmem_bp *list;
	int i, plain;

	for (plain = 0; plain < 2; plain++) {
		ASSERT_EQ(BPS, plain ? (dbgmem_bp_list)(self->m, 0, &list) :
				       dbgmem_bp_list(self->m, 0, &list));
		for (i = 0; i < BPS; i++) {
			EXPECT_EQ(0x1000 * (i + 1), list[i].addr);
			EXPECT_EQ(1, list[i].own);
		}
		free(list);
	}
}

TEST_F(grown, options_of_a_vector)
{
	GUARDED(struct dbgmem_vector_options) s;
	struct dbgmem_segment seg = { 0 };
	int i;

	for (i = 0; i < 4; i++) {
		RESET(s);
		s.v = (struct dbgmem_vector_options){ 0 };
		ASSERT_EQ(0, i == 0 ? dbgmem_readv_options(self->m, &seg, 1,
							   &s.v, NULL) :
			     i == 1 ? dbgmem_writev_options(self->m, &seg, 1,
							    &s.v, NULL) :
			     i == 2 ? (dbgmem_readv_options)(self->m, &seg, 1,
							     &s.v, NULL) :
			     (dbgmem_writev_options)(self->m, &seg, 1, &s.v,
						     NULL));
		EXPECT_EQ(2, s.v.passes);
		EXPECT_TRUE(is_whole(s.guard)) TH_LOG("%d", i);
	}
}

TEST_F(grown, counts)
{
	const struct dbgmem_range range = { 0x1000, 64 };
	const struct dbgmem_pattern pattern = { .bytes = "x", .len = 1 };
	GUARDED(struct dbgmem_search_stats) search;
	GUARDED(struct dbgmem_compare_stats) compare;
	GUARDED(struct dbgmem_cache_stats) cache;
	struct dbgmem_compare *c;
	struct dbgmem_search *s;
	struct dbgmem_cache *k;
	int plain;

	ASSERT_EQ(0, dbgmem_search_new(self->m, &range, 1, &pattern, 0, NULL,
				       &s));
	ASSERT_EQ(0, dbgmem_compare_new(self->m, 0, self->m, 0x1000, 64, 0,
					NULL, &c));
	ASSERT_EQ(0, dbgmem_cache_new(self->m, 4, DBGMEM_CACHE_WRITE_THROUGH,
				      0, &k));
	for (plain = 0; plain < 2; plain++) {
		RESET(search);
		RESET(compare);
		RESET(cache);
		if (plain) {
			(dbgmem_search_get_stats)(s, &search.v);
			(dbgmem_compare_get_stats)(c, &compare.v);
			(dbgmem_cache_get_stats)(k, &cache.v);
		} else {
			dbgmem_search_get_stats(s, &search.v);
			dbgmem_compare_get_stats(c, &compare.v);
			dbgmem_cache_get_stats(k, &cache.v);
		}
		EXPECT_EQ(64, search.v.total);
		EXPECT_EQ(0, search.v.matches);
		EXPECT_EQ(64, compare.v.total);
		EXPECT_EQ(0, compare.v.holes);
		EXPECT_EQ(4, cache.v.capacity);
		EXPECT_TRUE(is_whole(search.guard));
		EXPECT_TRUE(is_whole(compare.guard));
		EXPECT_TRUE(is_whole(cache.guard));
	}
	dbgmem_search_free(s);
	dbgmem_compare_free(c);
	dbgmem_cache_free(k);
}

/* And the other way: the program has fields that the library does not know. */
TEST_F(grown, program_that_knows_more)
{
	GUARDED(struct dbgmem_vector_options) opt;
	GUARDED(struct dbgmem_info) info;
	struct dbgmem_segment seg = { 0 };

	RESET(info);
	ASSERT_EQ(0, dbgmem_get_info_sized(self->m, &info.v, sizeof(info)));
	EXPECT_EQ(77, info.v.window_lease);
	EXPECT_EQ(0, info.guard[255]);

	memset(&opt, 0, sizeof(opt));
	EXPECT_EQ(0, dbgmem_readv_options_sized(self->m, &seg, 1, &opt.v,
						sizeof(opt), NULL));
	opt.guard[255] = 1;
	EXPECT_EQ(-E2BIG, dbgmem_readv_options_sized(self->m, &seg, 1, &opt.v,
						     sizeof(opt), NULL));
	EXPECT_NE(NULL, strstr(dbgmem_errstr(), "older than the program"));
}

TEST_HARNESS_MAIN
