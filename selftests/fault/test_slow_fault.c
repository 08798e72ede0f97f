// SPDX-License-Identifier: GPL-2.0
/*
 * Agents that wait for a page of the target that never comes can be killed at
 * once, and neither an execve nor the exit of the target waits for them. Over
 * both engines, with a userfaultfd that nobody reads, and with a FUSE server that
 * does not answer.
 */
#include "proc.h"
#include "breakpoint.h"
#include "slow_fault.h"
#include "vector.h"
#include <kselftest_harness.h>

#include <sys/uio.h>

/* For what should take no time; what it must not do is wait for ever. */
#define SOON_MS		15000

/* --- what agents ask for: 8 bytes at @addr, 0 or -errno --- */

static int whole(int ret, uint64_t done)
{
	if (ret)
		return ret;
	return done == 8 ? 0 : -EIO;
}

static int transfer(int fd, unsigned long cmd, char *addr, uint32_t flags)
{
	struct dbgmem_transfer t;
	uint64_t word = 1;
	int ret;

	ret = xfer(fd, cmd, (uintptr_t)addr, &word, 8, flags, &t);
	return whole(ret, t.done);
}

static int op_read(int fd, char *addr)
{
	return transfer(fd, DBGMEM_IOC_READ, addr, 0);
}

static int op_read_exact(int fd, char *addr)
{
	return transfer(fd, DBGMEM_IOC_READ, addr, DBGMEM_EXACT);
}

static int op_read_zerofill(int fd, char *addr)
{
	return transfer(fd, DBGMEM_IOC_READ, addr, DBGMEM_ZEROFILL);
}

static int op_write(int fd, char *addr)
{
	return transfer(fd, DBGMEM_IOC_WRITE, addr, 0);
}

static int op_write_exact(int fd, char *addr)
{
	return transfer(fd, DBGMEM_IOC_WRITE, addr, DBGMEM_EXACT);
}

static int op_write_force(int fd, char *addr)
{
	return transfer(fd, DBGMEM_IOC_WRITE, addr, DBGMEM_FORCE);
}

static int vector(int fd, uint32_t op, char *addr, uint32_t flags)
{
	uint64_t words[2] = { 1, 1 };
	struct dbgmem_segment segs[] = {
		segment(addr, &words[0], 4),
		segment(addr + 4, &words[1], 4),
	};
	struct dbgmem_vector v;
	int ret;

	ret = vec(fd, op, segs, 2, flags, &v);
	if (!ret && segs[0].reason == DBGMEM_REASON_EXECED)
		return -ESTALE;
	return whole(ret, v.done);
}

static int op_vector_read(int fd, char *addr)
{
	return vector(fd, DBGMEM_OP_READ, addr, 0);
}

static int op_vector_exact(int fd, char *addr)
{
	return vector(fd, DBGMEM_OP_READ, addr, DBGMEM_EXACT);
}

static int op_vector_write(int fd, char *addr)
{
	return vector(fd, DBGMEM_OP_WRITE, addr, 0);
}

static int op_vector_write_exact(int fd, char *addr)
{
	return vector(fd, DBGMEM_OP_WRITE, addr, DBGMEM_EXACT);
}

/* A condition for nothing at all: a segment of no length. */
static int op_expect(int fd, char *addr)
{
	struct dbgmem_expect e = { .addr = (uintptr_t)addr };
	struct dbgmem_segment seg = segment(addr, &e, 0);
	struct dbgmem_vector v = {
		.size = sizeof(v),
		.segments = (uintptr_t)&seg,
		.nr_segments = 1,
		.segment_size = sizeof(seg),
		.expects = (uintptr_t)&e,
		.nr_expects = 1,
		.expect_size = sizeof(e),
	};

	return ioctl(fd, DBGMEM_IOC_VECTOR, &v) ? -errno : 0;
}

static int op_bp_set(int fd, char *addr)
{
	return bp_set(fd, addr, INT3, 1, NULL);
}

static int op_cmpxchg(int fd, char *addr)
{
	struct dbgmem_cmpxchg_args c = {
		.size = sizeof(c),
		.addr = (uintptr_t)addr,
		.desired = 1,
		.width = 8,
	};

	if (ioctl(fd, DBGMEM_IOC_CMPXCHG, &c))
		return -errno;
	return c.exchanged ? 0 : -EAGAIN;
}

static int op_pread(int fd, char *addr)
{
	uint64_t word;
	ssize_t n = pread(fd, &word, 8, (uintptr_t)addr);

	return n < 0 ? -errno : whole(0, n);
}

static int op_pwrite(int fd, char *addr)
{
	uint64_t word = 1;
	ssize_t n = pwrite(fd, &word, 8, (uintptr_t)addr);

	return n < 0 ? -errno : whole(0, n);
}

