// SPDX-License-Identifier: GPL-2.0
/*
 * poll and epoll on a session: memory is always ready; the end of the target is
 * reported, and wakes sleepers.
 */
#include "proc.h"
#include "slow_fault.h"

#include <poll.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/time.h>

#include <kselftest_harness.h>

FIXTURE(poll)
{
	struct target target;
	int fd;
};

FIXTURE_SETUP(poll)
{
	ASSERT_EQ(0, target_start(&self->target));
	self->fd = session_open(self->target.pid, O_RDWR);
	ASSERT_LE(0, self->fd);
}

FIXTURE_TEARDOWN(poll)
{
	close(self->fd);
	target_stop(&self->target);
}

static int poll_now(int fd, int timeout)
{
	struct pollfd p = { .fd = fd, .events = POLLPRI };
	int n = poll(&p, 1, timeout);

	return n < 0 ? -errno : n ? p.revents : 0;
}

static int poll_ready(int fd)
{
	struct pollfd p = {
		.fd = fd,
		.events = POLLIN | POLLOUT | POLLRDNORM | POLLWRNORM,
	};

	return poll(&p, 1, 0) < 0 ? -errno : p.revents;
}

static long do_exit_later(void *arg)
{
	sleep_ms((uintptr_t)arg);
	_exit(0);
}

static long do_exec_later(void *arg)
{
	sleep_ms((uintptr_t)arg);
	execlp("sleep", "sleep", "1000", NULL);
	return -errno;
}

static void *thread_sleeps(void *arg)
{
	for (;;)
		pause();
	return arg;
}

static void *thread_ends_all(void *arg)
{
	sleep_ms((uintptr_t)arg);
	syscall(SYS_exit_group, 0);
	return NULL;
}

static long do_exit_group_later(void *arg)
{
	pthread_t t;
	int i;

	for (i = 0; i < 4; i++)
		if (pthread_create(&t, NULL, thread_sleeps, NULL))
			return -EAGAIN;
	if (pthread_create(&t, NULL, thread_ends_all, arg))
		return -EAGAIN;
	for (;;)
		pause();
}

/* Poll with a long limit: what is told, when @fn ends the target in 300 ms. */
static int poll_while(struct target *t, int fd, target_fn fn, long *ms)
{
	long start = now_ms();
	int ret;

	target_send(t, fn, (void *)300);
	ret = poll_now(fd, 20000);
	*ms = now_ms() - start;
	return ret;
}

TEST(unbound_session_polls_as_error)
{
	int fd = dev_open(O_RDWR);

	EXPECT_EQ(POLLERR, poll_now(fd, 1000));
	EXPECT_EQ(POLLERR, poll_ready(fd) & (POLLERR | POLLHUP));
}

TEST_F_TIMEOUT(poll, memory_is_always_ready_as_the_access_allows, 60)
{
	int r = session_open(self->target.pid, O_RDONLY);
	int w = session_open(self->target.pid, O_WRONLY);

	EXPECT_EQ(POLLIN | POLLRDNORM | POLLOUT | POLLWRNORM,
		  poll_ready(self->fd));
	EXPECT_EQ(POLLIN | POLLRDNORM, poll_ready(r));
	EXPECT_EQ(POLLOUT | POLLWRNORM, poll_ready(w));
	close(r);
	close(w);
}

TEST_F_TIMEOUT(poll, poll_sleeps_while_the_target_lives, 60)
{
	EXPECT_EQ(0, poll_now(self->fd, 300));
}

TEST_F_TIMEOUT(poll, sleeping_poll_is_woken_by_exit, 60)
{
	long ms;

	EXPECT_EQ(POLLHUP, poll_while(&self->target, self->fd, do_exit_later,
				      &ms));
	EXPECT_LE(200, ms);
	EXPECT_LE(ms, 1000 * soon());
	/* and so it stays, with the zombie and without */
	EXPECT_EQ(POLLHUP, poll_now(self->fd, 0));
	ASSERT_EQ(0, child_wait(self->target.pid));
	EXPECT_EQ(POLLHUP, poll_now(self->fd, 1000));
	EXPECT_EQ(POLLHUP, poll_ready(self->fd) & POLLHUP);
}

TEST_F_TIMEOUT(poll, sleeping_poll_is_woken_by_execve, 60)
{
	long ms;

	EXPECT_EQ(POLLHUP, poll_while(&self->target, self->fd, do_exec_later,
				      &ms));
	EXPECT_LE(200, ms);
	EXPECT_LE(ms, 1000 * soon());
	EXPECT_EQ(POLLHUP, poll_now(self->fd, 0));
	/* the new program lives, the session's target does not */
	EXPECT_EQ(0, kill(self->target.pid, 0));
	EXPECT_EQ(-ESTALE, mem_read(self->fd, &ms, &ms, 1, 0, NULL));
}

