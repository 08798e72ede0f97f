// SPDX-License-Identifier: GPL-2.0
/*
 * A session can be passed to another process. FORCE depends on the process that
 * calls, under each force= policy. A seccomp filter does not see what ioctls do.
 */
#include "proc.h"

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <kselftest_harness.h>


/* Readable only, private: what FORCE is needed to write. */
static unsigned char *locked;

static int send_fd(int sock, int fd)
{
	char data = 'x', control[CMSG_SPACE(sizeof(int))] = {};
	struct iovec iov = { &data, 1 };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	struct cmsghdr *c = CMSG_FIRSTHDR(&msg);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(c), &fd, sizeof(int));
	return sendmsg(sock, &msg, 0) == 1 ? 0 : -errno;
}

static int receive_fd(int sock)
{
	char data, control[CMSG_SPACE(sizeof(int))];
	struct iovec iov = { &data, 1 };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	int fd;

	if (recvmsg(sock, &msg, MSG_CMSG_CLOEXEC) != 1 || !CMSG_FIRSTHDR(&msg))
		return -EIO;
	memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&msg)), sizeof(int));
	return fd;
}

FIXTURE(delegation)
{
	struct target target;
	unsigned char *page;
	int fd;
};

FIXTURE_SETUP(delegation)
{
	self->page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	locked = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, self->page);
	ASSERT_NE(MAP_FAILED, locked);
	memset(self->page, 0x31, PAGE);
	memset(locked, 0x32, PAGE);
	ASSERT_EQ(0, mprotect(locked, PAGE, PROT_READ));
	ASSERT_EQ(0, target_start(&self->target));
	self->fd = session_open(self->target.pid, O_RDWR);
	ASSERT_LE(0, self->fd);
}

FIXTURE_TEARDOWN(delegation)
{
	close(self->fd);
	target_stop(&self->target);
	param_set("force", "capable");
}

/* Run @statements in a child: 0, its exit code or minus its signal. */
#define IN_CHILD(statements) ({					\
	pid_t _pid = fork();					\
	if (!_pid) {						\
		prctl(PR_SET_PDEATHSIG, SIGKILL);		\
		statements					\
		_exit(0);					\
	}							\
	child_wait(_pid);					\
})

/* In a child: leave with the number, counted in this file, of what did not hold. */
#define MUST(cond) do { if (!(cond)) _exit(__COUNTER__ + 1); } while (0)

TEST_F_TIMEOUT(delegation, session_passed_to_another_user_works, 60)
{
	unsigned char buf[16];
	int sock[2], fd;

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, sock));
	ASSERT_EQ(0, send_fd(sock[0], self->fd));
	EXPECT_EQ(0, IN_CHILD(
		MUST(!become_user(UID_OTHER));
		fd = receive_fd(sock[1]);
		MUST(fd >= 0);
		/* nothing of its own would get it there */
		MUST(dev_open(O_RDONLY) == -EACCES);
		MUST(proc_open(self->target.pid, "mem", O_RDONLY) == -EACCES);
		MUST(!mem_read(fd, self->page, buf, 16, 0, NULL));
		MUST(buf[0] == 0x31 && buf[15] == 0x31);
		MUST(!mem_write(fd, self->page, "new", 3, 0, NULL));
		MUST(!mem_read(fd, self->page, buf, 16, DBGMEM_EXACT, NULL));
		MUST(!memcmp(buf, "new1", 4));
	));
	/* the sender sees it through its own descriptor */
	EXPECT_EQ(0, mem_read(self->fd, self->page, buf, 3, 0, NULL));
	EXPECT_EQ(0, memcmp(buf, "new", 3));
}

TEST_F_TIMEOUT(delegation, mem_fd_passed_by_a_broker_works, 60)
{
	int sock[2], fd, mem_fd = proc_open(self->target.pid, "mem", O_RDONLY);
	int device = dev_open(O_RDWR);
	unsigned char buf[1];

	ASSERT_LE(0, mem_fd);
	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, sock));
	ASSERT_EQ(0, send_fd(sock[0], mem_fd));
	EXPECT_EQ(0, IN_CHILD(
		close(mem_fd);
		MUST(!become_user(UID_OTHER));
		fd = receive_fd(sock[1]);
		MUST(!attach(device, self->target.pid, fd));
		MUST(!mem_read(device, self->page, buf, 1, 0, NULL));
		MUST(buf[0] == 0x31);
		/* read-only it was, and read-only it stays */
		MUST(mem_write(device, self->page, "x", 1, 0, NULL) == -EACCES);
	));
}

TEST_F_TIMEOUT(delegation, force_is_decided_by_the_caller, 60)
{
	struct dbgmem_transfer t;

	ASSERT_EQ(0, param_set("force", "capable"));
	EXPECT_EQ(-EFAULT, mem_write(self->fd, locked, "x", 1, 0, &t));
	EXPECT_EQ(DBGMEM_REASON_PROTECTION, t.reason);
	EXPECT_EQ(0, mem_write(self->fd, locked, "x", 1, DBGMEM_FORCE, &t));
	EXPECT_EQ(0, IN_CHILD(
		MUST(!become_user(UID_OTHER));
		MUST(mem_write(self->fd, locked, "y", 1, DBGMEM_FORCE, &t) ==
		     -EPERM);
		MUST(!t.done && !t.fault_addr && !t.reason);
		MUST(mem_write(self->fd, self->page, "y", 1, DBGMEM_FORCE, &t) ==
		     -EPERM);
		MUST(!mem_write(self->fd, self->page, "y", 1, 0, &t));
	));
}