#define OP(name) { #name, op_##name }

static const struct {
	const char *name;
	int (*call)(int fd, char *addr);
} ops[] = {
	OP(read), OP(read_exact), OP(read_zerofill), OP(write),
	OP(write_exact), OP(write_force), OP(vector_read), OP(vector_exact),
	OP(vector_write), OP(vector_write_exact), OP(expect), OP(bp_set),
	OP(cmpxchg), OP(pread), OP(pwrite),
};

#define NR_OPS	((int)ARRAY_SIZE(ops))

/* --- the fixture --- */

FIXTURE(slow) {
	struct fixture fixture;
	struct target *target;
	struct slow slow;
	char *trap;		/* a page that is there */
	pid_t agent;
	int fd;
};

FIXTURE_VARIANT(slow) {
	const char *engine;
	enum slow_kind kind;
};

FIXTURE_VARIANT_ADD(slow, userfaultfd_remote) {
	.engine = "remote", .kind = SLOW_USERFAULTFD,
};

FIXTURE_VARIANT_ADD(slow, userfaultfd_pinned) {
	.engine = "pinned", .kind = SLOW_USERFAULTFD,
};

FIXTURE_VARIANT_ADD(slow, userfaultfd_mirror) {
	.engine = "mirror", .kind = SLOW_USERFAULTFD,
};

FIXTURE_VARIANT_ADD(slow, fuse_remote) {
	.engine = "remote", .kind = SLOW_FUSE,
};

FIXTURE_VARIANT_ADD(slow, fuse_pinned) {
	.engine = "pinned", .kind = SLOW_FUSE,
};

FIXTURE_VARIANT_ADD(slow, fuse_in_turn) {
	.engine = "pinned", .kind = SLOW_FUSE_IN_TURN,
};

FIXTURE_VARIANT_ADD(slow, fuse_random) {
	.engine = "remote", .kind = SLOW_FUSE_RANDOM,
};

FIXTURE_SETUP(slow)
{
	const char *lacks;

	self->slow.kind = variant->kind;
	ASSERT_EQ(0, fixture_open(&self->fixture, variant->engine));
	self->target = &self->fixture.target;
	self->trap = private_alloc(PAGE);
	ASSERT_NE(NULL, self->trap);
	lacks = slow_map(&self->slow);
	ASSERT_EQ(NULL, lacks)
		TH_LOG("%s", lacks);
	ASSERT_EQ(0, fixture_start(&self->fixture));
	self->fd = self->fixture.fd;
}

FIXTURE_TEARDOWN(slow)
{
	slow_unmap(&self->slow);
	fixture_close(&self->fixture);
}

/* An agent that waits for @slot; its exit status is what the call said. */
static bool agent_start(FIXTURE_DATA(slow) *self, int op, char *slot)
{
	if (slow_hold(&self->slow, self->target))
		return false;
	self->agent = fork();
	if (!self->agent) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		_exit(-ops[op].call(self->fd, slot));
	}
	return self->agent > 0 && slow_waits(&self->slow, SOON_MS) &&
	       !waitpid(self->agent, NULL, WNOHANG);
}

/* Has @pid ended before SOON_MS are over? Its exit code, or minus the signal. */
static bool ended_soon(pid_t pid, int *code)
{
	long end = now_ms() + SOON_MS;
	int status;

	while (waitpid(pid, &status, WNOHANG) != pid) {
		if (now_ms() > end)
			return false;
		sleep_ms(1);
	}
	*code = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
	return true;
}

static bool agent_killed_soon(FIXTURE_DATA(slow) *self)
{
	int code;

	kill(self->agent, SIGKILL);
	return ended_soon(self->agent, &code) && code == -SIGKILL;
}

/* --- the tests --- */

TEST_F_TIMEOUT(slow, fault_that_is_answered_completes_the_call, 60)
{
	int i, code;

	for (i = 0; i < NR_OPS; i++) {
		char *slot = slow_slot(&self->slow, i);

		ASSERT_TRUE(agent_start(self, i, slot))
			TH_LOG("%s does not wait", ops[i].name);
		slow_answer(&self->slow, slot);
		ASSERT_TRUE(ended_soon(self->agent, &code));
		EXPECT_EQ(0, code)
			TH_LOG("%s: %s", ops[i].name, strerror(code));
	}
}

