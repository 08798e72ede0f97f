// SPDX-License-Identifier: GPL-2.0
/* The dbgmem tool: verb fill. */
#include "tool_run.h"
#include "tool_fixture.h"

TOOL_FIXTURE(fill)

/* A page of the target's as the target itself has it. */
static char *seen;

static long page_copy(void *page)
{
	memcpy(seen, page, PAGE);
	return 0;
}

static bool target_has(struct target *t, size_t page, const char *want)
{
	if (!seen)
		return false;
	return !target_call(t, page_copy, mem + page * PAGE) &&
	       !memcmp(seen, want, PAGE);
}

/* From before the target begins. */
#define SEEN() do {							\
	seen = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,			\
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);			\
	ASSERT_NE(MAP_FAILED, seen);					\
	ASSERT_EQ(0, retarget(&self->t, self->pid));			\
} while (0)

TEST_F(fill, over_and_over_and_nothing_beside)
{
	char want[PAGE];
	size_t i;

	SEEN();
	RUN("fill", self->pid, at(1, 5), "11", "de ad beef");
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	EXPECT_STREQ("", r.err);
	EXPECT_EQ(0, r.out_len);
	memcpy(want, mem + PAGE, PAGE);
	for (i = 0; i < 11; i++)
		want[5 + i] = "\xde\xad\xbe\xef"[i % 4];
	EXPECT_TRUE(target_has(&self->t, 1, want));
	EXPECT_TRUE(target_has(&self->t, 0, mem));
	EXPECT_TRUE(target_has(&self->t, 2, mem + 2 * PAGE));
}

TEST_F(fill, more_than_a_piece)
{
	const size_t page = HOLE + 1 + 512;
	char want[PAGE];
	size_t i, off;

	SEEN();
	/* 2 MiB and a page, which is not a multiple of 7 */
	RUN("fill", self->pid, at(HOLE + 1, 0), "2101248", "01020304050607");
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	off = 512 * PAGE;
	for (i = 0; i < PAGE; i++)
		want[i] = (char)(1 + (off + i) % 7);
	EXPECT_TRUE(target_has(&self->t, page, want));
}

TEST_F(fill, nothing_is_0_bytes)
{
	RUN("fill", self->pid, at(HOLE, 0), "0", "00");
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
}

TEST_F(fill, a_hole_ends_it_and_it_says_where)
{
	char words[160], want[PAGE];

	SEEN();
	RUN("fill", self->pid, at(HOLE - 1, PAGE - 10), "20", "ff");
	EXPECT_EQ(3, r.status);
	snprintf(words, sizeof(words),
		 "write at %s of process %s: stopped at %s after 10 of 20 bytes: nothing is mapped",
		 at(HOLE - 1, PAGE - 10), self->pid, at(HOLE, 0));
	EXPECT_HAS(words, r.err);
	memcpy(want, mem + (HOLE - 1) * PAGE, PAGE);
	memset(want + PAGE - 10, 0xff, 10);
	EXPECT_TRUE(target_has(&self->t, HOLE - 1, want));
	RUN("fill", self->pid, at(HOLE, 0), "20", "ff");
	EXPECT_EQ(1, r.status);
	EXPECT_HAS("cannot write at ", r.err);
}

TEST_F(fill, exact_is_all_or_nothing)
{
	SEEN();
	RUN("fill", "--exact", self->pid, at(HOLE - 1, 0), "8K", "ff");
	EXPECT_EQ(1, r.status);
	EXPECT_HAS("nothing was transferred", r.err);
	EXPECT_TRUE(target_has(&self->t, HOLE - 1, mem + (HOLE - 1) * PAGE));
	RUN("fill", "-e", self->pid, at(0, 0), "8K", "ff");
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	RUN("fill", "-e", self->pid, "0", "1G", "ff");
	EXPECT_EQ(1, r.status);
	EXPECT_HAS("--exact takes at most", r.err);
}

TEST_F(fill, through_protections_with_force)
{
	char want[PAGE];

	SEEN();
	memset(want, 0x5a, PAGE);
	ASSERT_EQ(0, target_call(&self->t, page_protect_read, mem));
	RUN("fill", self->pid, at(0, 0), "4K", "5a");
	EXPECT_EQ(1, r.status);
	EXPECT_HAS("--force", r.err);
	EXPECT_TRUE(target_has(&self->t, 0, mem));
	RUN("fill", "-f", self->pid, at(0, 0), "4K", "5a");
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	EXPECT_TRUE(target_has(&self->t, 0, want));
}

#define FILES_SIZE	(8UL << 30)

/* A small file, again and again: it takes time, and no memory. */
static long map_files(void *addr)
{
	int fd = memfd_create("much", MFD_CLOEXEC);
	size_t off, step = 2UL << 20;

	if (fd < 0 || ftruncate(fd, step))
		return -errno;
	for (off = 0; off < FILES_SIZE; off += step)
		if (mmap((char *)addr + off, step, PROT_READ | PROT_WRITE,
			 MAP_SHARED | MAP_FIXED, fd, 0) == MAP_FAILED)
			return -errno;
	close(fd);
	return 0;
}

TEST_F(fill, ctrl_c_says_how_far_it_came)
{
	struct running w;

	ASSERT_EQ(0, target_call(&self->t, map_files, MUCH));
	BEGIN(&w, "fill", self->pid, MUCH_ADDR, "8G", "00112233");
	ASSERT_TRUE(running_midst(&w, "dbgmem-written-bytes:"));
	kill(w.pid, SIGINT);
	running_end(&w);
	EXPECT_EQ(3, r.status) TH_LOG("%s", r.err);
	EXPECT_HAS("interrupted: ", r.err);
	EXPECT_HAS(" of 8589934592 bytes at 0x100000000000", r.err);
	EXPECT_HAS("were filled", r.err);
}

TEST_F(fill, wrong_command_lines)
{
	RUN("fill", self->pid, at(0, 0), "4");
	EXPECT_EQ(2, r.status);
	EXPECT_HAS("PID, ADDR, LEN and HEX are needed", r.err);
	RUN("fill", self->pid, at(0, 0), "4", "0");
	EXPECT_EQ(2, r.status);
	EXPECT_HAS("one digit", r.err);
	RUN("fill", self->pid, at(0, 0), "4", "?0");
	EXPECT_EQ(2, r.status);
	RUN("fill", self->pid, at(0, 0), "-1", "00");
	EXPECT_EQ(2, r.status);
	RUN("fill", "x", at(0, 0), "1", "00");
	EXPECT_EQ(2, r.status);
	RUN("fill", "--help");
	EXPECT_EQ(0, r.status);
	EXPECT_HAS("Usage: dbgmem fill", r.out);
}

TEST_HARNESS_MAIN
