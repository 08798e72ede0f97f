// SPDX-License-Identifier: GPL-2.0
/* dbgmem bp clear: asking those who hold breakpoints, and being asked. */
#include "tool_hold.h"

#include <grp.h>
#include <pthread.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/un.h>

FIXTURE(clear) {
	struct target t;
	struct holding h;	/* holds byte 5 of page 0 and 0 of page 1 */
	char pid[16];
	char all[64];		/* the request that clears all */
};

FIXTURE_SETUP(clear)
{
	ASSERT_EQ(0, tool_begin(&self->t, self->pid));
	ASSERT_TRUE(HOLD(&self->h, self->pid, at(0, 5), at(1, 0)))
		TH_LOG("%s", r.err);
	snprintf(self->all, sizeof(self->all), "clear %s all", self->pid);
}

FIXTURE_TEARDOWN(clear)
{
	kill(self->h.pid, SIGKILL);
	hold_end(&self->h);
	tool_end(&self->t);
}

/* What the target itself sees. */
#define TRUTH(page, off) \
	((uint8_t)target_call(&self->t, byte_get, mem + (page) * PAGE + (off)))

#define EXPECT_HELD(page, off) \
	EXPECT_EQ(0xcc, TRUTH(page, off))

#define EXPECT_CLEARED(page, off) \
	EXPECT_EQ((uint8_t)mem[(page) * PAGE + (off)], TRUTH(page, off))

/* --- clear --- */

TEST_F(clear, one_and_then_the_other)
{
	char want[96];

	RUN("bp", "clear", self->pid, at(0, 5));
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	snprintf(want, sizeof(want),
		 "1 of 1 breakpoint(s) of process %s put back\n", self->pid);
	EXPECT_HAS(want, r.err);
	EXPECT_CLEARED(0, 5);
	EXPECT_HELD(1, 0);
	RUN("bp", "clear", self->pid, at(0, 5));
	EXPECT_EQ(1, r.status);
	EXPECT_HAS("there is no breakpoint at ", r.err);
	EXPECT_HAS(at(0, 5), r.err);
	RUN("bp", "clear", self->pid, at(0, 5), at(1, 0));
	EXPECT_EQ(3, r.status) TH_LOG("%s", r.err);
	EXPECT_CLEARED(1, 0);
	/* Nothing is left to hold. */
	hold_end(&self->h);
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	EXPECT_HAS("have been cleared on request", r.err);
	EXPECT_HAS("2 of 2 breakpoint(s)", r.err);
	ASSERT_TRUE(HOLD(&self->h, self->pid, at(0, 5))) TH_LOG("%s", r.err);
}

TEST_F(clear, all_of_all_holders)
{
	struct holding other;

	ASSERT_TRUE(HOLD(&other, self->pid, at(0, 100), at(2, 0)))
		TH_LOG("%s", r.err);
	RUN("bp", "clear", "--all", self->pid);
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	EXPECT_HAS("4 of 4 breakpoint(s)", r.err);
	EXPECT_CLEARED(0, 5);
	EXPECT_CLEARED(0, 100);
	EXPECT_CLEARED(1, 0);
	EXPECT_CLEARED(2, 0);
	hold_end(&other);
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	RUN("bp", "clear", "--all", self->pid);
	EXPECT_EQ(0, r.status);
	EXPECT_HAS("has no breakpoints", r.err);
	hold_end(&self->h);
	ASSERT_TRUE(HOLD(&self->h, self->pid, at(0, 5))) TH_LOG("%s", r.err);
}

TEST_F(clear, lost_is_told)
{
	target_call(&self->t, byte_set, mem + 5);
	RUN("bp", "clear", "-a", self->pid);
	EXPECT_EQ(3, r.status);
	EXPECT_HAS("1 of 2 breakpoint(s)", r.err);
	EXPECT_HAS("lost", r.err);
	EXPECT_EQ(0xee, TRUTH(0, 5));
	hold_end(&self->h);
	EXPECT_EQ(3, r.status);
	EXPECT_HAS("lost", r.err);
	ASSERT_TRUE(HOLD(&self->h, self->pid, at(0, 5))) TH_LOG("%s", r.err);
}

TEST_F(clear, holder_that_is_stopped)
{
	kill(self->h.pid, SIGSTOP);
	RUN("bp", "clear", "-a", self->pid);
	kill(self->h.pid, SIGCONT);
	EXPECT_EQ(1, r.status);
	EXPECT_HAS("does not answer: is it stopped?", r.err);
}

