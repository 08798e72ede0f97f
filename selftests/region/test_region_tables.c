// SPDX-License-Identifier: GPL-2.0
/*
 * DBGMEM_REGION_LIST_TABLES lists all present memory, leaves out memory that was never
 * used, and skips terabytes of it at once, also while the target changes its
 * mappings.
 */
#include "region_fixture.h"
#include "slow.h"

#include <pthread.h>
#include <sys/time.h>

#define PLACE	((char *)0x200000000000)
#define MUCH	(16UL << 40)
#define TABLE	(2UL << 20)		/* what one page table maps */
#define CALLS	(MUCH / (1UL << 30) / 4096)

FIXTURE(tables) {
	struct target t;
	struct dbgmem_region part[16];
	int fd;
};

FIXTURE_SETUP(tables)
{
	ASSERT_EQ(0, target_start(&self->t));
	self->fd = session_open(self->t.pid, O_RDONLY);
	ASSERT_LE(0, self->fd);
}

FIXTURE_TEARDOWN(tables)
{
	close(self->fd);
	target_stop(&self->t);
}

/* Parts from @from to @to, @calls of which were needed; or a negative errno. */
static int parts(int fd, const char *from, const char *to,
		 struct dbgmem_region part[16], unsigned int *calls)
{
	struct dbgmem_region_list l = {
		.size = sizeof(l),
		.flags = DBGMEM_REGION_LIST_TABLES | DBGMEM_REGION_LIST_CLIP,
		.addr = (uintptr_t)from,
		.end = (uintptr_t)to,
		.entry_size = sizeof(part[0]),
	};
	uint32_t nr = 0;
	int ret;

	for (*calls = 1; nr < 16; ++*calls) {
		l.entries = (uintptr_t)&part[nr];
		l.nr_entries = 16 - nr;
		ret = region_ioctl(fd, &l);
		if (ret)
			return ret;
		nr += l.nr;
		if (!l.more)
			return (int)nr;
		if (l.next <= l.addr)
			return -EPROTO;
		l.addr = l.next;
	}
	return -E2BIG;
}

static long reserve(void *huge)
{
	if (mmap(PLACE, MUCH, PROT_READ | PROT_WRITE, MAP_ANON_PRIVATE |
		 MAP_NORESERVE | MAP_FIXED, -1, 0) != PLACE)
		return -errno;
	return madvise(PLACE, MUCH, huge ? MADV_HUGEPAGE : MADV_NOHUGEPAGE) ?
	       -errno : 0;
}

static long touch(void *addr)
{
	*(volatile char *)addr = 1;
	return 0;
}

#define EXPECT_PART(_start, _end, r) do {				\
	EXPECT_EQ((uintptr_t)(_start), (r).start);			\
	EXPECT_EQ((uintptr_t)(_end), (r).end);				\
	EXPECT_EQ(DBGMEM_REGION_READ | DBGMEM_REGION_WRITE |		\
		  DBGMEM_REGION_CLIPPED, (r).flags);			\
} while (0)

TEST_F(tables, an_empty_reservation_has_none)
{
	const long before = now_ms();
	unsigned int calls;

	ASSERT_EQ(0, target_call(&self->t, reserve, NULL));
	EXPECT_EQ(0, parts(self->fd, PLACE, PLACE + MUCH, self->part, &calls));
	EXPECT_GE(CALLS + 1, calls);
	EXPECT_GT(1000 * slow_factor(), now_ms() - before);
}

TEST_F(tables, a_page_in_the_middle_the_first_and_the_last)
{
	char *middle = PLACE + MUCH / 3 / TABLE * TABLE;
	const long before = now_ms();
	unsigned int calls;

	ASSERT_EQ(0, target_call(&self->t, reserve, NULL));
	ASSERT_EQ(0, target_call(&self->t, touch, PLACE));
	ASSERT_EQ(0, target_call(&self->t, touch, middle + 5 * PAGE));
	ASSERT_EQ(0, target_call(&self->t, touch, PLACE + MUCH - 1));
	ASSERT_EQ(3, parts(self->fd, PLACE, PLACE + MUCH, self->part, &calls));
	EXPECT_PART(PLACE, PLACE + TABLE, self->part[0]);
	EXPECT_PART(middle, middle + TABLE, self->part[1]);
	EXPECT_PART(PLACE + MUCH - TABLE, PLACE + MUCH, self->part[2]);
	/* one that ends for want of entries, each time */
	EXPECT_GE(CALLS + 4, calls);
	EXPECT_GT(1000 * slow_factor(), now_ms() - before);
	/* cut where it was asked for */
	ASSERT_EQ(1, parts(self->fd, middle + 10, middle + 20, self->part,
			   &calls));
	EXPECT_PART(middle + 10, middle + 20, self->part[0]);
	EXPECT_EQ(0, parts(self->fd, middle + TABLE, PLACE + MUCH - TABLE,
			   self->part, &calls));
	/* nothing is mapped behind it */
	EXPECT_EQ(0, parts(self->fd, PLACE + MUCH, PLACE + MUCH + TABLE,
			   self->part, &calls));
}

