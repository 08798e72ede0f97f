// SPDX-License-Identifier: GPL-2.0
/*
 * Special memory: devices, secret memory, broken pages, ends of files, the
 * kernel's own pages in each process; and FORCE.
 */
#include "device.h"
#include "features.h"
#include "engine.h"

#include <linux/capability.h>
#include <sys/auxv.h>
#include <sys/ptrace.h>

FIXTURE(special) {
	struct fixture fixture;
	struct target *target;
	struct job *job;
};

ENGINE_VARIANTS(special);

FIXTURE_SETUP(special)
{
	ASSERT_EQ(0, fixture_open(&self->fixture, variant->engine));
	self->target = &self->fixture.target;
	self->job = self->fixture.job;
}

FIXTURE_TEARDOWN(special)
{
	fixture_close(&self->fixture);
}

TEST_F_TIMEOUT(special, beyond_the_end_of_a_file_is_backing, 60)
{
	int file = file_create(PAGE + 100, 3);
	char *mem, *buf = malloc(3 * PAGE);
	struct dbgmem_transfer t;

	ASSERT_LE(0, file);
	mem = mmap(NULL, 3 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
	ASSERT_NE(MAP_FAILED, mem);
	ASSERT_EQ(0, fixture_start(&self->fixture));

	ASSERT_EQ(0, mem_read(self->fixture.fd, mem + 1, buf, 3 * PAGE - 1, 0,
			      &t));
	EXPECT_EQ(2 * PAGE - 1, t.done);
	EXPECT_EQ((uintptr_t)mem + 2 * PAGE, t.fault_addr);
	EXPECT_EQ(DBGMEM_REASON_BACKING, t.reason);
	EXPECT_EQ(-1, pattern_differs(buf, 1, PAGE + 99, 3));
	EXPECT_EQ(-1, byte_differs(buf + PAGE + 99, 0, PAGE - 100));
	EXPECT_EQ(-EFAULT, mem_read(self->fixture.fd, mem + 2 * PAGE, buf, 8, 0,
				    &t));
	EXPECT_EQ(DBGMEM_REASON_BACKING, t.reason);
	EXPECT_EQ(-EFAULT, mem_write(self->fixture.fd, mem + 2 * PAGE, buf, 8,
				     DBGMEM_EXACT, &t));
	EXPECT_EQ(DBGMEM_REASON_BACKING, t.reason);
	close(file);
}

TEST_F_TIMEOUT(special, secret_memory_stays_secret, 60)
{
	char *mem, buf[8] = "unread";
	struct dbgmem_transfer t;
	int fd;

	NEEDS_NOFAULT();
	fd = syscall(SYS_memfd_secret, 0);
	if (fd < 0)
		SKIP(return, "no memfd_secret(2): %s (boot with secretmem.enable=1)",
		     strerror(errno));
	ASSERT_EQ(0, ftruncate(fd, PAGE));
	mem = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	ASSERT_NE(MAP_FAILED, mem);
	memset(mem, 'x', PAGE);
	ASSERT_EQ(0, fixture_start(&self->fixture));
	EXPECT_EQ(-EFAULT, mem_read(self->fixture.fd, mem, buf, 8, 0, &t));
	EXPECT_EQ((uintptr_t)mem, t.fault_addr);
	EXPECT_EQ(DBGMEM_REASON_SPECIAL, t.reason);
	EXPECT_EQ(-EFAULT, mem_read(self->fixture.fd, mem, buf, 8,
				    DBGMEM_NOFAULT, &t));
	EXPECT_EQ(-EFAULT, mem_write(self->fixture.fd, mem, buf, 8, 0, &t));
	EXPECT_EQ(DBGMEM_REASON_SPECIAL, t.reason);
	EXPECT_EQ(-EFAULT, mem_read(self->fixture.fd, mem, buf, 8, DBGMEM_EXACT,
				    &t));
	EXPECT_EQ(DBGMEM_REASON_SPECIAL, t.reason);
	EXPECT_STREQ("unread", buf);
	EXPECT_EQ(-1, byte_differs(mem, 'x', PAGE));
	close(fd);
}

TEST_F_TIMEOUT(special, a_poisoned_page_stops_it_and_is_the_reason, 60)
{
	char *mem = private_alloc(3 * PAGE), *buf = malloc(3 * PAGE);
	struct dbgmem_transfer t;
	long ret;

	ASSERT_NE(NULL, mem);
	ASSERT_EQ(0, fixture_start(&self->fixture));
	target_fill(self->target, self->job, mem, 0, 3 * PAGE, 3);
	*self->job = (struct job){ .addr = mem + PAGE };
	ret = target_call(self->target, job_poison, self->job);
	if (ret)
		SKIP(return, "no MADV_HWPOISON: %s", strerror(-ret));

	ASSERT_EQ(0, mem_read(self->fixture.fd, mem, buf, 3 * PAGE, 0, &t));
	EXPECT_EQ(PAGE, t.done);
	EXPECT_EQ((uintptr_t)mem + PAGE, t.fault_addr);
	EXPECT_EQ(DBGMEM_REASON_HWPOISON, t.reason);
	EXPECT_EQ(-EFAULT, mem_write(self->fixture.fd, mem, buf, 3 * PAGE,
				     DBGMEM_EXACT, &t));
	EXPECT_EQ((uintptr_t)mem + PAGE, t.fault_addr);
	EXPECT_EQ(DBGMEM_REASON_HWPOISON, t.reason);
	ASSERT_EQ(0, mem_read(self->fixture.fd, mem, buf, 3 * PAGE,
			      DBGMEM_ZEROFILL, &t));
	EXPECT_EQ(2 * PAGE, t.done);
	EXPECT_EQ(-1, pattern_differs(buf + 2 * PAGE, 2 * PAGE, PAGE, 3));
}

TEST_F_TIMEOUT(special, a_device_is_reached_by_remote_and_auto_at_most, 60)
{
	char *mem = private_alloc(3 * PAGE), *buf = malloc(3 * PAGE);
	const size_t reach = REACHES_DEVICES(variant->engine) ? 3 * PAGE : PAGE;
	struct dbgmem_transfer t;
	uint64_t word;

	ASSERT_NE(NULL, mem);
	if (!map_device(mem + PAGE))
		SKIP(return, "no graphics adapter with memory to map");
	ASSERT_EQ(0, fixture_start(&self->fixture));
	target_fill(self->target, self->job, mem, 0, 3 * PAGE, 3);

	/* Plain memory, device, plain memory, in one go. */
	ASSERT_EQ(0, mem_read(self->fixture.fd, mem, buf, 3 * PAGE, 0, &t));
	EXPECT_EQ(reach, t.done);
	EXPECT_EQ(-1, pattern_differs(buf, 0, reach, 3));
	EXPECT_EQ(REACHES_DEVICES(variant->engine) ? DBGMEM_REASON_NONE : DBGMEM_REASON_SPECIAL,
		  t.reason);
	EXPECT_EQ(REACHES_DEVICES(variant->engine) ? 0 : (uintptr_t)mem + PAGE, t.fault_addr);

	pattern_fill(buf, 0, 3 * PAGE, 4);
	ASSERT_EQ(0, mem_write(self->fixture.fd, mem, buf, 3 * PAGE, 0, &t));
	EXPECT_EQ(reach, t.done);
	EXPECT_EQ(-1, target_pattern_differs(self->target, self->job, mem, 0,
					     reach, 4));
	EXPECT_EQ(REACHES_DEVICES(variant->engine) ? 0 : -EFAULT,
		  mem_read(self->fixture.fd, mem + PAGE + 8, &word, 8, 0, &t));

	/* EXACT holds pages, and there are none to be held. */
	memset(buf, 0xee, 3 * PAGE);
	EXPECT_EQ(-EFAULT, mem_read(self->fixture.fd, mem, buf, 3 * PAGE,
				    DBGMEM_EXACT, &t));
	EXPECT_EQ(0, t.done);
	EXPECT_EQ((uintptr_t)mem + PAGE, t.fault_addr);
	EXPECT_EQ(DBGMEM_REASON_SPECIAL, t.reason);
	EXPECT_EQ(-1, byte_differs(buf, 0xee, 3 * PAGE));
}

TEST_F_TIMEOUT(special, vdso_is_readable_and_vvar_is_special, 60)
{
	char *vdso = (char *)getauxval(AT_SYSINFO_EHDR), buf[PAGE];
	struct dbgmem_transfer t;
	char line[256];

	if (!vdso)
		SKIP(return, "the kernel has no vDSO");
	ASSERT_EQ(0, fixture_start(&self->fixture));
	ASSERT_EQ(0, mem_read(self->fixture.fd, vdso, buf, PAGE, 0, &t));
	EXPECT_EQ(PAGE, t.done);
	EXPECT_EQ(0, memcmp(buf, vdso, PAGE));
	EXPECT_EQ(0, mem_read(self->fixture.fd, vdso, buf, PAGE, DBGMEM_EXACT,
			      &t));
	EXPECT_EQ(-EFAULT, mem_write(self->fixture.fd, vdso, buf, 8, 0, &t));
	EXPECT_EQ(DBGMEM_REASON_PROTECTION, t.reason);

	ASSERT_TRUE(maps_line(self->target->pid, "[vvar]", line, sizeof(line)));
	EXPECT_EQ(-EFAULT, mem_read(self->fixture.fd, strtoul(line, NULL, 16),
				    buf, 8, 0, &t));
	EXPECT_EQ(DBGMEM_REASON_SPECIAL, t.reason);
}

/* --- FORCE --- */

#define TEXT	(3 * PAGE)

static const unsigned char trap[8] = { 0xcc, 1, 2, 3, 4, 5, 6, 7 };

TEST_F_TIMEOUT(special, force_writes_private_text_and_never_the_file, 60)
{
	const size_t at = PAGE - 3;
	struct dbgmem_transfer t;
	struct memory mem;
	char buf[8];

	ASSERT_EQ(NULL, memory_map(&mem, MEMORY_TEXT, TEXT, NULL));
	ASSERT_EQ(0, fixture_start(&self->fixture));
	EXPECT_EQ(-EFAULT, mem_write(self->fixture.fd, mem.addr + at, trap, 8, 0,
				     &t));
	EXPECT_EQ(0, t.done);
	EXPECT_EQ((uintptr_t)mem.addr + at, t.fault_addr);
	EXPECT_EQ(DBGMEM_REASON_PROTECTION, t.reason);
	EXPECT_EQ(-EFAULT, mem_write(self->fixture.fd, mem.addr + at, trap, 8,
				     DBGMEM_EXACT, &t));
	EXPECT_EQ(-1, target_pattern_differs(self->target, self->job, mem.addr,
					     0, TEXT, 1));

	ASSERT_EQ(0, mem_write(self->fixture.fd, mem.addr + at, trap, 8,
			       DBGMEM_FORCE, &t));
	EXPECT_EQ(8, t.done);
	EXPECT_EQ(DBGMEM_REASON_NONE, t.reason);
	ASSERT_EQ(0, mem_read(self->fixture.fd, mem.addr + at, buf, 8, 0, NULL));
	EXPECT_EQ(0, memcmp(buf, trap, 8));
	EXPECT_EQ(0, (long)at - target_pattern_differs(self->target, self->job,
						       mem.addr, 0, TEXT, 1));
	EXPECT_EQ(-1, target_pattern_differs(self->target, self->job,
					     mem.addr + at + 8, at + 8,
					     TEXT - at - 8, 1));
	ASSERT_EQ(0, mem_write(self->fixture.fd, mem.addr + 2 * PAGE, trap, 8,
			       DBGMEM_FORCE | DBGMEM_EXACT, &t));
	EXPECT_EQ(8, t.done);
	EXPECT_EQ(0, target_pattern_differs(self->target, self->job,
					    mem.addr + 2 * PAGE, 2 * PAGE, 8,
					    1));

	/* Neither the file nor the test's own mapping of it has changed. */
	EXPECT_EQ(-1, file_differs(mem.file, TEXT, 1));
	EXPECT_EQ(-1, pattern_differs(mem.addr, 0, TEXT, 1));
	close(mem.file);
}

TEST_F_TIMEOUT(special, force_leaves_shared_read_only_memory_alone, 60)
{
	int file = file_create(PAGE, 1);
	struct dbgmem_transfer t;
	char *mem;

	ASSERT_LE(0, file);
	mem = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, file, 0);
	ASSERT_NE(MAP_FAILED, mem);
	ASSERT_EQ(0, fixture_start(&self->fixture));
	EXPECT_EQ(-EFAULT, mem_write(self->fixture.fd, mem + 8, trap, 8,
				     DBGMEM_FORCE, &t));
	EXPECT_EQ(0, t.done);
	EXPECT_EQ((uintptr_t)mem + 8, t.fault_addr);
	EXPECT_EQ(DBGMEM_REASON_PROTECTION, t.reason);
	EXPECT_EQ(-EFAULT, mem_write(self->fixture.fd, mem + 8, trap, 8,
				     DBGMEM_FORCE | DBGMEM_EXACT, &t));
	EXPECT_EQ(DBGMEM_REASON_PROTECTION, t.reason);
	EXPECT_EQ(-1, file_differs(file, PAGE, 1));
	close(file);
}

