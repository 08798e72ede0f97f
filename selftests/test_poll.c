// SPDX-License-Identifier: GPL-2.0
/*
 * poll and epoll on a session: memory is always ready, and the end of the target
 * is told, to sleepers too.
 */
#include "proc.h"

#include <poll.h>
#include <pthread.h>
#include <sys/epoll.h>

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

TEST_HARNESS_MAIN
