// SPDX-License-Identifier: GPL-2.0
/*
 * Forbidden memory, with every call: secret memory, broken pages, guard pages,
 * the vsyscall page.
 */
#include "device.h"
#include "features.h"
#include <kselftest_harness.h>

#ifndef MADV_GUARD_INSTALL
#define MADV_GUARD_INSTALL	102
#endif

#define VSYSCALL	0xffffffffff600000

struct place {
	uint64_t addr;
	char why_not[96];	/* no such place: why */
};

FIXTURE(forbidden)
{
	struct fixture fixture;
	struct place *place;
	char *mem;
	int fd;
};

FIXTURE_VARIANT(forbidden)
{
	/* before the target is there, and in it */
	void (*map)(struct place *p, char *mem);
	long (*job)(void *mem);
	const char *what;	/* for the skip */
	uint32_t reason;	/* 0: some other */
	bool readable;		/* reading may succeed */
	bool own;		/* the caller may use its own */
};

static void place_secret(struct place *p, char *mem)
{
	p->addr = (uintptr_t)mem + PAGE;
	if (!map_secret(mem + PAGE))
		snprintf(p->why_not, sizeof(p->why_not),
			 "no memfd_secret(2): %s (boot with secretmem.enable=1)",
			 strerror(errno));
	else
		memset(mem + PAGE, 's', PAGE);
}

static void place_plain(struct place *p, char *mem)
{
	p->addr = (uintptr_t)mem + PAGE;
}

static void place_vsyscall(struct place *p, char *mem)
{
	p->addr = VSYSCALL;
}

static long poison_page(void *mem)
{
	char *page = (char *)mem + PAGE;

	/* its own, whatever it was forked from */
	memset(page, 'p', PAGE);
	return memory_poison(page);
}

static long job_guard(void *mem)
{
	return madvise((char *)mem + PAGE, PAGE, MADV_GUARD_INSTALL) ? -errno :
								       0;
}

FIXTURE_VARIANT_ADD(forbidden, secret)
{
	.map = place_secret,
	.own = true,
	.reason = DBGMEM_REASON_SPECIAL,
};

FIXTURE_VARIANT_ADD(forbidden, poisoned)
{
	.map = place_plain,
	.job = poison_page,
	.what = "MADV_HWPOISON",
	.reason = DBGMEM_REASON_HWPOISON,
};

FIXTURE_VARIANT_ADD(forbidden, guard)
{
	.map = place_plain,
	.job = job_guard,
	.what = "MADV_GUARD_INSTALL (6.13 and later)",
};

FIXTURE_VARIANT_ADD(forbidden, vsyscall)
{
	.map = place_vsyscall,
	.readable = true,
};

FIXTURE_SETUP(forbidden)
{
	long ret;

	fixture_init(&self->fixture);
	self->place = shared_alloc(PAGE);
	self->mem = private_alloc(3 * PAGE);
	ASSERT_NE(NULL, self->place);
	ASSERT_NE(NULL, self->mem);
	variant->map(self->place, self->mem);
	if (self->place->why_not[0])
		SKIP(_exit(255), "%s", self->place->why_not);
	ASSERT_EQ(0, fixture_start(&self->fixture));
	self->fd = self->fixture.fd;
	ret = variant->job ? target_call(&self->fixture.target, variant->job,
					 self->mem) : 0;
	if (ret) {
		fixture_stop(&self->fixture);
		SKIP(_exit(255), "this kernel has no %s: %s", variant->what,
		     strerror(-ret));
	}
}

FIXTURE_TEARDOWN(forbidden)
{
	fixture_close(&self->fixture);
}

#define EXPECT_REASON(r) do {						\
	uint32_t _reason = (r);						\
									\
	if (variant->reason)						\
		EXPECT_EQ(variant->reason, _reason);			\
	EXPECT_NE(DBGMEM_REASON_NONE, _reason);				\
	EXPECT_NE(DBGMEM_REASON_BUFFER, _reason);			\
} while (0)

static const uint32_t read_flags[] = {
	0, DBGMEM_EXACT, DBGMEM_FORCE, DBGMEM_EXACT | DBGMEM_FORCE, DBGMEM_RAW,
};

