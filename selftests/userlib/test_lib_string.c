// SPDX-License-Identifier: GPL-2.0
/* libdbgmem: reading strings. */
#include "features.h"
#include "userlib_fixture.h"

/* The string ends where the page does, and behind it is nothing. */
static long hole_behind(void *unused)
{
	return munmap(mem + PAGE, PAGE);
}

static uint64_t put(struct dbgmem *m, uint64_t addr, const void *s, size_t len)
{
	if (dbgmem_write(m, addr, s, len) != (ssize_t)len)
		abort();
	return addr;
}

TEST_F(lib, up_to_the_zero)
{
	struct dbgmem_string_result res;
	char s[16];
	uint64_t addr = put(self->m, self->addr + 100, "abc\0def", 8);

	memset(s, 0x55, sizeof(s));
	EXPECT_EQ(3, dbgmem_read_string(self->m, addr, s, sizeof(s), 0, &res));
	EXPECT_STREQ("abc", s);
	EXPECT_EQ(3, res.len);
	EXPECT_EQ(3, res.result.done);
	EXPECT_EQ(DBGMEM_STRING_TERMINATED, res.end);
	EXPECT_EQ(0, res.result.fault_addr);
	EXPECT_EQ(DBGMEM_REASON_NONE, res.result.reason);

	EXPECT_EQ(0, dbgmem_read_string(self->m, addr + 3, s, sizeof(s), 0,
					&res));
	EXPECT_STREQ("", s);
	EXPECT_EQ(0, res.len);
	EXPECT_EQ(DBGMEM_STRING_TERMINATED, res.end);
	EXPECT_EQ(3, dbgmem_read_string(self->m, addr, s, sizeof(s), 0, NULL));
	EXPECT_STREQ("abc", s);
}

TEST_F(lib, no_more_than_there_is_room_for)
{
	struct dbgmem_string_result res;
	char s[16];
	uint64_t addr = put(self->m, self->addr + PAGE - 2, "abcdef", 7);

	memset(s, 0x55, sizeof(s));
	EXPECT_EQ(3, dbgmem_read_string(self->m, addr, s, 4, 0, &res));
	EXPECT_STREQ("abc", s);
	EXPECT_EQ(0x55, s[4]);
	EXPECT_EQ(3, res.len);
	EXPECT_EQ(DBGMEM_STRING_FULL, res.end);
	/* The zero does not fit in either: nobody knows that it is one. */
	EXPECT_EQ(6, dbgmem_read_string(self->m, addr, s, 7, 0, &res));
	EXPECT_EQ(DBGMEM_STRING_FULL, res.end);
	EXPECT_EQ(6, res.len);
	EXPECT_EQ(6, dbgmem_read_string(self->m, addr, s, 8, 0, &res));
	EXPECT_EQ(DBGMEM_STRING_TERMINATED, res.end);
	EXPECT_STREQ("abcdef", s);
	EXPECT_EQ(0, dbgmem_read_string(self->m, addr, s, 1, 0, &res));
	EXPECT_STREQ("", s);
	EXPECT_EQ(DBGMEM_STRING_FULL, res.end);
	EXPECT_EQ(-EINVAL, dbgmem_read_string(self->m, addr, s, 0, 0, &res));
	EXPECT_ERROR(EINVAL, DBGMEM_SOURCE_USAGE, "no room");
}

TEST_F(lib, over_many_pages)
{
	static char s[PAGES * PAGE + 1];
	struct dbgmem_string_result res;

	memset(s, 'x', sizeof(s));
	s[5 * PAGE + 7] = 0;
	put(self->m, self->addr, s, PAGES * PAGE);
	memset(s, 0x55, sizeof(s));
	EXPECT_EQ(5 * PAGE - 2, dbgmem_read_string(self->m, self->addr + 9, s, sizeof(s),
					0, &res));
	EXPECT_EQ(5 * PAGE - 2, res.len);
	EXPECT_EQ(res.len, strlen(s));
	EXPECT_EQ(DBGMEM_STRING_TERMINATED, res.end);
	/* Nothing was read of the page behind. */
	EXPECT_EQ(0x55, s[6 * PAGE]);
}

