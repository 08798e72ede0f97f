// SPDX-License-Identifier: GPL-2.0
/*
 * libdbgmem, opening: each error source with its own words, first threads that are
 * gone, mem_fds that are passed on.
 */
#include "userlib_fixture.h"

#include <dbgmem.h>
#include <grp.h>
#include <pthread.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#define NOBODY	65534
#define YAMA	"/proc/sys/kernel/yama/ptrace_scope"

/* --- error sources, as root --- */

TEST(open_refuses_bad_arguments)
{
	struct dbgmem *m = (struct dbgmem *)1;

	EXPECT_EQ(-EINVAL, dbgmem_open(0, DBGMEM_OPEN_WRITE, &m));
	EXPECT_EQ(NULL, m);
	EXPECT_ERROR(EINVAL, DBGMEM_SOURCE_USAGE, "positive number");
	EXPECT_EQ(-EINVAL, dbgmem_open(-5, DBGMEM_OPEN_WRITE, &m));
	EXPECT_EQ(-EINVAL, dbgmem_open(getpid(), 0x10, &m));
	EXPECT_ERROR(EINVAL, DBGMEM_SOURCE_USAGE, "0x10");
	EXPECT_EQ(-EINVAL, dbgmem_open(getpid(), DBGMEM_OPEN_RDONLY |
				       DBGMEM_OPEN_WRITE, &m));
	EXPECT_ERROR(EINVAL, DBGMEM_SOURCE_USAGE, "exclude each other");
}

TEST(open_without_a_target)
{
	struct dbgmem *m = (struct dbgmem *)1;
	siginfo_t si;
	pid_t pid;

	pid = fork();
	if (!pid)
		_exit(0);
	/* A zombie: there, but without memory. */
	ASSERT_EQ(0, waitid(P_PID, pid, &si, WEXITED | WNOWAIT));
	EXPECT_EQ(-ESRCH, dbgmem_open(pid, DBGMEM_OPEN_WRITE, &m));
	EXPECT_EQ(NULL, m);
	EXPECT_ERROR(ESRCH, DBGMEM_SOURCE_TARGET, "exited");
	EXPECT_EQ(pid, dbgmem_last_error()->pid);
	ASSERT_EQ(pid, waitpid(pid, NULL, 0));
	EXPECT_EQ(-ESRCH, dbgmem_open(pid, DBGMEM_OPEN_WRITE, &m));
	EXPECT_ERROR(ESRCH, DBGMEM_SOURCE_TARGET, "no such process");
	/* kthreadd */
	EXPECT_EQ(-ENXIO, dbgmem_open(2, DBGMEM_OPEN_WRITE, &m));
	EXPECT_ERROR(ENXIO, DBGMEM_SOURCE_TARGET, "kernel thread");
}

TEST_F(lib, session_without_write_access)
{
	static const unsigned int flags[] = { 0, DBGMEM_OPEN_RDONLY };
	struct iovec iov = { self->buf, 16 };
	struct dbgmem *ro;
	int mem_fd;
	size_t i;

	for (i = 0; i < 2; i++) {
		ASSERT_EQ(0, dbgmem_open(self->t.pid, flags[i], &ro));
		EXPECT_EQ(DBGMEM_ACCESS_READ, dbgmem_access(ro));
		EXPECT_EQ(1, dbgmem_read(ro, self->addr, self->buf, 1));
		EXPECT_EQ(-EACCES, dbgmem_write(ro, self->addr, "x", 1));
		EXPECT_ERROR(EACCES, DBGMEM_SOURCE_SESSION, "no write access");
		EXPECT_EQ(-EACCES, dbgmem_pwritev(ro, &iov, 1, self->addr));
		EXPECT_ERROR(EACCES, DBGMEM_SOURCE_SESSION, "no write access");
		dbgmem_close(ro);
	}

	/* The mem_fd limits it as well. */
	mem_fd = proc_open(self->t.pid, "mem", O_RDONLY);
	ASSERT_GE(mem_fd, 0);
	ASSERT_EQ(0, dbgmem_open_mem_fd(self->t.pid, mem_fd,
					DBGMEM_OPEN_WRITE, &ro));
	EXPECT_EQ(DBGMEM_ACCESS_READ, dbgmem_access(ro));
	EXPECT_EQ(-EACCES, dbgmem_write(ro, self->addr, "x", 1));
	dbgmem_close(ro);
	EXPECT_EQ(0, close(mem_fd));
	EXPECT_EQ(0, target_call(&self->t, bytes_changed, NULL));
}