TEST_F_TIMEOUT(special, force_reads_and_writes_where_all_is_forbidden, 60)
{
	char *mem = private_alloc(PAGE), buf[64];
	struct dbgmem_transfer t;

	ASSERT_NE(NULL, mem);
	ASSERT_EQ(0, fixture_start(&self->fixture));
	target_fill(self->target, self->job, mem, 0, PAGE, 3);
	ASSERT_EQ(0, target_protect(self->target, self->job, mem, PAGE,
				    PROT_NONE));
	EXPECT_EQ(-EFAULT, mem_read(self->fixture.fd, mem + 5, buf, 64, 0, &t));
	EXPECT_EQ(DBGMEM_REASON_PROTECTION, t.reason);
	EXPECT_EQ(0, mem_read(self->fixture.fd, mem + 5, buf, 64, DBGMEM_FORCE,
			      &t));
	EXPECT_EQ(64, t.done);
	EXPECT_EQ(-1, pattern_differs(buf, 5, 64, 3));
	EXPECT_EQ(0, mem_write(self->fixture.fd, mem + 16, trap, 8, DBGMEM_FORCE,
			       &t));
	ASSERT_EQ(0, target_protect(self->target, self->job, mem, PAGE,
				    PROT_READ));
	EXPECT_EQ(16, target_pattern_differs(self->target, self->job, mem, 0,
					     PAGE, 3));
	/* What is not mapped cannot be forced. */
	ASSERT_EQ(0, target_unmap(self->target, self->job, mem, PAGE));
	EXPECT_EQ(-EFAULT, mem_read(self->fixture.fd, mem + 5, buf, 64,
				    DBGMEM_FORCE, &t));
	EXPECT_EQ(DBGMEM_REASON_UNMAPPED, t.reason);
}

