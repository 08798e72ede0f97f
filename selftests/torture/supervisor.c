// SPDX-License-Identifier: GPL-2.0
/*
 * The controller's hands: who is started, killed, and reaped. Children of targets
 * that have ended are its own.
 */
#include "torture.h"

#define PATIENCE_MS	120000	/* with what was killed, on a slow machine */

struct ended ended;

static uint32_t generations;

static void start_agent(int i)
{
	pid_t pid = fork();

	if (pid < 0)
		return;		/* next time */
	if (!pid)
		agent_run(i);
	torture->agent[i] = pid;
}

static void start_target(int i)
{
	struct place *p = &torture->target[i];
	pid_t pid;

	p->killed = false;
	p->counted = 0;
	p->generation = ++generations;
	pid = fork();
	if (pid < 0)
		return;
	if (!pid)
		target_run(i);
	__atomic_store_n(&p->pid, pid, __ATOMIC_RELEASE);
}

static void agent_ended(int i, int code)
{
	torture->agent[i] = 0;
	ended.agents++;
	if (code == -SIGKILL)
		ended.agents_killed++;
	else
		complain("agent %d ended with %d", i, code);
}

static void target_ended(int i, int code)
{
	struct place *p = &torture->target[i];

	__atomic_store_n(&p->ready, 0, __ATOMIC_SEQ_CST);
	__atomic_store_n(&p->pid, 0, __ATOMIC_RELEASE);
	if (code == EXEC_STATUS && p->way == WAY_EXEC)
		ended.way[WAY_EXEC]++;
	else if (!code && p->way == WAY_EXIT)
		ended.way[WAY_EXIT]++;
	else if (code == -SIGKILL)
		ended.way[p->killed ? WAY_KILL : WAY_OOM]++;
	else
		complain("target %d ended with %d in way %d", i, code, p->way);
}

/* Whoever has ended by now; false if there was nobody. */
static bool reap(void)
{
	int status, code, i;
	pid_t pid;

	pid = waitpid(-1, &status, WNOHANG);
	if (pid <= 0)
		return false;
	code = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
	for (i = 0; i < torture->workers; i++) {
		if (torture->agent[i] == pid)
			agent_ended(i, code);
		else if (torture->target[i].pid == pid)
			target_ended(i, code);
	}
	return true;
}

static void kill_target(int i)
{
	struct place *p = &torture->target[i];

	if (!p->pid)
		return;
	p->killed = true;
	kill(p->pid, SIGKILL);
}

/* All of them. */
void supervisor_begin(void)
{
	int i;

	torture->quiet = 0;
	torture->judge = 0;
	for (i = 0; i < torture->workers; i++)
		start_target(i);
	for (i = 0; i < torture->workers; i++)
		start_agent(i);
}

/* Kill some, and replace who has ended. */
void supervisor_tend(uint64_t *random)
{
	int i;

	if (random_percent(random, 12)) {
		i = random_below(random, torture->workers);
		if (torture->agent[i])
			kill(torture->agent[i], SIGKILL);
	}
	if (random_percent(random, 2))
		kill_target(random_below(random, torture->workers));
	while (reap())
		;
	for (i = 0; i < torture->workers; i++) {
		if (!torture->agent[i])
			start_agent(i);
		if (!torture->target[i].pid)
			start_target(i);
	}
}

/* What is still there when it should not be, for the log. */
static void show_stuck(pid_t pid, const char *what)
{
	char path[64], text[2048];

	snprintf(path, sizeof(path), "/proc/%d/stack", (int)pid);
	file_read(path, text, sizeof(text));
	complain("%s %d is stuck in state %c", what, (int)pid,
		 proc_state(pid));
	printf("%s\n", text);
}

static bool all_agents_ended(void)
{
	int i;

	for (i = 0; i < torture->workers; i++)
		if (torture->agent[i])
			return false;
	return true;
}

bool supervisor_end_agents(void)
{
	long end = now_ms() + PATIENCE_MS;
	int i;

	/* Who is left may be judged. */
	torture->quiet = 1;
	for (i = 0; i < torture->workers; i++)
		if (torture->agent[i])
			kill(torture->agent[i], SIGKILL);
	while (!all_agents_ended()) {
		if (!reap())
			sleep_ms(10);
		if (now_ms() < end)
			continue;
		for (i = 0; i < torture->workers; i++)
			if (torture->agent[i])
				show_stuck(torture->agent[i], "agent");
		return false;
	}
	return true;
}

static bool all_judged(void)
{
	int i;

	for (i = 0; i < torture->workers; i++) {
		struct place *p = &torture->target[i];

		if (p->pid && __atomic_load_n(&p->judged, __ATOMIC_ACQUIRE) !=
		    p->generation)
			return false;
	}
	return true;
}

/* Let each target that is left judge. */
bool supervisor_judge(void)
{
	long end = now_ms() + PATIENCE_MS;

	torture->judge = 1;
	while (!all_judged()) {
		if (!reap())
			sleep_ms(10);
		if (now_ms() > end) {
			complain("targets did not judge in time");
			return false;
		}
	}
	return true;
}

/* Nobody is left, nor are children of theirs. */
bool supervisor_end(void)
{
	long end = now_ms() + PATIENCE_MS;
	siginfo_t info;
	int i;

	for (i = 0; i < torture->workers; i++)
		kill_target(i);
	while (!waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT)) {
		if (!reap())
			sleep_ms(10);
		if (now_ms() < end)
			continue;
		for (i = 0; i < torture->workers; i++)
			if (torture->target[i].pid)
				show_stuck(torture->target[i].pid, "target");
		complain("children are left");
		return false;
	}
	return true;
}
