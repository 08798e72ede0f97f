// SPDX-License-Identifier: GPL-2.0
/*
 * Every ioctl with sizes, flags, reserved fields and request pointers that a
 * correct caller never passes. Also built as a 32-bit program.
 */
#include "abi_cases_fixture.h"

static void set_u32(unsigned char *req, size_t offset, uint32_t value)
{
	memcpy(req + offset, &value, sizeof(value));
}

/*
 * A valid request at @req that says its size is @size, zero behind today's
 * structure, with outputs that the kernel has to overwrite.
 */
static unsigned char *prepare(struct abi *a, const struct ioctl_case *c,
			      unsigned char *req, uint32_t size)
{
	const struct part *out;

	memset(req, 0, c->size);
	c->fill(a, req);
	set_u32(req, 0, size);
	for_each_part(out, c)
		memset(req + out->from, POISON, out->to - out->from);
	return req;
}

/* Is every byte of the outputs at @req @byte? */
static bool outputs_are(const struct ioctl_case *c, const unsigned char *req,
			unsigned char byte)
{
	const struct part *out;

	for_each_part(out, c)
		if (!all_bytes(req + out->from, out->to - out->from, byte))
			return false;
	return true;
}

/*
 * ATTACH works once per session, so it gets a new one each time; and a refusal
 * has to leave that unbound. -EPROTO says that it did not.
 */
static int issue(struct abi *a, const struct ioctl_case *c, void *req)
{
	struct dbgmem_session_info info;
	int fd = a->fd;
	int ret;

	if (c->cmd != DBGMEM_IOC_ATTACH) {
		ret = ioctl(fd, c->cmd, req) ? -errno : 0;
		if (c->undo)
			c->undo(a);
		return ret;
	}

	fd = dev_open(O_RDWR);
	if (fd < 0)
		return -EPROTO;
	ret = ioctl(fd, c->cmd, req) ? -errno : 0;
	if (session_info(fd, &info) ||
	    info.state != (ret ? DBGMEM_STATE_UNBOUND : DBGMEM_STATE_ATTACHED))
		ret = -EPROTO;
	close(fd);
	return ret;
}

TEST_F_TIMEOUT(every_ioctl, size_below_first_version_is_einval, 120)
{
	const struct ioctl_case *c = &variant->c;
	uint32_t size;

	for (size = 0; size < c->first; size++) {
		prepare(&self->a, c, self->a.req, size);
		EXPECT_EQ(-EINVAL, issue(&self->a, c, self->a.req))
			TH_LOG("size %u", size);
	}
}

TEST_F_TIMEOUT(every_ioctl, exact_size_works_and_writes_every_output, 120)
{
	const struct ioctl_case *c = &variant->c;
	unsigned char *req = prepare(&self->a, c, self->a.req, c->size);
	const struct part *out;
	size_t i;

	ASSERT_EQ(0, issue(&self->a, c, req));
	for_each_part(out, c)
		for (i = out->from; i + 4 <= out->to; i += 4)
			EXPECT_FALSE(all_bytes(req + i, 4, POISON))
				TH_LOG("output at %zu not written", i);
	for (i = 0; i < 3 && c->reserved[i]; i++)
		EXPECT_TRUE(all_bytes(req + c->reserved[i], 4, 0));
}

/* A caller that was built when the structure was shorter. */
TEST_F_TIMEOUT(every_ioctl, every_size_since_the_first_version_works, 120)
{
	const struct ioctl_case *c = &variant->c;
	unsigned char *req = self->a.req, want[128];
	uint32_t size;

	prepare(&self->a, c, req, c->first);
	ASSERT_EQ(0, issue(&self->a, c, req));
	memcpy(want, req, c->first);
	for (size = c->first; size < c->size; size++) {
		prepare(&self->a, c, req, size);
		memset(req + c->first, 0, size - c->first);
		memset(req + size, POISON, 64);
		EXPECT_EQ(0, issue(&self->a, c, req))
			TH_LOG("size %u", size);
		EXPECT_EQ(0, memcmp(req + 4, want + 4, c->first - 4));
		EXPECT_TRUE(all_bytes(req + size, 64, POISON));
	}
}

TEST_F_TIMEOUT(every_ioctl, longer_with_zero_tail_is_the_same, 120)
{
	const struct ioctl_case *c = &variant->c;
	unsigned char *req = self->a.req, want[128];
	uint32_t size;

	prepare(&self->a, c, req, c->size);
	ASSERT_EQ(0, issue(&self->a, c, req));
	memcpy(want, req, c->size);
	for (size = c->size + 1; size <= c->size + 64; size++) {
		prepare(&self->a, c, req, size);
		memset(req + size, POISON, 64);
		EXPECT_EQ(0, issue(&self->a, c, req))
			TH_LOG("size %u", size);
		EXPECT_EQ(0, memcmp(req + 4, want + 4, c->size - 4));
		/* nothing behind the structure is written */
		EXPECT_TRUE(all_bytes(req + c->size, size - c->size, 0));
		EXPECT_TRUE(all_bytes(req + size, 64, POISON));
		memset(req + size, 0, 64);
	}
	/* up to one page */
	prepare(&self->a, c, req, PAGE);
	EXPECT_EQ(0, issue(&self->a, c, req));
}

TEST_F_TIMEOUT(every_ioctl, longer_with_nonzero_tail_is_e2big, 180)
{
	const struct ioctl_case *c = &variant->c;
	unsigned char *req = self->a.req;
	uint32_t size, at;

	for (size = c->size + 1; size <= c->size + 64; size++)
		for (at = c->size; at < size; at++) {
			prepare(&self->a, c, req, size);
			req[at] = 1;
			EXPECT_EQ(-E2BIG, issue(&self->a, c, req))
				TH_LOG("size %u, byte %u", size, at);
			req[at] = 0;
		}
	prepare(&self->a, c, req, PAGE);
	req[PAGE - 1] = 0x80;
	EXPECT_EQ(-E2BIG, issue(&self->a, c, req));
}

