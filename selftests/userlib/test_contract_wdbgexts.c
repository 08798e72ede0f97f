// SPDX-License-Identifier: GPL-2.0
/*
 * WdbgExts ReadMemory and WriteMemory, sentence by sentence: the memory of the
 * process; "the entire area must be accessible, or the operation fails"; the
 * actual number of bytes, if the pointer is not NULL; TRUE or FALSE.
 */
#include "userlib_fixture.h"
#include "device.h"

TEST_F(lib, reads_memory_of_the_process)
{
	memset(self->buf, 0, sizeof(self->buf));
	EXPECT_TRUE(dbgmem_read_whole(self->m, self->addr + 3, self->buf,
				      sizeof(self->buf) - 3, NULL));
	EXPECT_TRUE(is_pattern(self->buf, 3, sizeof(self->buf) - 3));
	EXPECT_EQ(0, self->buf[sizeof(self->buf) - 1]);
}

TEST_F(lib, writes_memory_of_the_process)
{
	EXPECT_TRUE(dbgmem_write_whole(self->m, self->addr + PAGE - 1,
				       "\1\2\3", 3, NULL));
	EXPECT_EQ(1, target_call(&self->t, byte_get, mem + PAGE - 1));
	EXPECT_EQ(2, target_call(&self->t, byte_get, mem + PAGE));
	EXPECT_EQ(3, target_call(&self->t, byte_get, mem + PAGE + 1));
	/* And that of no other one. */
	EXPECT_TRUE(is_pattern(mem, 0, PAGES * PAGE));
}

TEST_F(lib, a_read_fails_unless_the_entire_area_is_accessible)
{
	uint32_t n;
	size_t i;

	ASSERT_EQ(0, target_call(&self->t, page_unmap, mem + 3 * PAGE));
	ASSERT_EQ(0, target_call(&self->t, page_protect_none, mem + 6 * PAGE));
	/* Behind it, before it, in it, and around it. */
	for (i = 0; i < PAGES; i++) {
		const bool bad = i == 3 || i == 6;

		n = 77;
		EXPECT_EQ(!bad, dbgmem_read_whole(self->m,
						  self->addr + i * PAGE,
						  self->buf, PAGE, &n));
		EXPECT_EQ(bad ? 0 : PAGE, n);
	}
	memset(self->buf, 0x55, sizeof(self->buf));
	EXPECT_FALSE(dbgmem_read_whole(self->m, self->addr + 3 * PAGE - 1,
				       self->buf, 2, NULL));
	EXPECT_FALSE(dbgmem_read_whole(self->m, self->addr, self->buf,
				       PAGES * PAGE, NULL));
	for (i = 0; i < sizeof(self->buf); i++)
		ASSERT_EQ(0x55, self->buf[i]);
}

TEST_F(lib, a_write_fails_unless_the_entire_area_is_accessible)
{
	uint32_t n = 77;

	ASSERT_EQ(0, target_call(&self->t, page_protect_read, mem + 3 * PAGE));
	EXPECT_FALSE(dbgmem_write_whole(self->m, self->addr + 3 * PAGE - 1,
					self->buf, 2, &n));
	EXPECT_EQ(0, n);
	EXPECT_FALSE(dbgmem_write_whole(self->m, self->addr, self->buf,
					PAGES * PAGE, &n));
	EXPECT_EQ(0, n);
	EXPECT_EQ(0, target_call(&self->t, bytes_changed, NULL));
}

TEST_F(lib, the_actual_number_of_bytes_is_received)
{
	uint32_t n = 0;

	EXPECT_TRUE(dbgmem_read_whole(self->m, self->addr, self->buf, PAGE + 1,
				      &n));
	EXPECT_EQ(PAGE + 1, n);
	EXPECT_TRUE(dbgmem_write_whole(self->m, self->addr, self->buf, 5, &n));
	EXPECT_EQ(5, n);
	EXPECT_TRUE(dbgmem_read_whole(self->m, self->addr, self->buf, 0, &n));
	EXPECT_EQ(0, n);
	n = 77;
	EXPECT_TRUE(dbgmem_write_whole(self->m, self->addr, self->buf, 0, &n));
	EXPECT_EQ(0, n);
}

TEST_F(lib, a_null_count_is_ignored)
{
	EXPECT_TRUE(dbgmem_read_whole(self->m, self->addr, self->buf, 1, NULL));
	EXPECT_TRUE(dbgmem_write_whole(self->m, self->addr, "x", 1, NULL));
	EXPECT_FALSE(dbgmem_read_whole(self->m, 0, self->buf, 1, NULL));
	EXPECT_FALSE(dbgmem_write_whole(self->m, 0, "x", 1, NULL));
}

TEST_F(lib, false_comes_with_a_reason)
{
	const uint64_t hole = self->addr + 3 * PAGE;

	ASSERT_EQ(0, target_call(&self->t, page_unmap, mem + 3 * PAGE));
	EXPECT_FALSE(dbgmem_read_whole(self->m, self->addr, self->buf,
				       PAGES * PAGE, NULL));
	EXPECT_ERROR(EFAULT, DBGMEM_SOURCE_MEMORY, "nothing is mapped there",
		     "nothing was transferred");
	EXPECT_EQ(hole, dbgmem_last_error()->result.fault_addr);
	EXPECT_FALSE(dbgmem_write_whole(self->m, UINT64_MAX, "xy", 2, NULL));
	EXPECT_ERROR(EOVERFLOW, DBGMEM_SOURCE_USAGE, "exceeds 64 bits");
}

