// SPDX-License-Identifier: GPL-2.0
/*
 * READ and WRITE with addresses, buffers and lengths that a correct caller never
 * passes, over both engines; the other ioctls with such addresses. Also built as
 * a 32-bit program.
 */
#include "abi.h"

#include <kselftest_harness.h>

FIXTURE(arguments)
{
	struct abi a;
	char engine[16];
};

FIXTURE_VARIANT(arguments)
{
	unsigned long cmd;
	const char *engine;
};

FIXTURE_VARIANT_ADD(arguments, read_remote)
{
	.cmd = DBGMEM_IOC_READ,
	.engine = "remote",
};

FIXTURE_VARIANT_ADD(arguments, read_pinned)
{
	.cmd = DBGMEM_IOC_READ,
	.engine = "pinned",
};

FIXTURE_VARIANT_ADD(arguments, read_mirror)
{
	.cmd = DBGMEM_IOC_READ,
	.engine = "mirror",
};

FIXTURE_VARIANT_ADD(arguments, write_remote)
{
	.cmd = DBGMEM_IOC_WRITE,
	.engine = "remote",
};

FIXTURE_VARIANT_ADD(arguments, write_pinned)
{
	.cmd = DBGMEM_IOC_WRITE,
	.engine = "pinned",
};

FIXTURE_SETUP(arguments)
{
	ASSERT_EQ(0, engine_set(variant->engine));
	ASSERT_EQ(0, abi_start(&self->a));
}

FIXTURE_TEARDOWN(arguments)
{
	abi_stop(&self->a);
	engine_set("auto");
}

TEST_F_TIMEOUT(arguments, bad_buffer_is_efault_with_reason_buffer, 60)
{
	static const uint32_t flags[] = { 0, DBGMEM_EXACT };
	struct dbgmem_transfer t;
	size_t i, f;

	for (f = 0; f < ARRAY_SIZE(flags); f++)
		for (i = 0; i < ARRAY_SIZE(bad_addr); i++) {
			memset(&t, 0, sizeof(t));
			t.size = sizeof(t);
			t.flags = flags[f];
			t.addr = (uintptr_t)self->a.shared;
			t.buf = bad_addr[i];
			t.len = 16;
			t.done = 1;
			EXPECT_EQ(-1, ioctl(self->a.fd, variant->cmd, &t));
			EXPECT_EQ(EFAULT, errno);
			EXPECT_EQ(0, t.done);
			EXPECT_EQ(DBGMEM_REASON_BUFFER, t.reason);
			EXPECT_EQ(bad_addr[i], t.fault_addr);
		}
	EXPECT_EQ(-EFAULT, xfer(self->a.fd, variant->cmd,
				(uintptr_t)self->a.shared,
				self->a.req + 2 * PAGE, 1, 0, &t));
	EXPECT_EQ(DBGMEM_REASON_BUFFER, t.reason);
	EXPECT_EQ((uintptr_t)self->a.req + 2 * PAGE, t.fault_addr);
}

TEST_F_TIMEOUT(arguments, read_only_buffer_serves_a_write_only, 60)
{
	unsigned char *buf = self->a.req;
	struct dbgmem_transfer t;
	int ret;

	memset(buf, 0x11, PAGE);
	ASSERT_EQ(0, mprotect(buf, PAGE, PROT_READ));
	ret = xfer(self->a.fd, variant->cmd, (uintptr_t)self->a.shared, buf,
		   PAGE, 0, &t);
	if (variant->cmd == DBGMEM_IOC_WRITE) {
		EXPECT_EQ(0, ret);
		EXPECT_EQ(PAGE, t.done);
		return;
	}
	EXPECT_EQ(-EFAULT, ret);
	EXPECT_EQ(DBGMEM_REASON_BUFFER, t.reason);
	EXPECT_EQ(0, t.done);
	EXPECT_TRUE(all_bytes(buf, PAGE, 0x11));
}

