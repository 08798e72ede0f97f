// SPDX-License-Identifier: GPL-2.0
/* dbgmem read --stable. */
#include "tool_fixture.h"

/* Where the target scribbles, and where it looks whether to stop. */
#define BUSY	(2 * PAGE + 8)
#define STOP	(3 * PAGE)

TOOL_FIXTURE(stable)

static long scribble(void *unused)
{
	volatile uint64_t *word = (void *)(mem + BUSY);

	while (*(volatile char *)(mem + STOP) != 'S')
		++*word;
	return 0;
}

TEST_F(stable, what_holds_still)
{
	RUN("read", "--stable", self->pid, at(0, 3), "0x1005");
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	EXPECT_STREQ("", r.err);
	ASSERT_EQ(0x1005, r.out_len);
	EXPECT_EQ(0, memcmp(mem + 3, r.out, 0x1005));
	RUN("read", "--stable=0", "-e", self->pid, at(0, 3), "5", at(1, 0), "2");
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	ASSERT_EQ(7, r.out_len);
	EXPECT_EQ(0, memcmp(mem + PAGE, r.out + 5, 2));
	/* One range has no line before it. */
	RUN("read", "-x", "--stable", self->pid, at(0, 0), "4");
	EXPECT_EQ(0, occurrences(r.out, "#"));
}

TEST_F(stable, says_which_range_changed)
{
	const size_t len = 1 << 20;
	char words[128];
	int tries = 50;

	target_send(&self->t, scribble, NULL);
	/* Long enough for the target to come to its turn between two passes. */
	do {
		RUN("read", "--stable=2", self->pid, at(0, 0), "8",
		    at(0, BUSY), "8", at(HOLE + 1, 0), "1M");
	} while (!r.status && --tries);
	EXPECT_EQ(3, r.status);
	ASSERT_EQ(16 + len, r.out_len);
	EXPECT_EQ(0, memcmp(mem, r.out, 8));
	EXPECT_EQ(0, memcmp(mem + (HOLE + 1) * PAGE, r.out + 16, len));
	snprintf(words, sizeof(words),
		 "read at %s of process %s: the 8 bytes changed while they were read, 4 times",
		 at(0, BUSY), self->pid);
	EXPECT_HAS(words, r.err);
	EXPECT_EQ(1, occurrences(r.err, "dbgmem: ")) TH_LOG("%s", r.err);

	RUN("write", self->pid, at(0, STOP), "-sS");
	ASSERT_EQ(0, target_wait(&self->t));
	RUN("read", "--stable", self->pid, at(0, BUSY), "8");
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
}

TEST_F(stable, holes_are_told_as_ever)
{
	RUN("read", "--stable", self->pid, at(HOLE - 1, 4090), "16");
	EXPECT_EQ(3, r.status);
	EXPECT_EQ(6, r.out_len);
	EXPECT_HAS("stopped at ", r.err);
	RUN("read", "--stable", self->pid, at(HOLE, 0), "16");
	EXPECT_EQ(1, r.status);
	EXPECT_EQ(0, r.out_len);
}

TEST_F(stable, wrong_command_lines)
{
	RUN("read", "--stable=x", self->pid, at(0, 0), "8");
	EXPECT_EQ(2, r.status);
	EXPECT_HAS("'x' is not a number of retries", r.err);
	RUN("read", "--stable", "-z", self->pid, at(0, 0), "8");
	EXPECT_EQ(2, r.status);
	EXPECT_HAS("exclude each other", r.err);
	RUN("read", "--stable=4294967295", self->pid, at(0, 0), "8");
	EXPECT_EQ(1, r.status);
	EXPECT_HAS("the maximum is", r.err);
	RUN("read", "--stable", self->pid, at(0, 0), "2G");
	EXPECT_EQ(1, r.status);
	EXPECT_HAS("at most 1073741824 bytes", r.err);
}

TEST_HARNESS_MAIN