TEST_F_TIMEOUT(every_ioctl, size_beyond_a_page_is_e2big, 60)
{
	static const uint32_t sizes[] = {
		PAGE + 1, 2 * PAGE, 2 * PAGE + 1, 1U << 31, ~0U,
	};
	const struct ioctl_case *c = &variant->c;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		prepare(&self->a, c, self->a.req, sizes[i]);
		EXPECT_EQ(-E2BIG, issue(&self->a, c, self->a.req))
			TH_LOG("size %u", sizes[i]);
	}
}

TEST_F_TIMEOUT(every_ioctl, unknown_flag_is_eopnotsupp, 60)
{
	const struct ioctl_case *c = &variant->c;
	unsigned char *req = self->a.req;
	int bit;

	for (bit = 0; bit < 32; bit++) {
		if (c->flags & 1U << bit)
			continue;
		prepare(&self->a, c, req, c->size);
		set_u32(req, 4, 1U << bit);
		EXPECT_EQ(-EOPNOTSUPP, issue(&self->a, c, req))
			TH_LOG("bit %d", bit);
		/* outputs are written on failure too: nothing was done */
		EXPECT_TRUE(outputs_are(c, req, 0));
	}
}

TEST_F_TIMEOUT(every_ioctl, nonzero_reserved_is_eopnotsupp, 60)
{
	const struct ioctl_case *c = &variant->c;
	unsigned char *req = self->a.req;
	int bit, i;

	for (bit = 0; bit < 96; bit++) {
		i = bit / 32;
		if (!c->reserved[i])
			continue;
		prepare(&self->a, c, req, c->size);
		set_u32(req, c->reserved[i], 1U << bit % 32);
		EXPECT_EQ(-EOPNOTSUPP, issue(&self->a, c, req))
			TH_LOG("bit %d", bit);
		EXPECT_TRUE(outputs_are(c, req, 0));
	}
}

TEST_F_TIMEOUT(every_ioctl, misaligned_request_works, 60)
{
	const struct ioctl_case *c = &variant->c;
	unsigned char want[128];
	int shift;

	prepare(&self->a, c, self->a.req, c->size);
	ASSERT_EQ(0, issue(&self->a, c, self->a.req));
	memcpy(want, self->a.req, c->size);
	for (shift = 1; shift < 16; shift++) {
		unsigned char *req = self->a.req + PAGE - 9 + shift;

		prepare(&self->a, c, req, c->size);
		EXPECT_EQ(0, issue(&self->a, c, req));
		EXPECT_EQ(0, memcmp(req, want, c->size));
	}
}

TEST_F_TIMEOUT(every_ioctl, request_at_a_bad_address_is_efault, 60)
{
	const struct ioctl_case *c = &variant->c;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bad_addr); i++) {
		/* a 32-bit program cannot name them all */
		if (bad_addr[i] > UINTPTR_MAX)
			continue;
		EXPECT_EQ(-EFAULT, issue(&self->a, c,
					 (void *)(uintptr_t)bad_addr[i]))
			TH_LOG("%#llx", (unsigned long long)bad_addr[i]);
	}
	EXPECT_EQ(-EFAULT, issue(&self->a, c, (void *)~0UL));
	EXPECT_EQ(-EFAULT, issue(&self->a, c, (void *)-4096L));
	EXPECT_EQ(-EFAULT, issue(&self->a, c, self->a.req + 2 * PAGE));
	EXPECT_EQ(-EFAULT, issue(&self->a, c, self->a.shared + PAGE));
}

TEST_F_TIMEOUT(every_ioctl, request_reaching_an_unmapped_page_is_efault, 60)
{
	const struct ioctl_case *c = &variant->c;
	unsigned char *end = self->a.req + 2 * PAGE, tmp[128];
	size_t in;

	for (in = 1; in < c->size; in++) {
		prepare(&self->a, c, tmp, c->size);
		memcpy(end - in, tmp, in);
		EXPECT_EQ(-EFAULT, issue(&self->a, c, end - in))
			TH_LOG("%zu bytes accessible", in);
	}
	/* the whole structure is, the tail that it announces is not */
	prepare(&self->a, c, end - c->size, c->size + 1);
	EXPECT_EQ(-EFAULT, issue(&self->a, c, end - c->size));
	prepare(&self->a, c, end - c->size, c->size);
	EXPECT_EQ(0, issue(&self->a, c, end - c->size));
}

TEST_F_TIMEOUT(every_ioctl, read_only_request_is_efault, 60)
{
	const struct ioctl_case *c = &variant->c;
	unsigned char *req = self->a.req;

	/* the answer cannot be given; ATTACH must not have happened (issue()) */
	prepare(&self->a, c, req, c->size);
	ASSERT_EQ(0, mprotect(req, PAGE, PROT_READ));
	EXPECT_EQ(-EFAULT, issue(&self->a, c, req));
	EXPECT_TRUE(outputs_are(c, req, POISON));

	/* only the last bytes of it are read-only */
	ASSERT_EQ(0, mprotect(req, PAGE, PROT_READ | PROT_WRITE));
	req += PAGE - c->size + 8;
	prepare(&self->a, c, req, c->size);
	ASSERT_EQ(0, mprotect(self->a.req + PAGE, PAGE, PROT_READ));
	EXPECT_EQ(-EFAULT, issue(&self->a, c, req));
}

TEST_HARNESS_MAIN
