// SPDX-License-Identifier: GPL-2.0
/*
 * Which pages a process has, as the library and the tool see it: of this one, of
 * memory of which a little is there and terabytes are not, by either way that kernels
 * have.
 */
#include "proc.h"
#include "kselftest_harness.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <time.h>

#include "../../user/lib/present.h"
#include "sizes.h"
#include "random.h"

#define MUCH		(20UL << 40)
#define PAGES		20000UL		/* more than one call tells of */

FIXTURE(present) {
	struct dbgmem__present p;
	int dir;
	char *mem;		/* PAGES pages, none of them there */
};

FIXTURE_VARIANT(present) {
	bool scan;
	uint32_t flags;
};

/* The kernel passes over what has no page tables: since 6.7. */
FIXTURE_VARIANT_ADD(present, scan) {
	.scan = true,
};

FIXTURE_VARIANT_ADD(present, scan_nonzero) {
	.scan = true,
	.flags = DBGMEM__PRESENT_NONZERO,
};

FIXTURE_VARIANT_ADD(present, read) {
	.scan = false,
};

static char *reserve(size_t len)
{
	char *p = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE |
		       MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (p == MAP_FAILED || madvise(p, len, MADV_NOHUGEPAGE))
		abort();
	return p;
}

FIXTURE_SETUP(present)
{
	uint64_t until;

	self->dir = open("/proc/self", O_PATH | O_CLOEXEC);
	ASSERT_LE(0, self->dir);
	ASSERT_EQ(0, dbgmem__present_open(&self->p, -1, self->dir, PAGE,
					  variant->flags));
	self->p.scan = variant->scan;
	if (dbgmem__present_at(&self->p, 0, PAGE, &until) < 0 ||
	    self->p.scan != variant->scan)
		SKIP(return, "this kernel has no PAGEMAP_SCAN");
	self->mem = reserve(PAGES * PAGE);
}

FIXTURE_TEARDOWN(present)
{
	dbgmem__present_close(&self->p);
	close(self->dir);
	munmap(self->mem, PAGES * PAGE);
}

/*
 * Go through it: bytes that are there, the calls that this took, and, unless it is
 * NULL, one digit for each page.
 */
static int look(struct dbgmem__present *p, const char *mem, size_t len,
		uint64_t *bytes, unsigned long *calls, char *there)
{
	uint64_t addr = (uintptr_t)mem, end = addr + len, until;
	int ret;

	*bytes = 0;
	for (*calls = 0; addr < end; ++*calls, addr = until) {
		ret = dbgmem__present_at(p, addr, end, &until);
		if (ret < 0)
			return ret;
		if (until <= addr || until > end || until % PAGE)
			return -ERANGE;
		*bytes += ret ? until - addr : 0;
		if (there)
			memset(there + (addr - (uintptr_t)mem) / PAGE,
			       ret ? '1' : '0', (until - addr) / PAGE);
	}
	return 0;
}

static uint64_t random_state;

/* Dense, alternating, rare, none. */
static bool wanted(unsigned int round, size_t page)
{
	return round == 0 || (round == 1 && page % 2) ||
	       (round == 2 && !random_below(&random_state, 500));
}

TEST_F(present, each_page_is_there_or_not)
{
	static char want[PAGES], there[PAGES];
	unsigned long calls;
	unsigned int round;
	uint64_t bytes;
	size_t i;

	for (round = 0; round < 4; round++) {
		madvise(self->mem, PAGES * PAGE, MADV_DONTNEED);
		memset(want, '0', sizeof(want));
		for (i = 0; i < PAGES; i++)
			if (wanted(round, i)) {
				self->mem[i * PAGE] = 1;
				want[i] = '1';
			}
		dbgmem__present_forget(&self->p);
		ASSERT_EQ(0, look(&self->p, self->mem, PAGES * PAGE, &bytes,
				  &calls, there));
		EXPECT_EQ(0, memcmp(want, there, PAGES))
			TH_LOG("round %u", round);
	}
}

/* Small mappings side by side are asked for one by one, and read together. */
TEST_F(present, one_page_at_a_time)
{
	uint64_t addr, until;
	size_t i;

	for (i = 0; i < PAGES; i += 3)
		self->mem[i * PAGE] = 1;
	for (i = 0; i < PAGES; i++) {
		addr = (uintptr_t)self->mem + i * PAGE;
		ASSERT_EQ(!(i % 3), dbgmem__present_at(&self->p, addr,
						       addr + PAGE, &until));
		EXPECT_EQ(addr + PAGE, until);
	}
}

/* Pages that were read and never written are one page of zeros. */
TEST_F(present, pages_of_zeros_if_asked)
{
	volatile char *mem = self->mem;
	unsigned long calls;
	uint64_t bytes;

	(void)mem[0];
	mem[PAGE] = 1;
	ASSERT_EQ(0, look(&self->p, self->mem, PAGES * PAGE, &bytes, &calls,
			  NULL));
	EXPECT_EQ(variant->flags & DBGMEM__PRESENT_NONZERO ? PAGE : 2 * PAGE,
		  bytes);
}

/* Every call is some of the kernel, of a known size: who calls may end in between. */
TEST_F(present, a_call_goes_over_so_much_and_no_more)
{
	const size_t len = variant->scan ? MUCH : 1UL << 30;
	const uint64_t spot[] = { 0, len / 3 / PAGE * PAGE, len - PAGE };
	unsigned long calls;
	uint64_t bytes;
	long start;
	char *mem;
	size_t i;

	mem = reserve(len);
	for (i = 0; i < 3; i++)
		mem[spot[i]] = 1;
	start = now_ms();
	EXPECT_EQ(0, look(&self->p, mem, len, &bytes, &calls, NULL));
	EXPECT_EQ(3 * PAGE, bytes);
	EXPECT_GT(variant->scan ? 5000 : 20000, now_ms() - start);
	EXPECT_LE(variant->scan ? MUCH >> 36 :
		  len / PAGE / DBGMEM__PRESENT_ENTRIES, calls);
	munmap(mem, len);
}

TEST_F(present, the_last_pages_of_the_address_space)
{
	const uint64_t stack = (uintptr_t)&self / PAGE * PAGE;
	unsigned long calls;
	uint64_t bytes;

	ASSERT_EQ(0, look(&self->p, (char *)stack, PAGE, &bytes, &calls, NULL));
	EXPECT_EQ(PAGE, bytes);
	/* Up to where the stack may reach at most, and behind it. */
	EXPECT_EQ(0, look(&self->p, (char *)stack + PAGE,
			  0x7ffffffff000 - stack - PAGE, &bytes, &calls, NULL));
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
	ret = dbgmem__present_open(&p, -1, dir, PAGE, 0);
	EXPECT_GT(0, ret);
	EXPECT_GT(0, p.fd);
	close(dir);
	waitpid(pid, NULL, 0);
}

TEST_HARNESS_MAIN