/* policy -> root, another user, the tracer that is neither */
TEST_F_TIMEOUT(delegation, force_policy_table, 120)
{
	static const struct {
		const char *policy;
		int root, user, user_tracer, root_tracer;
	} row[] = {
		{ "never", -EPERM, -EPERM, -EPERM, -EPERM },
		{ "ptrace", -EPERM, -EPERM, 0, 0 },
		{ "capable", 0, -EPERM, 0, 0 },
		{ "always", 0, 0, 0, 0 },
	};
	struct target mine;
	size_t i;
	int fd;

	file_write("/proc/sys/kernel/yama/ptrace_scope", "0");
	for (i = 0; i < ARRAY_SIZE(row); i++) {
		ASSERT_EQ(0, param_set("force", row[i].policy));
		EXPECT_EQ(row[i].root, mem_write(self->fd, locked, "a", 1,
						 DBGMEM_FORCE, NULL))
			TH_LOG("%s: root", row[i].policy);
		EXPECT_EQ(0, IN_CHILD(
			MUST(!become_user(UID_OTHER));
			MUST(mem_write(self->fd, locked, "b", 1, DBGMEM_FORCE,
				       NULL) == row[i].user);
		))
			TH_LOG("%s: user", row[i].policy);
		EXPECT_EQ(0, IN_CHILD(
			MUST(!ptrace(PTRACE_SEIZE, self->target.pid, 0, 0));
			MUST(mem_write(self->fd, locked, "c", 1, DBGMEM_FORCE,
				       NULL) == row[i].root_tracer);
		))
			TH_LOG("%s: root as tracer", row[i].policy);
		fd = dev_open(O_RDWR);
		EXPECT_EQ(0, IN_CHILD(
			MUST(!become_user(UID_AGENT));
			MUST(!target_start(&mine));
			MUST(!attach(fd, mine.pid,
				     proc_open(mine.pid, "mem", O_RDWR)));
			MUST(mem_write(fd, locked, "d", 1, DBGMEM_FORCE, NULL)
			     == row[i].user);
			MUST(!ptrace(PTRACE_SEIZE, mine.pid, 0, 0));
			MUST(mem_write(fd, locked, "e", 1, DBGMEM_FORCE, NULL)
			     == row[i].user_tracer);
			MUST(!ptrace(PTRACE_INTERRUPT, mine.pid, 0, 0));
			MUST(waitpid(mine.pid, NULL, 0) == mine.pid);
			MUST(!ptrace(PTRACE_DETACH, mine.pid, 0, 0));
			MUST(mem_write(fd, locked, "f", 1, DBGMEM_FORCE, NULL)
			     == row[i].user);
		))
			TH_LOG("%s: user as tracer", row[i].policy);
		close(fd);
	}
}

/* The check was at the opening of the mem_fd, and is not repeated. */
static long do_not_be_dumpable(void *arg)
{
	return prctl(PR_SET_DUMPABLE, 0);
}

TEST_F_TIMEOUT(delegation, session_outlasts_what_allowed_it, 60)
{
	unsigned char buf[1];
	struct target mine;
	int fd;

	fd = dev_open(O_RDWR);
	EXPECT_EQ(0, IN_CHILD(
		MUST(!become_user(UID_AGENT));
		MUST(!target_start(&mine));
		MUST(!attach(fd, mine.pid, proc_open(mine.pid, "mem", O_RDWR)));
		MUST(!target_call(&mine, do_not_be_dumpable, NULL));
		MUST(proc_open(mine.pid, "mem", O_RDWR) == -EACCES);
		MUST(!mem_read(fd, self->page, buf, 1, 0, NULL));
		MUST(buf[0] == 0x31);
	));
	close(fd);
}

/* --- seccomp --- */

/* Deny ptrace and process_vm_*, with @action. */
static int deny_debugging(uint32_t action)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_ptrace, 3, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_process_vm_readv, 2, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_process_vm_writev, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
		BPF_STMT(BPF_RET | BPF_K, action),
	};
	struct sock_fprog prog = { ARRAY_SIZE(filter), filter };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog))
		return -errno;
	return 0;
}

/*
 * A documented gap: such a filter does not see an ioctl. Who confines a program
 * keeps it from the device node.
 */
TEST_F_TIMEOUT(delegation, seccomp_filter_on_ptrace_does_not_see_a_session, 60)
{
	unsigned char buf[4];
	struct iovec local = { buf, 1 }, remote = { self->page, 1 };
	int fd;

	EXPECT_EQ(0, IN_CHILD(
		MUST(!deny_debugging(SECCOMP_RET_ERRNO | EPERM));
		MUST(process_vm_readv(self->target.pid, &local, 1, &remote, 1,
				      0) == -1 && errno == EPERM);
		MUST(ptrace(PTRACE_SEIZE, self->target.pid, 0, 0) == -1);
		fd = session_open(self->target.pid, O_RDWR);
		MUST(fd >= 0);
		MUST(!mem_read(fd, self->page, buf, 4, 0, NULL));
		MUST(buf[0] == 0x31);
	));
	EXPECT_EQ(0, IN_CHILD(
		MUST(!deny_debugging(SECCOMP_RET_KILL_PROCESS));
		MUST(!mem_read(self->fd, self->page, buf, 4, 0, NULL));
		MUST(!mem_write(self->fd, self->page, buf, 4, 0, NULL));
	));
	/* the filter is real */
	EXPECT_EQ(-SIGSYS, IN_CHILD(
		MUST(!deny_debugging(SECCOMP_RET_KILL_PROCESS));
		process_vm_readv(self->target.pid, &local, 1, &remote, 1, 0);
	));
}

TEST_HARNESS_MAIN