TEST_F(lib, mem_fds_that_are_none)
{
	struct dbgmem *m = (struct dbgmem *)1;
	int fd;

	EXPECT_EQ(-EBADF, dbgmem_open_mem_fd(self->t.pid, -1, 0, &m));
	EXPECT_EQ(NULL, m);
	EXPECT_ERROR(EBADF, DBGMEM_SOURCE_MEM_FD, "not an open descriptor");
	EXPECT_EQ(-EBADF, dbgmem_open_mem_fd(self->t.pid, 900, 0, &m));
	EXPECT_ERROR(EBADF, DBGMEM_SOURCE_MEM_FD, "not an open descriptor");

	fd = open("/dev/zero", O_RDWR);
	EXPECT_EQ(-EBADFD, dbgmem_open_mem_fd(self->t.pid, fd, 0, &m));
	EXPECT_ERROR(EBADFD, DBGMEM_SOURCE_MEM_FD, "not a file of procfs");
	close(fd);
	fd = proc_open(self->t.pid, "auxv", O_RDONLY);
	EXPECT_EQ(-EKEYREJECTED, dbgmem_open_mem_fd(self->t.pid, fd, 0, &m));
	EXPECT_ERROR(EKEYREJECTED, DBGMEM_SOURCE_MEM_FD, "weaker check");
	close(fd);
	fd = proc_open(getpid(), "mem", O_RDWR);
	EXPECT_EQ(-EXDEV, dbgmem_open_mem_fd(self->t.pid, fd, 0, &m));
	EXPECT_ERROR(EXDEV, DBGMEM_SOURCE_MEM_FD, "another process");
	close(fd);
	fd = proc_open(self->t.pid, "mem", O_WRONLY);
	EXPECT_EQ(-EACCES, dbgmem_open_mem_fd(self->t.pid, fd,
					      DBGMEM_OPEN_RDONLY, &m));
	EXPECT_ERROR(EACCES, DBGMEM_SOURCE_MEM_FD, "no access mode in common");
	close(fd);
}

TEST_F(lib, mem_fd_older_than_an_exec)
{
	struct pollfd p = { .fd = dbgmem_fd(self->m) };
	struct dbgmem *m;
	int mem_fd;

	mem_fd = proc_open(self->t.pid, "mem", O_RDWR);
	ASSERT_GE(mem_fd, 0);
	target_send(&self->t, other_program, NULL);
	ASSERT_EQ(1, poll(&p, 1, 10000));
	EXPECT_EQ(-ESTALE, dbgmem_open_mem_fd(self->t.pid, mem_fd, 0, &m));
	EXPECT_ERROR(ESTALE, DBGMEM_SOURCE_TARGET, "since the mem_fd was opened");
	close(mem_fd);
}

/* --- error sources, as somebody else --- */

