// SPDX-License-Identifier: GPL-2.0
/* The tool's patterns to search for. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "kselftest_harness.h"
#include "text/pattern.h"

static struct pattern p;
static char err[256];

/* The bytes that count of @p, and the bits that do, as @len bytes each. */
#define EXPECT_PATTERN(want_bytes, want_mask, want_len) do {		\
	const uint8_t *_b = (const uint8_t *)(want_bytes);		\
	const uint8_t *_m = (const uint8_t *)(want_mask);		\
	size_t _i;							\
	ASSERT_EQ((size_t)(want_len), p.len);				\
	for (_i = 0; _i < p.len; _i++) {				\
		uint8_t _c = p.mask ? p.mask[_i] : 0xff;		\
		EXPECT_EQ(_m ? _m[_i] : 0xff, _c) TH_LOG("at %zu", _i);	\
		EXPECT_EQ(_b[_i] & _c, p.bytes[_i] & _c)		\
			TH_LOG("at %zu", _i);				\
	}								\
	pattern_free(&p);						\
} while (0)

TEST(hex_is_in_memory_order)
{
	ASSERT_EQ(0, pattern_hex(&p, "de ad BEEF", err, sizeof(err)));
	EXPECT_PATTERN("\xde\xad\xbe\xef", NULL, 4);
}

TEST(hex_has_wildcards_of_a_byte_and_of_a_digit)
{
	ASSERT_EQ(0, pattern_hex(&p, "de?? e? ?f", err, sizeof(err)));
	EXPECT_PATTERN("\xde\0\xe0\x0f", "\xff\0\xf0\x0f", 4);
	ASSERT_EQ(0, pattern_hex(&p, "??01", err, sizeof(err)));
	EXPECT_PATTERN("\0\x01", "\0\xff", 2);
}

TEST(hex_that_is_bad_says_why)
{
	static const struct {
		const char *s, *words;
	} cases[] = {
		{ "", "no bytes" },
		{ "??", "matches everything" },
		{ "?? ????", "matches everything" },
		{ "de ?", "position 4 has one digit" },
		{ "xx", "not a hexadecimal digit, or ?" },
		{ "0xdead", "byte order" },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		EXPECT_EQ(-EINVAL, pattern_hex(&p, cases[i].s, err,
					       sizeof(err)))
			TH_LOG("for '%s'", cases[i].s);
		EXPECT_NE(NULL, strstr(err, cases[i].words))
			TH_LOG("for '%s': %s", cases[i].s, err);
		EXPECT_EQ(NULL, p.bytes);
		EXPECT_EQ(NULL, p.mask);
	}
}

TEST(a_string_is_its_bytes)
{
	ASSERT_EQ(0, pattern_string(&p, "a\xff\xc3\xa9", false, false, err,
				    sizeof(err)));
	EXPECT_PATTERN("a\xff\xc3\xa9", NULL, 4);
	EXPECT_EQ(-EINVAL, pattern_string(&p, "", false, false, err,
					  sizeof(err)));
	EXPECT_NE(NULL, strstr(err, "no characters"));
}

TEST(letters_in_either_case_and_nothing_else)
{
	ASSERT_EQ(0, pattern_string(&p, "@Az[`aZ{1\xc3", false, true, err,
				    sizeof(err)));
	EXPECT_PATTERN("@AZ[`AZ{1\xc3",
		       "\xff\xdf\xdf\xff\xff\xdf\xdf\xff\xff\xff", 10);
}

TEST(utf16_of_all_planes)
{
	/* a, e with acute, the euro sign, U+10FFFF, U+10000 */
	static const uint16_t want[] = { 'a', 0xe9, 0x20ac, 0xdbff, 0xdfff,
					 0xd800, 0xdc00 };

	ASSERT_EQ(0, pattern_string(&p, "a\xc3\xa9\xe2\x82\xac\xf4\x8f\xbf\xbf\xf0\x90\x80\x80",
				    true, false, err, sizeof(err)));
	EXPECT_PATTERN(want, NULL, sizeof(want));
}

TEST(utf16_in_either_case)
{
	static const uint16_t want[] = { 'A', 0xe9, '1' };
	static const uint16_t mask[] = { 0xffdf, 0xffff, 0xffff };

	ASSERT_EQ(0, pattern_string(&p, "a\303\2511", true, true, err,
				    sizeof(err)));
	EXPECT_PATTERN(want, mask, sizeof(want));
}