TEST_F_TIMEOUT(slow, waiting_agent_is_killed_at_once_and_changed_nothing, 200)
{
	struct dbgmem_session_info info;
	uint64_t word;
	int i;

	for (i = 0; i < NR_OPS; i++) {
		char *slot = slow_slot(&self->slow, i);
		bool killed;

		ASSERT_TRUE(agent_start(self, i, slot))
			TH_LOG("%s does not wait", ops[i].name);
		killed = agent_killed_soon(self);
		EXPECT_TRUE(killed)
			TH_LOG("%s cannot be killed", ops[i].name);
		slow_answer(&self->slow, slot);
		ASSERT_TRUE(killed || ended_soon(self->agent, (int[1]){}));
		EXPECT_EQ(8, pread(self->fd, &word, 8, (uintptr_t)slot));
		EXPECT_EQ(0, word)
			TH_LOG("%s has written", ops[i].name);
	}
	EXPECT_EQ(0, session_info(self->fd, &info));
	EXPECT_EQ(0, info.breakpoints);
}

static long map_and_unmap(void *arg)
{
	void *p = mmap(NULL, PAGE, PROT_READ, MAP_ANON_PRIVATE, -1, 0);

	return p == MAP_FAILED || munmap(p, PAGE) ? -errno : 0;
}

/* Something to read from the target, or its end of the pipe closed. */
static bool heard_soon(FIXTURE_DATA(slow) *self)
{
	struct pollfd p = { .fd = self->target->from, .events = POLLIN };

	return poll(&p, 1, SOON_MS) == 1;
}

TEST_F_TIMEOUT(slow, target_maps_memory_while_an_agent_waits, 200)
{
	int i;

	for (i = 0; i < NR_OPS; i++) {
		char *slot = slow_slot(&self->slow, i);

		ASSERT_TRUE(agent_start(self, i, slot))
			TH_LOG("%s does not wait", ops[i].name);
		target_send(self->target, map_and_unmap, NULL);
		EXPECT_TRUE(heard_soon(self))
			TH_LOG("%s holds the target up", ops[i].name);
		/* the agent did not hear of it */
		EXPECT_EQ(0, waitpid(self->agent, NULL, WNOHANG));
		slow_answer(&self->slow, slot);
		EXPECT_EQ(0, target_wait(self->target));
		ASSERT_EQ(0, child_wait(self->agent));
	}
}

static long do_exit(void *arg)
{
	_exit(7);
}

/* A new target, and an agent of it that waits. */
static bool next_target(FIXTURE_DATA(slow) *self, int op, char *slot)
{
	fixture_stop(&self->fixture);
	if (self->slow.uffd >= 0)
		close(self->slow.uffd);
	self->slow.uffd = -1;
	if (fixture_start(&self->fixture))
		return false;
	self->fd = self->fixture.fd;
	return agent_start(self, op, slot);
}

TEST_F_TIMEOUT(slow, execve_of_the_target_does_not_wait_for_the_agent, 200)
{
	struct dbgmem_session_info info;
	int i, code;

	for (i = 0; i < NR_OPS; i++) {
		char *slot = slow_slot(&self->slow, i);

		ASSERT_TRUE(next_target(self, i, slot))
			TH_LOG("%s does not wait", ops[i].name);
		target_send(self->target, exec_sleep, NULL);
		/* that descriptor is closed on execve, when it succeeds */
		EXPECT_TRUE(heard_soon(self))
			TH_LOG("%s holds the execve up", ops[i].name);
		EXPECT_EQ(0, session_info(self->fd, &info));
		EXPECT_EQ(DBGMEM_STATE_EXECED, info.state);
		EXPECT_EQ(0, waitpid(self->agent, NULL, WNOHANG));
		slow_answer(&self->slow, slot);
		/* It had begun in the old memory, and that is what it got. */
		ASSERT_TRUE(ended_soon(self->agent, &code));
		EXPECT_TRUE(code == 0 || code == ESTALE)
			TH_LOG("%s: %s", ops[i].name, strerror(code));
		EXPECT_EQ(-ESTALE, ops[i].call(self->fd, slot));
	}
}

TEST_F_TIMEOUT(slow, exit_of_the_target_does_not_wait_for_the_agent, 200)
{
	int i, code;

	for (i = 0; i < NR_OPS; i++) {
		char *slot = slow_slot(&self->slow, i);
		bool exits = i % 2;

		ASSERT_TRUE(next_target(self, i, slot))
			TH_LOG("%s does not wait", ops[i].name);
		if (exits)
			target_send(self->target, do_exit, NULL);
		else
			kill(self->target->pid, SIGKILL);
		ASSERT_TRUE(ended_soon(self->target->pid, &code))
			TH_LOG("%s holds the exit up", ops[i].name);
		EXPECT_EQ(exits ? 7 : -SIGKILL, code);
		EXPECT_EQ(0, waitpid(self->agent, NULL, WNOHANG));
		EXPECT_TRUE(agent_killed_soon(self))
			TH_LOG("%s cannot be killed", ops[i].name);
		slow_answer(&self->slow, slot);
		EXPECT_EQ(-ESRCH, ops[i].call(self->fd, slot));
	}
}

TEST_HARNESS_MAIN
