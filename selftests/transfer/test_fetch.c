// SPDX-License-Identifier: GPL-2.0
/*
 * Agents whose own buffer does not come: they hold nothing of the target
 * meanwhile, the target runs on, and the answer in the end is correct.
 */
#include "common.h"
#include "slow_fault.h"
#include "vector.h"
#include <kselftest_harness.h>

#define AREA_PAGES	64
#define AREA_LEN	(AREA_PAGES * PAGE)

/* For what should take no time; what it must not do is wait for ever. */
#define SOON_MS		15000

/* What agents do: the last of @len bytes of their buffer do not come. */

static int whole(int ret, uint64_t done, size_t len)
{
	if (ret)
		return ret;
	return done == len ? 0 : -EIO;
}

static int transfer(int fd, unsigned long cmd, char *addr, char *buf, size_t len,
		    uint32_t flags)
{
	struct dbgmem_transfer t;
	int ret = xfer(fd, cmd, (uintptr_t)addr, buf, len, flags, &t);

	return whole(ret, t.done, len);
}

static int op_read(int fd, char *addr, char *buf, size_t len)
{
	return transfer(fd, DBGMEM_IOC_READ, addr, buf, len, 0);
}

static int op_read_exact(int fd, char *addr, char *buf, size_t len)
{
	return transfer(fd, DBGMEM_IOC_READ, addr, buf, len, DBGMEM_EXACT);
}

static int op_write(int fd, char *addr, char *buf, size_t len)
{
	return transfer(fd, DBGMEM_IOC_WRITE, addr, buf, len, 0);
}

static int op_write_exact(int fd, char *addr, char *buf, size_t len)
{
	return transfer(fd, DBGMEM_IOC_WRITE, addr, buf, len, DBGMEM_EXACT);
}

/* Eight pieces, each all of its pages but the first. */
static int pieces(int fd, uint32_t op, char *addr, char *buf, size_t len,
		  uint32_t flags)
{
	struct dbgmem_segment segs[8];
	struct dbgmem_vector v;
	size_t n = len / ARRAY_SIZE(segs), i;
	int ret;

	for (i = 0; i < ARRAY_SIZE(segs); i++)
		segs[i] = segment(addr + i * n, buf + i * n, n);
	ret = vec(fd, op, segs, ARRAY_SIZE(segs), flags, &v);
	return whole(ret, v.done, n * ARRAY_SIZE(segs));
}

static int op_vector_read(int fd, char *addr, char *buf, size_t len)
{
	return pieces(fd, DBGMEM_OP_READ, addr, buf, len, 0);
}

static int op_vector_exact(int fd, char *addr, char *buf, size_t len)
{
	return pieces(fd, DBGMEM_OP_READ, addr, buf, len, DBGMEM_EXACT);
}

static int op_vector_write(int fd, char *addr, char *buf, size_t len)
{
	return pieces(fd, DBGMEM_OP_WRITE, addr, buf, len, 0);
}

static int op_vector_write_exact(int fd, char *addr, char *buf, size_t len)
{
	return pieces(fd, DBGMEM_OP_WRITE, addr, buf, len, DBGMEM_EXACT);
}

static int op_pread(int fd, char *addr, char *buf, size_t len)
{
	ssize_t n = pread(fd, buf, len, (uintptr_t)addr);

	return n < 0 ? -errno : whole(0, n, len);
}

static int op_pwrite(int fd, char *addr, char *buf, size_t len)
{
	ssize_t n = pwrite(fd, buf, len, (uintptr_t)addr);

	return n < 0 ? -errno : whole(0, n, len);
}

#define OP(name, writes) { #name, op_##name, writes }

static const struct {
	const char *name;
	int (*call)(int fd, char *addr, char *buf, size_t len);
	bool writes;
} ops[] = {
	OP(read, false), OP(read_exact, false), OP(write, true),
	OP(write_exact, true), OP(vector_read, false),
	OP(vector_exact, false), OP(vector_write, true),
	OP(vector_write_exact, true), OP(pread, false), OP(pwrite, true),
};

#define NR_OPS	((int)ARRAY_SIZE(ops))

FIXTURE(fetch) {
	struct fixture fixture;
	struct target *target;
	struct slow slow;
	char *mem;		/* of the target */
	char *buf;		/* of the agents, up to a page of @slow */
	pid_t agent;
	int fd;
};

FIXTURE_VARIANT(fetch) {
	const char *engine;
	enum slow_kind kind;
};

FIXTURE_VARIANT_ADD(fetch, pinned) {
	.engine = "pinned", .kind = SLOW_FUSE,
};

FIXTURE_VARIANT_ADD(fetch, remote) {
	.engine = "remote", .kind = SLOW_FUSE,
};

FIXTURE_VARIANT_ADD(fetch, pinned_in_turn) {
	.engine = "pinned", .kind = SLOW_FUSE_IN_TURN,
};