/* --- breakpoints of other programs --- */

static int own_breakpoint(const char *pid, uint64_t addr)
{
	struct dbgmem_bp_set b = {
		.size = sizeof(b),
		.addr = addr,
		.len = 1,
		.trap = { 0xcc },
	};
	int fd = session_open(atoi(pid), O_RDWR);

	if (fd >= 0 && ioctl(fd, DBGMEM_IOC_BP_SET, &b)) {
		close(fd);
		return -errno;
	}
	return fd;
}

static socklen_t holder_name(pid_t pid, struct sockaddr_un *sun)
{
	int n;

	*sun = (struct sockaddr_un){ .sun_family = AF_UNIX };
	n = sprintf(sun->sun_path + 1, "dbgmem-bp-%d", pid);
	return offsetof(struct sockaddr_un, sun_path) + 1 + n;
}

static int listen_as(pid_t pid)
{
	struct sockaddr_un sun;
	socklen_t len = holder_name(pid, &sun);
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	if (bind(fd, (struct sockaddr *)&sun, len) || listen(fd, 1))
		return -errno;
	return fd;
}

TEST_F(clear, another_programs_are_left_to_it)
{
	char words[64];
	int fd;

	fd = own_breakpoint(self->pid, (uintptr_t)mem + 2 * PAGE);
	ASSERT_LE(0, fd);
	RUN("bp", "clear", "--all", self->pid);
	EXPECT_EQ(3, r.status);
	snprintf(words, sizeof(words), "process %d (test_tool_bp_cl): it is no",
		 getpid());
	EXPECT_HAS(words, r.err);
	EXPECT_CLEARED(0, 5);
	EXPECT_HELD(2, 0);
	RUN("bp", "clear", self->pid, at(2, 0));
	EXPECT_EQ(1, r.status);
	close(fd);
	EXPECT_CLEARED(2, 0);
}

static void *talk_nonsense(void *arg)
{
	int fd = accept(*(int *)arg, NULL, NULL);
	char buf[64];

	if (recv(fd, buf, sizeof(buf), 0) > 0)
		send(fd, "220 ready", 9, MSG_NOSIGNAL);
	close(fd);
	return NULL;
}

TEST_F(clear, answer_that_is_none)
{
	pthread_t thread;
	int fd, sock;

	fd = own_breakpoint(self->pid, (uintptr_t)mem + 2 * PAGE);
	ASSERT_LE(0, fd);
	sock = listen_as(getpid());
	ASSERT_LE(0, sock);
	ASSERT_EQ(0, pthread_create(&thread, NULL, talk_nonsense, &sock));
	RUN("bp", "clear", self->pid, at(2, 0));
	EXPECT_EQ(1, r.status);
	EXPECT_HAS("no answer that can be understood", r.err);
	pthread_join(thread, NULL);
	close(sock);
	close(fd);
}

TEST_F(clear, impostor_is_found_out)
{
	int fd, ready[2];
	pid_t pid;
	char c;

	fd = own_breakpoint(self->pid, (uintptr_t)mem + 2 * PAGE);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, pipe(ready));
	pid = fork();
	if (!pid) {
		int sock = listen_as(getppid());

		prctl(PR_SET_PDEATHSIG, SIGKILL);
		c = sock >= 0 ? 'y' : 'n';
		write(ready[1], &c, 1);
		talk_nonsense(&sock);
		_exit(0);
	}
	ASSERT_EQ(1, read(ready[0], &c, 1));
	ASSERT_EQ('y', c);
	RUN("bp", "clear", self->pid, at(2, 0));
	EXPECT_EQ(1, r.status);
	EXPECT_HAS("another process listens in its place", r.err);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	close(fd);
}

/* --- being asked --- */

static int holder_connect(pid_t pid)
{
	struct sockaddr_un sun;
	socklen_t len = holder_name(pid, &sun);
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	if (connect(fd, (struct sockaddr *)&sun, len)) {
		close(fd);
		return -errno;
	}
	return fd;
}

/* The holder's answer to @len bytes of @text, in @in; false: it hung up. */
static bool holder_ask(pid_t pid, const void *text, size_t len, char in[256])
{
	int fd = holder_connect(pid);
	ssize_t n;

	if (fd < 0 || send(fd, text, len, MSG_NOSIGNAL) < 0)
		return false;
	n = recv(fd, in, 255, 0);
	in[n > 0 ? n : 0] = '\0';
	close(fd);
	return n > 0;
}