TEST_F_TIMEOUT(arguments, kernel_address_in_target_is_unmapped, 60)
{
	static const uint32_t flags[] = {
		0, DBGMEM_EXACT, DBGMEM_FORCE, DBGMEM_EXACT | DBGMEM_FORCE,
	};
	struct dbgmem_transfer t;
	unsigned char buf[16];
	size_t i, f;

	memset(buf, POISON, sizeof(buf));
	for (f = 0; f < ARRAY_SIZE(flags); f++)
		for (i = 0; i < ARRAY_SIZE(bad_addr); i++) {
			EXPECT_EQ(-EFAULT, xfer(self->a.fd, variant->cmd,
						bad_addr[i], buf, sizeof(buf),
						flags[f], &t))
				TH_LOG("%#llx", (unsigned long long)bad_addr[i]);
			EXPECT_EQ(0, t.done);
			EXPECT_EQ(DBGMEM_REASON_UNMAPPED, t.reason);
			EXPECT_EQ(bad_addr[i], t.fault_addr);
			EXPECT_TRUE(all_bytes(buf, sizeof(buf), POISON));
		}
	EXPECT_EQ(-EFAULT, xfer(self->a.fd, variant->cmd, ~1ULL, buf, 1, 0, &t));
	EXPECT_EQ(DBGMEM_REASON_UNMAPPED, t.reason);
	EXPECT_EQ(~1ULL, t.fault_addr);
}

TEST_F_TIMEOUT(arguments, high_address_bits_are_not_dropped, 60)
{
	/* for a 32-bit caller the first one would fit a truncated pointer */
	static const uint64_t high[] = { 1ULL << 62, 1ULL << 63, 1ULL << 52 };
	uint64_t good = (uintptr_t)self->a.shared;
	struct dbgmem_transfer t;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(high); i++) {
		EXPECT_EQ(-EFAULT, xfer(self->a.fd, variant->cmd, good | high[i],
					self->a.buf, 8, 0, &t));
		EXPECT_EQ(DBGMEM_REASON_UNMAPPED, t.reason);
		EXPECT_EQ(good | high[i], t.fault_addr);

		memset(&t, 0, sizeof(t));
		t.size = sizeof(t);
		t.addr = good;
		t.buf = (uintptr_t)self->a.buf | high[i];
		t.len = 8;
		EXPECT_EQ(-1, ioctl(self->a.fd, variant->cmd, &t));
		EXPECT_EQ(EFAULT, errno);
		EXPECT_EQ(DBGMEM_REASON_BUFFER, t.reason);
		EXPECT_EQ((uintptr_t)self->a.buf | high[i], t.fault_addr);
	}
	if (sizeof(void *) == 4) {
		EXPECT_EQ(-EFAULT, xfer(self->a.fd, variant->cmd,
					good | 1ULL << 32, self->a.buf, 8, 0,
					&t));
		EXPECT_EQ(DBGMEM_REASON_UNMAPPED, t.reason);
	}
}

TEST_F_TIMEOUT(arguments, overflow_on_either_side_is_eoverflow, 60)
{
	uint64_t shared = (uintptr_t)self->a.shared;
	uint64_t buf = (uintptr_t)self->a.buf;
	const struct { uint64_t addr, buf, len; } bad[] = {
		{ shared, buf, ~0ULL },
		{ shared, buf, ~0ULL - 64 },
		{ ~0ULL, buf, 2 },
		{ ~0ULL - 4094, buf, PAGE },
		{ shared, ~0ULL, 2 },
		{ shared, ~0ULL - 4094, PAGE },
		{ 0, buf, ~0ULL },
		{ shared, 0x8000000000000000, 0x8000000000000001 },
	};
	static const uint32_t flags[] = { 0, DBGMEM_FORCE };
	struct dbgmem_transfer t;
	size_t i, f;

	for (f = 0; f < ARRAY_SIZE(flags); f++)
		for (i = 0; i < ARRAY_SIZE(bad); i++) {
			memset(&t, 0, sizeof(t));
			t.size = sizeof(t);
			t.flags = flags[f];
			t.addr = bad[i].addr;
			t.buf = bad[i].buf;
			t.len = bad[i].len;
			t.done = t.fault_addr = t.reason = 77;
			EXPECT_EQ(-1, ioctl(self->a.fd, variant->cmd, &t));
			EXPECT_EQ(EOVERFLOW, errno)
				TH_LOG("case %zu", i);
			EXPECT_EQ(0, t.done);
			EXPECT_EQ(0, t.fault_addr);
			EXPECT_EQ(0, t.reason);
		}
}