TEST_F(tables, neighbours_are_one_part)
{
	unsigned int calls;
	size_t i;

	ASSERT_EQ(0, target_call(&self->t, reserve, NULL));
	for (i = 0; i < 5; i++)
		ASSERT_EQ(0, target_call(&self->t, touch, PLACE + i * TABLE));
	ASSERT_EQ(1, parts(self->fd, PLACE, PLACE + (1UL << 30), self->part,
			   &calls));
	EXPECT_PART(PLACE, PLACE + 5 * TABLE, self->part[0]);
	EXPECT_EQ(1, calls);
}

/* Every other table is there: a call ends with the array, or when it has seen enough. */
TEST_F(tables, more_than_a_call_looks_at)
{
	static struct dbgmem_region part[4096];
	struct dbgmem_region_list l = {
		.size = sizeof(l),
		.flags = DBGMEM_REGION_LIST_TABLES,
		.addr = (uintptr_t)PLACE,
		.end = (uintptr_t)PLACE + 5000 * TABLE,
		.entries = (uintptr_t)part,
		.nr_entries = 4096,
		.entry_size = sizeof(part[0]),
	};
	unsigned int calls = 0;
	size_t i, nr = 0;

	ASSERT_EQ(0, target_call(&self->t, reserve, NULL));
	for (i = 0; i < 5000; i += 2)
		ASSERT_EQ(0, target_call(&self->t, touch, PLACE + i * TABLE));
	do {
		ASSERT_EQ(0, region_ioctl(self->fd, &l));
		for (i = 0; i < l.nr; i++, nr++)
			EXPECT_PART(PLACE + 2 * nr * TABLE,
				    PLACE + (2 * nr + 1) * TABLE, part[i]);
		l.addr = l.next;
		calls++;
	} while (l.more);
	EXPECT_EQ(2500, nr);
	EXPECT_EQ(2, calls);
}

TEST_F(tables, a_huge_page_is_there)
{
	unsigned int calls;

	ASSERT_EQ(0, target_call(&self->t, reserve, self));
	ASSERT_EQ(0, target_call(&self->t, touch, PLACE + 3 * TABLE));
	ASSERT_EQ(1, parts(self->fd, PLACE, PLACE + MUCH, self->part, &calls));
	EXPECT_PART(PLACE + 3 * TABLE, PLACE + 4 * TABLE, self->part[0]);
}

/* --- of all kinds of memory --- */

static bool in_part(const struct regions *all, uint64_t addr)
{
	uint32_t i;

	for (i = 0; i < all->nr; i++)
		if (addr >= all->r[i].start && addr < all->r[i].end)
			return true;
	return false;
}

/* Pages of the line that are in memory or in swap, and in no part. */
static long left_out(pid_t pid, const struct regions *all,
		     const struct line *line, long *there)
{
	uint64_t addr, entry;
	long n = 0;
	int fd;

	fd = proc_open(pid, "pagemap", O_RDONLY);
	for (addr = line->start; addr < line->end; addr += PAGE) {
		if (pread(fd, &entry, 8, (off_t)(addr / PAGE * 8)) != 8 ||
		    !(entry >> 62))
			continue;
		++*there;
		n += !in_part(all, addr);
	}
	close(fd);
	return n;
}

static long touch_read(void *addr)
{
	return *(volatile char *)addr;
}

TEST_F(region, no_page_that_is_there_is_left_out)
{
	struct dbgmem_region_list l = region_list(self->all);
	struct rich *r = &self->rich;
	long there = 0;
	uint32_t i;

	for (i = 0; i < NR_RICH; i++)
		if (i != RICH_ANON_NONE && !(i == RICH_SECRET && r->no_secret))
			target_call(&r->target, touch_read, r->addr[i]);
	ASSERT_EQ(0, maps_of(self->pid, self->maps));
	l.flags = DBGMEM_REGION_LIST_TABLES;
	ASSERT_EQ(0, region_ioctl(self->fd, &l));
	ASSERT_EQ(0, l.more);
	self->all->nr = l.nr;
	for (i = 0; i < self->maps->nr; i++)
		if (self->maps->line[i].start < 1ULL << 47)
			EXPECT_EQ(0, left_out(self->pid, self->all,
					      &self->maps->line[i], &there))
				TH_LOG("%s", self->maps->line[i].name);
	EXPECT_LT(100, there);
}

