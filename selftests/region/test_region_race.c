// SPDX-License-Identifier: GPL-2.0
/*
 * Listing the mappings of a target that maps and unmaps all the time: the list
 * ends, no two regions overlap, and mappings that do not change are always in it.
 */
#include "region_fixture.h"
#include "slow.h"

#include <pthread.h>

#define ARENA_PAGES	384
#define BOARD_PAGES	200
#define THREADS		2

/*
 * Memory that changes, between two boards that do not. What the kernel looks at in
 * one go, some 200 regions, ends where it changes.
 */
struct arena {
	char *before, *arena, *behind;
	int failed;
	long changes;
};

static uint32_t next_random(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

static void *arena_thread(void *arg)
{
	static const int prots[] = {
		PROT_NONE, PROT_READ, PROT_READ | PROT_WRITE,
		PROT_READ | PROT_EXEC,
	};
	struct arena *a = arg;
	uint32_t seed = gettid() * 2654435761U;

	for (;;) {
		uint32_t r = next_random(&seed);
		size_t len = 1 + r % 8, first = r / 8 % (ARENA_PAGES - 8);
		char *p = a->arena + first * PAGE;
		int prot = prots[r >> 24 & 3];
		void *ret = NULL;

		switch (r >> 28 & 3) {
		case 0:
			if (munmap(p, len * PAGE))
				ret = MAP_FAILED;
			break;
		case 1:
			/* fails where there is a hole */
			mprotect(p, len * PAGE, prot);
			break;
		case 2:
			ret = mmap(p, len * PAGE, prot, MAP_ANON_PRIVATE |
				   MAP_FIXED | MAP_NORESERVE, -1, 0);
			break;
		case 3:
			/* fails where there is nothing to be moved */
			mremap(p, PAGE, len * PAGE, MREMAP_MAYMOVE |
			       MREMAP_FIXED, a->arena +
			       (first < ARENA_PAGES / 2 ? ARENA_PAGES - 8 : 0) *
			       PAGE);
			break;
		}
		if (ret == MAP_FAILED) {
			a->failed = errno;
			return NULL;
		}
		__atomic_add_fetch(&a->changes, 1, __ATOMIC_RELAXED);
	}
}

/* A target_fn: the threads go on until the process ends. */
static long arena_start(void *arg)
{
	pthread_t thread;
	int i, ret = 0;

	for (i = 0; i < THREADS && !ret; i++)
		ret = pthread_create(&thread, NULL, arena_thread, arg);
	return -ret;
}

static bool board_paint(char *board)
{
	int i;

	for (i = 0; i < BOARD_PAGES; i += 2)
		if (mprotect(board + i * PAGE, PAGE, PROT_READ))
			return false;
	return true;
}

static struct arena *arena_map(void)
{
	struct arena *a = shared_alloc(PAGE);
	char *p;

	p = rich_place((2 * BOARD_PAGES + ARENA_PAGES + 2) * PAGE, PROT_NONE,
		       MAP_ANON_PRIVATE, -1, 0);
	if (!a || !p)
		return NULL;
	/* A page between them never is mapped. */
	a->before = p;
	a->arena = a->before + (BOARD_PAGES + 1) * PAGE;
	a->behind = a->arena + (ARENA_PAGES + 1) * PAGE;
	if (munmap(a->arena - PAGE, PAGE) || munmap(a->behind - PAGE, PAGE) ||
	    !board_paint(a->before) || !board_paint(a->behind))
		return NULL;
	return a;
}

/* The squares of a board that were told of, in their order; -1: not so. */
static int board_squares(const struct regions *all, const char *board)
{
	uint64_t at = (uintptr_t)board;
	uint32_t i;
	int n = 0;

	for (i = 0; i < all->nr; i++) {
		const struct dbgmem_region *r = &all->r[i];

		if (r->end <= (uintptr_t)board ||
		    r->start >= (uintptr_t)board + BOARD_PAGES * PAGE)
			continue;
		if (r->start != at || r->end != at + PAGE ||
		    r->flags != (n % 2 ? 0 : DBGMEM_REGION_READ))
			return -1;
		at = r->end;
		n++;
	}
	return n;
}

/* Why this cannot have been so, or NULL. */
static const char *wrong(const struct regions *all, const struct arena *a)
{
	uint32_t i;

	for (i = 0; i < all->nr; i++) {
		if (all->r[i].start >= all->r[i].end)
			return "a region without an address";
		if (i && all->r[i].start < all->r[i - 1].end)
			return "two that overlap, or out of order";
	}
	if (board_squares(all, a->before) != BOARD_PAGES ||
	    board_squares(all, a->behind) != BOARD_PAGES)
		return "what never changed was not told of, or not as it is";
	return NULL;
}

FIXTURE(region_race)
{
	struct regions *all;
	struct arena *arena;
	struct target target;
	int fd;
};

FIXTURE_VARIANT(region_race)
{
	bool own;
};

FIXTURE_VARIANT_ADD(region_race, of_another)
{
	.own = false,
};

FIXTURE_VARIANT_ADD(region_race, of_its_own)
{
	.own = true,
};

FIXTURE_SETUP(region_race)
{
	self->all = shared_alloc(sizeof(*self->all));
	ASSERT_NE(NULL, self->all);
	self->arena = arena_map();
	ASSERT_NE(NULL, self->arena);
	ASSERT_EQ(0, target_start(&self->target));
	self->fd = session_open(variant->own ? getpid() : self->target.pid,
				O_RDONLY);
	ASSERT_LE(0, self->fd);
	if (variant->own) {
		ASSERT_EQ(0, arena_start(self->arena));
	} else {
		ASSERT_EQ(0, target_call(&self->target, arena_start,
					 self->arena));
	}
}

FIXTURE_TEARDOWN(region_race)
{
	close(self->fd);
	target_stop(&self->target);
}

#define WALKS	1500

/* @nr regions for each call. */
static void walk(struct __test_metadata *_metadata,
		 FIXTURE_DATA(region_race) *self, uint32_t nr, long all)
{
	long w, walks = slow_rounds(all);
	uint32_t i, least = ~0U, most = 0;
	long before = self->arena->changes;
	int clipped = 0;

	for (w = 0; w < walks; w++) {
		ASSERT_EQ(0, regions_get_by(self->fd, self->all, nr, 0));
		ASSERT_EQ(NULL, wrong(self->all, self->arena))
			TH_LOG("walk %ld: %s", w, wrong(self->all, self->arena));
		for (i = 0; i < self->all->nr; i++)
			clipped += !!(self->all->r[i].flags &
				      DBGMEM_REGION_CLIPPED);
		if (self->all->nr < least)
			least = self->all->nr;
		if (self->all->nr > most)
			most = self->all->nr;
	}
	TH_LOG("%ld walks over %u to %u regions, %d clipped, %ld changes", walks,
	       least, most, clipped, self->arena->changes - before);
	EXPECT_EQ(0, self->arena->failed);
	/* it was a race indeed */
	EXPECT_LT(walks / slow_factor(), self->arena->changes - before);
	EXPECT_LT(least, most);
}

TEST_F_TIMEOUT(region_race, whole_walk_in_a_call, 120)
{
	walk(_metadata, self, MAX_REGIONS, variant->own ? WALKS / 3 : WALKS);
}

TEST_F_TIMEOUT(region_race, walk_of_many_calls, 120)
{
	walk(_metadata, self, 25, variant->own ? WALKS / 3 : WALKS);
}

/* --- the same step by step --- */

static long map_behind(void *arg)
{
	return mmap(arg, 2 * PAGE, PROT_READ | PROT_WRITE,
		    MAP_ANON_PRIVATE | MAP_FIXED, -1, 0) == MAP_FAILED ?
		-errno : 0;
}

TEST_F(region, what_grew_meanwhile_is_told_from_there_on)
{
	struct dbgmem_region_list l = region_list(self->all);
	struct dbgmem_region *r = self->all->r;
	struct target t;
	uint64_t addr;
	char *p;
	int fd;

	p = rich_place(4 * PAGE, PROT_READ | PROT_WRITE, MAP_ANON_PRIVATE, -1,
		       0);
	ASSERT_NE(NULL, p);
	ASSERT_EQ(0, munmap(p + PAGE, 3 * PAGE));
	addr = (uintptr_t)p;
	ASSERT_EQ(0, target_start(&t));
	fd = session_open(t.pid, O_RDONLY);
	ASSERT_LE(0, fd);
	l.addr = addr;
	l.nr_entries = 1;
	ASSERT_EQ(0, region_ioctl(fd, &l));
	ASSERT_EQ(1, l.nr);
	EXPECT_EQ(addr + PAGE, r->end);
	ASSERT_EQ(1, l.more);
	EXPECT_EQ(addr + PAGE, l.next);

	ASSERT_EQ(0, target_call(&t, map_behind, p + PAGE));
	/* it is one region now */
	ASSERT_TRUE(region_at(fd, p, r));
	ASSERT_EQ(addr + 3 * PAGE, r->end);
	l.addr = l.next;
	l.flags = DBGMEM_REGION_LIST_CLIP;
	ASSERT_EQ(0, region_ioctl(fd, &l));
	ASSERT_EQ(1, l.nr);
	EXPECT_EQ(addr + PAGE, r->start);
	EXPECT_EQ(addr + 3 * PAGE, r->end);
	EXPECT_TRUE(r->flags & DBGMEM_REGION_CLIPPED);
	close(fd);
	target_stop(&t);
}

TEST_HARNESS_MAIN