static const char *const engines[] = { "remote", "pinned", "auto" };

/* Over each engine: EXACT has one of its own. */
#define for_each_engine(i) \
	for (i = 0; i < ARRAY_SIZE(engines) && \
		    !engine_set(engines[i]); i++)

/*
 * The page of vsyscalls is every program's to run, and on some kernels to read.
 * Then it is all there.
 */
static bool may_be_read(int fd, bool readable, uint64_t addr, uint32_t flags)
{
	struct dbgmem_transfer t;
	char buf[16];

	return readable && !mem_read(fd, addr, buf, 16, flags, &t) &&
	       t.done == 16;
}

TEST_F_TIMEOUT(forbidden, is_not_read, 60)
{
	const uint64_t addr = self->place->addr;
	struct dbgmem_transfer t;
	char buf[16];
	size_t i, f;

	for_each_engine(i) {
		for (f = 0; f < ARRAY_SIZE(read_flags); f++) {
			memset(buf, '.', sizeof(buf));
			if (may_be_read(self->fd, variant->readable, addr,
					read_flags[f]))
				continue;
			EXPECT_EQ(-EFAULT, mem_read(self->fd, addr, buf, 16,
						    read_flags[f], &t));
			EXPECT_EQ(0, t.done);
			EXPECT_EQ(addr, t.fault_addr);
			EXPECT_REASON(t.reason);
			EXPECT_EQ(-1, byte_differs(buf, '.', 16));
		}
		if (may_be_read(self->fd, variant->readable, addr, 0))
			continue;
		/* not resident is as good a reason */
		if (takes_flags(DBGMEM_NOFAULT))
			EXPECT_EQ(-EFAULT, mem_read(self->fd, addr, buf, 16,
						    DBGMEM_NOFAULT, &t));
		EXPECT_EQ(-1, byte_differs(buf, '.', 16));
		EXPECT_EQ(0, mem_read(self->fd, addr, buf, 16, DBGMEM_ZEROFILL,
				      &t));
		EXPECT_EQ(0, t.done);
		EXPECT_EQ(-1, byte_differs(buf, 0, 16));
		memset(buf, '.', sizeof(buf));
		EXPECT_EQ(-1, pread(self->fd, buf, 16, addr));
		/* pread(2) takes no such offset */
		EXPECT_EQ(addr >> 63 ? EINVAL : EFAULT, errno);
		EXPECT_EQ(-1, byte_differs(buf, '.', 16));
	}
}

TEST_F_TIMEOUT(forbidden, is_not_written, 60)
{
	const uint64_t addr = self->place->addr;
	struct dbgmem_transfer t;
	size_t i, f;

	for_each_engine(i)
		for (f = 0; f < ARRAY_SIZE(read_flags); f++) {
			EXPECT_EQ(-EFAULT, mem_write(self->fd, addr, "changed",
						     8, read_flags[f], &t));
			EXPECT_EQ(0, t.done);
			EXPECT_EQ(addr, t.fault_addr);
			EXPECT_REASON(t.reason);
		}
}

TEST_F_TIMEOUT(forbidden, is_not_had_by_a_vector, 60)
{
	char buf[2][16] = {};
	struct dbgmem_segment seg[2] = {
		{ .addr = self->place->addr, .buf = (uintptr_t)buf[0],
		  .len = 16 },
		{ .addr = (uintptr_t)self->mem, .buf = (uintptr_t)buf[1],
		  .len = 16 },
	};
	struct dbgmem_vector v = {
		.size = sizeof(v),
		.segments = (uintptr_t)seg,
		.nr_segments = 2,
		.segment_size = sizeof(seg[0]),
	};
	size_t i;

	for_each_engine(i)
		for (v.op = variant->readable ? DBGMEM_OP_WRITE : DBGMEM_OP_READ;
		     v.op <= DBGMEM_OP_WRITE; v.op++) {
			v.flags = 0;
			ASSERT_EQ(0, ioctl(self->fd, DBGMEM_IOC_VECTOR, &v));
			EXPECT_EQ(0, seg[0].done);
			EXPECT_REASON(seg[0].reason);
			EXPECT_EQ(16, seg[1].done);
			v.flags = DBGMEM_EXACT;
			EXPECT_EQ(-1, ioctl(self->fd, DBGMEM_IOC_VECTOR, &v));
			EXPECT_EQ(EFAULT, errno);
			EXPECT_EQ(0, v.done);
			EXPECT_EQ(-1, byte_differs(buf[0], 0, 16));
		}
}