/* What @fn returns as another user, and with what node mode; -1 if it died. */
static int as_nobody(unsigned int node_mode, int (*fn)(void *), void *arg)
{
	int status = 0;
	pid_t pid;

	if (chmod("/dev/dbgmem", node_mode))
		return -1;
	pid = fork();
	if (!pid) {
		if (setgroups(0, NULL) || setresgid(NOBODY, NOBODY, NOBODY) ||
		    setresuid(NOBODY, NOBODY, NOBODY))
			_exit(99);
		/* A change of uid took it away. */
		prctl(PR_SET_DUMPABLE, 1);
		_exit(fn(arg));
	}
	waitpid(pid, &status, 0);
	chmod("/dev/dbgmem", 0600);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

struct refusal {
	pid_t pid;
	int code;
	enum dbgmem_source source;
	const char *words;
};

/* 0 if opening is refused as expected. */
static int expect_refusal(void *arg)
{
	const struct refusal *r = arg;
	struct dbgmem *m;
	int ret;

	ret = dbgmem_open(r->pid, DBGMEM_OPEN_WRITE, &m);
	if (ret == -r->code && dbgmem_last_error()->code == r->code &&
	    dbgmem_last_error()->source == r->source &&
	    strstr(dbgmem_errstr(), r->words))
		return 0;
	fprintf(stderr, "# %d, source %s: %s; no '%s'\n", ret,
		dbgmem_source_str(dbgmem_last_error()->source), dbgmem_errstr(),
		r->words);
	return 1;
}

TEST(gate_of_the_node)
{
	struct refusal r = { getpid(), EACCES, DBGMEM_SOURCE_NODE,
			     "join the group dbgmem" };

	EXPECT_EQ(0, as_nobody(0600, expect_refusal, &r));
	r.words = "mode 0600";
	EXPECT_EQ(0, as_nobody(0600, expect_refusal, &r));
}

TEST_F(lib, gate_of_the_kernel_other_user)
{
	struct refusal r = { self->t.pid, EACCES, DBGMEM_SOURCE_KERNEL,
			     "uid 0" };

	EXPECT_EQ(0, as_nobody(0666, expect_refusal, &r));
	r.words = "CAP_SYS_PTRACE";
	EXPECT_EQ(0, as_nobody(0666, expect_refusal, &r));
}

/* Sets Yama's scope; the old one, or -1. */
static int yama_set(int scope)
{
	FILE *f = fopen(YAMA, "r+");
	int old = -1;

	if (!f)
		return -1;
	if (fscanf(f, "%d", &old) == 1) {
		rewind(f);
		fprintf(f, "%d\n", scope);
	}
	fclose(f);
	return old;
}

/*
 * A sibling of the same user, who waits; @arg points to its refusal. The target
 * is not a descendant, so that Yama has its say.
 */
static int refuse_sibling(void *arg)
{
	struct refusal *r = arg;
	pid_t parent = getpid(), pid;
	int status = 0;

	/* The child opens its parent, which is nobody's descendant here. */
	pid = fork();
	if (!pid) {
		r->pid = parent;
		_exit(expect_refusal(r));
	}
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 98;
}

static int refuse_not_dumpable(void *arg)
{
	prctl(PR_SET_DUMPABLE, 0);
	return refuse_sibling(arg);
}

TEST(gate_of_the_kernel_yama)
{
	struct refusal r = { 0, EACCES, DBGMEM_SOURCE_KERNEL,
			     "ptrace_scope is 1" };
	int old = yama_set(1);

	if (old < 0)
		SKIP(return, "no Yama in this kernel");
	EXPECT_EQ(0, as_nobody(0666, refuse_sibling, &r));
	yama_set(2);
	r.words = "ptrace_scope is 2";
	EXPECT_EQ(0, as_nobody(0666, refuse_sibling, &r));
	yama_set(old);
}

TEST(gate_of_the_kernel_not_dumpable)
{
	struct refusal r = { 0, EACCES, DBGMEM_SOURCE_KERNEL, "not dumpable" };
	int old = yama_set(0);

	EXPECT_EQ(0, as_nobody(0666, refuse_not_dumpable, &r));
	if (old >= 0)
		yama_set(old);
}

/* --- a first thread that is gone --- */

static void *thread_wait(void *unused)
{
	pause();
	return NULL;
}

/* A process whose first thread has exited while another lives; its pid. */
static pid_t leaderless_start(void)
{
	char path[64], stat[128];
	pthread_t thread;
	int i, fd;
	ssize_t n;
	pid_t pid;

	pid = fork();
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (pthread_create(&thread, NULL, thread_wait, NULL))
			_exit(1);
		syscall(SYS_exit, 0);
	}
	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	for (i = 0; i < 5000; i++) {
		fd = open(path, O_RDONLY);
		n = read(fd, stat, sizeof(stat) - 1);
		close(fd);
		stat[n > 0 ? n : 0] = '\0';
		if (strstr(stat, ") Z "))
			return pid;
		usleep(1000);
	}
	return -1;
}

TEST_F(lib, first_thread_gone)
{
	struct dbgmem *m = NULL;
	pid_t pid;

	pid = leaderless_start();
	ASSERT_GT(pid, 0);
	EXPECT_EQ(0, dbgmem_open(pid, DBGMEM_OPEN_WRITE, &m))
		TH_LOG("%s", dbgmem_errstr());
	if (m) {
		EXPECT_EQ((ssize_t)PAGE, dbgmem_read(m, self->addr, self->buf,
						     PAGE));
		EXPECT_TRUE(is_pattern(self->buf, 0, PAGE));
		EXPECT_EQ(0, dbgmem_write_exact(m, self->addr, "new", 3));
		EXPECT_EQ(0, dbgmem_read_exact(m, self->addr, self->buf, 3));
		EXPECT_EQ(0, memcmp("new", self->buf, 3));
	}
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	if (m)
		EXPECT_EQ(-ESRCH, dbgmem_read(m, self->addr, self->buf, 1));
	dbgmem_close(m);
}

static void *thread_end(void *unused)
{
	return unused;
}

/* Of @ended threads that have exited, the first among them, and one that has not. */
static void crowd(int ended)
{
	pthread_t thread;
	int i;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	raise(SIGSTOP);
	for (i = 1; i < ended; i++)
		if (pthread_create(&thread, NULL, thread_end, NULL))
			_exit(1);
	if (pthread_create(&thread, NULL, thread_wait, NULL))
		_exit(1);
	syscall(SYS_exit, 0);
}

static char thread_state(pid_t pid)
{
	char path[64], stat[128] = "", *p;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	(void)!read(fd, stat, sizeof(stat) - 1);
	close(fd);
	p = strrchr(stat, ')');
	return p && p[1] ? p[2] : 0;
}

