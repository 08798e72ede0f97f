// SPDX-License-Identifier: GPL-2.0
/*
 * Swapped-out pages: the mirror has dropped them, and a window shows them again
 * on the next access.
 */
#include "features.h"
#include "memory.h"
#include "proc.h"
#include "slow.h"
#include "window.h"
#include <kselftest_harness.h>

#include <sys/swap.h>

#define PAGES	64
#define AREA	(PAGES * PAGE)
#define DISK	"/dev/ram0"

#ifndef MADV_PAGEOUT
#define MADV_PAGEOUT	21
#endif

/* The kernel's disk of memory, or why there is none. */
static const char *swap_start(void)
{
	if (access(DISK, F_OK) &&
	    (system("modprobe -q brd rd_nr=1 rd_size=16384") ||
	     access(DISK, F_OK)))
		return "the kernel has no disk to swap to (brd)";
	if (system("mkswap " DISK " >/dev/null") || swapon(DISK, 0))
		return "no swap on " DISK;
	return NULL;
}

FIXTURE(swap) {
	struct fixture fixture;
	char *mem;		/* in the target: pattern 3 */
	char buf[AREA];
	const char *cannot;
	int fd;
};

FIXTURE_SETUP(swap)
{
	self->cannot = swap_start();
	if (self->cannot)
		return;
	fixture_init(&self->fixture);
	ASSERT_NE(NULL, self->fixture.job);
	self->mem = private_alloc(AREA);
	ASSERT_NE(NULL, self->mem);
	madvise(self->mem, AREA, MADV_NOHUGEPAGE);
	attach_flags = DBGMEM_ATTACH_MIRROR;
	ASSERT_EQ(0, fixture_start(&self->fixture));
	self->fd = self->fixture.fd;
	target_fill(&self->fixture.target, self->fixture.job, self->mem, 0, AREA,
		    3);
}

FIXTURE_TEARDOWN(swap)
{
	param_set("window_lease", "100");
	if (self->cannot)
		return;
	fixture_stop(&self->fixture);
	swapoff(DISK);
	if (system("rmmod brd"))
		abort();
}

static long page_out(void *arg)
{
	struct job *j = arg;

	return madvise(j->addr, j->len, MADV_PAGEOUT) ? -errno : 0;
}

/* Until most of it is swapped out; what holds a page lets go of it first. */
static bool swapped_out(FIXTURE_DATA(swap) *self)
{
	const double end = now() + soon();
	struct job *j = self->fixture.job;

	do {
		*j = (struct job){ .addr = self->mem, .len = AREA };
		if (target_call(&self->fixture.target, page_out, j))
			return false;
		if (rollup(self->fixture.target.pid, "Swap:") >
		    (long)(AREA / 1024 / 2))
			return true;
		sleep_ms(10);
	} while (now() < end);
	return false;
}

TEST_F_TIMEOUT(swap, a_mirror_forgets_and_learns_again, 120)
{
	struct dbgmem_transfer t;
	int i;

	if (self->cannot)
		SKIP(return, "%s", self->cannot);
	for (i = 0; i < 3; i++) {
		ASSERT_EQ(0, mem_read(self->fd, self->mem, self->buf, AREA, 0,
				      &t));
		ASSERT_EQ(0, mem_read(self->fd, self->mem, self->buf, AREA, 0,
				      &t));
		EXPECT_EQ(AREA, t.done);
		EXPECT_EQ(-1, pattern_differs(self->buf, 0, AREA, 3));
		EXPECT_LT(PAGES / 2, mirror_pages(self->fd));

		ASSERT_TRUE(swapped_out(self));
		EXPECT_GT(PAGES / 2, mirror_pages(self->fd));
		/* It is not resident, and a mirror does not make it so. */
		if (!takes_flags(DBGMEM_NOFAULT))
			continue;
		mem_read(self->fd, self->mem, self->buf, AREA, DBGMEM_NOFAULT,
			 &t);
		EXPECT_EQ(DBGMEM_REASON_NOT_RESIDENT, t.reason);
		EXPECT_GT(AREA, t.done);
		EXPECT_EQ(-1, pattern_differs(self->buf, 0, t.done, 3));
	}
	ASSERT_EQ(0, mem_read(self->fd, self->mem, self->buf, AREA, 0, &t));
	EXPECT_EQ(AREA, t.done);
	EXPECT_EQ(-1, pattern_differs(self->buf, 0, AREA, 3));
}

TEST_F_TIMEOUT(swap, a_window_lets_it_go_and_shows_it_again, 120)
{
	const char *win;
	int i;

	if (self->cannot)
		SKIP(return, "%s", self->cannot);
	/* What is counted below must not have been let go of. */
	ASSERT_EQ(0, param_set("window_lease", "0"));
	win = (const char *)window_map(self->fd, self->mem, AREA);
	ASSERT_NE(MAP_FAILED, win);
	for (i = 0; i < 3; i++) {
		EXPECT_EQ(-1, pattern_differs(win, 0, AREA, 3 + i));
		EXPECT_EQ(PAGES, window_pages(self->fd));
		ASSERT_TRUE(swapped_out(self));
		ASSERT_EQ(0, window_sync(self->fd));
		EXPECT_GT(PAGES / 2, window_pages(self->fd));
		/* Its own next contents, of what was swapped out. */
		target_fill(&self->fixture.target, self->fixture.job, self->mem, 0,
			    AREA, 4 + i);
	}
	EXPECT_EQ(-1, pattern_differs(win, 0, AREA, 3 + i));
	/* And from the disk, by the look alone. */
	ASSERT_TRUE(swapped_out(self));
	EXPECT_EQ(-1, pattern_differs(win, 0, AREA, 3 + i));
	munmap((void *)win, AREA);
}

TEST_HARNESS_MAIN
