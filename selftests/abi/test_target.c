// SPDX-License-Identifier: GPL-2.0
/*
 * The life of a target, over both engines: exit, execve, a reused pid, a first
 * thread that has ended. Races with the execve of a set-uid program are in
 * exec_race.h.
 */
#include "proc.h"
#include "slow.h"

#include <linux/sched.h>
#include <pthread.h>

#include <kselftest_harness.h>

static volatile unsigned char mark[64] = "the target's own bytes";

/*
 * What a session says in every way that it can be asked: @want from READ and
 * WRITE in each form, from pread and pwrite, and the state that goes with it.
 */
static bool session_says(int fd, int want)
{
	static const uint32_t flags[] = { 0, DBGMEM_EXACT, DBGMEM_FORCE };
	uint32_t state = want == -ESRCH ? DBGMEM_STATE_EXITED :
			 want == -ESTALE ? DBGMEM_STATE_EXECED :
					   DBGMEM_STATE_ATTACHED;
	unsigned char buf[sizeof(mark)], before[sizeof(mark)];
	struct dbgmem_transfer t;
	struct dbgmem_session_info info;
	bool ok = true;
	ssize_t n;
	size_t i;
	int ret;

	memset(before, 0x77, sizeof(before));
	for (i = 0; i < ARRAY_SIZE(flags); i++) {
		memset(buf, 0x77, sizeof(buf));
		ret = mem_read(fd, mark, buf, sizeof(buf), flags[i], &t);
		ok &= ret == want && t.done == (want ? 0 : sizeof(buf));
		ok &= !memcmp(buf, want ? before : (void *)mark, sizeof(buf));
		ret = mem_write(fd, mark, (void *)mark, sizeof(mark), flags[i],
				&t);
		ok &= ret == want && t.done == (want ? 0 : sizeof(buf));
	}
	memset(buf, 0x77, sizeof(buf));
	ret = mem_read(fd, mark, buf, sizeof(buf), DBGMEM_ZEROFILL, &t);
	ok &= ret == want && t.done == (want ? 0 : sizeof(buf));
	n = pread(fd, buf, sizeof(buf), (uintptr_t)mark);
	ok &= want ? n == -1 && errno == -want : n == (ssize_t)sizeof(buf);
	n = pwrite(fd, (void *)mark, sizeof(mark), (uintptr_t)mark);
	ok &= want ? n == -1 && errno == -want : n == (ssize_t)sizeof(buf);
	ok &= !session_info(fd, &info) && info.state == state;
	return ok;
}

FIXTURE(lifetime)
{
	struct target target;
	int fd;
};

FIXTURE_VARIANT(lifetime)
{
	const char *engine;
};

FIXTURE_VARIANT_ADD(lifetime, remote)
{
	.engine = "remote",
};

FIXTURE_VARIANT_ADD(lifetime, pinned)
{
	.engine = "pinned",
};

FIXTURE_VARIANT_ADD(lifetime, mirror)
{
	.engine = "mirror",
};

FIXTURE_SETUP(lifetime)
{
	ASSERT_EQ(0, engine_set(variant->engine));
	ASSERT_EQ(0, target_start(&self->target));
	self->fd = session_open(self->target.pid, O_RDWR);
	ASSERT_LE(0, self->fd);
}

FIXTURE_TEARDOWN(lifetime)
{
	close(self->fd);
	target_stop(&self->target);
	engine_set("auto");
}

/* --- what targets do --- */

static long do_exit(void *arg)
{
	_exit((uintptr_t)arg);
}

static long do_exec(void *arg)
{
	execlp("sleep", "sleep", arg, NULL);
	return -errno;
}

static void *thread_exec(void *arg)
{
	do_exec(arg);
	return NULL;
}

static long do_exec_in_thread(void *arg)
{
	pthread_t t;

	if (pthread_create(&t, NULL, thread_exec, arg))
		return -EAGAIN;
	pthread_join(t, NULL);
	return -1;
}

static int loop_in, loop_out;

static void *thread_loop(void *arg)
{
	target_loop(loop_in, loop_out);
	return NULL;
}

