// SPDX-License-Identifier: GPL-2.0
/*
 * AppArmor: if a profile denies ptrace, ATTACH fails too, for each caller; the
 * library and the tool name AppArmor as the source of the error.
 */
#include "tool.h"

#include <dbgmem.h>
#include <sys/mount.h>
#include <sys/uio.h>

#include "ways_in.h"
#include <kselftest_harness.h>

#define SECURITYFS	"/sys/kernel/security"
#define ENABLED		"/sys/module/apparmor/parameters/enabled"
#define FEATURES	SECURITYFS "/apparmor/features"

static volatile unsigned char mark[64] = "the target's own bytes";

/* All but ptrace, which each of them has as its name says. */
#define PROFILE(name, rules)						\
	"profile dbgmem-" name " {\n"					\
	"	/** mrwlkix,\n"						\
	"	capability,\n"						\
	"	signal,\n"						\
	"	unix,\n"						\
	"	change_profile,\n"					\
	rules								\
	"}\n"

static const char profiles[] =
	PROFILE("no-ptrace", "")
	PROFILE("ptrace", "	ptrace,\n")
	PROFILE("ptrace-read", "	ptrace read,\n")
	PROFILE("ptrace-others", "	ptrace peer=somebody-else,\n")
	PROFILE("no-node", "	ptrace,\n	deny /dev/dbgmem* rw,\n");

/* Have the kernel know the profiles: 0, or the parser's exit status. */
static int load_profiles(void)
{
	int text = memfd_create("profiles", MFD_CLOEXEC);
	pid_t pid;

	if (text < 0 ||
	    pwrite(text, profiles, sizeof(profiles) - 1, 0) < 0)
		return -errno;
	pid = fork();
	if (!pid) {
		dup2(text, 0);
		execlp("apparmor_parser", "apparmor_parser", "--replace",
		       "--skip-cache", "--quiet", "--policy-features", FEATURES,
		       NULL);
		_exit(127);
	}
	close(text);
	return child_wait(pid);
}

static long confine(void *name)
{
	char text[64];

	snprintf(text, sizeof(text), "changeprofile dbgmem-%s",
		 (const char *)name);
	return file_write("/proc/self/attr/apparmor/current", text);
}

FIXTURE(apparmor)
{
	struct target target;
	int fd;		/* the device, opened while nothing confined */
};

FIXTURE_SETUP(apparmor)
{
	char enabled[4];

	if (file_read(ENABLED, enabled, sizeof(enabled)) < 0 ||
	    enabled[0] != 'Y')
		SKIP(_exit(255), "this kernel has no AppArmor");
	if (access(FEATURES, F_OK))
		ASSERT_EQ(0, mount("securityfs", SECURITYFS, "securityfs", 0,
				   NULL));
	ASSERT_EQ(0, load_profiles());
	ASSERT_EQ(0, target_start(&self->target));
	self->fd = dev_open(O_RDWR);
	ASSERT_LE(0, self->fd);
}

FIXTURE_TEARDOWN(apparmor)
{
	close(self->fd);
	target_stop(&self->target);
}

/* Exit codes of agents. */
enum {
	AGENT_LET_IN = 60,
	AGENT_DENIED,
	AGENT_NOT_CONFINED,
	AGENT_KERNELS_DISAGREE,	/* process_vm_readv against /proc/PID/mem */
	AGENT_OTHER_WAY_IN,
	AGENT_NO_DATA,		/* attached, but cannot read and write */
};

static int judge(int fd, pid_t pid)
{
	unsigned char buf[sizeof(mark)];
	struct iovec local = { buf, 1 }, remote = { (void *)mark, 1 };
	bool vm_denied, opened;
	int mem_fd;

	vm_denied = process_vm_readv(pid, &local, 1, &remote, 1, 0) < 0;
	mem_fd = proc_open(pid, "mem", O_RDWR);
	opened = mem_fd >= 0;
	if (vm_denied == opened)
		return AGENT_KERNELS_DISAGREE;
	if (vm_denied)
		return other_ways_in(fd, pid, mark) ? AGENT_OTHER_WAY_IN :
						      AGENT_DENIED;
	if (attach(fd, pid, mem_fd) ||
	    mem_read(fd, mark, buf, sizeof(buf), 0, NULL) ||
	    memcmp(buf, (void *)mark, sizeof(buf)) ||
	    mem_write(fd, mark, buf, sizeof(buf), 0, NULL))
		return AGENT_NO_DATA;
	return AGENT_LET_IN;
}

/* What an agent under profile @name comes to, with root's capabilities. */
static int agent(int fd, pid_t target, const char *name)
{
	pid_t pid = fork();

	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		_exit(confine((void *)name) ? AGENT_NOT_CONFINED :
					      judge(fd, target));
	}
	return child_wait(pid);
}

/* --- who is let in --- */

TEST_F_TIMEOUT(apparmor, profile_with_ptrace_attaches, 60)
{
	EXPECT_EQ(AGENT_LET_IN, agent(self->fd, self->target.pid, "ptrace"));
}

TEST_F_TIMEOUT(apparmor, profile_without_ptrace_is_denied, 60)
{
	EXPECT_EQ(AGENT_DENIED, agent(self->fd, self->target.pid, "no-ptrace"));
}

