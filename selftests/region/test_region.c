// SPDX-License-Identifier: GPL-2.0
/*
 * DBGMEM_IOC_REGION_LIST reports the same as /proc/PID/maps, line by line, in one call
 * and in many; one address, filters, ranges.
 */
#include "region_fixture.h"

#define ADDR(p)	((uint64_t)(uintptr_t)(p))

/* --- all of it --- */

TEST_F(region, every_line_of_maps_is_a_region)
{
	ASSERT_EQ(0, maps_of(self->pid, self->maps));
	ASSERT_EQ(0, regions_get(self->fd, self->all));
	ASSERT_LT(NR_RICH, self->all->nr);
	EXPECT_MAPS(self->all, self->maps, true);
}

TEST_F(region, many_calls_tell_what_one_does)
{
	static const struct { uint32_t nr, names; } by[] = {
		{ 1, NAMES_SIZE }, { 2, NAMES_SIZE }, { 7, NAMES_SIZE },
		{ MAX_REGIONS, 128 }, { 3, 128 },
	};
	size_t i;

	ASSERT_EQ(0, maps_of(self->pid, self->maps));
	for (i = 0; i < ARRAY_SIZE(by); i++) {
		ASSERT_EQ(0, regions_get_by(self->fd, self->all, by[i].nr,
					    by[i].names));
		EXPECT_MAPS(self->all, self->maps, true);
	}
}

TEST_F(region, names_are_told_only_if_there_is_room_for_them)
{
	struct dbgmem_region_list l = region_list(self->all);
	uint32_t i;

	ASSERT_EQ(0, maps_of(self->pid, self->maps));
	l.names = 8;	/* not looked at */
	l.names_size = 0;
	ASSERT_EQ(0, region_ioctl(self->fd, &l));
	EXPECT_EQ(0, l.more);
	self->all->nr = l.nr;
	EXPECT_MAPS(self->all, self->maps, false);
	for (i = 0; i < l.nr; i++) {
		EXPECT_EQ(0, self->all->r[i].name_len);
		EXPECT_FALSE(self->all->r[i].flags & DBGMEM_REGION_LONG_NAME);
	}
}

/* More than the kernel looks at in one go, and not a multiple of that. */
#define CHESS	1001

TEST_F(region, thousand_mappings_in_one_call)
{
	struct dbgmem_region_list l = region_list(self->all);
	struct target t;
	char *board;
	int fd, i;

	board = mmap(NULL, CHESS * PAGE, PROT_READ, MAP_ANON_PRIVATE, -1, 0);
	ASSERT_NE(MAP_FAILED, board);
	for (i = 0; i < CHESS; i += 2)
		ASSERT_EQ(0, mprotect(board + i * PAGE, PAGE, PROT_NONE));
	ASSERT_EQ(0, target_start(&t));
	fd = session_open(t.pid, O_RDONLY);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, maps_of(t.pid, self->maps));
	ASSERT_LT(CHESS, self->maps->nr);
	ASSERT_EQ(0, regions_get(fd, self->all));
	EXPECT_MAPS(self->all, self->maps, true);

	/* not one more than there is room for, and on from there */
	memset(&self->all->r[700], 0x5a, sizeof(self->all->r[0]));
	l.nr_entries = 700;
	ASSERT_EQ(0, region_ioctl(fd, &l));
	EXPECT_EQ(700, l.nr);
	EXPECT_EQ(1, l.more);
	EXPECT_EQ(self->maps->line[699].end, l.next);
	EXPECT_EQ(0x5a5a5a5a5a5a5a5a, self->all->r[700].start);
	close(fd);
	target_stop(&t);
}

TEST_F(region, session_on_itself_tells_its_own)
{
	int fd = session_open(getpid(), O_RDONLY);

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, maps_of(getpid(), self->maps));
	ASSERT_EQ(0, regions_get(fd, self->all));
	EXPECT_MAPS(self->all, self->maps, true);
	close(fd);
}

static long nothing(void *arg)
{
	return 0;
}

TEST_F(region, looking_faults_nothing_in)
{
	long before;
	int i;

	/* it does no more than to wait */
	target_call(&self->rich.target, nothing, NULL);
	target_call(&self->rich.target, nothing, NULL);
	ASSERT_TRUE(proc_wait_state(self->pid, 'S'));
	before = fault_count(self->pid);
	for (i = 0; i < 10; i++)
		ASSERT_EQ(0, regions_get(self->fd, self->all));
	EXPECT_EQ(before, fault_count(self->pid));
}

