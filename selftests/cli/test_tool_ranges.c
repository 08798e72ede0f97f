// SPDX-License-Identifier: GPL-2.0
/* The dbgmem tool: several ranges in one read. */
#include "tool_fixture.h"

#include <sys/stat.h>

TOOL_FIXTURE(ranges)

TEST(limits_are_shown)
{
	RUN("info");
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	EXPECT_HAS(" vector ", r.out);
	EXPECT_HAS("vector limit:   65536 segments, exact 65536 pages\n", r.out);
}

TEST_F(ranges, raw_is_one_behind_the_other)
{
	RUN("read", self->pid, at(1, 3), "0x1005", at(0, 0), "1",
	    at(2, 0), "0", at(0, 9), "4");
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	EXPECT_STREQ("", r.err);
	ASSERT_EQ(0x1005 + 1 + 4, r.out_len);
	EXPECT_EQ(0, memcmp(mem + PAGE + 3, r.out, 0x1005));
	EXPECT_EQ(mem[0], r.out[0x1005]);
	EXPECT_EQ(0, memcmp(mem + 9, r.out + 0x1006, 4));
}

TEST_F(ranges, dumps_have_a_line_before_them)
{
	static const char fmt[] =
"# 0x%lx 4\n"
"%016lx  31 32 33 34                                       |1234|\n"
"%016lx\n"
"# 0x%lx 0\n"
"# 0x%lx 17\n"
"%016lx  61 62 63 64 65 66 67 68  69 6a 6b 6c 6d 6e 6f 70  |abcdefghijklmnop|\n"
"%016lx  71                                                |q|\n"
"%016lx\n";
	unsigned long a = (unsigned long)mem, b = a + PAGE - 5;
	char want[1024];

	memcpy(mem, "1234", 4);
	memcpy(mem + PAGE - 5, "abcdefghijklmnopq", 17);
	ASSERT_EQ(0, retarget(&self->t, self->pid));
	RUN("read", "-x", self->pid, at(0, 0), "4", at(1, 0), "0",
	    at(0, PAGE - 5), "17");
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	snprintf(want, sizeof(want), fmt, a, a, a + 4, a + PAGE, b, b, b + 16,
		 b + 17);
	EXPECT_STREQ(want, r.out);
	/* The same dumps when they are made one by one. */
	RUN("read", "-xz", self->pid, at(0, 0), "4", at(1, 0), "0",
	    at(0, PAGE - 5), "17");
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	EXPECT_STREQ(want, r.out);
	/* One range has no such line. */
	RUN("read", "-x", self->pid, at(0, 0), "4");
	EXPECT_EQ(0, occurrences(r.out, "#"));
}

TEST_F(ranges, a_bad_one_does_not_stop_the_others)
{
	char words[160];

	RUN("read", self->pid, at(HOLE - 1, 4090), "16", at(HOLE, 5), "8",
	    at(HOLE + 1, 1), "2");
	EXPECT_EQ(3, r.status);
	ASSERT_EQ(6 + 2, r.out_len);
	EXPECT_EQ(0, memcmp(mem + HOLE * PAGE - 6, r.out, 6));
	EXPECT_EQ(0, memcmp(mem + (HOLE + 1) * PAGE + 1, r.out + 6, 2));
	EXPECT_EQ(2, occurrences(r.err, "dbgmem: ")) TH_LOG("%s", r.err);
	snprintf(words, sizeof(words),
		 "read at %s of process %s: stopped at %s after 6 of 16 bytes: nothing is mapped",
		 at(HOLE - 1, 4090), self->pid, at(HOLE, 0));
	EXPECT_HAS(words, r.err);
	snprintf(words, sizeof(words),
		 "cannot read at %s of process %s: at %s: nothing is mapped",
		 at(HOLE, 5), self->pid, at(HOLE, 5));
	EXPECT_HAS(words, r.err);

	/* In a dump its line is there, to tell which it was. */
	RUN("read", "-x", self->pid, at(HOLE, 5), "8", at(0, 0), "2");
	EXPECT_EQ(3, r.status);
	snprintf(words, sizeof(words), "# %s 8\n# %s 2\n", at(HOLE, 5),
		 at(0, 0));
	EXPECT_EQ(&r.out[0], strstr(r.out, words)) TH_LOG("%s", r.out);
}

TEST_F(ranges, nothing_at_all)
{
	const char *path = "/tmp/test_tool_ranges.out";
	struct stat st;

	unlink(path);
	RUN("read", "-o", path, self->pid, at(HOLE, 0), "8", at(HOLE, 8), "8",
	    at(0, 0), "0");
	EXPECT_EQ(1, r.status);
	EXPECT_EQ(0, r.out_len);
	EXPECT_EQ(2, occurrences(r.err, "nothing is mapped")) TH_LOG("%s", r.err);
	EXPECT_EQ(-1, stat(path, &st));

	/* Unless nothing was asked for. */
	RUN("read", "-o", path, self->pid, at(HOLE, 0), "0", at(0, 0), "0");
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	ASSERT_EQ(0, stat(path, &st));
	EXPECT_EQ(0, st.st_size);
	RUN("read", "--replace", "-o", path, self->pid, at(0, 0), "8",
	    at(HOLE, 0), "8");
	EXPECT_EQ(3, r.status);
	ASSERT_EQ(0, stat(path, &st));
	EXPECT_EQ(8, st.st_size);
	EXPECT_EQ(0600, st.st_mode & 07777);
	unlink(path);
}