/* It opens auxv and environ with that, which are no mem_fds. */
TEST_F_TIMEOUT(apparmor, right_to_read_only_is_denied, 60)
{
	EXPECT_EQ(AGENT_DENIED,
		  agent(self->fd, self->target.pid, "ptrace-read"));
}

TEST_F_TIMEOUT(apparmor, right_over_others_is_denied, 60)
{
	EXPECT_EQ(AGENT_DENIED,
		  agent(self->fd, self->target.pid, "ptrace-others"));
}

TEST_F_TIMEOUT(apparmor, targets_profile_has_its_say_too, 60)
{
	ASSERT_EQ(0, target_call(&self->target, confine, "no-ptrace"));
	EXPECT_EQ(AGENT_DENIED, agent(self->fd, self->target.pid, "ptrace"));
	ASSERT_EQ(0, target_call(&self->target, confine, "ptrace"));
	EXPECT_EQ(AGENT_LET_IN, agent(self->fd, self->target.pid, "ptrace"));
}

TEST_F_TIMEOUT(apparmor, session_outlasts_a_later_confinement, 60)
{
	int fd = session_open(self->target.pid, O_RDWR);
	unsigned char buf[8];
	pid_t pid;

	ASSERT_LE(0, fd);
	pid = fork();
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (confine("no-ptrace"))
			_exit(AGENT_NOT_CONFINED);
		if (mem_read(fd, mark, buf, sizeof(buf), 0, NULL))
			_exit(AGENT_NO_DATA);
		/* no second one, though */
		_exit(session_open(self->target.pid, O_RDONLY) == -EACCES ?
		      0 : AGENT_LET_IN);
	}
	EXPECT_EQ(0, child_wait(pid));
	close(fd);
}

/* --- what is said of it --- */

struct words {
	const char *profile;
	enum dbgmem_source source;
	const char *word[3];
};

static const struct words no_ptrace = {
	"no-ptrace", DBGMEM_SOURCE_KERNEL,
	{ "the kernel's ptrace check", "'dbgmem-no-ptrace (enforce)'",
	  "security module" },
};

static const struct words no_node = {
	"no-node", DBGMEM_SOURCE_NODE,
	{ "cannot open /dev/dbgmem", "'dbgmem-no-node (enforce)'",
	  "security module" },
};

static bool has_all(const struct words *w, const char *text)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(w->word); i++)
		if (!strstr(text, w->word[i])) {
			fprintf(stderr, "# no '%s' in: %s\n", w->word[i], text);
			return false;
		}
	return true;
}

static int told_by_library(const struct words *w, pid_t target)
{
	struct dbgmem *m;

	if (confine((void *)w->profile))
		return AGENT_NOT_CONFINED;
	if (dbgmem_open(target, DBGMEM_OPEN_WRITE, &m) != -EACCES)
		return AGENT_LET_IN;
	return dbgmem_last_error()->source == w->source &&
	       has_all(w, dbgmem_errstr()) ? AGENT_DENIED : 1;
}

static int told_by_tool(const struct words *w, pid_t target)
{
	char pid[16];

	if (confine((void *)w->profile))
		return AGENT_NOT_CONFINED;
	snprintf(pid, sizeof(pid), "%d", (int)target);
	RUN("info", pid);
	return r.status == 1 && !r.out_len && has_all(w, r.err) ?
	       AGENT_DENIED : 1;
}

static long job_be_user(void *unused)
{
	return become_user(UID_AGENT);
}

/* One who has nothing to do with root, on a process of the same user. */
static int told_to_user(const struct words *w, pid_t target)
{
	if (become_user(UID_AGENT))
		return 1;
	return told_by_library(w, target);
}

static int told(int (*by)(const struct words *w, pid_t target),
		const struct words *w, pid_t target)
{
	pid_t pid = fork();

	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		_exit(by(w, target));
	}
	return child_wait(pid);
}

TEST_F_TIMEOUT(apparmor, library_names_the_gate_and_the_profile, 60)
{
	EXPECT_EQ(AGENT_DENIED,
		  told(told_by_library, &no_ptrace, self->target.pid));
	EXPECT_EQ(AGENT_DENIED,
		  told(told_by_library, &no_node, self->target.pid));
}

TEST_F_TIMEOUT(apparmor, ordinary_user_is_told_the_same, 60)
{
	ASSERT_EQ(0, target_call(&self->target, job_be_user, NULL));
	ASSERT_EQ(0, chmod(DEV_PATH, 0666));
	EXPECT_EQ(AGENT_DENIED,
		  told(told_to_user, &no_ptrace, self->target.pid));
	EXPECT_EQ(AGENT_DENIED, told(told_to_user, &no_node, self->target.pid));
	EXPECT_EQ(0, chmod(DEV_PATH, 0600));
}

TEST_F_TIMEOUT(apparmor, tool_names_the_gate_and_the_profile, 60)
{
	EXPECT_EQ(AGENT_DENIED,
		  told(told_by_tool, &no_ptrace, self->target.pid));
	EXPECT_EQ(AGENT_DENIED,
		  told(told_by_tool, &no_node, self->target.pid));
}

TEST_HARNESS_MAIN
