// SPDX-License-Identifier: GPL-2.0
/*
 * READ and WRITE without flags, the same for every engine: bytes move exactly as
 * the target sees them, and the answer says exactly where a transfer stopped and
 * why.
 */
#include "engine.h"
#include "slow.h"

#define AREA	(MIB + 8 * PAGE)
#define SLACK	16		/* bytes watched around the caller's buffer */

/* --- every kind of memory, every length --- */

FIXTURE(memory) {
	struct fixture fixture;
	struct memory mem;
	char *shared;
};

FIXTURE_VARIANT(memory) {
	const char *engine;
	enum memory_kind kind;
};

#define MEMORY_VARIANT(_name, _kind)				\
FIXTURE_VARIANT_ADD(memory, remote_##_name) {			\
	.engine = "remote", .kind = _kind,			\
};								\
FIXTURE_VARIANT_ADD(memory, pinned_##_name) {			\
	.engine = "pinned", .kind = _kind,			\
};								\
FIXTURE_VARIANT_ADD(memory, mirror_##_name) {			\
	.engine = "mirror", .kind = _kind,			\
}

MEMORY_VARIANT(anonymous, MEMORY_ANON);
MEMORY_VARIANT(thp, MEMORY_THP);
MEMORY_VARIANT(file_private, MEMORY_FILE_PRIVATE);
MEMORY_VARIANT(file_shared, MEMORY_FILE_SHARED);
MEMORY_VARIANT(hugetlb, MEMORY_HUGETLB);
MEMORY_VARIANT(stack, MEMORY_STACK);
MEMORY_VARIANT(memfd, MEMORY_MEMFD);
MEMORY_VARIANT(sysv, MEMORY_SYSV);
MEMORY_VARIANT(text, MEMORY_TEXT);

FIXTURE_SETUP(memory)
{
	ASSERT_EQ(0, fixture_open(&self->fixture, variant->engine));
	self->shared = shared_alloc(AREA);
	ASSERT_NE(NULL, self->shared);
}

FIXTURE_TEARDOWN(memory)
{
	fixture_close(&self->fixture);
	if (variant->kind == MEMORY_HUGETLB)
		file_write_number("/proc/sys/vm/nr_hugepages", 0);
}

static const struct {
	size_t offset, len, buffer;
} shapes[] = {
	{ PAGE, 0, 0 },
	{ PAGE, 1, 0 },
	{ 2 * PAGE - 1, 1, 3 },
	{ PAGE, PAGE - 1, 0 },
	{ PAGE + 1, PAGE - 1, 7 },
	{ PAGE + 5, PAGE - 1, 4000 },
	{ PAGE, PAGE, 0 },
	{ PAGE + 123, PAGE, 45 },
	{ PAGE, PAGE + 1, 0 },
	{ 2 * PAGE - 1, PAGE + 1, 4095 },
	{ PAGE + 0x7f, 3 * PAGE, 3 },
	{ 2 * PAGE - 3, 3 * PAGE, 13 },
	{ PAGE, MIB, 0 },
	{ PAGE + 0x11, MIB, 0x123 },
};

TEST_F_TIMEOUT(memory, read_gives_the_targets_own_view, 120)
{
	char stack[variant->kind == MEMORY_STACK ? AREA + PAGE : 1];
	char *page = (char *)(((uintptr_t)stack + PAGE - 1) & -PAGE);
	struct dbgmem_transfer t;
	const char *cannot;
	char *buf, *addr;
	size_t i, len;

	cannot = memory_map(&self->mem, variant->kind, AREA, page);
	if (cannot)
		SKIP(return, "%s", cannot);
	ASSERT_EQ(0, fixture_start(&self->fixture));
	if (variant->kind != MEMORY_TEXT)
		target_fill(&self->fixture.target, self->fixture.job,
			    self->mem.addr, 0, AREA, 7);
	if (variant->kind == MEMORY_THP &&
	    rollup(self->fixture.target.pid, "AnonHugePages:") <= 0)
		SKIP(return, "the kernel gave no transparent huge page");

	for (i = 0; i < ARRAY_SIZE(shapes); i++) {
		len = shapes[i].len;
		addr = self->mem.addr + shapes[i].offset;
		buf = self->shared + SLACK + shapes[i].buffer;
		memset(buf - SLACK, 0xee, len + 2 * SLACK);

		ASSERT_EQ(0, mem_read(self->fixture.fd, addr, buf, len, 0, &t))
			TH_LOG("shape %zu", i);
		EXPECT_EQ(len, t.done);
		EXPECT_EQ(0, t.fault_addr);
		EXPECT_EQ(DBGMEM_REASON_NONE, t.reason);
		ASSERT_EQ(0, target_memory_differs(&self->fixture.target,
						   self->fixture.job, addr, buf,
						   len))
			TH_LOG("shape %zu", i);
		EXPECT_EQ(-1, byte_differs(buf - SLACK, 0xee, SLACK));
		EXPECT_EQ(-1, byte_differs(buf + len, 0xee, SLACK));
	}
	/* The comparison above can tell: one other byte is seen. */
	buf[len / 2] ^= 1;
	EXPECT_NE(0, target_memory_differs(&self->fixture.target,
					   self->fixture.job, addr, buf, len));
}