/* --- who may force --- */

FIXTURE(force) {
	struct fixture fixture;
	struct memory mem;
};

FIXTURE_SETUP(force)
{
	fixture_init(&self->fixture);
	ASSERT_NE(NULL, self->fixture.job);
	ASSERT_EQ(NULL, memory_map(&self->mem, MEMORY_TEXT, TEXT, NULL));
	ASSERT_EQ(0, fixture_start(&self->fixture));
}

FIXTURE_TEARDOWN(force)
{
	fixture_stop(&self->fixture);
	param_set("force", "capable");
	close(self->mem.file);
}

static int force_write(struct fixture *fixture, struct memory *mem)
{
	struct dbgmem_transfer t;
	int ret;

	ret = mem_write(fixture->fd, mem->addr, trap, 8, DBGMEM_FORCE, &t);
	/* A refusal moves nothing, and says so. */
	if (ret && t.done)
		return -EPROTO;
	return ret;
}

/* The same in a child of the test that has dropped the capability. */
static int force_write_unprivileged(struct fixture *fixture, struct memory *mem)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[2];
	int status;
	pid_t pid;

	pid = fork();
	if (pid < 0)
		return -errno;
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (syscall(SYS_capget, &head, data))
			_exit(255);
		data[0].effective &= ~(1U << CAP_SYS_PTRACE);
		if (syscall(SYS_capset, &head, data))
			_exit(255);
		_exit(-force_write(fixture, mem));
	}
	if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		return -ECHILD;
	return -WEXITSTATUS(status);
}

