// SPDX-License-Identifier: GPL-2.0
/*
 * ICorDebugProcess ReadMemory and WriteMemory, sentence by sentence: before data
 * transfer occurs, the system verifies that the memory area of the specified
 * size is accessible; if it is not, the method fails; the number of bytes
 * written, ignored if NULL; data is automatically written behind any
 * breakpoints, and these are removed from what is read; no caching is performed.
 */
#include "userlib_fixture.h"

static const char new_bytes[PAGES * PAGE] = { 1, 2, 3 };

TEST_F(lib, writes_data_to_an_area)
{
	size_t n = 77;

	EXPECT_EQ(0, dbgmem_write_verified(self->m, self->addr + PAGE - 1,
					   "\1\2\3", 3, &n));
	EXPECT_EQ(3, n);
	EXPECT_EQ(1, target_call(&self->t, byte_get, mem + PAGE - 1));
	EXPECT_EQ(3, target_call(&self->t, byte_get, mem + PAGE + 1));
}

TEST_F(lib, reads_an_area)
{
	size_t n = 77;

	EXPECT_EQ(0, dbgmem_read_verified(self->m, self->addr + 3, self->buf,
					  PAGE, &n));
	EXPECT_EQ(PAGE, n);
	EXPECT_TRUE(is_pattern(self->buf, 3, PAGE));
}

TEST_F(lib, the_area_is_verified_before_data_is_written)
{
	size_t n, i;

	ASSERT_EQ(0, target_call(&self->t, page_unmap,
				 mem + (PAGES - 1) * PAGE));
	/* From every page on, up to one byte into what is not accessible. */
	for (i = 0; i < PAGES; i++) {
		n = 77;
		EXPECT_EQ(-EFAULT,
			  dbgmem_write_verified(self->m, self->addr + i * PAGE,
						new_bytes,
						(PAGES - 1 - i) * PAGE + 1,
						&n));
		EXPECT_EQ(0, n);
	}
	EXPECT_ERROR(EFAULT, DBGMEM_SOURCE_MEMORY, "nothing was transferred");
	EXPECT_EQ(self->addr + (PAGES - 1) * PAGE,
		  dbgmem_last_error()->result.fault_addr);
	EXPECT_EQ(0, target_call(&self->t, bytes_changed,
				 mem + (PAGES - 1) * PAGE));
}

TEST_F(lib, accessible_is_accessible_for_writing)
{
	size_t n = 77;

	ASSERT_EQ(0, target_call(&self->t, page_protect_read, mem + 3 * PAGE));
	EXPECT_EQ(-EFAULT, dbgmem_write_verified(self->m, self->addr,
						 new_bytes, 4 * PAGE, &n));
	EXPECT_EQ(0, n);
	EXPECT_ERROR(EFAULT, DBGMEM_SOURCE_MEMORY, "protection");
	EXPECT_EQ(0, target_call(&self->t, bytes_changed, NULL));
	EXPECT_EQ(0, dbgmem_read_verified(self->m, self->addr, self->buf,
					  4 * PAGE, &n));
	EXPECT_EQ(4 * PAGE, n);
}

TEST_F(lib, the_area_is_verified_before_data_is_read)
{
	size_t n = 77, i;

	ASSERT_EQ(0, target_call(&self->t, page_protect_none, mem + 3 * PAGE));
	memset(self->buf, 0x55, sizeof(self->buf));
	EXPECT_EQ(-EFAULT, dbgmem_read_verified(self->m, self->addr, self->buf,
						PAGES * PAGE, &n));
	EXPECT_EQ(0, n);
	for (i = 0; i < sizeof(self->buf); i++)
		ASSERT_EQ(0x55, self->buf[i]);
}

TEST_F(lib, a_null_count_is_ignored)
{
	EXPECT_EQ(0, dbgmem_write_verified(self->m, self->addr, "x", 1, NULL));
	EXPECT_EQ(0, dbgmem_read_verified(self->m, self->addr, self->buf, 1,
					  NULL));
	EXPECT_EQ(-EFAULT, dbgmem_write_verified(self->m, 0, "x", 1, NULL));
	EXPECT_EQ(-EFAULT, dbgmem_read_verified(self->m, 0, self->buf, 1,
						NULL));
}

