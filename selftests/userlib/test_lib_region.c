// SPDX-License-Identifier: GPL-2.0
/* libdbgmem: mappings at an address, behind it, in a range, and all of them. */
#include "userlib_fixture.h"

#include "region_maps.h"

#define R	DBGMEM_REGION_READ
#define W	DBGMEM_REGION_WRITE
#define X	DBGMEM_REGION_EXEC

/* Into the target: - is a hole, else the protection of a page. */
static long lay_out(void *arg)
{
	const char *plan = arg;
	size_t i;

	for (i = 0; i < PAGES; i++) {
		char *p = mem + i * PAGE;

		if (plan[i] == '-')
			munmap(p, PAGE);
		else if (mprotect(p, PAGE, plan[i] == 'n' ? PROT_NONE :
				  plan[i] == 'r' ? PROT_READ :
				  plan[i] == 'x' ? PROT_READ | PROT_EXEC :
				  PROT_READ | PROT_WRITE))
			return -errno;
	}
	return 0;
}

#define LAY_OUT(plan) do {						\
	_Static_assert(sizeof(plan) == PAGES + 1, "a letter for each page"); \
	ASSERT_EQ(0, target_call(&self->t, lay_out, plan));		\
} while (0)

/* --- one address --- */

TEST_F(lib, region_query_is_of_the_address)
{
	struct dbgmem_region r;
	char name[64] = "x";

	LAY_OUT("--ww-r--");
	EXPECT_EQ(1, dbgmem_region_query(self->m, self->addr + 3 * PAGE + 7, 0,
					 &r, name, sizeof(name)));
	EXPECT_EQ(self->addr + 2 * PAGE, r.start);
	EXPECT_EQ(self->addr + 4 * PAGE, r.end);
	EXPECT_EQ(R | W, r.flags);
	EXPECT_STREQ("", name);
	EXPECT_EQ(0, dbgmem_region_query(self->m, self->addr + 4 * PAGE, 0, &r,
					 NULL, 0));
	EXPECT_EQ(0, dbgmem_region_query(self->m, self->addr + 5 * PAGE, W, &r,
					 NULL, 0));
	EXPECT_EQ(1, dbgmem_region_query(self->m, self->addr + 5 * PAGE,
					 R | DBGMEM_REGION_NOT(W), &r, NULL, 0));
	EXPECT_EQ(0, dbgmem_region_query(self->m, UINT64_MAX, 0, &r, NULL, 0));
}

TEST_F(lib, region_query_gives_the_name_if_it_fits)
{
	struct dbgmem_region r;
	char name[16];
	uint64_t stack = (uintptr_t)&r;

	EXPECT_EQ(1, dbgmem_region_query(self->m, stack, 0, &r, name, 8));
	EXPECT_STREQ("[stack]", name);
	EXPECT_EQ(7, r.name_len);
	EXPECT_FALSE(r.flags & DBGMEM_REGION_LONG_NAME);
	memset(name, 'x', sizeof(name));
	EXPECT_EQ(1, dbgmem_region_query(self->m, stack, 0, &r, name, 7));
	EXPECT_STREQ("", name);
	EXPECT_EQ('x', name[7]);
	EXPECT_EQ(7, r.name_len);
	EXPECT_TRUE(r.flags & DBGMEM_REGION_LONG_NAME);
	EXPECT_EQ(1, dbgmem_region_query(self->m, stack, 0, &r, NULL, 0));
	EXPECT_EQ(0, r.name_len);
	EXPECT_FALSE(r.flags & DBGMEM_REGION_LONG_NAME);
	/* no name is told of as that, not what the buffer had */
	EXPECT_EQ(1, dbgmem_region_query(self->m, self->addr, 0, &r, name,
					 sizeof(name)));
	EXPECT_STREQ("", name);
}