/* Let another thread answer the test's commands, and end this one. */
static long do_leave_to_thread(void *arg)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, thread_loop, NULL))
		return -EAGAIN;
	syscall(SYS_exit, 0);
	return -1;
}

static long do_gettid(void *arg)
{
	return syscall(SYS_gettid);
}

static long do_mark(void *arg)
{
	mark[0] = (uintptr_t)arg;
	return 0;
}

static void *thread_exit_group(void *arg)
{
	sleep_ms(50);
	syscall(SYS_exit_group, (int)(uintptr_t)arg);
	return NULL;
}

static long do_exit_group_in_thread(void *arg)
{
	pthread_t t;

	if (pthread_create(&t, NULL, thread_exit_group, arg))
		return -EAGAIN;
	for (;;)
		pause();
}

/* Wait until the session leaves the attached state. */
static uint32_t state_after(int fd, long ms)
{
	struct dbgmem_session_info info = {};
	long end = now_ms() + ms;

	do {
		if (session_info(fd, &info) ||
		    info.state != DBGMEM_STATE_ATTACHED)
			break;
		sleep_ms(1);
	} while (now_ms() < end);
	return info.state;
}

/* --- tests --- */

TEST_F_TIMEOUT(lifetime, while_the_target_lives_all_works, 60)
{
	EXPECT_TRUE(session_says(self->fd, 0));
}

TEST_F_TIMEOUT(lifetime, exit_is_esrch, 60)
{
	target_send(&self->target, do_exit, NULL);
	ASSERT_EQ(0, child_wait(self->target.pid));
	EXPECT_TRUE(session_says(self->fd, -ESRCH));
}

TEST_F_TIMEOUT(lifetime, zombie_is_esrch, 60)
{
	target_send(&self->target, do_exit, NULL);
	ASSERT_TRUE(proc_wait_state(self->target.pid, 'Z'));
	EXPECT_TRUE(session_says(self->fd, -ESRCH));
	ASSERT_EQ(0, child_wait(self->target.pid));
	EXPECT_TRUE(session_says(self->fd, -ESRCH));
}

TEST_F_TIMEOUT(lifetime, kill_is_esrch, 60)
{
	kill(self->target.pid, SIGKILL);
	ASSERT_EQ(-SIGKILL, child_wait(self->target.pid));
	EXPECT_TRUE(session_says(self->fd, -ESRCH));
}

TEST_F_TIMEOUT(lifetime, exit_group_by_a_thread_is_esrch, 60)
{
	target_send(&self->target, do_exit_group_in_thread, (void *)5);
	ASSERT_EQ(5, child_wait(self->target.pid));
	EXPECT_TRUE(session_says(self->fd, -ESRCH));
}

TEST_F_TIMEOUT(lifetime, execve_is_estale_and_stays_so, 60)
{
	target_send(&self->target, do_exec, "1000");
	EXPECT_EQ(DBGMEM_STATE_EXECED, state_after(self->fd, 10000));
	EXPECT_TRUE(session_says(self->fd, -ESTALE));
	/* when the second program ends as well */
	kill(self->target.pid, SIGKILL);
	ASSERT_EQ(-SIGKILL, child_wait(self->target.pid));
	EXPECT_TRUE(session_says(self->fd, -ESTALE));
}

TEST_F_TIMEOUT(lifetime, execve_by_another_thread_is_estale, 60)
{
	target_send(&self->target, do_exec_in_thread, "1000");
	EXPECT_EQ(DBGMEM_STATE_EXECED, state_after(self->fd, 10000));
	EXPECT_TRUE(session_says(self->fd, -ESTALE));
}

/* Nobody asked the session between the execve and the exit. */
TEST_F_TIMEOUT(lifetime, execve_and_exit_unseen_is_refused, 60)
{
	unsigned char buf[8];
	int ret;

	target_send(&self->target, do_exec, "0");
	ASSERT_EQ(0, child_wait(self->target.pid));
	ret = mem_read(self->fd, mark, buf, sizeof(buf), 0, NULL);
	EXPECT_TRUE(ret == -ESRCH || ret == -ESTALE);
	/* whichever it was, it is settled */
	EXPECT_TRUE(session_says(self->fd, ret));
}