TEST_F_TIMEOUT(poll, sleeping_poll_is_woken_by_exit_group_of_threads, 60)
{
	long ms;

	EXPECT_EQ(POLLHUP, poll_while(&self->target, self->fd,
				      do_exit_group_later, &ms));
	EXPECT_LE(200, ms);
	EXPECT_LE(ms, 1000 * soon());
}

TEST_F_TIMEOUT(poll, sleeping_poll_is_woken_by_kill, 60)
{
	long start;
	pid_t pid;

	pid = fork();
	if (!pid) {
		sleep_ms(300);
		kill(self->target.pid, SIGKILL);
		_exit(0);
	}
	start = now_ms();
	EXPECT_EQ(POLLHUP, poll_now(self->fd, 20000));
	EXPECT_LE(now_ms() - start, 1000 * soon());
	child_wait(pid);
}

TEST_F_TIMEOUT(poll, edge_triggered_epoll_tells_once, 60)
{
	struct epoll_event ev = { .events = EPOLLET | EPOLLPRI }, got = {};
	int ep = epoll_create1(EPOLL_CLOEXEC);

	ASSERT_EQ(0, epoll_ctl(ep, EPOLL_CTL_ADD, self->fd, &ev));
	EXPECT_EQ(0, epoll_wait(ep, &got, 1, 200));
	target_send(&self->target, do_exit_later, (void *)200);
	EXPECT_EQ(1, epoll_wait(ep, &got, 1, 20000));
	EXPECT_EQ(EPOLLHUP, got.events);
	/* settle: exit may wake in two places */
	ASSERT_EQ(0, child_wait(self->target.pid));
	epoll_wait(ep, &got, 1, 200);
	EXPECT_EQ(0, epoll_wait(ep, &got, 1, 300));
	close(ep);
}

TEST_F_TIMEOUT(poll, close_during_poll_and_epoll_is_harmless, 60)
{
	struct epoll_event ev = { .events = EPOLLPRI };
	int i, fd, ep = epoll_create1(EPOLL_CLOEXEC);

	for (i = 0; i < 200; i++) {
		fd = session_open(self->target.pid, O_RDWR);
		ASSERT_LE(0, fd);
		EXPECT_EQ(0, epoll_ctl(ep, EPOLL_CTL_ADD, fd, &ev));
		EXPECT_EQ(0, poll_now(fd, i % 2));
		close(fd);
	}
	EXPECT_EQ(0, epoll_wait(ep, &ev, 1, 0));
	EXPECT_EQ(0, poll_now(self->fd, 0));
}

/* --- signals that are handled --- */

/* The end of a session that may only write: POLLHUP, 0, -EINTR or what not. */
typedef int (*wait_fn)(int fd, int ms);

static int wait_poll(int fd, int ms)
{
	return poll_now(fd, ms);
}

static int wait_ppoll(int fd, int ms)
{
	struct timespec ts = { ms / 1000, ms % 1000 * 1000000L };
	struct pollfd p = { .fd = fd, .events = POLLPRI };
	int n = ppoll(&p, 1, &ts, NULL);

	return n < 0 ? -errno : n ? p.revents : 0;
}

/* It does not tell the end of the target from an error: look again. */
static int selected(int n, int fd)
{
	return n < 0 ? -errno : n ? poll_now(fd, 0) : 0;
}

static int wait_select(int fd, int ms)
{
	struct timeval tv = { ms / 1000, ms % 1000 * 1000L };
	fd_set r;

	FD_ZERO(&r);
	FD_SET(fd, &r);
	return selected(select(fd + 1, &r, NULL, NULL, &tv), fd);
}

static int wait_pselect(int fd, int ms)
{
	struct timespec ts = { ms / 1000, ms % 1000 * 1000000L };
	fd_set r;

	FD_ZERO(&r);
	FD_SET(fd, &r);
	return selected(pselect(fd + 1, &r, NULL, NULL, &ts, NULL), fd);
}

static int wait_epoll(int fd, int ms)
{
	struct epoll_event ev = { .events = EPOLLPRI }, got = {};
	int n, ep = epoll_create1(EPOLL_CLOEXEC);

	if (ep < 0)
		return -errno;
	n = epoll_ctl(ep, EPOLL_CTL_ADD, fd, &ev) ? -1 :
	    epoll_wait(ep, &got, 1, ms);
	n = n < 0 ? -errno : n ? (int)got.events : 0;
	close(ep);
	return n;
}

