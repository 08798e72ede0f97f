// SPDX-License-Identifier: GPL-2.0
/*
 * Which pages a process has, as the library sees it: of this one, of memory of which
 * a little is there and terabytes are not, by either way that kernels have.
 */
#include "kselftest_harness.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <time.h>

#include "../user/lib/present.h"

#define PAGE		4096UL
#define MUCH		(20UL << 40)
#define PAGES		64

FIXTURE(present) {
	struct dbgmem__present p;
	int dir;
	char *mem;		/* PAGES pages, none of them there */
};

FIXTURE_VARIANT(present) {
	bool scan;
};

/* The kernel passes over what has no page tables: since 6.7. */
FIXTURE_VARIANT_ADD(present, scan) {
	.scan = true,
};

FIXTURE_VARIANT_ADD(present, read) {
	.scan = false,
};

FIXTURE_SETUP(present)
{
	uint64_t until;

	self->dir = open("/proc/self", O_PATH | O_CLOEXEC);
	ASSERT_LE(0, self->dir);
	ASSERT_EQ(0, dbgmem__present_open(&self->p, self->dir, PAGE, false));
	self->p.scan = variant->scan;
	if (dbgmem__present_at(&self->p, 0, PAGE, &until) < 0 ||
	    self->p.scan != variant->scan)
		SKIP(return, "this kernel has no PAGEMAP_SCAN");
	self->mem = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, self->mem);
	madvise(self->mem, PAGES * PAGE, MADV_NOHUGEPAGE);
}

FIXTURE_TEARDOWN(present)
{
	dbgmem__present_close(&self->p);
	close(self->dir);
	munmap(self->mem, PAGES * PAGE);
}

static long now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* Go through it: bytes that are there, and the calls that this took. */
static int count(struct dbgmem__present *p, const char *mem, size_t len,
		 uint64_t *bytes, unsigned long *calls)
{
	uint64_t addr = (uintptr_t)mem, end = addr + len, until;
	int ret;

	*bytes = 0;
	for (*calls = 0; addr < end; ++*calls, addr = until) {
		ret = dbgmem__present_at(p, addr, end, &until);
		if (ret < 0)
			return ret;
		if (until <= addr || until > end)
			return -ERANGE;
		*bytes += ret ? until - addr : 0;
	}
	return 0;
}

TEST_F(present, each_page_is_there_or_not)
{
	const uint64_t base = (uintptr_t)self->mem, end = base + PAGES * PAGE;
	uint64_t addr, until;
	size_t i;

	srandom(1);
	for (i = 0; i < PAGES; i++)
		if (random() % 2)
			self->mem[i * PAGE] = 1;
	srandom(1);
	for (i = 0; i < PAGES; i++) {
		addr = base + i * PAGE;
		EXPECT_EQ(random() % 2,
			  dbgmem__present_at(&self->p, addr, end, &until));
		EXPECT_LT(addr, until);
	}
}

TEST_F(present, more_runs_than_one_call_tells)
{
	const size_t len = 4 * DBGMEM__PRESENT_RUNS * PAGE;
	unsigned long calls;
	uint64_t bytes;
	char *mem;
	size_t i;

	mem = mmap(NULL, len, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, mem);
	madvise(mem, len, MADV_NOHUGEPAGE);
	for (i = 0; i < len; i += 2 * PAGE)
		mem[i] = 1;
	EXPECT_EQ(0, count(&self->p, mem, len, &bytes, &calls));
	EXPECT_EQ(len / 2, bytes);
	munmap(mem, len);
}

/* Every call is one of the kernel, of a known size: who calls may end in between. */
TEST_F(present, a_call_goes_over_so_much_and_no_more)
{
	const size_t len = variant->scan ? MUCH : 1UL << 30;
	const uint64_t spot[] = { 0, len / 3 / PAGE * PAGE, len - PAGE };
	unsigned long calls;
	uint64_t bytes;
	long start;
	char *mem;
	size_t i;

	mem = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE |
		   MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	ASSERT_NE(MAP_FAILED, mem);
	madvise(mem, len, MADV_NOHUGEPAGE);
	for (i = 0; i < 3; i++)
		mem[spot[i]] = 1;
	start = now_ms();
	EXPECT_EQ(0, count(&self->p, mem, len, &bytes, &calls));
	EXPECT_EQ(3 * PAGE, bytes);
	EXPECT_GT(variant->scan ? 1000 : 20000, now_ms() - start);
	EXPECT_LE(variant->scan ? MUCH >> 42 :
		  len / PAGE / DBGMEM__PRESENT_ENTRIES, calls);
	munmap(mem, len);
}

TEST(nothing_of_a_process_that_has_ended)
{
	struct dbgmem__present p;
	char path[32];
	int dir, ret;
	pid_t pid;

	pid = fork();
	if (!pid)
		_exit(0);
	while (waitid(P_PID, (id_t)pid, NULL, WEXITED | WNOWAIT))
		;
	snprintf(path, sizeof(path), "/proc/%d", (int)pid);
	dir = open(path, O_PATH | O_CLOEXEC);
	ASSERT_LE(0, dir);
	ret = dbgmem__present_open(&p, dir, PAGE, false);
	EXPECT_GT(0, ret);
	EXPECT_GT(0, p.fd);
	close(dir);
	waitpid(pid, NULL, 0);
}

TEST_HARNESS_MAIN