TEST_F_TIMEOUT(memory, write_changes_these_bytes_and_no_others, 120)
{
	char stack[variant->kind == MEMORY_STACK ? AREA + PAGE : 1];
	char *page = (char *)(((uintptr_t)stack + PAGE - 1) & -PAGE);
	struct target *target = &self->fixture.target;
	struct job *job = self->fixture.job;
	struct dbgmem_transfer t;
	size_t i, len, off;
	const char *cannot;
	char *buf, *base;

	cannot = memory_map(&self->mem, variant->kind, AREA, page);
	if (cannot)
		SKIP(return, "%s", cannot);
	ASSERT_EQ(0, fixture_start(&self->fixture));
	base = self->mem.addr;

	for (i = 0; i < ARRAY_SIZE(shapes); i++) {
		len = shapes[i].len;
		off = shapes[i].offset;
		buf = self->shared + shapes[i].buffer;
		pattern_fill(buf, 0, len, 100 + i);
		if (variant->kind == MEMORY_TEXT) {
			ASSERT_EQ(len ? -EFAULT : 0,
				  mem_write(self->fixture.fd, base + off, buf,
					    len, 0, &t));
			EXPECT_EQ(0, t.done);
			EXPECT_EQ(len ? DBGMEM_REASON_PROTECTION :
				  DBGMEM_REASON_NONE, t.reason);
			continue;
		}
		target_fill(target, job, base, 0, AREA, 7);
		ASSERT_EQ(0, mem_write(self->fixture.fd, base + off, buf, len, 0,
				       &t))
			TH_LOG("shape %zu", i);
		EXPECT_EQ(len, t.done);
		EXPECT_EQ(0, t.fault_addr);
		EXPECT_EQ(DBGMEM_REASON_NONE, t.reason);
		ASSERT_EQ(-1, target_pattern_differs(target, job, base + off, 0,
						     len, 100 + i))
			TH_LOG("shape %zu", i);
		ASSERT_EQ(-1, target_pattern_differs(target, job, base, 0, off,
						     7));
		ASSERT_EQ(-1, target_pattern_differs(target, job,
						     base + off + len,
						     off + len,
						     AREA - off - len, 7));
		EXPECT_EQ(-1, pattern_differs(buf, 0, len, 100 + i));
	}
	if (variant->kind == MEMORY_FILE_PRIVATE ||
	    variant->kind == MEMORY_TEXT) {
		EXPECT_EQ(-1, file_differs(self->mem.file, AREA, 1));
	}
	if (variant->kind == MEMORY_FILE_SHARED) {
		/* The last write has gone through to the file, and no other. */
		EXPECT_EQ((long)shapes[ARRAY_SIZE(shapes) - 1].offset,
			  file_differs(self->mem.file, AREA, 7));
	}
}

/* --- the rest of the contract --- */

FIXTURE(transfer) {
	struct fixture fixture;
	struct target *target;
	struct job *job;
};

ENGINE_VARIANTS(transfer);

FIXTURE_SETUP(transfer)
{
	ASSERT_EQ(0, fixture_open(&self->fixture, variant->engine));
	self->target = &self->fixture.target;
	self->job = self->fixture.job;
}

