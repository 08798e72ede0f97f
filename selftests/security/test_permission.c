// SPDX-License-Identifier: GPL-2.0
/*
 * The module permits exactly what the kernel permits. In every situation the
 * agent asks the kernel (it opens /proc/PID/mem for reading and writing, and
 * tries process_vm_readv). If the kernel permits it, ATTACH must work; if not,
 * there must be no other way in.
 */
#include "proc.h"

#include <linux/capability.h>
#include <sys/mount.h>
#include <sys/uio.h>

#include "secret.h"
#include "ways_in.h"

#include <kselftest_harness.h>

#define YAMA		"/proc/sys/kernel/yama/ptrace_scope"
#define SUID_PROGRAM	"/tmp/dbgmem-suid"

static volatile unsigned char mark[64] = "the target's own bytes";

/* --- capabilities, without a library --- */

static int set_caps(uint64_t permitted)
{
	struct __user_cap_header_struct h = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct d[2] = {
		{ permitted, permitted, 0 },
		{ permitted >> 32, permitted >> 32, 0 },
	};

	return syscall(SYS_capset, &h, d) ? -errno : 0;
}

/* An ordinary user who keeps @caps. */
static int become_user_with(uid_t uid, uint64_t caps)
{
	int ret;

	if (prctl(PR_SET_KEEPCAPS, 1))
		return -errno;
	ret = become_user(uid);
	if (ret)
		return ret;
	ret = set_caps(caps);
	return ret ? ret : prctl(PR_SET_DUMPABLE, 1) ? -errno : 0;
}

/* --- what both may be --- */

static int be_root(void)
{
	return 0;
}

static int be_user(void)
{
	return become_user(UID_AGENT);
}

static int be_other_user(void)
{
	return become_user(UID_OTHER);
}

static int be_ptrace_capable(void)
{
	return become_user_with(UID_AGENT, 1ULL << CAP_SYS_PTRACE);
}

/* /proc/PID/mem of others is not theirs to open without this one too. */
static int be_ptrace_and_file_capable(void)
{
	return become_user_with(UID_AGENT, 1ULL << CAP_SYS_PTRACE |
					   1ULL << CAP_DAC_OVERRIDE);
}

static int be_net_capable(void)
{
	return become_user_with(UID_AGENT, 1ULL << CAP_NET_RAW);
}

/* Root of a user namespace of its own, where ids are mapped to @uid's. */
static int be_namespace_root(void)
{
	char map[32];
	int ret;

	ret = become_user(UID_AGENT);
	if (ret)
		return ret;
	if (unshare(CLONE_NEWUSER))
		return -errno;
	file_write("/proc/self/setgroups", "deny");
	snprintf(map, sizeof(map), "0 %d 1", UID_AGENT);
	ret = file_write("/proc/self/uid_map", map);
	if (!ret)
		ret = file_write("/proc/self/gid_map", map);
	if (ret)
		return ret;
	return prctl(PR_SET_DUMPABLE, 1) ? -errno : 0;
}

static int be_nondumpable_user(void)
{
	int ret = become_user(UID_AGENT);

	return ret ? ret : prctl(PR_SET_DUMPABLE, 0) ? -errno : 0;
}

static int be_nondumpable_root(void)
{
	return prctl(PR_SET_DUMPABLE, 0) ? -errno : 0;
}

static int be_user_who_lets_anybody(void)
{
	int ret = become_user(UID_AGENT);

	return ret ? ret : prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY) ? -errno :
								       0;
}

static pid_t tracer;

static int be_user_who_lets_the_agent(void)
{
	int ret = become_user(UID_AGENT);

	return ret ? ret : prctl(PR_SET_PTRACER, tracer) ? -errno : 0;
}

static int be_setuid_program(void)
{
	static char *const argv[] = { "suid", NULL };
	int ret = become_user(UID_AGENT);

	if (ret)
		return ret;
	execve(SUID_PROGRAM, argv, NULL);
	return -errno;
}

/* --- the table --- */

FIXTURE(verdict)
{
	int fd;		/* the device, opened by root */
};

FIXTURE_VARIANT(verdict)
{
	int (*agent)(void);
	int (*target)(void);
	int scope;
	bool child;	/* the target is a child of the agent */
	int allowed;
};

#define CASE(name, sc, ag, ta, ch, al) \
	FIXTURE_VARIANT_ADD(verdict, name) { \
		.scope = sc, .agent = ag, .target = ta, .child = ch, \
		.allowed = al, \
	}

#define CHILD	true
#define SIBLING	false
#define NO	0
#define YES	1
#define NO_FILE	2	/* ptrace would be allowed; opening the file is not */