TEST_F_TIMEOUT(arguments, huge_length_goes_as_far_as_memory_does, 60)
{
	struct dbgmem_transfer t;

	/* one page in the target, two here: the target's end is met first */
	memset(self->a.req, 0x22, 2 * PAGE);
	EXPECT_EQ(0, xfer(self->a.fd, variant->cmd, (uintptr_t)self->a.shared,
			  self->a.req, 1ULL << 62, 0, &t));
	EXPECT_EQ(PAGE, t.done);
	EXPECT_EQ((uintptr_t)self->a.shared + PAGE, t.fault_addr);
	EXPECT_EQ(DBGMEM_REASON_UNMAPPED, t.reason);
	EXPECT_TRUE(all_bytes(self->a.req + PAGE, PAGE, 0x22));
}

TEST_F_TIMEOUT(arguments, length_zero_works_everywhere, 60)
{
	struct dbgmem_transfer t;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bad_addr); i++) {
		EXPECT_EQ(0, xfer(self->a.fd, variant->cmd, bad_addr[i], NULL, 0,
				  0, &t));
		EXPECT_EQ(0, t.done);
		EXPECT_EQ(0, t.fault_addr);
		EXPECT_EQ(DBGMEM_REASON_NONE, t.reason);
	}
	EXPECT_EQ(0, xfer(self->a.fd, variant->cmd, ~0ULL, NULL, 0, 0, &t));
}

TEST_F_TIMEOUT(arguments, unattached_session_is_enotconn, 60)
{
	struct dbgmem_transfer t;
	int fd;

	fd = dev_open(O_RDWR);
	ASSERT_LE(0, fd);
	EXPECT_EQ(-ENOTCONN, xfer(fd, variant->cmd, (uintptr_t)self->a.shared,
				  self->a.buf, 8, 0, &t));
	EXPECT_EQ(0, t.done);
	EXPECT_EQ(0, t.fault_addr);
	EXPECT_EQ(0, t.reason);
	EXPECT_EQ(-1, pread(fd, self->a.buf, 8, 0));
	EXPECT_EQ(ENOTCONN, errno);
	EXPECT_EQ(-1, pwrite(fd, self->a.buf, 8, 0));
	EXPECT_EQ(ENOTCONN, errno);
	close(fd);
}

TEST_F_TIMEOUT(arguments, session_opened_for_the_other_way_is_eacces, 60)
{
	bool reads = variant->cmd == DBGMEM_IOC_READ;
	unsigned char buf[8] = "dbgmem!";
	struct dbgmem_transfer t;
	int fd;

	/* Who may not read has no use for a mirror. */
	attach_flags = 0;
	fd = dev_open(reads ? O_WRONLY : O_RDONLY);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, attach(fd, self->a.target.pid, self->a.mem_fd));
	EXPECT_EQ(-EACCES, xfer(fd, variant->cmd, (uintptr_t)self->a.shared,
				buf, 8, 0, &t));
	EXPECT_EQ(0, t.done);
	EXPECT_EQ(0, t.fault_addr);
	EXPECT_EQ(0, t.reason);
	EXPECT_STREQ("dbgmem!", (char *)buf);
	/* and read(2) and write(2) say what they say of any such file */
	EXPECT_EQ(-1, reads ? pread(fd, buf, 8, PAGE) :
			      pwrite(fd, buf, 8, PAGE));
	EXPECT_EQ(EBADF, errno);
	/* the way that it was opened for works */
	EXPECT_EQ(0, xfer(fd, reads ? DBGMEM_IOC_WRITE : DBGMEM_IOC_READ,
			  (uintptr_t)self->a.shared, buf, 8, 0, &t));
	close(fd);
}

/* --- the other ioctls --- */

FIXTURE(others)
{
	struct abi a;
};

FIXTURE_SETUP(others)
{
	ASSERT_EQ(0, abi_start(&self->a));
}

FIXTURE_TEARDOWN(others)
{
	abi_stop(&self->a);
}

static int bp_set(int fd, uint64_t addr, struct dbgmem_bp_set_args *s)
{
	*s = (struct dbgmem_bp_set_args){
		.size = sizeof(*s),
		.addr = addr,
		.len = 1,
		.trap = { 0xcc },
	};
	return ioctl(fd, DBGMEM_IOC_BP_SET, s) ? -errno : 0;
}

static int bp_clear(int fd, uint64_t addr)
{
	struct dbgmem_bp_clear_args c = { .size = sizeof(c), .addr = addr };

	return ioctl(fd, DBGMEM_IOC_BP_CLEAR, &c) ? -errno : 0;
}

