// SPDX-License-Identifier: GPL-2.0
/* The dbgmem tool: verb regs. */
#include "x86_only.h"
#ifdef __x86_64__
#include "tool.h"

#include <pthread.h>
#include <sys/ptrace.h>

#include "proc.h"

/* A process that runs, with known values in some registers. */
FIXTURE(regs) {
	pid_t pid;
	char text[16];		/* its pid */
	volatile uint64_t *ticks; /* that it counts */
};

#define R12	0x1122334455667788ULL
#define XMM1	0x99aabbccddeeff00ULL
#define XMM1_HIGH 0x0123456789abcdefULL
#define ST0	"0x3fff8000000000000000"	/* 1.0 */

__attribute__((noinline)) static void loop(volatile uint64_t *ticks)
{
	static const uint64_t xmm1[2] = { XMM1, XMM1_HIGH };

	__asm__ volatile("movdqu %2, %%xmm1\n\t"
			 "fninit\n\t"
			 "fld1\n\t"
			 "mov %1, %%r12\n\t"
			 "1:\n\t"
			 "incq (%0)\n\t"
			 "jmp 1b"
			 :: "r"(ticks), "r"(R12), "m"(*(const char (*)[16])xmm1)
			 : "r12", "xmm1", "memory");
}

FIXTURE_SETUP(regs)
{
	self->ticks = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
			   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, self->ticks);
	self->pid = fork();
	ASSERT_LE(0, self->pid);
	if (!self->pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		loop(self->ticks);
	}
	sprintf(self->text, "%d", (int)self->pid);
	while (!*self->ticks)
		sched_yield();
}

FIXTURE_TEARDOWN(regs)
{
	kill(self->pid, SIGKILL);
	waitpid(self->pid, NULL, 0);
	munmap((void *)self->ticks, PAGE);
}

/* The value that the table has of register @name, or "". */
static const char *value(const char *name)
{
	static char text[256];
	char words[32], *p = r.out;

	snprintf(words, sizeof(words), "%-10s ", name);
	while (p && strncmp(p, words, strlen(words))) {
		p = strchr(p, '\n');
		p = p ? p + 1 : NULL;
	}
	text[0] = '\0';
	if (p)
		sscanf(p + strlen(words), "%255s", text);
	return text;
}

static bool goes_on(volatile uint64_t *ticks)
{
	long end = now_ms() + 10000;
	uint64_t n = *ticks;

	while (*ticks == n)
		if (now_ms() > end)
			return false;
	return true;
}

TEST_F(regs, the_general_ones)
{
	uint64_t pc;

	RUN("regs", self->text);
	ASSERT_EQ(0, r.status) TH_LOG("%s", r.err);
	EXPECT_STREQ("", r.err);
	EXPECT_STREQ("0x1122334455667788", value("r12"));
	pc = strtoull(value("rip"), NULL, 16);
	EXPECT_GT(200, pc - (uintptr_t)loop);
	EXPECT_STREQ("0x00000033", value("cs"));
	EXPECT_STRNE("", value("eflags"));
	EXPECT_STRNE("", value("fs_base"));
	EXPECT_STREQ("", value("xmm1"));
	EXPECT_STREQ("", value("mxcsr"));
	EXPECT_EQ(26, lines());
	EXPECT_TRUE(goes_on(self->ticks));
}

TEST_F(regs, all_of_them)
{
	RUN("regs", "--all", self->text);
	ASSERT_EQ(0, r.status) TH_LOG("%s", r.err);
	EXPECT_STREQ("0x1122334455667788", value("r12"));
	EXPECT_STREQ("0x0123456789abcdef99aabbccddeeff00", value("xmm1"));
	EXPECT_STREQ(ST0, value("st0"));
	EXPECT_STREQ("0x00001f80", value("mxcsr"));
	EXPECT_STRNE("", value("orig_rax"));
	EXPECT_TRUE(goes_on(self->ticks));
}

TEST_F(regs, by_name_in_that_order)
{
	char *next;

	RUN("regs", self->text, "xmm1", "r12", "pc", "flags");
	ASSERT_EQ(0, r.status) TH_LOG("%s", r.err);
	EXPECT_EQ(4, lines());
	EXPECT_EQ(&r.out[0], strstr(r.out, "xmm1 "));
	next = strchr(r.out, '\n') + 1;
	EXPECT_EQ(next, strstr(next, "r12 "));
	/* Where the architecture has a name of its own it is that. */
	EXPECT_STRNE("", value("rip"));
	EXPECT_STRNE("", value("eflags"));

	RUN("regs", self->text, "r12", "nonsense");
	EXPECT_EQ(1, r.status);
	EXPECT_STREQ("", r.out);
	EXPECT_HAS("has no register 'nonsense'", r.err);
	EXPECT_TRUE(goes_on(self->ticks));
}

