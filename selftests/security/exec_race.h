/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The race between a session and an execve of its target into a set-uid program.
 * An agent without privileges opens a session on a process of its own, which then
 * executes a program of root's; the agent reads and writes all the time. It must
 * not read or write one byte of the new program. There is one program per engine,
 * ENGINE, because each takes long.
 */
#ifndef SELFTESTS_EXEC_RACE_H
#define SELFTESTS_EXEC_RACE_H

#include "proc.h"

#include "secret.h"
#include "slow.h"

#include <kselftest_harness.h>

#ifndef ROUNDS
#define ROUNDS		10000
#define RACE_TEST		raced_10000_times_leaks_and_takes_no_byte
#define CALLS		"transfers"
#endif

FIXTURE(setuid_exec)
{
	struct report *report;
	int report_fd;
	char node[64], agent[128];
};

FIXTURE_SETUP(setuid_exec)
{
	char helper[128];

	ASSERT_EQ(0, engine_set(ENGINE));
	/* The agents are another program. */
	if (attach_flags & DBGMEM_ATTACH_MIRROR)
		setenv("DBGMEM_MIRROR", "1", 1);
	file_write("/proc/sys/kernel/yama/ptrace_scope", "0");
	ASSERT_EQ(0, beside("helper_suid", helper, sizeof(helper)));
	ASSERT_EQ(0, copy_program(helper, SUID_PROGRAM, 04755));
	ASSERT_EQ(0, dev_make_node(self->node, sizeof(self->node)));
	ASSERT_EQ(0, beside("helper_race", self->agent, sizeof(self->agent)));
	self->report_fd = memfd_create("report", 0);
	ASSERT_EQ(0, ftruncate(self->report_fd, AGENTS * sizeof(*self->report)));
	self->report = mmap(NULL, AGENTS * sizeof(*self->report),
			    PROT_READ | PROT_WRITE, MAP_SHARED,
			    self->report_fd, 0);
	ASSERT_NE(MAP_FAILED, self->report);
}

FIXTURE_TEARDOWN(setuid_exec)
{
	unlink(self->node);
	unlink(SUID_PROGRAM);
	engine_set("auto");
}

TEST_F_TIMEOUT(setuid_exec, RACE_TEST, 290)
{
	const long each = slow_rounds(ROUNDS) / AGENTS, all = each * AGENTS;
	struct report sum = {}, *r = self->report;
	char rounds[24], fd[16], index[16];
	long start = now_ms();
	pid_t agent[AGENTS];
	int i;

	for (i = 0; i < AGENTS; i++) {
		agent[i] = fork();
		ASSERT_LE(0, agent[i]);
		if (agent[i])
			continue;
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (become_user(UID_AGENT))
			_exit(1);
		snprintf(rounds, sizeof(rounds), "%ld", each);
		snprintf(fd, sizeof(fd), "%d", self->report_fd);
		snprintf(index, sizeof(index), "%d", i);
		execl(self->agent, "agent", self->node, rounds, fd, index,
		      CALLS, NULL);
		_exit(1);
	}
	for (i = 0; i < AGENTS; i++, r++) {
		ASSERT_EQ(0, child_wait(agent[i]));
		sum.rounds += r->rounds;
		sum.alive += r->alive;
		sum.rounds_alive += r->rounds_alive;
		sum.leaks += r->leaks;
		sum.hits += r->hits;
		sum.unprivileged += r->unprivileged;
		sum.odd += r->odd;
		sum.odd_value = r->odd ? r->odd_value : sum.odd_value;
	}
	TH_LOG("%ld rounds in %ld ms: %ld transfers before the execve was seen, in %ld rounds",
	       sum.rounds, now_ms() - start, sum.alive, sum.rounds_alive);
	EXPECT_EQ(0, sum.leaks);
	EXPECT_EQ(0, sum.hits);
	EXPECT_EQ(0, sum.unprivileged);
	EXPECT_EQ(0, sum.odd)
		TH_LOG("the last odd result was %ld", sum.odd_value);
	EXPECT_EQ(all, sum.rounds);
	/* it was a race: the old program was there when the race began */
	EXPECT_LE(all / 2, sum.rounds_alive);
}

TEST_HARNESS_MAIN

#endif /* SELFTESTS_EXEC_RACE_H */