static uint32_t policy(int fd)
{
	struct dbgmem_info info;

	return module_info(fd, &info) ? ~0U : info.force_policy;
}

TEST_F(force, never_refuses_everybody)
{
	char buf[8];

	ASSERT_EQ(0, param_set("force", "never"));
	EXPECT_EQ(DBGMEM_FORCE_POLICY_NEVER, policy(self->fixture.fd));
	EXPECT_EQ(-EPERM, force_write(&self->fixture, &self->mem));
	EXPECT_EQ(-EPERM, mem_read(self->fixture.fd, self->mem.addr, buf, 8,
				   DBGMEM_FORCE, NULL));
	/* It is FORCE alone that the policy is about. */
	EXPECT_EQ(0, mem_read(self->fixture.fd, self->mem.addr, buf, 8, 0, NULL));
	EXPECT_EQ(-1, target_pattern_differs(&self->fixture.target,
					     self->fixture.job, self->mem.addr, 0,
					     TEXT, 1));
}

TEST_F(force, ptrace_allows_the_tracer_alone)
{
	pid_t pid = self->fixture.target.pid;
	int status;

	ASSERT_EQ(0, param_set("force", "ptrace"));
	EXPECT_EQ(DBGMEM_FORCE_POLICY_PTRACE, policy(self->fixture.fd));
	EXPECT_EQ(-EPERM, force_write(&self->fixture, &self->mem));
	ASSERT_EQ(0, ptrace(PTRACE_SEIZE, pid, 0, 0));
	ASSERT_EQ(0, ptrace(PTRACE_INTERRUPT, pid, 0, 0));
	ASSERT_EQ(pid, waitpid(pid, &status, __WALL));
	EXPECT_EQ(0, force_write(&self->fixture, &self->mem));
	/* The tracer's child is not the tracer. */
	EXPECT_EQ(-EPERM, force_write_unprivileged(&self->fixture, &self->mem));
	ASSERT_EQ(0, ptrace(PTRACE_DETACH, pid, 0, 0));
	EXPECT_EQ(-EPERM, force_write(&self->fixture, &self->mem));
}