/* --- a count of 32 bits: more than is pinned at once --- */

#define LARGE	0x100000000000UL

static size_t large;

static long large_map(void *unused)
{
	void *p = mmap((void *)LARGE, large, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE |
		       MAP_NORESERVE, -1, 0);

	if (p == MAP_FAILED)
		return -errno;
	((char *)p)[0] = 1;
	((char *)p)[large - 1] = 2;
	return 0;
}

static long large_get(void *offset)
{
	return ((volatile char *)LARGE)[(uintptr_t)offset];
}

FIXTURE(large) {
	struct target t;
	struct dbgmem *m;
	char *buf;
	size_t limit;
};

FIXTURE_SETUP(large)
{
	struct dbgmem_info info = { .size = sizeof(info) };

	ASSERT_EQ(0, dbgmem_get_info(NULL, &info));
	self->limit = info.max_exact;
	large = self->limit + 3 * PAGE;
	self->buf = alias_alloc((large + MIB - 1) & -MIB, MIB);
	ASSERT_NE(NULL, self->buf);
	ASSERT_EQ(0, target_start(&self->t));
	ASSERT_EQ(0, target_call(&self->t, large_map, NULL));
	ASSERT_EQ(0, dbgmem_open(self->t.pid, DBGMEM_OPEN_WRITE, &self->m));
}

FIXTURE_TEARDOWN(large)
{
	dbgmem_close(self->m);
	target_stop(&self->t);
}

TEST_F(large, as_much_as_a_count_of_32_bits_says)
{
	uint32_t n = 0;

	EXPECT_TRUE(dbgmem_read_whole(self->m, LARGE, self->buf, large, &n))
		TH_LOG("%s", dbgmem_errstr());
	EXPECT_EQ(large, n);
	/* Of the buffer all is the same MiB: the last one is what stays. */
	EXPECT_EQ(2, self->buf[large - 1]);
	memset(self->buf, 0x5a, MIB);
	EXPECT_TRUE(dbgmem_write_whole(self->m, LARGE, self->buf, large, &n))
		TH_LOG("%s", dbgmem_errstr());
	EXPECT_EQ(large, n);
	EXPECT_EQ(0x5a, target_call(&self->t, large_get, NULL));
	EXPECT_EQ(0x5a, target_call(&self->t, large_get, (void *)(large - 1)));
}

TEST_F(large, beyond_the_limit_of_exact_the_number_tells_how_far)
{
	const size_t hole = self->limit + PAGE;
	uint32_t n = 77;

	ASSERT_EQ(0, target_call(&self->t, page_unmap, (void *)(LARGE + hole)));
	EXPECT_FALSE(dbgmem_read_whole(self->m, LARGE, self->buf, large, &n));
	EXPECT_EQ(hole, n);
	EXPECT_ERROR(EFAULT, DBGMEM_SOURCE_MEMORY, "nothing is mapped there");
	EXPECT_EQ(LARGE + hole, dbgmem_last_error()->result.fault_addr);
	EXPECT_EQ(hole, dbgmem_last_error()->result.done);
	/* Up to the limit it is nothing at all. */
	EXPECT_FALSE(dbgmem_read_whole(self->m, LARGE + PAGE * 2, self->buf,
				       self->limit, &n));
	EXPECT_EQ(0, n);
}

/* --- what cannot be pinned --- */

static long device_make(void *page)
{
	return !map_device(page);
}

TEST_F(lib, device_memory_is_accessible)
{
	uint32_t n;

	if (!DEVICES_REACHED)
		SKIP(return, "arm64: the kernel would oops on memory of devices");
	ASSERT_EQ(0, target_call(&self->t, device_make, mem + 3 * PAGE));
	ASSERT_EQ(0, target_call(&self->t, page_unmap, mem + 5 * PAGE));
	EXPECT_TRUE(dbgmem_write_whole(self->m, self->addr + 3 * PAGE,
				       "abcdefgh", 8, &n))
		TH_LOG("%s", dbgmem_errstr());
	EXPECT_EQ(8, n);
	EXPECT_TRUE(dbgmem_read_whole(self->m, self->addr + 3 * PAGE - 8,
				      self->buf, PAGE, &n))
		TH_LOG("%s", dbgmem_errstr());
	EXPECT_EQ(PAGE, n);
	EXPECT_TRUE(is_pattern(self->buf, 3 * PAGE - 8, 8));
	EXPECT_EQ(0, memcmp(self->buf + 8, "abcdefgh", 8));
	EXPECT_FALSE(dbgmem_read_whole(self->m, self->addr + 3 * PAGE,
				       self->buf, 3 * PAGE, &n));
	EXPECT_EQ(2 * PAGE, n);
}

TEST_HARNESS_MAIN