FIXTURE(storm)
{
	struct target target;
	int fd;
};

FIXTURE_VARIANT(storm)
{
	wait_fn wait;
};

#define STORM(name) \
	FIXTURE_VARIANT_ADD(storm, name) { .wait = wait_##name }

STORM(poll);
STORM(ppoll);
STORM(select);
STORM(pselect);
STORM(epoll);

FIXTURE_SETUP(storm)
{
	ASSERT_EQ(0, target_start(&self->target));
	self->fd = session_open(self->target.pid, O_WRONLY);
	ASSERT_LE(0, self->fd);
}

FIXTURE_TEARDOWN(storm)
{
	alarm_storm(0);
	close(self->fd);
	target_stop(&self->target);
}

TEST_F_TIMEOUT(storm, tells_no_error, 60)
{
	int i, j, fd, ret;

	for (i = 0; i < 20; i++) {
		fd = session_open(self->target.pid, O_WRONLY);
		ASSERT_LE(0, fd);
		alarm_storm(100);
		for (j = 0; j < 20; j++) {
			ret = variant->wait(fd, 1);
			if (ret != -EINTR)
				ASSERT_EQ(0, ret);
		}
		alarm_storm(0);
		close(fd);
	}
}

static int wait_on(wait_fn wait, int fd)
{
	long end = now_ms() + 20000;
	int ret;

	do {
		ret = wait(fd, 20000);
	} while (ret == -EINTR && now_ms() < end);
	return ret;
}

TEST_F_TIMEOUT(storm, loses_no_exit, 60)
{
	alarm_storm(100);
	target_send(&self->target, do_exit_later, (void *)200);
	EXPECT_EQ(POLLHUP, wait_on(variant->wait, self->fd));
}

TEST_F_TIMEOUT(storm, loses_no_execve, 60)
{
	alarm_storm(100);
	target_send(&self->target, do_exec_later, (void *)200);
	EXPECT_EQ(POLLHUP, wait_on(variant->wait, self->fd));
}

/* Asked for once under signals, and slept on without. */
TEST_F_TIMEOUT(storm, is_heard_after_it, 60)
{
	struct epoll_event ev = { .events = EPOLLPRI }, got = {};
	int ep = epoll_create1(EPOLL_CLOEXEC);

	alarm_storm(100);
	ASSERT_EQ(0, epoll_ctl(ep, EPOLL_CTL_ADD, self->fd, &ev));
	alarm_storm(0);
	EXPECT_EQ(0, epoll_wait(ep, &got, 1, 200));
	target_send(&self->target, do_exec_later, (void *)200);
	EXPECT_EQ(1, epoll_wait(ep, &got, 1, 20000));
	EXPECT_EQ(EPOLLHUP, got.events);
	close(ep);
}

/* --- a target whose mmap_lock is held --- */

FIXTURE(locked)
{
	struct target target;
	struct slow slow;
	pid_t holder;
	char *own;
	int fd;
};

#define OWN_SIZE	(64 * PAGE)

/* Reads the target's page: the kernel waits for it with the target's lock. */
static pid_t hold_lock(pid_t target, const void *page)
{
	pid_t pid = fork();
	char c;
	int fd;

	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	fd = proc_open(target, "mem", O_RDONLY);
	_exit(pread(fd, &c, 1, (uintptr_t)page) == 1 ? 0 : 1);
}

static long do_touch(void *mem)
{
	memset(mem, 1, OWN_SIZE);
	return 0;
}

FIXTURE_SETUP(locked)
{
	const char *lacks;

	self->slow.kind = SLOW_FUSE;
	lacks = slow_map(&self->slow);
	if (lacks)
		SKIP(return, "%s", lacks);
	self->own = private_alloc(OWN_SIZE);
	ASSERT_NE(NULL, self->own);
	madvise(self->own, OWN_SIZE, MADV_DONTNEED);
	ASSERT_EQ(0, target_start(&self->target));
	self->fd = session_open(self->target.pid, O_RDWR);
	ASSERT_LE(0, self->fd);
	ASSERT_EQ(0, slow_hold(&self->slow, &self->target));
	self->holder = hold_lock(self->target.pid, slow_slot(&self->slow, 3));
	ASSERT_TRUE(slow_waits(&self->slow, 10000));
}

FIXTURE_TEARDOWN(locked)
{
	slow_answer(&self->slow, slow_slot(&self->slow, 3));
	child_wait(self->holder);
	close(self->fd);
	target_stop(&self->target);
	slow_unmap(&self->slow);
}

/* What is to take no time takes less. */
#define AT_ONCE	(200 * soon())

TEST_F_TIMEOUT(locked, does_not_hold_up_poll_or_epoll, 60)
{
	struct epoll_event ev = { .events = EPOLLPRI }, got = {};
	int fd, p[2], ep = epoll_create1(EPOLL_CLOEXEC);
	long start = now_ms();

	ASSERT_EQ(0, pipe2(p, O_CLOEXEC));
	EXPECT_EQ(0, epoll_ctl(ep, EPOLL_CTL_ADD, self->fd, &ev));
	EXPECT_EQ(0, poll_now(self->fd, 1));
	EXPECT_EQ(0, epoll_wait(ep, &got, 1, 1));
	/* others of the same epoll */
	EXPECT_EQ(0, epoll_ctl(ep, EPOLL_CTL_ADD, p[0], &ev));
	EXPECT_EQ(0, epoll_ctl(ep, EPOLL_CTL_DEL, p[0], NULL));
	fd = session_open(self->target.pid, O_RDWR);
	EXPECT_EQ(0, poll_now(fd, 1));
	EXPECT_EQ(0, close(fd));
	EXPECT_LE(now_ms() - start, AT_ONCE);
	/* and nothing is lost */
	slow_answer(&self->slow, slow_slot(&self->slow, 3));
	target_send(&self->target, do_exec_later, (void *)300);
	EXPECT_EQ(1, epoll_wait(ep, &got, 1, 20000));
	EXPECT_EQ(EPOLLHUP, got.events);
	close(ep);
	close(p[0]);
	close(p[1]);
}

TEST_F_TIMEOUT(locked, poll_dies_at_once, 60)
{
	long start;
	pid_t pid;

	pid = fork();
	if (!pid)
		_exit(poll_now(self->fd, 20000) ? 1 : 0);
	sleep_ms(300);
	start = now_ms();
	kill(pid, SIGKILL);
	EXPECT_EQ(-SIGKILL, child_wait(pid));
	EXPECT_LE(now_ms() - start, 1000);
}

TEST_F_TIMEOUT(locked, poll_does_not_hold_up_the_target, 60)
{
	long start;
	pid_t pid;

	pid = fork();
	if (!pid)
		_exit(poll_now(self->fd, 20000) ? 1 : 0);
	sleep_ms(300);
	start = now_ms();
	target_send(&self->target, do_touch, self->own);
	ASSERT_EQ(1, poll(&(struct pollfd){ .fd = self->target.from,
					    .events = POLLIN }, 1, 5000))
		TH_LOG("the target's page faults wait");
	EXPECT_EQ(0, target_wait(&self->target));
	EXPECT_LE(now_ms() - start, AT_ONCE);
	kill(pid, SIGKILL);
	child_wait(pid);
}

/* Its end is told while its lock is held, too: not even its memory has ended. */
static void expect_told(struct __test_metadata *_metadata,
			FIXTURE_DATA(locked) *self, target_fn end)
{
	long start;
	pid_t pid;

	pid = fork();
	if (!pid)
		_exit(poll_now(self->fd, 20000) == POLLHUP ? 0 : 1);
	sleep_ms(300);
	start = now_ms();
	target_send(&self->target, end, NULL);
	EXPECT_EQ(0, child_wait(pid));
	EXPECT_LE(now_ms() - start, 1000 * soon());
	/* the lock was held all the time */
	EXPECT_EQ(0, waitpid(self->holder, NULL, WNOHANG));
}

TEST_F_TIMEOUT(locked, sleeping_poll_is_woken_by_exit, 60)
{
	expect_told(_metadata, self, do_exit_later);
}

TEST_F_TIMEOUT(locked, sleeping_poll_is_woken_by_execve, 60)
{
	expect_told(_metadata, self, do_exec_later);
}

/* --- the end of one during the close of the other --- */

struct closer {
	int fd;
	long us;
};

static void *thread_closes(void *arg)
{
	struct closer *c = arg;

	usleep(c->us);
	close(c->fd);
	return NULL;
}

TEST_F_TIMEOUT(poll, target_that_ends_during_close_is_harmless, 120)
{
	struct closer c;
	struct target t;
	pthread_t thread;
	int i;

	for (i = 0; i < 100; i++) {
		ASSERT_EQ(0, target_start(&t));
		c.fd = session_open(t.pid, O_RDWR);
		ASSERT_LE(0, c.fd);
		c.us = i * 37 % 1000;
		/* sometimes the kernel got ready, sometimes not */
		EXPECT_EQ(0, poll_now(c.fd, i % 3));
		ASSERT_EQ(0, pthread_create(&thread, NULL, thread_closes, &c));
		target_stop(&t);
		pthread_join(thread, NULL);
	}
}

TEST_HARNESS_MAIN
