// SPDX-License-Identifier: GPL-2.0
/* Which pages are there: the same by both ways, soon, and not after a signal. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "../user/cli/interrupt.h"
#include "../user/cli/pagemap.h"

#define PAGE		4096UL
#define PAGES		20000UL		/* more than one call tells of */
#define GIB		(1UL << 30)

FIXTURE(pagemap) {
	struct pagemap p;
	bool scan;	/* the kernel can */
	char *mem;
	size_t len;
};

static int open_self(struct pagemap *p)
{
	const int dir = open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC);
	const int ret = pagemap_open(p, dir, PAGE);

	close(dir);
	return ret;
}

static char *reserve(size_t len)
{
	char *p = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE |
		       MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (p == MAP_FAILED || madvise(p, len, MADV_NOHUGEPAGE))
		abort();
	return p;
}

FIXTURE_SETUP(pagemap)
{
	uint64_t start, len;

	ASSERT_EQ(0, open_self(&self->p));
	self->len = PAGES * PAGE;
	self->mem = reserve(self->len);
	ASSERT_EQ(0, pagemap_run(&self->p, (uintptr_t)self->mem,
				 (uintptr_t)self->mem + self->len, GIB, &start,
				 &len));
	self->scan = self->p.scan;
	pagemap_forget(&self->p);
}

FIXTURE_TEARDOWN(pagemap)
{
	munmap(self->mem, self->len);
	pagemap_close(&self->p);
}

/* What it says of each page, one digit for one; false if it fails. */
static bool all_runs(struct pagemap *p, const char *mem, size_t pages,
		     uint64_t max, char *there)
{
	uint64_t addr = (uintptr_t)mem, end = addr + pages * PAGE, start, len;
	int ret;

	memset(there, '0', pages);
	while ((ret = pagemap_run(p, addr, end, max, &start, &len)) > 0) {
		if (start < addr || start + len > end || !len || len > max ||
		    start % PAGE || len % PAGE)
			return false;
		memset(there + (start - (uintptr_t)mem) / PAGE, '1', len / PAGE);
		addr = start + len;
	}
	return !ret;
}

TEST_F(pagemap, both_ways_find_what_is_there)
{
	static char want[PAGES], there[PAGES];
	static const uint64_t max[] = { PAGE, 3 * PAGE, GIB };
	unsigned int round, way;
	size_t i;

	for (round = 0; round < 12; round++) {
		madvise(self->mem, self->len, MADV_DONTNEED);
		memset(want, '0', sizeof(want));
		/* dense, alternating, rare, none */
		for (i = 0; i < PAGES; i++)
			if (round % 4 == 0 || (round % 4 == 1 && i % 2) ||
			    (round % 4 == 2 && !(random() % 500))) {
				self->mem[i * PAGE] = 1;
				want[i] = '1';
			}
		for (way = 0; way < 2; way++) {
			self->p.scan = self->scan && way;
			pagemap_forget(&self->p);
			ASSERT_TRUE(all_runs(&self->p, self->mem, PAGES,
					     max[round / 4], there));
			EXPECT_EQ(0, memcmp(want, there, PAGES))
				TH_LOG("round %u, way %u", round, way);
		}
	}
}

/* Small mappings side by side are asked for one by one, and read together. */
TEST_F(pagemap, one_page_at_a_time)
{
	uint64_t addr, start, len;
	size_t i;

	for (i = 0; i < PAGES; i += 3)
		self->mem[i * PAGE] = 1;
	for (i = 0; i < PAGES; i++) {
		addr = (uintptr_t)self->mem + i * PAGE;
		ASSERT_EQ(!(i % 3), pagemap_run(&self->p, addr, addr + PAGE, GIB,
						&start, &len));
		if (i % 3)
			continue;
		EXPECT_EQ(addr, start);
		EXPECT_EQ(PAGE, len);
	}
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* 20 TB with a page a TB, of which it takes a minute to tell of each page. */
TEST_F(pagemap, reserved_terabytes_take_no_time)
{
	const size_t size = 20UL << 40;
	uint64_t addr, end, start, len;
	unsigned int nr = 0;
	double before;
	char *mem;
	size_t i;
	int ret;

	if (!self->scan)
		SKIP(return, "this kernel has no PAGEMAP_SCAN");
	mem = reserve(size);
	for (i = 0; i < size; i += 1UL << 40)
		mem[i] = 1;
	mem[size - 1] = 1;
	addr = (uintptr_t)mem;
	end = addr + size;
	before = now();
	while ((ret = pagemap_run(&self->p, addr, end, GIB, &start, &len)) > 0) {
		addr = start + len;
		nr++;
	}
	EXPECT_EQ(0, ret);
	EXPECT_EQ(21, nr);
	EXPECT_GT(5, now() - before);
	munmap(mem, size);
}

TEST_F(pagemap, the_last_pages_of_the_address_space)
{
	const uint64_t stack = (uintptr_t)&self / PAGE * PAGE;
	uint64_t start, len;

	ASSERT_EQ(1, pagemap_run(&self->p, stack, stack + PAGE, GIB, &start,
				 &len));
	EXPECT_EQ(stack, start);
	/* Up to where the stack may reach at most, and behind it. */
	EXPECT_LE(0, pagemap_run(&self->p, stack + PAGE, 0x7ffffffff000, GIB,
				 &start, &len));
}

TEST_F(pagemap, a_signal_ends_it)
{
	const size_t size = 20UL << 40;
	char *mem = reserve(size);
	uint64_t start, len;
	unsigned int way;

	interrupt_catch();
	kill(getpid(), SIGTERM);
	while (!interrupt_seen())
		usleep(1000);
	for (way = 0; way < 2; way++) {
		self->p.scan = way;
		pagemap_forget(&self->p);
		EXPECT_EQ(-EINTR, pagemap_run(&self->p, (uintptr_t)mem,
					      (uintptr_t)mem + size, GIB, &start,
					      &len));
	}
	munmap(mem, size);
}

TEST_HARNESS_MAIN