TEST_F_TIMEOUT(lifetime, new_session_after_execve_is_the_new_program, 60)
{
	struct dbgmem_session_info info;
	int fd;

	target_send(&self->target, do_exec, "1000");
	ASSERT_EQ(DBGMEM_STATE_EXECED, state_after(self->fd, 10000));
	fd = session_open(self->target.pid, O_RDWR);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, session_info(fd, &info));
	EXPECT_EQ(DBGMEM_STATE_ATTACHED, info.state);
	EXPECT_TRUE(session_says(self->fd, -ESTALE));
	close(fd);
}

TEST_F_TIMEOUT(lifetime, goes_on_when_only_the_first_thread_exits, 60)
{
	unsigned char buf[4] = "new";
	struct dbgmem_session_info info;
	struct target t = {};
	int fd, late, mem_fd, to[2], from[2];
	char name[32];
	long tid;

	/* one whose commands a second thread can take over */
	ASSERT_EQ(0, pipe2(to, O_CLOEXEC) | pipe2(from, O_CLOEXEC));
	t.pid = fork();
	if (!t.pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		loop_in = to[0];
		loop_out = from[1];
		target_loop(to[0], from[1]);
	}
	t.to = to[1];
	t.from = from[0];
	close(to[0]);
	close(from[1]);
	fd = session_open(t.pid, O_RDWR);
	ASSERT_LE(0, fd);
	target_send(&t, do_leave_to_thread, NULL);
	ASSERT_TRUE(proc_wait_state(t.pid, 'Z'));
	tid = target_call(&t, do_gettid, NULL);
	ASSERT_LT(0, tid);
	ASSERT_NE(t.pid, tid);

	EXPECT_TRUE(session_says(fd, 0));
	EXPECT_EQ(0, target_call(&t, do_mark, (void *)'X'));
	EXPECT_EQ(0, mem_read(fd, mark, buf, 1, 0, NULL));
	EXPECT_EQ('X', buf[0]);
	EXPECT_EQ(0, mem_write(fd, mark, "Y", 1, 0, NULL));
	EXPECT_EQ(0, mem_read(fd, mark, buf, 1, DBGMEM_EXACT, NULL));
	EXPECT_EQ('Y', buf[0]);

	/* the leader's own mem file is empty by now; a live thread's is not */
	late = dev_open(O_RDWR);
	mem_fd = proc_open(t.pid, "mem", O_RDWR);
	if (mem_fd >= 0)
		EXPECT_GT(0, attach(late, t.pid, mem_fd));
	snprintf(name, sizeof(name), "task/%ld/mem", tid);
	mem_fd = proc_open(t.pid, name, O_RDWR);
	ASSERT_LE(0, mem_fd);
	EXPECT_EQ(0, attach(late, t.pid, mem_fd));
	EXPECT_EQ(0, mem_read(late, mark, buf, 1, 0, NULL));
	EXPECT_EQ('Y', buf[0]);
	ASSERT_EQ(0, session_info(late, &info));
	EXPECT_EQ(t.pid, info.pid);

	target_send(&t, do_exit, NULL);
	EXPECT_EQ(0, child_wait(t.pid));
	EXPECT_TRUE(session_says(fd, -ESRCH));
	EXPECT_TRUE(session_says(late, -ESRCH));
	close(late);
	close(fd);
}

/* --- a pid that is used again --- */

static pid_t fork_as(pid_t pid)
{
	struct clone_args args = {
		.exit_signal = SIGCHLD,
		.set_tid = (uintptr_t)&pid,
		.set_tid_size = 1,
	};
	pid_t ret = syscall(SYS_clone3, &args, sizeof(args));

	if (ret)
		return ret < 0 ? -errno : ret;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	mark[0] = '!';		/* the newcomer's secret */
	for (;;)
		pause();
}