TEST_F(regs, as_json)
{
	char want[512];

	RUN("regs", "--json", self->text, "r12", "xmm1");
	ASSERT_EQ(0, r.status) TH_LOG("%s", r.err);
	snprintf(want, sizeof(want),
		 "{\n"
		 "  \"thread\": %s,\n"
		 "  \"registers\": [\n"
		 "    {\n"
		 "      \"name\": \"r12\",\n"
		 "      \"kind\": \"general\",\n"
		 "      \"size\": 8,\n"
		 "      \"value\": \"0x1122334455667788\"\n"
		 "    },\n"
		 "    {\n"
		 "      \"name\": \"xmm1\",\n"
		 "      \"kind\": \"vector\",\n"
		 "      \"size\": 16,\n"
		 "      \"value\": \"0x0123456789abcdef99aabbccddeeff00\"\n"
		 "    }\n"
		 "  ]\n"
		 "}\n", self->text);
	EXPECT_STREQ(want, r.out);
}

/* A thread that sleeps goes on with its system call. */
TEST_F(regs, of_one_that_sleeps)
{
	int fd[2], status;
	char pid[16], c;
	pid_t child;

	ASSERT_EQ(0, pipe2(fd, O_CLOEXEC));
	child = fork();
	if (!child) {
		close(fd[1]);
		_exit(read(fd[0], &c, 1) == 1 ? c : 99);
	}
	ASSERT_TRUE(proc_wait_state(child, 'S'));
	sprintf(pid, "%d", (int)child);
	RUN("regs", pid, "orig_rax", "rdx");
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	EXPECT_STREQ("0x0000000000000000", value("orig_rax"));
	EXPECT_STREQ("0x0000000000000001", value("rdx"));
	ASSERT_EQ(1, write(fd[1], "\7", 1));
	ASSERT_EQ(child, waitpid(child, &status, 0));
	EXPECT_EQ(7, WEXITSTATUS(status));
	close(fd[0]);
	close(fd[1]);
}

TEST_F(regs, one_that_is_stopped_stays_so)
{
	uint64_t n;

	ASSERT_EQ(0, kill(self->pid, SIGSTOP));
	ASSERT_TRUE(proc_wait_state(self->pid, 'T'));
	RUN("regs", self->text, "r12");
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	EXPECT_STREQ("0x1122334455667788", value("r12"));
	EXPECT_TRUE(proc_wait_state(self->pid, 'T'));
	n = *self->ticks;
	sleep_ms(100);
	EXPECT_EQ(n, *self->ticks);
	ASSERT_EQ(0, kill(self->pid, SIGCONT));
	EXPECT_TRUE(goes_on(self->ticks));
}

static volatile sig_atomic_t caught;

static void on_signal(int signo)
{
	caught = signo;
}

/*
 * So many of them that some come when it is just being stopped. raise() returns
 * when the signal has been caught.
 */
TEST_F(regs, no_signal_of_the_thread_is_lost)
{
	volatile uint64_t *sent = self->ticks + 1, *lost = self->ticks + 2;
	char pid[16];
	pid_t child;
	int i;

	child = fork();
	ASSERT_LE(0, child);
	if (!child) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		signal(SIGUSR1, on_signal);
		for (;;) {
			caught = 0;
			raise(SIGUSR1);
			*lost += !caught;
			++*sent;
		}
	}
	sprintf(pid, "%d", (int)child);
	for (i = 0; i < 15; i++) {
		RUN("regs", pid, "rip");
		EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
		EXPECT_TRUE(goes_on(sent));
	}
	EXPECT_EQ(0, *lost);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
}

TEST_F(regs, one_that_another_traces)
{
	int status;

	ASSERT_EQ(0, ptrace(PTRACE_SEIZE, self->pid, NULL, NULL));
	RUN("regs", self->text);
	EXPECT_EQ(1, r.status);
	EXPECT_STREQ("", r.out);
	EXPECT_HAS("another process traces it", r.err);
	ASSERT_EQ(0, ptrace(PTRACE_INTERRUPT, self->pid, NULL, NULL));
	ASSERT_EQ(self->pid, waitpid(self->pid, &status, __WALL));
	EXPECT_EQ(0, ptrace(PTRACE_DETACH, self->pid, NULL, NULL));
}