/* --- kinds --- */

TEST_F(region, flags_tell_what_it_is)
{
	enum {
		R = DBGMEM_REGION_READ,
		W = DBGMEM_REGION_WRITE,
		X = DBGMEM_REGION_EXEC,
		S = DBGMEM_REGION_SHARED,
		F = DBGMEM_REGION_FILE,
		D = DBGMEM_REGION_DELETED,
	};
	static const uint32_t want[NR_RICH] = {
		[RICH_PRIVATE_FILE] = R | F,
		[RICH_PRIVATE_FILE_EXEC] = R | X | F,
		[RICH_SHARED_FILE] = R | W | S | F,
		[RICH_SHARED_FILE_READ] = R | S | F,
		[RICH_DELETED] = R | F | D,
		[RICH_ODD_NAME] = R | W | F,
		[RICH_MEMFD] = R | W | S | F | D,
		[RICH_SYSV] = R | W | S | F | D,
		[RICH_ANON] = R | W,
		[RICH_ANON_NONE] = 0,
		[RICH_ANON_RWX] = R | W | X,
		[RICH_ANON_SHARED] = R | W | S | F | D,
		[RICH_GROWSDOWN] = R | W,
		[RICH_HUGETLB] = R | W | F | D | DBGMEM_REGION_HUGETLB,
		[RICH_SECRET] = R | W | S | F | DBGMEM_REGION_SPECIAL,
		[RICH_DEVICE] = R | W | S | F | DBGMEM_REGION_SPECIAL,
	};
	struct dbgmem_region r;
	int i;

	for (i = 0; i < NR_RICH; i++) {
		ASSERT_TRUE(region_at(self->fd, self->rich.addr[i], &r));
		EXPECT_EQ(ADDR(self->rich.addr[i]), r.start);
		/* the name that secret memory has changes with the kernel */
		if (i == RICH_SECRET)
			r.flags &= ~DBGMEM_REGION_DELETED;
		if (i == RICH_SECRET && self->rich.no_secret)
			continue;
		EXPECT_EQ(want[i], r.flags)
			TH_LOG("kind %d", i);
		EXPECT_EQ(i == RICH_HUGETLB ? HUGE_SIZE : PAGE, r.page_size);
		EXPECT_EQ(0, r.reserved);
	}
}

TEST_F(region, heap_stack_and_the_kernels_own)
{
	static const struct { const char *name; uint32_t flag; } own[] = {
		{ "[heap]", DBGMEM_REGION_HEAP },
		{ "[stack]", DBGMEM_REGION_STACK },
		{ "[vdso]", DBGMEM_REGION_KERNEL },
		{ "[vvar]", DBGMEM_REGION_KERNEL },
		{ "[vvar_vclock]", DBGMEM_REGION_KERNEL },	/* since 6.13 */
	};
	const uint32_t mask = DBGMEM_REGION_HEAP | DBGMEM_REGION_STACK |
			      DBGMEM_REGION_KERNEL;
	uint32_t i, flag;
	int seen = 0;
	size_t k;

	ASSERT_NE((void *)-1, sbrk(PAGE));
	target_stop(&self->rich.target);
	ASSERT_EQ(0, target_start(&self->rich.target));
	close(self->fd);
	self->fd = session_open(self->rich.target.pid, O_RDONLY);
	ASSERT_LE(0, self->fd);
	ASSERT_EQ(0, regions_get(self->fd, self->all));
	for (i = 0; i < self->all->nr; i++) {
		flag = 0;
		for (k = 0; k < ARRAY_SIZE(own); k++)
			if (!strcmp(region_name(self->all, i), own[k].name))
				flag = own[k].flag;
		EXPECT_EQ(flag, self->all->r[i].flags & mask)
			TH_LOG("%s", region_name(self->all, i));
		seen |= flag;
	}
	EXPECT_EQ(mask, seen);
	/* the kernel's data page cannot be transferred as others can */
	for (i = 0; i < self->all->nr; i++)
		if (!strcmp(region_name(self->all, i), "[vvar]"))
			EXPECT_TRUE(self->all->r[i].flags &
				    DBGMEM_REGION_SPECIAL);
}