FIXTURE_TEARDOWN(transfer)
{
	fixture_close(&self->fixture);
}

static void move_64_mib(struct __test_metadata *_metadata, struct fixture *fixture,
			enum memory_kind kind)
{
	const size_t len = slow_rounds(64) * MIB;
	struct dbgmem_transfer t;
	struct memory mem;
	const char *cannot;
	char *buf, *addr;

	cannot = memory_map(&mem, kind, len + 2 * PAGE, NULL);
	if (cannot)
		SKIP(return, "%s", cannot);
	/* Shared, so that the target compares it with its own. */
	buf = shared_alloc(len + PAGE);
	ASSERT_NE(NULL, buf);
	ASSERT_EQ(0, fixture_start(fixture));
	addr = mem.addr + PAGE - 9;
	target_fill(&fixture->target, fixture->job, mem.addr, 0, mem.len, 7);
	if (kind == MEMORY_THP &&
	    rollup(fixture->target.pid, "AnonHugePages:") <= 0)
		SKIP(return, "the kernel gave no transparent huge page");

	ASSERT_EQ(0, mem_read(fixture->fd, addr, buf + 3, len, 0, &t));
	EXPECT_EQ(len, t.done);
	EXPECT_EQ(0, target_memory_differs(&fixture->target, fixture->job, addr,
					   buf + 3, len));

	pattern_fill(buf + 3, 0, len, 8);
	ASSERT_EQ(0, mem_write(fixture->fd, addr, buf + 3, len, 0, &t));
	EXPECT_EQ(len, t.done);
	EXPECT_EQ(0, target_memory_differs(&fixture->target, fixture->job, addr,
					   buf + 3, len));
	EXPECT_EQ(-1, target_pattern_differs(&fixture->target, fixture->job,
					     mem.addr, 0, PAGE - 9, 7));
	EXPECT_EQ(-1, target_pattern_differs(&fixture->target, fixture->job,
					     addr + len, PAGE - 9 + len,
					     PAGE + 9, 7));
}

TEST_F_TIMEOUT(transfer, moves_64_mib_of_small_pages, 120)
{
	move_64_mib(_metadata, &self->fixture, MEMORY_ANON);
}

TEST_F_TIMEOUT(transfer, moves_64_mib_of_huge_pages, 120)
{
	move_64_mib(_metadata, &self->fixture, MEMORY_THP);
}

TEST_F_TIMEOUT(transfer, stops_exactly_at_a_hole, 60)
{
	char *mem = private_alloc(4 * PAGE), *buf = malloc(4 * PAGE);
	const size_t want = 2 * PAGE - 100;
	struct dbgmem_transfer t;

	ASSERT_NE(NULL, mem);
	ASSERT_EQ(0, fixture_start(&self->fixture));
	target_fill(self->target, self->job, mem, 0, 4 * PAGE, 3);
	ASSERT_EQ(0, target_unmap(self->target, self->job, mem + 2 * PAGE,
				  PAGE));

	memset(buf, 0xee, 4 * PAGE);
	ASSERT_EQ(0, mem_read(self->fixture.fd, mem + 100, buf, 3 * PAGE, 0, &t));
	EXPECT_EQ(want, t.done);
	EXPECT_EQ((uintptr_t)mem + 2 * PAGE, t.fault_addr);
	EXPECT_EQ(DBGMEM_REASON_UNMAPPED, t.reason);
	EXPECT_EQ(-1, pattern_differs(buf, 100, want, 3));
	EXPECT_EQ(-1, byte_differs(buf + want, 0xee, 4 * PAGE - want));

	pattern_fill(buf, 0, 4 * PAGE, 5);
	ASSERT_EQ(0, mem_write(self->fixture.fd, mem + 100, buf, 3 * PAGE, 0,
			       &t));
	EXPECT_EQ(want, t.done);
	EXPECT_EQ((uintptr_t)mem + 2 * PAGE, t.fault_addr);
	EXPECT_EQ(DBGMEM_REASON_UNMAPPED, t.reason);
	EXPECT_EQ(-1, target_pattern_differs(self->target, self->job, mem + 100,
					     0, want, 5));
	EXPECT_EQ(-1, target_pattern_differs(self->target, self->job,
					     mem + 3 * PAGE, 3 * PAGE, PAGE,
					     3));

	/* One byte before the hole. */
	ASSERT_EQ(0, mem_read(self->fixture.fd, mem + 2 * PAGE - 1, buf, 2, 0,
			      &t));
	EXPECT_EQ(1, t.done);
	EXPECT_EQ((uintptr_t)mem + 2 * PAGE, t.fault_addr);
}

