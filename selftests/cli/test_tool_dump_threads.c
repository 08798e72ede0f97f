// SPDX-License-Identifier: GPL-2.0
/* dbgmem dump: the process and its threads in the core. */
#include "dump.h"

#include <pthread.h>
#include <sys/procfs.h>

#include "corefile.h"
#include "machine.h"
#include <kselftest_harness.h>

FIXTURE(threads) {
	struct sleeper s;
	struct corefile core;
};

FIXTURE_SETUP(threads)
{
	memset(&self->core, 0, sizeof(self->core));
	ASSERT_EQ(0, sleeper_start(&self->s, "helper_sleep"));
}

FIXTURE_TEARDOWN(threads)
{
	core_close(&self->core);
	sleeper_stop(&self->s);
}

/* Dump with these options, and open what came of it. */
#define DUMP(_status, ...) do {						\
	RUN("dump", ##__VA_ARGS__, "--replace", self->s.text, CORE_PATH);	\
	ASSERT_EQ(_status, r.status) TH_LOG("%s", r.err);		\
	if (self->core.elf)						\
		core_close(&self->core);				\
	ASSERT_TRUE(core_open(&self->core, CORE_PATH));			\
} while (0)

/* NT_PRSTATUS of thread number @i. */
static const struct elf_prstatus *prstatus(const struct corefile *c,
					   unsigned int i)
{
	const struct elf_prstatus *p;
	size_t len;

	p = core_note(c, "CORE", NT_PRSTATUS, i, &len);
	return p && len == sizeof(*p) ? p : NULL;
}

static struct user_regs_struct regs_of(const struct elf_prstatus *p)
{
	struct user_regs_struct regs;

	_Static_assert(sizeof(regs) == sizeof(p->pr_reg), "registers");
	memcpy(&regs, p->pr_reg, sizeof(regs));
	return regs;
}

/* The number behind "@key:" in /proc/@tid/status. */
static long status_number(pid_t tid, const char *key)
{
	char path[32], text[4096], *p;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)tid);
	if (file_read(path, text, sizeof(text)) < 0)
		return -1;
	p = strstr(text, key);
	return p ? strtol(p + strlen(key) + 1, NULL, 10) : -1;
}

/* What dbgmem says itself of the threads, in a note of this type: "DBGT". */
#define NOTE_DBGMEM	0x44424754

static const char *own_note(const struct corefile *c)
{
	static char text[1024];
	const char *p;
	size_t len;

	p = core_note(c, "dbgmem", NOTE_DBGMEM, 0, &len);
	if (!p || len >= sizeof(text))
		return "";
	memcpy(text, p, len);
	text[len] = '\0';
	return text;
}

TEST_F(threads, the_first_one_first_and_all_of_them)
{
	const struct elf_prstatus *p;
	unsigned int i;
	size_t len;

	DUMP(0);
	for (i = 0; i < SLEEP_THREADS; i++) {
		p = prstatus(&self->core, i);
		ASSERT_NE(NULL, p);
		EXPECT_EQ(self->s.tid[i], p->pr_pid);
		EXPECT_EQ(getpid(), p->pr_ppid);
		EXPECT_EQ(getpgrp(), p->pr_pgrp);
		EXPECT_EQ(getsid(0), p->pr_sid);
		EXPECT_EQ(0, p->pr_cursig);
	}
	EXPECT_EQ(self->s.pid, prstatus(&self->core, 0)->pr_pid);
	EXPECT_EQ(NULL, core_note(&self->core, "CORE", NT_PRSTATUS, SLEEP_THREADS,
				  &len));
	/* The one that runs has used some time. */
	EXPECT_LT(0, prstatus(&self->core, 3)->pr_utime.tv_sec +
		     prstatus(&self->core, 3)->pr_utime.tv_usec);
}

TEST_F(threads, the_process)
{
	const struct elf_prpsinfo *p;
	char comm[16];
	size_t len;

	DUMP(0);
	p = core_note(&self->core, "CORE", NT_PRPSINFO, 0, &len);
	ASSERT_NE(NULL, p);
	ASSERT_EQ(sizeof(*p), len);
	EXPECT_EQ(self->s.pid, p->pr_pid);
	EXPECT_EQ(getpid(), p->pr_ppid);
	EXPECT_EQ('S', p->pr_sname);
	EXPECT_EQ(1, p->pr_state);
	EXPECT_EQ(0, p->pr_zomb);
	EXPECT_EQ(0, p->pr_nice);
	EXPECT_EQ(0, p->pr_uid);
	memcpy(comm, p->pr_fname, sizeof(comm));
	EXPECT_STREQ("helper_sleep", comm);
	EXPECT_EQ(0, strncmp("helper_sleep an argument", p->pr_psargs,
			     strlen("helper_sleep an argument")));
}