static int bp_list(int fd, uint64_t entries, uint64_t from,
		   struct dbgmem_bp_list_args *l)
{
	*l = (struct dbgmem_bp_list_args){
		.size = sizeof(*l),
		.entries = entries,
		.nr_entries = 1,
		.entry_size = sizeof(struct dbgmem_bp),
		.from = from,
	};
	return ioctl(fd, DBGMEM_IOC_BP_LIST, l) ? -errno : 0;
}

static int cmpxchg(int fd, uint64_t addr, struct dbgmem_cmpxchg_args *c)
{
	*c = (struct dbgmem_cmpxchg_args){
		.size = sizeof(*c),
		.addr = addr,
		.width = 8,
	};
	return ioctl(fd, DBGMEM_IOC_CMPXCHG, c) ? -errno : 0;
}

static int expect(int fd, uint64_t array, uint32_t nr, struct dbgmem_vector *v)
{
	*v = (struct dbgmem_vector){
		.size = sizeof(*v),
		.segment_size = sizeof(struct dbgmem_segment),
		.expects = array,
		.nr_expects = nr,
		.expect_size = sizeof(struct dbgmem_expect),
	};
	return ioctl(fd, DBGMEM_IOC_VECTOR, v) ? -errno : 0;
}

/* What must come of the target's address @addr, where nothing is. */
static void nowhere(struct __test_metadata *_metadata, struct abi *a,
		    uint64_t addr)
{
	struct dbgmem_cmpxchg_args c;
	struct dbgmem_vector v;
	struct dbgmem_bp_set_args s;

	EXPECT_EQ(-EFAULT, bp_set(a->fd, addr, &s))
		TH_LOG("%#llx", (unsigned long long)addr);
	EXPECT_EQ(DBGMEM_REASON_UNMAPPED, s.reason);
	EXPECT_EQ(addr, s.fault_addr);
	EXPECT_EQ(-ENOENT, bp_clear(a->fd, addr));
	EXPECT_EQ(-EFAULT, cmpxchg(a->fd, addr, &c));
	EXPECT_EQ(DBGMEM_REASON_UNMAPPED, c.reason);
	EXPECT_EQ(addr, c.fault_addr);
	a->expect = (struct dbgmem_expect){ .addr = addr };
	EXPECT_EQ(-ECANCELED, expect(a->fd, (uintptr_t)&a->expect, 1, &v));
	EXPECT_EQ(DBGMEM_REASON_UNMAPPED, a->expect.reason);
	EXPECT_EQ(0, v.first_unmet);
}

TEST_F_TIMEOUT(others, kernel_address_in_target_is_unmapped, 60)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bad_addr); i++)
		nowhere(_metadata, &self->a, bad_addr[i]);
}

TEST_F_TIMEOUT(others, high_address_bits_are_not_dropped, 60)
{
	/* the last one is for 32-bit callers, and their targets */
	static const uint64_t high[] = {
		1ULL << 62, 1ULL << 63, 1ULL << 52, 1ULL << 32,
	};
	size_t i, nr = ARRAY_SIZE(high) - (sizeof(void *) > 4);
	uint64_t good = (uintptr_t)self->a.shared + 64;
	struct dbgmem_bp_list_args l;
	struct dbgmem_vector v;
	struct dbgmem_bp_set_args s;
	int fd = self->a.fd;

	for (i = 0; i < nr; i++)
		nowhere(_metadata, &self->a, good | high[i]);
	ASSERT_EQ(0, bp_set(fd, good, &s));
	EXPECT_EQ(0, bp_list(fd, (uintptr_t)&self->a.bp, 0, &l));
	EXPECT_EQ(1, l.nr);
	for (i = 0; i < nr; i++) {
		EXPECT_EQ(-EEXIST, bp_set(fd, good, &s));
		EXPECT_EQ(-ENOENT, bp_clear(fd, good | high[i]));
		/* nothing is from there on */
		EXPECT_EQ(0, bp_list(fd, (uintptr_t)&self->a.bp,
				     good | high[i], &l));
		EXPECT_EQ(0, l.nr);
		EXPECT_EQ(1, l.total);
		EXPECT_EQ(-EFAULT, bp_list(fd, (uintptr_t)&self->a.bp | high[i],
					   0, &l));
		self->a.expect = (struct dbgmem_expect){ .addr = good };
		EXPECT_EQ(-EFAULT, expect(fd, (uintptr_t)&self->a.expect |
					  high[i], 1, &v));
	}
	EXPECT_EQ(0, bp_clear(fd, good));
}

TEST_HARNESS_MAIN