TEST_F_TIMEOUT(transfer, first_byte_bad_is_efault_with_nothing_done, 60)
{
	char *mem = private_alloc(4 * PAGE), buf[64];
	struct dbgmem_transfer t;
	unsigned long cmd;
	int i;

	ASSERT_NE(NULL, mem);
	ASSERT_EQ(0, fixture_start(&self->fixture));
	ASSERT_EQ(0, target_unmap(self->target, self->job, mem + PAGE, PAGE));
	memset(buf, 0xee, sizeof(buf));
	for (i = 0; i < 2; i++) {
		cmd = i ? DBGMEM_IOC_WRITE : DBGMEM_IOC_READ;
		EXPECT_EQ(-EFAULT, xfer(self->fixture.fd, cmd,
					(uintptr_t)mem + PAGE + 77, buf, 64, 0,
					&t));
		EXPECT_EQ(0, t.done);
		EXPECT_EQ((uintptr_t)mem + PAGE + 77, t.fault_addr);
		EXPECT_EQ(DBGMEM_REASON_UNMAPPED, t.reason);
		/* Nothing at all is accessible at NULL or in kernel space. */
		EXPECT_EQ(-EFAULT, xfer(self->fixture.fd, cmd, 0, buf, 8, 0, &t));
		EXPECT_EQ(0, t.fault_addr);
		EXPECT_EQ(DBGMEM_REASON_UNMAPPED, t.reason);
		EXPECT_EQ(-EFAULT, xfer(self->fixture.fd, cmd,
					0xffff888000000000ULL, buf, 8, 0, &t));
		EXPECT_EQ(0xffff888000000000ULL, t.fault_addr);
		EXPECT_EQ(0, t.done);
	}
	EXPECT_EQ(-1, byte_differs(buf, 0xee, sizeof(buf)));
}

TEST_F_TIMEOUT(transfer, protection_stops_it_and_is_the_reason, 60)
{
	char *mem = private_alloc(3 * PAGE), *buf = malloc(3 * PAGE);
	struct dbgmem_transfer t;

	ASSERT_NE(NULL, mem);
	memset(buf, 0xee, 3 * PAGE);
	ASSERT_EQ(0, fixture_start(&self->fixture));
	target_fill(self->target, self->job, mem, 0, 3 * PAGE, 3);

	ASSERT_EQ(0, target_protect(self->target, self->job, mem + PAGE, PAGE,
				    PROT_READ));
	ASSERT_EQ(0, mem_write(self->fixture.fd, mem, buf, 3 * PAGE, 0, &t));
	EXPECT_EQ(PAGE, t.done);
	EXPECT_EQ((uintptr_t)mem + PAGE, t.fault_addr);
	EXPECT_EQ(DBGMEM_REASON_PROTECTION, t.reason);
	EXPECT_EQ(-EFAULT, mem_write(self->fixture.fd, mem + PAGE + 8, buf, 8, 0,
				     &t));
	EXPECT_EQ(0, t.done);
	EXPECT_EQ((uintptr_t)mem + PAGE + 8, t.fault_addr);
	EXPECT_EQ(DBGMEM_REASON_PROTECTION, t.reason);
	EXPECT_EQ(-1, target_pattern_differs(self->target, self->job,
					     mem + PAGE, PAGE, 2 * PAGE, 3));

	ASSERT_EQ(0, target_protect(self->target, self->job, mem + PAGE, PAGE,
				    PROT_NONE));
	ASSERT_EQ(0, mem_read(self->fixture.fd, mem, buf, 3 * PAGE, 0, &t));
	EXPECT_EQ(PAGE, t.done);
	EXPECT_EQ((uintptr_t)mem + PAGE, t.fault_addr);
	EXPECT_EQ(DBGMEM_REASON_PROTECTION, t.reason);
	EXPECT_EQ(-EFAULT, mem_read(self->fixture.fd, mem + PAGE + 8, buf, 8, 0,
				    &t));
	EXPECT_EQ(DBGMEM_REASON_PROTECTION, t.reason);
}