TEST_F(region, parts_have_names_and_a_filter_as_mappings_do)
{
	struct dbgmem_region_list l = region_list(self->all);
	uint32_t i;

	l.flags = DBGMEM_REGION_LIST_TABLES;
	l.filter = DBGMEM_REGION_EXEC | DBGMEM_REGION_FILE;
	ASSERT_EQ(0, region_ioctl(self->fd, &l));
	ASSERT_LT(0, l.nr);
	for (i = 0; i < l.nr; i++) {
		EXPECT_EQ(l.filter, self->all->r[i].flags & l.filter);
		EXPECT_EQ('/', region_name(self->all, i)[0]);
		EXPECT_EQ(0, self->all->r[i].offset % PAGE);
	}
}

/* --- while the target changes it --- */

#define ARENA	(64UL << 30)
#define SPAN	(4 * TABLE)

static void *arena_thread(void *unused)
{
	uint64_t seed = (uint64_t)gettid() * 2654435761U + 1;

	for (;;) {
		char *p;

		seed ^= seed << 13;
		seed ^= seed >> 7;
		seed ^= seed << 17;
		/* not the first and the last GiB, which stay */
		p = PLACE + (1UL << 30) + seed % (ARENA - (2UL << 30) - SPAN) /
		    PAGE * PAGE;
		switch (seed >> 60 & 3) {
		case 0:
			munmap(p, SPAN);
			break;
		case 1:
			madvise(p, SPAN, MADV_DONTNEED);
			break;
		default:
			/* The other thread may unmap it at once. */
			mmap(p, SPAN, PROT_READ | PROT_WRITE, MAP_ANON_PRIVATE |
			     MAP_FIXED | MAP_NORESERVE | MAP_POPULATE, -1, 0);
		}
	}
	return NULL;
}

static long arena_start(void *unused)
{
	pthread_t thread;
	int i, ret = 0;

	if (mmap(PLACE, ARENA, PROT_READ | PROT_WRITE, MAP_ANON_PRIVATE |
		 MAP_NORESERVE | MAP_FIXED, -1, 0) != PLACE)
		return -errno;
	touch(PLACE);
	touch(PLACE + ARENA - 1);
	for (i = 0; i < 2 && !ret; i++)
		ret = pthread_create(&thread, NULL, arena_thread, NULL);
	return -ret;
}

/* What stays was told of; in order, and no address twice. */
static const char *arena_walk(int fd, struct regions *all)
{
	struct dbgmem_region_list l = region_list(all);
	uint64_t last = (uintptr_t)PLACE, first = 0;
	uint32_t i;

	l.flags = DBGMEM_REGION_LIST_TABLES | DBGMEM_REGION_LIST_CLIP;
	l.addr = (uintptr_t)PLACE;
	l.end = (uintptr_t)PLACE + ARENA;
	l.names_size = 0;
	l.nr_entries = 50;
	do {
		if (region_ioctl(fd, &l))
			return strerror(errno);
		for (i = 0; i < l.nr; i++) {
			if (all->r[i].start < last ||
			    all->r[i].end <= all->r[i].start)
				return "out of order";
			last = all->r[i].end;
			if (!first)
				first = all->r[i].start;
		}
		if (l.more && l.next <= l.addr)
			return "it does not get on";
		l.addr = l.next;
	} while (l.more);
	if (first != (uintptr_t)PLACE || last != (uintptr_t)PLACE + ARENA)
		return "what stays is not told of";
	return NULL;
}

TEST_F_TIMEOUT(tables, a_target_that_maps_and_unmaps, 120)
{
	struct regions *all = shared_alloc(sizeof(*all));
	const long until = now_ms() + 3000 * slow_factor();
	const char *wrong;
	long walks = 0;

	ASSERT_NE(NULL, all);
	ASSERT_EQ(0, target_call(&self->t, arena_start, NULL));
	while (now_ms() < until) {
		wrong = arena_walk(self->fd, all);
		ASSERT_EQ(NULL, wrong)
			TH_LOG("walk %ld: %s", walks, wrong);
		walks++;
	}
	EXPECT_LT(5, walks);
}

/* Signals that do not kill disturb nobody; the one that does ends it, in no time. */
static void nothing(int sig)
{
}

static void walk_on(int fd)
{
	const struct itimerval often = { { 0, 1000 }, { 0, 1000 } };
	static struct dbgmem_region part[16];
	unsigned int calls;

	signal(SIGALRM, nothing);
	setitimer(ITIMER_REAL, &often, NULL);
	while (!parts(fd, PLACE, PLACE + MUCH, part, &calls))
		;
	_exit(1);
}

TEST_F(tables, a_kill_ends_it)
{
	long before;
	int status;
	pid_t pid;

	ASSERT_EQ(0, target_call(&self->t, reserve, NULL));
	pid = fork();
	if (!pid)
		walk_on(self->fd);
	sleep_ms(500);
	EXPECT_EQ(0, waitpid(pid, &status, WNOHANG));
	before = now_ms();
	kill(pid, SIGKILL);
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_TRUE(WIFSIGNALED(status));
	EXPECT_GT(1000 * slow_factor(), now_ms() - before);
}

TEST_HARNESS_MAIN
