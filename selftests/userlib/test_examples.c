// SPDX-License-Identifier: GPL-2.0
/* The programs of user/examples, on a target that is a child of this test. */
#include "common.h"

#include "kselftest_harness.h"

#define EXAMPLE(name)	"/tests/helper_example_" name " "

static volatile int answer = 42;
static volatile uint64_t words[] = { 1, 22, 333 };
static char text[64] = "a needle, and \0 another needle";
static volatile int ticks;

FIXTURE(examples)
{
	struct target target;
	char command[512];
	char out[8192];
	int status;
};

FIXTURE_SETUP(examples)
{
	ASSERT_EQ(0, target_start(&self->target));
}

FIXTURE_TEARDOWN(examples)
{
	target_stop(&self->target);
}

/* What the command in self->command prints on both streams. */
static void run_example(FIXTURE_DATA(examples) *self)
{
	size_t n;
	FILE *f;

	strcat(self->command, " 2>&1");
	f = popen(self->command, "re");
	n = f ? fread(self->out, 1, sizeof(self->out) - 1, f) : 0;
	self->out[n] = 0;
	self->status = f ? WEXITSTATUS(pclose(f)) : -1;
}

#define RUN(name, format, ...)						\
do {									\
	snprintf(self->command, sizeof(self->command),			\
		 EXAMPLE(name) "%d " format, (int)self->target.pid, __VA_ARGS__); \
	run_example(self);						\
} while (0)

TEST_F(examples, read_global_prints_it_or_says_why_not)
{
	RUN("read_global", "%p", &answer);
	EXPECT_STREQ("42\n", self->out);
	EXPECT_EQ(0, self->status);
	RUN("read_global", "%s", "0x10");
	EXPECT_NE(NULL, strstr(self->out, "0x10")) TH_LOG("%s", self->out);
	EXPECT_EQ(1, self->status);
}

TEST_F(examples, read_many_has_an_answer_for_each)
{
	char want[256];

	snprintf(want, sizeof(want), "%p: 1\n0x10: ", &words[0]);
	RUN("read_many", "%p 0x10 %p", &words[0], &words[2]);
	EXPECT_EQ(0, strncmp(want, self->out, strlen(want)))
		TH_LOG("%s", self->out);
	snprintf(want, sizeof(want), "\n%p: 333\n", &words[2]);
	EXPECT_NE(NULL, strstr(self->out, want)) TH_LOG("%s", self->out);
	EXPECT_EQ(0, self->status);
}

TEST_F(examples, list_regions_names_the_stack)
{
	RUN("list_regions", "%s", "");
	EXPECT_NE(NULL, strstr(self->out, " KiB [stack]\n"))
		TH_LOG("%s", self->out);
	EXPECT_EQ(0, self->status);
}

TEST_F(examples, find_string_finds_all_of_them)
{
	char want[64];

	RUN("find_string", "'%s'", "needle");
	snprintf(want, sizeof(want), "%p\n", text + 2);
	EXPECT_NE(NULL, strstr(self->out, want)) TH_LOG("%s", self->out);
	snprintf(want, sizeof(want), "%p\n", strstr(text + 16, "needle"));
	EXPECT_NE(NULL, strstr(self->out, want)) TH_LOG("%s", self->out);
	EXPECT_EQ(0, self->status);
}

/* Not inlined, with an instruction that is run once for each call. */
static __attribute__((noinline, noclone)) void tick(void)
{
	ticks++;
	usleep(20000);
}

static long do_tick_for_ever(void *arg)
{
	for (;;)
		tick();
	return (long)arg;
}

TEST_F(examples, watch_value_sees_it_change)
{
	char *line, *next = self->out;
	int before = -1, nr = 0;

	target_send(&self->target, do_tick_for_ever, NULL);
	RUN("watch_value", "%p 5", &ticks);
	EXPECT_EQ(0, self->status) TH_LOG("%s", self->out);
	while ((line = strsep(&next, "\n")) && *line) {
		EXPECT_LT(before, atoi(line));
		before = atoi(line);
		nr++;
	}
	EXPECT_EQ(5, nr);
}

TEST_F(examples, count_hits_counts_and_leaves)
{
	int before;

	target_send(&self->target, do_tick_for_ever, NULL);
	RUN("count_hits", "%p 3", tick);
	EXPECT_STREQ("hit 1\nhit 2\nhit 3\n", self->out);
	EXPECT_EQ(0, self->status);
	/* It goes on as if nothing had been. */
	RUN("read_global", "%p", &ticks);
	before = atoi(self->out);
	usleep(500000);
	RUN("read_global", "%p", &ticks);
	EXPECT_LT(before, atoi(self->out));
}

TEST_HARNESS_MAIN