TEST_F(threads, a_thread_s_number_is_as_good_as_the_process_s)
{
	const struct elf_prpsinfo *p;
	char tid[16];
	size_t len;

	sprintf(tid, "%d", (int)self->s.tid[1]);
	RUN("dump", "--replace", tid, CORE_PATH);
	ASSERT_EQ(0, r.status) TH_LOG("%s", r.err);
	ASSERT_TRUE(core_open(&self->core, CORE_PATH));
	p = core_note(&self->core, "CORE", NT_PRPSINFO, 0, &len);
	ASSERT_NE(NULL, p);
	EXPECT_EQ(self->s.pid, p->pr_pid);
}

TEST_F(threads, auxiliary_vector_and_mapped_files)
{
	char auxv[4096], path[128];
	const uint64_t *files;
	uint64_t known_page;
	const char *name;
	size_t len, i;
	bool found = false;
	ssize_t n;
	int fd;

	DUMP(0);
	fd = proc_open(self->s.pid, "auxv", O_RDONLY);
	n = read(fd, auxv, sizeof(auxv));
	close(fd);
	ASSERT_LT(0, n);
	name = core_note(&self->core, "CORE", NT_AUXV, 0, &len);
	ASSERT_NE(NULL, name);
	ASSERT_EQ((size_t)n, len);
	EXPECT_EQ(0, memcmp(auxv, name, len));

	files = core_note(&self->core, "CORE", NT_FILE, 0, &len);
	ASSERT_NE(NULL, files);
	ASSERT_EQ(PAGE, files[1]);
	name = (const char *)(files + 2 + 3 * files[0]);
	known_page = self->s.at.known / PAGE * PAGE;
	ASSERT_EQ(0, beside("helper_sleep", path, sizeof(path)));
	for (i = 0; i < files[0]; i++, name += strlen(name) + 1) {
		ASSERT_GT((const char *)files + len, name);
		if (known_page < files[2 + 3 * i] ||
		    known_page >= files[3 + 3 * i])
			continue;
		found = true;
		EXPECT_STREQ(path, name);
		/* In pages; its first page is not that of the variable. */
		EXPECT_LT(0, files[4 + 3 * i]);
		EXPECT_GT(100, files[4 + 3 * i]);
	}
	EXPECT_TRUE(found);
	EXPECT_EQ((const char *)files + len, name);
}

TEST_F(threads, of_a_sleeper_what_its_system_call_tells)
{
	unsigned long long v[6], sp, pc;
	struct user_regs_struct regs;
	char path[32], text[256];
	long nr;
	int n;

	DUMP(0);
	EXPECT_HAS("1 of 4 threads did not sleep", r.err);
	EXPECT_HAS("--registers", r.err);
	snprintf(path, sizeof(path), "/proc/%s/syscall", self->s.text);
	ASSERT_LT(0, file_read(path, text, sizeof(text)));
	n = sscanf(text, "%ld %llx %llx %llx %llx %llx %llx %llx %llx", &nr,
		   &v[0], &v[1], &v[2], &v[3], &v[4], &v[5], &sp, &pc);
	ASSERT_EQ(9, n);
	ASSERT_NE(NULL, prstatus(&self->core, 0));
	regs = regs_of(prstatus(&self->core, 0));
	EXPECT_EQ(nr, (long)reg_syscall(&regs));
	EXPECT_EQ(SYS_read, nr);
	EXPECT_EQ(1, v[2]);
	for (n = 0; n < 6; n++)
		EXPECT_EQ(v[n], reg_argument(&regs, n));
	EXPECT_EQ(sp, reg_sp(&regs));
	EXPECT_EQ(pc, reg_pc(&regs));
}

TEST_F(threads, of_one_that_runs_nothing_and_the_core_says_so)
{
	static const struct user_regs_struct none;
	struct user_regs_struct regs;
	char want[128];
	size_t len;

	DUMP(0);
	ASSERT_NE(NULL, prstatus(&self->core, 3));
	regs = regs_of(prstatus(&self->core, 3));
	EXPECT_EQ(0, memcmp(&none, &regs, sizeof(regs)));
	EXPECT_EQ(NULL, core_note(&self->core, "CORE", NT_FPREGSET, 0, &len));
	snprintf(want, sizeof(want),
		 "%d asleep\n%d asleep\n%d asleep\n%d running\n",
		 self->s.tid[0], self->s.tid[1], self->s.tid[2], self->s.tid[3]);
	EXPECT_STREQ(want, own_note(&self->core));
}

