// SPDX-License-Identifier: GPL-2.0
/* UTF-16 to UTF-8 as iconv(3) has it, and what is not UTF-8. */
#include <iconv.h>
#include <stdlib.h>
#include <string.h>

#include <dbgmem.h>

#include "kselftest_harness.h"

/* iconv's own bytes for valid UTF-16; -1 if it is not. */
static long utf8_of(const uint16_t *s, size_t len, char *buf, size_t size)
{
	iconv_t cd = iconv_open("UTF-8", __BYTE_ORDER__ ==
				__ORDER_LITTLE_ENDIAN__ ? "UTF-16LE" : "UTF-16BE");
	size_t left = 2 * len, room = size;
	char *in = (char *)s, *out = buf;
	long ret;

	ret = iconv(cd, &in, &left, &out, &room) == (size_t)-1 ? -1 :
	      (long)(size - room);
	iconv_close(cd);
	return ret;
}

TEST(every_character)
{
	char want[8], got[8];
	uint16_t s[2];
	size_t invalid;
	uint32_t c;
	long n;

	for (c = 0; c < 0x110000; c += c < 0x11000 ? 1 : 61) {
		if (c >= 0xd800 && c < 0xe000)
			continue;
		s[0] = (uint16_t)c;
		if (c >= 0x10000) {
			s[0] = (uint16_t)(0xd800 + ((c - 0x10000) >> 10));
			s[1] = 0xdc00 + (c & 0x3ff);
		}
		n = utf8_of(s, c < 0x10000 ? 1 : 2, want, sizeof(want));
		ASSERT_LT(0, n);
		memset(got, 0x55, sizeof(got));
		ASSERT_EQ(n, dbgmem_utf16_to_utf8(s, c < 0x10000 ? 1 : 2, got,
						  sizeof(got), &invalid));
		ASSERT_EQ(0, memcmp(want, got, n)) TH_LOG("U+%04X", c);
		ASSERT_EQ(0, got[n]);
		ASSERT_EQ(0, invalid);
		ASSERT_EQ(n, dbgmem_utf8_valid(want, n));
		/* Cut off anywhere it is none. */
		while (--n)
			ASSERT_EQ(0, dbgmem_utf8_valid(want, n));
	}
}

TEST(surrogates_alone_are_replaced)
{
	static const uint16_t s[] = {
		'a', 0xd800, 'b', 0xdc00, 0xdbff, 0xdbff, 0xdfff, 0xdfff, 0xd800,
	};
	static const char want[] =
		"a\357\277\275b\357\277\275\357\277\275\364\217\277\277"
		"\357\277\275\357\277\275";
	size_t len = ARRAY_SIZE(s), invalid;
	char got[64];

	EXPECT_EQ(sizeof(want) - 1, dbgmem_utf16_to_utf8(s, len, got,
							 sizeof(got), &invalid));
	EXPECT_STREQ(want, got);
	EXPECT_EQ(5, invalid);
	EXPECT_EQ(sizeof(want) - 1, dbgmem_utf8_valid(got, sizeof(want) - 1));
}

TEST(zeros_are_characters)
{
	static const uint16_t s[] = { 'a', 0, 'b' };
	char got[4];

	EXPECT_EQ(3, dbgmem_utf16_to_utf8(s, 3, got, sizeof(got), NULL));
	EXPECT_EQ(0, memcmp(got, "a\0b", 4));
	EXPECT_EQ(3, dbgmem_utf8_valid(got, 3));
}

TEST(only_whole_characters_are_written)
{
	/* 1, 2, 3, 4, 1 bytes */
	static const uint16_t s[] = { 'a', 0xe9, 0x20ac, 0xd83d, 0xde00, 'z' };
	static const size_t fits[] = { 0, 0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 11, 11 };
	char got[16], all[16];
	size_t size;

	ASSERT_EQ(11, dbgmem_utf16_to_utf8(s, 6, all, sizeof(all), NULL));
	EXPECT_EQ(11, dbgmem_utf16_to_utf8(s, 6, NULL, 0, NULL));
	EXPECT_EQ(0, dbgmem_utf16_to_utf8(NULL, 0, got, 1, NULL));
	EXPECT_EQ(0, got[0]);
	for (size = 1; size < ARRAY_SIZE(fits); size++) {
		memset(got, 0x55, sizeof(got));
		EXPECT_EQ(11, dbgmem_utf16_to_utf8(s, 6, got, size, NULL));
		EXPECT_EQ(0, memcmp(got, all, fits[size])) TH_LOG("%zu", size);
		EXPECT_EQ(0, got[fits[size]]) TH_LOG("%zu", size);
		EXPECT_EQ(0x55, got[size]) TH_LOG("%zu", size);
	}
}

/* Decode it by the book, and see whether it was worth it. */
static size_t valid_slowly(const unsigned char *s, size_t len)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t n, i;
	uint32_t c;

	n = s[0] < 0x80 ? 1 : s[0] < 0xc0 ? 0 : s[0] < 0xe0 ? 2 :
	    s[0] < 0xf0 ? 3 : s[0] < 0xf8 ? 4 : 0;
	if (!n || len < n)
		return 0;
	c = n == 1 ? s[0] : s[0] & (0xff >> (n + 1));
	for (i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (s[i] & 0x3f);
	}
	if (c < least[n] || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
		return 0;
	return n;
}

TEST(what_is_not_utf8)
{
	static const unsigned char ends[] = {
		0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xff,
	};
	unsigned char s[5] = "";
	unsigned int i, j, k;

	for (i = 0; i < 0x10000; i++) {
		s[0] = (unsigned char)(i >> 8);
		s[1] = (unsigned char)i;
		for (j = 0; j < sizeof(ends); j++) {
			for (k = 0; k < sizeof(ends); k++) {
				s[2] = ends[j];
				s[3] = ends[k];
				s[4] = 0xff;
				size_t n = valid_slowly(s, 5);

				while (n < 4 && valid_slowly(s + n, 5 - n))
					n += valid_slowly(s + n, 5 - n);
				if (!valid_slowly(s, 5))
					n = 0;
				ASSERT_EQ(n, dbgmem_utf8_valid((char *)s, 5))
					TH_LOG("%02x %02x %02x %02x", s[0],
					       s[1], s[2], s[3]);
			}
		}
	}
	EXPECT_EQ(0, dbgmem_utf8_valid("", 0));
	EXPECT_EQ(2, dbgmem_utf8_valid("ab\377cd", 5));
}

TEST_HARNESS_MAIN