FIXTURE_SETUP(fetch)
{
	const char *lacks;

	self->slow.kind = variant->kind;
	ASSERT_EQ(0, fixture_open(&self->fixture, variant->engine));
	self->target = &self->fixture.target;
	self->mem = private_alloc(AREA_LEN);
	ASSERT_NE(NULL, self->mem);
	lacks = slow_map(&self->slow);
	ASSERT_EQ(NULL, lacks)
		TH_LOG("%s", lacks);
	ASSERT_EQ(0, fixture_start(&self->fixture));
	self->fd = self->fixture.fd;
	target_fill(self->target, self->fixture.job, self->mem, 0, AREA_LEN, 1);
}

FIXTURE_TEARDOWN(fetch)
{
	slow_unmap(&self->slow);
	fixture_close(&self->fixture);
}

/* An agent that waits for the last page of its buffer, in slot @i. */
static bool agent_start(FIXTURE_DATA(fetch) *self, int op, int i)
{
	/* pages of its own up to that of the file */
	char *last = (char *)((uintptr_t)slow_slot(&self->slow, i) & -PAGE);
	char *buf = last - (AREA_LEN - PAGE);

	if (slow_hold(&self->slow, self->target))
		return false;
	self->agent = fork();
	if (!self->agent) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		/* what is read ahead stays within the slot */
		if (mmap(buf, AREA_LEN - PAGE, PROT_READ | PROT_WRITE,
			 MAP_ANON_PRIVATE | MAP_FIXED, -1, 0) != buf)
			_exit(1);
		memset(buf, 7, AREA_LEN - PAGE);
		_exit(-ops[op].call(self->fd, self->mem, buf, AREA_LEN));
	}
	return self->agent > 0 && slow_waits(&self->slow, SOON_MS) &&
	       !waitpid(self->agent, NULL, WNOHANG);
}

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

/* Pages that anybody has pinned. The counts of the processors are added up first. */
static long pinned(void)
{
	file_write("/proc/sys/vm/stat_refresh", "1");
	return file_number("/proc/vmstat", "nr_foll_pin_acquired") -
	       file_number("/proc/vmstat", "nr_foll_pin_released");
}

static long map_and_unmap(void *arg)
{
	void *p = mmap(NULL, PAGE, PROT_READ, MAP_ANON_PRIVATE, -1, 0);

	return p == MAP_FAILED || munmap(p, PAGE) ? -errno : 0;
}

TEST_F_TIMEOUT(fetch, buffer_that_comes_late_completes_the_call, 100)
{
	int i, code;

	for (i = 0; i < NR_OPS; i++) {
		ASSERT_TRUE(agent_start(self, i, i))
			TH_LOG("%s does not wait", ops[i].name);
		slow_answer(&self->slow, slow_slot(&self->slow, i));
		ASSERT_TRUE(ended_soon(self->agent, &code));
		EXPECT_EQ(0, code)
			TH_LOG("%s: %s", ops[i].name, strerror(code));
	}
}

TEST_F_TIMEOUT(fetch, nothing_is_held_while_the_buffer_does_not_come, 200)
{
	long before = pinned();
	int i, code;

	for (i = 0; i < NR_OPS; i++) {
		ASSERT_TRUE(agent_start(self, i, i))
			TH_LOG("%s does not wait", ops[i].name);
		EXPECT_EQ(before, pinned())
			TH_LOG("%s pins", ops[i].name);
		EXPECT_EQ(0, target_call(self->target, map_and_unmap, NULL));
		kill(self->agent, SIGKILL);
		EXPECT_TRUE(ended_soon(self->agent, &code))
			TH_LOG("%s cannot be killed", ops[i].name);
		slow_answer(&self->slow, slow_slot(&self->slow, i));
	}
}

static long map_anew(void *arg)
{
	char *mem = arg;

	return mmap(mem, AREA_LEN, PROT_READ | PROT_WRITE,
		    MAP_ANON_PRIVATE | MAP_FIXED, -1, 0) == mem ? 0 : -errno;
}

static long first_byte(void *arg)
{
	return *(unsigned char *)arg;
}

TEST_F_TIMEOUT(fetch, write_is_not_done_to_a_mapping_that_has_gone, 100)
{
	int i, code;

	for (i = 0; i < NR_OPS; i++) {
		/* what precedes the missing page may have been written */
		if (ops[i].call != op_write_exact &&
		    ops[i].call != op_vector_write_exact)
			continue;
		ASSERT_TRUE(agent_start(self, i, i))
			TH_LOG("%s does not wait", ops[i].name);
		ASSERT_EQ(0, target_call(self->target, map_anew, self->mem));
		slow_answer(&self->slow, slow_slot(&self->slow, i));
		ASSERT_TRUE(ended_soon(self->agent, &code));
		ASSERT_EQ(0, code);
		EXPECT_EQ(7, target_call(self->target, first_byte, self->mem))
			TH_LOG("%s: done, but nobody got it", ops[i].name);
	}
}

TEST_HARNESS_MAIN