TEST_F(lib, a_hole_behind_the_zero_does_not_matter)
{
	struct dbgmem_string_result res;
	uint16_t w[64];
	char s[64];

	put(self->m, self->addr + PAGE - 6, "ab\0\0\0", 6);
	ASSERT_EQ(0, target_call(&self->t, hole_behind, NULL));
	EXPECT_EQ(2, dbgmem_read_string(self->m, self->addr + PAGE - 6, s,
					sizeof(s), 0, &res));
	EXPECT_STREQ("ab", s);
	EXPECT_EQ(DBGMEM_STRING_TERMINATED, res.end);
	EXPECT_EQ(0, dbgmem_read_string(self->m, self->addr + PAGE - 1, s,
					sizeof(s), 0, &res));
	EXPECT_STREQ("", s);
	EXPECT_EQ(DBGMEM_STRING_TERMINATED, res.end);
	EXPECT_EQ(1, dbgmem_read_string16(self->m, self->addr + PAGE - 6, w, 64,
					  0, &res));
	EXPECT_EQ(1, res.len);
	EXPECT_EQ(DBGMEM_STRING_TERMINATED, res.end);
}

TEST_F(lib, what_is_there_before_the_hole)
{
	const uint64_t hole = self->addr + PAGE;
	struct dbgmem_string_result res;
	char s[64];

	put(self->m, hole - 3, "abc", 3);
	ASSERT_EQ(0, target_call(&self->t, hole_behind, NULL));
	EXPECT_EQ(3, dbgmem_read_string(self->m, hole - 3, s, sizeof(s), 0,
					&res));
	EXPECT_STREQ("abc", s);
	EXPECT_EQ(3, res.len);
	EXPECT_EQ(DBGMEM_STRING_HOLE, res.end);
	EXPECT_EQ(DBGMEM_REASON_UNMAPPED, res.result.reason);
	EXPECT_EQ(hole, res.result.fault_addr);
	/* As much as was asked for: the hole is none of its business. */
	EXPECT_EQ(3, dbgmem_read_string(self->m, hole - 3, s, 4, 0, &res));
	EXPECT_EQ(DBGMEM_STRING_FULL, res.end);
	EXPECT_EQ(0, res.result.fault_addr);

	memset(s, 0x55, sizeof(s));
	EXPECT_EQ(-EFAULT, dbgmem_read_string(self->m, hole, s, sizeof(s), 0,
					      &res));
	EXPECT_ERROR(EFAULT, DBGMEM_SOURCE_MEMORY, "nothing is mapped");
	EXPECT_ADDRESS(hole);
	EXPECT_STREQ("", s);
	EXPECT_EQ(0, res.len);
}

TEST_F(lib, no_page_behind_is_touched)
{
	struct dbgmem_string_result res;
	char s[PAGE], c;

	NEEDS_NOFAULT();
	put(self->m, self->addr + PAGE - 2, "a", 2);
	ASSERT_EQ(0, target_call(&self->t, page_drop, mem + PAGE));
	EXPECT_EQ(1, dbgmem_read_string(self->m, self->addr + PAGE - 2, s,
					sizeof(s), 0, &res));
	EXPECT_EQ(DBGMEM_STRING_TERMINATED, res.end);
	EXPECT_EQ(-EFAULT, dbgmem_read_flags(self->m, self->addr + PAGE, &c, 1,
					     DBGMEM_NOFAULT, NULL));
	/* If there is no zero it must be. */
	put(self->m, self->addr + PAGE - 2, "ab", 2);
	EXPECT_EQ(2, dbgmem_read_string(self->m, self->addr + PAGE - 2, s,
					sizeof(s), DBGMEM_NOFAULT, &res));
	EXPECT_EQ(DBGMEM_STRING_HOLE, res.end);
	EXPECT_EQ(DBGMEM_REASON_NOT_RESIDENT, res.result.reason);
	EXPECT_EQ(2, dbgmem_read_string(self->m, self->addr + PAGE - 2, s,
					sizeof(s), 0, &res));
	EXPECT_EQ(DBGMEM_STRING_TERMINATED, res.end);
	EXPECT_EQ(2, res.len);
	EXPECT_EQ(1, dbgmem_read_flags(self->m, self->addr + PAGE, &c, 1,
				       DBGMEM_NOFAULT, NULL));
}