/* GUP has been known to grow a stack that a stranger looks below. */
TEST_F_TIMEOUT(transfer, below_the_stack_is_unmapped_and_does_not_grow_it, 60)
{
	char before[256], after[256], buf[256] = "";
	unsigned long start, off;
	struct dbgmem_transfer t;

	ASSERT_EQ(0, fixture_start(&self->fixture));
	ASSERT_TRUE(maps_line(self->target->pid, "[stack]", before,
			      sizeof(before)));
	start = strtoul(before, NULL, 16);
	for (off = 8; off <= 64 * PAGE; off *= 8) {
		EXPECT_EQ(-EFAULT, mem_read(self->fixture.fd, start - off, buf, 8,
					    0, &t));
		EXPECT_EQ(start - off, t.fault_addr);
		EXPECT_EQ(DBGMEM_REASON_UNMAPPED, t.reason);
		EXPECT_EQ(-EFAULT, mem_write(self->fixture.fd, start - off, buf,
					     8, 0, &t));
		EXPECT_EQ(DBGMEM_REASON_UNMAPPED, t.reason);
		EXPECT_EQ(-EFAULT, mem_read(self->fixture.fd, start - off, buf, 8,
					    DBGMEM_EXACT, &t));
		EXPECT_EQ(0, mem_read(self->fixture.fd, start - off, buf, 8,
				      DBGMEM_ZEROFILL, &t));
		EXPECT_EQ(0, t.done);
	}
	ASSERT_TRUE(maps_line(self->target->pid, "[stack]", after,
			      sizeof(after)));
	EXPECT_STREQ(before, after);
	/* The stack itself is there. */
	EXPECT_EQ(0, mem_read(self->fixture.fd, start, buf, 8, 0, &t));
}

TEST_F_TIMEOUT(transfer, the_callers_own_bad_buffer_is_named, 60)
{
	char *mem = private_alloc(4 * PAGE), *buf = private_alloc(4 * PAGE);
	const size_t want = 2 * PAGE - 10;
	struct dbgmem_transfer t;

	ASSERT_NE(NULL, mem);
	ASSERT_NE(NULL, buf);
	ASSERT_EQ(0, fixture_start(&self->fixture));
	target_fill(self->target, self->job, mem, 0, 4 * PAGE, 3);
	pattern_fill(buf, 0, 4 * PAGE, 9);
	ASSERT_EQ(0, mprotect(buf + 2 * PAGE, PAGE, PROT_NONE));

	ASSERT_EQ(0, mem_read(self->fixture.fd, mem + 5, buf + 10, 3 * PAGE, 0,
			      &t));
	EXPECT_EQ(want, t.done);
	EXPECT_EQ((uintptr_t)buf + 2 * PAGE, t.fault_addr);
	EXPECT_EQ(DBGMEM_REASON_BUFFER, t.reason);
	EXPECT_EQ(-1, pattern_differs(buf + 10, 5, want, 3));
	EXPECT_EQ(-1, pattern_differs(buf + 3 * PAGE, 3 * PAGE, PAGE, 9));

	pattern_fill(buf, 0, 2 * PAGE, 9);
	ASSERT_EQ(0, mem_write(self->fixture.fd, mem + 5, buf + 10, 3 * PAGE, 0,
			       &t));
	EXPECT_EQ(want, t.done);
	EXPECT_EQ((uintptr_t)buf + 2 * PAGE, t.fault_addr);
	EXPECT_EQ(DBGMEM_REASON_BUFFER, t.reason);
	EXPECT_EQ(-1, target_pattern_differs(self->target, self->job, mem + 5,
					     10, want, 9));
	EXPECT_EQ(-1, target_pattern_differs(self->target, self->job,
					     mem + 5 + want, 5 + want,
					     2 * PAGE, 3));

	/* Read-only: it can be written from, and not read into. */
	ASSERT_EQ(0, mprotect(buf + 2 * PAGE, PAGE, PROT_READ));
	EXPECT_EQ(0, mem_write(self->fixture.fd, mem, buf, 3 * PAGE, 0, &t));
	EXPECT_EQ(3 * PAGE, t.done);
	EXPECT_EQ(0, mem_read(self->fixture.fd, mem, buf, 3 * PAGE, 0, &t));
	EXPECT_EQ(2 * PAGE, t.done);
	EXPECT_EQ((uintptr_t)buf + 2 * PAGE, t.fault_addr);
	EXPECT_EQ(DBGMEM_REASON_BUFFER, t.reason);

	/* Small ones have a way of their own in the module. */
	EXPECT_EQ(-EFAULT, mem_read(self->fixture.fd, mem, buf + 2 * PAGE + 8, 8,
				    0, &t));
	EXPECT_EQ(0, t.done);
	EXPECT_EQ((uintptr_t)buf + 2 * PAGE + 8, t.fault_addr);
	EXPECT_EQ(DBGMEM_REASON_BUFFER, t.reason);
	EXPECT_EQ(-EFAULT, mem_write(self->fixture.fd, mem, NULL, 8, 0, &t));
	EXPECT_EQ(0, t.fault_addr);
	EXPECT_EQ(DBGMEM_REASON_BUFFER, t.reason);
	EXPECT_EQ(-EFAULT, mem_read(self->fixture.fd, mem,
				    (void *)0xffff888000000000UL, 8, 0, &t));
	EXPECT_EQ(DBGMEM_REASON_BUFFER, t.reason);
}