TEST_F(threads, with_registers_all_of_all_threads)
{
	unsigned long long sp, pc;
	struct user_regs_struct regs;
	char path[32], text[256], *last;
	size_t len = 0, xstate = 0;
	unsigned int i;

	DUMP(0, "--registers");
	EXPECT_STREQ("", r.err);
	for (i = 0; i < SLEEP_THREADS; i++) {
		ASSERT_NE(NULL, prstatus(&self->core, i));
		EXPECT_EQ(self->s.tid[i], prstatus(&self->core, i)->pr_pid);
		regs = regs_of(prstatus(&self->core, i));
		EXPECT_NE(0, reg_pc(&regs));
		EXPECT_NE(0, reg_sp(&regs));
#ifdef __x86_64__
		EXPECT_EQ(0x33, regs.cs);
		EXPECT_NE(0, regs.fs_base);
#endif
		ASSERT_NE(NULL, core_note(&self->core, "CORE", NT_FPREGSET, i,
					  &len));
		EXPECT_EQ(sizeof(elf_fpregset_t), len);
		if (core_note(&self->core, "LINUX", NT_X86_XSTATE, i, &len))
			xstate++;
	}
#ifdef __x86_64__
	EXPECT_EQ(SLEEP_THREADS, xstate);
#else
	EXPECT_EQ(0, xstate);
#endif
	EXPECT_NE(NULL, strstr(own_note(&self->core), " stopped\n"));
	EXPECT_EQ(NULL, strstr(own_note(&self->core), "asleep"));

	/* They went on, and into the same calls. */
	EXPECT_TRUE(proc_wait_state(self->s.pid, 'S'));
	snprintf(path, sizeof(path), "/proc/%s/syscall", self->s.text);
	ASSERT_LT(0, file_read(path, text, sizeof(text)));
	last = strrchr(text, ' ');
	pc = strtoull(last, NULL, 16);
	*last = '\0';
	sp = strtoull(strrchr(text, ' '), NULL, 16);
	regs = regs_of(prstatus(&self->core, 0));
	EXPECT_EQ(sp, reg_sp(&regs));
#ifdef __aarch64__
	pc -= 4;	/* before it stops it goes back to the call to repeat */
#endif
	EXPECT_EQ(pc, reg_pc(&regs));
	EXPECT_EQ(0, status_number(self->s.pid, "\nTracerPid:"));
}

/* Bytes of the counter of the thread that runs. */
static uint64_t ticks(const struct sleeper *s)
{
	uint64_t n = 0;
	int fd = proc_open(s->pid, "mem", O_RDONLY);

	if (pread(fd, &n, sizeof(n), (off_t)s->at.ticks) != sizeof(n))
		abort();
	close(fd);
	return n;
}

/* A thread that is stopped wakes up for it, and that is counted. */
TEST_F(threads, nobody_is_stopped_unless_asked_for)
{
	static const char key[] = "\nvoluntary_ctxt_switches:";
	long before[SLEEP_THREADS - 1];
	uint64_t n;
	int i;

	for (i = 0; i < SLEEP_THREADS - 1; i++) {
		before[i] = status_number(self->s.tid[i], key);
		ASSERT_LT(0, before[i]);
	}
	n = ticks(&self->s);
	DUMP(0);
	EXPECT_LT(n, ticks(&self->s));
	for (i = 0; i < SLEEP_THREADS - 1; i++)
		EXPECT_EQ(before[i], status_number(self->s.tid[i], key));
	DUMP(0, "--registers");
	for (i = 0; i < SLEEP_THREADS - 1; i++)
		EXPECT_LT(before[i], status_number(self->s.tid[i], key));
	n = ticks(&self->s);
	while (ticks(&self->s) == n)
		sched_yield();
}

TEST_F(threads, one_that_another_traces)
{
	char want[128];
	int status;

	ASSERT_EQ(0, ptrace(PTRACE_SEIZE, self->s.tid[1], NULL, NULL));
	DUMP(3, "--registers");
	snprintf(want, sizeof(want),
		 "1 of 4 threads could not be stopped, such as thread %d: another process traces it",
		 self->s.tid[1]);
	EXPECT_HAS(want, r.err);
	snprintf(want, sizeof(want), "%d asleep\n", self->s.tid[1]);
	EXPECT_NE(NULL, strstr(own_note(&self->core), want));
	ASSERT_EQ(0, ptrace(PTRACE_INTERRUPT, self->s.tid[1], NULL, NULL));
	ASSERT_EQ(self->s.tid[1], waitpid(self->s.tid[1], &status, __WALL));
	EXPECT_EQ(0, ptrace(PTRACE_DETACH, self->s.tid[1], NULL, NULL));
}

static void *stay(void *arg)
{
	for (;;)
		pause();
	return arg;
}

/* Most of /proc/PID is of the first thread, and goes with it. */
TEST_F(threads, a_process_whose_first_thread_has_exited)
{
	struct user_regs_struct regs;
	const struct elf_prstatus *p;
	char pid_text[16];
	pthread_t thread;
	size_t len = 0;
	pid_t pid;

	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		pthread_create(&thread, NULL, stay, NULL);
		syscall(SYS_exit, 0);
	}
	ASSERT_TRUE(proc_wait_state(pid, 'Z'));
	sprintf(pid_text, "%d", (int)pid);
	RUN("dump", pid_text, CORE_PATH);
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	ASSERT_TRUE(core_open(&self->core, CORE_PATH));
	p = prstatus(&self->core, 0);
	ASSERT_NE(NULL, p);
	EXPECT_LT(pid, p->pr_pid);
	regs = regs_of(p);
	EXPECT_NE(0, reg_pc(&regs));
	EXPECT_EQ(NULL, core_note(&self->core, "CORE", NT_PRSTATUS, 1, &len));
	EXPECT_NE(NULL, core_note(&self->core, "CORE", NT_AUXV, 0, &len));
	EXPECT_LT(100, len);
}

TEST_HARNESS_MAIN