TEST_F(lib, zeros_for_holes_are_refused)
{
	struct dbgmem_string_result res;
	uint16_t w[4];
	char s[4];

	EXPECT_EQ(-EINVAL, dbgmem_read_string(self->m, self->addr, s, 4,
					      DBGMEM_ZEROFILL, &res));
	EXPECT_ERROR(EINVAL, DBGMEM_SOURCE_USAGE, "flags 0x4");
	EXPECT_EQ(-EINVAL, dbgmem_read_string16(self->m, self->addr, w, 4,
						DBGMEM_EXACT, &res));
}

TEST_F(lib, units_of_16_bits_at_any_address)
{
	/* A zero byte in each unit ends nothing. */
	static const uint16_t text[] = { 'a', 0x100, 0xd83d, 0xde00, 0xff, 0 };
	struct dbgmem_string_result res;
	uint16_t w[16];
	uint64_t addr;
	char s[16];
	size_t i;

	for (i = 0; i < sizeof(text); i++) {
		addr = put(self->m, self->addr + PAGE - i, text, sizeof(text));
		memset(w, 0x55, sizeof(w));
		EXPECT_EQ(5, dbgmem_read_string16(self->m, addr, w, 16, 0,
						  &res));
		EXPECT_EQ(5, res.len);
		EXPECT_EQ(10, res.result.done);
		EXPECT_EQ(DBGMEM_STRING_TERMINATED, res.end);
		EXPECT_EQ(0, memcmp(w, text, sizeof(text)));
	}
	EXPECT_EQ(9, dbgmem_utf16_to_utf8(w, res.len, s, sizeof(s), NULL));
	EXPECT_STREQ("a\xc4\x80\xf0\x9f\x98\x80\xc3\xbf", s);
	EXPECT_EQ(3, dbgmem_read_string16(self->m, addr, w, 4, 0, &res));
	EXPECT_EQ(3, res.len);
	EXPECT_EQ(0, w[3]);
	EXPECT_EQ(DBGMEM_STRING_FULL, res.end);
}

TEST_F(lib, half_a_unit_is_none)
{
	const uint64_t hole = self->addr + PAGE;
	struct dbgmem_string_result res;
	uint16_t w[16];

	put(self->m, hole - 5, "a\0b\0c", 5);
	ASSERT_EQ(0, target_call(&self->t, hole_behind, NULL));
	EXPECT_EQ(2, dbgmem_read_string16(self->m, hole - 5, w, 16, 0, &res));
	EXPECT_EQ(2, res.len);
	EXPECT_EQ('b', w[1]);
	EXPECT_EQ(0, w[2]);
	EXPECT_EQ(DBGMEM_STRING_HOLE, res.end);
	EXPECT_EQ(hole, res.result.fault_addr);
	EXPECT_EQ(-EFAULT, dbgmem_read_string16(self->m, hole - 1, w, 16, 0,
						&res));
	EXPECT_EQ(0, res.len);
	EXPECT_EQ(0, w[0]);
}

TEST_F(lib, exit_of_the_target)
{
	struct dbgmem_string_result res;
	char s[4];

	kill(self->t.pid, SIGKILL);
	waitpid(self->t.pid, NULL, 0);
	EXPECT_EQ(-ESRCH, dbgmem_read_string(self->m, self->addr, s, 4, 0,
					     &res));
	EXPECT_ERROR(ESRCH, DBGMEM_SOURCE_TARGET, "has exited");
}

TEST_HARNESS_MAIN
