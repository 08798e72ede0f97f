// SPDX-License-Identifier: GPL-2.0
/* The threads of a process as notes: how long they are stopped for that. */
#include "proc.h"

#include <pthread.h>
#include <sys/resource.h>

#include "kselftest_harness.h"
#include "slow.h"

#include "core/threads.h"

#define STUCK		40
#define CHILD_MS	1500	/* that of the first thread lives for */

/* A process with threads that wait for the child of vfork(): they do not stop. */
struct crowd {
	pid_t pid;
	int first[2], others[2]; /* the ends of these are what the children wait for */
	struct shared {
		int waiting, back;
		long last;	/* when the last one came back */
	} *shared;
};

static struct shared *shared;

static void *stuck(void *gate)
{
	__atomic_add_fetch(&shared->waiting, 1, __ATOMIC_SEQ_CST);
	wait_in_vfork(*(int *)gate);
	__atomic_store_n(&shared->last, now_ms(), __ATOMIC_SEQ_CST);
	__atomic_add_fetch(&shared->back, 1, __ATOMIC_SEQ_CST);
	for (;;)
		pause();
	return gate;
}

static bool wait_for(int *nr, int wanted)
{
	long end = now_ms() + 10000;

	while (__atomic_load_n(nr, __ATOMIC_SEQ_CST) != wanted) {
		if (now_ms() > end)
			return false;
		sleep_ms(1);
	}
	return true;
}

static bool crowd_begin(struct crowd *c, int nr)
{
	pthread_t thread;
	int i;

	c->shared = mmap(NULL, sizeof(*c->shared), PROT_READ | PROT_WRITE,
			 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (c->shared == MAP_FAILED || pipe2(c->first, O_CLOEXEC) ||
	    pipe2(c->others, O_CLOEXEC))
		return false;
	shared = c->shared;
	c->pid = fork();
	if (!c->pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		close(c->first[1]);
		close(c->others[1]);
		for (i = 0; i < nr; i++)
			pthread_create(&thread, NULL, stuck,
				       i ? &c->others[0] : &c->first[0]);
		for (;;)
			pause();
	}
	close(c->first[0]);
	close(c->others[0]);
	if (!wait_for(&c->shared->waiting, nr) ||
	    !proc_wait_state(c->pid, 'S'))
		return false;
	/* The last of them is on its way into vfork(). */
	sleep_ms(50);
	return true;
}

static void crowd_end(struct crowd *c)
{
	kill(c->pid, SIGKILL);
	waitpid(c->pid, NULL, 0);
	if (c->first[1] >= 0)
		close(c->first[1]);
	close(c->others[1]);
	munmap(c->shared, sizeof(*c->shared));
}

static int write_threads(pid_t pid, struct threads *t)
{
	const struct core_kind kind = {
		.wide = sizeof(long) == 8,
#ifdef __x86_64__
		.machine = EM_X86_64,
#else
		.machine = EM_AARCH64,
#endif
	};
	struct notes n = { .wide = kind.wide };
	char path[32];
	int dir, ret;

	snprintf(path, sizeof(path), "/proc/%d", (int)pid);
	dir = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	n.fd = memfd_create("notes", MFD_CLOEXEC);
	ret = threads_write(&n, &kind, dir, pid, true, t);
	close(n.fd);
	close(dir);
	return ret;
}

TEST(those_that_do_not_stop_share_a_second)
{
	struct threads t;
	struct crowd c;
	long begin;

	ASSERT_TRUE(crowd_begin(&c, STUCK));
	begin = now_ms();
	EXPECT_EQ(0, write_threads(c.pid, &t));
	EXPECT_GT(1000 * soon(), now_ms() - begin);
	EXPECT_EQ(STUCK + 1, t.nr);
	EXPECT_EQ(STUCK, t.refused);
	EXPECT_EQ(-ETIMEDOUT, t.refused_code);
	crowd_end(&c);
}

static void *let_first_go(void *arg)
{
	struct crowd *c = arg;

	sleep_ms(CHILD_MS);
	close(c->first[1]);
	c->first[1] = -1;
	return arg;
}

TEST(one_that_did_not_stop_is_not_held_until_the_end)
{
	pthread_t thread;
	struct threads t;
	struct crowd c;
	long opened;

	ASSERT_TRUE(crowd_begin(&c, STUCK));
	opened = now_ms() + CHILD_MS;
	ASSERT_EQ(0, pthread_create(&thread, NULL, let_first_go, &c));
	EXPECT_EQ(0, write_threads(c.pid, &t));
	pthread_join(thread, NULL);
	EXPECT_EQ(STUCK + 1, t.nr);
	ASSERT_TRUE(wait_for(&c.shared->back, 1));
	EXPECT_GT(1000 * soon(), c.shared->last - opened);
	crowd_end(&c);
}

/* --- the notes --- */

static char status_path[32];
static volatile sig_atomic_t written, traced;

static void on_write(int signo)
{
	written = 1;
	traced = file_number(status_path, "TracerPid:") > 0;
}

/* However slow it is to write them: here it is the first byte that is told of. */
TEST(a_thread_goes_on_before_its_notes_are_written)
{
	struct rlimit before, none;
	struct threads t;
	struct crowd c;

	ASSERT_TRUE(crowd_begin(&c, 0));
	snprintf(status_path, sizeof(status_path), "/proc/%d/status",
		 (int)c.pid);
	ASSERT_EQ(0, getrlimit(RLIMIT_FSIZE, &before));
	signal(SIGXFSZ, on_write);
	none = before;
	none.rlim_cur = 0;
	ASSERT_EQ(0, setrlimit(RLIMIT_FSIZE, &none));
	EXPECT_EQ(-EFBIG, write_threads(c.pid, &t));
	ASSERT_EQ(0, setrlimit(RLIMIT_FSIZE, &before));
	EXPECT_TRUE(written);
	EXPECT_FALSE(traced);
	crowd_end(&c);
}

TEST_HARNESS_MAIN