/* Its threads stay when they have exited, as a tracer does not wait for them. */
static pid_t crowd_start(int ended)
{
	siginfo_t info;
	pid_t pid;

	pid = fork();
	if (!pid)
		crowd(ended);
	if (waitpid(pid, NULL, WUNTRACED) != pid ||
	    ptrace(PTRACE_SEIZE, pid, 0, PTRACE_O_TRACECLONE))
		return -1;
	kill(pid, SIGCONT);
	while (thread_state(pid) != 'Z') {
		info.si_pid = 0;
		if (waitid(P_ALL, 0, &info, WSTOPPED | WNOHANG | __WALL) &&
		    errno != ECHILD)
			return -1;
		if (info.si_pid)
			ptrace(PTRACE_CONT, info.si_pid, 0, 0);
		else
			usleep(100);
	}
	return pid;
}

/* A target may have as many as it likes. */
TEST(threads_that_are_gone_are_tried_with_a_limit)
{
	static const struct {
		int ended, ret;
	} crowds[] = { { 20, 0 }, { 400, -ETIMEDOUT } };
	struct dbgmem *m;
	pid_t pid;
	size_t i;

	for (i = 0; i < 2; i++) {
		pid = crowd_start(crowds[i].ended);
		ASSERT_LT(0, pid);
		EXPECT_EQ(crowds[i].ret, dbgmem_open(pid, 0, &m))
			TH_LOG("%s", dbgmem_errstr());
		if (crowds[i].ret)
			EXPECT_ERROR(ETIMEDOUT, DBGMEM_SOURCE_TARGET,
				     "first thread has exited", "256 at most",
				     "/task");
		dbgmem_close(m);
		kill(pid, SIGKILL);
		while (waitpid(-1, NULL, __WALL) > 0)
			;
	}
}

/* --- a broker that passes a mem_fd on --- */

static int fd_send(int sock, int fd)
{
	char c = 0, control[CMSG_SPACE(sizeof(int))] = { 0 };
	struct iovec iov = { &c, 1 };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	struct cmsghdr *cmsg = CMSG_FIRSTHDR(&msg);

	cmsg->cmsg_level = SOL_SOCKET;
	cmsg->cmsg_type = SCM_RIGHTS;
	cmsg->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(cmsg), &fd, sizeof(int));
	return sendmsg(sock, &msg, 0) == 1 ? 0 : -errno;
}

static int fd_receive(int sock)
{
	char c, control[CMSG_SPACE(sizeof(int))];
	struct iovec iov = { &c, 1 };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	struct cmsghdr *cmsg;
	int fd;

	if (recvmsg(sock, &msg, MSG_CMSG_CLOEXEC) != 1)
		return -1;
	cmsg = CMSG_FIRSTHDR(&msg);
	if (!cmsg || cmsg->cmsg_type != SCM_RIGHTS)
		return -1;
	memcpy(&fd, CMSG_DATA(cmsg), sizeof(int));
	return fd;
}

struct delegation {
	pid_t pid;
	int sock;
};

/* Somebody who may not open the target, but is given the mem_fd. */
static int use_mem_fd(void *arg)
{
	const struct delegation *d = arg;
	struct dbgmem *m;
	char buf[16];
	int mem_fd;

	if (dbgmem_open(d->pid, DBGMEM_OPEN_WRITE, &m) != -EACCES ||
	    dbgmem_last_error()->source != DBGMEM_SOURCE_KERNEL)
		return 1;
	mem_fd = fd_receive(d->sock);
	if (mem_fd < 0)
		return 2;
	if (dbgmem_open_mem_fd(d->pid, mem_fd, DBGMEM_OPEN_WRITE, &m)) {
		fprintf(stderr, "# %s\n", dbgmem_errstr());
		return 3;
	}
	close(mem_fd);
	if (dbgmem_read_exact(m, (uintptr_t)mem, buf, sizeof(buf)) ||
	    !is_pattern(buf, 0, sizeof(buf)))
		return 4;
	if (dbgmem_write_exact(m, (uintptr_t)mem, "passed on", 9))
		return 5;
	dbgmem_close(m);
	return 0;
}

TEST_F(lib, mem_fd_passed_to_a_lesser_process)
{
	struct delegation d = { .pid = self->t.pid };
	int pair[2], mem_fd;

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	mem_fd = proc_open(self->t.pid, "mem", O_RDWR);
	ASSERT_GE(mem_fd, 0);
	ASSERT_EQ(0, fd_send(pair[0], mem_fd));
	close(mem_fd);
	d.sock = pair[1];
	EXPECT_EQ(0, as_nobody(0666, use_mem_fd, &d));
	EXPECT_EQ('p', target_call(&self->t, byte_get, mem));
	close(pair[0]);
	close(pair[1]);
}

TEST_HARNESS_MAIN