TEST_F_TIMEOUT(lifetime, reused_pid_is_never_reached, 120)
{
	int fd, mem_fd, late, ret;
	long i, rounds = slow_rounds(200);
	unsigned char buf[1];
	pid_t pid, again;
	long end;

	for (i = 0; i < rounds; i++) {
		pid = fork();
		if (!pid) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			for (;;)
				pause();
		}
		ASSERT_LT(0, pid);
		fd = session_open(pid, O_RDWR);
		ASSERT_LE(0, fd);
		mem_fd = proc_open(pid, "mem", O_RDWR);
		kill(pid, SIGKILL);
		ASSERT_EQ(-SIGKILL, child_wait(pid));
		again = fork_as(pid);
		ASSERT_EQ(pid, again);

		buf[0] = 0;
		EXPECT_EQ(-ESRCH, mem_read(fd, mark, buf, 1, 0, NULL));
		EXPECT_EQ(-ESRCH, mem_write(fd, mark, "?", 1, 0, NULL));
		EXPECT_EQ(-1, pread(fd, buf, 1, (uintptr_t)mark));
		late = dev_open(O_RDWR);
		ret = attach(late, pid, mem_fd);
		EXPECT_TRUE(ret == -EXDEV || ret == -ESTALE || ret == -ESRCH)
			TH_LOG("attach: %d", ret);
		EXPECT_EQ(-ENOTCONN, mem_read(late, mark, buf, 1, 0, NULL));
		EXPECT_EQ(0, buf[0]);
		close(late);

		/* the newcomer is whole, and can be attached to */
		late = session_open(pid, O_RDWR);
		ASSERT_LE(0, late);
		end = now_ms() + 10000;
		do {
			EXPECT_EQ(0, mem_read(late, mark, buf, 1, 0, NULL));
		} while (buf[0] != '!' && now_ms() < end);
		EXPECT_EQ('!', buf[0]);
		close(late);
		close(mem_fd);
		close(fd);
		kill(pid, SIGKILL);
		ASSERT_EQ(-SIGKILL, child_wait(pid));
	}
}

/* --- memory is not kept --- */

static long mem_available_mib(void)
{
	char text[4096], *p;

	if (file_read("/proc/meminfo", text, sizeof(text)) < 0)
		return -1;
	p = strstr(text, "MemAvailable:");
	return p ? atol(p + 13) / 1024 : -1;
}

TEST_F_TIMEOUT(lifetime, dead_target_keeps_no_memory_in_an_open_session, 180)
{
	long before, used, after, end, mib = 256;
	unsigned char *big, buf[8];
	int fd, ready[2];
	pid_t pid;
	char c;

	before = mem_available_mib();
	if (before < 384)
		SKIP(return, "only %ld MiB of memory are free", before);
	ASSERT_EQ(0, pipe2(ready, O_CLOEXEC));
	big = mmap(NULL, mib << 20, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	ASSERT_NE(MAP_FAILED, big);
	pid = fork();
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		memset(big, 1, mib << 20);
		if (write(ready[1], "x", 1) == 1)
			for (;;)
				pause();
		_exit(1);
	}
	ASSERT_EQ(1, read(ready[0], &c, 1));
	fd = session_open(pid, O_RDWR);
	ASSERT_LE(0, fd);
	/* used in every way, so that whatever it would keep it does */
	EXPECT_EQ(0, mem_read(fd, big, buf, sizeof(buf), 0, NULL));
	EXPECT_EQ(0, mem_write(fd, big + (mib << 19), buf, sizeof(buf),
			       DBGMEM_EXACT, NULL));
	used = mem_available_mib();
	EXPECT_LE(mib - 32, before - used);
	kill(pid, SIGKILL);
	ASSERT_EQ(-SIGKILL, child_wait(pid));
	end = now_ms() + 10000;
	do {
		after = mem_available_mib();
	} while (after < before - 32 && now_ms() < end);
	EXPECT_LE(before - 32, after);
	EXPECT_EQ(-ESRCH, mem_read(fd, big, buf, sizeof(buf), 0, NULL));
	close(fd);
}

TEST_HARNESS_MAIN