/* Who waits for the child of vfork() cannot be stopped. */
TEST_F(regs, one_that_does_not_stop)
{
	char pid[16];
	pid_t child;
	int gate;

	child = child_in_vfork(&gate);
	ASSERT_LT(0, child);
	sprintf(pid, "%d", (int)child);
	RUN("regs", pid);
	EXPECT_EQ(1, r.status);
	EXPECT_HAS("it does not stop", r.err);
	/* It is let go all the same. */
	close(gate);
	EXPECT_EQ(7, child_wait(child));
}

static void *stay(void *arg)
{
	for (;;)
		pause();
	return arg;
}

TEST_F(regs, a_process_whose_first_thread_has_exited)
{
	char pid[16], tid[16], *p;
	pthread_t thread;
	pid_t child;

	child = fork();
	ASSERT_LE(0, child);
	if (!child) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		pthread_create(&thread, NULL, stay, NULL);
		syscall(SYS_exit, 0);
	}
	ASSERT_TRUE(proc_wait_state(child, 'Z'));
	sprintf(pid, "%d", (int)child);
	RUN("regs", pid);
	EXPECT_EQ(1, r.status);
	EXPECT_HAS("it has exited, but other threads of the process have not", r.err);
	/* It names one, of which there are registers. */
	p = strstr(r.err, "such as ");
	ASSERT_NE(NULL, p);
	sprintf(tid, "%d", atoi(p + strlen("such as ")));
	EXPECT_STRNE(pid, tid);
	RUN("regs", tid, "pc");
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	RUN("regs", pid);
	EXPECT_EQ(1, r.status);
	EXPECT_HAS("no such thread", r.err);
}

TEST_F(regs, of_the_kernel)
{
	char text[32];

	if (file_read("/proc/2/comm", text, sizeof(text)) <= 0 ||
	    strcmp(text, "kthreadd"))
		SKIP(return, "no thread of the kernel is visible from here");
	RUN("regs", "2");
	EXPECT_EQ(1, r.status);
	EXPECT_HAS("thread 2: it is a thread of the kernel", r.err);
}

TEST_F(regs, of_itself)
{
	int err = capture_file("err", NULL, 0);
	char text[16];
	pid_t pid;

	pid = fork();
	if (!pid) {
		dup2(err, 2);
		sprintf(text, "%d", (int)getpid());
		execl(tool_path(), "dbgmem", "regs", text, NULL);
		_exit(127);
	}
	EXPECT_EQ(1, child_wait(pid));
	capture_read(err, r.err, sizeof(r.err));
	EXPECT_HAS("it is dbgmem's own", r.err);
}

TEST_F(regs, who_may_not)
{
	const char *const argv[] = { "dbgmem", "regs", self->text, NULL };
	int err = capture_file("err", NULL, 0);
	pid_t pid;

	pid = fork();
	if (!pid) {
		dup2(err, 2);
		if (become_user(UID_AGENT))
			_exit(126);
		execv(tool_path(), (char *const *)argv);
		_exit(127);
	}
	EXPECT_EQ(1, child_wait(pid));
	capture_read(err, r.err, sizeof(r.err));
	EXPECT_HAS("cannot stop thread", r.err);
	EXPECT_HAS("ptrace check refuses it", r.err);
	EXPECT_TRUE(goes_on(self->ticks));
}

TEST_F(regs, wrong_command_lines)
{
	RUN("regs");
	EXPECT_EQ(2, r.status);
	EXPECT_HAS("PID or TID is needed", r.err);
	RUN("regs", "x");
	EXPECT_EQ(2, r.status);
	EXPECT_HAS("'x' is not a process id", r.err);
	RUN("regs", "--all", self->text, "rax");
	EXPECT_EQ(2, r.status);
	EXPECT_HAS("exclude each other", r.err);
	RUN("regs", "2147483647");
	EXPECT_EQ(1, r.status);
	EXPECT_HAS("cannot stop thread 2147483647", r.err);
	EXPECT_HAS("no such thread", r.err);
	RUN("regs", "--help");
	EXPECT_EQ(0, r.status);
	EXPECT_HAS("Usage: dbgmem regs", r.out);
}

#endif

TEST_HARNESS_MAIN