TEST_F(clear, requests_that_are_none)
{
	char big[4096], in[256], text[64];

	EXPECT_TRUE(holder_ask(self->h.pid, "frobnicate", 10, in));
	EXPECT_HAS("failed 0 0 it does not understand", in);
	memset(big, 'x', sizeof(big));
	EXPECT_TRUE(holder_ask(self->h.pid, big, sizeof(big), in));
	EXPECT_HAS("does not understand", in);
	EXPECT_TRUE(holder_ask(self->h.pid, self->all, strlen(self->all) + 1,
			       in));
	EXPECT_HAS("does not understand", in);
	/* An empty datagram is what the end of the connection looks like. */
	EXPECT_FALSE(holder_ask(self->h.pid, "", 0, in));
	EXPECT_TRUE(holder_ask(self->h.pid, "clear 1 all", 11, in));
	EXPECT_HAS("failed 0 0 it holds breakpoints of another process", in);
	snprintf(text, sizeof(text), "clear %s 0x5", self->pid);
	EXPECT_TRUE(holder_ask(self->h.pid, text, strlen(text), in));
	EXPECT_HAS("none 0 0 ", in);
	EXPECT_HELD(0, 5);
	EXPECT_HELD(1, 0);
	EXPECT_TRUE(holder_ask(self->h.pid, self->all, strlen(self->all), in));
	EXPECT_HAS("ok 2 0 ", in);
	EXPECT_CLEARED(0, 5);
}

TEST_F(clear, silent_clients_block_nobody)
{
	int fd[40], i;

	for (i = 0; i < 40; i++) {
		fd[i] = holder_connect(self->h.pid);
		ASSERT_LE(0, fd[i]);
	}
	RUN("bp", "clear", self->pid, at(0, 5));
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	EXPECT_CLEARED(0, 5);
	kill(self->h.pid, SIGINT);
	hold_end(&self->h);
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	for (i = 0; i < 40; i++)
		close(fd[i]);
	ASSERT_TRUE(HOLD(&self->h, self->pid, at(0, 5))) TH_LOG("%s", r.err);
}

TEST_F(clear, other_users_are_refused)
{
	int status, report[2];
	char in[256] = "";
	pid_t pid;

	ASSERT_EQ(0, pipe(report));
	pid = fork();
	if (!pid) {
		if (setgroups(0, NULL) || setresgid(65534, 65534, 65534) ||
		    setresuid(65534, 65534, 65534))
			_exit(99);
		holder_ask(self->h.pid, self->all, strlen(self->all), in);
		write(report[1], in, sizeof(in));
		_exit(0);
	}
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	ASSERT_EQ(0, status);
	ASSERT_EQ((ssize_t)sizeof(in), read(report[0], in, sizeof(in)));
	EXPECT_HAS("failed 0 0 it belongs to another user", in);
	EXPECT_HELD(0, 5);
}

TEST_F(clear, holder_without_its_name_holds_all_the_same)
{
	struct holding other;
	int sock, go[2];
	pid_t pid;
	char c = 0;

	/* The pid is known before the program runs: take its name. */
	ASSERT_EQ(0, pipe2(go, O_CLOEXEC));
	other.out = capture_file("out", NULL, 0);
	other.err = capture_file("err", NULL, 0);
	pid = fork();
	if (!pid) {
		dup2(other.out, 1);
		dup2(other.err, 2);
		if (read(go[0], &c, 1) != 1)
			_exit(99);
		execl(tool_path(), "dbgmem", "bp", "set", "--hold",
		      ONE_BYTE_TRAP self->pid, at(2, 0), NULL);
		_exit(98);
	}
	other.pid = pid;
	sock = listen_as(pid);
	ASSERT_LE(0, sock);
	ASSERT_EQ(1, write(go[1], "g", 1));
	while (TRUTH(2, 0) != 0xcc)
		usleep(10000);
	usleep(200000);
	kill(pid, SIGINT);
	hold_end(&other);
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	EXPECT_HAS("cannot ask this process", r.err);
	EXPECT_HAS("1 of 1 breakpoint(s)", r.err);
	close(sock);
}

TEST_HARNESS_MAIN