TEST_F(lib, region_next_goes_on_behind_a_hole)
{
	struct dbgmem_region r;

	LAY_OUT("-w--rx--");
	EXPECT_EQ(1, dbgmem_region_next(self->m, self->addr, 0, &r, NULL, 0));
	EXPECT_EQ(self->addr + PAGE, r.start);
	/* the one that it is in is the next */
	EXPECT_EQ(1, dbgmem_region_next(self->m, r.end - 1, 0, &r, NULL, 0));
	EXPECT_EQ(self->addr + PAGE, r.start);
	EXPECT_EQ(1, dbgmem_region_next(self->m, r.end, 0, &r, NULL, 0));
	EXPECT_EQ(self->addr + 4 * PAGE, r.start);
	EXPECT_EQ(1, dbgmem_region_next(self->m, self->addr, X, &r, NULL, 0));
	EXPECT_EQ(self->addr + 5 * PAGE, r.start);
	EXPECT_EQ(0, dbgmem_region_next(self->m, UINT64_MAX - 8, 0, &r, NULL,
					0));
}

TEST_F(lib, region_change_is_where_the_answer_does)
{
	uint64_t next = 0;

	LAY_OUT("-w--rx--");
	EXPECT_EQ(1, dbgmem_region_change(self->m, self->addr, 0, &next));
	EXPECT_EQ(self->addr + PAGE, next);
	EXPECT_EQ(1, dbgmem_region_change(self->m, next, 0, &next));
	EXPECT_EQ(self->addr + 2 * PAGE, next);
	EXPECT_EQ(1, dbgmem_region_change(self->m, next, 0, &next));
	EXPECT_EQ(self->addr + 4 * PAGE, next);
	/* neighbours differ though both are there */
	EXPECT_EQ(1, dbgmem_region_change(self->m, next, 0, &next));
	EXPECT_EQ(self->addr + 5 * PAGE, next);
	/* for who asks for what can be read only, they are not told apart there */
	EXPECT_EQ(1, dbgmem_region_change(self->m, self->addr + 2 * PAGE, X,
					  &next));
	EXPECT_EQ(self->addr + 5 * PAGE, next);
	next = 77;
	EXPECT_EQ(0, dbgmem_region_change(self->m, UINT64_MAX, 0, &next));
	EXPECT_EQ(77, next);
}

/* --- a range --- */

#define EXPECT_VALID(m, addr, len, filter, want_start, want_len) do {	\
	uint64_t _start = 1, _len = 1;					\
									\
	EXPECT_EQ(1, dbgmem_region_valid(m, addr, len, filter,	\
					 &_start, &_len))		\
		TH_LOG("%s", dbgmem_errstr());				\
	EXPECT_EQ(want_start, _start);					\
	EXPECT_EQ(want_len, _len);					\
} while (0)

TEST_F(lib, region_valid_is_the_first_part_without_a_gap)
{
	const uint64_t a = self->addr;
	uint64_t start, len;

	LAY_OUT("-wrx-wwn");
	/* neighbours make one part, whatever their protection */
	EXPECT_VALID(self->m, a, PAGES * PAGE, 0, a + PAGE, 3 * PAGE);
	EXPECT_VALID(self->m, a + 4 * PAGE, 4 * PAGE, 0, a + 5 * PAGE, 3 * PAGE);
	/* unless only some count */
	EXPECT_VALID(self->m, a, PAGES * PAGE, W, a + PAGE, PAGE);
	EXPECT_VALID(self->m, a + 4 * PAGE, 4 * PAGE, R, a + 5 * PAGE, 2 * PAGE);
	/* cut to the range, to the byte */
	EXPECT_VALID(self->m, a + PAGE + 5, PAGE, 0, a + PAGE + 5, PAGE);
	EXPECT_VALID(self->m, a + 10, PAGE, 0, a + PAGE, 10);
	EXPECT_VALID(self->m, a + 2 * PAGE - 1, 1, 0, a + 2 * PAGE - 1, 1);
	/* nothing of it is */
	EXPECT_EQ(0, dbgmem_region_valid(self->m, a, PAGE, 0, &start, &len));
	EXPECT_EQ(0, dbgmem_region_valid(self->m, a + PAGE, 0, 0, &start,
					 &len));
	EXPECT_EQ(0, dbgmem_region_valid(self->m, a + 4 * PAGE, PAGE, 0, &start,
					 &len));
	/* the range may end at the top of the address space */
	EXPECT_VALID(self->m, a + PAGE, 0 - (a + PAGE), W, a + PAGE, PAGE);
	EXPECT_EQ(0, dbgmem_region_valid(self->m, UINT64_MAX, 1, 0, &start,
					 &len));
	EXPECT_EQ(-EOVERFLOW, dbgmem_region_valid(self->m, UINT64_MAX, 2, 0,
						  &start, &len));
	EXPECT_ERROR(EOVERFLOW, DBGMEM_SOURCE_USAGE, "2 bytes",
		     "exceeds 64 bits");
}