TEST(utf16_takes_utf8_only)
{
	EXPECT_EQ(-EINVAL, pattern_string(&p, "ab\xff", true, false, err,
					  sizeof(err)));
	EXPECT_NE(NULL, strstr(err, "byte 3 is not UTF-8"))
		TH_LOG("%s", err);
	EXPECT_EQ(-EINVAL, pattern_string(&p, "\xed\xa0\x80", true, false, err,
					  sizeof(err)));
	EXPECT_EQ(NULL, p.bytes);
}

/* @v of @len bytes, as this machine has it. */
static void native(uint8_t *to, uint64_t v, size_t len)
{
	uint32_t v32 = (uint32_t)v;
	uint16_t v16 = (uint16_t)v;

	*to = (uint8_t)v;
	if (len == sizeof(v16))
		memcpy(to, &v16, len);
	if (len == sizeof(v32))
		memcpy(to, &v32, len);
	if (len == sizeof(v))
		memcpy(to, &v, len);
}

TEST(numbers_of_every_width)
{
	static const struct {
		const char *s;
		unsigned int width, len;
		uint64_t want;
	} cases[] = {
		{ "0", 1, 1, 0 },
		{ "255", 1, 1, 255 },
		{ "-128", 1, 1, 0x80 },
		{ "-1", 2, 2, 0xffff },
		{ "0xbeef", 2, 2, 0xbeef },
		{ "-1", 4, 4, 0xffffffff },
		{ "4294967295", 4, 4, 0xffffffff },
		{ "-0x80000000", 4, 4, 0x80000000 },
		{ "0xffffffffffffffff", 8, 8, UINT64_MAX },
		{ "-0x8000000000000000", 8, 8, 1ULL << 63 },
		{ "-1", 8, 8, UINT64_MAX },
		/* as narrow as an int if it can be */
		{ "7", 0, 4, 7 },
		{ "-1", 0, 4, 0xffffffff },
		{ "0xffffffff", 0, 4, 0xffffffff },
		{ "0x100000000", 0, 8, 0x100000000 },
		{ "-0x80000001", 0, 8, -0x80000001ULL },
	};
	uint8_t want[8];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		native(want, cases[i].want, cases[i].len);
		ASSERT_EQ(0, pattern_int(&p, cases[i].s, cases[i].width, err,
					 sizeof(err)))
			TH_LOG("for '%s': %s", cases[i].s, err);
		EXPECT_PATTERN(want, NULL, cases[i].len);
	}
}

TEST(numbers_that_are_none_or_too_large)
{
	static const struct {
		const char *s;
		unsigned int width;
		int ret;
		const char *words;
	} cases[] = {
		{ "", 0, -EINVAL, "'' is not a number" },
		{ "-", 0, -EINVAL, "'-' is not a number" },
		{ "--1", 0, -EINVAL, "'--1' is not a number" },
		{ "+1", 0, -EINVAL, "'+1' is not a number" },
		{ "1.5", 0, -EINVAL, "'1.5' is not a number" },
		{ "256", 1, -ERANGE, "'256' does not fit in 1 byte" },
		{ "-129", 1, -ERANGE, "'-129' does not fit in 1 byte" },
		{ "0x10000", 2, -ERANGE, "in 2 bytes" },
		{ "-0x80000001", 4, -ERANGE, "in 4 bytes" },
		{ "-0x8000000000000001", 8, -ERANGE, "in 8 bytes" },
		{ "-0x8000000000000001", 0, -ERANGE, "in 8 bytes" },
		{ "0x10000000000000000", 0, -ERANGE, "in 8 bytes" },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		EXPECT_EQ(cases[i].ret, pattern_int(&p, cases[i].s,
						    cases[i].width, err,
						    sizeof(err)))
			TH_LOG("for '%s'", cases[i].s);
		EXPECT_NE(NULL, strstr(err, cases[i].words))
			TH_LOG("for '%s': %s", cases[i].s, err);
		EXPECT_EQ(NULL, p.bytes);
	}
}

TEST_HARNESS_MAIN