TEST_F(ranges, exact_is_all_or_none)
{
	RUN("read", "--exact", self->pid, at(0, 1), "5", at(HOLE + 1, 0), "3");
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	ASSERT_EQ(8, r.out_len);
	EXPECT_EQ(0, memcmp(mem + 1, r.out, 5));
	EXPECT_EQ(0, memcmp(mem + (HOLE + 1) * PAGE, r.out + 5, 3));

	RUN("read", "--exact", self->pid, at(0, 1), "5",
	    at(HOLE - 1, 4090), "9", at(0, 7), "3");
	EXPECT_EQ(1, r.status);
	EXPECT_EQ(0, r.out_len);
	EXPECT_EQ(1, occurrences(r.err, "dbgmem: ")) TH_LOG("%s", r.err);
	EXPECT_HAS("cannot read at ", r.err);
	EXPECT_HAS(at(HOLE - 1, 4090), r.err);
	EXPECT_HAS(at(HOLE, 0), r.err);
	EXPECT_HAS("nothing was transferred", r.err);
}

TEST_F(ranges, zero_fill_keeps_all_lengths)
{
	char words[128];
	size_t i;

	RUN("read", "-z", self->pid, at(HOLE - 1, 4090), "16", at(HOLE, 5), "8",
	    at(HOLE + 1, 1), "2");
	EXPECT_EQ(3, r.status);
	ASSERT_EQ(16 + 8 + 2, r.out_len);
	EXPECT_EQ(0, memcmp(mem + HOLE * PAGE - 6, r.out, 6));
	for (i = 6; i < 24; i++)
		EXPECT_EQ(0, r.out[i]);
	EXPECT_EQ(0, memcmp(mem + (HOLE + 1) * PAGE + 1, r.out + 24, 2));
	EXPECT_HAS("6 of 16 bytes were read", r.err);
	EXPECT_HAS("0 of 8 bytes were read", r.err);

	RUN("read", "-xz", self->pid, at(HOLE, 5), "3", at(0, 0), "1");
	EXPECT_EQ(3, r.status);
	snprintf(words, sizeof(words), "# %s 3\n", at(HOLE, 5));
	EXPECT_EQ(&r.out[0], strstr(r.out, words)) TH_LOG("%s", r.out);
	EXPECT_HAS("  ?? ?? ?? ", r.out);
}

TEST_F(ranges, flags_and_names)
{
	ASSERT_EQ(0, target_call(&self->t, page_protect_none, mem + PAGE));
	RUN("read", self->pid, at(0, 0), "1", at(1, 0), "4");
	EXPECT_EQ(3, r.status);
	EXPECT_HAS("--force", r.err);
	RUN("read", "-f", self->pid, at(0, 0), "1", at(1, 0), "4");
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	EXPECT_EQ(0, memcmp(mem + PAGE, r.out + 1, 4));
	RUN("read", self->pid, "test_tool_ranges+1", "3", "libc.so.6", "4");
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	EXPECT_EQ(0, memcmp("ELF\177ELF", r.out, 7));
}

TEST_F(ranges, wrong_command_lines)
{
	RUN("read", self->pid, at(0, 0), "1", at(1, 0));
	EXPECT_EQ(2, r.status);
	EXPECT_HAS("each of several ADDRs needs a LEN", r.err);
	EXPECT_HAS(at(1, 0), r.err);
	RUN("read", self->pid, at(0, 0), "1", at(1, 0), "x");
	EXPECT_EQ(2, r.status);
	EXPECT_HAS("'x' is not a length", r.err);
	RUN("read", self->pid, at(0, 0), "1", "0xffffffffffffffff", "2");
	EXPECT_EQ(2, r.status);
	EXPECT_HAS("outside", r.err);
	RUN("read", self->pid, at(0, 0), "1G", at(1, 0), "1");
	EXPECT_EQ(1, r.status);
	EXPECT_EQ(0, r.out_len);
	EXPECT_HAS("at most 1073741824 bytes together", r.err);
}

TEST_F(ranges, output_that_cannot_be_written)
{
	RUN("read", "-o", "/dev/full", self->pid, at(0, 0), "16", at(1, 0), "8");
	EXPECT_EQ(1, r.status);
	EXPECT_HAS("not a regular file", r.err);
	RUN("read", "-o", "/nonexistent/x", self->pid, at(0, 0), "16", at(1, 0),
	    "8");
	EXPECT_EQ(1, r.status);
	EXPECT_HAS("/nonexistent/x", r.err);
	EXPECT_EQ(1, occurrences(r.err, "dbgmem: "));
	RUN("read", "-z", "-o", "/nonexistent/x", self->pid, at(0, 0), "16",
	    at(1, 0), "8");
	EXPECT_EQ(1, r.status);
}

TEST_HARNESS_MAIN