/* --- killing the caller --- */

struct reader {
	int started, finished;
};

/*
 * A child of the test that reads @len bytes at once. Unhindered it would need
 * many seconds, so that it can only be gone in time if the kill reached it.
 */
static void killed_while_reading(struct __test_metadata *_metadata, int fd,
				 uint64_t addr, size_t len, uint32_t flags)
{
	struct timespec tick = { 0, 5 * 1000 * 1000 };
	struct reader *r = shared_alloc(PAGE);
	char *buf = alias_alloc(len, 16 * MIB);
	double start;
	int status;
	pid_t pid;

	ASSERT_NE(NULL, r);
	ASSERT_NE(NULL, buf);
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		__atomic_store_n(&r->started, 1, __ATOMIC_RELEASE);
		mem_read(fd, addr, buf, len, flags, NULL);
		__atomic_store_n(&r->finished, 1, __ATOMIC_RELEASE);
		_exit(0);
	}
	while (!__atomic_load_n(&r->started, __ATOMIC_ACQUIRE))
		nanosleep(&tick, NULL);
	tick.tv_nsec = 50 * 1000 * 1000;
	nanosleep(&tick, NULL);
	EXPECT_EQ(0, __atomic_load_n(&r->finished, __ATOMIC_ACQUIRE))
		TH_LOG("the read was over before the kill");
	start = now();
	kill(pid, SIGKILL);
	EXPECT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_GT(soon(), now() - start);
	EXPECT_TRUE(WIFSIGNALED(status));
	EXPECT_EQ(0, __atomic_load_n(&r->finished, __ATOMIC_ACQUIRE));
	munmap(buf, len);
}

TEST_F_TIMEOUT(transfer, killed_in_a_large_read_ends_soon, 60)
{
	char *mem = mmap(NULL, 16 * GIB, PROT_READ | PROT_WRITE,
			 MAP_ANON_PRIVATE | MAP_NORESERVE, -1, 0);

	ASSERT_NE(MAP_FAILED, mem);
	ASSERT_EQ(0, fixture_start(&self->fixture));
	killed_while_reading(_metadata, self->fixture.fd, (uintptr_t)mem,
			     16 * GIB, 0);
}

TEST_F_TIMEOUT(transfer, killed_in_a_walk_over_holes_ends_soon, 60)
{
	char *mem = mmap(NULL, 16 * GIB, PROT_NONE,
			 MAP_ANON_PRIVATE | MAP_NORESERVE, -1, 0);

	ASSERT_NE(MAP_FAILED, mem);
	ASSERT_EQ(0, munmap(mem, 16 * GIB));
	ASSERT_EQ(0, fixture_start(&self->fixture));
	killed_while_reading(_metadata, self->fixture.fd, (uintptr_t)mem,
			     16 * GIB, DBGMEM_ZEROFILL);
}

TEST_HARNESS_MAIN
