// SPDX-License-Identifier: GPL-2.0
/* dbgmem cmpxchg. */
#include "tool_fixture.h"

TOOL_FIXTURE(cmpxchg)

static long word_get(void *addr)
{
	return (long)*(volatile uint64_t *)addr;
}

#define TRUTH(page, off) \
	((uint64_t)target_call(&self->t, word_get, mem + (page) * PAGE + (off)))

TEST_F(cmpxchg, exchanges_what_is_expected)
{
	char old[32], text[32];
	uint64_t v;

	memcpy(&v, mem + 8, 8);
	snprintf(old, sizeof(old), "0x%lx", (unsigned long)v);
	RUN("cmpxchg", self->pid, at(0, 8), "8", old, "0x1122334455667788");
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	snprintf(text, sizeof(text), "0x%016lx\n", (unsigned long)v);
	EXPECT_STREQ(text, r.out);
	EXPECT_STREQ("", r.err);
	EXPECT_EQ(0x1122334455667788, TRUTH(0, 8));

	RUN("cmpxchg", self->pid, at(0, 8), "2", "0x7788", "1");
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	EXPECT_STREQ("0x7788\n", r.out);
	EXPECT_EQ(0x1122334455660001, TRUTH(0, 8));
}

TEST_F(cmpxchg, leaves_another_word_alone)
{
	uint64_t was = TRUTH(0, 8);
	char text[32];

	RUN("cmpxchg", self->pid, at(0, 8), "4", "0", "1");
	EXPECT_EQ(3, r.status) TH_LOG("%s", r.err);
	snprintf(text, sizeof(text), "0x%08lx\n", (long)was & 0xffffffff);
	EXPECT_STREQ(text, r.out);
	EXPECT_HAS("not exchanged", r.err);
	EXPECT_HAS("not 0x00000000; nothing was written", r.err);
	EXPECT_EQ(was, TRUTH(0, 8));
}

TEST_F(cmpxchg, refusals)
{
	char was[8], line[16];

	snprintf(was, sizeof(was), "0x%02x", (unsigned char)mem[0]);
	snprintf(line, sizeof(line), "%s\n", was);
	RUN("cmpxchg", self->pid, at(HOLE, 8), "8", "0", "1");
	EXPECT_EQ(1, r.status);
	EXPECT_EQ(0, r.out_len);
	EXPECT_HAS(at(HOLE, 8), r.err);
	EXPECT_HAS("nothing is mapped", r.err);

	ASSERT_EQ(0, target_call(&self->t, page_protect_read, mem));
	RUN("cmpxchg", self->pid, at(0, 0), "1", was, "255");
	EXPECT_EQ(1, r.status);
	EXPECT_HAS("protection", r.err);
	EXPECT_HAS("--force", r.err);
	RUN("cmpxchg", "--force", self->pid, at(0, 0), "1", was, "255");
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	EXPECT_STREQ(line, r.out);
	EXPECT_EQ(0xff, TRUTH(0, 0) & 0xff);
}

TEST(cmpxchg_wrong_command_lines)
{
	static const struct {
		const char *args[8];
		const char *words;
	} cases[] = {
		{ { "cmpxchg", "1", "0x10", "4", "0" }, "DESIRED are needed" },
		{ { "cmpxchg", "1", "0x10", "3", "0", "0" }, "'3' is not a width" },
		{ { "cmpxchg", "1", "0x10", "x", "0", "0" }, "'x' is not a width" },
		{ { "cmpxchg", "1", "0x10", "4", "zz", "0" }, "'zz' is not a number" },
		{ { "cmpxchg", "1", "0x10", "1", "256", "0" }, "does not fit" },
		{ { "cmpxchg", "1", "0x10", "4", "0", "0x100000000" },
		  "does not fit in 4 bytes" },
		{ { "cmpxchg", "1", "0x12", "4", "0", "0" }, "multiple of 4" },
		{ { "cmpxchg", "1", "0x10", "8", "0", "0x10000000000000000" },
		  "64 bits" },
		{ { "cmpxchg", "0", "0x10", "8", "0", "0" }, "process id" },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		run(NULL, 0, cases[i].args);
		EXPECT_EQ(2, r.status) TH_LOG("case %zu: %s", i, r.err);
		EXPECT_EQ(0, r.out_len);
		EXPECT_HAS(cases[i].words, r.err);
		EXPECT_HAS("--help'", r.err);
	}
}

TEST_HARNESS_MAIN