TEST_F(region, filter_takes_those_and_only_those)
{
	static const uint64_t filters[] = {
		DBGMEM_REGION_READ, DBGMEM_REGION_WRITE, DBGMEM_REGION_EXEC,
		DBGMEM_REGION_SHARED, DBGMEM_REGION_FILE, DBGMEM_REGION_HEAP,
		DBGMEM_REGION_STACK, DBGMEM_REGION_KERNEL,
		DBGMEM_REGION_SPECIAL, DBGMEM_REGION_HUGETLB,
		DBGMEM_REGION_DELETED,
		DBGMEM_REGION_READ | DBGMEM_REGION_WRITE,
		DBGMEM_REGION_READ | DBGMEM_REGION_EXEC | DBGMEM_REGION_FILE,
		DBGMEM_REGION_HEAP | DBGMEM_REGION_STACK,
		DBGMEM_REGION_WRITE |
			DBGMEM_REGION_NOT(DBGMEM_REGION_SHARED),
		DBGMEM_REGION_NOT(DBGMEM_REGION_READ | DBGMEM_REGION_WRITE |
				  DBGMEM_REGION_EXEC),
	};
	static struct regions some;
	struct dbgmem_region_list l;
	uint64_t filter;
	uint32_t i, j;
	size_t f;

	ASSERT_EQ(0, regions_get(self->fd, self->all));
	for (f = 0; f < 2 * ARRAY_SIZE(filters); f++) {
		filter = filters[f / 2];
		/* and the other way round */
		if (f % 2)
			filter = filter << 32 | filter >> 32;
		l = region_list(&some);
		l.filter = filter;
		ASSERT_EQ(0, region_ioctl(self->fd, &l));
		EXPECT_EQ(0, l.more);
		some.nr = l.nr;
		for (i = 0, j = 0; i < self->all->nr; i++) {
			uint32_t flags = self->all->r[i].flags;

			if ((flags & (uint32_t)filter) != (uint32_t)filter ||
			    flags & (filter >> 32))
				continue;
			ASSERT_LT(j, some.nr);
			EXPECT_EQ(self->all->r[i].start, some.r[j].start)
				TH_LOG("filter 0x%llx",
				       (unsigned long long)filter);
			EXPECT_STREQ(region_name(self->all, i),
				     region_name(&some, j));
			j++;
		}
		EXPECT_EQ(j, some.nr);
	}
}

/* --- one address --- */

TEST_F(region, at_tells_of_the_address_alone)
{
	char *p = self->rich.addr[RICH_ANON];
	struct dbgmem_region r;

	ASSERT_TRUE(region_at(self->fd, p, &r));
	EXPECT_EQ(ADDR(p), r.start);
	EXPECT_EQ(ADDR(p) + 3 * PAGE, r.end);
	/* any byte of it, the last one too, and all of it is told */
	ASSERT_TRUE(region_at(self->fd, p + 3 * PAGE - 1, &r));
	EXPECT_EQ(ADDR(p), r.start);
	EXPECT_FALSE(region_at(self->fd, p + 3 * PAGE, &r));
	EXPECT_FALSE(region_at(self->fd, p - 1, &r));
	EXPECT_FALSE(region_at(self->fd, NULL, &r));
	EXPECT_FALSE(region_at(self->fd, (void *)~0UL, &r));
	/* its neighbour that touches it */
	ASSERT_TRUE(region_at(self->fd, self->rich.addr[RICH_PRIVATE_FILE] +
			      PAGE, &r));
	EXPECT_EQ(ADDR(self->rich.addr[RICH_PRIVATE_FILE_EXEC]), r.start);
}

TEST_F(region, at_with_a_filter_does_not_look_behind)
{
	char *p = self->rich.addr[RICH_PRIVATE_FILE];
	struct dbgmem_region_list l = region_list(self->all);

	l.flags = DBGMEM_REGION_LIST_AT;
	l.addr = ADDR(p);
	l.filter = DBGMEM_REGION_EXEC;
	ASSERT_EQ(0, region_ioctl(self->fd, &l));
	EXPECT_EQ(0, l.nr);
	EXPECT_EQ(0, l.more);
	l.addr += PAGE;
	ASSERT_EQ(0, region_ioctl(self->fd, &l));
	EXPECT_EQ(1, l.nr);
	EXPECT_EQ(0, l.more);
}