CASE(root_to_root, 0, be_root, be_root, SIBLING, YES);
CASE(root_to_user, 0, be_root, be_user, SIBLING, YES);
CASE(root_to_nondumpable, 0, be_root, be_nondumpable_root, SIBLING, YES);
CASE(root_to_setuid_program, 0, be_root, be_setuid_program, SIBLING, YES);
CASE(user_to_same_user, 0, be_user, be_user, SIBLING, YES);
CASE(user_to_other_user, 0, be_user, be_other_user, SIBLING, NO);
CASE(user_to_root, 0, be_user, be_root, SIBLING, NO);
CASE(user_to_nondumpable, 0, be_user, be_nondumpable_user, SIBLING, NO);
CASE(user_to_nondumpable_child, 0, be_user, be_nondumpable_user, CHILD, NO);
CASE(user_to_more_capable, 0, be_user, be_net_capable, SIBLING, NO);
CASE(user_to_setuid_program, 0, be_user, be_setuid_program, SIBLING, NO);
CASE(user_to_own_setuid_child, 0, be_user, be_setuid_program, CHILD, NO);
CASE(capable_to_same_user, 0, be_ptrace_capable, be_user, SIBLING, YES);
CASE(capable_to_more_capable, 0, be_ptrace_capable, be_net_capable, SIBLING,
     YES);
CASE(capable_to_other_user, 0, be_ptrace_capable, be_other_user, SIBLING,
     NO_FILE);
CASE(capable_to_nondumpable, 0, be_ptrace_capable, be_nondumpable_user,
     SIBLING, NO_FILE);
CASE(both_capable_to_other_user, 0, be_ptrace_and_file_capable, be_other_user,
     SIBLING, YES);
CASE(both_capable_to_nondumpable, 0, be_ptrace_and_file_capable,
     be_nondumpable_user, SIBLING, YES);
CASE(net_capable_to_other_user, 0, be_net_capable, be_other_user, SIBLING, NO);
CASE(namespace_root_to_same_user_outside, 0, be_namespace_root, be_user,
     SIBLING, NO);
CASE(namespace_root_to_other_user_outside, 0, be_namespace_root,
     be_other_user, SIBLING, NO);
CASE(namespace_root_to_root_outside, 0, be_namespace_root, be_root, SIBLING,
     NO);
CASE(namespace_root_to_child_inside, 0, be_namespace_root, be_root, CHILD,
     YES);
/* its program was started outside: only root there may override that */
CASE(namespace_root_to_nondumpable_inside, 0, be_namespace_root,
     be_nondumpable_root, CHILD, NO);
CASE(user_to_namespace_root_of_same_user, 0, be_user, be_namespace_root,
     SIBLING, YES);
CASE(yama_1_user_to_sibling, 1, be_user, be_user, SIBLING, NO);
CASE(yama_1_user_to_child, 1, be_user, be_user, CHILD, YES);
CASE(yama_1_user_to_one_who_lets_it, 1, be_user, be_user_who_lets_the_agent,
     SIBLING, YES);
CASE(yama_1_user_to_one_who_lets_anybody, 1, be_user,
     be_user_who_lets_anybody, SIBLING, YES);
CASE(yama_1_other_to_one_who_lets_anybody, 1, be_other_user,
     be_user_who_lets_anybody, SIBLING, NO);
CASE(yama_1_capable_to_sibling, 1, be_ptrace_capable, be_user, SIBLING, YES);
CASE(yama_1_namespace_root_to_child, 1, be_namespace_root, be_root, CHILD,
     YES);
CASE(yama_2_user_to_child, 2, be_user, be_user, CHILD, NO);
CASE(yama_2_user_to_one_who_lets_anybody, 2, be_user,
     be_user_who_lets_anybody, SIBLING, NO);
CASE(yama_2_capable_to_sibling, 2, be_ptrace_capable, be_user, SIBLING, YES);
CASE(yama_2_root_to_user, 2, be_root, be_user, SIBLING, YES);
CASE(yama_2_namespace_root_to_child, 2, be_namespace_root, be_root, CHILD,
     YES);

FIXTURE_SETUP(verdict)
{
	char helper[128], scope[4];

	self->fd = dev_open(O_RDWR);
	ASSERT_LE(0, self->fd);
	ASSERT_EQ(0, beside("helper_suid", helper, sizeof(helper)));
	ASSERT_EQ(0, copy_program(helper, SUID_PROGRAM, 04755));
	snprintf(scope, sizeof(scope), "%d", variant->scope);
	if (access(YAMA, F_OK)) {
		if (variant->scope)
			SKIP(_exit(255), "this kernel has no Yama");
	} else {
		ASSERT_EQ(0, file_write(YAMA, scope));
	}
}

