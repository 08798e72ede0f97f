// SPDX-License-Identifier: GPL-2.0
/* A thread that is stopped for its registers: which, how long, and why not. */
#include "proc.h"

#include <pthread.h>
#include <sys/ptrace.h>

#include "kselftest_harness.h"

#include "target/tracee.h"

#define PATIENCE_MS	10000

/* A process that sleeps. */
static pid_t sleeper(void)
{
	pid_t pid = fork();

	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			pause();
	}
	proc_wait_state(pid, 'S');
	return pid;
}

static void sleeper_end(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static int proc_dir(pid_t pid)
{
	char path[32];

	snprintf(path, sizeof(path), "/proc/%d", (int)pid);
	return open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

static long switches(pid_t pid)
{
	char path[32];

	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	return file_number(path, "voluntary_ctxt_switches:");
}

/* tracee_stop() in a thread of its own, which ends. */
struct call {
	int dir;
	pid_t tid;
	long patience;
	int ret;
};

static void *call_run(void *arg)
{
	struct call *c = arg;
	struct tracee t;

	c->ret = tracee_stop(c->dir, c->tid, c->patience, &t);
	if (!c->ret)
		tracee_go(&t);
	return NULL;
}

static int stop(int dir, pid_t tid, long patience)
{
	struct call c = { dir, tid, patience, 1 };
	pthread_t thread;

	if (pthread_create(&thread, NULL, call_run, &c))
		abort();
	pthread_join(thread, NULL);
	return c.ret;
}

static bool let_go(pid_t pid)
{
	long end = now_ms() + PATIENCE_MS;
	int dir = proc_dir(pid);
	pid_t tracer;

	while ((tracer = tracee_tracer(dir)) > 0 && now_ms() < end)
		sleep_ms(1);
	close(dir);
	return !tracer;
}

TEST(one_of_the_process)
{
	pid_t pid = sleeper();
	int dir = proc_dir(pid);

	EXPECT_EQ(0, stop(dir, pid, PATIENCE_MS));
	EXPECT_EQ(0, stop(-1, pid, PATIENCE_MS));
	EXPECT_TRUE(let_go(pid));
	close(dir);
	sleeper_end(pid);
}

/* The number that a thread had may be that of another process's by now. */
TEST(one_of_another_process_is_left_alone)
{
	pid_t pid = sleeper(), other = sleeper();
	int dir = proc_dir(pid);
	long before = switches(other);

	ASSERT_LT(0, before);
	EXPECT_EQ(-ESRCH, stop(dir, other, PATIENCE_MS));
	EXPECT_TRUE(let_go(other));
	/* A thread that is stopped wakes up for it. */
	EXPECT_EQ(before, switches(other));
	sleeper_end(pid);
	EXPECT_EQ(-ESRCH, stop(dir, other, PATIENCE_MS));
	EXPECT_EQ(before, switches(other));
	close(dir);
	sleeper_end(other);
}

/* Who waits for the child of vfork() does not stop. */
TEST(one_that_does_not_stop_is_let_go)
{
	long begin, end;
	pid_t child;
	int gate;

	child = child_in_vfork(&gate);
	ASSERT_LT(0, child);
	begin = now_ms();
	EXPECT_EQ(-ETIMEDOUT, stop(-1, child, 100));
	end = now_ms();
	EXPECT_LE(100, end - begin);
	EXPECT_TRUE(let_go(child));
	/* It goes on when its child has ended, and not later. */
	close(gate);
	EXPECT_EQ(7, child_wait(child));
}

/* --- why not --- */

TEST(an_own_thread)
{
	EXPECT_EQ(-EDEADLK, stop(-1, getpid(), PATIENCE_MS));
}

TEST(one_that_has_exited)
{
	siginfo_t si;
	pid_t pid;

	pid = fork();
	if (!pid)
		_exit(0);
	ASSERT_EQ(0, waitid(P_PID, pid, &si, WEXITED | WNOWAIT));
	EXPECT_EQ(-ESRCH, stop(-1, pid, PATIENCE_MS));
	waitpid(pid, NULL, 0);
	EXPECT_EQ(-ESRCH, stop(-1, pid, PATIENCE_MS));
}

TEST(one_that_another_traces)
{
	pid_t pid = sleeper();

	ASSERT_EQ(0, ptrace(PTRACE_SEIZE, pid, NULL, NULL));
	EXPECT_EQ(-EBUSY, stop(-1, pid, PATIENCE_MS));
	sleeper_end(pid);
}

/* Its parent is 0, and it is not a program's: kthreadd. */
TEST(one_of_the_kernel)
{
	char text[64];

	if (file_read("/proc/2/comm", text, sizeof(text)) <= 0 ||
	    strcmp(text, "kthreadd"))
		SKIP(return, "no thread of the kernel is visible from here");
	EXPECT_EQ(-EINVAL, stop(-1, 2, PATIENCE_MS));
}

TEST(each_reason_has_words_of_its_own)
{
	static const int codes[] = { -ESRCH, -EBUSY, -EDEADLK, -EINVAL, -EPERM,
				     -ETIMEDOUT, -EOPNOTSUPP };
	size_t i, k;

	for (i = 0; i < ARRAY_SIZE(codes); i++) {
		EXPECT_STRNE(strerror(-codes[i]), tracee_strerror(codes[i]));
		for (k = 0; k < i; k++)
			EXPECT_STRNE(tracee_strerror(codes[k]),
				     tracee_strerror(codes[i]));
	}
}

TEST_HARNESS_MAIN
