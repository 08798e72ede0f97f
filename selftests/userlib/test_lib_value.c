// SPDX-License-Identifier: GPL-2.0
/* libdbgmem: reading and writing single values. */
#include "userlib_fixture.h"

/* There and back, at an address that suits and over the border of two pages. */
#define TEST_VALUE(name, type, a, b)					\
TEST_F(lib, name##_there_and_back)					\
{									\
	const uint64_t addrs[] = { self->addr + 64,			\
				   self->addr + PAGE - sizeof(type) / 2 }; \
	type values[] = { a, b }, v, raw;				\
	int i, j;							\
									\
	for (i = 0; i < 2; i++) {					\
		for (j = 0; j < 2; j++) {				\
			EXPECT_EQ(0, dbgmem_write_##name(self->m, addrs[i], \
							 values[j]));	\
			EXPECT_EQ(sizeof(raw),				\
				  dbgmem_read(self->m, addrs[i], &raw,	\
					      sizeof(raw)));		\
			EXPECT_EQ(0, memcmp(&raw, &values[j], sizeof(raw))); \
			EXPECT_EQ(0, dbgmem_read_##name(self->m, addrs[i], \
							&v));		\
			EXPECT_TRUE(v == values[j]);			\
		}							\
		EXPECT_EQ(pattern(addrs[i] - self->addr - 1),		\
			  target_call(&self->t, byte_get,		\
				      (char *)addrs[i] - 1));		\
		EXPECT_EQ(pattern(addrs[i] - self->addr + sizeof(type)), \
			  target_call(&self->t, byte_get,		\
				      (char *)addrs[i] + sizeof(type))); \
	}								\
}

TEST_VALUE(u8, uint8_t, 1, 0xff)
TEST_VALUE(u16, uint16_t, 0x1234, 0xfedc)
TEST_VALUE(u32, uint32_t, 0x12345678, 0xfedcba98)
TEST_VALUE(u64, uint64_t, 0x123456789abcdef0, 0xfedcba9876543210)
TEST_VALUE(i8, int8_t, 1, -1)
TEST_VALUE(i16, int16_t, 0x1234, INT16_MIN)
TEST_VALUE(i32, int32_t, 0x12345678, INT32_MIN)
TEST_VALUE(i64, int64_t, 0x123456789abcdef0, INT64_MIN)
TEST_VALUE(float, float, 1.5f, -3e38f)
TEST_VALUE(double, double, 1.5, -1e308)

TEST_F(lib, all_of_it_or_nothing)
{
	const uint64_t hole = self->addr + 3 * PAGE;
	uint64_t v = 77;

	ASSERT_EQ(0, target_call(&self->t, page_unmap, mem + 3 * PAGE));
	EXPECT_EQ(-EFAULT, dbgmem_read_u64(self->m, hole - 4, &v));
	EXPECT_ERROR(EFAULT, DBGMEM_SOURCE_MEMORY, "8 bytes",
		     "nothing is mapped");
	EXPECT_ADDRESS(hole);
	EXPECT_EQ(77, v);
	EXPECT_EQ(-EFAULT, dbgmem_read_u64(self->m, hole, &v));
	EXPECT_EQ(77, v);
	EXPECT_EQ(-EFAULT, dbgmem_write_u64(self->m, hole - 4, ~0ULL));
	EXPECT_EQ(0, target_call(&self->t, bytes_changed, mem + 3 * PAGE));
	EXPECT_EQ(0, dbgmem_write_u32(self->m, hole - 4, ~0U));
	EXPECT_EQ(0xff, target_call(&self->t, byte_get, mem + 3 * PAGE - 1));
}

TEST_HARNESS_MAIN