/* More touching regions than one call of the kernel is asked for. */
static long chess(void *board)
{
	int i;

	for (i = 0; i < 1000; i += 2)
		if (mprotect((char *)board + i * PAGE, PAGE, PROT_READ))
			return -errno;
	return 0;
}

TEST_F(lib, region_valid_and_all_regions_take_several_calls)
{
	struct dbgmem_region region;
	struct dbgmem_regions *r;
	struct target t;
	struct dbgmem *m;
	char *board, *p;
	uint64_t addr;
	int n = 0, i;

	p = mmap(NULL, 1002 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
		 0);
	ASSERT_NE(MAP_FAILED, p);
	board = p + PAGE;
	munmap(p, PAGE);
	munmap(board + 1000 * PAGE, PAGE);
	addr = (uintptr_t)board;
	ASSERT_EQ(0, target_start(&t));
	ASSERT_EQ(0, target_call(&t, chess, board));
	ASSERT_EQ(0, dbgmem_open(t.pid, DBGMEM_OPEN_RDONLY, &m));

	EXPECT_VALID(m, addr - PAGE, 2000 * PAGE, 0, addr, 1000 * PAGE);
	EXPECT_VALID(m, addr + 5, 900 * PAGE, 0, addr + 5, 900 * PAGE);
	ASSERT_EQ(0, dbgmem_regions_new(m, addr, addr + 1000 * PAGE, 0, 0,
					 &r));
	while ((i = dbgmem_regions_next(r, &region, NULL)) > 0) {
		EXPECT_EQ(addr + n * PAGE, region.start);
		EXPECT_EQ(addr + (n + 1) * PAGE, region.end);
		EXPECT_EQ(n % 2 ? 0 : R, region.flags);
		n++;
	}
	EXPECT_EQ(0, i);
	EXPECT_EQ(1000, n);
	dbgmem_regions_free(r);
	dbgmem_close(m);
	target_stop(&t);
}

/* --- all of it --- */

TEST_F(lib, regions_are_the_lines_of_maps)
{
	struct maps *maps = malloc(sizeof(*maps));
	struct dbgmem_region region;
	struct dbgmem_regions *r;
	const char *name;
	uint32_t i = 0;
	int ret;

	ASSERT_NE(NULL, maps);
	LAY_OUT("-wrx-wwn");
	ASSERT_EQ(0, maps_of(self->t.pid, maps));
	ASSERT_EQ(0, dbgmem_regions_new(self->m, 0, 0, 0,
					 DBGMEM_REGIONS_NAMES, &r));
	while ((ret = dbgmem_regions_next(r, &region, &name)) > 0) {
		ASSERT_GT(maps->nr, i);
		EXPECT_TRUE(region_is_line(&region, name, &maps->line[i]))
			TH_LOG("0x%llx %s", region.start, name);
		i++;
	}
	EXPECT_EQ(0, ret);
	EXPECT_EQ(maps->nr, i);
	/* behind the last it stays so */
	EXPECT_EQ(0, dbgmem_regions_next(r, &region, &name));
	dbgmem_regions_free(r);
	dbgmem_regions_free(NULL);

	/* from somewhere to somewhere, filtered, without names */
	ASSERT_EQ(0, dbgmem_regions_new(self->m, self->addr + PAGE + 1,
					 self->addr + 6 * PAGE, W, 0, &r));
	EXPECT_EQ(1, dbgmem_regions_next(r, &region, &name));
	EXPECT_EQ(self->addr + PAGE, region.start);
	EXPECT_STREQ("", name);
	EXPECT_EQ(1, dbgmem_regions_next(r, &region, NULL));
	EXPECT_EQ(self->addr + 5 * PAGE, region.start);
	EXPECT_EQ(0, dbgmem_regions_next(r, &region, NULL));
	dbgmem_regions_free(r);
	free(maps);
}