TEST_F(region, without_at_the_next_one_behind_a_gap)
{
	struct dbgmem_region_list l = region_list(self->all);
	uint32_t i;

	ASSERT_EQ(0, maps_of(self->pid, self->maps));
	for (i = 1; i < self->maps->nr; i++)
		if (self->maps->line[i].start > ADDR(self->rich.gap))
			break;
	ASSERT_LT(i, self->maps->nr);
	l.addr = ADDR(self->rich.gap);
	l.nr_entries = 1;
	ASSERT_EQ(0, region_ioctl(self->fd, &l));
	EXPECT_EQ(1, l.nr);
	EXPECT_EQ(self->maps->line[i].start, self->all->r[0].start);
	EXPECT_EQ(1, l.more);
	EXPECT_EQ(self->maps->line[i].end, l.next);

	/* behind the last there is none */
	l.addr = self->maps->line[self->maps->nr - 1].end;
	ASSERT_EQ(0, region_ioctl(self->fd, &l));
	EXPECT_EQ(0, l.nr);
	EXPECT_EQ(0, l.more);
	EXPECT_EQ(0, l.next);
	l.addr = ~0ULL;
	ASSERT_EQ(0, region_ioctl(self->fd, &l));
	EXPECT_EQ(0, l.nr);
}

/* --- a range --- */

TEST_F(region, end_keeps_out_what_begins_there)
{
	char *p = self->rich.addr[RICH_PRIVATE_FILE];
	struct dbgmem_region_list l = region_list(self->all);

	l.addr = ADDR(p) + 1;
	l.end = ADDR(p) + PAGE;
	ASSERT_EQ(0, region_ioctl(self->fd, &l));
	EXPECT_EQ(1, l.nr);
	EXPECT_EQ(0, l.more);
	/* not cut without being asked to */
	EXPECT_EQ(ADDR(p), self->all->r[0].start);
	l.end++;
	ASSERT_EQ(0, region_ioctl(self->fd, &l));
	EXPECT_EQ(2, l.nr);
	l.addr = ADDR(p) - PAGE;
	l.end = ADDR(p);
	ASSERT_EQ(0, region_ioctl(self->fd, &l));
	EXPECT_EQ(0, l.nr);
	/* a range without an address in it */
	l.addr = ADDR(p) + 1;
	l.end = ADDR(p) + 1;
	ASSERT_EQ(0, region_ioctl(self->fd, &l));
	EXPECT_EQ(0, l.nr);
}

TEST_F(region, clip_cuts_and_says_so)
{
	struct dbgmem_region_list l = region_list(self->all);
	char *p = self->rich.addr[RICH_SHARED_FILE];
	struct dbgmem_region *r = self->all->r;

	l.flags = DBGMEM_REGION_LIST_CLIP;
	l.addr = ADDR(p) + PAGE + 10;
	l.end = ADDR(p) + 3 * PAGE;
	ASSERT_EQ(0, region_ioctl(self->fd, &l));
	ASSERT_EQ(1, l.nr);
	EXPECT_EQ(l.addr, r->start);
	EXPECT_EQ(l.end, r->end);
	EXPECT_EQ(PAGE + 10, r->offset);
	EXPECT_TRUE(r->flags & DBGMEM_REGION_CLIPPED);
	/* nothing to cut */
	l.addr = ADDR(p);
	l.end = ADDR(p) + RICH_LEN;
	ASSERT_EQ(0, region_ioctl(self->fd, &l));
	ASSERT_EQ(1, l.nr);
	EXPECT_EQ(0, r->offset);
	EXPECT_FALSE(r->flags & DBGMEM_REGION_CLIPPED);
	/* what is not of a file has no offset */
	p = self->rich.addr[RICH_ANON];
	l.addr = ADDR(p) + PAGE;
	l.end = 0;
	l.nr_entries = 1;
	ASSERT_EQ(0, region_ioctl(self->fd, &l));
	ASSERT_EQ(1, l.nr);
	EXPECT_EQ(0, r->offset);
	EXPECT_EQ(ADDR(p) + 3 * PAGE, r->end);
	EXPECT_TRUE(r->flags & DBGMEM_REGION_CLIPPED);
}

TEST_HARNESS_MAIN
