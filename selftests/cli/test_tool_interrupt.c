// SPDX-License-Identifier: GPL-2.0
/* The tool ends on a signal, also while it waits for a page that never comes. */
#include "tool_run.h"

#include "slow_fault.h"
#include <kselftest_harness.h>

FIXTURE(interrupt) {
	struct target t;
	char pid[16];
	struct slow slow;
	struct running w;
};

FIXTURE_SETUP(interrupt)
{
	self->slow.kind = SLOW_USERFAULTFD;
	ASSERT_EQ(NULL, slow_map(&self->slow));
	ASSERT_EQ(0, tool_begin(&self->t, self->pid));
	ASSERT_EQ(0, slow_hold(&self->slow, &self->t));
}

FIXTURE_TEARDOWN(interrupt)
{
	tool_end(&self->t);
	slow_unmap(&self->slow);
}

static const char *slot_text(char *slot)
{
	static char text[32];

	snprintf(text, sizeof(text), "0x%lx", (unsigned long)slot);
	return text;
}

/* Stands for the address once more. */
#define SAME	"="

/* It ends, by what it was told; not by running_end(). */
#define EXPECT_ENDS(what) do {						\
	long _begin = now_ms();						\
	running_end(&self->w);						\
	EXPECT_GT(PATIENCE_MS - 5000, now_ms() - _begin)		\
		TH_LOG("%s goes on", what);				\
} while (0)

TEST_F_TIMEOUT(interrupt, every_verb_on_a_page_that_never_comes, 300)
{
	static const struct {
		const char *before[4], *after[4];
	} verbs[] = {
		{ { "read" }, { "8" } },
		{ { "write" }, { "--hex", "00" } },
		{ { "cmpxchg" }, { "4", "0", "1" } },
		{ { "fill" }, { "16", "00" } },
		{ { "bp", "set", "--yes" }, { NULL } },
		{ { "search", "--fault-in" }, { "16", "--hex", "00" } },
		{ { "strings", "--fault-in" }, { "16" } },
		{ { "compare", "--fault-in" }, { SAME, "16" } },
		{ { "watch" }, { "u32" } },
		{ { "watch", "--live" }, { "u32" } },
	};
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
	const char *args[10];
	size_t i, k, n;

	for (i = 0; i < ARRAY_SIZE(verbs); i++) {
		for (n = 0; verbs[i].before[n]; n++)
			args[n] = verbs[i].before[n];
		args[n++] = self->pid;
		args[n++] = slot_text(slow_slot(&self->slow, i));
		for (k = 0; verbs[i].after[k]; k++, n++)
			args[n] = strcmp(verbs[i].after[k], SAME) ?
				  verbs[i].after[k] : args[n - 1];
		args[n] = NULL;
		running_begin(&self->w, args);
		ASSERT_TRUE(slow_waits(&self->slow, PATIENCE_MS))
			TH_LOG("%s", args[0]);
		kill(self->w.pid, signals[i % ARRAY_SIZE(signals)]);
		EXPECT_ENDS(verbs[i].before[0]);
		EXPECT_EQ(0, r.out_len);
	}
}

/* The screen is there, and then the page goes. */
TEST_F(interrupt, the_terminal_is_given_back_all_the_same)
{
	char *slot = slow_slot(&self->slow, 0);
	struct termios before, now;
	int pty;

	TERMINAL(&self->w, 24, &before, "watch", "-i0.05", self->pid,
		 slot_text(slot), "u32");
	ASSERT_TRUE(slow_waits(&self->slow, PATIENCE_MS));
	slow_answer(&self->slow, slot);
	ASSERT_TRUE(running_until(&self->w, 0, "\033[J"));
	ASSERT_EQ(0, target_call(&self->t, page_drop,
				 (void *)((uintptr_t)slot & -PAGE)));
	ASSERT_TRUE(slow_waits(&self->slow, PATIENCE_MS));
	pty = dup(self->w.pty);
	kill(self->w.pid, SIGINT);
	EXPECT_ENDS("watch");
	EXPECT_HAS("\033[?1049l", r.out);
	ASSERT_EQ(0, tcgetattr(pty, &now));
	EXPECT_EQ(before.c_lflag, now.c_lflag);
	close(pty);
}

TEST_HARNESS_MAIN