TEST_F(lib, an_area_of_no_bytes)
{
	size_t n = 77;

	EXPECT_EQ(0, dbgmem_write_verified(self->m, self->addr, "", 0, &n));
	EXPECT_EQ(0, n);
	n = 77;
	EXPECT_EQ(0, dbgmem_read_verified(self->m, self->addr, self->buf, 0,
					  &n));
	EXPECT_EQ(0, n);
}

TEST_F(lib, more_than_can_be_verified_at_once_is_refused)
{
	struct dbgmem_info info = { .size = sizeof(info) };
	size_t n = 77;

	ASSERT_EQ(0, dbgmem_get_info(self->m, &info));
	EXPECT_EQ(-EMSGSIZE, dbgmem_write_verified(self->m, self->addr,
						   self->buf,
						   info.max_exact + 1, &n));
	EXPECT_EQ(0, n);
	EXPECT_ERROR(EMSGSIZE, DBGMEM_SOURCE_USAGE, "split it");
	EXPECT_EQ(0, target_call(&self->t, bytes_changed, NULL));
}

/* --- breakpoints --- */

TEST_F(lib, data_is_written_behind_breakpoints)
{
	size_t n;

	ASSERT_EQ(0, dbgmem_bp_set(self->m, self->addr + 5, "\xcc", 1, NULL))
		TH_LOG("%s", dbgmem_errstr());
	ASSERT_EQ(0, dbgmem_bp_set(self->m, self->addr + PAGE - 2,
				   "\xcc\xcd\xce\xcf", 4, NULL));
	EXPECT_EQ(0, dbgmem_write_verified(self->m, self->addr, new_bytes,
					   2 * PAGE, &n));
	EXPECT_EQ(2 * PAGE, n);
	/* The traps stand: what the target runs into. */
	EXPECT_EQ(0xcc, target_call(&self->t, byte_get, mem + 5));
	EXPECT_EQ(0xcc, target_call(&self->t, byte_get, mem + PAGE - 2));
	EXPECT_EQ(0xcf, target_call(&self->t, byte_get, mem + PAGE + 1));
	EXPECT_EQ(0, target_call(&self->t, byte_get, mem + 6));
	/* And what was written is behind them. */
	EXPECT_EQ(0, dbgmem_bp_clear_all(self->m, NULL, NULL));
	EXPECT_EQ(2 * PAGE, dbgmem_read_flags(self->m, self->addr, self->buf,
					      2 * PAGE, DBGMEM_RAW, NULL));
	EXPECT_EQ(0, memcmp(self->buf, new_bytes, 2 * PAGE));
}

TEST_F(lib, breakpoints_are_removed_from_what_is_read)
{
	ASSERT_EQ(0, dbgmem_bp_set(self->m, self->addr + 5, "\xcc", 1, NULL));
	EXPECT_EQ(0, dbgmem_read_verified(self->m, self->addr, self->buf, PAGE,
					  NULL));
	EXPECT_TRUE(is_pattern(self->buf, 0, PAGE));
}

TEST_F(lib, a_failed_write_changes_nothing_behind_breakpoints_either)
{
	ASSERT_EQ(0, dbgmem_bp_set(self->m, self->addr + 5, "\xcc", 1, NULL));
	ASSERT_EQ(0, target_call(&self->t, page_unmap, mem + PAGE));
	EXPECT_EQ(-EFAULT, dbgmem_write_verified(self->m, self->addr,
						 new_bytes, 2 * PAGE, NULL));
	EXPECT_EQ(0xcc, target_call(&self->t, byte_get, mem + 5));
	EXPECT_EQ(0, dbgmem_bp_clear(self->m, self->addr + 5));
	EXPECT_EQ(0, target_call(&self->t, bytes_changed, mem + PAGE));
}

/* --- no caching --- */

static long byte_count(void *addr)
{
	return ++*(volatile unsigned char *)addr;
}

TEST_F(lib, no_caching_is_performed)
{
	unsigned char byte;
	int i;

	for (i = 0; i < 5; i++) {
		const long now = target_call(&self->t, byte_count, mem);

		EXPECT_EQ(0, dbgmem_read_verified(self->m, self->addr, &byte,
						  1, NULL));
		EXPECT_EQ(now, byte);
	}
}

TEST_HARNESS_MAIN