TEST_F(force, capable_wants_the_capability_at_the_time_of_the_call)
{
	ASSERT_EQ(0, param_set("force", "capable"));
	EXPECT_EQ(DBGMEM_FORCE_POLICY_CAPABLE, policy(self->fixture.fd));
	EXPECT_EQ(-EPERM, force_write_unprivileged(&self->fixture, &self->mem));
	EXPECT_EQ(-1, target_pattern_differs(&self->fixture.target,
					     self->fixture.job, self->mem.addr, 0,
					     TEXT, 1));
	EXPECT_EQ(0, force_write(&self->fixture, &self->mem));
}

TEST_F(force, capable_allows_the_tracer_too)
{
	pid_t pid = self->fixture.target.pid, child;
	int status;

	ASSERT_EQ(0, param_set("force", "capable"));
	/* A tracer that has attached and then given up its privileges. */
	child = fork();
	ASSERT_LE(0, child);
	if (!child) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (ptrace(PTRACE_SEIZE, pid, 0, 0) ||
		    ptrace(PTRACE_INTERRUPT, pid, 0, 0) ||
		    waitpid(pid, &status, __WALL) != pid ||
		    setresgid(1000, 1000, 1000) || setresuid(1000, 1000, 1000))
			_exit(255);
		_exit(-force_write(&self->fixture, &self->mem));
	}
	ASSERT_EQ(child, waitpid(child, &status, 0));
	EXPECT_TRUE(WIFEXITED(status));
	EXPECT_EQ(0, WEXITSTATUS(status));
}

TEST_F(force, always_needs_no_capability)
{
	ASSERT_EQ(0, param_set("force", "always"));
	EXPECT_EQ(DBGMEM_FORCE_POLICY_ALWAYS, policy(self->fixture.fd));
	EXPECT_EQ(0, force_write_unprivileged(&self->fixture, &self->mem));
}

TEST_F(force, unknown_policy_is_refused_and_the_old_one_stays)
{
	ASSERT_EQ(0, param_set("force", "never"));
	EXPECT_NE(0, param_set("force", "bogus"));
	EXPECT_NE(0, param_set("force", "3"));
	EXPECT_EQ(DBGMEM_FORCE_POLICY_NEVER, policy(self->fixture.fd));
}

TEST_HARNESS_MAIN