FIXTURE_TEARDOWN(verdict)
{
	file_write(YAMA, "0");
	unlink(SUID_PROGRAM);
}

/*
 * Exit codes of agents: small numbers that say what went wrong, so that a line
 * of the log is enough.
 */
enum {
	AGENT_OK_ALLOWED = 60,
	AGENT_OK_DENIED,
	AGENT_OK_DENIED_FILE,
	AGENT_NO_SUCH_ROLE,	/* a role could not be taken */
	AGENT_KERNELS_DISAGREE,	/* process_vm_readv against /proc/PID/mem */
	AGENT_REFUSED,		/* the kernel lets in, the module does not */
	AGENT_LET_IN,		/* the other way round */
	AGENT_NO_DATA,		/* attached, but cannot read and write */
};

static int judge(int fd, pid_t pid)
{
	unsigned char buf[sizeof(mark)];
	struct iovec local = { buf, 1 }, remote = { (void *)mark, 1 };
	bool vm_denied;
	int mem_fd;

	/* a set-uid program does not have our memory: then it is EFAULT */
	vm_denied = process_vm_readv(pid, &local, 1, &remote, 1, 0) < 0 &&
		    errno == EPERM;
	mem_fd = proc_open(pid, "mem", O_RDWR);
	if (mem_fd < 0) {
		if (other_ways_in(fd, pid, mark))
			return AGENT_LET_IN;
		return vm_denied ? AGENT_OK_DENIED : AGENT_OK_DENIED_FILE;
	}
	if (vm_denied)
		return AGENT_KERNELS_DISAGREE;
	if (attach(fd, pid, mem_fd))
		return AGENT_REFUSED;
	if (!mem_read(fd, SECRET_ADDR, buf, 1, 0, NULL))
		return buf[0] == SECRET_BYTE ? AGENT_OK_ALLOWED : AGENT_NO_DATA;
	if (mem_read(fd, mark, buf, sizeof(buf), 0, NULL) ||
	    memcmp(buf, (void *)mark, sizeof(buf)) ||
	    mem_write(fd, mark, buf, sizeof(buf), 0, NULL))
		return AGENT_NO_DATA;
	return AGENT_OK_ALLOWED;
}

/* A process in the role @be; it says when it is, and waits to be killed. */
static pid_t start_role(int (*be)(void), int *stay)
{
	int ready[2], in[2];
	pid_t pid;
	char c;

	if (pipe2(ready, O_CLOEXEC) || pipe2(in, O_CLOEXEC))
		return -errno;
	pid = fork();
	if (pid < 0)
		return -errno;
	if (!pid) {
		close(ready[0]);
		close(in[1]);
		dup2(in[0], 0);
		/* the one that execs says so by closing the pipe */
		if (be() || write(ready[1], "x", 1) != 1)
			_exit(1);
		close(ready[1]);
		if (read(0, &c, 1) < 0)
			_exit(2);
		_exit(0);
	}
	close(ready[1]);
	close(in[0]);
	*stay = in[1];		/* it ends when we do */
	/* exec closes the pipe before it has mapped the program, which then sleeps */
	if (read(ready[0], &c, 1) < 1 &&
	    (be != be_setuid_program || !proc_wait_state(pid, 'S')))
		pid = -ECHILD;
	close(ready[0]);
	return pid;
}

TEST_F_TIMEOUT(verdict, is_the_kernels, 60)
{
	int code, stay, go[2];
	pid_t agent, pid = 0;

	ASSERT_EQ(0, pipe2(go, O_CLOEXEC));
	agent = fork();
	ASSERT_LE(0, agent);
	if (!agent) {
		close(go[1]);
		if (variant->agent())
			_exit(AGENT_NO_SUCH_ROLE);
		if (read(go[0], &pid, sizeof(pid)) != sizeof(pid))
			_exit(1);
		if (variant->child)
			pid = start_role(variant->target, &stay);
		_exit(pid < 0 ? AGENT_NO_SUCH_ROLE : judge(self->fd, pid));
	}
	close(go[0]);
	tracer = agent;
	if (!variant->child) {
		pid = start_role(variant->target, &stay);
		ASSERT_LT(0, pid);
	}
	ASSERT_EQ(sizeof(pid), write(go[1], &pid, sizeof(pid)));
	code = child_wait(agent);
	EXPECT_EQ(variant->allowed == YES ? AGENT_OK_ALLOWED :
		  variant->allowed == NO ? AGENT_OK_DENIED :
					   AGENT_OK_DENIED_FILE, code)
		TH_LOG("codes: see AGENT_OK_ALLOWED = %d and following",
		       AGENT_OK_ALLOWED);
	if (pid) {
		close(stay);
		child_wait(pid);
	}
}

TEST_HARNESS_MAIN