/* --- what fails --- */

TEST_F(lib, region_failures_say_why)
{
	struct dbgmem_regions *r = (void *)1;
	struct dbgmem_region region;
	uint64_t start, len;
	struct dbgmem *m;
	int mem_fd;

	EXPECT_EQ(-EINVAL, dbgmem_region_query(self->m, self->addr,
					       W | DBGMEM_REGION_NOT(W),
					       &region, NULL, 0));
	EXPECT_ERROR(EINVAL, DBGMEM_SOURCE_USAGE, "filter", "absence");
	EXPECT_EQ(-EOPNOTSUPP, dbgmem_region_next(self->m, self->addr,
						  1U << 31, &region, NULL, 0));
	EXPECT_ERROR(EOPNOTSUPP, DBGMEM_SOURCE_USAGE, "filter 0x80000000");
	EXPECT_EQ(-EINVAL, dbgmem_regions_new(self->m, 8, 4, 0, 0, &r));
	EXPECT_EQ(NULL, r);
	EXPECT_ERROR(EINVAL, DBGMEM_SOURCE_USAGE, "ends before it starts");
	EXPECT_EQ(-EINVAL, dbgmem_regions_new(self->m, 0, 0, 0, 2, &r));
	EXPECT_ERROR(EINVAL, DBGMEM_SOURCE_USAGE, "flags 0x2");

	mem_fd = proc_open(self->t.pid, "mem", O_WRONLY);
	ASSERT_LE(0, mem_fd);
	ASSERT_EQ(0, dbgmem_open_mem_fd(self->t.pid, mem_fd, DBGMEM_OPEN_WRITE,
					&m));
	EXPECT_EQ(-EACCES, dbgmem_region_valid(m, self->addr, 8, 0, &start,
					       &len));
	EXPECT_ERROR(EACCES, DBGMEM_SOURCE_SESSION, "read access",
		     "what is mapped");
	dbgmem_close(m);
	close(mem_fd);
}

/* Many regions, so that a second call of the kernel is needed; then none. */
TEST_F(lib, regions_of_a_target_that_ended_fail_again_and_again)
{
	struct dbgmem_region region;
	struct dbgmem_regions *r;
	struct target t;
	struct dbgmem *m;
	char *board;
	int i, ret;

	board = mmap(NULL, 1000 * PAGE, PROT_NONE,
		     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, board);
	ASSERT_EQ(0, target_start(&t));
	ASSERT_EQ(0, target_call(&t, chess, board));
	ASSERT_EQ(0, dbgmem_open(t.pid, DBGMEM_OPEN_RDONLY, &m));
	ASSERT_EQ(0, dbgmem_regions_new(m, 0, 0, 0, 0, &r));
	EXPECT_EQ(1, dbgmem_regions_next(r, &region, NULL));
	target_stop(&t);
	for (i = 1; (ret = dbgmem_regions_next(r, &region, NULL)) > 0; i++)
		ASSERT_GT(1000, i);
	EXPECT_LT(100, i);
	EXPECT_EQ(-ESRCH, ret);
	EXPECT_ERROR(ESRCH, DBGMEM_SOURCE_TARGET, "exited");
	EXPECT_EQ(-ESRCH, dbgmem_regions_next(r, &region, NULL));
	dbgmem_regions_free(r);
	dbgmem_close(m);
}

TEST_HARNESS_MAIN