/* An expectation would tell the word, whether it holds or not. */
TEST_F_TIMEOUT(forbidden, is_not_observed, 60)
{
	struct dbgmem_expect e = { .addr = self->place->addr };
	struct dbgmem_vector v = {
		.size = sizeof(v),
		.segment_size = sizeof(struct dbgmem_segment),
		.expects = (uintptr_t)&e,
		.nr_expects = 1,
		.expect_size = sizeof(e),
	};

	EXPECT_EQ(-1, ioctl(self->fd, DBGMEM_IOC_VECTOR, &v));
	EXPECT_EQ(ECANCELED, errno);
	if (may_be_read(self->fd, variant->readable, e.addr, 0))
		return;
	EXPECT_EQ(0, e.observed);
	EXPECT_REASON(e.reason);
}

TEST_F_TIMEOUT(forbidden, is_not_exchanged_nor_trapped, 60)
{
	struct dbgmem_cmpxchg_args c = {
		.size = sizeof(c),
		.addr = self->place->addr,
		.width = 8,
	};
	struct dbgmem_bp_set_args s = {
		.size = sizeof(s),
		.addr = self->place->addr,
		.len = 1,
		.trap = { 0xcc },
	};

	EXPECT_EQ(-1, ioctl(self->fd, DBGMEM_IOC_CMPXCHG, &c));
	EXPECT_TRUE(errno == EFAULT || errno == EACCES);
	EXPECT_EQ(0, c.observed);
	EXPECT_REASON(c.reason);
	c.flags = DBGMEM_FORCE;
	EXPECT_EQ(-1, ioctl(self->fd, DBGMEM_IOC_CMPXCHG, &c));
	EXPECT_EQ(0, c.observed);
	EXPECT_EQ(-1, ioctl(self->fd, DBGMEM_IOC_BP_SET, &s));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(-1, byte_differs(s.original, 0, sizeof(s.original)));
	EXPECT_REASON(s.reason);
}

/* And where it is the caller's own buffer: secret memory is its own to use. */
TEST_F_TIMEOUT(forbidden, as_the_callers_buffer_is_reason_buffer, 60)
{
	void *buf = (void *)self->place->addr;
	const int want = variant->own ? 0 : -EFAULT;
	struct dbgmem_transfer t;
	size_t i;

	if (variant->job)
		ASSERT_EQ(0, variant->job(self->mem));
	for_each_engine(i) {
		if (!variant->own || strcmp(engines[i], "remote")) {
			EXPECT_EQ(want, mem_read(self->fd, self->mem, buf, 16,
						 0, &t));
			EXPECT_EQ(want ? DBGMEM_REASON_BUFFER : 0, t.reason);
			EXPECT_EQ(want ? self->place->addr : 0, t.fault_addr);
			EXPECT_EQ(want, mem_write(self->fd, self->mem, buf, 16,
						  0, &t));
			EXPECT_EQ(want ? DBGMEM_REASON_BUFFER : 0, t.reason);
		}
		/* it cannot be held, so not everything can be promised */
		EXPECT_EQ(-EFAULT, mem_read(self->fd, self->mem, buf, 16,
					    DBGMEM_EXACT, &t));
		EXPECT_EQ(DBGMEM_REASON_BUFFER, t.reason);
		EXPECT_EQ(0, t.done);
		EXPECT_EQ(-EFAULT, mem_write(self->fd, self->mem, buf, 16,
					     DBGMEM_EXACT, &t));
		EXPECT_EQ(DBGMEM_REASON_BUFFER, t.reason);
		EXPECT_EQ(0, t.done);
	}
}

TEST_HARNESS_MAIN
